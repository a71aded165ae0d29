#include "record/writer_priv.h"

#include "access/grant.h"
#include "model/sql.h"
#include "store/find.h"

enum { EXPECT_AT_ONCE = 128 };

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
	struct db_find f = {.sql = NULL};
	enum err_code rc;
	bool any = false;

	if (rw->retired != RETIRED_UNKNOWN)
		return ERR_NONE;
	sql_select(rw->reg->history, "where t.retired = 1 limit 1", &sql);
	f.sql = sql.data;
	rc = db_find_any(w->ctx->db, &f, &any, &w->ctx->err);
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

void
writer_expect_key(const struct writer *w, const struct reg *r, struct str key, enum roll_look look)
{
	const struct reg_writer *rw = w->kept->regs[r->index];

	if (rw)
		roll_expect(&rw->use, key, look);
}

static void
held_empty(struct held *h)
{
	arena_reset(&h->arena);
	h->count = 0;
}

/* Reads the row in hand. */
static enum err_code
held_take(struct writer *w, struct reg_writer *rw, const struct db_stmt *row, size_t *ret_at)
{
	struct held *h = &w->held;
	enum err_code rc;

	if (h->count == HELD_MAX)
		held_empty(h);
	rc = record_read(rw->reader, row, &h->arena, &h->records[h->count]);
	if (rc)
		return rc;
	record_keep(&h->records[h->count], &h->arena);
	h->ids[h->count] = h->records[h->count].id;
	*ret_at = h->count++;
	return ERR_NONE;
}

static bool
held_find(const struct held *h, int64_t id, size_t *ret_at)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->ids[i] == id) {
			*ret_at = i;
			return true;
		}
	}
	return false;
}

enum err_code
held_get(struct writer *w, struct reg_writer *rw, int64_t id, const struct record **ret_record)
{
	enum err_code rc;
	size_t at = 0;
	bool row;

	if (!held_find(&w->held, id, &at)) {
		db_bind_int(rw->load, 1, id);
		rc = db_step(rw->load, &row, &w->ctx->err);
		if (rc)
			return rc;
		if (!row) {
			*ret_record = NULL;
			return ERR_NONE;
		}
		rc = held_take(w, rw, rw->load, &at);
		db_reset(rw->load);
		if (rc)
			return rc;
	}
	*ret_record = &w->held.records[at];
	return ERR_NONE;
}

void
held_forget(struct writer *w, int64_t id)
{
	size_t at;

	if (held_find(&w->held, id, &at))
		w->held.ids[at] = 0;
}

enum err_code
writer_load(struct writer *w, const struct reg *r, int64_t id, struct arena *a,
	    struct record *ret_record)
{
	const struct record *present;
	struct reg_writer *rw;
	enum err_code rc = reg_writer_get(w, r, &rw);

	if (!rc)
		rc = held_get(w, rw, id, &present);
	if (!rc && (!present || !grant_reads(w->ctx->model, w->ctx->who, r, present->organisation)))
		rc = err_set(&w->ctx->err, ERR_MISSING, "", "there is no such record now");
	if (!rc)
		*ret_record = record_copy(present, a);
	return rc;
}

/* Those parameters for which there is no number stay null, which no number equals. */
static enum err_code
load_many_prepare(struct writer *w, struct reg_writer *rw)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	if (rw->load_many)
		return ERR_NONE;
	sql_select_many(rw->reg->table, EXPECT_AT_ONCE, &sql);
	if (sql.failed)
		return err_set(&w->ctx->err, ERR_INTERNAL, "", "a statement is too long");
	return db_prepare(w->ctx->db, sql.data, &rw->load_many, &w->ctx->err);
}

/* At most EXPECT_AT_ONCE. */
static enum err_code
load_many(struct writer *w, const struct reg *r, const int64_t *ids, size_t count)
{
	struct reg_writer *rw;
	enum err_code rc = reg_writer_get(w, r, &rw);
	const struct record *one;
	size_t at;
	bool row;

	if (!rc && count == 1)
		return held_get(w, rw, ids[0], &one);
	if (!rc)
		rc = load_many_prepare(w, rw);
	if (!rc && w->held.count + count > HELD_MAX)
		held_empty(&w->held);
	for (size_t i = 0; !rc && i < EXPECT_AT_ONCE; i++) {
		if (i < count)
			db_bind_int(rw->load_many, (int)i + 1, ids[i]);
		else
			db_bind_null(rw->load_many, (int)i + 1);
	}
	if (rc)
		return rc;
	while (!(rc = db_step(rw->load_many, &row, &w->ctx->err)) && row) {
		rc = held_take(w, rw, rw->load_many, &at);
		if (rc)
			break;
	}
	db_reset(rw->load_many);
	return rc;
}

static bool
has_lists(const struct reg *r)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (!field_has_column(&r->fields[i]))
			return true;
	}
	return false;
}

/* Those of one register. */
static enum err_code
expect_of(struct writer *w, const struct reg *r, const int64_t *ids, size_t count)
{
	int64_t wanted[EXPECT_AT_ONCE];
	enum err_code rc = ERR_NONE;
	size_t n = 0;
	size_t at;

	for (size_t i = 0; !rc && i < count; i++) {
		if (ids[i] >> ID_CODE_SHIFT != r->code || held_find(&w->held, ids[i], &at))
			continue;
		wanted[n++] = ids[i];
		if (n == EXPECT_AT_ONCE) {
			rc = load_many(w, r, wanted, n);
			n = 0;
		}
	}
	return rc || n == 0 ? rc : load_many(w, r, wanted, n);
}

enum err_code
writer_expect(struct writer *w, const int64_t *ids, size_t count)
{
	const struct model *m = w->ctx->model;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && count > 0 && i < m->reg_count; i++) {
		if (!has_lists(m->regs[i]))
			rc = expect_of(w, m->regs[i], ids, count);
	}
	return rc;
}
