#include "check/delta.h"

#include "base/limits.h"
#include "model/sql.h"
#include "query/narrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With more changes than this all is decided. */
enum { DELTA_MAX = 100000, TABLES_MEMORY = 4 * 1024 * 1024 };

static const struct column changed_columns[] = {
	{"record",  COLUMN_INT, true},
	{"version", COLUMN_INT, true},
};
static const struct column differ_columns[] = {
	{"record",	   COLUMN_INT, true},
	{"organisation", COLUMN_INT, true},
	{"columns",	    COLUMN_INT, true},
};
static const struct column narrow_columns[] = {
	{NARROW_COLUMN, COLUMN_INT, true},
};
static const struct table fixed[] = {
	{.name = DELTA_TABLE,
	 .columns = changed_columns,
	 .column_count = COUNT_OF(changed_columns),
	 .primary_key = "record",
	 .temporary = true,
	 .if_missing = true},
	{.name = DIFFER_TABLE,
	 .columns = differ_columns,
	 .column_count = COUNT_OF(differ_columns),
	 .primary_key = "record",
	 .temporary = true,
	 .if_missing = true},
	{.name = NARROW_TABLE,
	 .columns = narrow_columns,
	 .column_count = COUNT_OF(narrow_columns),
	 .primary_key = NARROW_COLUMN,
	 .temporary = true,
	 .if_missing = true},
};

struct delta_tables {
	struct arena arena;
	bool fixed;
	bool *regs; /* as the model's */
	bool *held; /* those of HELD_PREFIX */
	size_t reg_count;
	size_t rows; /* that were put into them since they were made */
};

enum err_code
delta_tables_new(struct ctx *ctx, struct delta_tables **ret_tables)
{
	struct delta_tables *t = calloc(1, sizeof(*t));

	if (!t)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for an assessment");
	arena_init(&t->arena, TABLES_MEMORY);
	t->reg_count = ctx->model->reg_count;
	t->regs = arena_alloc(&t->arena, (t->reg_count + 1) * sizeof(*t->regs));
	t->held = arena_alloc(&t->arena, (t->reg_count + 1) * sizeof(*t->held));
	*ret_tables = t;
	return ERR_NONE;
}

void
delta_tables_free(struct delta_tables *t)
{
	if (!t)
		return;
	arena_fini(&t->arena);
	free(t);
}

/* The temporary table that stands beside one of a register. */
static struct table
beside(struct arena *a, const char *prefix, const struct table *of)
{
	bool keyed = strcmp(prefix, HELD_PREFIX) == 0;
	size_t len = strlen(prefix);
	char *name = arena_alloc(a, len + strlen(of->name) + 1);
	struct table t = {.columns = of->columns,
			  .column_count = of->column_count,
			  .primary_key = keyed ? of->columns[0].name : "",
			  .temporary = true,
			  .if_missing = true};

	memcpy(name, prefix, len);
	memcpy(name + len, of->name, strlen(of->name) + 1);
	t.name = name;
	return t;
}

/* An engine that knows nothing of a table takes it for a large one, and reads all of the others
 * first: so it is shown once how little stands in it. */
static enum err_code
table_make(struct ctx *ctx, struct arena *a, const char *prefix, const struct table *of)
{
	CLEANUP(buf_fini) struct buf sample = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf analyze = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf forget = {.limit = SQL_LIMIT};
	struct table t = beside(a, prefix, of);
	enum err_code rc = schema_create(ctx->db, &t, &ctx->err);

	sql_sample(&t, of, &sample);
	sql_analyze(&t, &analyze);
	sql_empty(&t, &forget);
	/* Another assessor of this connection may have left rows. */
	if (!rc)
		rc = db_exec(ctx->db, forget.data, &ctx->err);
	if (!rc)
		rc = db_exec(ctx->db, sample.data, &ctx->err);
	if (!rc)
		rc = db_exec(ctx->db, analyze.data, &ctx->err);
	return rc ? rc : db_exec(ctx->db, forget.data, &ctx->err);
}

