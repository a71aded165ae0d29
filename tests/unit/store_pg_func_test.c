#include "base/buf.h"
#include "engine_fixture.h"
#include "store/schema.h"
#include "test.h"

#include <string.h>

/* Both engines over the same values: whatever one gives, the other gives. */

static const char *const texts[] = {
	"2026-03-01",
	"2026-03-02",
	"2024-02-28",
	"2024-02-29",
	"2025-02-29",
	"2026-02-28",
	"2100-02-28",
	"2100-02-29",
	"2000-02-29",
	"1900-01-01",
	"1899-12-31",
	"2099-12-31",
	"0001-01-01",
	"0000-01-01",
	"9999-12-31",
	"9999-12-01",
	"10000-01-01",
	"0950-07-31",
	"2026-01-31",
	"2026-05-31",
	"2026-12-31",
	"2026-06-31",
	"2026-13-01",
	"2026-00-10",
	"2026-10-00",
	"2026-3-1",
	"2026-03-1",
	"20260301",
	"2026/03/01",
	"01/03/2026",
	"-026-03-01",
	"2026-03-01 ",
	" 2026-03-01",
	"2026-03-01x",
	"2026-03-0x",
	"",
	" ",
	"today",
	"infinity",
	"epoch",
	"now",
	"2026-03-01 BC",
	"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-03-01",
	"2026-03-01T00:00:00Z",
	"2026-03-01T23:59:59Z",
	"2026-03-01T24:00:00Z",
	"2026-03-01T25:00:00Z",
	"2026-03-01T12:60:00Z",
	"2026-03-01T12:00:60Z",
	"2026-03-01T12:00:61Z",
	"2024-02-29T12:00:00Z",
	"2025-02-29T12:00:00Z",
	"1850-06-01T12:00:00Z",
	"2500-06-01T12:00:00Z",
	"2026-03-01T12:00:00",
	"2026-03-01 12:00:00Z",
	"2026-03-01t12:00:00z",
	"2026-03-01T12:00Z",
	"2026-03-01T12:00",
	"2026-03-01T12Z",
	"2026-03-01T12:00:00.5Z",
	"2026-03-01T12:00:00,999999Z",
	"2026-03-01T12:00:59.9994Z",
	"2026-03-01T12:00:60.25Z",
	"2026-03-01T12:00:00.Z",
	"2026-03-01T12:00:00.25",
	"2026-03-01T00:30:00+01:00",
	"2026-03-01T23:30:00-05:00",
	"2026-03-01T23:30:00-0530",
	"2026-03-01T23:30:00+05",
	"2026-03-01T23:30:00+05:",
	"2026-03-01T23:30:00+5",
	"2026-03-01T23:30:00+24:00",
	"2026-03-01T23:30:00+23:60",
	"2026-03-01T23:30:00.750-23:59",
	"2026-03-01T23:30:00ZZ",
	"2026-03-01T23:30:00Z ",
	"2026-03-01T23:30:00 Z",
	"0001-01-01T00:00:00Z",
	"0001-01-01T00:30:00+01:00",
	"0001-01-01T00:00:00.001Z",
	"9999-12-31T23:59:59Z",
	"9999-12-31T23:59:59.999Z",
	"9999-12-31T23:30:00-01:00",
	"2026-03-29T00:59:59Z",
	"2026-03-29T01:00:00Z",
	"2026-03-29T22:59:59Z",
	"2026-03-29T23:00:00Z",
	"2026-03-28T23:59:59Z",
	"2026-10-24T22:59:59Z",
	"2026-10-24T23:00:00Z",
	"2026-10-25T00:59:59Z",
	"2026-10-25T01:00:00Z",
	"2026-10-25T23:59:59Z",
	"2026-10-26T00:00:00Z",
	"1995-07-01T23:30:00Z",
	"1971-01-15T23:30:00Z",
	"2077-07-01T23:30:00Z",
	"2026-07-15T22:14:59Z",
	"2026-07-15T18:15:00Z",
	"2026-07-15T02:29:59Z",
	"2026-07-15T02:30:00Z",
	"admin",
	"Admin",
	"a\xc3\x89z",
	"\xc3\xa9t\xc3\xa9",
	"Z\xf0\x9f\x94\x92",
	"  padded  ",
	"\ttab\t",
	",",
	"\"",
	"say \"no\"",
	"a\\b",
	"a\nb",
	"a\037b",
	"[]",
	"[",
	"[\"",
	"[\"\"]",
	"[\"\",\"\"]",
	"[\"\",\"admin\"]",
	"[\"admin\",\"\"]",
	"[\"admin\"]",
	"[\"admin\",\"user\"]",
	"[\"user\",\"admin\"]",
	"[\"admin\",\"\xc3\xa9t\xc3\xa9\",\"user\"]",
	"[\"\xc3\xa9t\xc3\xa9\",\",\"]",
	"[\",\"]",
	"[\"a\" , \"admin\"]",
	"[\"admin\",\"user",
	"[\"admin\",\"user\"",
	"\"admin\"",
	"admin\"x\"",
	"[\"say \\\"no\\\"\",\"admin\"]",
	"[\"say \\\"no\\\"\"]",
	"[\"a\\\\b\",\"a\\nb\",\"a\\u001fb\"]",
	"[\"a\\\",\\\"b\",\"\\b\\t\\n\\f\\r\\/\"]",
	"[\"a\\u00\"]",
	"[\"a\\u\"]",
	"[\"a\\u0041\\u007e\"]",
	"[\"admin\\\"]",
	"[\"admin\\\\\"]",
	"{\"admin\":\"user\"}",
};

