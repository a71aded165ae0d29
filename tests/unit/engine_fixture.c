#include "engine_fixture.h"

#include "test.h"

#include <string.h>

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
