#include "api/routes.h"

#include "base/limits.h"
#include "list/list.h"

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
