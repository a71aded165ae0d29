/* ledger_fixture.h -- a ledger whose record n (from 0) has the subject n + 1, the version
 * 1 and a known entry. */
#ifndef LEDGER_FIXTURE_H
#define LEDGER_FIXTURE_H

#include "engine_fixture.h"
#include "ledger/ledger.h"

enum { FIXTURE_ENTRY_SIZE = 32 };

struct ledger_fixture {
	struct engine_place place; /* of a shared one */
	bool shared;
	struct err e;
	struct db *db;
	struct hasher *hasher;
	struct note_key key;
	struct ledger *ledger;
	uint64_t size; /* records added */
};

void fixture_open(struct ledger_fixture *f);
/* Where other connections can open it too: f->place.where. */
void fixture_open_shared(struct ledger_fixture *f);
void fixture_close(struct ledger_fixture *f);
#define FIXTURE CLEANUP(fixture_close) struct ledger_fixture

/* The next `count` records in one transaction. */
void fixture_add(struct ledger_fixture *f, uint64_t count);
/* The same without its begin, seal and end. */
void fixture_add_open(struct ledger_fixture *f, uint64_t count);

struct str fixture_entry(uint64_t n, char text[FIXTURE_ENTRY_SIZE]);
struct hash fixture_leaf(struct ledger_fixture *f, uint64_t n);
/* The root of the first `size` records, computed without the store. */
struct checkpoint fixture_tree(struct ledger_fixture *f, uint64_t size);

/* What only somebody with the database's own shell does: the guards are dropped first. */
void fixture_tamper(struct ledger_fixture *f, const char *sql);
/* Changes one bit of a tile. */
void fixture_flip(struct ledger_fixture *f, int64_t tile, size_t byte);

#endif
