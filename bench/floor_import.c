/* floor_import.c -- what a bare loop with one prepared INSERT reaches: the measure for the import.
 *
 * usage: floor_import WORKSPACE/holdfast.db TABLE FILE.csv NEW.db
 *
 * Makes the table with its indexes in a new database as they stand in the workspace's, and inserts
 * the file's rows in the file's order, in one transaction with the same settings. Nothing is
 * checked, resolved, versioned or sealed. Prints rows, seconds and rows per second. Fields may be
 * quoted, but hold no line breaks.
 */
#include "csv_line.h"
#include "seconds.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 128, LINE = 65536 };

struct column {
	bool integer;
	int cell; /* of the row, or -1 */
	char name[64];
};

static void
demand(bool good, sqlite3 *db, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "floor_import: %s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

static void
run(sqlite3 *db, const char *sql)
{
	demand(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, db, sql);
}

static void
schema_copy(sqlite3 *from, sqlite3 *to, const char *table)
{
	sqlite3_stmt *s = NULL;

	demand(sqlite3_prepare_v2(from,
				  "select sql from sqlite_master where tbl_name = ? and sql is not "
				  "null and type in ('table', 'index') order by type desc",
				  -1, &s, NULL) == SQLITE_OK,
	       from, "schema");
	(void)sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(s) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
}

static int
columns_read(sqlite3 *db, const char *table, struct column *columns)
{
	sqlite3_stmt *s = NULL;
	int count = 0;

	demand(sqlite3_prepare_v2(db, "select name, type from pragma_table_info(?)", -1, &s,
				  NULL) == SQLITE_OK,
	       db, "columns");
	(void)sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(s) == SQLITE_ROW && count < COLUMNS) {
		struct column *c = &columns[count++];

		(void)snprintf(c->name, sizeof(c->name), "%s",
			       (const char *)sqlite3_column_text(s, 0));
		c->integer = strcmp((const char *)sqlite3_column_text(s, 1), "INTEGER") == 0;
		c->cell = -1;
	}
	(void)sqlite3_finalize(s);
	demand(count > 0, NULL, "the table is not there");
	return count;
}

/* A key stands for a record: its digits are as good as a number that was looked up. */
static int64_t
digits(const char *text)
{
	return strtoll(text + strcspn(text, "0123456789"), NULL, 10);
}

static void
bind(sqlite3_stmt *s, int at, const struct column *c, char **cells, int64_t row)
{
	const char *text = c->cell >= 0 ? cells[c->cell] : "";

	if (strcmp(c->name, "id") == 0)
		(void)sqlite3_bind_int64(s, at, (int64_t)24 << 40 | row);
	else if (strcmp(c->name, "feed") == 0)
		(void)sqlite3_bind_text(s, at, "file", 4, SQLITE_STATIC);
	else if (c->cell < 0 && at <= 11 && c->integer)
		(void)sqlite3_bind_int64(s, at, 1781524800000);
	else if (text[0] == '\0')
		(void)sqlite3_bind_null(s, at);
	else if (c->integer)
		(void)sqlite3_bind_int64(s, at, digits(text));
	else
		(void)sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static sqlite3_stmt *
insert_prepare(sqlite3 *db, const char *table, int count)
{
	char sql[2048];
	int len = snprintf(sql, sizeof(sql), "insert into \"%s\" values (", table);
	sqlite3_stmt *s = NULL;

	for (int i = 0; i < count; i++)
		len += snprintf(sql + len, sizeof(sql) - (size_t)len, i ? ",?" : "?");
	(void)snprintf(sql + len, sizeof(sql) - (size_t)len, ")");
	demand(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK, db, "insert");
	return s;
}

int
main(int argc, char **argv)
{
	static struct column columns[COLUMNS];
	static char line[LINE];
	char *cells[COLUMNS];
	sqlite3 *from = NULL;
	sqlite3 *to = NULL;
	sqlite3_stmt *insert;
	FILE *file;
	int64_t rows = 0;
	int count, named;
	double start;

	demand(argc == 5, NULL, "usage: floor_import WORKSPACE.db TABLE FILE.csv NEW.db");
	(void)remove(argv[4]);
	demand(sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, from,
	       argv[1]);
	demand(sqlite3_open(argv[4], &to) == SQLITE_OK, to, argv[4]);
	run(to, "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536");
	schema_copy(from, to, argv[2]);
	count = columns_read(to, argv[2], columns);
	file = fopen(argv[3], "r");
	demand(file && fgets(line, sizeof(line), file), NULL, argv[3]);
	named = csv_split(line, cells, COLUMNS);
	for (int i = 0; i < named; i++) {
		for (int k = 0; k < count; k++) {
			if (strcmp(cells[i], columns[k].name) == 0)
				columns[k].cell = i;
		}
	}
	start = bench_now();
	insert = insert_prepare(to, argv[2], count);
	run(to, "begin immediate");
	while (fgets(line, sizeof(line), file)) {
		demand(csv_split(line, cells, COLUMNS) == named, NULL, "a row has other columns");
		rows++;
		for (int k = 0; k < count; k++)
			bind(insert, k + 1, &columns[k], cells, rows);
		demand(sqlite3_step(insert) == SQLITE_DONE, to, "insert");
		(void)sqlite3_reset(insert);
	}
	run(to, "commit");
	start = bench_now() - start;
	(void)printf("%lld rows, %.2f s, %.0f rows/s\n", (long long)rows, start,
		     (double)rows / start);
	(void)sqlite3_finalize(insert);
	(void)fclose(file);
	(void)sqlite3_close(from);
	(void)sqlite3_close(to);
	return 0;
}
