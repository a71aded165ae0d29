#include "intake/import_priv.h"

#include "model/sql.h"

enum { RETIRE_AT_ONCE = 1000 };

/* Numbers beyond `after`, as many as fit: the records are retired only when the statement is done.
 */
static enum err_code
missing_read(struct import *im, struct db_stmt *s, const struct part *p, int64_t *ids,
	     size_t *ret_count)
{
	/* What this delivery itself brought is not gone. */
	int64_t first_new = import_state(im, p->reg)->first_new;
	bool row;
	enum err_code rc = ERR_NONE;

	db_bind_int(s, 1, p->organisation);
	db_bind_text(s, 2, p->feed);
	db_bind_int(s, 3, first_new ? first_new : INT64_MAX);
	*ret_count = 0;
	while (*ret_count < RETIRE_AT_ONCE && !(rc = db_step(s, &row, &im->ctx->err)) && row)
		ids[(*ret_count)++] = db_int(s, 0);
	db_reset(s);
	return rc;
}

static enum err_code
part_retire(struct import *im, struct part *p)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	int64_t ids[RETIRE_AT_ONCE];
	DB_STMT *s = NULL;
	size_t count = 0;
	enum err_code rc;

	sql_from(p->reg, "t.id",
		 "where t.organisation = :organisation and t.feed = :feed "
		 "and t.id < :first_new "
		 "and not exists (select 1 from intake_seen s where s.id = t.id) order by t.id",
		 &sql);
	rc = db_prepare(im->ctx->db, sql.data, &s, &im->ctx->err);
	do {
		if (!rc)
			rc = missing_read(im, s, p, ids, &count);
		for (size_t i = 0; !rc && i < count; i++)
			rc = writer_retire(im->w, p->reg, ids[i]);
		p->counts.retired += (int64_t)count;
	} while (!rc && count == RETIRE_AT_ONCE);
	return rc;
}

/* Every organisation and feed that the delivery has rows of is complete, and so is its own. */
enum err_code
retire_missing(struct import *im, const struct reg *r)
{
	enum err_code rc = ERR_NONE;

	for (struct part *p = im->parts; !rc && p; p = p->next) {
		bool done = false;

		if (p->reg != r)
			continue;
		for (const struct part *q = im->parts; q != p; q = q->next)
			done = done || (q->reg == r && q->organisation == p->organisation &&
					str_eq(q->feed, p->feed));
		p->complete = true;
		if (!done)
			rc = part_retire(im, p);
	}
	if (!rc)
		resolver_forget(im->rs);
	return rc;
}
