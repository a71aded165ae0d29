#include "ledger_fixture.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAULTS_KEPT = 8 };

static const int64_t level_1 = INT64_C(1) << 40;
static const int64_t level_2 = INT64_C(2) << 40;

struct findings {
	size_t count;
	struct {
		char what[32];
		int64_t index, subject;
		char message[512];
	} faults[FAULTS_KEPT];
	struct checkpoint head;
};

/* What somebody did to the records themselves; 0 for nobody. */
struct records {
	int64_t altered;
	int64_t deleted;
	int64_t moved; /* says that it is another leaf */
	int64_t moved_to;
};

static void
keep(void *object, const struct ledger_fault *f)
{
	struct findings *all = object;

	if (all->count < FAULTS_KEPT) {
		(void)snprintf(all->faults[all->count].what, 32, "%s", f->what);
		(void)snprintf(all->faults[all->count].message, 512, "%s", f->message);
		all->faults[all->count].index = f->index;
		all->faults[all->count].subject = f->subject;
	}
	all->count++;
}

static void
audit_records(struct ledger_fixture *f, struct ledger_audit *a, struct records done)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->db, "select subject, version from ledger_leaf where idx = :idx", &s,
			  &f->e));
	for (uint64_t n = 0; n < f->size; n++) {
		struct ledger_claim c = {
			.subject = (int64_t)n + 1, .version = 1, .index = (int64_t)n};
		char text[FIXTURE_ENTRY_SIZE];
		struct str entry = fixture_entry(n, text);

		if (c.subject == done.moved)
			c.index = done.moved_to;
		db_bind_int(s, 1, c.index);
		CHECK(!db_step(s, &row, &f->e));
		c.named = row && db_int(s, 0) == c.subject && db_int(s, 1) == 1;
		db_reset(s);
		if (c.subject == done.altered)
			entry = str_of("{\"n\":\"another\"}");
		if (c.subject != done.deleted)
			CHECK(ledger_audit_leaf(a, &c, entry, &f->e) == ERR_NONE);
	}
}

static struct findings
audit(struct ledger_fixture *f, struct records done)
{
	CLEANUP(ledger_audit_closep) struct ledger_audit *a = NULL;
	struct findings all = {.count = 0};

	CHECK(ledger_audit_open(&(struct ledger_auditor){f->db, &f->key, f->hasher, keep, &all}, &a,
				&f->e) == ERR_NONE);
	CHECK(ledger_audit_tree(a, &f->e) == ERR_NONE);
	audit_records(f, a, done);
	CHECK(ledger_audit_end(a, &all.head, &f->e) == ERR_NONE);
	return all;
}

static struct findings
audit_store(struct ledger_fixture *f)
{
	return audit(f, (struct records){0});
}

/* Whether one of the faults is of this kind, about this leaf and subject, and says the words. */
static bool
found(const struct findings *all, const char *what, int64_t index, int64_t subject,
      const char *words)
{
	for (size_t i = 0; i < all->count && i < FAULTS_KEPT; i++) {
		if (strcmp(all->faults[i].what, what) == 0 && all->faults[i].index == index &&
		    all->faults[i].subject == subject && strstr(all->faults[i].message, words))
			return true;
	}
	for (size_t i = 0; i < all->count && i < FAULTS_KEPT; i++)
		(void)fprintf(stderr, "%s, leaf %lld, subject %lld: %s\n", all->faults[i].what,
			      (long long)all->faults[i].index, (long long)all->faults[i].subject,
			      all->faults[i].message);
	return false;
}

/* The first fault in both, and nothing else. */
static bool
found_only(const struct findings *all, const char *what, const char *words)
{
	return found(all, what, all->faults[0].index, all->faults[0].subject, words) &&
	       all->count == 1;
}

