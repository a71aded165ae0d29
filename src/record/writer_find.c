#include "record/writer_priv.h"

#include "model/sql.h"

/* Among the current records that were read at once. */
static void
find_on_roll(const struct reg_writer *rw, const struct record *r, int64_t *ret_id,
	     int64_t *ret_delivered)
{
	struct roll_found found;
	size_t at = 0;

	while (roll_next(rw->use.roll, r->key, &at, &found)) {
		if (!rw->by_key_alone &&
		    (found.organisation != r->organisation || !str_eq(found.feed, r->feed)))
			continue;
		*ret_id = found.id;
		*ret_delivered = found.delivered;
		return;
	}
}

static enum err_code
find_with(struct writer *w, struct db_stmt *s, const struct record *r, bool by_key_alone,
	  int64_t *ret_found)
{
	bool row;
	enum err_code rc;

	db_bind_text(s, 1, r->key);
	if (!by_key_alone) {
		db_bind_int(s, 2, r->organisation);
		db_bind_text(s, 3, r->feed);
	}
	rc = db_step(s, &row, &w->ctx->err);
	for (int i = 0; !rc && row && i < 2; i++)
		ret_found[i] = db_int(s, i);
	if (!rc)
		db_reset(s);
	return rc;
}

/* Few registers have any record that was retired, and each new one would be looked for there. */
static enum err_code
retired_any(struct writer *w, struct reg_writer *rw)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool any;

	if (rw->retired != RETIRED_UNKNOWN)
		return ERR_NONE;
	sql_select(rw->reg->history, "where t.retired = 1 limit 1", &sql);
	rc = db_prepare(w->ctx->db, sql.data, &s, &w->ctx->err);
	if (!rc)
		rc = db_step(s, &any, &w->ctx->err);
	if (!rc)
		rw->retired = any ? RETIRED_SOME : RETIRED_NONE;
	return rc;
}

enum err_code
writer_find(struct writer *w, const struct record *r, int64_t *ret_id, int64_t *ret_delivered)
{
	int64_t found[2] = {0}; /* number, digest */
	struct reg_writer *rw;
	enum err_code rc = reg_writer_get(w, r->reg, &rw);

	if (!rc)
		rc = roll_ask(w->ctx, r->reg, &w->memory, &rw->use);
	if (!rc && rw->use.roll)
		find_on_roll(rw, r, &found[0], &found[1]);
	else if (!rc)
		rc = find_with(w, rw->find, r, rw->by_key_alone, found);
	if (!rc && !found[0]) {
		rc = retired_any(w, rw);
		if (!rc && rw->retired == RETIRED_SOME)
			rc = find_with(w, rw->find_retired, r, rw->by_key_alone, found);
		found[1] = WRITER_RETIRED;
	}
	if (rc)
		return rc;
	*ret_id = found[0];
	if (ret_delivered)
		*ret_delivered = found[1];
	return ERR_NONE;
}

enum err_code
writer_load(struct writer *w, const struct reg *r, int64_t id, struct arena *a,
	    struct record *ret_record)
{
	struct reg_writer *rw;
	enum err_code rc = reg_writer_get(w, r, &rw);
	bool row;

	if (rc)
		return rc;
	db_bind_int(rw->load, 1, id);
	rc = db_step(rw->load, &row, &w->ctx->err);
	if (!rc && !row)
		rc = err_set(&w->ctx->err, ERR_MISSING, "", "there is no such record now");
	if (rc)
		return rc;
	rc = record_read(rw->reader, rw->load, a, ret_record);
	if (!rc)
		record_keep(ret_record, a);
	db_reset(rw->load);
	return rc;
}