static const int64_t numbers[] = {
	0,	 1,	   -1,	    2,	      3,	 11,	    12,		  13,
	28,	 29,	   30,	    31,	      -12,	 -30,	    59,		  60,
	61,	 365,	   366,	    1000,     -2025,	 -2026,	    7973,	  7974,
	9998,	 9999,	   -12000,  12000,    12001,	 -12001,    700000,	  -739000,
	-740000, 2912000,  3652058, 3652059,  3999999,	 4000000,   -3999999,	  -4000000,
	87000,	 -4000001, 9000000, 70000000, INT32_MAX, INT64_MAX, INT64_MIN + 1};

static const struct column text_columns[] = {
	{"id", COLUMN_INT,  true },
	  {"v",	COLUMN_TEXT, false}
};
static const struct column number_columns[] = {
	{"id", COLUMN_INT, true },
	  {"v",	COLUMN_INT, false}
};
static const struct table text_table = {
	.name = "texts", .columns = text_columns, .column_count = 2, .primary_key = "id"};
static const struct table number_table = {
	.name = "numbers", .columns = number_columns, .column_count = 2, .primary_key = "id"};

static void
fill(struct db *db)
{
	DB_STMT *text = NULL;
	DB_STMT *number = NULL;
	struct err e = {0};

	CHECK(!schema_create(db, &text_table, &e));
	CHECK(!schema_create(db, &number_table, &e));
	CHECK(!db_prepare(db, "insert into texts (id, v) values (:id, :v)", &text, &e));
	CHECK(!db_prepare(db, "insert into numbers (id, v) values (:id, :v)", &number, &e));
	/* The last row of each is a null. */
	for (size_t i = 0; i <= COUNT_OF(texts); i++) {
		db_bind_int(text, 1, (int64_t)i);
		db_bind_text(text, 2, i < COUNT_OF(texts) ? str_of(texts[i]) : (struct str){0});
		CHECK(!db_run(text, &e));
	}
	for (size_t i = 0; i <= COUNT_OF(numbers); i++) {
		db_bind_int(number, 1, (int64_t)i);
		if (i < COUNT_OF(numbers))
			db_bind_int(number, 2, numbers[i]);
		else
			db_bind_null(number, 2);
		CHECK(!db_run(number, &e));
	}
}

struct both {
	struct arena arena;
	struct db *file;
	struct db *server;
};

static void
both_close(struct both *b)
{
	db_close(b->file);
	db_close(b->server);
	arena_fini(&b->arena);
}

