#include "base/limits.h"
#include "model/bind.h"
#include "scim/patch.h"
#include "scim/scim_priv.h"

/* Which assignments groups stand for: those of a role that are not over, and not limited to a site
 * or another record, as no directory says that. */
#define OPEN                                                                                       \
	"r.scope is null and coalesce(r.state, 'current') <> 'ended' and (r.valid_to is null or "  \
	"r.valid_to >= :today) and (1 = :all or r.organisation = :organisation) "

static void
open_bind(const struct at *at, struct db_stmt *s)
{
	db_bind_text(s, db_param(s, "today"), today_text(at->ctx));
	db_bind_int(s, db_param(s, "all"), at->whose.all);
	db_bind_int(s, db_param(s, "organisation"), at->whose.organisation);
}

/* The role in which directories act is none that they give. */
static bool
is_group(const struct role *role)
{
	return !words_have(&role->may, str_of("provision"));
}

enum err_code
group_find(const struct at *at, struct str id, const struct role **ret_role)
{
	const struct role *role = model_role(at->ctx->model, id);

	if (!role || !is_group(role))
		return err_set(&at->ctx->err, ERR_MISSING, "", "there is no such group");
	*ret_role = role;
	return ERR_NONE;
}

/* People that another organisation's directory keeps are not shown, whoever gave them the role. */
static enum err_code
members_read(const struct at *at, const struct role *role, json_t **ret_members)
{
	json_t *members = json_array();
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		at->ctx->db,
		"select l.id, coalesce(d.user_name, l.name) from login l left join login_directory "
		"d on d.login = l.id left join person p on p.id = l.person where d.withdrawn_at is "
		"null and (1 = :all or coalesce(l.organisation, p.organisation) = :organisation) "
		"and exists (select 1 from role_assignment r where r.person = l.person and r.role "
		"= :role and " OPEN ") order by l.made_at, l.id",
		&s, &at->ctx->err);
	bool row;

	if (!rc) {
		open_bind(at, s);
		db_bind_text(s, db_param(s, "role"), str_of(role->name));
	}
	while (!rc && !(rc = db_step(s, &row, &at->ctx->err)) && row) {
		struct str id = number_text(at->ctx->arena, db_int(s, 0));
		json_t *one = json_pack("{s:s}", "type", "User");

		json_set_text(one, "value", id);
		json_set_text(one, "display", db_text(s, 1));
		(void)json_object_set_new(
			one, "$ref",
			json_sprintf("%.*s/Users/%.*s", STR_ARG(at->s->base), STR_ARG(id)));
		(void)json_array_append_new(members, one);
	}
	if (rc)
		json_decref(members);
	else
		*ret_members = members;
	return rc;
}

enum err_code
group_resource(const struct at *at, const struct role *role, bool members, json_t **ret_resource)
{
	json_t *list = NULL;
	json_t *r;
	enum err_code rc = members ? members_read(at, role, &list) : ERR_NONE;

	if (rc)
		return rc;
	r = json_pack("{s:[s],s:s,s:s,s:{s:s}}", "schemas", SCIM_GROUP, "id", role->name,
		      "displayName", role->title, "meta", "resourceType", "Group");
	if (list)
		(void)json_object_set_new(r, "members", list);
	*ret_resource = r;
	return ERR_NONE;
}

enum err_code
groups_of(const struct at *at, int64_t person, json_t **ret_groups)
{
	json_t *groups = json_array();
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(at->ctx->db,
				      "select distinct r.role from role_assignment r where "
				      "r.person = :person and " OPEN "order by r.role",
				      &s, &at->ctx->err);
	bool row;

	if (!rc) {
		open_bind(at, s);
		db_bind_int(s, db_param(s, "person"), person);
	}
	while (!rc && !(rc = db_step(s, &row, &at->ctx->err)) && row) {
		const struct role *role = model_role(at->ctx->model, db_text(s, 0));

		if (role && is_group(role))
			(void)json_array_append_new(
				groups, json_pack("{s:s,s:s,s:o}", "value", role->name, "display",
						  role->title, "$ref",
						  json_sprintf("%.*s/Groups/%s",
							       STR_ARG(at->s->base), role->name)));
	}
	if (rc || json_array_size(groups) == 0)
		json_decref(groups);
	else
		*ret_groups = groups;
	return rc;
}

