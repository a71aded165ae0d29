#include "store/schema.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A database file in a folder of its own, and the way to get rid of both. */
struct store {
	char folder[64];
	char path[96];
	struct db *db;
	struct err e;
};

static void
store_open(struct store *t)
{
	*t = (struct store){.folder = "/tmp/holdfast-store.XXXXXX"};
	CHECK(mkdtemp(t->folder) != NULL);
	(void)snprintf(t->path, sizeof(t->path), "%s/a b's.db", t->folder);
	CHECK(db_open(t->path, DB_CREATE, &t->db, &t->e) == ERR_NONE);
	CHECK(db_exec(t->db, "create table thing (id integer primary key, name text) strict",
		      &t->e) == ERR_NONE);
}

static void
store_close(struct store *t)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char path[128];

	db_close(t->db);
	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", t->path, tails[i]);
		(void)unlink(path);
	}
	CHECK(rmdir(t->folder) == 0);
}

static int64_t
count_things(struct db *db)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_prepare(db, "select count(*) from thing", &s, &e) == ERR_NONE);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row);
	return db_int(s, 0);
}

static void
things_add(struct db *db, int count)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	char name[3000];

	memset(name, 'n', sizeof(name));
	CHECK(db_prepare(db, "insert into thing (name) values (:name)", &s, &e) == ERR_NONE);
	for (int i = 0; i < count; i++) {
		db_bind_text(s, 1, (struct str){name, sizeof(name)});
		CHECK(db_run(s, &e) == ERR_NONE);
	}
}

static void
is_whole(struct db *db)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_prepare(db, "pragma integrity_check", &s, &e) == ERR_NONE);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row && str_is(db_text(s, 0), "ok"));
}

/* The log's pieces are gathered before they are written: as many as fit, and more than that; with
 * so little memory that a transaction writes before it ends, and without waiting for the disk. */
TEST(db_what_a_transaction_wrote_is_read_by_others_once_it_ended)
{
	CLEANUP(db_closep) struct db *reader = NULL;
	struct store t;
	int64_t there = 0;

	store_open(&t);
	CHECK(db_exec(t.db, "pragma synchronous = off; pragma cache_size = 10", &t.e) == ERR_NONE);
	CHECK(db_open(t.path, DB_READ, &reader, &t.e) == ERR_NONE);
	for (int i = 1; i <= 60; i++) {
		DB_TXN txn = {0};

		CHECK(db_begin(t.db, &txn, &t.e) == ERR_NONE);
		things_add(t.db, i);
		CHECK(count_things(t.db) == there + i && count_things(reader) == there);
		if (i % 3 == 0)
			continue;
		CHECK(db_commit(&txn, &t.e) == ERR_NONE);
		there += i;
		CHECK(count_things(reader) == there);
	}
	is_whole(reader);
	db_close(reader);
	reader = NULL;
	store_close(&t);
}

/* With so little memory for pages that both write to the log before they end. */
TEST(db_what_was_rolled_back_leaves_the_log_to_other_writers)
{
	CLEANUP(db_closep) struct db *other = NULL;
	struct store t;
	int64_t there = 0;

	store_open(&t);
	CHECK(db_open(t.path, DB_WRITE, &other, &t.e) == ERR_NONE);
	CHECK(db_exec(t.db, "pragma cache_size = 10", &t.e) == ERR_NONE);
	CHECK(db_exec(other, "pragma cache_size = 10", &t.e) == ERR_NONE);
	for (int i = 1; i <= 20; i++) {
		DB_TXN txn = {0};

		/* So that all that follows is in the log alone, from its beginning. */
		CHECK(db_exec(t.db, "pragma wal_checkpoint(truncate)", &t.e) == ERR_NONE);
		CHECK(db_begin(t.db, &txn, &t.e) == ERR_NONE);
		things_add(t.db, 25);
		db_txn_end(&txn);
		CHECK(db_begin(other, &txn, &t.e) == ERR_NONE);
		things_add(other, i);
		CHECK(db_commit(&txn, &t.e) == ERR_NONE);
		db_txn_end(&txn);
		there += i;
		CHECK(count_things(t.db) == there);
		CHECK(db_begin(t.db, &txn, &t.e) == ERR_NONE);
		things_add(t.db, 1);
		CHECK(db_commit(&txn, &t.e) == ERR_NONE);
		db_txn_end(&txn);
		there++;
		CHECK(count_things(other) == there && count_things(t.db) == there);
	}
	is_whole(other);
	db_close(other);
	other = NULL;
	store_close(&t);
}

