#include "engine_fixture.h"
#include "store/find.h"
#include "store/load.h"
#include "test.h"

#include <string.h>

static const struct column columns[] = {
	{"id",   COLUMN_INT,  true },
	{"word", COLUMN_TEXT, false},
	{"raw",	COLUMN_BLOB, false},
	{"size", COLUMN_INT,  false}
};
static const struct index indexes[] = {
	{.name = "load_word", .columns = "word", .unique = true}
};
static const struct table table = {.name = "parcel",
				   .columns = columns,
				   .column_count = COUNT_OF(columns),
				   .primary_key = "id",
				   .indexes = indexes,
				   .index_count = COUNT_OF(indexes)};

struct store {
	struct db *db;
	struct db_load *load;
	struct db_txn txn;
	struct err e;
};

static void
store_open(struct store *s)
{
	*s = (struct store){.db = engine_scratch()};
	if (schema_create(s->db, &table, &s->e) || db_load_open(s->db, &table, &s->load, &s->e) ||
	    db_begin(s->db, &s->txn, &s->e))
		abort();
}

static void
store_close(struct store *s)
{
	db_txn_end(&s->txn);
	db_load_close(s->load);
	db_close(s->db);
}

static struct db_cell
number(int64_t n)
{
	return (struct db_cell){.kind = CELL_INT, .number = n};
}

static struct db_cell
bytes(const char *text, size_t len)
{
	return (struct db_cell){
		.kind = text ? CELL_TEXT : CELL_NULL, .text = {text, text ? len : 0}
	    };
}

static enum err_code
add(struct store *s, int64_t id, const char *word)
{
	const struct db_cell cells[] = {number(id), bytes(word, word ? strlen(word) : 0),
					bytes(NULL, 0), number(-id)};

	return db_load_row(s->load, cells, &s->e);
}

static enum err_code
add_many(struct store *s, int64_t from, int64_t to)
{
	enum err_code rc = ERR_NONE;

	for (int64_t i = from; !rc && i <= to; i++)
		rc = add(s, i, NULL);
	return rc;
}

static int64_t
ask(struct store *s, const char *sql)
{
	DB_STMT *stmt = NULL;
	bool row;

	if (db_prepare(s->db, sql, &stmt, &s->e) || db_step(stmt, &row, &s->e) || !row)
		return -1;
	return db_int(stmt, 0);
}

/* From now on rows take the place of those that stand there; `left` as db_load_open_over. */
static void
turn_over(struct store *s, const bool *left)
{
	CHECK(db_load_end(s->load, &s->e) == ERR_NONE);
	db_load_close(s->load);
	CHECK(db_load_open_over(s->db, &table, left, &s->load, &s->e) == ERR_NONE);
}

/* `over`: in the place of other rows. */
static void
cells_come_back(bool over)
{
	static const char *const words[] = {"",
					    "plain",
					    "it's \"quoted\"",
					    "a\tb\nc\rd",
					    "back\\slash \\N \\.",
					    "schlüssel — 鍵",
					    NULL};
	static const int64_t sizes[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1000000007, 42};
	static const char raw[] = "\0\1\377PGCOPY\n\\x";
	const struct db_cell nothing[] = {number(100), bytes(NULL, 0), bytes("", 0),
					  bytes(NULL, 0)};

	/* Few rows and many go different ways. */
	for (int64_t more = 0; more <= 1000; more += 1000) {
		struct store s;
		DB_STMT *stmt = NULL;
		bool row;

		store_open(&s);
		if (over) {
			CHECK(add_many(&s, 0, (int64_t)COUNT_OF(words) - 1) == ERR_NONE);
			CHECK(add_many(&s, 100, 100) == ERR_NONE);
			CHECK(add_many(&s, 1001, 1000 + more) == ERR_NONE);
			turn_over(&s, NULL);
		}
		for (size_t i = 0; i < COUNT_OF(words); i++) {
			const struct db_cell cells[] = {
				number((int64_t)i),
				bytes(words[i], words[i] ? strlen(words[i]) : 0), bytes(raw, i),
				number(sizes[i])};

			CHECK(db_load_row(s.load, cells, &s.e) == ERR_NONE);
		}
		CHECK(db_load_row(s.load, nothing, &s.e) == ERR_NONE);
		CHECK(add_many(&s, 1001, 1000 + more) == ERR_NONE);
		CHECK(db_load_end(s.load, &s.e) == ERR_NONE);
		CHECK(db_load_rows(s.load) == (int64_t)COUNT_OF(words) + 1 + more);
		CHECK(db_commit(&s.txn, &s.e) == ERR_NONE);
		CHECK(db_prepare(s.db,
				 "select word, raw, size from parcel where id <= 100 order by id",
				 &stmt, &s.e) == ERR_NONE);
		for (size_t i = 0; i < COUNT_OF(words); i++) {
			CHECK(db_step(stmt, &row, &s.e) == ERR_NONE && row);
			CHECK(db_is_null(stmt, 0) == !words[i]);
			CHECK(!words[i] || str_is(db_text(stmt, 0), words[i]));
			CHECK(str_eq(db_text(stmt, 1), (struct str){raw, i}));
			CHECK(db_int(stmt, 2) == sizes[i]);
		}
		CHECK(db_step(stmt, &row, &s.e) == ERR_NONE && row);
		CHECK(db_is_null(stmt, 0) && db_is_null(stmt, 2));
		CHECK(!db_is_null(stmt, 1) && db_text(stmt, 1).len == 0);
		CHECK(db_step(stmt, &row, &s.e) == ERR_NONE && !row);
		CHECK(ask(&s, "select count(*) from parcel where id > 1000") == more);
		db_stmt_free(stmt);
		stmt = NULL;
		store_close(&s);
	}
}

