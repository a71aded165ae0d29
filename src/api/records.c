#include "api/routes.h"

#include "base/limits.h"
#include "list/list.h"
#include "record/step.h"

static enum err_code
question_read(struct call *c, struct list_question *q)
{
	enum err_code rc = call_register(c, &q->reg);

	if (!rc)
		rc = call_number(c, "limit", LIST_LIMIT, &q->limit);
	if (!rc && q->limit < 1)
		rc = err_set(&c->ctx.err, ERR_INVALID, "limit", "the limit must be from 1 to %d",
			     LIMIT_LIST_ROWS);
	q->filter = http_query(c->r, "filter");
	q->sort = http_query(c->r, "sort");
	q->fields = http_query(c->r, "fields");
	q->after = http_query(c->r, "after");
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
	struct str tag;
	int64_t id = 0;
	enum err_code rc = call_record_id(c, &id);

	if (!rc)
		rc = list_one(&c->ctx, id, http_query(c->r, "fields"), &p);
	if (rc)
		return rc;
	tag = call_tag(c, p.rows[0].version);
	/* Nothing can be written to the past, so that its versions have no tag to write by. */
	if (!c->ctx.as_of)
		http_reply_header(c->reply, "ETag", tag);
	if (!c->ctx.as_of && str_eq(http_header(c->r, "If-None-Match"), tag)) {
		c->reply->status = 304;
		return ERR_NONE;
	}
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
