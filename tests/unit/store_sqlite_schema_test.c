#include "schema_fixture.h"
#include "test.h"

/* What only SQLite can do to a guard. */

TEST_SQLITE(schema_no_guard_is_passed_by_replacing_a_row)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into log (id, data, note) values (1, x'00', 'a')");
	refuses(db, "insert or replace into log (id, data) values (1, x'01')", "append-only");
	does(db, "insert into tile (id, data, note) values (1, x'0001', 'n')");
	refuses(db, "insert or replace into tile (id, data) values (1, x'000102')", "append-only");
	does(db, "insert into row (id, row_version, name) values (1, 1, 'a')");
	refuses(db, "insert or replace into row (id, row_version) values (1, 2)", "history");
}

TEST_SQLITE(schema_a_guard_in_a_file_that_is_gone_or_altered_is_found)
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

/* As an older program made it: another order of rows, and of columns. */
static const char older_history[] =
	"drop table row_history; "
	"create table row_history (name text, id integer not null, row_version integer not null, "
	"primary key (id, row_version)) strict, without rowid; "
	"create trigger row_history_guard_update before update on row_history begin select 1; end; "
	"insert into row_history (id, row_version, name) values (2, 1, 'c'), (1, 2, 'b'), "
	"(1, 1, 'a'); "
	"insert into row (id, row_version, name) values (1, 2, 'b'), (3, 1, 'x')";

static void
history_is_as_now(struct db *db)
{
	struct err e = {0};

	CHECK(schema_check_table(db, &history, &e) == ERR_NONE);
	CHECK(schema_check_guards(db, &history, &e) == ERR_NONE);
	CHECK(schema_check_guards(db, &versioned, &e) == ERR_NONE);
	CHECK(schema_number(
		      db,
		      "select count(*) from row_history where (id, row_version, name, rowid) in "
		      "((1, 1, 'a', 1), (1, 2, 'b', 2), (2, 1, 'c', 3))") == 3);
	CHECK(schema_number(db, "select count(*) from sqlite_schema where name like '%before%'") ==
	      0);
	refuses(db, "delete from row_history", "append-only");
	refuses(db, "insert into row_history (id, row_version) values (1, 1)", schema_unique());
	does(db, "update row set row_version = 3 where id = 1");
	refuses(db, "update row set row_version = 2 where id = 3", "history");
}

TEST_SQLITE(schema_a_table_in_another_order_is_made_anew_with_its_rows)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct db_txn txn;
	struct err e = {0};

	does(db, older_history);
	CHECK(schema_check_table(db, &history, &e) == ERR_FAILED);
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(schema_rebuild(db, &history, NULL, &e) == ERR_NONE);
	db_txn_end(&txn);
	CHECK(schema_check_table(db, &history, &e) == ERR_FAILED);
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(schema_rebuild(db, &history, NULL, &e) == ERR_NONE);
	CHECK(db_commit(&txn, &e) == ERR_NONE);
	history_is_as_now(db);
	/* One that is as it should be stays so. */
	CHECK(schema_rebuild(db, &history, NULL, &e) == ERR_NONE);
	CHECK(schema_check_table(db, &history, &e) == ERR_NONE);
	CHECK(schema_check_guards(db, &history, &e) == ERR_NONE);
}

TEST_SQLITE(schema_what_an_index_says_of_a_table_that_is_made_anew_still_holds)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, "insert into log (id, data, note) values (7, x'00', 'a')");
	CHECK(schema_rebuild(db, &append_only, NULL, &e) == ERR_NONE);
	refuses(db, "insert into log (id, data, note) values (8, x'00', 'a')", schema_unique());
	refuses(db, "delete from log", "append-only");
	CHECK(schema_rebuild(db, &pairs, NULL, &e) == ERR_NONE);
	CHECK(schema_check_table(db, &pairs, &e) == ERR_NONE);
}

TEST_SQLITE(schema_a_table_that_lacks_a_column_is_not_made_anew)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct db_txn txn;
	struct err e = {0};

	does(db, "drop table row_history; create table row_history (id integer not null, "
		 "row_version integer not null, primary key (id, row_version)) strict; "
		 "insert into row_history values (1, 1)");
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(schema_rebuild(db, &history, NULL, &e) == ERR_INVALID);
	db_txn_end(&txn);
	CHECK(schema_number(db, "select count(*) from row_history") == 1);
}
