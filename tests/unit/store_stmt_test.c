#include "engine_fixture.h"
#include "store/schema.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static const struct column thing_columns[] = {
	{"id",   COLUMN_INT,  true },
	{"name", COLUMN_TEXT, false},
};
static const struct table thing = {.name = "thing",
				   .columns = thing_columns,
				   .column_count = COUNT_OF(thing_columns),
				   .primary_key = "id"};
/* The same name, with other columns; it stands before the one above. */
static const struct column other_columns[] = {
	{"id",   COLUMN_INT, true},
	{"name", COLUMN_INT, true},
};
static const struct table other = {.name = "thing",
				   .columns = other_columns,
				   .column_count = COUNT_OF(other_columns),
				   .primary_key = "id",
				   .temporary = true};

static const char find_sql[] = "select t.id, t.name from thing t where t.id = :id";

static struct db *
with_things(void)
{
	struct db *db = engine_scratch();
	struct err e = {0};

	CHECK(!schema_create(db, &thing, &e));
	engine_does(db, "insert into thing values (1, 'one'), (2, 'two'), (3, 'three')");
	return db;
}

static struct db_stmt *
prepared(struct db *db, const char *sql)
{
	struct db_stmt *s = NULL;
	struct err e = {0};

	CHECK(!db_prepare(db, sql, &s, &e));
	return s;
}

static bool
steps(struct db_stmt *s)
{
	struct err e = {0};
	bool row = false;

	CHECK(!db_step(s, &row, &e));
	return row;
}

TEST(stmt_given_back_is_given_out_again_without_its_values)
{
	CLEANUP(db_closep) struct db *db = with_things();
	struct db_stmt *first = prepared(db, find_sql);
	struct db_stmt *again;

	db_bind_int(first, 1, 2);
	CHECK(steps(first));
	db_stmt_free(first); /* in the middle of its rows */
	again = prepared(db, find_sql);
	CHECK(again == first);
	CHECK(!steps(again));
	db_reset(again);
	db_bind_int(again, 1, 3);
	CHECK(steps(again) && str_is(db_text(again, 1), "three") && !steps(again));
	db_stmt_free(again);
}

TEST(stmt_in_use_is_not_given_to_another)
{
	CLEANUP(db_closep) struct db *db = with_things();
	DB_STMT *a = prepared(db, find_sql);
	DB_STMT *b = prepared(db, find_sql);

	CHECK(a != b);
	db_bind_int(a, 1, 1);
	db_bind_int(b, 1, 2);
	CHECK(steps(a) && steps(b));
	CHECK(str_is(db_text(a, 1), "one") && str_is(db_text(b, 1), "two"));
}

TEST(stmt_of_many_texts_is_right_however_many_are_kept)
{
	CLEANUP(db_closep) struct db *db = with_things();

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			DB_STMT *s = NULL;
			char sql[80];

			(void)snprintf(sql, sizeof(sql),
				       "select t.id + %d from thing t where t.id = 3", i);
			s = prepared(db, sql);
			CHECK(steps(s) && db_int(s, 0) == i + 3);
		}
	}
}

TEST(stmt_that_failed_is_none_the_worse)
{
	CLEANUP(db_closep) struct db *db = with_things();
	static const char sql[] = "insert into thing (id, name) values (:id, 'more')";
	struct err e = {0};

	for (int id = 3; id < 5; id++) {
		DB_STMT *s = prepared(db, sql);

		db_bind_int(s, 1, id);
		CHECK(db_run(s, &e) == (id == 3 ? ERR_CONFLICT : ERR_NONE));
	}
}

TEST(stmt_means_the_table_that_has_the_name_now)
{
	CLEANUP(db_closep) struct db *db = with_things();
	struct err e = {0};

	for (int round = 0; round < 2; round++) {
		DB_STMT *s = NULL;

		if (round == 1) {
			CHECK(!schema_create(db, &other, &e));
			engine_does(db, "insert into thing values (2, 22)");
		}
		s = prepared(db, find_sql);
		db_bind_int(s, 1, 2);
		CHECK(steps(s) && db_is_int(s, 1) == (round == 1));
		CHECK(str_is(db_text(s, 1), round == 1 ? "22" : "two"));
	}
}