TEST(load_gives_back_every_kind_of_cell_as_it_was)
{
	cells_come_back(false);
}

TEST(load_over_rows_gives_back_every_kind_of_cell_as_it_was)
{
	cells_come_back(true);
}

TEST(load_over_rows_leaves_what_it_does_not_bring_and_rows_that_are_not_there)
{
	static const bool left[] = {false, true, false, false};

	for (int64_t count = 5; count <= 5000; count *= 1000) {
		struct store s;

		store_open(&s);
		CHECK(add(&s, 1, "kept") == ERR_NONE && add_many(&s, 2, count) == ERR_NONE);
		turn_over(&s, left);
		for (int64_t i = 1; i <= 2 * count; i++) {
			const struct db_cell cells[] = {number(i), bytes("other", 5), bytes("r", 1),
							number(7 * i)};

			CHECK(db_load_row(s.load, cells, &s.e) == ERR_NONE);
		}
		CHECK(ask(&s, "select count(*) from parcel where size = 7 * id and raw is not null "
			      "and (word is null or id = 1)") == count);
		CHECK(ask(&s, "select count(*) from parcel where word = 'kept'") == 1);
		CHECK(ask(&s, "select count(*) from parcel") == count);
		store_close(&s);
	}
}

TEST(load_over_rows_whose_versions_are_on_their_way_to_the_history_waits_for_those)
{
	static const struct column versions[] = {
		{"id",	       COLUMN_INT,  true },
		{"row_version", COLUMN_INT,  true },
		{"word",	 COLUMN_TEXT, false},
	};
	static const struct table now = {.name = "letter",
					 .columns = versions,
					 .column_count = COUNT_OF(versions),
					 .primary_key = "id",
					 .guard = GUARD_VERSIONED};
	static const struct table then = {.name = "letter_history",
					  .columns = versions,
					  .column_count = COUNT_OF(versions),
					  .primary_key = "id, row_version",
					  .guard = GUARD_APPEND_ONLY};
	const struct db_find second = {.sql = "select count(*) from letter where row_version = 2"};
	const int64_t counts[] = {3, 3000};

	for (size_t n = 0; n < COUNT_OF(counts); n++) {
		CLEANUP(db_closep) struct db *db = engine_scratch();
		DB_LOAD *add = NULL;
		DB_LOAD *keep = NULL;
		DB_LOAD *over = NULL;
		DB_TXN txn = {0};
		enum err_code rc = ERR_NONE;
		int64_t changed = 0;
		struct err e = {0};

		CHECK(!schema_create(db, &now, &e) && !schema_create(db, &then, &e));
		CHECK(!db_load_open(db, &now, &add, &e) && !db_load_open(db, &then, &keep, &e));
		CHECK(!db_load_open_over(db, &now, NULL, &over, &e));
		CHECK(!db_begin(db, &txn, &e));
		for (int64_t i = 1; i <= 2 * counts[n]; i++) {
			const struct db_cell cells[] = {number(i), number(1), bytes("a", 1)};

			CHECK(!db_load_row(add, cells, &e));
		}
		CHECK(!db_load_end(add, &e));
		for (int64_t i = 1; i <= counts[n]; i++) {
			struct db_cell cells[] = {number(i), number(1), bytes("a", 1)};

			CHECK(!db_load_row(keep, cells, &e));
			cells[1] = number(2);
			CHECK(!db_load_row(over, cells, &e));
		}
		CHECK(!db_commit(&txn, &e));
		CHECK(!db_find_int(db, &second, &changed, NULL, &e));
		CHECK(changed == counts[n]);
		/* And what does not stand there is not changed. */
		CHECK(!db_begin(db, &txn, &e));
		for (int64_t i = 1; !rc && i <= counts[n]; i++) {
			const struct db_cell cells[] = {number(counts[n] + i), number(2),
							bytes("b", 1)};

			rc = db_load_row(over, cells, &e);
		}
		rc = rc ? rc : db_load_end(over, &e);
		CHECK(rc == ERR_CONFLICT);
		db_txn_end(&txn);
	}
}