static enum err_code
reg_make(struct ctx *ctx, struct delta_tables *t, const struct reg *r)
{
	enum err_code rc = table_make(ctx, &t->arena, DELTA_PREFIX, r->table);

	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (r->fields[i].table)
			rc = table_make(ctx, &t->arena, DELTA_PREFIX, r->fields[i].table);
	}
	return rc;
}

static enum err_code
fixed_make(struct ctx *ctx)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < COUNT_OF(fixed); i++)
		rc = schema_create(ctx->db, &fixed[i], &ctx->err);
	return rc ? rc
		  : db_exec(ctx->db,
			    "delete from " DELTA_TABLE "; delete from " DIFFER_TABLE "; "
			    "delete from " NARROW_TABLE "; "
			    "insert into " DELTA_TABLE " (record, version) values (0, 0); "
			    "insert into " DIFFER_TABLE " (record, organisation, columns) "
			    "values (0, 0, 0); "
			    "insert into " NARROW_TABLE " (" NARROW_COLUMN ") values (0); "
			    "analyze " DELTA_TABLE "; analyze " DIFFER_TABLE "; "
			    "analyze " NARROW_TABLE "; "
			    "delete from " DELTA_TABLE "; delete from " DIFFER_TABLE "; "
			    "delete from " NARROW_TABLE,
			    &ctx->err);
}

static enum err_code
beside_drop(struct ctx *ctx, struct delta_tables *t, const char *prefix, const struct table *of)
{
	struct table table = beside(&t->arena, prefix, of);

	return schema_drop(ctx->db, &table, &ctx->err);
}

static enum err_code
reg_drop(struct ctx *ctx, struct delta_tables *t, const struct reg *r)
{
	enum err_code rc = beside_drop(ctx, t, DELTA_PREFIX, r->table);

	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (r->fields[i].table)
			rc = beside_drop(ctx, t, DELTA_PREFIX, r->fields[i].table);
	}
	return rc;
}

static enum err_code
tables_drop(struct ctx *ctx, struct delta_tables *t)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < COUNT_OF(fixed); i++)
		rc = schema_drop(ctx->db, &fixed[i], &ctx->err);
	for (size_t i = 0; !rc && i < t->reg_count; i++) {
		if (t->regs[i])
			rc = reg_drop(ctx, t, ctx->model->regs[i]);
		if (!rc && t->held[i])
			rc = beside_drop(ctx, t, HELD_PREFIX, ctx->model->regs[i]->table);
	}
	delta_tables_forget(t);
	t->rows = 0;
	return rc;
}

enum err_code
delta_tables_make(struct ctx *ctx, struct delta_tables *t)
{
	enum err_code rc = ERR_NONE;

	if (t->fixed && t->rows > DELTA_WORN_ROWS)
		rc = tables_drop(ctx, t);
	if (!rc && !t->fixed)
		rc = fixed_make(ctx);
	t->fixed = !rc;
	return rc;
}

void
delta_tables_note(struct delta_tables *t, size_t rows)
{
	t->rows += rows;
}

/* Those of one register. */
static enum err_code
reg_tables(struct ctx *ctx, struct delta_tables *t, size_t reg)
{
	enum err_code rc = t->regs[reg] ? ERR_NONE : reg_make(ctx, t, ctx->model->regs[reg]);

	t->regs[reg] = !rc;
	return rc;
}

void
delta_tables_forget(struct delta_tables *t)
{
	t->fixed = false;
	memset(t->regs, 0, t->reg_count * sizeof(*t->regs));
	memset(t->held, 0, t->reg_count * sizeof(*t->held));
}

/* With the plus the engine does not read all of the ledger for the sake of its order. */
static const char subjects_sql[] =
	"select +l.subject, "
	"max(case when l.idx < :own_from or l.idx >= :own_to then 1 else 0 end) "
	"from ledger_leaf l where l.idx >= :seen group by +l.subject order by 1";
static const char changed_sql[] =
	"insert into " DELTA_TABLE " (record, version) "
	"select +l.subject, min(l.version) - 1 from ledger_leaf l where l.idx >= :seen "
	"and +l.subject >= :low and +l.subject < :high group by +l.subject";

