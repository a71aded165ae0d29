#include "store/pg_priv.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pg_stmt {
	struct db_stmt base;
	struct pg_text text;
	char name[PG_NAME_SIZE];
	uint64_t generation; /* of the connection that knows it */
	PGresult *shape;     /* types of parameters, names and types of columns */
	Oid *types;
	const char **values;
	int *lengths;
	int *formats;
	char (*numbers)[24];
	char **copies; /* of texts that the server wants ended */
	PGresult *answer;
	int row;
	bool along;		   /* as struct db_guard has it */
	bool busy;		   /* between the first step and the reset */
	char cursor[PG_NAME_SIZE]; /* open cursor, or "" */
	char digits[24];
};

static struct pg_stmt *
of_stmt(const struct db_stmt *s)
{
	/* Every struct db_stmt of this engine is the first member of a pg_stmt. */
	return (struct pg_stmt *)(uintptr_t)s;
}

static enum err_code
savepoint(struct pg_db *d, struct err *e)
{
	enum err_code rc = pg_loads_before(d, NULL, e);

	return rc ? rc : pg_send_ahead(d, &(struct pg_call){.sql = "savepoint guarded"}, e);
}

static enum err_code
savepoint_keep(struct pg_db *d, struct err *e)
{
	return pg_send_ahead(d, &(struct pg_call){.sql = "release savepoint guarded"}, e);
}

/* What failed inside it spoils nothing outside. */
static void
savepoint_undo(struct pg_db *d)
{
	struct err none;

	(void)pg_exec(&d->base, "rollback to savepoint guarded; release savepoint guarded", &none);
}

/* Parses on the server, and asks what parameters and columns there are. */
static enum err_code
server_prepare(struct pg_db *d, struct pg_stmt *s, struct err *e)
{
	PGresult *shape = NULL;
	enum err_code rc;

	(void)snprintf(s->name, sizeof(s->name), "s%llu", (unsigned long long)++d->names);
	d->fault_at = 0;
	rc = pg_parse_describe(d, s->name, &s->text, &shape, e);
	if (rc)
		return rc;
	PQclear(s->shape);
	s->shape = shape;
	s->generation = d->generation;
	return ERR_NONE;
}

static enum err_code
room_make(struct pg_stmt *s, struct err *e)
{
	size_t n = (size_t)s->text.name_count + 1;

	s->types = calloc(n, sizeof(*s->types));
	s->values = calloc(n, sizeof(*s->values));
	s->lengths = calloc(n, sizeof(*s->lengths));
	s->formats = calloc(n, sizeof(*s->formats));
	s->numbers = calloc(n, sizeof(*s->numbers));
	s->copies = calloc(n, sizeof(*s->copies));
	if (!s->types || !s->values || !s->lengths || !s->formats || !s->numbers || !s->copies)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	for (int i = 0; i < s->text.name_count; i++)
		s->types[i] = PQparamtype(s->shape, i);
	return ERR_NONE;
}

static enum err_code
prepare_guarded(struct pg_db *d, struct pg_stmt *s, struct db_guard *guard, struct err *e)
{
	bool inside = d->base.in_txn;
	enum err_code rc = pg_judge(d, guard->judged ? guard->judged : s->base.sql, guard, e);

	if (!rc && inside)
		rc = savepoint(d, e);
	if (rc)
		return rc;
	rc = server_prepare(d, s, e);
	if (rc && d->fault_at > 0)
		guard->offset = pg_text_offset(s->base.sql, (long)d->fault_at - 1);
	if (!inside)
		return rc;
	if (!rc)
		return savepoint_keep(d, e);
	savepoint_undo(d);
	return rc;
}

enum err_code
pg_prepare(struct db *db, const char *sql, const struct db_how *how, struct db_stmt **ret_stmt,
	   struct err *e)
{
	struct pg_db *d = pg_of(db);
	struct pg_stmt *s = calloc(1, sizeof(*s));
	enum err_code rc;

	if (!s)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	s->base = (struct db_stmt){
		.db = db, .sql = strdup(sql), .guarded = how->guard != NULL, .scan = how->scan};
	rc = s->base.sql ? pg_ready(d, e)
			 : err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	s->along = how->guard && how->guard->along;
	if (!rc)
		rc = pg_text_read(sql, &s->text, e);
	if (!rc)
		rc = how->guard ? prepare_guarded(d, s, how->guard, e) : server_prepare(d, s, e);
	if (!rc)
		rc = room_make(s, e);
	if (rc) {
		pg_stmt_free(&s->base);
		return rc;
	}
	*ret_stmt = &s->base;
	return ERR_NONE;
}

