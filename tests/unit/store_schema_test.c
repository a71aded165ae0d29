#include "schema_fixture.h"
#include "test.h"

#include <string.h>

TEST(schema_an_append_only_table_takes_rows_and_gives_none_back)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into log (id, data, note) values (1, x'00', 'a')");
	does(db, "insert into log (id, data, note) values (2, x'00', null), (3, x'00', null)");
	refuses(db, "update log set note = 'b'", "append-only");
	refuses(db, "update log set note = note", "append-only");
	refuses(db, "delete from log where id = 1", "append-only");
	refuses(db, "delete from log", "append-only");
	refuses(db,
		"insert into log (id, data) values (1, x'01') on conflict (id) do update set "
		"data = excluded.data",
		"append-only");
	refuses(db, "insert into log (id, data, note) values (4, x'00', 'a')", schema_unique());
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
	refuses(db, "update tile set data = null where id = 1", "data");
	refuses(db, "delete from tile", "append-only");
}

TEST(schema_a_version_is_superseded_only_when_history_has_it)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into row (id, row_version, name) values (1, 1, 'a')");
	refuses(db, "update row set row_version = 2, name = 'b'", "history");
	refuses(db, "delete from row", "history");
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
	refuses(db, "insert into pair (record, pos, value) values (1, 1, 7)", schema_unique());
	refuses(db, "insert into pair (record, pos, value) values (1, 0, 8)", schema_unique());
}

static const struct column filled_columns[] = {
	{"id",   COLUMN_INT,  true },
	{"data", COLUMN_BLOB, true },
	{"note", COLUMN_TEXT, false},
	{"leaf", COLUMN_INT,  true },
};

TEST(schema_a_column_that_an_older_program_lacked_is_filled_past_the_guards)
{
	static const struct schema_fill fill = {
		"leaf", "coalesce((select p.value from pair p where p.record = t.id), -1)"};
	CLEANUP(db_closep) struct db *db = schema_open();
	struct table filled = append_only;
	struct err e = {0};
	DB_TXN txn = {0};

	filled.columns = filled_columns;
	filled.column_count = COUNT_OF(filled_columns);
	does(db, "insert into log (id, data, note) values (1, x'00', 'a'), (2, x'01', 'b')");
	does(db, "insert into pair (record, pos, value) values (1, 0, 7)");
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(schema_rebuild(db, &filled, &fill, &e) == ERR_NONE);
	CHECK(db_commit(&txn, &e) == ERR_NONE);
	CHECK(schema_check_table(db, &filled, &e) == ERR_NONE);
	CHECK(schema_check_guards(db, &filled, &e) == ERR_NONE);
	CHECK(schema_number(db, "select count(*) from log where (id, note, leaf) in "
				"((1, 'a', 7), (2, 'b', -1))") == 2);
	refuses(db, "update log set leaf = 0", "append-only");
	refuses(db, "insert into log (id, data) values (3, x'00')", "leaf");
	refuses(db, "insert into log (id, data, note, leaf) values (3, x'00', 'a', 1)",
		schema_unique());
	/* A table that a newer plan brought with the program has it already. */
	CHECK(schema_rebuild(db, &filled, &fill, &e) == ERR_NONE);
	CHECK(schema_check_table(db, &filled, &e) == ERR_NONE);
}

TEST(schema_a_table_gets_another_primary_key)
{
	static const struct column columns[] = {
		{"value",  COLUMN_INT, true},
		{"record", COLUMN_INT, true},
		{"pos",	COLUMN_INT, true},
	};
	static const struct table keyed = {.name = "pair",
					   .columns = columns,
					   .column_count = COUNT_OF(columns),
					   .primary_key = "value",
					   .guard = GUARD_NONE};
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, "insert into pair (record, pos, value) values (1, 0, 7), (1, 1, 6)");
	CHECK(schema_rebuild(db, &keyed, NULL, &e) == ERR_NONE);
	CHECK(schema_check_table(db, &keyed, &e) == ERR_NONE);
	CHECK(schema_number(db, "select count(*) from pair where (record, pos, value) in "
				"((1, 0, 7), (1, 1, 6))") == 2);
	does(db, "insert into pair (record, pos, value) values (1, 0, 8)");
	refuses(db, "insert into pair (record, pos, value) values (2, 0, 8)", schema_unique());
}

static const struct column temporary_columns[] = {
	{"id",   COLUMN_INT,  true },
	  {"word", COLUMN_TEXT, false}
};
static const struct index temporary_indexes[] = {
	{.name = "passing_word", .columns = "word", .unique = true}
};
static const struct table temporary = {.name = "passing",
				       .columns = temporary_columns,
				       .column_count = COUNT_OF(temporary_columns),
				       .primary_key = "id",
				       .temporary = true,
				       .indexes = temporary_indexes,
				       .index_count = COUNT_OF(temporary_indexes)};

TEST(schema_a_temporary_table_is_gone_when_it_is_dropped_or_rolled_back)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct db_txn txn;
	struct err e = {0};

	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(schema_create(db, &temporary, &e) == ERR_NONE);
	does(db, "insert into passing (id, word) values (1, 'a')");
	CHECK(schema_drop(db, &temporary, &e) == ERR_NONE);
	CHECK(schema_create(db, &temporary, &e) == ERR_NONE);
	does(db, "insert into passing (id, word) values (1, 'a')");
	db_txn_end(&txn);
	CHECK(db_exec(db, "select * from passing", &e) == ERR_INVALID);
	CHECK(schema_create(db, &temporary, &e) == ERR_NONE);
	does(db, "insert into passing (id, word) values (1, 'a')");
	refuses(db, "insert into passing (id, word) values (2, 'a')", schema_unique());
	CHECK(schema_drop(db, &pairs, &e) == ERR_INTERNAL);
}

TEST(schema_a_table_that_is_missing_or_altered_is_found)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	CHECK(schema_check_table(db, &temporary, &e) == ERR_MISSING);
	does(db, "alter table pair add column extra text");
	CHECK(schema_check_table(db, &pairs, &e) == ERR_FAILED);
	CHECK(strstr(e.message, "altered") != NULL);
	does(db, "alter table row drop column name");
	CHECK(schema_check_table(db, &versioned, &e) == ERR_FAILED);
	does(db, "alter table log rename column note to remark");
	CHECK(schema_check_table(db, &append_only, &e) == ERR_FAILED);
	CHECK(schema_check_table(db, &growing, &e) == ERR_NONE);
}
