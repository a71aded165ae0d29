#include "engine_fixture.h"
#include "store/find.h"
#include "test.h"

#include <stdio.h>
#include <sys/stat.h>

/* Each transaction writes every row anew, each on a page of its own; altogether more pages than the
 * log may ever have. */
enum { ROWS = 400, ROUNDS = 150, HELD_ROUNDS = 40, MOST_PAGES = 49000, PAGE = 4096 + 24 };

static int64_t
number(struct db *db, const char *sql)
{
	const struct db_find f = {sql, {{0}}};
	struct err e = {0};
	int64_t n = -1;

	CHECK(db_find_int(db, &f, &n, NULL, &e) == ERR_NONE);
	return n;
}

static void
round_write(struct db *db)
{
	struct db_txn txn = {0};
	struct err e = {0};

	CHECK(db_begin(db, &txn, &e) == ERR_NONE);
	engine_does(db, "update page set round = round + 1, data = randomblob(3900)");
	CHECK(db_commit(&txn, &e) == ERR_NONE);
	db_txn_end(&txn);
}

static int64_t
log_pages(const struct engine_place *p)
{
	char path[600];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s-wal", p->where);
	CHECK(stat(path, &st) == 0);
	return st.st_size / PAGE;
}

TEST_SQLITE(a_log_that_a_thread_moves_stays_short_whoever_reads_or_writes)
{
	CLEANUP(db_closep) struct db *reader = NULL;
	CLEANUP(db_closep) struct db *db = NULL;
	struct db_txn past = {0};
	struct err e = {0};
	PLACE p;

	engine_place_make(&p);
	CHECK(db_open(p.where, DB_CREATE, &db, &e) == ERR_NONE);
	engine_does(db, "create table page (id integer primary key, round integer, data blob)");
	engine_does(db, "insert into page with n(i) as (select 1 union all select i + 1 from n "
			"where i < 400) select i, 0, randomblob(3900) from n");
	CHECK(number(db, "select count(*) from page") == ROWS);
	CHECK(db_mover_start(db, &e) == ERR_NONE);
	CHECK(db_open(p.where, DB_READ, &reader, &e) == ERR_NONE);
	CHECK(db_begin_read(reader, &past, &e) == ERR_NONE);
	CHECK(number(reader, "select sum(round) from page") == 0);
	for (int i = 0; i < ROUNDS; i++) {
		round_write(db);
		if (i != HELD_ROUNDS)
			continue;
		/* What somebody reads yet stays, and the log with it. */
		CHECK(log_pages(&p) > HELD_ROUNDS * ROWS);
		CHECK(number(reader, "select sum(round) from page") == 0);
		db_txn_end(&past);
	}
	CHECK(log_pages(&p) < MOST_PAGES);
	CHECK(number(reader, "select sum(round) from page") == (int64_t)ROUNDS * ROWS);
	db_mover_stop(db);
	db_mover_stop(db);
	round_write(db);
	CHECK(number(reader, "select min(round) from page") == ROUNDS + 1);
	CHECK(number(db,
		     "select count(*) from pragma_integrity_check where integrity_check = 'ok'") ==
	      1);
}

TEST_SQLITE(a_store_without_a_log_needs_no_thread_for_it)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_mover_start(db, &e) == ERR_NONE);
	engine_does(db, "create table page (id integer primary key)");
	db_mover_stop(db);
}