void
pg_stmt_clear(struct db_stmt *stmt)
{
	struct pg_stmt *s = of_stmt(stmt);

	pg_reset(stmt);
	memset(s->values, 0, (size_t)s->text.name_count * sizeof(*s->values));
}

void
pg_stmt_free(struct db_stmt *stmt)
{
	struct pg_stmt *s = of_stmt(stmt);
	struct pg_db *d = pg_of(stmt->db);

	pg_reset(stmt);
	if (s->shape && s->generation == d->generation)
		pg_name_drop(d, s->name);
	for (int i = 0; s->copies && i < s->text.name_count; i++)
		free(s->copies[i]);
	PQclear(s->shape);
	pg_text_fini(&s->text);
	free(s->base.sql);
	free(s->types);
	free(s->values);
	free(s->lengths);
	free(s->formats);
	free(s->numbers);
	free(s->copies);
	free(s);
}

int
pg_param(const struct db_stmt *stmt, const char *name)
{
	const struct pg_stmt *s = of_stmt(stmt);

	for (int i = 0; i < s->text.name_count; i++) {
		if (strcmp(s->text.names[i], name) == 0)
			return i + 1;
	}
	return 0;
}

int
pg_param_count(const struct db_stmt *s)
{
	return of_stmt(s)->text.name_count;
}

const char *
pg_param_name(const struct db_stmt *s, int index)
{
	return of_stmt(s)->text.names[index - 1];
}

void
pg_bind_int(struct db_stmt *stmt, int index, int64_t value)
{
	struct pg_stmt *s = of_stmt(stmt);
	int i = index - 1;

	if (i < 0 || i >= s->text.name_count)
		return;
	s->values[i] = s->numbers[i];
	s->formats[i] = s->types[i] == PG_INT8;
	if (s->formats[i]) {
		uint64_t wire = htobe64((uint64_t)value);

		memcpy(s->numbers[i], &wire, sizeof(wire));
		s->lengths[i] = (int)sizeof(wire);
	} else {
		(void)snprintf(s->numbers[i], sizeof(s->numbers[i]), "%lld", (long long)value);
		s->lengths[i] = (int)strlen(s->numbers[i]);
	}
	/* As text it is its digits. */
	s->formats[i] = s->formats[i] || s->types[i] == PG_TEXT;
}

void
pg_bind_bytes(struct db_stmt *stmt, int index, struct str value, bool text)
{
	struct pg_stmt *s = of_stmt(stmt);
	int i = index - 1;

	(void)text;
	if (i < 0 || i >= s->text.name_count)
		return;
	s->values[i] = value.ptr;
	s->lengths[i] = (int)value.len;
	s->formats[i] = s->types[i] == PG_TEXT || s->types[i] == PG_BYTEA;
	if (s->formats[i] || !value.ptr)
		return;
	/* The server reads a number out of it, which must end. */
	free(s->copies[i]);
	s->copies[i] = strndup(value.ptr, value.len);
	s->values[i] = s->copies[i];
}

void
pg_bind_wire(struct db_stmt *stmt, int index, struct str value)
{
	struct pg_stmt *s = of_stmt(stmt);

	s->values[index - 1] = value.ptr;
	s->lengths[index - 1] = (int)value.len;
	s->formats[index - 1] = 1;
}

static struct pg_call
call_of(const struct pg_stmt *s)
{
	return (struct pg_call){.name = s->name,
				.count = s->text.name_count,
				.types = s->types,
				.values = s->values,
				.lengths = s->lengths,
				.formats = s->formats};
}

/* After a reconnect the server does not know it any more. */
static enum err_code
known_make(struct pg_db *d, struct pg_stmt *s, struct err *e)
{
	enum err_code rc = pg_ready(d, e);

	/* A plan's statement may read any table, through a view. */
	if (!rc && d->loads)
		rc = pg_loads_before(d, s->base.guarded ? NULL : s->base.sql, e);
	if (!rc && (d->deadline_ns || d->timeout_ms))
		rc = pg_timeout_tell(d, e);
	return rc || s->generation == d->generation ? rc : server_prepare(d, s, e);
}

