#include "engine_fixture.h"
#include "store/load.h"
#include "test.h"

#include <string.h>

static const struct column columns[] = {
	{"id",   COLUMN_INT,  true },
	  {"word", COLUMN_TEXT, false}
};
static const struct table table = {
	.name = "parcel", .columns = columns, .column_count = 2, .primary_key = "id"};

enum { ROWS = 100000 };

static enum err_code
add_many(struct db_load *load, int64_t from, int64_t to, struct err *e)
{
	enum err_code rc = ERR_NONE;

	for (int64_t i = from; !rc && i <= to; i++) {
		const struct db_cell cells[] = {
			{.kind = CELL_INT,  .number = i			      },
			{.kind = CELL_TEXT,
			 .text = str_of("forty letters that fill a piece quickly")}
		   };

		rc = db_load_row(load, cells, e);
	}
	return rc;
}

static int64_t
count(struct db *db)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_prepare(db, "select count(*) from parcel", &s, &e) == ERR_NONE);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row);
	return db_int(s, 0);
}

/* Cuts the connection after `before` rows, and goes on to the commit. */
static void
cut_after(int64_t before)
{
	PLACE place;
	CLEANUP(db_closep) struct db *db = NULL;
	CLEANUP(db_closep) struct db *other = NULL;
	CLEANUP(db_load_closep) struct db_load *load = NULL;
	DB_TXN txn = {0};
	struct err e = {0};
	enum err_code rc;

	engine_place_make(&place);
	CHECK(db_open(place.where, DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_open(place.where, DB_WRITE, &other, &e) == ERR_NONE);
	CHECK(schema_create(db, &table, &e) == ERR_NONE);
	CHECK(db_load_open(db, &table, &load, &e) == ERR_NONE);
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(add_many(load, 1, before, &e) == ERR_NONE);
	engine_does(other, "select pg_terminate_backend(pid) from pg_stat_activity "
			   "where datname = current_database() and pid <> pg_backend_pid()");
	rc = add_many(load, before + 1, ROWS, &e);
	if (!rc)
		rc = db_commit(&txn, &e);
	CHECK(rc == ERR_LOST);
	CHECK(strstr(e.message, "try again") != NULL);
	db_txn_end(&txn);
	CHECK(count(other) == 0);
	/* The same load goes on when the connection is back. */
	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	CHECK(add_many(load, 1, 3, &e) == ERR_NONE);
	CHECK(count(db) == 3);
	CHECK(add_many(load, 4, 1000, &e) == ERR_NONE);
	CHECK(db_commit(&txn, &e) == ERR_NONE);
	CHECK(count(other) == 1000);
}

TEST_SERVER(pg_load_keeps_nothing_when_the_connection_is_cut_in_the_middle_of_a_copy)
{
	cut_after(1);
	cut_after(ROWS / 2);
	cut_after(ROWS);
}
