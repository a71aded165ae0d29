#include "api/routes.h"
#include "base/limits.h"
#include "list/list.h"
#include "record/edit.h"
#include "record/step.h"
#include "search/search.h"

#include <stdio.h>

enum err_code
call_page(struct call *c, struct list_question *q)
{
	enum err_code rc = call_number(c, "limit", LIST_LIMIT, &q->limit);

	if (!rc && q->limit < 1)
		rc = err_set(&c->ctx.err, ERR_INVALID, "limit", "the limit must be from 1 to %d",
			     LIMIT_LIST_ROWS);
	q->after = http_query(c->r, "after");
	return rc;
}

static enum err_code
question_read(struct call *c, struct list_question *q)
{
	enum err_code rc = call_register(c, &q->reg);

	if (!rc)
		rc = call_page(c, q);
	q->placed = http_query(c->r, "skip").ptr != NULL;
	if (!rc)
		rc = call_number(c, "skip", 0, &q->skip);
	q->filter = http_query(c->r, "filter");
	q->sort = http_query(c->r, "sort");
	q->fields = http_query(c->r, "fields");
	return rc;
}

enum err_code
records_list(struct call *c)
{
	struct list_question q = {0};
	struct list_page p;
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = list_read(&c->ctx, &q, &p);
	if (!rc)
		list_json(&c->w, c->ctx.model, &p);
	return rc;
}

enum err_code
records_show(struct call *c)
{
	struct list_page p;
	int64_t id = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = list_one(&c->ctx, id, http_query(c->r, "fields"), &p);
	if (rc)
		return rc;
	/* Nothing can be written to the past, so that its versions have no tag to write by. */
	if (!c->ctx.as_of && http_unchanged(c->r, c->reply, call_tag(c, p.rows[0].version)))
		return ERR_NONE;
	list_row_json(&c->w, c->ctx.model, &p, &p.rows[0]);
	return ERR_NONE;
}

enum err_code
records_history(struct call *c)
{
	struct list_page p;
	int64_t id = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = list_versions(&c->ctx, id, &p);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "versions");
	jw_array(&c->w);
	for (size_t i = 0; i < p.count; i++)
		list_row_json(&c->w, c->ctx.model, &p, &p.rows[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
records_related(struct call *c)
{
	const struct list_related *rows = NULL;
	size_t count = 0;
	int64_t id = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = list_related(&c->ctx, id, &rows, &count);
	if (!rc)
		list_related_json(&c->w, rows, count);
	return rc;
}

static void
step_write(struct json_writer *w, const struct step *s)
{
	const struct transition *t = s->transition;

	jw_object(w);
	jw_key_word(w, "to", t->to);
	jw_key_text(w, "by", t->by ? str_of(t->by->name) : (struct str){0});
	jw_key_text(w, "as", t->as ? str_of(t->as->name) : (struct str){0});
	words_tell(w, "roles", &s->roles);
	jw_key_bool(w, "allowed", s->may);
	jw_key_text(w, "refusal", s->refusal);
	jw_end_object(w);
}

enum err_code
records_steps(struct call *c)
{
	struct steps steps;
	struct record r;
	int64_t id = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = record_load(&c->ctx, id, c->ctx.arena, &r);
	if (!rc)
		rc = record_steps(&c->ctx, &r, &steps);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_text(&c->w, "state", r.state);
	jw_key(&c->w, "transitions");
	jw_array(&c->w);
	for (size_t i = 0; i < steps.count; i++)
		step_write(&c->w, &steps.rows[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum { NAME_ROOM = 64 };

/* The version that If-Match names. RFC 9110 section 13.1.1; only one tag, and no "*", as whoever
 * changes a record must have seen it. */
static enum err_code
version_wanted(struct call *c, int64_t *ret_version)
{
	struct str tag = http_header(c->r, "If-Match");

	if (!tag.ptr)
		return err_set(&c->ctx.err, ERR_UNTAGGED, "If-Match",
			       "send the ETag of the record as you read it in If-Match, so that "
			       "nobody's change is lost");
	if (str_int(http_match(c->r), ret_version) && *ret_version > 0)
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

static enum err_code
search_read(struct call *c, struct search_question *q)
{
	struct str words = http_query(c->r, "q");
	enum err_code rc = call_number(c, "limit", SEARCH_LIMIT, &q->limit);

	if (!rc && q->limit < 1)
		rc = err_set(&c->ctx.err, ERR_INVALID, "limit", "the limit must be from 1 to %d",
			     LIMIT_SEARCH_HITS);
	if (!rc && !words.ptr)
		rc = err_set(&c->ctx.err, ERR_USAGE, "q", "say what to search for, as q=db-01");
	q->words = words;
	q->reg = http_query(c->r, "register");
	q->after = http_query(c->r, "after");
	q->retired = str_is(http_query(c->r, "retired"), "true");
	return rc;
}

/* What was written before this request is found, unless that was very much. */
enum err_code
search_show(struct call *c)
{
	struct search_question q = {0};
	struct search_page p;
	bool whole = false;
	enum err_code rc = search_read(c, &q);

	if (!rc)
		rc = search_now(&c->ctx, c->service->search, &q, &p, &whole);
	if (!rc)
		search_json(&c->w, c->ctx.model, &p, whole);
	return rc;
}