static enum err_code
fetch(struct pg_db *d, struct pg_stmt *s, struct err *e)
{
	char sql[2 * PG_NAME_SIZE];

	(void)snprintf(sql, sizeof(sql), "fetch %d from \"%s\"", PG_ROWS_AT_ONCE, s->cursor);
	PQclear(s->answer);
	s->row = -1;
	return pg_call(d, &(struct pg_call){.sql = sql}, &s->answer, e);
}

static enum err_code
cursor_open(struct pg_db *d, struct pg_stmt *s, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SIZE_MAX};
	struct pg_call call = call_of(s);
	enum err_code rc;

	(void)snprintf(s->cursor, sizeof(s->cursor), "c%llu", (unsigned long long)++d->names);
	buf_addf(&sql, "declare \"%s\" no scroll cursor for %s", s->cursor, s->text.sql);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	call.name = NULL;
	call.sql = sql.data;
	rc = pg_send_ahead(d, &call, e);
	return rc ? rc : fetch(d, s, e);
}

/* Which joins the server may choose from: none that reads a whole table, or all. */
static enum err_code
joins_tell(struct pg_db *d, bool along, struct err *e)
{
	static const char some[] = "select set_config('enable_hashjoin', 'off', true), "
				   "set_config('enable_mergejoin', 'off', true)";
	static const char all[] = "select set_config('enable_hashjoin', 'on', true), "
				  "set_config('enable_mergejoin', 'on', true)";

	return pg_send_ahead(d, &(struct pg_call){.sql = along ? some : all}, e);
}

/* Runs it and has the first rows at hand. */
static enum err_code
start(struct pg_db *d, struct pg_stmt *s, struct err *e)
{
	bool inside = s->base.guarded && d->base.in_txn;
	enum err_code rc = known_make(d, s, e);

	if (!rc && inside)
		rc = savepoint(d, e);
	if (!rc && inside && s->along)
		rc = joins_tell(d, true, e);
	if (rc)
		return rc;
	s->row = -1;
	if (s->base.scan && d->base.in_txn) {
		rc = cursor_open(d, s, e);
	} else {
		struct pg_call call = call_of(s);

		rc = pg_call(d, &call, &s->answer, e);
	}
	if (!inside)
		return rc;
	if (!rc && s->along)
		rc = joins_tell(d, false, e);
	if (!rc)
		return savepoint_keep(d, e);
	s->cursor[0] = '\0';
	savepoint_undo(d);
	return rc;
}

enum err_code
pg_step(struct db_stmt *stmt, bool *ret_row, struct err *e)
{
	struct pg_stmt *s = of_stmt(stmt);
	struct pg_db *d = pg_of(stmt->db);
	enum err_code rc = ERR_NONE;

	if (!s->busy)
		rc = start(d, s, e);
	else if (s->cursor[0] != '\0' && s->row + 1 == PG_ROWS_AT_ONCE)
		rc = fetch(d, s, e);
	if (rc) {
		pg_reset(stmt);
		return rc;
	}
	s->busy = true;
	s->row++;
	*ret_row = s->row < PQntuples(s->answer);
	if (!*ret_row)
		pg_reset(stmt);
	return ERR_NONE;
}

enum err_code
pg_run(struct db_stmt *stmt, struct err *e)
{
	struct pg_stmt *s = of_stmt(stmt);
	struct pg_db *d = pg_of(stmt->db);
	struct pg_call call;
	enum err_code rc;
	bool row;

	if (!d->base.in_txn || s->base.guarded || PQnfields(s->shape) > 0) {
		rc = pg_step(stmt, &row, e);
		pg_reset(stmt);
		return rc;
	}
	rc = known_make(d, s, e);
	call = call_of(s);
	return rc ? rc : pg_send_ahead(d, &call, e);
}

void
pg_reset(struct db_stmt *stmt)
{
	struct pg_stmt *s = of_stmt(stmt);
	struct pg_db *d = pg_of(stmt->db);
	char sql[2 * PG_NAME_SIZE];
	struct err none;

	PQclear(s->answer);
	s->answer = NULL;
	s->busy = false;
	if (s->cursor[0] == '\0')
		return;
	(void)snprintf(sql, sizeof(sql), "close \"%s\"", s->cursor);
	s->cursor[0] = '\0';
	/* The end of the transaction has closed it, and so has an error. */
	if (d->base.in_txn && PQtransactionStatus(d->conn) != PQTRANS_INERROR)
		(void)pg_send_ahead(d, &(struct pg_call){.sql = sql}, &none);
}