TEST(db_each_type_comes_back_as_it_was_bound)
{
	CLEANUP(db_closep) struct db *db = NULL;
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_prepare(db, "select :int, :text, :blob, :none, :empty, :least, :nul as last", &s,
			 &e) == ERR_NONE);
	CHECK(db_param_count(s) == 7);
	CHECK(db_param(s, "int") == 1 && db_param(s, "nul") == 7 && db_param(s, "other") == 0);
	CHECK(db_param(s, "a_name_that_is_longer_than_any_parameter_could_be_in_this_house_of_ours"
			  "_really") == 0);
	CHECK(strcmp(db_param_name(s, 2), "text") == 0);
	db_bind_int(s, 1, INT64_MAX);
	db_bind_text(s, 2, str_of("it's \xc3\xa9"));
	db_bind_blob(s, 3, "\0\1\xff", 3);
	db_bind_null(s, 4);
	db_bind_text(s, 5, str_of(""));
	db_bind_int(s, 6, INT64_MIN);
	db_bind_text(s, 7, (struct str){0});
	CHECK(db_step(s, &row, &e) == ERR_NONE && row);
	CHECK(db_column_count(s) == 7 && strcmp(db_column_name(s, 6), "last") == 0);
	CHECK(db_is_int(s, 0) && db_int(s, 0) == INT64_MAX);
	CHECK(!db_is_int(s, 1) && str_is(db_text(s, 1), "it's \xc3\xa9"));
	CHECK(str_eq(db_text(s, 2), (struct str){"\0\1\xff", 3}));
	CHECK(db_is_null(s, 3) && db_text(s, 3).ptr == NULL);
	CHECK(!db_is_null(s, 4) && db_text(s, 4).ptr != NULL && db_text(s, 4).len == 0);
	CHECK(db_int(s, 5) == INT64_MIN);
	CHECK(db_is_null(s, 6));
	CHECK(db_step(s, &row, &e) == ERR_NONE && !row);
	/* Reset by itself: it runs again with what is bound. */
	CHECK(db_step(s, &row, &e) == ERR_NONE && row && db_int(s, 0) == INT64_MAX);
}

TEST(db_a_repeated_parameter_is_one)
{
	CLEANUP(db_closep) struct db *db = NULL;
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_prepare(db, "select :a + :b + :a", &s, &e) == ERR_NONE);
	CHECK(db_param_count(s) == 2);
	db_bind_int(s, db_param(s, "a"), 10);
	db_bind_int(s, db_param(s, "b"), 1);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row && db_int(s, 0) == 21);
}

TEST(db_faults_of_statements_are_told)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct db_stmt *s = NULL;
	struct err e = {0};

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_prepare(db, "select * from nothing", &s, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "nothing") != NULL);
	CHECK(db_prepare(db, "", &s, &e) == ERR_INVALID);
	CHECK(db_prepare(db, "-- only a comment", &s, &e) == ERR_INVALID);
	CHECK(db_prepare(db, "select 1; select 2", &s, &e) == ERR_INVALID);
	CHECK(db_exec(db, "create table t (a integer) strict; nonsense", &e) == ERR_INVALID);
	CHECK(s == NULL);
}

TEST(db_a_strict_column_refuses_another_type)
{
	struct store t;
	int64_t changed = 0;

	store_open(&t);
	CHECK(db_exec(t.db, "insert into thing (id, name) values (1, x'00')", &t.e) ==
	      ERR_CONFLICT);
	CHECK(db_exec(t.db, "insert into thing (id) values (1)", &t.e) == ERR_NONE);
	CHECK(!db_changes(t.db, &changed, &t.e) && changed == 1);
	CHECK(db_exec(t.db, "insert into thing (id) values (1)", &t.e) == ERR_CONFLICT);
	store_close(&t);
}

