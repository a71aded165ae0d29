#include "base/limits.h"
#include "ledger_fixture.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
check_head(struct ledger_fixture *f)
{
	struct checkpoint expected = fixture_tree(f, f->size);
	struct checkpoint head;

	CHECK(ledger_head(f->ledger, &head, &f->e) == ERR_NONE);
	CHECK(head.size == f->size && hash_eq(&head.root, &expected.root));
}

static int64_t
number(struct ledger_fixture *f, const char *sql)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(db_prepare(f->db, sql, &s, &f->e) == ERR_NONE);
	CHECK(db_step(s, &row, &f->e) == ERR_NONE && row);
	return db_int(s, 0);
}

TEST(an_empty_ledger_has_the_empty_root_and_no_note)
{
	FIXTURE f;
	struct arena a;
	struct str note;

	fixture_open(&f);
	check_head(&f);
	arena_init(&a, 4096);
	CHECK(ledger_head_note(f.ledger, &a, &note, &f.e) == ERR_NONE && str_is(note, ""));
	arena_fini(&a);
	fixture_add(&f, 0);
	check_head(&f);
	CHECK(number(&f, "select count(*) from ledger_checkpoint") == 0);
}

TEST(every_commit_ends_in_a_signed_head)
{
	static const uint64_t counts[] = {1, 1, 5, 248, 1, 1, 255, 1, 600};
	FIXTURE f;
	struct arena a;
	struct str note, text;
	struct checkpoint head, in_note;

	fixture_open(&f);
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		fixture_add(&f, counts[i]);
		check_head(&f);
	}
	CHECK(number(&f, "select count(*) from ledger_checkpoint") == COUNT_OF(counts));
	CHECK(number(&f, "select previous from ledger_checkpoint where id = 7") == 2);
	arena_init(&a, 4096);
	CHECK(ledger_head_note(f.ledger, &a, &note, &f.e) == ERR_NONE);
	CHECK(note_open(&f.key, note, &text, &f.e) == ERR_NONE);
	CHECK(checkpoint_parse("example.org/ledger", text, &in_note, &f.e) == ERR_NONE);
	CHECK(ledger_head(f.ledger, &head, &f.e) == ERR_NONE && head.size == in_note.size);
	arena_fini(&a);
}

/* C2SP tlog-tiles gives this size as its example. */
TEST(seventy_thousand_leaves_make_the_tiles_of_the_standard)
{
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 70000);
	check_head(&f);
	CHECK(number(&f, "select count(*) from ledger_tile where id < 1099511627776 "
			 "and length(data) = 8192") == 273);
	CHECK(number(&f, "select length(data) from ledger_tile where id = 273") == 112 * 32);
	CHECK(number(&f, "select length(data) from ledger_tile where id = 1099511627776") == 8192);
	CHECK(number(&f, "select length(data) from ledger_tile where id = 1099511627777") ==
	      17 * 32);
	CHECK(number(&f, "select length(data) from ledger_tile where id = 2199023255552") == 32);
	CHECK(number(&f, "select count(*) from ledger_tile") == 277);
	CHECK(number(&f, "select subject from ledger_leaf where idx = 69999 and version = 1") ==
	      70000);
}

TEST(the_next_leaf_is_known_before_it_is_added)
{
	FIXTURE f;
	DB_TXN txn = {0};
	int64_t index = -1;

	fixture_open(&f);
	CHECK(ledger_next(f.ledger, &index, &f.e) == ERR_INTERNAL && index == -1);
	fixture_add(&f, 300);
	CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
	for (int64_t i = 0; i < 3; i++) {
		CHECK(ledger_next(f.ledger, &index, &f.e) == ERR_NONE && index == 300 + i);
		CHECK(ledger_next(f.ledger, &index, &f.e) == ERR_NONE && index == 300 + i);
		fixture_add_open(&f, 1);
	}
	CHECK(ledger_seal(f.ledger, 1, &f.e) == ERR_NONE);
	CHECK(db_commit(&txn, &f.e) == ERR_NONE);
	check_head(&f);
	/* Asked for and not added. */
	db_txn_end(&txn);
	CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
	CHECK(ledger_next(f.ledger, &index, &f.e) == ERR_NONE && index == 303);
	CHECK(ledger_seal(f.ledger, 1, &f.e) == ERR_NONE);
	CHECK(db_commit(&txn, &f.e) == ERR_NONE);
	check_head(&f);
}

