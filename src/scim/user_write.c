#include "base/limits.h"
#include "record/parties.h"
#include "scim/patch.h"
#include "scim/scim_priv.h"

/* What a user is to be. */
struct wanted {
	json_t *resource; /* clean, or the present one as a PATCH leaves it */
	struct directory_entry entry;
	struct person_said said;
	struct str profile; /* of the entry */
};

static struct str
text_of(const json_t *resource, const char *name)
{
	return json_str(json_object_get(resource, name));
}

static struct str
extended(const struct wanted *w, const char *name)
{
	return text_of(json_object_get(w->resource, SCIM_ENTERPRISE), name);
}

/* The person's name as the directory has it, or what there is of it. */
static struct str
name_of(const struct at *at, const json_t *resource)
{
	const json_t *name = json_object_get(resource, "name");
	struct str given = text_of(name, "givenName");
	struct str family = text_of(name, "familyName");
	CLEANUP(buf_fini) struct buf both = {.limit = 2 * LIMIT_SCIM_TEXT_BYTES + 2};

	if (text_of(resource, "displayName").ptr)
		return text_of(resource, "displayName");
	if (text_of(name, "formatted").ptr)
		return text_of(name, "formatted");
	buf_addf(&both, "%.*s%s%.*s", STR_ARG(given), given.ptr && family.ptr ? " " : "",
		 STR_ARG(family));
	return both.len > 0 ? str_dup(at->ctx->arena, (struct str){both.data, both.len})
			    : text_of(resource, "userName");
}

/* What is kept beside what has a place of its own. */
static enum err_code
profile_make(const struct at *at, struct wanted *w)
{
	static const char *const elsewhere[] = {"schemas", "id",   "externalId", "userName",
						"active",  "meta", "groups"};
	json_t *profile = json_kept(at->ctx->arena, json_deep_copy(w->resource));
	json_t *enterprise = json_object_get(profile, SCIM_ENTERPRISE);
	struct str text;
	enum err_code rc;

	for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
		(void)json_object_del(profile, elsewhere[i]);
	(void)json_object_del(enterprise, "organization");
	(void)json_object_del(json_object_get(enterprise, "manager"), "$ref");
	if (json_object_size(enterprise) == 0)
		(void)json_object_del(profile, SCIM_ENTERPRISE);
	if (json_array_size(json_object_get(profile, "emails")) > LIMIT_SCIM_EMAILS)
		return err_set(&at->ctx->err, ERR_TOO_BIG, "tooMany",
			       "a user has at most %d emails", LIMIT_SCIM_EMAILS);
	rc = scim_body(profile, at->ctx->arena, &text, &at->ctx->err);
	if (!rc && text.len > LIMIT_PROFILE_BYTES)
		rc = err_set(&at->ctx->err, ERR_TOO_BIG, "tooMany",
			     "all that is said of a user is longer than %d bytes",
			     LIMIT_PROFILE_BYTES);
	w->entry.profile = text;
	return rc;
}

/* The organisation by key or name; of a directory that is for one, that one's or no other's,
 * whether there is such or not. */
static enum err_code
organisation_find_said(const struct at *at, struct str said, int64_t *ret_organisation)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(
		at->ctx->db,
		"select o.id from organisation o where (o.key = :said or lower(o.name) = "
		"lower(:said)) and (1 = :all or o.id = :organisation) order by o.id limit 2",
		&s, &at->ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, db_param(s, "said"), said);
	db_bind_int(s, db_param(s, "all"), at->whose.all);
	db_bind_int(s, db_param(s, "organisation"), at->whose.organisation);
	rc = db_step(s, &row, &at->ctx->err);
	if (!rc && row)
		*ret_organisation = db_int(s, 0);
	if (!rc && row)
		rc = db_step(s, &row, &at->ctx->err);
	else if (!rc)
		row = true;
	if (!rc && row)
		rc = err_set(&at->ctx->err, ERR_USAGE, "invalidValue",
			     "'organization' is the key or name of %s",
			     at->whose.all ? "an organisation" : "this directory's organisation");
	return rc;
}

static enum err_code
organisation_set(const struct at *at, struct wanted *w, const struct directory_login *now)
{
	struct str said = extended(w, "organization");
	enum err_code rc;

	w->entry.organisation = now ? now->organisation : at->whose.organisation;
	if (said.ptr)
		return organisation_find_said(at, said, &w->entry.organisation);
	if (w->entry.organisation)
		return ERR_NONE;
	/* Nobody said whose: the integrator's. */
	rc = organisation_find(at->ctx, NULL, &w->entry.organisation);
	return rc == ERR_MISSING || rc == ERR_CONFLICT
		       ? err_set(&at->ctx->err, ERR_USAGE, "invalidValue",
				 "say in 'organization' whose the user is, as there is not one "
				 "integrator")
		       : rc;
}