static void
write_and_leave(struct store *t, bool commit)
{
	DB_TXN txn = {0};

	CHECK(db_begin(t->db, &txn, &t->e) == ERR_NONE);
	CHECK(db_exec(t->db, "insert into thing (name) values ('x')", &t->e) == ERR_NONE);
	CHECK(count_things(t->db) == 1);
	if (commit)
		CHECK(db_commit(&txn, &t->e) == ERR_NONE);
}

TEST(db_a_transaction_rolls_back_when_it_leaves_its_scope)
{
	struct store t;

	store_open(&t);
	write_and_leave(&t, false);
	CHECK(count_things(t.db) == 0);
	write_and_leave(&t, true);
	CHECK(count_things(t.db) == 1);
	store_close(&t);
}

TEST(db_a_transaction_within_another_is_refused)
{
	struct store t;

	store_open(&t);
	{
		DB_TXN outer = {0};
		DB_TXN inner = {0};

		CHECK(db_begin(t.db, &outer, &t.e) == ERR_NONE);
		CHECK(db_begin(t.db, &inner, &t.e) == ERR_INTERNAL);
		CHECK(db_begin_read(t.db, &inner, &t.e) == ERR_INTERNAL);
		/* The outer one stands. */
		CHECK(db_exec(t.db, "insert into thing (name) values ('x')", &t.e) == ERR_NONE);
		CHECK(db_commit(&outer, &t.e) == ERR_NONE);
	}
	CHECK(count_things(t.db) == 1);
	store_close(&t);
}

TEST(db_a_second_writer_waits_and_is_then_told)
{
	struct store t;
	struct db *other = NULL;
	struct db_txn txn = {0};
	struct db_txn second = {0};

	store_open(&t);
	CHECK(db_open(t.path, DB_WRITE, &other, &t.e) == ERR_NONE);
	/* Not as long as LIMIT_BUSY_SECONDS, so that the test need not wait. */
	CHECK(db_exec(other, "pragma busy_timeout = 50", &t.e) == ERR_NONE);
	CHECK(db_begin(t.db, &txn, &t.e) == ERR_NONE);
	CHECK(db_exec(t.db, "insert into thing (name) values ('x')", &t.e) == ERR_NONE);
	CHECK(db_begin(other, &second, &t.e) == ERR_BUSY);
	CHECK(strstr(t.e.message, "another process") != NULL);
	/* Readers go on, and see nothing of it before the commit. */
	CHECK(count_things(other) == 0);
	CHECK(db_commit(&txn, &t.e) == ERR_NONE);
	CHECK(count_things(other) == 1);
	CHECK(db_begin(other, &second, &t.e) == ERR_NONE);
	db_txn_end(&second);
	db_close(other);
	store_close(&t);
}

TEST(db_a_snapshot_does_not_see_later_commits)
{
	struct store t;
	struct db *other = NULL;
	struct db_txn txn = {0};

	store_open(&t);
	CHECK(db_open(t.path, DB_READ, &other, &t.e) == ERR_NONE);
	CHECK(db_begin_read(other, &txn, &t.e) == ERR_NONE);
	CHECK(count_things(other) == 0);
	CHECK(db_exec(t.db, "insert into thing (name) values ('x')", &t.e) == ERR_NONE);
	CHECK(count_things(other) == 0);
	db_txn_end(&txn);
	CHECK(count_things(other) == 1);
	db_close(other);
	store_close(&t);
}

TEST(db_read_access_writes_nothing)
{
	struct store t;
	struct db *reader = NULL;

	store_open(&t);
	CHECK(db_open(t.path, DB_READ, &reader, &t.e) == ERR_NONE);
	CHECK(db_exec(reader, "insert into thing (name) values ('x')", &t.e) == ERR_DENIED);
	CHECK(db_exec(reader, "drop table thing", &t.e) == ERR_DENIED);
	CHECK(count_things(reader) == 0);
	db_close(reader);
	store_close(&t);
}

TEST(db_only_create_access_makes_a_file)
{
	struct store t;
	struct db *db = NULL;
	char path[96];

	store_open(&t);
	(void)snprintf(path, sizeof(path), "%s/other.db", t.folder);
	CHECK(db_open(path, DB_READ, &db, &t.e) == ERR_DENIED);
	CHECK(db_open(path, DB_WRITE, &db, &t.e) == ERR_DENIED);
	CHECK(access(path, F_OK) != 0);
	CHECK(db_open(t.folder, DB_CREATE, &db, &t.e) == ERR_DENIED);
	CHECK(db == NULL);
	store_close(&t);
}

