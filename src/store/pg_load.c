#include "store/load_priv.h"
#include "store/pg_priv.h"

#include <ctype.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows gather in COPY's binary format (PostgreSQL's manual, "COPY", section "Binary Format"), and
 * go when they are many, or when a statement may look at their table. Then the server works on them
 * while the program makes the next ones: what it says of them is read when the connection is needed
 * again. */

enum {
	STATEMENT_LIMIT = 65536,
	PIECE_BYTES = 192 * 1024, /* what a socket takes without waiting for its reader */
	FEW_ROWS = 16,		  /* so many are inserted, which waits for no answer */
};

struct pg_load {
	struct db_load base;
	struct buf rows; /* behind the header */
	int64_t gathered;
	int64_t sent;
	int64_t before; /* of them, those that went before the piece the server works on */
	struct db_stmt *insert;
	struct pg_load *next; /* of the connection */
};

/* Signature, flags, length of what may follow. */
static const char copy_header[] = "PGCOPY\n\377\r\n\0"
				  "\0\0\0\0"
				  "\0\0\0\0";
static const char copy_trailer[] = "\377\377";
static const char history[] = "_history";

static struct pg_load *
of_load(struct db_load *l)
{
	/* Every struct db_load of this engine is the first member of a pg_load. */
	return (struct pg_load *)(void *)l;
}

static void
rows_forget(struct pg_load *l)
{
	l->rows.len = sizeof(copy_header) - 1;
	l->rows.failed = false;
	l->gathered = 0;
}

static void
place_name(const struct pg_load *l, int64_t row, struct err *e)
{
	if (row > 0)
		(void)snprintf(e->where, sizeof(e->where), "table %s, row %lld",
			       l->base.table->name, (long long)row);
	else
		(void)snprintf(e->where, sizeof(e->where), "table %s", l->base.table->name);
}

/* A failure names the row as "COPY account, line 17, column key". */
static int64_t
row_of(const struct pg_load *l, const PGresult *r)
{
	const char *context = r ? PQresultErrorField(r, PG_DIAG_CONTEXT) : NULL;
	const char *line = context ? strstr(context, ", line ") : NULL;

	return line ? l->before + strtoll(line + strlen(", line "), NULL, 10) : 0;
}

enum err_code
pg_load_answer(struct pg_db *d, struct err *e)
{
	struct pg_load *l = d->copying;
	enum err_code rc = ERR_NONE;
	PGresult *more;
	PGresult *r;

	if (!l)
		return ERR_NONE;
	d->copying = NULL;
	r = PQgetResult(d->conn);
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		rc = pg_fail(d, r, "database", e);
		place_name(l, row_of(l, r), e);
	}
	PQclear(r);
	while ((more = PQgetResult(d->conn)))
		PQclear(more);
	return rc;
}

static void
names_add(const struct table *t, struct buf *sql)
{
	buf_addf(sql, "\"%s\" (", t->name);
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(sql, "%s\"%s\"", i ? ", " : "", t->columns[i].name);
	buf_addf(sql, ")");
}

static enum err_code
copy_begin(struct pg_db *d, const struct pg_load *l, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc = pg_stop_ahead(d, e);
	PGresult *r;

	buf_addf(&sql, "copy ");
	names_add(l->base.table, &sql);
	buf_addf(&sql, " from stdin (format binary)");
	if (!rc && sql.failed)
		rc = err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	if (rc)
		return rc;
	r = PQexec(d->conn, sql.data);
	if (PQresultStatus(r) != PGRES_COPY_IN) {
		rc = pg_fail(d, r, "database", e);
		place_name(l, 0, e);
	}
	PQclear(r);
	return rc;
}

