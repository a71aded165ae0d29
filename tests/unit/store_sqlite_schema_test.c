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
