#include "api/routes.h"
#include "list/list.h"
#include "record/edit.h"

#include <stdio.h>

enum { NAME_ROOM = 64 };

/* The version that If-Match names. RFC 9110 section 13.1.1; only one tag, and no "*", as whoever
 * changes a record must have seen it. */
static enum err_code
version_wanted(struct call *c, int64_t *ret_version)
{
	struct str tag = http_header(c->r, "If-Match");
	bool quoted = tag.len > 2 && tag.ptr[0] == '"' && tag.ptr[tag.len - 1] == '"';

	if (!tag.ptr)
		return err_set(&c->ctx.err, ERR_UNTAGGED, "If-Match",
			       "send the ETag of the record as you read it in If-Match, so that "
			       "nobody's change is lost");
	if (quoted && str_int((struct str){tag.ptr + 1, tag.len - 2}, ret_version) &&
	    *ret_version > 0)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_STALE, "If-Match", "the record has another version");
}

/* The record as it is then. */
static enum err_code
edit_tell(struct call *c, struct ctx *ctx, const void *object)
{
	const struct edit *ed = object;
	struct list_page p;
	char path[NAME_ROOM + RECORD_NAME_SIZE] = "/api/v1/records/";
	char name[RECORD_NAME_SIZE];
	enum err_code rc = list_one(ctx, ed->id, (struct str){0}, &p);

	if (rc)
		return rc;
	c->told = ed->id;
	if (ed->kind == EDIT_MAKE) {
		record_name(ctx->model, ed->id, name);
		(void)snprintf(path, sizeof(path), "/api/v1/records/%s", name);
		http_reply_header(c->reply, "Location", str_dup(c->r->arena, str_of(path)));
	}
	http_reply_header(c->reply, "ETag", call_tag(c, p.rows[0].version));
	list_row_json(&c->w, ctx->model, &p, &p.rows[0]);
	return ERR_NONE;
}

static enum err_code
edit_answer(struct call *c, struct edit *ed)
{
	const struct deed d = {.write = edit_write,
			       .tell = ed->kind == EDIT_RETIRE ? NULL : edit_tell,
			       .object = ed,
			       .about = ed->kind == EDIT_MAKE ? 0 : ed->id};

	return call_do(c, &d);
}

enum err_code
records_make(struct call *c)
{
	struct edit ed = {
		.kind = EDIT_MAKE, .values = c->body, .organisation = c->who.organisation};
	enum err_code rc = call_register(c, &ed.reg);

	return rc ? rc : edit_answer(c, &ed);
}

static enum err_code
present_edit(struct call *c, enum edit_kind kind)
{
	struct edit ed = {.kind = kind, .values = c->body};
	enum err_code rc = call_record_id(c, &ed.id);

	if (!rc)
		rc = version_wanted(c, &ed.version);
	if (rc)
		return rc;
	ed.reg = model_reg_of_id(c->ctx.model, ed.id);
	return edit_answer(c, &ed);
}

enum err_code
records_change(struct call *c)
{
	return present_edit(c, EDIT_CHANGE);
}

enum err_code
records_retire(struct call *c)
{
	return present_edit(c, EDIT_RETIRE);
}