static enum err_code
wanted_read(const struct at *at, struct wanted *w, const struct directory_login *now)
{
	const json_t *active = json_object_get(w->resource, "active");
	enum err_code rc;

	w->entry.whose = at->whose;
	w->entry.user_name = text_of(w->resource, "userName");
	w->entry.external_id = text_of(w->resource, "externalId");
	w->entry.enabled = active ? json_is_true(active) : !now || now->login.enabled;
	w->entry.person = now ? now->login.person : 0;
	w->said = (struct person_said){
		.number = extended(w, "employeeNumber"),
		.name = name_of(at, w->resource),
		.team = extended(w, "department"),
		.manager = text_of(
			json_object_get(json_object_get(w->resource, SCIM_ENTERPRISE), "manager"),
			"value")};
	if (!w->entry.user_name.ptr)
		return err_set(&at->ctx->err, ERR_USAGE, "invalidValue", "'userName' is missing");
	rc = organisation_set(at, w, now);
	return rc ? rc : profile_make(at, w);
}

/* Somebody moves: the one record ends as for who leaves, and the other organisation has its own. */
static enum err_code
mover(const struct at *at, struct wanted *w, const struct directory_login *now)
{
	enum err_code rc = ERR_NONE;

	if (now->login.person)
		rc = groups_leave(at, now->login.person);
	if (!rc && now->login.person)
		rc = person_change(at, now->login.person, NULL, PERSON_GONE);
	return rc ? rc
		  : person_join(at, w->entry.organisation, &w->said, w->entry.enabled,
				&w->entry.person);
}

static enum err_code
person_write(const struct at *at, struct wanted *w, const struct directory_login *now)
{
	enum person_stay stay = PERSON_AS_HE_IS;

	if (!now)
		return person_join(at, w->entry.organisation, &w->said, w->entry.enabled,
				   &w->entry.person);
	if (w->entry.organisation != now->organisation)
		return mover(at, w, now);
	if (!now->login.person)
		return ERR_NONE;
	/* Who gave notice is leaving, whatever else changes of his. */
	if (w->entry.enabled != now->login.enabled)
		stay = w->entry.enabled ? PERSON_HERE : PERSON_LEAVING;
	return person_change(at, now->login.person, &w->said, stay);
}

static enum err_code
put(const struct at *at, struct wanted *w, const struct directory_login *now, struct scim_edit *ed)
{
	enum err_code rc = wanted_read(at, w, now);

	if (!rc)
		rc = person_write(at, w, now);
	if (!rc) {
		rc = directory_put(&at->s->visit, at->w, &w->entry, now);
		if (rc)
			at->ctx->err = writer_ctx(at->w)->err;
	}
	if (!rc)
		ed->id = number_text(at->ctx->arena, w->entry.login);
	return rc;
}

static enum err_code
leave(const struct at *at, const struct directory_login *now)
{
	enum err_code rc = ERR_NONE;

	if (now->login.person)
		rc = groups_leave(at, now->login.person);
	if (!rc && now->login.person)
		rc = person_change(at, now->login.person, NULL, PERSON_GONE);
	if (!rc) {
		rc = directory_withdraw(&at->s->visit, at->w, now);
		if (rc)
			at->ctx->err = writer_ctx(at->w)->err;
	}
	return rc;
}

/* The resource as it is, which must be the one that was read when If-Match says so. */
static enum err_code
present(const struct at *at, const struct scim_edit *ed, struct directory_login *ret_now,
	json_t **ret_resource)
{
	struct str tag;
	enum err_code rc = user_find(at, ed->id, ret_now);

	if (!rc)
		rc = user_resource(at, ret_now, true, ret_resource);
	if (rc)
		return rc;
	(void)json_kept(at->ctx->arena, *ret_resource);
	rc = resource_seal(at, &scim_users, *ret_resource, &tag);
	return rc ? rc : tag_check(ed->match, tag, &at->ctx->err);
}

enum err_code
user_write(const struct at *at, struct scim_edit *ed)
{
	struct wanted w = {0};
	struct directory_login now = {0};
	const struct directory_login *before = ed->write == SCIM_MAKE ? NULL : &now;
	json_t *resource = NULL;
	enum err_code rc = before ? present(at, ed, &now, &resource) : ERR_NONE;

	if (!rc && ed->write == SCIM_REMOVE)
		return leave(at, &now);
	if (!rc && ed->write == SCIM_PATCH) {
		w.resource = resource;
		rc = scim_patch(&scim_users, ed->body, resource, at->ctx->arena, &at->ctx->err);
	} else if (!rc) {
		rc = scim_clean(&scim_users, ed->body, &w.resource, &at->ctx->err);
		(void)json_kept(at->ctx->arena, w.resource);
	}
	return rc ? rc : put(at, &w, before, ed);
}
