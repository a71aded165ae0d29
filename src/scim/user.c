#include "base/civil.h"

#include "base/limits.h"
#include "scim/scim_priv.h"
#include "store/find.h"

enum { SCAN_STEP = 500 };

static enum err_code
no_user(const struct at *at)
{
	return err_set(&at->ctx->err, ERR_MISSING, "", "there is no such user");
}

enum err_code
user_find(const struct at *at, struct str id, struct directory_login *ret_user)
{
	struct directory_question q = {.whose = at->whose, .by = DIRECTORY_NUMBER, .limit = 1};
	struct directory_login *list = NULL;
	size_t count = 0;
	enum err_code rc;

	if (!str_int(id, &q.number) || !str_eq(number_text(at->ctx->arena, q.number), id))
		return no_user(at);
	rc = directory_read(at->ctx, &q, &list, &count);
	if (!rc && count == 0)
		rc = no_user(at);
	if (!rc)
		*ret_user = list[0];
	return rc;
}

/* The key of the organisation; nothing where it is none any more. */
static enum err_code
organisation_key(const struct at *at, int64_t organisation, struct str *ret_key)
{
	const struct db_find f = {"select key from organisation where id = :id",
				  {db_of_int(organisation)}};

	return db_find_text(at->ctx->db, &f, at->ctx->arena, ret_key, &at->ctx->err);
}

static void
instant_set(json_t *object, const char *name, int64_t ms)
{
	char stamp[CIVIL_STAMP_LEN + 1];

	civil_format_stamp(ms, stamp);
	json_set_text(object, name, str_of(stamp));
}

static void
manager_place(const struct at *at, json_t *enterprise)
{
	json_t *manager = json_object_get(enterprise, "manager");
	const char *id = json_string_value(json_object_get(manager, "value"));

	if (id)
		(void)json_object_set_new(manager, "$ref",
					  json_sprintf("%.*s/Users/%s", STR_ARG(at->s->base), id));
}

/* What the directory said of it, as it stands. */
static enum err_code
profile_read(const struct at *at, const struct directory_login *u, json_t **ret_resource)
{
	return json_read(u->profile.ptr ? u->profile : str_of("{}"), ret_resource, &at->ctx->err);
}

enum err_code
user_resource(const struct at *at, const struct directory_login *u, bool groups,
	      json_t **ret_resource)
{
	struct str organisation = {0};
	json_t *list = NULL;
	json_t *r = NULL;
	json_t *enterprise;
	json_t *meta;
	enum err_code rc = ERR_NONE;

	if (u->organisation)
		rc = organisation_key(at, u->organisation, &organisation);
	if (!rc && groups)
		rc = groups_of(at, u->login.person, &list);
	if (!rc)
		rc = profile_read(at, u, &r);
	if (rc) {
		json_decref(list);
		return rc;
	}
	(void)json_object_set_new(r, "schemas", json_pack("[ss]", SCIM_USER, SCIM_ENTERPRISE));
	json_set_text(r, "id", number_text(at->ctx->arena, u->login.id));
	json_set_text(r, "externalId", u->login.external_id);
	json_set_text(r, "userName", u->user_name);
	(void)json_object_set_new(r, "active", json_boolean(u->login.enabled));
	enterprise = json_object_get(r, SCIM_ENTERPRISE);
	if (!enterprise) {
		enterprise = json_object();
		(void)json_object_set_new(r, SCIM_ENTERPRISE, enterprise);
	}
	json_set_text(enterprise, "organization", organisation);
	manager_place(at, enterprise);
	if (list)
		(void)json_object_set_new(r, "groups", list);
	meta = json_pack("{s:s}", "resourceType", "User");
	instant_set(meta, "created", u->login.made_at);
	instant_set(meta, "lastModified", u->changed_at);
	(void)json_object_set_new(r, "meta", meta);
	*ret_resource = r;
	return ERR_NONE;
}

