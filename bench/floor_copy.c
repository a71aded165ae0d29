/* floor_copy.c -- what a bare COPY reaches: the measure for the import on PostgreSQL.
 *
 * usage: floor_copy STORE TABLE FILE.csv
 *
 * Makes the table with its indexes as they stand in the store, under another name, and sends it the
 * file's rows in the file's order with one COPY in a transaction of its own. The rows are made
 * before the clock starts. Nothing is checked, resolved, versioned or sealed. Prints rows, seconds
 * and rows per second, and drops the table. Fields may be quoted, but hold no line breaks.
 */
#include "csv_line.h"
#include "seconds.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 128, LINE = 65536, PIECE = 65536, STATEMENT = 4096 };

struct column {
	bool integer;
	bool required;
	int cell; /* of the row, or -1 */
	char name[64];
};

struct rows {
	char *text;
	size_t len;
	size_t cap;
	long count;
};

static void
demand(bool good, PGconn *conn, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "floor_copy: %s: %s\n", what, conn ? PQerrorMessage(conn) : "failed");
	exit(1);
}

static void
run(PGconn *conn, const char *sql)
{
	PGresult *r = PQexec(conn, sql);

	demand(PQresultStatus(r) == PGRES_COMMAND_OK, conn, sql);
	PQclear(r);
}

static int
columns_read(PGconn *conn, const char *table, struct column *columns)
{
	PGresult *r = PQexecParams(
		conn,
		"select column_name, data_type, is_nullable from information_schema.columns "
		"where table_schema = 'holdfast' and table_name = $1 "
		"order by ordinal_position",
		1, NULL, &table, NULL, NULL, 0);
	int count = PQntuples(r);

	demand(PQresultStatus(r) == PGRES_TUPLES_OK && count > 0 && count <= COLUMNS, conn,
	       "the table is not there");
	for (int i = 0; i < count; i++) {
		(void)snprintf(columns[i].name, sizeof(columns[i].name), "%s", PQgetvalue(r, i, 0));
		columns[i].integer = strcmp(PQgetvalue(r, i, 1), "bigint") == 0;
		columns[i].required = strcmp(PQgetvalue(r, i, 2), "NO") == 0;
		columns[i].cell = -1;
	}
	PQclear(r);
	return count;
}

static void
add(struct rows *rows, const char *bytes, size_t len)
{
	if (rows->len + len > rows->cap) {
		rows->cap = 2 * (rows->len + len) + PIECE;
		rows->text = realloc(rows->text, rows->cap);
		demand(rows->text != NULL, NULL, "memory");
	}
	memcpy(rows->text + rows->len, bytes, len);
	rows->len += len;
}

/* COPY's text format. */
static void
add_text(struct rows *rows, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '\t' || *text == '\n')
			add(rows, "\\", 1);
		add(rows, text, 1);
	}
}

/* A key stands for a record: its digits are as good as a number that was looked up. */
static void
add_cell(struct rows *rows, const struct column *c, char **cells)
{
	const char *text = c->cell >= 0 ? cells[c->cell] : "";
	char number[32];
	long long value = strtoll(text + strcspn(text, "0123456789"), NULL, 10);

	if (strcmp(c->name, "id") == 0)
		value = (long long)24 << 40 | (rows->count + 1);
	else if (c->cell < 0 && c->integer)
		value = 1781524800000;
	(void)snprintf(number, sizeof(number), "%lld", value);
	if (strcmp(c->name, "feed") == 0)
		add(rows, "file", 4);
	else if (c->cell < 0 && c->required && c->integer)
		add_text(rows, number);
	else if (text[0] == '\0')
		add(rows, "\\N", 2);
	else
		add_text(rows, c->integer ? number : text);
}

static void
rows_make(const char *path, struct column *columns, int count, struct rows *rows)
{
	static char line[LINE];
	char *cells[COLUMNS];
	FILE *file = fopen(path, "r");
	int named;

	demand(file && fgets(line, sizeof(line), file), NULL, path);
	named = csv_split(line, cells, COLUMNS);
	for (int i = 0; i < count; i++) {
		for (int k = 0; k < named; k++) {
			if (strcmp(columns[i].name, cells[k]) == 0)
				columns[i].cell = k;
		}
	}
	while (fgets(line, sizeof(line), file)) {
		demand(csv_split(line, cells, COLUMNS) == named, NULL,
		       "a line has another number of fields");
		for (int i = 0; i < count; i++) {
			if (i > 0)
				add(rows, "\t", 1);
			add_cell(rows, &columns[i], cells);
		}
		add(rows, "\n", 1);
		rows->count++;
	}
	(void)fclose(file);
}

static void
copy(PGconn *conn, const struct rows *rows)
{
	PGresult *r;

	run(conn, "begin");
	r = PQexec(conn, "copy floor.bare from stdin");
	demand(PQresultStatus(r) == PGRES_COPY_IN, conn, "copy");
	PQclear(r);
	for (size_t at = 0; at < rows->len; at += PIECE) {
		size_t len = rows->len - at < PIECE ? rows->len - at : PIECE;

		demand(PQputCopyData(conn, rows->text + at, (int)len) == 1, conn, "copy");
	}
	demand(PQputCopyEnd(conn, NULL) == 1, conn, "copy");
	r = PQgetResult(conn);
	demand(PQresultStatus(r) == PGRES_COMMAND_OK, conn, "copy");
	PQclear(r);
	PQclear(PQgetResult(conn));
	run(conn, "commit");
}

int
main(int argc, char **argv)
{
	static struct column columns[COLUMNS];
	struct rows rows = {0};
	char sql[STATEMENT];
	PGconn *conn;
	double start, seconds;
	int count;

	demand(argc == 4, NULL, "usage: floor_copy STORE TABLE FILE.csv");
	conn = PQconnectdb(argv[1]);
	demand(PQstatus(conn) == CONNECTION_OK, conn, argv[1]);
	count = columns_read(conn, argv[2], columns);
	rows_make(argv[3], columns, count, &rows);
	(void)snprintf(sql, sizeof(sql),
		       "set client_min_messages = warning; drop schema if exists floor cascade; "
		       "create schema floor; "
		       "create table floor.bare (like holdfast.\"%s\" including all)",
		       argv[2]);
	run(conn, sql);
	start = bench_now();
	copy(conn, &rows);
	seconds = bench_now() - start;
	(void)printf("%ld rows, %.3f s, %.0f rows/s\n", rows.count, seconds,
		     (double)rows.count / seconds);
	run(conn, "drop schema floor cascade");
	PQfinish(conn);
	free(rows.text);
	return 0;
}
