#include "engine_fixture.h"
#include "store/past.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

static const struct column thing_columns[] = {
	{"id",	       COLUMN_INT,  true },
	{"row_version",	COLUMN_INT,  true },
	{"name",		 COLUMN_TEXT, false},
	{"recorded_from", COLUMN_INT,  true },
};
static const struct column thing_history_columns[] = {
	{"id",	       COLUMN_INT,  true },
	   {"row_version",   COLUMN_INT,  true },
	{"name",		 COLUMN_TEXT, false},
	   {"recorded_from", COLUMN_INT,	 true },
	{"recorded_to",	COLUMN_INT,  true },
	   {"retired",       COLUMN_INT,  true },
};
static const struct column part_columns[] = {
	{"record", COLUMN_INT, true},
	{"pos",	COLUMN_INT, true},
	{"value",  COLUMN_INT, true},
};
static const struct column part_history_columns[] = {
	{"record",	   COLUMN_INT, true},
	{"row_version", COLUMN_INT, true},
	{"pos",		COLUMN_INT, true},
	{"value",	  COLUMN_INT, true},
};
static const struct column log_columns[] = {
	{"id", COLUMN_INT, true},
	{"at", COLUMN_INT, true},
};
static const struct index thing_indexes[] = {
	{.name = "thing_name_index", .columns = "name"}
};

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

static const struct table thing = {.name = "thing",
				   COLUMNS(thing_columns),
				   .primary_key = "id",
				   .indexes = thing_indexes,
				   .index_count = 1};
static const struct table thing_history = {.name = "thing_history",
					   COLUMNS(thing_history_columns),
					   .primary_key = "id, row_version",
					   .clustered = true};
static const struct table part = {
	.name = "part", COLUMNS(part_columns), .primary_key = "record, pos", .clustered = true};
static const struct table part_history = {.name = "part_history",
					  COLUMNS(part_history_columns),
					  .primary_key = "record, row_version, pos",
					  .clustered = true};
static const struct table happened = {
	.name = "happened", COLUMNS(log_columns), .primary_key = "id"};

static const struct past_table tables[] = {
	{.kind = PAST_VERSIONS, .table = &thing, .history = &thing_history, .asked = true},
	{.kind = PAST_ITEMS,
	 .table = &part,
	 .history = &part_history,
	 .versions = &thing,
	 .versions_history = &thing_history,
	 .asked = true},
	{.kind = PAST_LOG,	   .table = &happened		     },
};

/* 1 was "a" at 10, "b" from 20 on; 2 was "c" from 15 to 30, when it was retired; 3 is of 40. */
static void
fill(struct db *db)
{
	struct err e = {0};

	CHECK(!schema_create(db, &thing, &e) && !schema_create(db, &thing_history, &e));
	CHECK(!schema_create(db, &part, &e) && !schema_create(db, &part_history, &e));
	CHECK(!schema_create(db, &happened, &e));
	engine_does(db, "insert into thing values (1, 2, 'b', 20), (3, 1, 'd', 40)");
	engine_does(db, "insert into thing_history values (1, 1, 'a', 10, 20, 0), "
			"(2, 1, 'c', 15, 30, 0), (2, 2, 'c', 30, 30, 1)");
	engine_does(db, "insert into part values (1, 1, 200), (3, 1, 300)");
	engine_does(db, "insert into part_history values (1, 1, 1, 100), (1, 1, 2, 101), "
			"(2, 1, 1, 150)");
	engine_does(db, "insert into happened values (1, 10), (2, 20), (3, 40)");
}

/* All rows of the query as text; each column a number or a name. */
static const char *
ask(struct db *db, const char *sql, char out[256])
{
	DB_STMT *s = NULL;
	struct err e = {0};
	size_t len = 0;
	bool row;

	CHECK(!db_prepare(db, sql, &s, &e));
	out[0] = '\0';
	while (!db_step(s, &row, &e) && row) {
		for (int i = 0; i < db_column_count(s); i++) {
			int n = db_is_int(s, i) ? snprintf(out + len, 256 - len, "%lld",
							   (long long)db_int(s, i))
						: snprintf(out + len, 256 - len, "%.*s",
							   STR_ARG(db_text(s, i)));

			len += (size_t)n;
			CHECK(len < 250);
		}
		out[len++] = ' ';
		out[len] = '\0';
	}
	CHECK(!e.code);
	return out;
}

static bool
says(struct db *db, const char *sql, const char *expected)
{
	char out[256];

	if (strcmp(ask(db, sql, out), expected) == 0)
		return true;
	(void)fprintf(stderr, "%s\n  gives '%s', not '%s'\n", sql, out, expected);
	return false;
}

struct moment {
	int64_t instant;
	const char *things, *parts, *history, *log;
};
static const struct moment moments[] = {
	{.instant = 9,  .things = "",	     .parts = "",		  .history = "",		 .log = ""	  },
	{.instant = 10, .things = "1a ",	 .parts = "100 101 ",     .history = "",	     .log = "1 "	},
	{.instant = 19, .things = "1a 2c ", .parts = "100 101 150 ", .history = "",	    .log = "1 "  },
	{.instant = 20, .things = "1b 2c ", .parts = "150 200 ",	 .history = "11 ",	   .log = "1 2 "},
	{.instant = 30, .things = "1b ",	 .parts = "200 ",	  .history = "11 21 22 ", .log = "1 2 "},
	{.instant = 40,
	 .things = "1b 3d ",
	 .parts = "200 300 ",
	 .history = "11 21 22 ",
	 .log = "1 2 3 "										  },
};