static void
both_open(struct both *b, const char *zone_name)
{
	const struct zone *zone = NULL;
	struct err e = {0};

	*b = (struct both){.server = engine_scratch()};
	arena_init(&b->arena, 1 << 20);
	CHECK(!db_open(":memory:", DB_SCRATCH, &b->file, &e));
	fill(b->file);
	fill(b->server);
	if (!zone_name)
		return;
	CHECK(!zone_load(zone_name, &b->arena, &zone, &e));
	CHECK(!db_set_zone(b->file, zone, &e));
	CHECK(!db_set_zone(b->server, zone, &e));
}

static void
show_cell(const char *engine, struct db_cell c)
{
	if (c.kind == CELL_INT)
		fprintf(stderr, "  %s: %lld\n", engine, (long long)c.number);
	else if (c.kind == CELL_TEXT)
		fprintf(stderr, "  %s: '%.*s'\n", engine, STR_ARG(c.text));
	else
		fprintf(stderr, "  %s: null\n", engine);
}

static bool
same_cell(struct db_cell a, struct db_cell b)
{
	return a.kind == b.kind && a.number == b.number && str_eq(a.text, b.text);
}

/* Each column but the last tells which values were asked about. Gives the number of rows. */
static size_t
compare(struct both *b, const char *sql)
{
	DB_STMT *file = NULL;
	DB_STMT *server = NULL;
	struct db_cell ours, theirs;
	struct err e = {0};
	size_t rows = 0;
	size_t wrong = 0;
	int last;
	bool row;
	bool other;

	CHECK(!db_prepare(b->file, sql, &file, &e));
	if (db_prepare(b->server, sql, &server, &e)) {
		fprintf(stderr, "%s: %s\n", sql, e.message);
		abort();
	}
	last = db_column_count(file) - 1;
	for (;;) {
		CHECK(!db_step(file, &row, &e));
		if (db_step(server, &other, &e)) {
			fprintf(stderr, "%s: %s\n", sql, e.message);
			abort();
		}
		CHECK(row == other);
		if (!row)
			break;
		rows++;
		db_cells(file, last, 1, &ours);
		db_cells(server, last, 1, &theirs);
		if (same_cell(ours, theirs))
			continue;
		wrong++;
		fprintf(stderr, "%s of", sql);
		for (int i = 0; i < last; i++)
			fprintf(stderr, " '%.*s'", STR_ARG(db_text(file, i)));
		fprintf(stderr, "\n");
		show_cell("sqlite", ours);
		show_cell("server", theirs);
	}
	CHECK(wrong == 0);
	return rows;
}

static void
compare_call(struct both *b, const char *call, const char *from, size_t least)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = 4096};

	buf_addf(&sql, "select %s, %s %s", strstr(from, "numbers") ? "x.v, n.v" : "x.v, y.v", call,
		 from);
	CHECK(!sql.failed);
	CHECK(compare(b, sql.data) >= least);
}

#define PAIRS "from texts x cross join texts y order by x.id, y.id"
#define SHIFTS "from texts x cross join numbers n order by x.id, n.id"
/* SQLite cuts a place to 32 bits. */
#define PLACES                                                                                     \
	"from texts x join numbers n on n.v between -2147483647 and 2147483647 "                   \
	"order by x.id, n.id"

TEST_SERVER(pg_functions_of_two_texts_give_what_sqlite_gives)
{
	static const char *const calls[] = {
		"days_between(x.v, y.v)",
		"hours_between(x.v, y.v)",
		"list_has(x.v, y.v)",
		"list_minus(x.v, y.v)",
		"min(x.v, y.v)",
		"max(x.v, y.v)",
		"case when x.v < y.v then 1 else 0 end",
		"replace(x.v, y.v, '-')",
		"trim(x.v, y.v)",
	};
	CLEANUP(both_close) struct both b;

	both_open(&b, NULL);
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		compare_call(&b, calls[i], PAIRS, COUNT_OF(texts) * COUNT_OF(texts));
}

