#include "engine_fixture.h"
#include "failing_disk.h"
#include "store/find.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
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

static bool
is_whole(struct db *db)
{
	return number(db, "select count(*) from pragma_integrity_check where integrity_check = "
			  "'ok'") == 1;
}

static void
tables_make(struct db *db)
{
	engine_does(db, "create table page (id integer primary key, round integer, data blob)");
	engine_does(db, "create table kept (id integer primary key, data blob)");
	engine_does(db, "insert into page with n(i) as (select 1 union all select i + 1 from n "
			"where i < 400) select i, 0, randomblob(3900) from n");
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
	tables_make(db);
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
	CHECK(is_whole(db));
}

/* A row that is written once, in the middle of others. */
static void
kept_write(struct db *db)
{
	round_write(db);
	engine_does(db, "insert into kept (data) values (randomblob(3900))");
}

/* While the disk forgets what it was given for the file, all of it is in the log, which is told and
 * hinders nobody; and when it keeps it again, all of it is moved once more. */
TEST_SQLITE(a_disk_that_fails_while_the_log_is_moved_loses_nothing)
{
	enum { GOOD = 12, BAD = 50, AGAIN = 60 };
	CLEANUP(db_closep) struct db *reader = NULL;
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};
	int failures;
	PLACE p;

	failing_disk_use();
	engine_place_make(&p);
	CHECK(db_open(p.where, DB_CREATE, &db, &e) == ERR_NONE);
	tables_make(db);
	CHECK(db_mover_start(db, &e) == ERR_NONE);
	CHECK(db_open(p.where, DB_READ, &reader, &e) == ERR_NONE);
	for (int i = 0; i < GOOD; i++)
		kept_write(db);
	CHECK(!db_mover_fails(db, &e));
	failing_disk_set(true);
	for (int i = 0; i < BAD; i++)
		kept_write(db);
	for (int i = 0; i < BAD && !db_mover_fails(db, &e); i++)
		kept_write(db);
	CHECK(db_mover_fails(db, &e) && e.code == ERR_IO && strstr(e.message, "look at the disk"));
	/* What was committed is read, and by whoever comes anew. */
	CHECK(number(reader, "select count(*) from kept") ==
	      number(db, "select max(id) from kept"));
	CHECK(number(reader, "select min(round) from page") ==
	      number(db, "select count(*) from kept"));
	CHECK(log_pages(&p) > (int64_t)BAD * ROWS);
	failing_disk_set(false);
	failures = failing_disk_count();
	CHECK(failures > 0);
	for (int i = 0; i < AGAIN; i++)
		round_write(db);
	CHECK(!db_mover_fails(db, &e) && failing_disk_count() == failures);
	CHECK(log_pages(&p) < MOST_PAGES);
	CHECK(number(db, "select sum(length(data)) from kept") ==
	      3900 * number(db, "select max(id) from kept"));
	/* Nothing of it is in a log any more. */
	db_close(reader);
	reader = NULL;
	db_close(db);
	db = NULL;
	failing_disk_cut();
	CHECK(db_open(p.where, DB_READ, &reader, &e) == ERR_NONE);
	CHECK(number(reader, "select count(*) from kept") >= GOOD + BAD);
	CHECK(number(reader, "select min(round) from page") ==
	      AGAIN + number(reader, "select count(*) from kept"));
	CHECK(is_whole(reader));
}

/* Without a thread for it, as commands write. */
TEST_SQLITE(a_command_whose_disk_fails_leaves_the_log_to_the_next)
{
	enum { ROUNDS_OWN = 30 };
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};
	PLACE p;

	failing_disk_use();
	engine_place_make(&p);
	CHECK(db_open(p.where, DB_CREATE, &db, &e) == ERR_NONE);
	tables_make(db);
	failing_disk_set(true);
	for (int i = 0; i < ROUNDS_OWN; i++)
		kept_write(db);
	db_close(db);
	db = NULL;
	CHECK(failing_disk_count() > 0 && log_pages(&p) > (int64_t)ROUNDS_OWN * ROWS / 2);
	failing_disk_cut();
	failing_disk_set(false);
	CHECK(db_open(p.where, DB_WRITE, &db, &e) == ERR_NONE);
	CHECK(number(db, "select count(*) from kept") == ROUNDS_OWN);
	db_close(db);
	db = NULL;
	failing_disk_cut();
	CHECK(db_open(p.where, DB_READ, &db, &e) == ERR_NONE);
	CHECK(number(db, "select count(*) from kept") == ROUNDS_OWN);
	CHECK(number(db, "select min(round) from page") == ROUNDS_OWN);
	CHECK(is_whole(db));
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
