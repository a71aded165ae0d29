#include "store/schema.h"
#include "test.h"

#include <string.h>

static const struct column log_columns[] = {
	{"id",   COLUMN_INT,  true },
	  {"data", COLUMN_BLOB, true },
	       {"note", COLUMN_TEXT, false}
};

static const struct index log_indexes[] = {
	{.name = "log_note", .columns = "note", .where = "note is not null", .unique = true}
};

static const struct column row_columns[] = {
	{"id",	       COLUMN_INT,  true },
	  {"row_version", COLUMN_INT,  true },
	     {"name",	      COLUMN_TEXT, false}
};

static const struct column pair_columns[] = {
	{"record", COLUMN_INT, true },
	      {"pos",    COLUMN_INT, true },
	 {"value",  COLUMN_INT, false}
};

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

static const struct table append_only = {.name = "log",
					 COLUMNS(log_columns),
					 .primary_key = "id",
					 .guard = GUARD_APPEND_ONLY,
					 .indexes = log_indexes,
					 .index_count = 1};
static const struct table growing = {
	.name = "tile", COLUMNS(log_columns), .primary_key = "id", .guard = GUARD_GROWING};
static const struct table versioned = {
	.name = "row", COLUMNS(row_columns), .primary_key = "id", .guard = GUARD_VERSIONED};
static const struct table history = {.name = "row_history",
				     COLUMNS(row_columns),
				     .primary_key = "id, row_version",
				     .clustered = true,
				     .guard = GUARD_APPEND_ONLY};
static const struct table pairs = {
	.name = "pair", COLUMNS(pair_columns), .primary_key = "record, pos", .clustered = true};

static struct db *
schema_open(void)
{
	static const struct table *const tables[] = {&append_only, &growing, &versioned, &history,
						     &pairs};
	struct db *db = NULL;
	struct err e = {0};

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		CHECK(schema_create(db, tables[i], &e) == ERR_NONE);
		CHECK(schema_check_guards(db, tables[i], &e) == ERR_NONE);
	}
	return db;
}

static void
does(struct db *db, const char *sql)
{
	struct err e = {0};

	if (db_exec(db, sql, &e) != ERR_NONE) {
		fprintf(stderr, "%s: %s\n", sql, e.message);
		abort();
	}
}

static void
refuses(struct db *db, const char *sql, const char *message)
{
	struct err e = {0};

	if (db_exec(db, sql, &e) != ERR_CONFLICT || !strstr(e.message, message)) {
		fprintf(stderr, "%s: %s\n", sql, e.message);
		abort();
	}
}

TEST(schema_an_append_only_table_takes_rows_and_gives_none_back)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into log (id, data, note) values (1, x'00', 'a')");
	does(db, "insert into log (id, data, note) values (2, x'00', null), (3, x'00', null)");
	refuses(db, "update log set note = 'b'", "append-only");
	refuses(db, "update log set note = note", "append-only");
	refuses(db, "delete from log where id = 1", "append-only");
	refuses(db, "delete from log", "append-only");
	refuses(db, "insert or replace into log (id, data) values (1, x'01')", "append-only");
	refuses(db,
		"insert into log (id, data) values (1, x'01') on conflict (id) do update set "
		"data = excluded.data",
		"append-only");
	refuses(db, "insert into log (id, data, note) values (4, x'00', 'a')", "UNIQUE");
}

TEST(schema_a_growing_table_only_gains_bytes)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into tile (id, data, note) values (1, x'0001', 'n')");
	does(db, "update tile set data = x'000102' where id = 1");
	does(db, "update tile set data = x'000102' where id = 1");
	refuses(db, "update tile set data = x'0001' where id = 1", "only grows");
	refuses(db, "update tile set data = x'00010302' where id = 1", "only grows");
	refuses(db, "update tile set data = x'' where id = 1", "only grows");
	refuses(db, "update tile set id = 2 where id = 1", "only grows");
	refuses(db, "update tile set note = 'm' where id = 1", "only grows");
	refuses(db, "update tile set note = null where id = 1", "only grows");
	refuses(db, "update tile set data = null where id = 1", "");
	refuses(db, "delete from tile", "append-only");
	refuses(db, "insert or replace into tile (id, data) values (1, x'000102')", "append-only");
}

TEST(schema_a_version_is_superseded_only_when_history_has_it)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into row (id, row_version, name) values (1, 1, 'a')");
	refuses(db, "update row set row_version = 2, name = 'b'", "history");
	refuses(db, "delete from row", "history");
	refuses(db, "insert or replace into row (id, row_version) values (1, 2)", "history");
	does(db, "insert into row_history select * from row");
	refuses(db, "update row set name = 'b'", "history");
	refuses(db, "update row set id = 2, row_version = 2", "history");
	refuses(db, "update row set row_version = 0", "history");
	does(db, "update row set row_version = 2, name = 'b'");
	refuses(db, "update row set row_version = 3, name = 'c'", "history");
	refuses(db, "delete from row", "history");
	does(db, "insert into row_history select * from row");
	does(db, "delete from row");
	refuses(db, "delete from row_history", "append-only");
	refuses(db, "update row_history set name = 'z'", "append-only");
}

static void
guard_broken_by(const char *sql, const struct table *t, const char *event)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, sql);
	CHECK(schema_check_guards(db, t, &e) == ERR_FAILED);
	CHECK(strcmp(e.field, t->name) == 0);
	CHECK(strstr(e.message, event) != NULL);
}

TEST(schema_a_guard_that_is_gone_or_altered_is_found)
{
	guard_broken_by("drop trigger log_guard_update", &append_only, "update");
	guard_broken_by("drop trigger log_guard_delete", &append_only, "delete");
	guard_broken_by("drop trigger row_guard_update", &versioned, "update");
	guard_broken_by("drop trigger tile_guard_delete", &growing, "delete");
	guard_broken_by("drop trigger log_guard_delete; create trigger log_guard_delete before "
			"delete on log begin select 1; end",
			&append_only, "delete");
	/* As long as the right one, but it ignores where it should abort. */
	guard_broken_by("drop trigger log_guard_delete; create trigger \"log_guard_delete\" "
			"before delete on \"log\" begin select raise(ignore /*  a*/); end",
			&append_only, "delete");
	/* Of the right name on another table. */
	guard_broken_by("drop trigger log_guard_update; create trigger \"log_guard_update\" "
			"before update on \"row\" begin select raise(abort, 'log is "
			"append-only'); end",
			&append_only, "update");
}

TEST(schema_columns_and_indexes_can_be_added)
{
	static const struct column added = {"extra", COLUMN_TEXT, false};
	static const struct index unique = {
		.name = "pair_value", .columns = "value", .unique = true};
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, "insert into log (id, data) values (1, x'00')");
	CHECK(schema_add_column(db, &append_only, &added, &e) == ERR_NONE);
	does(db, "insert into log (id, data, extra) values (2, x'00', 'new')");
	CHECK(schema_check_guards(db, &append_only, &e) == ERR_NONE);
	CHECK(schema_add_column(db, &append_only, &added, &e) == ERR_INVALID);
	CHECK(schema_add_index(db, &pairs, &unique, &e) == ERR_NONE);
	does(db, "insert into pair (record, pos, value) values (1, 0, 7)");
	refuses(db, "insert into pair (record, pos, value) values (1, 1, 7)", "UNIQUE");
	refuses(db, "insert into pair (record, pos, value) values (1, 0, 8)", "UNIQUE");
}
