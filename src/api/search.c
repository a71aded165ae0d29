#include "search/search.h"

#include "api/routes.h"
#include "base/limits.h"

static enum err_code
question_read(struct call *c, struct search_question *q)
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
	struct db *db = NULL;
	int64_t left = 0;
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = search_catch_up(c->service->search, LIMIT_SEARCH_LEAVES, &left, &c->ctx.err);
	if (!rc)
		rc = search_reader(c->service->search, &db, &c->ctx.err);
	if (!rc)
		rc = search_ask(&c->ctx, db, &q, &p);
	search_reader_back(c->service->search, db);
	if (!rc)
		search_json(&c->w, c->ctx.model, &p, left == 0);
	return rc;
}