TEST(a_sound_ledger_has_no_fault)
{
	static const uint64_t counts[] = {1, 254, 1, 1, 300, 9, 66000};
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	all = audit_store(&f);
	CHECK(all.count == 0 && all.head.size == 0);
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		fixture_add(&f, counts[i]);
		all = audit_store(&f);
		CHECK(all.count == 0 && all.head.size == f.size);
	}
}

TEST(an_altered_record_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 600);
	all = audit(&f, (struct records){.altered = 301});
	CHECK(found(&all, "leaf", 300, 301, "altered after it was sealed") && all.count == 1);
}

TEST(a_deleted_record_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 600);
	all = audit(&f, (struct records){.deleted = 600});
	CHECK(found(&all, "leaf_unclaimed", 599, 600, "the record was deleted") && all.count == 1);
	fixture_tamper(&f, "delete from ledger_leaf where subject = 600");
	all = audit(&f, (struct records){.deleted = 600});
	CHECK(found(&all, "leaf_unclaimed", 599, 0, "belongs to no record") && all.count == 1);
}

TEST(a_deleted_row_of_the_last_leaf_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 300);
	fixture_tamper(&f, "delete from ledger_leaf where idx = 299");
	all = audit_store(&f);
	CHECK(found(&all, "leaf_missing", -1, 300, "has no leaf"));
	CHECK(found(&all, "leaf_unclaimed", 299, 0, "belongs to no record") && all.count == 2);
}

TEST(two_leaves_that_were_exchanged_are_both_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 300);
	fixture_tamper(&f, "update ledger_leaf set subject = 32 - subject where idx in (10, 20)");
	all = audit_store(&f);
	CHECK(found(&all, "leaf_missing", -1, 11, "altered") &&
	      found(&all, "leaf_missing", -1, 21, "altered"));
	CHECK(found(&all, "leaf_unclaimed", 10, 21, "is gone") &&
	      found(&all, "leaf_unclaimed", 20, 11, "is gone"));
	CHECK(all.count == 4);
}

/* In the ledger and where the record itself says so. */
TEST(a_record_that_was_put_in_the_place_of_another_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 300);
	fixture_tamper(&f, "update ledger_leaf set subject = 21 where idx = 10");
	all = audit(&f, (struct records){.deleted = 11, .moved = 21, .moved_to = 10});
	CHECK(found(&all, "leaf", 10, 21, "which leaf it is"));
	CHECK(found(&all, "leaf_unclaimed", 20, 21, "is gone") && all.count == 2);
}

TEST(a_leaf_that_two_claim_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 300);
	all = audit(&f, (struct records){.moved = 21, .moved_to = 10});
	CHECK(found(&all, "leaf_missing", -1, 21, "has no leaf"));
	CHECK(found(&all, "leaf_unclaimed", 20, 21, "is gone") && all.count == 2);
}

TEST(a_place_beyond_the_ledger_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 300);
	fixture_tamper(&f, "update ledger_leaf set idx = 4000 where idx = 20");
	all = audit(&f, (struct records){.moved = 21, .moved_to = 4000});
	CHECK(found(&all, "leaf_unsealed", 4000, 21, "covers only 300"));
	CHECK(found(&all, "checkpoint_missing", 300, 0, "covers 300"));
	CHECK(found(&all, "leaf_unclaimed", 20, 0, "belongs to no record") && all.count == 3);
}

TEST(a_row_that_was_added_to_the_leaves_is_found)
{
	static const char *const added[] = {"insert into ledger_leaf values (-1, 900, 1)",
					    "insert into ledger_leaf values (300, 900, 1)"};

	for (size_t i = 0; i < COUNT_OF(added); i++) {
		FIXTURE f;
		struct findings all;

		fixture_open(&f);
		fixture_add(&f, 300);
		fixture_tamper(&f, added[i]);
		all = audit_store(&f);
		CHECK(found(&all, "leaf_added", -1, 0, "1 rows of ledger_leaf"));
		CHECK(all.count == i + 1);
	}
}

