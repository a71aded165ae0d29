#include "check/increment.h"

#include "base/limits.h"
#include "check/run.h"
#include "model/sql.h"
#include "query/narrow.h"

#include <string.h>

#define INTO_NARROW "insert into " NARROW_TABLE " (" NARROW_COLUMN ") "
#define ONCE "on conflict (" NARROW_COLUMN ") do nothing"

static const char changed_sql[] = INTO_NARROW "select c.record from " DELTA_TABLE " c "
					      "where c.record >= :low and c.record < :high " ONCE;
static const char open_sql[] =
	INTO_NARROW "select distinct f.subject from failure f "
		    "where f.obligation = :obligation and f.fixed_at is null " ONCE;

bool
assessor_changed(const struct assessor *a, const char *table)
{
	const struct model *m = a->ctx->model;

	for (size_t i = 0; i < m->reg_count; i++) {
		if (assessor_is_of_reg(m->regs[i], table))
			return a->changed[i];
	}
	return true;
}

/* The ways from what changed in one table. */
static void
ways_add(struct assessor *a, const struct obligation *o, const char *table, struct arena *work,
	 struct touching *t)
{
	const struct reach_table *r = assessor_reach(a, o, table);

	for (size_t i = 0; r && i < r->count; i++) {
		/* The changed records of the register itself are there anyway. */
		if (r->ways[i].itself)
			continue;
		t->ways = arena_room(work, t->ways, t->count, &t->cap, sizeof(*t->ways));
		t->ways[t->count++] = r->ways[i].sql;
	}
}

void
touching_find(struct assessor *a, const struct obligation *o, bool open, struct arena *work,
	      struct touching *ret_touching)
{
	struct touching t = {.reg = o->applies_to, .open = open ? o : NULL};
	const struct words *w = assessor_tables(a, o);

	for (size_t i = 0; i < w->count; i++) {
		if (assessor_changed(a, w->words[i]))
			ways_add(a, o, w->words[i], work, &t);
	}
	*ret_touching = t;
}

bool
touching_same(const struct touching *a, const struct touching *b)
{
	bool same = a->reg == b->reg && a->open == b->open && a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->ways[i], b->ways[i]) == 0;
	return same;
}

static enum err_code
records_add(struct assessor *a, const struct touching *t, const char *sql)
{
	struct ctx *ctx = a->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	if (t->open && db_param(s, "obligation") > 0)
		db_bind_text(s, db_param(s, "obligation"), str_of(t->open->id));
	if (db_param(s, "low") > 0) {
		db_bind_int(s, db_param(s, "low"), t->reg->code << ID_CODE_SHIFT);
		db_bind_int(s, db_param(s, "high"), (t->reg->code + 1) << ID_CODE_SHIFT);
	}
	return db_run(s, &ctx->err);
}

static enum err_code
way_add(struct assessor *a, const struct touching *t, const char *way)
{
	CLEANUP(buf_fini) struct buf text = {.limit = SQL_LIMIT};

	buf_addf(&text, "%sselect q.record from (", INTO_NARROW);
	buf_add(&text, way, strlen(way));
	buf_addf(&text, ") q where q.record is not null %s", ONCE);
	return text.failed ? err_set(&a->ctx->err, ERR_INTERNAL, "", "a statement is too long")
			   : records_add(a, t, text.data);
}

/* Fills the table of narrow.h. */
static enum err_code
records_find(struct assessor *a, const struct touching *t)
{
	enum err_code rc = db_exec(a->ctx->db, "delete from " NARROW_TABLE, &a->ctx->err);

	if (!rc && a->changed[t->reg->index])
		rc = records_add(a, t, changed_sql);
	for (size_t i = 0; !rc && i < t->count; i++)
		rc = way_add(a, t, t->ways[i]);
	if (!rc && t->open)
		rc = records_add(a, t, open_sql);
	return rc;
}

enum err_code
touched_take(struct assessor *a, const struct touching *t, struct arena *work,
	     struct touched *ret_touched)
{
	struct ctx *ctx = a->ctx;
	struct roster *few = &a->few[t->reg->index];
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct touched found = {0};
	size_t cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = records_find(a, t);
	bool row;

	sql_owners(t->reg, NARROW_TABLE, &sql);
	if (!rc)
		rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		/* What a query gives beside the register's records is for the whole check to
		 * judge. */
		if (db_int(s, 0) >> ID_CODE_SHIFT != t->reg->code)
			continue;
		found.records =
			arena_room(work, found.records, found.count, &cap, sizeof(*found.records));
		found.records[found.count++] = db_int(s, 0);
		if (!db_is_null(s, 1))
			rc = roster_put(ctx, few, db_int(s, 0), db_int(s, 1));
	}
	*ret_touched = found;
	return rc;
}

void
touched_drop(struct assessor *a, const struct touching *t, const struct touched *touched)
{
	for (size_t i = 0; i < touched->count; i++)
		roster_remove(&a->few[t->reg->index], touched->records[i]);
}
