#include "store/load_priv.h"
#include "store/pg_priv.h"

#include <ctype.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows gather in COPY's binary format (PostgreSQL's manual, "COPY", section "Binary Format"), which
 * is that of parameters and of lists' elements too, and go when they are many, or when a statement
 * may look at their table. Then the server works on them while the program makes the next ones:
 * what it says of them is read when the connection is needed again. */

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
	int64_t before;	      /* of them, those that went before the piece the server works on */
	struct db_stmt *one;  /* for one row */
	struct db_stmt *many; /* for many that take the place of others */
	struct buf lists;     /* their columns */
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

/* How many values each row brings. */
static size_t
width_of(const struct db_load *l)
{
	size_t width = 0;

	for (size_t i = 0; i < l->table->column_count; i++)
		width += load_takes(l, i);
	return width;
}

/* One value out of the gathered rows, {NULL, 0} for null; where the next begins. */
static const char *
value_take(const char *at, struct str *ret_value)
{
	uint32_t wire;
	int32_t length;

	memcpy(&wire, at, sizeof(wire));
	length = (int32_t)be32toh(wire);
	at += sizeof(wire);
	*ret_value = (struct str){0};
	if (length >= 0)
		*ret_value = (struct str){at, (size_t)length};
	return at + ret_value->len;
}

/* Binds the values of one row out of the gathered ones; where the next row begins. */
static const char *
row_bind(struct pg_load *l, const char *at)
{
	size_t width = width_of(&l->base);

	at += sizeof(uint16_t);
	/* Every column's value stands there as a parameter of its type does. */
	for (size_t i = 0; i < width; i++) {
		struct str value;

		at = value_take(at, &value);
		pg_bind_wire(l->one, (int)i + 1, value);
	}
	return at;
}

/* One by one, which waits for no answer. */
static enum err_code
rows_run(struct pg_load *l, struct err *e)
{
	enum err_code rc = l->one ? ERR_NONE : load_row_prepare(&l->base, &l->one, e);
	const char *at = l->rows.data + sizeof(copy_header) - 1;

	for (int64_t i = 0; !rc && i < l->gathered; i++) {
		at = row_bind(l, at);
		rc = db_run(l->one, e);
	}
	if (rc)
		place_name(l, 0, e);
	return rc;
}

static const struct {
	const char *name;
	uint32_t number;
} element_types[] = {
	[COLUMN_INT] = {"bigint", PG_INT8 },
	[COLUMN_TEXT] = {"text",	 PG_TEXT },
	[COLUMN_BLOB] = {"bytea",  PG_BYTEA},
};

/* Each column comes as one list. */
static enum err_code
over_prepare(struct pg_load *l, struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = STATEMENT_LIMIT};
	CLEANUP(buf_fini) struct buf sets = {.limit = STATEMENT_LIMIT};
	CLEANUP(buf_fini) struct buf lists = {.limit = STATEMENT_LIMIT};
	CLEANUP(buf_fini) struct buf names = {.limit = STATEMENT_LIMIT};
	const struct table *t = l->base.table;

	for (size_t n = 0; n < t->column_count; n++) {
		size_t i = load_column(&l->base, n);
		const struct column *c = &t->columns[i];

		if (!load_takes(&l->base, i))
			continue;
		if (i > 0)
			buf_addf(&sets, "%s\"%s\" = n.c%zu", sets.len ? ", " : "", c->name, i);
		buf_addf(&lists, "%scast(:p%zu as %s[])", lists.len ? ", " : "", i,
			 element_types[c->type].name);
		buf_addf(&names, "%sc%zu", names.len ? ", " : "", i);
	}
	buf_addf(&text, "update \"%s\" t set ", t->name);
	buf_add(&text, sets.data, sets.len);
	buf_addf(&text, " from unnest(");
	buf_add(&text, lists.data, lists.len);
	buf_addf(&text, ") n (");
	buf_add(&text, names.data, names.len);
	buf_addf(&text, ") where t.\"%s\" = n.c0", t->columns[0].name);
	return sets.failed || lists.failed || names.failed || text.failed
		       ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
		       : db_prepare(l->base.db, text.data, &l->many, e);
}

static void
number_add(struct buf *out, uint32_t number)
{
	uint32_t wire = htobe32(number);

	buf_add(out, (const char *)&wire, sizeof(wire));
}

/* A list of one column's values (array_recv of the server); `at` holds where the next value of each
 * row stands. */
