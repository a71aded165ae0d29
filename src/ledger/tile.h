/* tile.h -- where the hashes of the tree stand in the store; private to the ledger.
 *
 * Level 0 is the leaves; a hash of level n + 1 is the root of one full tile of level n. So a tree
 * of `size` leaves has size >> 8n hashes at level n, and only the last tile of each level is
 * partial.
 */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H

#include "base/hash.h"
#include "store/db.h"

/* Six levels number 2^48 leaves, which is as many as a tile's id leaves room for. */
enum { TILE_BITS = 8, TILE_HASHES = 256, TILE_LEVELS = 6, TILE_NUMBER_BITS = 40 };

struct tile {
	int64_t id;
	size_t width; /* whole hashes that it holds; 0 when it is missing */
	bool ragged;  /* its bytes are not 0 to 256 whole hashes */
	struct hash hashes[TILE_HASHES];
};

/* Reads tiles and keeps the latest ones. */
struct tile_reader {
	struct db_stmt *read;
	struct tile *slots;
	size_t count;
};

int64_t tile_id(unsigned level, uint64_t number);

/* `slots`: how many tiles to keep. */
MUST_CHECK enum err_code tile_reader_open(struct tile_reader *r, struct db *db, size_t slots,
					  struct err *e);
void tile_reader_close(struct tile_reader *r);
/* Forgets what it keeps: tiles grow. */
void tile_reader_forget(struct tile_reader *r);
/* The tile is valid until the next read. */
MUST_CHECK enum err_code tile_read(struct tile_reader *r, unsigned level, uint64_t number,
				   const struct tile **ret_tile, struct err *e);

/* Hashes at `level` of a tree of `size` leaves, and how many of them are in tile `number`. */
uint64_t tile_entries(unsigned level, uint64_t size);
size_t tile_width(unsigned level, uint64_t number, uint64_t size);

#endif
