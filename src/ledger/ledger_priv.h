/* ledger_priv.h -- the open ledger, private to its parts. */
#ifndef LEDGER_LEDGER_PRIV_H
#define LEDGER_LEDGER_PRIV_H

#include "ledger/ledger.h"
#include "ledger/tile.h"
#include "store/load.h"

/* The last, partial tile of one level: what appending needs, and nothing older. */
struct level {
	struct hash hashes[TILE_HASHES];
	size_t width;
	size_t stored; /* of them, those in the store */
	uint64_t number;
	struct merkle_range range; /* of these hashes */
};

struct ledger {
	struct db *db;
	const struct note_key *key;
	struct hasher *hasher;
	struct db_stmt *read_head;
	struct db_load *leaves, *new_tiles;
	struct db_stmt *grow_tile, *add_checkpoint;
	struct tile_reader tiles;
	struct checkpoint head; /* of the last note that was read or signed ... */
	struct hash head_note;	/* ... and that note's hash, so that each is verified once */
	bool loaded;		/* the levels are those of the head, and what was added since */
	bool open;		/* the lock is held and the head was read in this transaction */
	uint64_t size;
	struct level levels[TILE_LEVELS];
};

/* Reads the head unless it is the one that is known. */
MUST_CHECK enum err_code ledger_refresh(struct ledger *l, struct err *e);

#endif
