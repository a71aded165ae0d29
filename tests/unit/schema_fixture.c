#include "schema_fixture.h"

#include "base/buf.h"
#include "test.h"

#include <string.h>

static const struct column log_columns[] = {
	{"id",   COLUMN_INT,  true },
	  {"data", COLUMN_BLOB, true },
	       {"note", COLUMN_TEXT, false}
};

static const struct index log_indexes[] = {
	{.name = "log_note", .columns = "note", .where = "note is not null", .unique = true}
};

static const struct column row_columns[] = {
	{"id",	       COLUMN_INT,  true },
	  {"row_version", COLUMN_INT,  true },
	     {"name",	      COLUMN_TEXT, false}
};

static const struct column pair_columns[] = {
	{"record", COLUMN_INT, true },
	      {"pos",    COLUMN_INT, true },
	 {"value",  COLUMN_INT, false}
};

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

const struct table append_only = {.name = "log",
				  COLUMNS(log_columns),
				  .primary_key = "id",
				  .guard = GUARD_APPEND_ONLY,
				  .indexes = log_indexes,
				  .index_count = 1};
const struct table growing = {
	.name = "tile", COLUMNS(log_columns), .primary_key = "id", .guard = GUARD_GROWING};
const struct table versioned = {
	.name = "row", COLUMNS(row_columns), .primary_key = "id", .guard = GUARD_VERSIONED};
const struct table history = {.name = "row_history",
			      COLUMNS(row_columns),
			      .primary_key = "id, row_version",
			      .guard = GUARD_APPEND_ONLY};
const struct table pairs = {
	.name = "pair", COLUMNS(pair_columns), .primary_key = "record, pos", .clustered = true};

struct db *
schema_open(void)
{
	static const struct table *const tables[] = {&append_only, &growing, &versioned, &history,
						     &pairs};
	struct db *db = engine_scratch();
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		CHECK(schema_create(db, tables[i], &e) == ERR_NONE);
		CHECK(schema_check_table(db, tables[i], &e) == ERR_NONE);
		CHECK(schema_check_guards(db, tables[i], &e) == ERR_NONE);
	}
	return db;
}

/* x'00' is written '\\x00' on the server. */
static void
translate(const char *sql, struct buf *out)
{
	const char *from = sql;
	const char *at;

	while (engine_is_server() && (at = strstr(from, "x'"))) {
		buf_addf(out, "%.*s'\\x", (int)(at - from), from);
		from = at + 2;
	}
	buf_addf(out, "%s", from);
	CHECK(!out->failed);
}

void
does(struct db *db, const char *sql)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};

	translate(sql, &text);
	engine_does(db, text.data);
}

void
refuses(struct db *db, const char *sql, const char *words)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};

	translate(sql, &text);
	engine_refuses(db, text.data, ERR_CONFLICT, words);
}

void
guard_broken_by(const char *sql, const struct table *t, const char *event)
{
	CLEANUP(db_closep) struct db *db = schema_open();
	struct err e = {0};

	does(db, sql);
	CHECK(schema_check_guards(db, t, &e) == ERR_FAILED);
	CHECK(strcmp(e.field, t->name) == 0);
	CHECK(strstr(e.message, event) != NULL);
}

const char *
schema_unique(void)
{
	return engine_is_server() ? "unique" : "UNIQUE";
}

int64_t
schema_number(struct db *db, const char *sql)
{
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row = false;

	CHECK(db_prepare(db, sql, &s, &e) == ERR_NONE);
	CHECK(db_step(s, &row, &e) == ERR_NONE && row);
	return db_int(s, 0);
}