/* One group of a list, when it fits. */
static enum err_code
group_add(const struct at *at, const struct scim_query *q, const struct scim_filter *filter,
	  const struct role *role, json_t *all)
{
	bool members = query_wants(q, "members") || query_wants(q, "meta");
	json_t *r = NULL;
	struct str tag;
	enum err_code rc;

	members = members || (filter && scim_filter_asks(filter, "members"));
	rc = group_resource(at, role, members, &r);
	/* The version is that of a group with its members. */
	if (!rc && members)
		rc = resource_seal(at, &scim_groups, r, &tag);
	if (!rc && (!filter || scim_filter_fits(filter, r)))
		(void)json_array_append_new(all, resource_cut(r, q));
	json_decref(r);
	return rc;
}

/* A plan has few roles, so all are looked at. */
enum err_code
group_page(const struct at *at, const struct scim_query *q, const json_t **ret_answer)
{
	const struct plan *plan = &at->ctx->model->plan;
	const struct scim_filter *filter = NULL;
	json_t *all = json_kept(at->ctx->arena, json_array());
	json_t *page = json_array();
	enum err_code rc = ERR_NONE;

	if (q->filter.ptr)
		rc = scim_filter_read(&scim_groups, q->filter, at->ctx->arena, &filter,
				      &at->ctx->err);
	for (size_t i = 0; !rc && i < plan->role_count; i++) {
		if (is_group(&plan->roles[i]))
			rc = group_add(at, q, filter, &plan->roles[i], all);
	}
	for (int64_t i = q->start - 1;
	     i < (int64_t)json_array_size(all) && i - (q->start - 1) < q->count; i++)
		(void)json_array_append(page, json_array_get(all, (size_t)i));
	if (rc)
		json_decref(page);
	return rc ? rc : list_answer(at, q, (int64_t)json_array_size(all), page, ret_answer);
}

/* A new assignment begins where the register's steps begin: somebody else confirms it. */
static enum err_code
member_add(const struct at *at, const struct role *role, struct str id)
{
	struct record_edit ed = {.reg = "role_assignment"};
	struct directory_login user;
	char person[RECORD_NAME_SIZE];
	enum err_code rc = user_find(at, id, &user);

	if (rc == ERR_MISSING || (!rc && !user.login.person))
		return err_set(&at->ctx->err, ERR_USAGE, "invalidValue",
			       "a member is no user with a person's record");
	if (rc)
		return rc;
	record_name(at->ctx->model, user.login.person, person);
	ed.organisation = at->whose.all ? user.organisation : at->whose.organisation;
	ed.values = json_pack("{s:s,s:s}", "person", person, "role", role->name);
	json_set_text(ed.values, "valid_from", today_text(at->ctx));
	return record_edit(at, &ed);
}

/* Ends what a statement lists, which gives numbers and last days. */
static enum err_code
assignments_end(const struct at *at, struct db_stmt *s)
{
	struct str today = today_text(at->ctx);
	int64_t *ids = NULL;
	bool *lasting = NULL;
	size_t count = 0, cap = 0, flags = 0;
	enum err_code rc;
	bool row;

	while (!(rc = db_step(s, &row, &at->ctx->err)) && row) {
		ids = arena_room(at->ctx->arena, ids, count, &cap, sizeof(*ids));
		lasting = arena_room(at->ctx->arena, lasting, count, &flags, sizeof(*lasting));
		lasting[count] = db_is_null(s, 1) || str_cmp(db_text(s, 1), today) > 0;
		ids[count++] = db_int(s, 0);
	}
	db_reset(s);
	for (size_t i = 0; !rc && i < count; i++) {
		struct record_edit ed = {.reg = "role_assignment",
					 .id = ids[i],
					 .values = json_pack("{s:s}", "state", "ended")};

		if (lasting[i])
			json_set_text(ed.values, "valid_to", today);
		rc = record_edit(at, &ed);
	}
	return rc;
}

static enum err_code
member_end(const struct at *at, const struct role *role, struct str id)
{
	DB_STMT *s = NULL;
	struct directory_login user;
	enum err_code rc = user_find(at, id, &user);

	if (!rc)
		rc = db_prepare(at->ctx->db,
				"select r.id, r.valid_to from role_assignment r where r.person = "
				":person and r.role = :role and " OPEN "order by r.id",
				&s, &at->ctx->err);
	if (rc)
		return rc;
	open_bind(at, s);
	db_bind_int(s, db_param(s, "person"), user.login.person);
	db_bind_text(s, db_param(s, "role"), str_of(role->name));
	return assignments_end(at, s);
}

enum err_code
groups_leave(const struct at *at, int64_t person)
{
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(at->ctx->db,
			   "select r.id, r.valid_to from role_assignment r where r.person = "
			   ":person and " OPEN "order by r.id",
			   &s, &at->ctx->err);

	if (rc)
		return rc;
	open_bind(at, s);
	db_bind_int(s, db_param(s, "person"), person);
	return assignments_end(at, s);
}

