#include "base/buf.h"
#include "store/engine_priv.h"
#include "store/load_priv.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATEMENT_LIMIT = 65536 };

static enum err_code
failed(const struct db_load *l, enum err_code rc, struct err *e)
{
	if (rc && !e->where[0] && l->bad_row > 0)
		(void)snprintf(e->where, sizeof(e->where), "table %s, row %lld", l->table->name,
			       (long long)l->bad_row);
	else if (rc && !e->where[0])
		(void)snprintf(e->where, sizeof(e->where), "table %s", l->table->name);
	return rc;
}

static enum err_code
open_as(const struct db_load *as, struct db_load **ret_load, struct err *e)
{
	struct db_load *l = NULL;
	enum err_code rc = as->loader->open(as, &l, e);

	if (rc)
		return failed(as, rc, e);
	*l = *as;
	*ret_load = l;
	return ERR_NONE;
}

enum err_code
db_load_open(struct db *db, const struct table *t, struct db_load **ret_load, struct err *e)
{
	return open_as(&(struct db_load){.db = db, .table = t, .loader = db->engine->loader},
		       ret_load, e);
}

enum err_code
db_load_open_over(struct db *db, const struct table *t, const bool *left, struct db_load **ret_load,
		  struct err *e)
{
	const struct db_load as = {
		.db = db, .table = t, .loader = db->engine->loader, .over = true, .left = left};

	return open_as(&as, ret_load, e);
}

static enum err_code
cell_check(const struct column *c, const struct db_cell *cell, struct err *e)
{
	if (cell->kind == CELL_NULL ? !c->not_null
				    : (cell->kind == CELL_INT) == (c->type == COLUMN_INT))
		return ERR_NONE;
	return err_set(e, ERR_INVALID, c->name, "column '%s' cannot hold %s", c->name,
		       cell->kind == CELL_NULL ? "nothing"
		       : c->type == COLUMN_INT ? "a text"
					       : "a number");
}

enum err_code
db_load_row(struct db_load *l, const struct db_cell *cells, struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (!l->db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "a load needs a transaction");
	l->rows++;
	l->bad_row = l->rows;
	for (size_t i = 0; !rc && i < l->table->column_count; i++)
		rc = cell_check(&l->table->columns[i], &cells[i], e);
	if (!rc)
		rc = l->loader->row(l, cells, e);
	return failed(l, rc, e);
}

enum err_code
db_load_end(struct db_load *l, struct err *e)
{
	l->bad_row = 0;
	return failed(l, l->loader->end(l, e), e);
}

void
db_load_close(struct db_load *l)
{
	if (l)
		l->loader->close(l);
}

void
db_load_closep(struct db_load **l)
{
	db_load_close(*l);
}

int64_t
db_load_rows(const struct db_load *l)
{
	return l->rows;
}

/* Statements, one by one. */

struct insert_load {
	struct db_load base;
	struct db_stmt *row; /* an insert or update of one */
};

static struct insert_load *
of_load(struct db_load *l)
{
	return (struct insert_load *)(void *)l;
}

static void
insert_close(struct db_load *l)
{
	db_stmt_free(of_load(l)->row);
	free(l);
}

/* The key of an update comes last. */
size_t
load_column(const struct db_load *l, size_t nth)
{
	return l->over ? (nth + 1) % l->table->column_count : nth;
}

bool
load_takes(const struct db_load *l, size_t column)
{
	return column == 0 || !l->left || !l->left[column];
}

static void
insert_text(const struct table *t, struct buf *sql)
{
	buf_addf(sql, "insert into \"%s\" (", t->name);
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(sql, "%s\"%s\"", i ? ", " : "", t->columns[i].name);
	buf_addf(sql, ") values (");
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(sql, "%s:p%zu", i ? ", " : "", i + 1);
	buf_addf(sql, ")");
}

static void
update_text(const struct db_load *l, struct buf *sql)
{
	const struct table *t = l->table;
	const char *comma = "";

	buf_addf(sql, "update \"%s\" set ", t->name);
	for (size_t i = 1; i < t->column_count; i++) {
		if (!load_takes(l, i))
			continue;
		buf_addf(sql, "%s\"%s\" = :p%zu", comma, t->columns[i].name, i + 1);
		comma = ", ";
	}
	buf_addf(sql, " where \"%s\" = :p1", t->columns[0].name);
}

enum err_code
load_row_prepare(const struct db_load *l, struct db_stmt **ret_stmt, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	if (l->over)
		update_text(l, &sql);
	else
		insert_text(l->table, &sql);
	return sql.failed ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
			  : db_prepare(l->db, sql.data, ret_stmt, e);
}

static enum err_code
insert_open(const struct db_load *as, struct db_load **ret_load, struct err *e)
{
	struct insert_load *l = calloc(1, sizeof(*l));
	enum err_code rc = l ? load_row_prepare(as, &l->row, e)
			     : err_set(e, ERR_INTERNAL, "", "no memory to load a table");

	if (rc) {
		free(l);
		return rc;
	}
	*ret_load = &l->base;
	return ERR_NONE;
}

static enum err_code
insert_row(struct db_load *l, const struct db_cell *cells, struct err *e)
{
	struct db_stmt *s = of_load(l)->row;
	int at = 0;

	for (size_t n = 0; n < l->table->column_count; n++) {
		size_t i = load_column(l, n);
		const struct db_cell *c = &cells[i];

		if (!load_takes(l, i))
			continue;
		if (c->kind == CELL_NULL)
			db_bind_null(s, ++at);
		else if (c->kind == CELL_INT)
			db_bind_int(s, ++at, c->number);
		else if (l->table->columns[i].type == COLUMN_BLOB)
			db_bind_blob(s, ++at, c->text.ptr, c->text.len);
		else
			db_bind_text(s, ++at, c->text);
	}
	return db_run(s, e);
}

static enum err_code
insert_end(struct db_load *l, struct err *e)
{
	(void)l;
	(void)e;
	return ERR_NONE;
}

const struct db_loader insert_loader = {
	.open = insert_open,
	.row = insert_row,
	.end = insert_end,
	.close = insert_close,
};