TEST(a_changed_byte_of_a_full_tile_is_pinned_to_it)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 1000);
	fixture_flip(&f, 1, 5 * 32 + 7);
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0,
		    "own tile 1 of level 0, over the leaves 256 to 511, was altered"));
	CHECK(found(&all, "tile", 261, 262, "the ledger's own tile with leaf 261 was altered"));
	CHECK(all.count == 2);
	/* What stands elsewhere is verified all the same. */
	all = audit(&f, (struct records){.altered = 700});
	CHECK(found(&all, "leaf", 699, 700, "altered after it was sealed") && all.count == 3);
}

TEST(a_changed_byte_of_the_partial_tile_is_pinned_between_two_checkpoints)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	for (int i = 0; i < 30; i++)
		fixture_add(&f, 10);
	fixture_flip(&f, 1, (285 - 256) * 32);
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0, "leaves 280 to 289 were altered"));
	CHECK(found(&all, "tile", 285, 286, "own tile") && all.count == 2);
}

TEST(one_altered_leaf_does_not_hide_the_checkpoints_after_it)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	for (int i = 0; i < 100; i++)
		fixture_add(&f, 10);
	fixture_flip(&f, 1, (285 - 256) * 32);
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0, "own tile 1 of level 0"));
	CHECK(found(&all, "tile", 285, 286, "own tile") && all.count == 2);
	fixture_tamper(&f, "update ledger_tile set data = substr(data, 1, 32 * 32) where id = 0");
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0,
		    "own tile 0 of level 0, over the leaves 0 to 255, was cut"));
	CHECK(found(&all, "tile", -1, 0, "own tile 1 of level 0"));
	CHECK(found(&all, "tile", 32, 33, "cut") && all.count == 1 + 224 + 2);
}

TEST(a_changed_byte_of_a_higher_tile_is_pinned_to_it)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 66000);
	fixture_flip(&f, level_2, 3);
	all = audit_store(&f);
	CHECK(found_only(&all, "tile",
			 "own tile 0 of level 2, over the leaves 0 to 65999, was altered"));
	fixture_flip(&f, level_2, 3);
	fixture_flip(&f, level_1, 17 * 32);
	fixture_flip(&f, level_1, 18 * 32);
	all = audit_store(&f);
	CHECK(found_only(&all, "tile",
			 "own tile 0 of level 1, over the leaves 0 to 65535, was altered"));
	fixture_flip(&f, level_1 + 1, 31);
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0, "own tile 1 of level 1") && all.count == 2);
}

/* Whoever alters a tile may alter its hash above as well; then the signed roots still tell. */
TEST(tiles_altered_in_harmony_disagree_with_the_signed_root)
{
	FIXTURE f, other;
	struct findings all;
	DB_STMT *read = NULL;
	DB_STMT *write = NULL;
	bool row;

	fixture_open(&f);
	fixture_open(&other);
	fixture_add(&f, 100);
	fixture_add(&f, 400);
	/* Another ledger's tiles, in themselves sound, take the place of the true ones. */
	other.size = 1;
	fixture_add(&other, 500);
	fixture_tamper(&f, "delete from ledger_tile");
	CHECK(db_prepare(other.db, "select id, data from ledger_tile", &read, &f.e) == ERR_NONE);
	CHECK(db_prepare(f.db, "insert into ledger_tile (id, data) values (:id, :data)", &write,
			 &f.e) == ERR_NONE);
	while (db_step(read, &row, &f.e) == ERR_NONE && row) {
		db_bind_int(write, 1, db_int(read, 0));
		db_bind_blob(write, 2, db_text(read, 1).ptr, db_text(read, 1).len);
		CHECK(db_run(write, &f.e) == ERR_NONE);
	}
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0, "leaves 0 to 99 were altered"));
	CHECK(found(&all, "tile", 0, 1, "own tile") && all.count == 1 + 500);
}