/* The changed records of all registers. */
static enum err_code
subjects_read(struct assessment *as, const struct standing *s, const bool *wanted, struct delta *d)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *q = NULL;
	int64_t own_to = 0;
	size_t count = 0;
	bool row;
	enum err_code rc = standing_own_end(ctx, s->own_from, &own_to);

	if (!rc)
		rc = db_prepare(ctx->db, subjects_sql, &q, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(q, db_param(q, "own_from"), s->own_from);
	db_bind_int(q, db_param(q, "own_to"), own_to);
	db_bind_int(q, db_param(q, "seen"), s->seen);
	while (!rc && !(rc = db_step(q, &row, &ctx->err)) && row) {
		const struct reg *of = model_reg_of_id(ctx->model, db_int(q, 0));
		struct delta_reg *r = of ? &d->regs[of->index] : NULL;

		if (!r)
			continue;
		r->rows = arena_room(&as->work, r->rows, r->count, &r->cap, sizeof(*r->rows));
		r->rows[r->count++] =
			(struct changed){.record = db_int(q, 0), .foreign = db_int(q, 1) != 0};
		r->foreign = r->foreign || db_int(q, 1);
		d->too_many = wanted[of->index] && ++count > DELTA_MAX;
		if (d->too_many)
			return ERR_NONE;
	}
	return rc;
}

static void
bounds_bind(struct db_stmt *q, const struct reg *r)
{
	if (db_param(q, "low") == 0)
		return;
	db_bind_int(q, db_param(q, "low"), r->code << ID_CODE_SHIFT);
	db_bind_int(q, db_param(q, "high"), (r->code + 1) << ID_CODE_SHIFT);
}

static enum err_code
bounded_run(struct ctx *ctx, const struct buf *sql, const struct reg *r)
{
	DB_STMT *q = NULL;
	enum err_code rc = sql->failed
				   ? err_set(&ctx->err, ERR_INTERNAL, "", "a statement is too long")
				   : db_prepare(ctx->db, sql->data, &q, &ctx->err);

	if (rc)
		return rc;
	bounds_bind(q, r);
	return db_run(q, &ctx->err);
}

/* One table's rows of then and of now; `key` names the record. */
static enum err_code
table_fill(struct ctx *ctx, struct arena *a, const struct reg *r, const struct field *f)
{
	const struct table *now = f ? f->table : r->table;
	const struct table *then = f ? f->history_table : r->history;
	struct table to = beside(a, DELTA_PREFIX, now);
	CLEANUP(buf_fini) struct buf forget = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf present = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf past = {.limit = SQL_LIMIT};
	enum err_code rc;

	sql_empty(&to, &forget);
	sql_copy(&to, now, DELTA_TABLE, &present);
	sql_copy_version(&to, then, DELTA_TABLE, &past);
	rc = bounded_run(ctx, &forget, r);
	if (!rc)
		rc = bounded_run(ctx, &present, r);
	return rc ? rc : bounded_run(ctx, &past, r);
}

enum err_code
delta_tables_hold(struct ctx *ctx, struct delta_tables *t, const struct reg *r, struct arena *a)
{
	struct table to = beside(a, HELD_PREFIX, r->table);
	CLEANUP(buf_fini) struct buf forget = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf present = {.limit = SQL_LIMIT};
	enum err_code rc = ERR_NONE;

	if (!t->held[r->index])
		rc = table_make(ctx, &t->arena, HELD_PREFIX, r->table);
	t->held[r->index] = !rc;
	sql_empty(&to, &forget);
	sql_copy(&to, r->table, NARROW_TABLE, &present);
	if (!rc)
		rc = bounded_run(ctx, &forget, r);
	return rc ? rc : bounded_run(ctx, &present, r);
}

uint64_t
delta_items_bit(const struct reg *r, const struct field *f)
{
	return column_bit(r->table->column_count + (size_t)(f - r->fields));
}

