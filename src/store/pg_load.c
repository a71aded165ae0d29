#include "store/load_priv.h"
#include "store/pg_priv.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* COPY in its binary format (PostgreSQL's manual, "COPY", section "Binary Format"). */

enum { STATEMENT_LIMIT = 65536, PIECE_BYTES = 65536 };

struct pg_load {
	struct db_load base;
	struct buf piece;
	bool copying; /* the server waits for rows */
};

static struct pg_load *
of_load(struct db_load *l)
{
	return (struct pg_load *)(void *)l;
}

/* Signature, flags, length of what may follow. */
static const char copy_header[] = "PGCOPY\n\377\r\n\0"
				  "\0\0\0\0"
				  "\0\0\0\0";

/* A failure names the row as "COPY account, line 17, column key". */
static int64_t
row_of(const PGresult *r)
{
	const char *context = r ? PQresultErrorField(r, PG_DIAG_CONTEXT) : NULL;
	const char *line = context ? strstr(context, ", line ") : NULL;

	return line ? strtoll(line + strlen(", line "), NULL, 10) : 0;
}

/* What the server says at the end of the rows, or because it will have no more. */
static enum err_code
answer(struct pg_load *l, struct err *e)
{
	struct pg_db *d = pg_of(l->base.db);
	PGresult *r = PQgetResult(d->conn);
	PGresult *more;
	enum err_code rc = ERR_NONE;

	l->copying = false;
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		rc = pg_fail(d, r, "database", e);
		l->base.bad_row = row_of(r);
	} else {
		d->changed = pg_count(PQcmdTuples(r));
	}
	PQclear(r);
	while ((more = PQgetResult(d->conn)))
		PQclear(more);
	return rc;
}

static enum err_code
piece_send(struct pg_load *l, struct err *e)
{
	struct pg_db *d = pg_of(l->base.db);
	int sent;

	if (l->piece.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	sent = PQputCopyData(d->conn, l->piece.data, (int)l->piece.len);
	l->piece.len = 0;
	if (sent == 1)
		return ERR_NONE;
	l->base.bad_row = 0;
	l->copying = false;
	return pg_fail(d, NULL, "database", e);
}

static enum err_code
pg_load_open(struct db *db, const struct table *t, struct db_load **ret_load, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	struct pg_db *d = pg_of(db);
	struct pg_load *l = calloc(1, sizeof(*l));
	enum err_code rc =
		l ? pg_stop_ahead(d, e) : err_set(e, ERR_INTERNAL, "", "no memory to load a table");
	PGresult *r;

	buf_addf(&sql, "copy \"%s\" (", t->name);
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(&sql, "%s\"%s\"", i ? ", " : "", t->columns[i].name);
	buf_addf(&sql, ") from stdin (format binary)");
	if (!rc && sql.failed)
		rc = err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	if (rc) {
		free(l);
		return rc;
	}
	r = PQexec(d->conn, sql.data);
	if (PQresultStatus(r) != PGRES_COPY_IN)
		rc = pg_fail(d, r, "database", e);
	PQclear(r);
	if (rc) {
		free(l);
		return rc;
	}
	buf_init(&l->piece, SIZE_MAX);
	buf_add(&l->piece, copy_header, sizeof(copy_header) - 1);
	l->copying = true;
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

	buf_add(&l->piece, (const char *)&count, sizeof(count));
	for (size_t i = 0; i < load->table->column_count; i++) {
		const struct db_cell *c = &cells[i];
		uint64_t number;

		switch (c->kind) {
		case CELL_NULL:
			add_length(&l->piece, -1);
			break;
		case CELL_INT:
			add_length(&l->piece, sizeof(number));
			number = htobe64((uint64_t)c->number);
			buf_add(&l->piece, (const char *)&number, sizeof(number));
			break;
		case CELL_TEXT:
			if (c->text.len > INT32_MAX)
				return err_set(e, ERR_TOO_BIG, "", "a value is too large");
			add_length(&l->piece, (int32_t)c->text.len);
			buf_add(&l->piece, c->text.ptr, c->text.len);
			break;
		}
	}
	return l->piece.len < PIECE_BYTES ? ERR_NONE : piece_send(l, e);
}

static enum err_code
pg_load_end(struct db_load *load, struct err *e)
{
	static const char trailer[] = "\377\377";
	struct pg_load *l = of_load(load);
	enum err_code rc;

	buf_add(&l->piece, trailer, sizeof(trailer) - 1);
	rc = piece_send(l, e);
	if (rc)
		return rc;
	if (PQputCopyEnd(pg_of(load->db)->conn, NULL) != 1) {
		l->copying = false;
		return pg_fail(pg_of(load->db), NULL, "database", e);
	}
	return answer(l, e);
}

static void
pg_load_close(struct db_load *load)
{
	struct pg_load *l = of_load(load);
	struct err none;

	if (l->copying && PQputCopyEnd(pg_of(load->db)->conn, "given up") == 1)
		(void)answer(l, &none);
	buf_fini(&l->piece);
	free(l);
}

const struct db_loader pg_loader = {
	.open = pg_load_open,
	.row = pg_load_row,
	.end = pg_load_end,
	.close = pg_load_close,
};