TEST(load_takes_a_million_rows)
{
	struct store s;

	store_open(&s);
	CHECK(add_many(&s, 1, 1000000) == ERR_NONE);
	CHECK(db_commit(&s.txn, &s.e) == ERR_NONE);
	CHECK(ask(&s, "select count(*) from parcel where size = -id") == 1000000);
	CHECK(ask(&s, "select max(id) from parcel") == 1000000);
	store_close(&s);
}

TEST(load_rows_are_seen_by_each_statement_that_names_the_table)
{
	struct store s;
	int64_t sum = 0;

	store_open(&s);
	for (int64_t i = 1; i <= 200; i++) {
		/* Sometimes few and sometimes many. */
		CHECK(add_many(&s, sum + 1, sum + i) == ERR_NONE);
		sum += i;
		CHECK(ask(&s, "select count(*) from \"parcel\"") == sum);
	}
	engine_does(s.db, "update parcel set size = 0 where id = 3");
	CHECK(add(&s, sum + 1, "last") == ERR_NONE);
	engine_does(s.db, "delete from parcel where word = 'last'");
	CHECK(ask(&s, "select max(id) from parcel") == sum);
	CHECK(ask(&s, "select size from parcel where id = 3") == 0);
	store_close(&s);
}

TEST(load_rows_are_seen_by_what_a_plan_asks)
{
	struct store s;
	struct db_guard guard = {0};
	DB_STMT *stmt = NULL;
	bool row;

	store_open(&s);
	CHECK(add_many(&s, 1, 5) == ERR_NONE);
	CHECK(db_prepare_guarded(s.db, "select count(*) from parcel", &guard, &stmt, &s.e) ==
	      ERR_NONE);
	CHECK(add_many(&s, 6, 7) == ERR_NONE);
	CHECK(db_step(stmt, &row, &s.e) == ERR_NONE && row);
	CHECK(db_int(stmt, 0) == 7);
	db_stmt_free(stmt);
	stmt = NULL;
	store_close(&s);
}

TEST(load_rows_go_with_the_transaction_and_the_load_stays)
{
	struct store s;

	store_open(&s);
	CHECK(add_many(&s, 1, 1000) == ERR_NONE);
	db_txn_end(&s.txn);
	CHECK(add(&s, 1, NULL) == ERR_INTERNAL);
	CHECK(ask(&s, "select count(*) from parcel") == 0);
	CHECK(db_begin(s.db, &s.txn, &s.e) == ERR_NONE);
	CHECK(add_many(&s, 1, 3) == ERR_NONE);
	CHECK(db_commit(&s.txn, &s.e) == ERR_NONE);
	CHECK(ask(&s, "select count(*) from parcel") == 3);
	store_close(&s);
}

/* Gives row 700, of so many, and goes on to the commit: where a refusal shows is the engine's
 * matter, but it shows, names table and row, and nothing is kept. */
static void
refuse_one(const char *word, int64_t rows)
{
	struct store s;
	enum err_code rc = ERR_NONE;

	store_open(&s);
	engine_does(s.db, "insert into parcel (id, word) values (0, 'taken')");
	for (int64_t i = 1; !rc && i <= rows; i++)
		rc = add(&s, i == 700 ? 0 : i, i == 5 || i == 700 ? word : NULL);
	if (!rc)
		rc = db_load_end(s.load, &s.e);
	CHECK(rc == ERR_CONFLICT);
	CHECK(strstr(s.e.where, "table parcel") != NULL);
	CHECK(strstr(s.e.where, "row 700") != NULL);
	CHECK(strstr(s.e.message, engine_is_server() ? "duplicate key" : "UNIQUE") != NULL);
	db_txn_end(&s.txn);
	CHECK(ask(&s, "select count(*) from parcel") == 0);
	store_close(&s);
}

TEST(load_names_table_and_row_of_what_a_constraint_refuses)
{
	refuse_one(NULL, 700);
	refuse_one("once", 100000);
}

TEST(load_refuses_a_cell_that_its_column_cannot_hold)
{
	const struct db_cell wrong[] = {number(1), number(2), bytes(NULL, 0), bytes(NULL, 0)};
	const struct db_cell missing[] = {bytes(NULL, 0), bytes(NULL, 0), bytes(NULL, 0),
					  bytes(NULL, 0)};
	struct store s;

	store_open(&s);
	CHECK(db_load_row(s.load, wrong, &s.e) == ERR_INVALID);
	CHECK(strcmp(s.e.field, "word") == 0);
	CHECK(db_load_row(s.load, missing, &s.e) == ERR_INVALID);
	CHECK(strcmp(s.e.field, "id") == 0);
	CHECK(strstr(s.e.where, "row 2") != NULL);
	store_close(&s);
}