/* The ids of members, as keys of an object. */
static json_t *
member_ids(const json_t *resource)
{
	const json_t *members = json_object_get(resource, "members");
	json_t *ids = json_object();

	for (size_t i = 0; i < json_array_size(members); i++) {
		const char *id =
			json_string_value(json_object_get(json_array_get(members, i), "value"));

		if (id)
			(void)json_object_set_new(ids, id, json_true());
	}
	return ids;
}

static enum err_code
members_change(const struct at *at, const struct role *role, const json_t *before,
	       const json_t *after)
{
	json_t *was = json_kept(at->ctx->arena, member_ids(before));
	json_t *is = json_kept(at->ctx->arena, member_ids(after));
	enum err_code rc = ERR_NONE;
	int64_t changes = 0;
	const char *id;
	json_t *yes;

	json_object_foreach(is, id, yes) changes += json_object_get(was, id) == NULL;
	json_object_foreach(was, id, yes) changes += json_object_get(is, id) == NULL;
	if (changes > LIMIT_SCIM_VALUES)
		return err_set(&at->ctx->err, ERR_TOO_BIG, "tooMany",
			       "more than %d members would come or go at one time",
			       LIMIT_SCIM_VALUES);
	json_object_foreach(was, id, yes)
	{
		if (!rc && !json_object_get(is, id))
			rc = member_end(at, role, str_of(id));
	}
	json_object_foreach(is, id, yes)
	{
		if (!rc && !json_object_get(was, id))
			rc = member_add(at, role, str_of(id));
	}
	return rc;
}

static enum err_code
refuse_new(const struct at *at, const struct scim_edit *ed)
{
	const struct plan *plan = &at->ctx->model->plan;
	struct str name = json_str(json_object_get(ed->body, "displayName"));

	for (size_t i = 0; ed->write == SCIM_MAKE && i < plan->role_count; i++) {
		if (is_group(&plan->roles[i]) && scim_same(name, str_of(plan->roles[i].title)))
			return err_set(&at->ctx->err, ERR_CONFLICT, "uniqueness",
				       "there is a group with this displayName: '%s'",
				       plan->roles[i].name);
	}
	return err_set(&at->ctx->err, ERR_USAGE, "mutability",
		       "groups are the roles of the plan: none is made, renamed or deleted by a "
		       "directory; give its group the title of a role as name");
}

/* A body that says nothing of members changes none. */
static enum err_code
group_replaced(const struct at *at, const struct scim_edit *ed, const json_t *before,
	       json_t **ret_after)
{
	bool said = false;
	const char *key;
	json_t *value;
	enum err_code rc = scim_clean(&scim_groups, ed->body, ret_after, &at->ctx->err);

	if (rc)
		return rc;
	(void)json_kept(at->ctx->arena, *ret_after);
	json_object_foreach((json_t *)(uintptr_t)ed->body, key, value) said =
		said || scim_same(str_of(key), str_of("members"));
	if (!said)
		(void)json_object_set(*ret_after, "members", json_object_get(before, "members"));
	return ERR_NONE;
}

/* What the group is to be, out of a body or of operations on what it is. */
static enum err_code
group_after(const struct at *at, const struct scim_edit *ed, const json_t *before,
	    json_t **ret_after)
{
	struct err *e = &at->ctx->err;
	enum err_code rc;

	if (ed->write == SCIM_REPLACE) {
		rc = group_replaced(at, ed, before, ret_after);
	} else {
		*ret_after = json_kept(at->ctx->arena, json_deep_copy(before));
		rc = scim_patch(&scim_groups, ed->body, *ret_after, at->ctx->arena, e);
	}
	if (!rc && !scim_same(json_str(json_object_get(*ret_after, "displayName")),
			      json_str(json_object_get(before, "displayName"))))
		rc = refuse_new(at, ed);
	return rc;
}

enum err_code
group_change(const struct at *at, const struct scim_edit *ed)
{
	const struct role *role = NULL;
	json_t *before = NULL;
	json_t *after = NULL;
	struct str tag = {0};
	enum err_code rc;

	if (ed->write == SCIM_MAKE)
		return refuse_new(at, ed);
	rc = group_find(at, ed->id, &role);
	if (!rc && ed->write == SCIM_REMOVE)
		return refuse_new(at, ed);
	if (!rc)
		rc = group_resource(at, role, true, &before);
	if (rc)
		return rc;
	(void)json_kept(at->ctx->arena, before);
	rc = resource_seal(at, &scim_groups, before, &tag);
	if (!rc)
		rc = tag_check(ed->match, tag, &at->ctx->err);
	if (!rc)
		rc = group_after(at, ed, before, &after);
	return rc ? rc : members_change(at, role, before, after);
}