TEST(db_a_file_that_is_no_database_is_refused)
{
	struct store t;
	struct db *db = NULL;
	char path[96];
	FILE *file;

	store_open(&t);
	(void)snprintf(path, sizeof(path), "%s/text.db", t.folder);
	file = fopen(path, "w");
	CHECK(file != NULL);
	for (int i = 0; i < 100; i++)
		CHECK(fprintf(file, "this is plain text, %d\n", i) > 0);
	CHECK(fclose(file) == 0);
	CHECK(db_open(path, DB_WRITE, &db, &t.e) == ERR_INVALID);
	CHECK(strstr(t.e.message, "damaged or is none") != NULL);
	CHECK(unlink(path) == 0);
	store_close(&t);
}

TEST(db_a_deadline_ends_a_statement_and_can_be_lifted)
{
	static const char endless[] = "with recursive n(i) as (select 1 union all select i + 1 "
				      "from n where i < :end) select count(*) from n";
	CLEANUP(db_closep) struct db *db = NULL;
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row;

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	CHECK(db_prepare(db, endless, &s, &e) == ERR_NONE);
	db_bind_int(s, 1, INT64_MAX);
	db_deadline(db, 20);
	CHECK(db_step(s, &row, &e) == ERR_TOO_BIG);
	CHECK(strstr(e.message, "longer than allowed") != NULL);
	db_deadline(db, 0);
	db_bind_int(s, 1, 200000);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row && db_int(s, 0) == 200000);
}

/* The tables that a guarded statement said it reads. */
struct tables_read {
	char names[256];
};

static void
on_read(void *object, const char *table)
{
	struct tables_read *r = object;

	if (!strstr(r->names, table)) {
		(void)strncat(r->names, table, 60);
		(void)strncat(r->names, " ", 2);
	}
}

TEST(db_guarded_statements_say_what_they_read)
{
	struct store t;
	struct tables_read read = {0};
	struct db_guard guard = {.reads = on_read, .object = &read};
	struct db_stmt *s = NULL;

	store_open(&t);
	CHECK(db_exec(t.db, "create table other (id integer primary key, d text) strict", &t.e) ==
	      ERR_NONE);
	CHECK(db_prepare_guarded(t.db,
				 "with young as (select id from other where d > :today)\n"
				 "select t.id as record from thing t join young y on y.id = t.id "
				 "where days_between(:today, '2026-03-01') > 1 and "
				 "coalesce(length(t.name), 0) > 2 -- why not\n;",
				 &guard, &s, &t.e) == ERR_NONE);
	CHECK(strstr(read.names, "thing ") && strstr(read.names, "other "));
	db_stmt_free(s);
	/* What follows may only be a comment. */
	CHECK(db_prepare_guarded(t.db, "select id from thing; -- that is all\n /* yes */", &guard,
				 &s, &t.e) == ERR_NONE);
	db_stmt_free(s);
	store_close(&t);
}

TEST(db_guarded_statements_do_nothing_but_read)
{
	static const char *const refused[] = {
		"insert into thing (name) values ('x')",
		"update thing set name = 'x'",
		"delete from thing",
		"insert into thing (name) values ('x') returning id",
		"with a as (select 1) delete from thing",
		"drop table thing",
		"create table t (a integer)",
		"create temp table t (a integer)",
		"create view v as select 1",
		"create trigger g before delete on thing begin select 1; end",
		"alter table thing add column b text",
		"pragma user_version",
		"pragma journal_mode = delete",
		"select * from pragma_database_list",
		"select * from pragma_table_info('thing')",
		"attach 'x.db' as x",
		"detach main",
		"begin",
		"commit",
		"savepoint a",
		"vacuum",
		"reindex",
		"analyze",
		"select sql from sqlite_master",
		"select sql from SQLITE_Schema",
		"select name from sqlite_temp_master",
		"select value from json_each('[1,2]')",
		"select load_extension('x')",
		"select randomblob(1000000000)",
		"select random()",
		"select hex(name) from thing",
		"select printf('%9999999d', 1)",
		"select zeroblob(1000000000)",
		"select sqlite_version()",
		"select date('now')",
		"select datetime('now')",
		"select current_timestamp",
		"select name from thing where name like 'a%'",
		"select name from thing where name glob 'a*'",
		"select group_concat(name) from thing",
		"select json_extract('{}', '$')",
		"select fts5(1)",
		"select last_insert_rowid()",
		"select id from thing; select 2",
		"select id from thing; drop table thing",
		"select id from thing /* a */; delete from thing",
		"",
		";",
		"-- nothing",
	};
	struct store t;
	struct db_stmt *s = NULL;

	store_open(&t);
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct db_guard guard = {0};

		if (db_prepare_guarded(t.db, refused[i], &guard, &s, &t.e) != ERR_INVALID) {
			fprintf(stderr, "not refused: %s\n", refused[i]);
			abort();
		}
	}
	/* And what is no plan's statement is as free as before. */
	CHECK(db_exec(t.db, "insert into thing (name) values ('x')", &t.e) == ERR_NONE);
	CHECK(count_things(t.db) == 1);
	store_close(&t);
}