static void
moment_holds(struct db *db, const struct moment *m)
{
	CHECK(says(db, "select id, name from thing order by id", m->things));
	CHECK(says(db, "select value from part order by value", m->parts));
	CHECK(says(db, "select id, row_version from thing_history order by id, row_version",
		   m->history));
	CHECK(says(db, "select id from happened order by id", m->log));
	/* What is joined, gathered and looked up is of one time. */
	CHECK(says(db,
		   "select count(*) from part p left join thing t on t.id = p.record "
		   "where t.id is null",
		   "0 "));
}

TEST(past_each_name_means_what_the_table_held_then)
{
	for (size_t i = 0; i < COUNT_OF(moments); i++) {
		CLEANUP(db_closep) struct db *db = engine_scratch();
		const struct past p = {.instant = moments[i].instant,
				       .tables = tables,
				       .table_count = COUNT_OF(tables)};
		struct err e = {0};

		fill(db);
		CHECK(!db_as_of(db, &p, &e));
		moment_holds(db, &moments[i]);
	}
}

TEST(past_nothing_is_written_there)
{
	CLEANUP(db_closep) struct db *db = engine_scratch();
	const struct past p = {.instant = 20, .tables = tables, .table_count = COUNT_OF(tables)};
	struct db_txn txn = {0};
	struct err e = {0};

	fill(db);
	CHECK(!db_as_of(db, &p, &e));
	CHECK(db_begin(db, &txn, &e) == ERR_DENIED);
	CHECK(db_exec(db, "insert into thing values (9, 1, 'z', 5)", &e) != ERR_NONE);
	CHECK(db_exec(db, "delete from happened", &e) != ERR_NONE);
	CHECK(db_as_of(db, &p, &e) == ERR_INTERNAL);
	CHECK(!db_begin_read(db, &txn, &e));
	CHECK(says(db, "select id from thing order by id", "1 2 "));
	db_txn_end(&txn);
}

/* A store in a folder of its own, for what is put aside beside it. */
struct place {
	char folder[64];
	char path[96];
};

static void
place_open(struct place *p)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	*p = (struct place){.folder = "/tmp/holdfast-past.XXXXXX"};
	CHECK(mkdtemp(p->folder));
	(void)snprintf(p->path, sizeof(p->path), "%s/a b?c%%.db", p->folder);
	CHECK(!db_open(p->path, DB_CREATE, &db, &e));
	fill(db);
}

static void
place_close(struct place *p)
{
	static const char *const tails[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "%s%s", p->path, tails[i]);
		(void)unlink(path);
	}
	/* Nothing else was left there. */
	CHECK(!rmdir(p->folder));
}

TEST_SQLITE(past_put_aside_is_the_same_for_the_connection_and_its_readers)
{
	for (size_t i = 0; i < COUNT_OF(moments); i++) {
		CLEANUP(place_close) struct place place;
		CLEANUP(db_closep) struct db *db = NULL;
		const struct past p = {.instant = moments[i].instant,
				       .tables = tables,
				       .table_count = COUNT_OF(tables),
				       .many = true};
		struct db *readers[3];
		size_t count = 3;
		struct err e = {0};
		struct db_txn txn = {0};

		place_open(&place);
		CHECK(!db_open(place.path, DB_READ, &db, &e));
		if (db_as_of(db, &p, &e))
			(void)fprintf(stderr, "%s\n", e.message);
		CHECK(!e.code);
		CHECK(db_begin(db, &txn, &e) == ERR_DENIED);
		CHECK(db_exec(db, "delete from thing", &e) != ERR_NONE);
		CHECK(db_exec(db, "delete from store.thing", &e) != ERR_NONE);
		moment_holds(db, &moments[i]);
		e = (struct err){0};
		CHECK(!db_readers(db, readers, &count, &e) && count == 2);
		for (size_t k = 0; k < count; k++) {
			CHECK(says(readers[k], "select id, name from thing order by id",
				   moments[i].things));
			CHECK(db_exec(readers[k], "delete from thing", &e) != ERR_NONE);
			db_close(readers[k]);
		}
		/* Both are given away. */
		count = 3;
		CHECK(!db_readers(db, readers, &count, &e) && count == 0);
		moment_holds(db, &moments[i]);
	}
}

/* What is asked of, each reader has by itself with its indexes; the rest it looks at. */
TEST_SERVER(past_put_aside_by_readers_of_a_server_is_the_same)
{
	static const char aside[] = "select cast(c.relname as text) from pg_class c where "
				    "c.relnamespace = pg_my_temp_schema() and "
				    "c.relkind in ('r', 'i') order by c.relname collate \"C\"";

	for (size_t i = 0; i < COUNT_OF(moments); i++) {
		PLACE place;
		CLEANUP(db_closep) struct db *db = NULL;
		const struct past p = {.instant = moments[i].instant,
				       .tables = tables,
				       .table_count = COUNT_OF(tables),
				       .many = true};
		struct db *readers[2];
		size_t count = 2;
		struct err e = {0};

		engine_place_make(&place);
		CHECK(!db_open(place.where, DB_CREATE, &db, &e));
		fill(db);
		CHECK(!db_as_of(db, &p, &e));
		moment_holds(db, &moments[i]);
		CHECK(says(db, aside, ""));
		CHECK(!db_readers(db, readers, &count, &e) && count == 2);
		for (size_t k = 0; k < count; k++) {
			moment_holds(readers[k], &moments[i]);
			CHECK(says(readers[k], aside,
				   "part part_pkey thing thing_name_index thing_pkey "));
			CHECK(db_exec(readers[k], "delete from holdfast.thing", &e) != ERR_NONE);
			db_close(readers[k]);
		}
	}
}
