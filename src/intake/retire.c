#include "intake/import_priv.h"

#include "access/grant.h"
#include "model/sql.h"

#include <string.h>

enum { RETIRE_AT_ONCE = 1000 };

/* Numbers of records that are not in the delivery. */
struct missing {
	int64_t after; /* those up to this one were looked at */
	int64_t ids[RETIRE_AT_ONCE];
	size_t count;
};

static enum err_code
has_come(struct import *im, const struct reg *r, int64_t id, bool *ret_came)
{
	struct db_stmt *s;
	size_t file;
	long line;
	enum err_code rc;

	*ret_came = early_took(im, r, id, &file, &line);
	if (*ret_came)
		return ERR_NONE;
	rc = tables_statement(im, SEEN_FIND, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, ret_came, &im->ctx->err);
	db_reset(s);
	return rc;
}

/* Numbers beyond `after`, as many as fit: the records are retired only when the statement is done.
 */
static enum err_code
missing_read(struct import *im, struct db_stmt *s, const struct part *p, struct missing *m)
{
	/* What this delivery itself brought is not gone. */
	int64_t first_new = import_state(im, p->reg)->first_new;
	bool row, came;
	enum err_code rc = ERR_NONE;

	db_bind_int(s, 1, p->organisation);
	db_bind_text(s, 2, p->feed);
	db_bind_int(s, 3, m->after);
	db_bind_int(s, 4, first_new ? first_new : INT64_MAX);
	m->count = 0;
	while (m->count < RETIRE_AT_ONCE && !(rc = db_step(s, &row, &im->ctx->err)) && row) {
		m->after = db_int(s, 0);
		rc = has_come(im, p->reg, m->after, &came);
		if (rc)
			break;
		if (!came)
			m->ids[m->count++] = m->after;
	}
	db_reset(s);
	return rc;
}

static enum err_code
part_retire(struct import *im, struct part *p)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct missing m = {0};
	DB_STMT *s = NULL;
	enum err_code rc;

	const struct grant_row row = {.organisation = p->organisation, .unlimited = true};
	struct ctx *ctx = im->ctx;

	rc = grant_error(ctx->model, p->reg, ACT_RETIRE,
			 grant_refusal(ctx->model, ctx->who, p->reg, ACT_RETIRE, &row), &ctx->err);
	if (rc)
		return rc;
	sql_from(p->reg, "t.id",
		 "where t.organisation = :organisation and t.feed = :feed and t.id > :after "
		 "and t.id < :first_new order by t.id",
		 &sql);
	rc = db_prepare_scan(im->ctx->db, sql.data, &s, &im->ctx->err);
	do {
		if (!rc)
			rc = missing_read(im, s, p, &m);
		for (size_t i = 0; !rc && i < m.count; i++)
			rc = writer_retire(im->w, p->reg, m.ids[i]);
		p->counts.retired += (int64_t)m.count;
	} while (!rc && m.count == RETIRE_AT_ONCE);
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
	memset(im->homes, 0, sizeof(im->homes));
	return rc;
}