TEST_SERVER(pg_functions_of_a_text_and_a_number_give_what_sqlite_gives)
{
	static const char *const calls[] = {"add_days(x.v, n.v)",  "add_months(x.v, n.v)",
					    "add_years(x.v, n.v)", "add_hours(x.v, n.v)",
					    "min(n.v, 5)",	   "max(n.v, length(x.v))",
					    "x.v || n.v",	   "add_minutes(x.v, n.v)"};
	static const char *const cuts[] = {
		"substr(x.v, n.v)",	"substr(x.v, n.v, 3)", "substr(x.v, 3, n.v)",
		"substr(x.v, -4, n.v)", "substr(x.v, 0, n.v)", "substr(x.v, n.v, -2)",
		"substr(x.v, -2)",	"substr(x.v, 2)",      "substr(x.v, 2, 3)",
		"substr(x.v, -3, 2)",	"substr(x.v, -3, -2)", "substr(x.v, 0, 2)",
	};
	CLEANUP(both_close) struct both b;

	both_open(&b, NULL);
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		compare_call(&b, calls[i], SHIFTS, COUNT_OF(texts) * COUNT_OF(numbers));
	for (size_t i = 0; i < COUNT_OF(cuts); i++)
		compare_call(&b, cuts[i], PLACES, COUNT_OF(texts) * 40);
}

TEST_SERVER(pg_functions_of_one_text_give_what_sqlite_gives)
{
	static const char *const queries[] = {
		"select v, month_of(v) from texts order by id",
		"select v, list_count(v) from texts order by id",
		"select v, length(v) from texts order by id",
		"select v, lower(v) from texts order by id",
		"select v, upper(v) from texts order by id",
		"select v, trim(v) from texts order by id",
		"select v, coalesce(nullif(v, 'admin'), '-') from texts order by id",
		"select v from texts where v is not null order by v",
		"select 'a', max(v) from texts",
		"select 'a', min(v) from texts",
		"select 'a', min(lower(v)) from texts",
		"select 'a', max(date_of(v)) from texts",
		"select 'a', sum(v) from numbers where v < 1000000000 and v > -1000000000",
		"select 'a', sum(v) from numbers where v > 5 and v < 5",
		"select 'a', count(v) from numbers",
		"select v, abs(v) from numbers order by id",
		"select v, v / 7 from numbers order by id",
		"select v, row_number() over (order by v desc, id) from texts where v is not null "
		"order by id",
		"select v, rank() over (order by length(v)) from texts where v is not null "
		"order by id",
	};
	CLEANUP(both_close) struct both b;

	both_open(&b, NULL);
	for (size_t i = 0; i < COUNT_OF(queries); i++)
		CHECK(compare(&b, queries[i]) > 0);
}

TEST_SERVER(pg_date_of_follows_the_zone_as_sqlite_does)
{
	static const char *const zones[] = {NULL,  "UTC", "Europe/London",   "Asia/Kathmandu",
					    "CET", "EST", "America/St_Johns"};

	for (size_t i = 0; i < COUNT_OF(zones); i++) {
		CLEANUP(both_close) struct both b;

		both_open(&b, zones[i]);
		CHECK(compare(&b, "select v, date_of(v) from texts order by id") > COUNT_OF(texts));
	}
}

/* Every hour around both changes of the clocks, and every month end of a few years. */
TEST_SERVER(pg_dates_agree_hour_by_hour_and_month_by_month)
{
	static const char *const queries[] = {
		"with recursive h (n) as (select 0 union all select n + 1 from h where n < 200) "
		"select n, date_of(add_hours('2026-03-25T00:30:00Z', n)) from h order by n",
		"with recursive h (n) as (select 0 union all select n + 1 from h where n < 200) "
		"select n, date_of(add_hours('2026-10-21T00:30:00Z', n)) from h order by n",
		"with recursive d (n) as (select 0 union all select n + 1 from d where n < 1500) "
		"select n, add_months(add_days('2023-01-01', n), 1) || "
		"add_years(add_days('2023-01-01', n), 1) || month_of(add_days('2023-01-01', n)) "
		"from d order by n",
	};
	CLEANUP(both_close) struct both b;

	both_open(&b, "Europe/London");
	for (size_t i = 0; i < COUNT_OF(queries); i++)
		CHECK(compare(&b, queries[i]) > 200);
}
