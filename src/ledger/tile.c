#include "ledger/tile.h"

#include <stdlib.h>
#include <string.h>

/* No tile has this id. */
enum { SLOT_EMPTY = -1 };

int64_t
tile_id(unsigned level, uint64_t number)
{
	return (int64_t)((uint64_t)level << TILE_NUMBER_BITS | number);
}

uint64_t
tile_entries(unsigned level, uint64_t size)
{
	return size >> (TILE_BITS * level);
}

size_t
tile_width(unsigned level, uint64_t number, uint64_t size)
{
	uint64_t entries = tile_entries(level, size);
	uint64_t first = number << TILE_BITS;

	if (first >= entries)
		return 0;
	return entries - first < TILE_HASHES ? (size_t)(entries - first) : (size_t)TILE_HASHES;
}

enum err_code
tile_reader_open(struct tile_reader *r, struct db *db, size_t slots, struct err *e)
{
	enum err_code rc;

	*r = (struct tile_reader){.slots = calloc(slots, sizeof(struct tile)), .count = slots};
	if (!r->slots)
		return err_set(e, ERR_INTERNAL, "", "no memory for the ledger's tiles");
	tile_reader_forget(r);
	rc = db_prepare(db, "select data from ledger_tile where id = :id", &r->read, e);
	if (rc)
		tile_reader_close(r);
	return rc;
}

void
tile_reader_close(struct tile_reader *r)
{
	db_stmt_free(r->read);
	free(r->slots);
	*r = (struct tile_reader){0};
}

void
tile_reader_forget(struct tile_reader *r)
{
	for (size_t i = 0; i < r->count; i++)
		r->slots[i].id = SLOT_EMPTY;
}

static enum err_code
fill(struct tile_reader *r, int64_t id, struct tile *slot, struct err *e)
{
	struct str data = {0};
	enum err_code rc;
	bool row;

	slot->id = SLOT_EMPTY;
	db_bind_int(r->read, 1, id);
	rc = db_step(r->read, &row, e);
	if (rc)
		return rc;
	if (row)
		data = db_text(r->read, 0);
	slot->ragged = data.len % HASH_SIZE != 0 || data.len / HASH_SIZE > TILE_HASHES;
	slot->width =
		data.len / HASH_SIZE < TILE_HASHES ? data.len / HASH_SIZE : (size_t)TILE_HASHES;
	if (slot->width > 0)
		memcpy(slot->hashes, data.ptr, slot->width * HASH_SIZE);
	db_reset(r->read);
	slot->id = id;
	return ERR_NONE;
}

enum err_code
tile_read(struct tile_reader *r, unsigned level, uint64_t number, const struct tile **ret_tile,
	  struct err *e)
{
	/* Neighbours in one level fall into different slots, and so do the levels above one tile.
	 */
	struct tile *slot = &r->slots[(number + level * (r->count / 2 + 1)) % r->count];
	enum err_code rc = ERR_NONE;

	if (slot->id != tile_id(level, number))
		rc = fill(r, tile_id(level, number), slot, e);
	if (rc == ERR_NONE)
		*ret_tile = slot;
	return rc;
}