static enum err_code
user_add(const struct at *at, const struct directory_login *u, const struct scim_query *q,
	 json_t *resources)
{
	json_t *r = NULL;
	struct str tag;
	enum err_code rc = user_resource(at, u, true, &r);

	if (!rc)
		rc = resource_seal(at, &scim_users, r, &tag);
	if (!rc)
		(void)json_array_append_new(resources, resource_cut(r, q));
	json_decref(r);
	return rc;
}

/* A page of all that the directory sees. */
static enum err_code
page_read(const struct at *at, const struct scim_query *q, json_t *resources, int64_t *ret_total)
{
	const struct directory_question question = {
		.whose = at->whose, .skip = q->start - 1, .limit = q->count};
	struct directory_login *list = NULL;
	size_t count = 0;
	enum err_code rc = directory_count(at->ctx, &at->whose, ret_total);

	if (!rc && q->count > 0)
		rc = directory_read(at->ctx, &question, &list, &count);
	for (size_t i = 0; !rc && i < count; i++)
		rc = user_add(at, &list[i], q, resources);
	return rc;
}

/* Users that fit a filter: all that an index finds, or all, are looked at. */
struct scan {
	const struct at *at;
	const struct scim_query *q;
	const struct scim_filter *filter;
	struct directory_question question;
	json_t *resources;
	int64_t fit;
	int64_t looked;
	bool groups;
};

static enum err_code
scan_one(struct scan *s, const struct directory_login *u)
{
	json_t *r = NULL;
	enum err_code rc = user_resource(s->at, u, s->groups, &r);
	bool fits = !rc && scim_filter_fits(s->filter, r);

	json_decref(r);
	if (!fits)
		return rc;
	s->fit++;
	if (s->fit < s->q->start || s->fit >= s->q->start + s->q->count)
		return ERR_NONE;
	return user_add(s->at, u, s->q, s->resources);
}

static bool
question_narrow(struct scan *s)
{
	struct str id = scim_filter_equal(s->filter, "id");
	struct str name = scim_filter_equal(s->filter, "userName");
	struct str external = scim_filter_equal(s->filter, "externalId");

	s->question = (struct directory_question){.whose = s->at->whose, .limit = SCAN_STEP};
	if (id.ptr) {
		s->question.by = DIRECTORY_NUMBER;
		return str_int(id, &s->question.number);
	}
	s->question.by = name.ptr ? DIRECTORY_USER_NAME
				  : (external.ptr ? DIRECTORY_EXTERNAL_ID : DIRECTORY_ALL);
	s->question.text = name.ptr ? name : external;
	return true;
}

static enum err_code
scan_step(struct scan *s, bool *ret_more)
{
	struct directory_login *list = NULL;
	size_t count = 0;
	enum err_code rc = directory_read(s->at->ctx, &s->question, &list, &count);

	for (size_t i = 0; !rc && i < count; i++)
		rc = scan_one(s, &list[i]);
	s->looked += (int64_t)count;
	if (!rc && s->looked > LIMIT_SCIM_LOOKED)
		rc = err_set(&s->at->ctx->err, ERR_USAGE, "tooMany",
			     "more than %d users would have to be looked at; ask for a userName or "
			     "an externalId",
			     LIMIT_SCIM_LOOKED);
	*ret_more = count == SCAN_STEP;
	if (*ret_more)
		s->question.after = &list[count - 1];
	return rc;
}

enum err_code
user_page(const struct at *at, const struct scim_query *q, const json_t **ret_answer)
{
	struct scan s = {.at = at, .q = q, .resources = json_array()};
	enum err_code rc = ERR_NONE;
	bool more = true;

	if (!q->filter.ptr) {
		rc = page_read(at, q, s.resources, &s.fit);
	} else {
		rc = scim_filter_read(&scim_users, q->filter, at->ctx->arena, &s.filter,
				      &at->ctx->err);
		if (!rc) {
			s.groups = scim_filter_asks(s.filter, "groups");
			more = question_narrow(&s);
		}
		while (!rc && more)
			rc = scan_step(&s, &more);
	}
	if (rc)
		json_decref(s.resources);
	return rc ? rc : list_answer(at, q, s.fit, s.resources, ret_answer);
}