TEST(a_cut_or_missing_tile_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 600);
	fixture_tamper(
		&f,
		"update ledger_tile set data = substr(data, 1, length(data) - 32) where id = 2");
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0,
		    "own tile 2 of level 0, over the leaves 512 to 599, was cut"));
	CHECK(found(&all, "tile", 599, 600, "cannot be verified") && all.count == 2);
	fixture_tamper(&f, "delete from ledger_tile where id = 1");
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0,
		    "own tile 1 of level 0, over the leaves 256 to 511, is missing"));
	CHECK(all.count == 2 + 1 + 256);
	fixture_tamper(&f, "delete from ledger_tile");
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0,
		    "own tile 0 of level 0, over the leaves 0 to 255, is missing"));
	CHECK(all.count == 3 + 1 + 600);
}

TEST(bytes_added_to_a_tile_are_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 600);
	fixture_tamper(&f, "update ledger_tile set data = cast(data || 'x' as blob) where id in "
			   "(2, 1099511627776)");
	all = audit_store(&f);
	CHECK(found(&all, "tile", -1, 0, "own tile 2 of level 0"));
	CHECK(found(&all, "tile", -1, 0, "own tile 0 of level 1") && all.count == 2);
}

TEST(a_stray_tile_is_named)
{
	static const char *const added[] = {
		"insert into ledger_tile (id, data) values (1099511627777, zeroblob(32))",
		"insert into ledger_tile (id, data) values (2199023255552, zeroblob(32))",
		"insert into ledger_tile (id, data) values (9007199254740992, zeroblob(32))",
		"insert into ledger_tile (id, data) values (-7, zeroblob(32))",
	};

	for (size_t i = 0; i < COUNT_OF(added); i++) {
		FIXTURE f;
		struct findings all;

		fixture_open(&f);
		fixture_add(&f, 600);
		fixture_tamper(&f, added[i]);
		all = audit_store(&f);
		CHECK(found_only(&all, "tile", "belong to no tree of 600 leaves"));
	}
}

TEST(a_deleted_checkpoint_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	for (int i = 0; i < 5; i++)
		fixture_add(&f, 100);
	fixture_tamper(&f, "delete from ledger_checkpoint where id = 300");
	all = audit_store(&f);
	CHECK(found_only(&all, "checkpoint_missing", "size 300 is missing"));
	fixture_tamper(&f, "delete from ledger_checkpoint where id = 100");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_missing", -1, 0, "size 100 is missing") && all.count == 2);
}

TEST(a_deleted_head_leaves_more_than_the_next_one_covers)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	fixture_add(&f, 250);
	fixture_add(&f, 2);
	fixture_add(&f, 10);
	fixture_tamper(&f, "delete from ledger_checkpoint where id = 262");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_missing", 252, 0,
		    "has 262 leaves, but its newest good checkpoint covers 252"));
	CHECK(found(&all, "leaf_unsealed", 252, 253, "covers only 252") && all.count == 1 + 10);
	CHECK(all.head.size == 252);
	/* Cutting the tiles back as well does not help while the leaves remain. */
	fixture_tamper(&f, "delete from ledger_tile where id <> 0;"
			   "update ledger_tile set data = substr(data, 1, 252 * 32)");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_missing", 252, 0, "has 262 leaves") && all.count == 1 + 10);
	fixture_tamper(&f, "delete from ledger_checkpoint");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_missing", 0, 0, "covers 0") && all.head.size == 0);
}

