#include "engine_fixture.h"

#include "base/buf.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

const char *
engine_store(void)
{
	const char *where = getenv("HOLDFAST_TEST_STORE");

	return where ? where : ":memory:";
}

bool
engine_is_server(void)
{
	return db_is_remote(engine_store());
}

struct db *
engine_scratch(void)
{
	struct db *db = NULL;
	struct err e = {0};

	if (db_open(engine_store(), DB_SCRATCH, &db, &e)) {
		fprintf(stderr, "%s: %s\n", engine_store(), e.message);
		abort();
	}
	return db;
}

void
engine_clear(void)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(!db_open(engine_store(), DB_WRITE, &db, &e));
	engine_does(db, "drop schema if exists holdfast cascade");
}

void
engine_place_make(struct engine_place *p)
{
	*p = (struct engine_place){.folder = "/tmp/holdfast-store.XXXXXX"};
	if (engine_is_server()) {
		engine_clear();
		CHECK(snprintf(p->where, sizeof(p->where), "%s", engine_store()) <
		      (int)sizeof(p->where));
		return;
	}
	CHECK(mkdtemp(p->folder) != NULL);
	(void)snprintf(p->where, sizeof(p->where), "%s/a b's.db", p->folder);
}

void
engine_place_clear(struct engine_place *p)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char path[sizeof(p->where) + 8];

	if (engine_is_server()) {
		engine_clear();
		return;
	}
	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", p->where, tails[i]);
		(void)unlink(path);
	}
	CHECK(rmdir(p->folder) == 0);
}

void
engine_unguard(struct db *db, const char *table)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = 4096};

	if (engine_is_server())
		buf_addf(&sql,
			 "drop trigger if exists guard_rows on \"%s\"; "
			 "drop trigger if exists guard_whole on \"%s\"",
			 table, table);
	else
		buf_addf(&sql,
			 "drop trigger if exists \"%s_guard_update\"; "
			 "drop trigger if exists \"%s_guard_delete\"",
			 table, table);
	CHECK(!sql.failed);
	engine_does(db, sql.data);
}

void
engine_speak_sqlite(struct db *db)
{
	if (engine_is_server())
		engine_does(db,
			    "create domain blob as bytea; create function zeroblob(size bigint) "
			    "returns bytea language sql as $$select decode(repeat('00', "
			    "cast(size as int)), 'hex')$$");
}

void
engine_does(struct db *db, const char *sql)
{
	struct err e = {0};

	if (db_exec(db, sql, &e)) {
		fprintf(stderr, "%s: %s\n", sql, e.message);
		abort();
	}
}

void
engine_refuses(struct db *db, const char *sql, enum err_code code, const char *words)
{
	struct err e = {0};

	if (db_exec(db, sql, &e) != code || !strstr(e.message, words)) {
		fprintf(stderr, "%s: %s\n", sql, e.message);
		abort();
	}
}