static enum err_code
rows_copy(struct pg_db *d, struct pg_load *l, struct err *e)
{
	enum err_code rc = copy_begin(d, l, e);

	if (rc)
		return rc;
	buf_add(&l->rows, copy_trailer, sizeof(copy_trailer) - 1);
	if (l->rows.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	if (PQputCopyData(d->conn, l->rows.data, (int)l->rows.len) != 1 ||
	    PQputCopyEnd(d->conn, NULL) != 1) {
		rc = pg_fail(d, NULL, "database", e);
		place_name(l, 0, e);
		return rc;
	}
	d->copying = l;
	l->before = l->sent;
	return ERR_NONE;
}

static enum err_code
insert_ready(struct pg_load *l, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	const struct table *t = l->base.table;

	if (l->insert)
		return ERR_NONE;
	buf_addf(&sql, "insert into ");
	names_add(t, &sql);
	buf_addf(&sql, " values (");
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(&sql, "%s:p%zu", i ? ", " : "", i + 1);
	buf_addf(&sql, ")");
	return sql.failed ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
			  : db_prepare(l->base.db, sql.data, &l->insert, e);
}

/* Binds the cells of one row out of the gathered ones; where the next row begins. */
static const char *
row_bind(struct pg_load *l, const char *at)
{
	const struct table *t = l->base.table;

	at += sizeof(uint16_t);
	for (size_t i = 0; i < t->column_count; i++) {
		uint32_t wire;
		int32_t length;

		memcpy(&wire, at, sizeof(wire));
		length = (int32_t)be32toh(wire);
		at += sizeof(wire);
		if (length < 0) {
			db_bind_null(l->insert, (int)i + 1);
			continue;
		}
		/* Every column's value stands there as a parameter of its type does. */
		pg_bind_wire(l->insert, (int)i + 1, (struct str){at, (size_t)length});
		at += length;
	}
	return at;
}

static enum err_code
rows_insert(struct pg_load *l, struct err *e)
{
	enum err_code rc = insert_ready(l, e);
	const char *at = l->rows.data + sizeof(copy_header) - 1;

	for (int64_t i = 0; !rc && i < l->gathered; i++) {
		at = row_bind(l, at);
		rc = db_run(l->insert, e);
	}
	if (rc)
		place_name(l, 0, e);
	return rc;
}

static enum err_code
rows_send(struct pg_db *d, struct pg_load *l, struct err *e)
{
	enum err_code rc;

	if (l->gathered == 0)
		return ERR_NONE;
	d->loading = true;
	rc = l->gathered <= FEW_ROWS ? rows_insert(l, e) : rows_copy(d, l, e);
	d->loading = false;
	l->sent += l->gathered;
	rows_forget(l);
	return rc;
}

static bool
is_name_part(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether the statement names the table. A change of a record looks at its history, by the guards;
 * so the two are as one. */
static bool
is_about(const char *sql, const char *table)
{
	size_t tail = sizeof(history) - 1;
	size_t len = strlen(table);

	if (len > tail && strcmp(table + len - tail, history) == 0)
		len -= tail;
	for (const char *at = strchr(sql, table[0]); at; at = strchr(at + 1, table[0])) {
		const char *end = at + len;

		if (strncmp(at, table, len) != 0 || (at > sql && is_name_part(at[-1])))
			continue;
		if (strncmp(end, history, tail) == 0)
			end += tail;
		if (!is_name_part(*end))
			return true;
	}
	return false;
}

enum err_code
pg_loads_before(struct pg_db *d, const char *sql, struct err *e)
{
	enum err_code rc = ERR_NONE;

	for (struct pg_load *l = d->loading ? NULL : d->loads; !rc && l; l = l->next) {
		if (l->gathered > 0 && (!sql || is_about(sql, l->base.table->name)))
			rc = rows_send(d, l, e);
	}
	return rc;
}

void
pg_loads_forget(struct pg_db *d)
{
	for (struct pg_load *l = d->loads; l; l = l->next)
		rows_forget(l);
}

static enum err_code
pg_load_open(struct db *db, const struct table *t, struct db_load **ret_load, struct err *e)
{
	struct pg_db *d = pg_of(db);
	struct pg_load *l = calloc(1, sizeof(*l));

	if (!l)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	buf_init(&l->rows, SIZE_MAX);
	buf_add(&l->rows, copy_header, sizeof(copy_header) - 1);
	if (l->rows.failed || t->column_count > INT16_MAX) {
		buf_fini(&l->rows);
		free(l);
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	}
	l->next = d->loads;
	d->loads = l;
	*ret_load = &l->base;
	return ERR_NONE;
}

static void
add_length(struct buf *out, int32_t length)
{
	uint32_t wire = htobe32((uint32_t)length);

	buf_add(out, (const char *)&wire, sizeof(wire));
}

static enum err_code
pg_load_row(struct db_load *load, const struct db_cell *cells, struct err *e)
{
	struct pg_load *l = of_load(load);
	uint16_t count = htobe16((uint16_t)load->table->column_count);
	size_t start = l->rows.len;

	buf_add(&l->rows, (const char *)&count, sizeof(count));
	for (size_t i = 0; i < load->table->column_count; i++) {
		const struct db_cell *c = &cells[i];
		uint64_t number;

		switch (c->kind) {
		case CELL_NULL:
			add_length(&l->rows, -1);
			break;
		case CELL_INT:
			add_length(&l->rows, sizeof(number));
			number = htobe64((uint64_t)c->number);
			buf_add(&l->rows, (const char *)&number, sizeof(number));
			break;
		case CELL_TEXT:
			if (c->text.len > INT32_MAX) {
				l->rows.len = start;
				return err_set(e, ERR_TOO_BIG, "", "a value is too large");
			}
			add_length(&l->rows, (int32_t)c->text.len);
			buf_add(&l->rows, c->text.ptr, c->text.len);
			break;
		}
	}
	if (l->rows.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	l->gathered++;
	load->bad_row = 0;
	return l->rows.len < PIECE_BYTES ? ERR_NONE : rows_send(pg_of(load->db), l, e);
}

static enum err_code
pg_load_end(struct db_load *load, struct err *e)
{
	struct pg_load *l = of_load(load);
	struct pg_db *d = pg_of(load->db);
	enum err_code rc = rows_send(d, l, e);

	return rc ? rc : pg_stop_ahead(d, e);
}

static void
pg_load_close(struct db_load *load)
{
	struct pg_load *l = of_load(load);
	struct pg_db *d = pg_of(load->db);
	struct pg_load **at = &d->loads;

	if (d->copying == l)
		(void)pg_load_answer(d, &(struct err){0});
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	db_stmt_free(l->insert);
	buf_fini(&l->rows);
	free(l);
}

const struct db_loader pg_loader = {
	.open = pg_load_open,
	.row = pg_load_row,
	.end = pg_load_end,
	.close = pg_load_close,
};