TEST(an_altered_checkpoint_is_named)
{
	FIXTURE f;
	struct findings all;

	fixture_open(&f);
	for (int i = 0; i < 5; i++)
		fixture_add(&f, 100);
	fixture_tamper(
		&f,
		"update ledger_checkpoint set note = replace(note, '300', '301') where id = 300");
	all = audit_store(&f);
	CHECK(found_only(&all, "checkpoint_signature",
			 "checkpoint of size 300 was altered: the signature of"));
	fixture_tamper(&f, "update ledger_checkpoint set note = "
			   "(select note from ledger_checkpoint where id = 400) where id = 300");
	all = audit_store(&f);
	CHECK(found_only(&all, "checkpoint_signature",
			 "size 300 was altered: it is signed for the size 400"));
	fixture_tamper(&f, "update ledger_checkpoint set note = '' where id = 300");
	all = audit_store(&f);
	CHECK(found_only(&all, "checkpoint_signature", "checkpoint of size 300 was altered"));
	fixture_tamper(&f, "update ledger_checkpoint set previous = 0 where id = 400");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_missing", -1, 0, "a row of ledger_checkpoint was altered"));
	CHECK(all.count == 2);
	/* The head itself. */
	fixture_tamper(
		&f,
		"update ledger_checkpoint set note = replace(note, '500', '501') where id = 500");
	all = audit_store(&f);
	CHECK(found(&all, "checkpoint_signature", -1, 0, "checkpoint of size 500 was altered"));
	CHECK(found(&all, "checkpoint_missing", 400, 0, "deleted or altered"));
	CHECK(all.count == 4 + 100 && all.head.size == 400);
}

/* The holder of the key shows somebody else a checkpoint of another history. */
TEST(two_histories_signed_by_the_same_key_are_told)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1024};
	CLEANUP(buf_fini) struct buf note = {.limit = 1024};
	struct checkpoint forked = {.size = 200};
	FIXTURE f;
	DB_STMT *write = NULL;
	struct findings all;

	fixture_open(&f);
	for (int i = 0; i < 5; i++)
		fixture_add(&f, 100);
	checkpoint_text(f.key.name, &forked, &text);
	note_sign(&f.key, (struct str){text.data, text.len}, &note);
	fixture_tamper(&f, "");
	CHECK(db_prepare(f.db, "update ledger_checkpoint set note = :note where id = 200", &write,
			 &f.e) == ERR_NONE);
	db_bind_text(write, 1, (struct str){note.data, note.len});
	CHECK(db_run(write, &f.e) == ERR_NONE);
	all = audit_store(&f);
	CHECK(found_only(&all, "checkpoint_root",
			 "checkpoint of size 200 was signed with another root"));
}

TEST(no_changed_byte_of_any_tile_goes_unseen)
{
	static const struct {
		int64_t id;
		size_t bytes;
	} tiles[] = {
		{0,		    8192	},
		   {1,		       8192   },
		      {2,		  88 * 32},
		    {INT64_C(1) << 40, 2 * 32 }
	      };
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 120);
	fixture_add(&f, 200);
	fixture_add(&f, 280);
	for (size_t t = 0; t < COUNT_OF(tiles); t++) {
		for (size_t byte = t; byte < tiles[t].bytes; byte += 29) {
			CLEANUP(ledger_audit_closep) struct ledger_audit *a = NULL;
			struct findings all = {.count = 0};

			fixture_flip(&f, tiles[t].id, byte);
			CHECK(ledger_audit_open(
				      &(struct ledger_auditor){f.db, &f.key, f.hasher, keep, &all},
				      &a, &f.e) == ERR_NONE);
			CHECK(ledger_audit_tree(a, &f.e) == ERR_NONE);
			CHECK(found_only(&all, "tile", "own"));
			fixture_flip(&f, tiles[t].id, byte);
		}
	}
}

TEST(an_auditor_needs_only_to_read_and_the_public_key)
{
	struct ledger_fixture reader;
	struct findings all;
	FIXTURE f;

	fixture_open_shared(&f);
	fixture_add(&f, 300);
	reader = f;
	note_key_wipe(&reader.key);
	CHECK(db_open(f.place.where, DB_READ, &reader.db, &f.e) == ERR_NONE);
	CHECK(ledger_open(reader.db, &reader.key, f.hasher, &reader.ledger, &f.e) == ERR_NONE);
	all = audit_store(&reader);
	CHECK(all.count == 0 && all.head.size == 300);
	ledger_close(reader.ledger);
	db_close(reader.db);
}
