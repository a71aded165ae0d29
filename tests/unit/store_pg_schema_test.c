#include "schema_fixture.h"
#include "test.h"

#include <string.h>

TEST_SERVER(pg_a_guarded_table_is_not_emptied_at_one_stroke)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	refuses(db, "truncate log", "append-only");
	refuses(db, "truncate tile", "append-only");
	refuses(db, "truncate row", "history");
	refuses(db, "truncate pair, row_history", "append-only");
	does(db, "truncate pair");
}

/* A temporary table of the history's name could hold whatever the guard wants to see. */
TEST_SERVER(pg_a_guard_is_not_deceived_by_a_temporary_history)
{
	CLEANUP(db_closep) struct db *db = schema_open();

	does(db, "insert into row (id, row_version, name) values (1, 1, 'a')");
	does(db, "create temporary table row_history as select * from row");
	refuses(db, "update row set row_version = 2, name = 'b'", "history");
	refuses(db, "delete from row", "history");
}

TEST_SERVER(pg_a_guard_that_is_gone_or_altered_is_found)
{
	guard_broken_by("drop trigger guard_rows on log", &append_only, "update or delete");
	guard_broken_by("drop trigger guard_whole on log", &append_only, "truncate");
	guard_broken_by("drop trigger guard_rows on row", &versioned, "update or delete");
	guard_broken_by("alter table tile disable trigger guard_rows", &growing,
			"update or delete");
	guard_broken_by("alter table log disable trigger user", &append_only, "update or delete");
	guard_broken_by("alter table log enable replica trigger guard_whole", &append_only,
			"truncate");
	/* A body that does nothing, for one table and for all that share one. */
	guard_broken_by("create or replace function row_guard() returns trigger language plpgsql "
			"as $$ begin return coalesce(new, old); end $$",
			&versioned, "update or delete");
	guard_broken_by("create or replace function guard_append_only() returns trigger language "
			"plpgsql as $$ begin return null; end $$",
			&append_only, "update or delete");
	/* Less often, on a condition, on one column, for deletion alone, at another time. */
	guard_broken_by("create or replace trigger guard_rows before update or delete on log for "
			"each row when (old.id > 5) execute function guard_append_only()",
			&append_only, "update or delete");
	guard_broken_by("create or replace trigger guard_rows before update of note or delete on "
			"log for each row execute function guard_append_only()",
			&append_only, "update or delete");
	guard_broken_by("create or replace trigger guard_rows before delete on log for each row "
			"execute function guard_append_only()",
			&append_only, "update or delete");
	guard_broken_by("create or replace trigger guard_rows after update or delete on log for "
			"each row execute function guard_append_only()",
			&append_only, "update or delete");
	/* The right trigger with another table's function. */
	guard_broken_by("create or replace trigger guard_rows before update or delete on row for "
			"each row execute function guard_append_only()",
			&versioned, "update or delete");
}

static void
table_altered_by(const char *sql, const struct table *t, const char *words)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, sql);
	CHECK(schema_check_table(db, t, &e) == ERR_FAILED);
	CHECK(strcmp(e.field, t->name) == 0);
	CHECK(strstr(e.message, words) != NULL);
}

TEST_SERVER(pg_what_was_done_to_a_table_is_found)
{
	table_altered_by("alter table log alter column note type varchar(10)", &append_only,
			 "altered");
	table_altered_by("alter table log alter column note type text collate \"en-x-icu\"",
			 &append_only, "altered");
	table_altered_by("alter table log alter column data drop not null", &append_only,
			 "altered");
	table_altered_by("alter table log alter column note set default 'seen'", &append_only,
			 "altered");
	table_altered_by("alter table pair drop constraint pair_pkey", &pairs, "altered");
	table_altered_by("alter table pair set unlogged", &pairs, "altered");
	table_altered_by("create table more () inherits (pair)", &pairs, "altered");
	table_altered_by("drop table pair; create view pair as select 1::bigint as record, "
			 "1::bigint as pos, 1::bigint as value",
			 &pairs, "altered");
	table_altered_by("create rule quiet as on delete to log do instead nothing", &append_only,
			 "rule");
	table_altered_by("create function silent() returns trigger language plpgsql as "
			 "$$ begin return null; end $$; create trigger silent before insert on "
			 "pair for each row execute function silent()",
			 &pairs, "trigger");
}

/* The server would cut it, and another of the same beginning would be the same. */
TEST_SERVER(pg_a_name_that_the_server_would_cut_is_refused)
{
	static const struct column id = {"id", COLUMN_INT, true};
	static const struct table longest = {
		.name = "a23456789_123456789_123456789_123456789_123456789_1234567",
		.columns = &id,
		.column_count = 1,
		.primary_key = "id",
		.guard = GUARD_APPEND_ONLY};
	struct table longer = longest;
	CLEANUP(db_closep) struct db *db = engine_scratch();
	struct err e = {0};

	CHECK(strlen(longest.name) + strlen("_guard") == 63);
	CHECK(schema_create(db, &longest, &e) == ERR_NONE);
	CHECK(schema_check_guards(db, &longest, &e) == ERR_NONE);
	longer.name = "a23456789_123456789_123456789_123456789_123456789_12345678";
	CHECK(schema_create(db, &longer, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "57 characters") != NULL);
}