/* What the versions of then and of now have different; see DIFFER_TABLE. */
static enum err_code
differences_find(struct ctx *ctx, struct arena *a, const struct reg *r)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	enum err_code rc;

	sql_differences(r, DIFFER_TABLE, DELTA_TABLE, &sql);
	rc = bounded_run(ctx, &sql, r);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		const struct field *f = &r->fields[i];
		CLEANUP(buf_fini) struct buf items = {.limit = SQL_LIMIT};
		struct table t;
		DB_STMT *q = NULL;

		if (!f->table)
			continue;
		t = beside(a, DELTA_PREFIX, f->table);
		sql_differences_items(&t, DIFFER_TABLE, &items);
		rc = db_prepare(ctx->db, items.data, &q, &ctx->err);
		if (rc)
			return rc;
		db_bind_int(q, db_param(q, "bit"), (int64_t)delta_items_bit(r, f));
		rc = db_run(q, &ctx->err);
	}
	return rc;
}

static void
kind_add(struct delta_reg *d, uint64_t kind)
{
	size_t at = 0;

	while (at < d->kind_count && d->kinds[at] != kind)
		at++;
	if (at == d->kind_count && at < DELTA_KINDS)
		d->kinds[d->kind_count++] = kind;
	d->mixed = d->mixed || at == DELTA_KINDS;
}

/* Whose the changed records were, and what changed of them. */
static enum err_code
differences_read(struct ctx *ctx, const struct reg *r, struct delta_reg *d)
{
	DB_STMT *q = NULL;
	size_t at = 0;
	bool row;
	enum err_code rc = db_prepare(ctx->db,
				      "select c.record, c.organisation, c.columns "
				      "from " DIFFER_TABLE " c "
				      "where c.record >= :low and c.record < :high "
				      "order by c.record",
				      &q, &ctx->err);

	if (rc)
		return rc;
	bounds_bind(q, r);
	while (!rc && !(rc = db_step(q, &row, &ctx->err)) && row) {
		while (at < d->count && d->rows[at].record < db_int(q, 0))
			at++;
		if (at < d->count && d->rows[at].record == db_int(q, 0))
			d->rows[at].organisation = db_int(q, 1);
		kind_add(d, (uint64_t)db_int(q, 2));
	}
	return rc;
}

static enum err_code
reg_fill(struct assessment *as, const struct standing *s, const struct reg *r, struct delta_reg *d)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *add = NULL;
	enum err_code rc = db_prepare(ctx->db, changed_sql, &add, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(add, db_param(add, "seen"), s->seen);
	bounds_bind(add, r);
	rc = db_run(add, &ctx->err);
	if (!rc)
		rc = table_fill(ctx, &as->work, r, NULL);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (r->fields[i].table)
			rc = table_fill(ctx, &as->work, r, &r->fields[i]);
	}
	if (!rc)
		rc = differences_find(ctx, &as->work, r);
	return rc ? rc : differences_read(ctx, r, d);
}

enum err_code
delta_read(struct assessment *as, struct delta_tables *t, const struct standing *s,
	   const bool *wanted, struct delta *ret_delta)
{
	const struct model *m = as->ctx->model;
	struct delta d = {.regs = arena_alloc(&as->work, (m->reg_count + 1) * sizeof(*d.regs))};
	enum err_code rc =
		db_exec(as->ctx->db, "delete from " DELTA_TABLE "; delete from " DIFFER_TABLE,
			&as->ctx->err);

	if (!rc)
		rc = subjects_read(as, s, wanted, &d);
	/* One among the changed and one of what differs, two versions of the record. */
	for (size_t i = 0; i < m->reg_count; i++)
		delta_tables_note(t, wanted[i] ? 4 * d.regs[i].count : 0);
	for (size_t i = 0; !rc && !d.too_many && i < m->reg_count; i++) {
		if (!wanted[i] || d.regs[i].count == 0)
			continue;
		rc = reg_tables(as->ctx, t, i);
		if (!rc)
			rc = reg_fill(as, s, m->regs[i], &d.regs[i]);
	}
	if (!rc)
		*ret_delta = d;
	return rc;
}

const struct changed *
delta_find(const struct delta_reg *r, int64_t record)
{
	size_t low = 0;
	size_t high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->rows[middle].record < record)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->count && r->rows[low].record == record ? &r->rows[low] : NULL;
}