int
pg_column_count(const struct db_stmt *s)
{
	return PQnfields(of_stmt(s)->shape);
}

const char *
pg_column_name(const struct db_stmt *s, int column)
{
	return PQfname(of_stmt(s)->shape, column);
}

bool
pg_is_null(const struct db_stmt *s, int column)
{
	return PQgetisnull(of_stmt(s)->answer, of_stmt(s)->row, column);
}

/* A sum of whole numbers comes as a decimal number: digits by four, most significant first
 * (numeric_send of the server). What stands behind the point is cut. */
static int64_t
numeric_int(const char *bytes, int length)
{
	uint16_t head[4];
	int64_t n = 0;
	int weight;

	if (length < (int)sizeof(head))
		return 0;
	memcpy(head, bytes, sizeof(head));
	weight = (int16_t)be16toh(head[1]);
	for (int i = 0; i <= weight; i++) {
		uint16_t digit = 0;

		if (i < be16toh(head[0]))
			memcpy(&digit, bytes + sizeof(head) + (size_t)i * 2, sizeof(digit));
		if (__builtin_mul_overflow(n, 10000, &n) ||
		    __builtin_add_overflow(n, be16toh(digit), &n))
			return INT64_MAX;
	}
	return be16toh(head[2]) == 0x4000 ? -n : n;
}

static bool
is_number(Oid type)
{
	return type == PG_INT8 || type == PG_INT4 || type == PG_INT2 || type == PG_BOOL ||
	       type == PG_NUMERIC;
}

static int64_t
number_of(const struct pg_stmt *s, int column)
{
	const char *bytes = PQgetvalue(s->answer, s->row, column);
	int length = PQgetlength(s->answer, s->row, column);
	uint64_t big;
	uint32_t middle;
	uint16_t small;
	int64_t number = 0;

	switch (PQftype(s->answer, column)) {
	case PG_INT8:
		memcpy(&big, bytes, sizeof(big));
		return (int64_t)be64toh(big);
	case PG_INT4:
		memcpy(&middle, bytes, sizeof(middle));
		return (int32_t)be32toh(middle);
	case PG_INT2:
		memcpy(&small, bytes, sizeof(small));
		return (int16_t)be16toh(small);
	case PG_BOOL:
		return *bytes != 0;
	case PG_NUMERIC:
		return numeric_int(bytes, length);
	default:
		(void)str_int((struct str){bytes, (size_t)length}, &number);
		return number;
	}
}

bool
pg_is_int(const struct db_stmt *s, int column)
{
	return !pg_is_null(s, column) && is_number(PQftype(of_stmt(s)->answer, column));
}

int64_t
pg_get_int(const struct db_stmt *s, int column)
{
	return pg_is_null(s, column) ? 0 : number_of(of_stmt(s), column);
}

struct str
pg_get_text(const struct db_stmt *stmt, int column)
{
	struct pg_stmt *s = of_stmt(stmt);

	if (pg_is_null(stmt, column))
		return (struct str){0};
	if (is_number(PQftype(s->answer, column))) {
		(void)snprintf(s->digits, sizeof(s->digits), "%lld",
			       (long long)number_of(s, column));
		return str_of(s->digits);
	}
	return (struct str){PQgetvalue(s->answer, s->row, column),
			    (size_t)PQgetlength(s->answer, s->row, column)};
}

static struct db_cell
cell_at(const struct db_stmt *s, int column)
{
	if (pg_is_null(s, column))
		return (struct db_cell){.kind = CELL_NULL};
	if (pg_is_int(s, column))
		return (struct db_cell){.kind = CELL_INT, .number = pg_get_int(s, column)};
	return (struct db_cell){.kind = CELL_TEXT, .text = pg_get_text(s, column)};
}

void
pg_get_cells(const struct db_stmt *s, int first, size_t count, struct db_cell *ret_cells)
{
	for (size_t i = 0; i < count; i++)
		ret_cells[i] = cell_at(s, first + (int)i);
}