TEST(what_was_rolled_back_is_forgotten)
{
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 300);
	for (int sealed = 0; sealed < 2; sealed++) {
		DB_TXN txn = {0};

		CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
		fixture_add_open(&f, 700);
		f.size -= 700;
		if (sealed)
			CHECK(ledger_seal(f.ledger, 1, &f.e) == ERR_NONE);
		db_txn_end(&txn);
		ledger_forget(f.ledger);
		check_head(&f);
		CHECK(number(&f, "select count(*) from ledger_leaf") == 300);
	}
	fixture_add(&f, 3);
	check_head(&f);
	CHECK(number(&f, "select subject from ledger_leaf where idx = 300") == 301);
}

/* A commit that fails after the seal: what was sealed is not in the store, and the note shows it.
 */
TEST(a_sealed_rollback_is_noticed_by_itself)
{
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 10);
	{
		DB_TXN txn = {0};

		CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
		fixture_add_open(&f, 5);
		f.size -= 5;
		CHECK(ledger_seal(f.ledger, 1, &f.e) == ERR_NONE);
	}
	fixture_add(&f, 2);
	check_head(&f);
}

TEST(two_processes_append_in_turn)
{
	struct ledger *other = NULL;
	struct db *db = NULL;
	FIXTURE f;

	fixture_open_shared(&f);
	CHECK(db_open(f.place.where, DB_WRITE, &db, &f.e) == ERR_NONE);
	CHECK(ledger_open(db, &f.key, f.hasher, &other, &f.e) == ERR_NONE);
	for (int turn = 0; turn < 6; turn++) {
		struct ledger_fixture g = f;

		fixture_add(&f, 100);
		check_head(&f);
		g.db = db;
		g.ledger = other;
		g.size = f.size;
		fixture_add(&g, 77);
		check_head(&g);
		f.size = g.size;
	}
	ledger_close(other);
	db_close(db);
}

TEST(an_entry_that_is_too_long_is_refused)
{
	static char text[LIMIT_ENTRY_BYTES + 1];
	FIXTURE f;
	DB_TXN txn = {0};
	struct str entry = {text, sizeof(text)};

	fixture_open(&f);
	CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
	CHECK(ledger_add(f.ledger, 1, 1, entry, &f.e) == ERR_TOO_BIG);
	entry.len--;
	CHECK(ledger_add(f.ledger, 1, 1, entry, &f.e) == ERR_NONE);
	db_txn_end(&txn);
}

TEST(without_its_secret_key_nothing_is_sealed)
{
	FIXTURE f;
	DB_TXN txn = {0};

	fixture_open(&f);
	fixture_add(&f, 3);
	note_key_wipe(&f.key);
	check_head(&f);
	CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
	fixture_add_open(&f, 1);
	CHECK(ledger_seal(f.ledger, 1, &f.e) == ERR_DENIED);
	db_txn_end(&txn);
}

TEST(nothing_is_signed_on_top_of_altered_hashes)
{
	static const char *const alterations[] = {
		"update ledger_tile set data = substr(data, 1, 64) where id = 1",
		"update ledger_tile set data = zeroblob(length(data)) where id = 1",
		"update ledger_tile set data = zeroblob(length(data)) where id = 1099511627776",
		"delete from ledger_tile where id = 1",
		"delete from ledger_checkpoint where id = 300",
		"update ledger_checkpoint set id = 299 where id = 300",
		"update ledger_checkpoint set note = replace(note, '300', '299') where id = 300",
		"delete from ledger_checkpoint",
	};

	for (size_t i = 0; i < COUNT_OF(alterations); i++) {
		FIXTURE f;
		DB_TXN txn = {0};
		enum err_code rc;

		fixture_open(&f);
		fixture_add(&f, 290);
		fixture_add(&f, 10);
		fixture_tamper(&f, alterations[i]);
		ledger_forget(f.ledger);
		CHECK(db_begin(f.db, &txn, &f.e) == ERR_NONE);
		rc = ledger_add(f.ledger, 1000, 1, str_of("x"), &f.e);
		CHECK(rc == ERR_FAILED || rc == ERR_INVALID);
		db_txn_end(&txn);
	}
}

TEST(the_database_itself_keeps_the_ledger_from_shrinking)
{
	static const char *const refused[] = {
		"delete from ledger_leaf where idx = 3",
		"update ledger_leaf set idx = 4 where idx = 3",
		"delete from ledger_tile",
		"update ledger_tile set data = substr(data, 1, 32)",
		"update ledger_tile set data = zeroblob(length(data) + 32)",
		"delete from ledger_checkpoint",
		"update ledger_checkpoint set recorded_at = 0",
	};
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 10);
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		CHECK(db_exec(f.db, refused[i], &f.e) == ERR_CONFLICT);
	fixture_add(&f, 10);
	check_head(&f);
}
