#include "ledger_fixture.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static void
tables_make(struct ledger_fixture *f)
{
	engine_speak_sqlite(f->db);
	for (size_t i = 0; i < ledger_table_count; i++)
		CHECK(schema_create(f->db, &ledger_tables[i], &f->e) == ERR_NONE);
	CHECK(hasher_new(&f->hasher, &f->e) == ERR_NONE);
	CHECK(note_key_make("example.org/ledger", &f->key, &f->e) == ERR_NONE);
	CHECK(ledger_open(f->db, &f->key, f->hasher, &f->ledger, &f->e) == ERR_NONE);
}

void
fixture_open(struct ledger_fixture *f)
{
	*f = (struct ledger_fixture){.db = engine_scratch()};
	tables_make(f);
}

void
fixture_open_shared(struct ledger_fixture *f)
{
	*f = (struct ledger_fixture){.shared = true};
	engine_place_make(&f->place);
	CHECK(db_open(f->place.where, DB_CREATE, &f->db, &f->e) == ERR_NONE);
	tables_make(f);
}

void
fixture_close(struct ledger_fixture *f)
{
	ledger_close(f->ledger);
	hasher_free(f->hasher);
	db_close(f->db);
	if (f->shared)
		engine_place_clear(&f->place);
}

struct str
fixture_entry(uint64_t n, char text[FIXTURE_ENTRY_SIZE])
{
	int len = snprintf(text, FIXTURE_ENTRY_SIZE, "{\"n\":%llu}", (unsigned long long)n);

	return (struct str){text, (size_t)len};
}

struct hash
fixture_leaf(struct ledger_fixture *f, uint64_t n)
{
	char text[FIXTURE_ENTRY_SIZE];
	struct str entry = fixture_entry(n, text);

	return merkle_leaf(f->hasher, entry.ptr, entry.len);
}

void
fixture_add_open(struct ledger_fixture *f, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		char text[FIXTURE_ENTRY_SIZE];
		uint64_t n = f->size + i;

		CHECK(ledger_add(f->ledger, (int64_t)n + 1, 1, fixture_entry(n, text), &f->e) ==
		      ERR_NONE);
	}
	f->size += count;
}

void
fixture_add(struct ledger_fixture *f, uint64_t count)
{
	DB_TXN txn = {0};

	CHECK(db_begin(f->db, &txn, &f->e) == ERR_NONE);
	fixture_add_open(f, count);
	CHECK(ledger_seal(f->ledger, 1700000000000, &f->e) == ERR_NONE);
	CHECK(db_commit(&txn, &f->e) == ERR_NONE);
}

struct checkpoint
fixture_tree(struct ledger_fixture *f, uint64_t size)
{
	struct merkle_range range = {0};

	for (uint64_t n = 0; n < size; n++) {
		struct hash leaf = fixture_leaf(f, n);

		merkle_append(f->hasher, &range, &leaf);
	}
	return (struct checkpoint){.size = size, .root = merkle_root(f->hasher, &range)};
}

void
fixture_tamper(struct ledger_fixture *f, const char *sql)
{
	engine_unguard(f->db, "ledger_leaf");
	engine_unguard(f->db, "ledger_tile");
	engine_unguard(f->db, "ledger_checkpoint");
	engine_does(f->db, sql);
}

void
fixture_flip(struct ledger_fixture *f, int64_t tile, size_t byte)
{
	DB_STMT *read = NULL;
	DB_STMT *write = NULL;
	struct str data;
	char *bytes;
	bool row;

	fixture_tamper(f, "");
	CHECK(db_prepare(f->db, "select data from ledger_tile where id = :id", &read, &f->e) ==
	      ERR_NONE);
	db_bind_int(read, 1, tile);
	CHECK(db_step(read, &row, &f->e) == ERR_NONE && row);
	data = db_text(read, 0);
	CHECK(byte < data.len);
	bytes = malloc(data.len);
	CHECK(bytes != NULL);
	memcpy(bytes, data.ptr, data.len);
	bytes[byte] = (char)(bytes[byte] ^ 1);
	db_reset(read);
	CHECK(db_prepare(f->db, "update ledger_tile set data = :data where id = :id", &write,
			 &f->e) == ERR_NONE);
	db_bind_blob(write, 1, bytes, data.len);
	db_bind_int(write, 2, tile);
	CHECK(db_run(write, &f->e) == ERR_NONE);
	free(bytes);
}
