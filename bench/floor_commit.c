/* floor_commit.c -- what one durable commit costs: the measure for the change of one record.
 *
 * usage: floor_commit FILE TIMES
 *
 * Makes a database with one table of a thousand rows in the file, and updates one row TIMES times,
 * each in a transaction of its own, with the settings of a workspace: WAL, synchronous=FULL. Prints
 * the median in seconds.
 */
#include "seconds.h"

#include <sqlite3.h>
#include <stdio.h>

enum { ROWS = 1000, TIMES_MOST = 100000 };

static void
demand(int good, sqlite3 *db, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "floor_commit: %s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
	exit(2);
}

static void
run(sqlite3 *db, const char *sql)
{
	demand(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, db, sql);
}

int
main(int argc, char **argv)
{
	static double took[TIMES_MOST];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int times;

	demand(argc == 3, NULL, "usage: floor_commit FILE TIMES");
	times = atoi(argv[2]);
	demand(times > 0 && times <= TIMES_MOST, NULL, "TIMES");
	(void)remove(argv[1]);
	demand(sqlite3_open(argv[1], &db) == SQLITE_OK, db, argv[1]);
	run(db, "pragma journal_mode = wal; pragma synchronous = full");
	run(db, "create table t (id integer primary key, number integer not null, text text not "
		"null) strict");
	run(db, "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) "
		"insert into t select i, 0, 'a text about as long as those of a record' from n");
	demand(sqlite3_prepare_v2(db, "update t set number = ? where id = ?", -1, &s, NULL) ==
		       SQLITE_OK,
	       db, "update");
	for (int i = 0; i < times; i++) {
		double start = bench_now();

		run(db, "begin immediate");
		(void)sqlite3_bind_int(s, 1, i);
		(void)sqlite3_bind_int(s, 2, i % ROWS + 1);
		demand(sqlite3_step(s) == SQLITE_DONE, db, "update");
		(void)sqlite3_reset(s);
		run(db, "commit");
		took[i] = bench_now() - start;
	}
	qsort(took, (size_t)times, sizeof(*took), bench_ascending);
	(void)printf("%.6f\n", took[times / 2]);
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	return 0;
}
