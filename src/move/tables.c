#include "move/move_priv.h"

#include "ledger/ledger.h"
#include "model/sql.h"
#include "record/writer.h"
#include "store/find.h"
#include "store/load.h"

#include <stdlib.h>

enum { TELL_EVERY = 16384 };

struct mover {
	struct ctx *ctx;
	const struct move *m;
	struct db *to;
	struct db_cell *cells;
	size_t cell_count;
	int64_t rows;
};

/* Calls once for each table of a workspace's store: those of the kernel first. */
static enum err_code
each_table(struct mover *v, enum err_code (*call)(struct mover *v, const struct table *t))
{
	const struct model *m = v->ctx->model;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < kernel_table_count; i++)
		rc = call(v, &kernel_tables[i]);
	for (size_t i = 0; !rc && i < m->reg_count; i++) {
		const struct reg *r = m->regs[i];

		rc = call(v, r->table);
		if (!rc)
			rc = call(v, r->history);
		for (size_t k = 0; !rc && k < r->field_count; k++) {
			if (!r->fields[k].table)
				continue;
			rc = call(v, r->fields[k].table);
			if (!rc)
				rc = call(v, r->fields[k].history_table);
		}
	}
	for (size_t i = 0; !rc && i < ledger_table_count; i++)
		rc = call(v, &ledger_tables[i]);
	return rc;
}

static enum err_code
cells_room(struct mover *v, size_t count)
{
	struct db_cell *cells;

	if (count <= v->cell_count)
		return ERR_NONE;
	cells = realloc(v->cells, count * sizeof(*cells));
	if (!cells)
		return err_set(&v->ctx->err, ERR_INTERNAL, "", "no memory to copy a table");
	v->cells = cells;
	v->cell_count = count;
	return ERR_NONE;
}

static enum err_code
rows_copy(struct mover *v, const struct table *t, struct db_stmt *rows, struct db_load *load)
{
	struct err *e = &v->ctx->err;
	enum err_code rc;
	bool row;

	while (!(rc = db_step(rows, &row, e)) && row) {
		db_cells(rows, 0, t->column_count, v->cells);
		rc = db_load_row(load, v->cells, e);
		if (rc)
			return rc;
		if (v->m->copying && db_load_rows(load) % TELL_EVERY == 0)
			v->m->copying(v->m->object, t->name, db_load_rows(load));
	}
	return rc ? rc : db_load_end(load, e);
}

static enum err_code
count_check(struct mover *v, const struct table *t, int64_t wanted)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	struct err *e = &v->ctx->err;
	enum err_code rc;
	bool row;

	sql_count(t, &sql);
	rc = db_prepare(v->to, sql.data, &s, e);
	if (!rc)
		rc = db_step(s, &row, e);
	if (!rc && db_int(s, 0) != wanted)
		rc = err_set(e, ERR_INTERNAL, t->name,
			     "table '%s' has %lld rows and %lld of them arrived", t->name,
			     (long long)wanted, (long long)db_int(s, 0));
	return rc;
}

/* Indexes are made when the rows are there: sorting once is cheaper than finding each place. */
static enum err_code
table_copy(struct mover *v, const struct table *t)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *rows = NULL;
	struct db_load *load = NULL;
	struct err *e = &v->ctx->err;
	int64_t count = 0;
	enum err_code rc = cells_room(v, t->column_count);

	sql_scan(t, &sql);
	if (!rc)
		rc = schema_create_bare(v->to, t, e);
	if (!rc)
		rc = db_prepare_scan(v->ctx->db, sql.data, &rows, e);
	if (!rc)
		rc = db_load_open(v->to, t, &load, e);
	if (!rc) {
		rc = rows_copy(v, t, rows, load);
		count = db_load_rows(load);
		db_load_close(load);
	}
	for (size_t i = 0; !rc && i < t->index_count; i++)
		rc = schema_add_index(v->to, t, &t->indexes[i], e);
	v->rows += count;
	return rc ? rc : count_check(v, t, count);
}

enum err_code
move_head(struct db *db, struct arena *a, struct str *ret_note, struct err *e)
{
	const struct db_find f = {"select note from ledger_checkpoint order by id desc limit 1",
				  {{0}}};
	enum err_code rc = db_find_text(db, &f, a, ret_note, e);

	if (!rc && !ret_note->ptr)
		*ret_note = str_of("");
	return rc;
}

static enum err_code
empty_check(struct mover *v)
{
	struct err fault = {0};

	/* Somebody else may have filled it since it was looked at. */
	if (schema_check_table(v->to, &kernel_tables[0], &fault) == ERR_MISSING)
		return ERR_NONE;
	return err_set(&v->ctx->err, ERR_CONFLICT, "store",
		       "the database holds a workspace already; give an empty one");
}

static enum err_code
copy_all(struct mover *v, const char *mark, struct str *ret_note)
{
	DB_TXN snapshot = {0};
	DB_TXN txn = {0};
	struct err *e = &v->ctx->err;
	enum err_code rc = db_begin(v->to, &txn, e);

	if (!rc)
		rc = empty_check(v);
	if (!rc)
		rc = db_begin_read(v->ctx->db, &snapshot, e);
	if (!rc)
		rc = move_head(v->ctx->db, v->ctx->arena, ret_note, e);
	if (!rc)
		rc = each_table(v, table_copy);
	if (!rc && mark[0] != '\0')
		rc = meta_set(v->to, META_UNFINISHED, str_of(mark), e);
	return rc ? rc : db_commit(&txn, e);
}

enum err_code
move_tables(struct ctx *ctx, const struct move *m, struct db *to, const char *mark,
	    struct move_rows *ret_rows)
{
	struct mover v = {.ctx = ctx, .m = m, .to = to};
	struct str note = {0};
	enum err_code rc = copy_all(&v, mark, &note);

	free(v.cells);
	if (rc)
		return rc;
	*ret_rows = (struct move_rows){note, v.rows};
	return db_learn(to, &ctx->err);
}