static void
list_write(struct pg_load *l, enum column_type type, const char **at, struct buf *out)
{
	number_add(out, 1);
	number_add(out, 1);
	number_add(out, element_types[type].number);
	number_add(out, (uint32_t)l->gathered);
	number_add(out, 1);
	for (int64_t i = 0; i < l->gathered; i++) {
		const char *from = at[i];
		struct str value;

		at[i] = value_take(from, &value);
		buf_add(out, from, (size_t)(at[i] - from));
	}
}

static enum err_code
lists_bind(struct pg_load *l, const char **at, struct err *e)
{
	const struct table *t = l->base.table;
	size_t *ends = calloc(t->column_count, sizeof(*ends));
	size_t width = 0;
	size_t from = 0;

	if (!ends)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	l->lists.len = 0;
	for (size_t n = 0; n < t->column_count; n++) {
		size_t i = load_column(&l->base, n);

		if (!load_takes(&l->base, i))
			continue;
		list_write(l, t->columns[i].type, at, &l->lists);
		ends[width++] = l->lists.len;
	}
	for (size_t i = 0; !l->lists.failed && i < width; i++) {
		pg_bind_wire(l->many, (int)i + 1,
			     (struct str){l->lists.data + from, ends[i] - from});
		from = ends[i];
	}
	free(ends);
	return l->lists.failed ? err_set(e, ERR_INTERNAL, "", "no memory to load a table")
			       : ERR_NONE;
}

/* Many take the place of others by one statement. */
static enum err_code
rows_put_over(struct pg_load *l, struct err *e)
{
	enum err_code rc = l->many ? ERR_NONE : over_prepare(l, e);
	const char **at = calloc((size_t)l->gathered, sizeof(*at));
	const char *row = l->rows.data + sizeof(copy_header) - 1;
	size_t width = width_of(&l->base);

	for (int64_t i = 0; at && i < l->gathered; i++) {
		at[i] = row + sizeof(uint16_t);
		row = at[i];
		for (size_t k = 0; k < width; k++)
			row = value_take(row, &(struct str){0});
	}
	if (!rc)
		rc = at ? lists_bind(l, at, e)
			: err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	if (!rc)
		rc = db_run(l->many, e);
	free(at);
	if (rc)
		place_name(l, 0, e);
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

static enum err_code rows_send(struct pg_db *d, struct pg_load *l, struct err *e);

/* Those of the same table and its history. */
static enum err_code
others_send(struct pg_db *d, const struct pg_load *over, struct err *e)
{
	enum err_code rc = ERR_NONE;

	for (struct pg_load *l = d->loads; !rc && l; l = l->next) {
		if (!l->base.over && is_about(over->base.table->name, l->base.table->name))
			rc = rows_send(d, l, e);
	}
	return rc;
}

static enum err_code
rows_send(struct pg_db *d, struct pg_load *l, struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (l->gathered == 0)
		return ERR_NONE;
	/* A row is changed only after its version stands in the history, by the guards. */
	if (l->base.over)
		rc = others_send(d, l, e);
	if (rc)
		return rc;
	d->loading = true;
	if (l->gathered <= FEW_ROWS)
		rc = rows_run(l, e);
	else
		rc = l->base.over ? rows_put_over(l, e) : rows_copy(d, l, e);
	d->loading = false;
	l->sent += l->gathered;
	rows_forget(l);
	return rc;
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
pg_load_open(const struct db_load *as, struct db_load **ret_load, struct err *e)
{
	struct pg_db *d = pg_of(as->db);
	struct pg_load *l = calloc(1, sizeof(*l));

	if (!l)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	buf_init(&l->rows, SIZE_MAX);
	buf_init(&l->lists, SIZE_MAX);
	buf_add(&l->rows, copy_header, sizeof(copy_header) - 1);
	if (l->rows.failed || as->table->column_count > INT16_MAX) {
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
	uint16_t count = htobe16((uint16_t)width_of(load));
	size_t start = l->rows.len;

	buf_add(&l->rows, (const char *)&count, sizeof(count));
	for (size_t n = 0; n < load->table->column_count; n++) {
		size_t i = load_column(load, n);
		const struct db_cell *c = &cells[i];
		uint64_t number;

		if (!load_takes(load, i))
			continue;
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
	db_stmt_free(l->one);
	db_stmt_free(l->many);
	buf_fini(&l->rows);
	buf_fini(&l->lists);
	free(l);
}

const struct db_loader pg_loader = {
	.open = pg_load_open,
	.row = pg_load_row,
	.end = pg_load_end,
	.close = pg_load_close,
};
