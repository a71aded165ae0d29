#include "check/increment.h"

#include "base/limits.h"
#include "check/run.h"
#include "model/sql.h"
#include "query/narrow.h"

#include <string.h>

/* What changed of the register itself, and what the obligation has failing. */
static const char changed_sql[] = "select c.record from " DIFFER_TABLE " c "
				  "where c.record >= :low and c.record < :high "
				  "and (c.columns & :columns) <> 0";
static const char open_sql[] = "select f.subject as record from failure f "
			       "where f.obligation = :obligation and f.fixed_at is null";

/* Which kinds of changes are in some of the columns: a bit for each. */
static uint64_t
kinds_in(const struct delta_reg *d, uint64_t columns)
{
	uint64_t kinds = 0;

	for (size_t i = 0; i < d->kind_count; i++) {
		if (d->mixed || d->kinds[i] & columns)
			kinds |= (uint64_t)1 << i;
	}
	return kinds;
}

bool
assessor_changed(struct assessor *a, const struct obligation *o, const char *table)
{
	const struct model *m = a->ctx->model;

	for (size_t i = 0; i < m->reg_count; i++) {
		if (assessor_is_of_reg(m->regs[i], table))
			return kinds_in(&a->changed[i], assessor_columns(a, o, m->regs[i])) != 0;
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
	const struct delta_reg *changed = &a->changed[o->applies_to->index];
	struct touching t = {.reg = o->applies_to, .open = open ? o : NULL};
	const struct words *w = assessor_tables(a, o);

	t.columns = changed->mixed ? COLUMN_BITS_ALL : assessor_columns(a, o, o->applies_to);
	t.kinds = kinds_in(changed, t.columns);
	for (size_t i = 0; i < w->count; i++) {
		if (assessor_changed(a, o, w->words[i]))
			ways_add(a, o, w->words[i], work, &t);
	}
	*ret_touching = t;
}

bool
touching_same(const struct touching *a, const struct touching *b)
{
	bool same = a->reg == b->reg && a->open == b->open && a->kinds == b->kinds &&
		    a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->ways[i], b->ways[i]) == 0;
	return same;
}

static void
way_add(struct buf *sql, size_t *count, const char *way)
{
	buf_addf(sql, "%sselect w%zu.record from (", *count ? " union all " : "", *count);
	buf_add(sql, way, strlen(way));
	buf_addf(sql, ") w%zu", *count);
	(*count)++;
}

/* Fills the table of narrow.h. Each record is put there once, so what several ways find is gathered
 * before. */
static enum err_code
records_find(struct assessor *a, const struct touching *t)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct ctx *ctx = a->ctx;
	DB_STMT *s = NULL;
	size_t count = 0;
	enum err_code rc = db_exec(ctx->db, "delete from " NARROW_TABLE, &ctx->err);

	buf_addf(&sql, "insert into " NARROW_TABLE " (" NARROW_COLUMN
		       ") select distinct q.record from (");
	if (t->kinds)
		way_add(&sql, &count, changed_sql);
	for (size_t i = 0; i < t->count; i++)
		way_add(&sql, &count, t->ways[i]);
	if (t->open)
		way_add(&sql, &count, open_sql);
	buf_addf(&sql, ") q where q.record is not null");
	if (rc || count == 0)
		return rc;
	rc = sql.failed ? err_set(&ctx->err, ERR_INTERNAL, "", "a statement is too long")
			: db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	if (t->open)
		db_bind_text(s, db_param(s, "obligation"), str_of(t->open->id));
	if (t->kinds) {
		db_bind_int(s, db_param(s, "columns"), (int64_t)t->columns);
		db_bind_int(s, db_param(s, "low"), t->reg->code << ID_CODE_SHIFT);
		db_bind_int(s, db_param(s, "high"), (t->reg->code + 1) << ID_CODE_SHIFT);
	}
	return db_run(s, &ctx->err);
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
	delta_tables_note(a->tables, found.count);
	*ret_touched = found;
	return rc;
}

void
touched_drop(struct assessor *a, const struct touching *t, const struct touched *touched)
{
	for (size_t i = 0; i < touched->count; i++)
		roster_remove(&a->few[t->reg->index], touched->records[i]);
}
