#include "scim/scim.h"

#include "api/caller.h"
#include "api/routes.h"

#include <stdio.h>

/* RFC 7644: the routes of scim/, with what HTTP has to do with it. */

static struct scim
scim_of(struct call *c)
{
	CLEANUP(buf_fini) struct buf base = {.limit = 512};

	buf_addf(&base, "%s/scim/v2", call_here(c));
	return (struct scim){.visit = call_visit(c),
			     .who = &c->who,
			     .base = str_dup(c->r->arena, (struct str){base.data, base.len})};
}

static enum err_code
answer(struct call *c, const json_t *json)
{
	c->reply->type = "application/scim+json";
	return scim_body(json, c->r->arena, &c->reply->body, &c->ctx.err);
}

enum err_code
scim_show_provider(struct call *c)
{
	const struct scim s = scim_of(c);
	const json_t *json = NULL;
	enum err_code rc = scim_provider(&s, &json);

	return rc ? rc : answer(c, json);
}

enum err_code
scim_show_types(struct call *c)
{
	const struct scim s = scim_of(c);
	const json_t *json = NULL;
	enum err_code rc = scim_resource_types(&s, http_parameter(c->r, "type"), &json);

	return rc ? rc : answer(c, json);
}

enum err_code
scim_show_schemas(struct call *c)
{
	const struct scim s = scim_of(c);
	const json_t *json = NULL;
	enum err_code rc = scim_schemas(&s, http_parameter(c->r, "schema"), &json);

	return rc ? rc : answer(c, json);
}

/* A parameter that names nothing is none. */
static struct str
named(const struct call *c, const char *name)
{
	struct str text = str_trim(http_query(c->r, name));

	return text.len > 0 ? text : (struct str){0};
}

static enum err_code
query_read(struct call *c, struct scim_query *q)
{
	enum err_code rc = call_number(c, "startIndex", 1, &q->start);

	/* What is less than nothing is nothing. RFC 7644 section 3.4.2.4. */
	if (!rc)
		rc = call_number(c, "count", -1, &q->count);
	if (!rc && q->count < 0 && http_query(c->r, "count").ptr)
		q->count = 0;
	q->filter = named(c, "filter");
	q->attributes = named(c, "attributes");
	q->excluded = named(c, "excludedAttributes");
	if (rc)
		(void)snprintf(c->ctx.err.field, sizeof(c->ctx.err.field), "invalidValue");
	return rc;
}

static enum err_code
list(struct call *c, const struct scim_kind *k)
{
	const struct scim s = scim_of(c);
	struct scim_query q = {0};
	const json_t *json = NULL;
	enum err_code rc = query_read(c, &q);

	if (!rc)
		rc = scim_list(&s, k, &q, &json);
	return rc ? rc : answer(c, json);
}

/* One as it is now. */
static enum err_code
show(struct call *c, const struct scim_kind *k, struct str id)
{
	const struct scim s = scim_of(c);
	struct scim_query q = {0};
	struct scim_shown shown = {0};
	enum err_code rc = query_read(c, &q);

	if (!rc)
		rc = scim_show(&s, k, id, &q, &shown);
	if (rc)
		return rc;
	if (http_unchanged(c->r, c->reply, shown.tag))
		return ERR_NONE;
	if (c->route->status == 201)
		http_reply_header(c->reply, "Location", shown.location);
	return answer(c, shown.json);
}

static enum err_code
edit(struct call *c, const struct scim_kind *k, enum scim_write write)
{
	const struct scim s = scim_of(c);
	struct scim_edit ed = {.s = &s,
			       .kind = k,
			       .write = write,
			       .id = http_parameter(c->r, "id"),
			       .match = http_header(c->r, "If-Match"),
			       .body = c->body};
	struct group_change change = {
		.actor = c->ctx.actor, .who = &c->who, .write = scim_edit_write, .object = &ed};
	enum err_code rc = group_write(c->service->group, &change, &c->ctx.err);

	if (rc || !c->route->reply)
		return rc;
	rc = call_see(c);
	return rc ? rc : show(c, k, ed.id);
}

enum err_code
scim_list_users(struct call *c)
{
	return list(c, &scim_users);
}

enum err_code
scim_show_user(struct call *c)
{
	return show(c, &scim_users, http_parameter(c->r, "id"));
}

enum err_code
scim_make_user(struct call *c)
{
	return edit(c, &scim_users, SCIM_MAKE);
}

enum err_code
scim_replace_user(struct call *c)
{
	return edit(c, &scim_users, SCIM_REPLACE);
}

enum err_code
scim_patch_user(struct call *c)
{
	return edit(c, &scim_users, SCIM_PATCH);
}

enum err_code
scim_remove_user(struct call *c)
{
	return edit(c, &scim_users, SCIM_REMOVE);
}

enum err_code
scim_list_groups(struct call *c)
{
	return list(c, &scim_groups);
}

enum err_code
scim_show_group(struct call *c)
{
	return show(c, &scim_groups, http_parameter(c->r, "id"));
}

enum err_code
scim_make_group(struct call *c)
{
	return edit(c, &scim_groups, SCIM_MAKE);
}

enum err_code
scim_replace_group(struct call *c)
{
	return edit(c, &scim_groups, SCIM_REPLACE);
}

enum err_code
scim_patch_group(struct call *c)
{
	return edit(c, &scim_groups, SCIM_PATCH);
}

enum err_code
scim_remove_group(struct call *c)
{
	return edit(c, &scim_groups, SCIM_REMOVE);
}