TEST(db_a_guarded_fault_is_placed_in_the_text)
{
	struct store t;
	struct db_guard guard = {0};
	struct db_stmt *s = NULL;

	store_open(&t);
	CHECK(db_prepare_guarded(t.db, "select id, nmae from thing", &guard, &s, &t.e) ==
	      ERR_INVALID);
	CHECK(guard.offset == 11);
	CHECK(strstr(t.e.message, "nmae") != NULL);
	CHECK(db_prepare_guarded(t.db, "select id from thing; select 2", &guard, &s, &t.e) ==
	      ERR_INVALID);
	CHECK(guard.offset == 22);
	store_close(&t);
}

struct busy {
	const char *path;
	atomic_bool enough;
	size_t written;
};

static void *
write_on(void *object)
{
	struct busy *b = object;
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(!db_open(b->path, DB_WRITE, &db, &e));
	while (!atomic_load(&b->enough)) {
		CHECK(!db_exec(db, "insert into thing (name) values ('x')", &e));
		b->written++;
	}
	return NULL;
}

/* SQLite says of that only that it cannot write. */
TEST_SQLITE(a_file_that_may_grow_no_larger_is_a_full_disk_and_nothing_is_kept)
{
	const struct rlimit small = {256 * 1024, RLIM_INFINITY};
	struct rlimit usual;
	struct store t;
	enum err_code rc = ERR_NONE;

	(void)signal(SIGXFSZ, SIG_IGN);
	store_open(&t);
	CHECK(getrlimit(RLIMIT_FSIZE, &usual) == 0);
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	{
		DB_TXN txn = {0};

		CHECK(db_begin(t.db, &txn, &t.e) == ERR_NONE);
		things_add(t.db, 200);
		rc = db_commit(&txn, &t.e);
	}
	CHECK(rc == ERR_FULL && strstr(t.e.message, "free some space"));
	CHECK(count_things(t.db) == 0);
	CHECK(setrlimit(RLIMIT_FSIZE, &usual) == 0);
	things_add(t.db, 200);
	CHECK(count_things(t.db) == 200);
	is_whole(t.db);
	store_close(&t);
}

/* Not even a reader that may not write waits for a writer. */
TEST_SQLITE(threads_read_one_state_while_another_writes)
{
	struct store t;
	CLEANUP(db_closep) struct db *db = NULL;
	struct busy busy = {0};
	pthread_t writer;

	store_open(&t);
	busy.path = t.path;
	CHECK(!db_open(t.path, DB_READ, &db, &t.e));
	CHECK(pthread_create(&writer, NULL, write_on, &busy) == 0);
	for (int64_t last = 0, rounds = 0; rounds < 100 || last < 100; rounds++) {
		struct db *readers[2];
		size_t count = COUNT_OF(readers);

		CHECK(!db_readers(db, readers, &count, &t.e) && count == COUNT_OF(readers));
		last = count_things(readers[0]);
		CHECK(count_things(readers[1]) == last);
		db_close(readers[0]);
		db_close(readers[1]);
	}
	atomic_store(&busy.enough, true);
	CHECK(pthread_join(writer, NULL) == 0);
	CHECK(count_things(db) == (int64_t)busy.written);
	store_close(&t);
}
