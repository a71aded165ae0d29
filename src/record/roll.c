#include "record/roll.h"

#include "base/large.h"
#include "base/limits.h"
#include "model/sql.h"
#include "store/find.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_FIRST =
		32000, /* rows read in the time of so many questions: then a roll is thought of */
	FEEDS = 256,
	SLOTS_LEAST = 1024,
	UNIT = 8,
	PIECE_BITS = 20,
	LARGE_PIECE_BITS = 21,
	LARGE = 1 << 15, /* records that fill a large page */
};

/* Its key follows. */
struct entry {
	int64_t id;
	int64_t organisation;
	int64_t delivered;
	uint16_t key_len;
	uint16_t feed;
};

/* The first free one behind that to which the hash points. Most entries that are not meant are told
 * by the hash here, as each look at an entry waits for memory. */
struct slot {
	uint32_t hash;
	uint32_t place; /* in units of all pieces, of which the first is not used; 0: free */
};

struct roll {
	struct slot *slots;
	size_t mask;
	size_t count;
	char **pieces; /* of equal size; an entry lies in one of them */
	size_t piece_count;
	size_t piece_cap;
	int piece_bits;
	size_t len; /* taken of all pieces */
	struct str feeds[FEEDS];
	size_t feed_count;
	struct arena arena; /* of the feeds' names */
	size_t memory;
};

static void
roll_free(struct roll *roll)
{
	if (!roll)
		return;
	for (size_t i = 0; i < roll->piece_count; i++)
		free(roll->pieces[i]);
	free(roll->slots);
	arena_fini(&roll->arena);
	free(roll);
}

static uint32_t
key_hash(struct str key)
{
	uint64_t h = key.len;

	for (size_t i = 0; i < key.len; i += sizeof(h)) {
		uint64_t word = 0;
		size_t left = key.len - i;

		memcpy(&word, key.ptr + i, left < sizeof(word) ? left : sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

/* At most two thirds of the slots are taken by what is read. */
static bool
slots_make(struct roll *roll, size_t count, size_t memory)
{
	size_t slots = SLOTS_LEAST;

	while (slots < count + count / 2)
		slots *= 2;
	roll->mask = slots - 1;
	roll->memory = slots * sizeof(struct slot);
	roll->piece_bits = count < LARGE ? PIECE_BITS : LARGE_PIECE_BITS;
	if (roll->memory > memory)
		return false;
	roll->slots = large_alloc(roll->memory);
	if (roll->slots)
		memset(roll->slots, 0, roll->memory);
	return roll->slots != NULL;
}

static char *
entry_at(const struct roll *roll, size_t place)
{
	size_t at = place * UNIT;

	return roll->pieces[at >> roll->piece_bits] + (at & (((size_t)1 << roll->piece_bits) - 1));
}

static bool
feed_find(struct roll *roll, struct str feed, uint16_t *ret_number)
{
	size_t i = 0;

	while (i < roll->feed_count && !str_eq(roll->feeds[i], feed))
		i++;
	if (i == FEEDS)
		return false;
	if (i == roll->feed_count)
		roll->feeds[roll->feed_count++] = str_dup(&roll->arena, feed);
	*ret_number = (uint16_t)i;
	return true;
}

/* False when so many bytes more are too many. */
static bool
room_make(struct roll *roll, size_t size, size_t memory)
{
	size_t piece = (size_t)1 << roll->piece_bits;
	char *more;

	if (roll->len + size <= roll->piece_count * piece)
		return true;
	if (roll->memory + piece > memory)
		return false;
	more = large_alloc(piece);
	if (!more)
		return false;
	/* What is left of the last piece is too short for the entry. */
	if (roll->piece_count > 0)
		roll->len = roll->piece_count * piece;
	roll->pieces = arena_room(&roll->arena, roll->pieces, roll->piece_count, &roll->piece_cap,
				  sizeof(*roll->pieces));
	roll->pieces[roll->piece_count++] = more;
	roll->memory += piece;
	return true;
}

/* False when the record finds no room. */
static bool
entry_add(struct roll *roll, const struct roll_found *r, struct str key, size_t memory)
{
	size_t size = (sizeof(struct entry) + key.len + UNIT - 1) / UNIT * UNIT;
	struct entry e = {.id = r->id,
			  .organisation = r->organisation,
			  .delivered = r->delivered,
			  .key_len = (uint16_t)key.len};
	uint32_t hash = key_hash(key);
	size_t at = hash & roll->mask;
	char *place;

	/* The more slots are taken, the longer the way to a free one. */
	if (key.len > LIMIT_KEY_BYTES || roll->count > roll->mask / 4 * 3 ||
	    !feed_find(roll, r->feed, &e.feed) || !room_make(roll, size, memory))
		return false;
	roll->count++;
	while (roll->slots[at].place)
		at = (at + 1) & roll->mask;
	roll->slots[at] = (struct slot){hash, (uint32_t)(roll->len / UNIT)};
	place = entry_at(roll, roll->len / UNIT);
	memcpy(place, &e, sizeof(e));
	memcpy(place + sizeof(e), key.ptr, key.len);
	roll->len += size;
	return true;
}

static enum err_code
number_read(struct ctx *ctx, const struct reg *r, const char *what, int64_t *ret_number)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct db_find f = {.sql = NULL};

	sql_from(r, what, "", &sql);
	f.sql = sql.data;
	return db_find_int(ctx->db, &f, ret_number, NULL, &ctx->err);
}

/* *ret_roll NULL when it does not fit. */
static enum err_code
roll_read(struct ctx *ctx, const struct reg *r, size_t memory, struct roll **ret_roll)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	struct roll *roll;
	int64_t count = 0;
	bool row;
	enum err_code rc = number_read(ctx, r, "count(*)", &count);

	if (rc)
		return rc;
	roll = calloc(1, sizeof(*roll));
	if (!roll)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to look up records");
	arena_init(&roll->arena, LIMIT_IMPORT_MEMORY_BYTES);
	roll->len = UNIT;
	*ret_roll = roll;
	if (!slots_make(roll, (size_t)count, memory)) {
		*ret_roll = NULL;
		roll_free(roll);
		return ERR_NONE;
	}
	sql_from(r, "t.id, t.organisation, t.feed, t.key, t.delivered", "", &sql);
	rc = db_prepare_scan(ctx->db, sql.data, &s, &ctx->err);
	while (!rc && *ret_roll && !(rc = db_step(s, &row, &ctx->err)) && row) {
		struct roll_found held = {.id = db_int(s, 0),
					  .organisation = db_int(s, 1),
					  .delivered = db_int(s, 4),
					  .feed = db_text(s, 2)};

		if (!entry_add(roll, &held, db_text(s, 3), memory))
			*ret_roll = NULL;
	}
	if (rc)
		*ret_roll = NULL;
	if (!*ret_roll)
		roll_free(roll);
	return rc;
}

enum err_code
roll_ask(struct ctx *ctx, const struct reg *r, size_t *memory, struct roll_use *use)
{
	int64_t a_question = db_question_rows(ctx->db);
	int64_t newest = 0;
	enum err_code rc;

	if (use->roll || ++use->asked < (use->next_look ? use->next_look : LOOK_FIRST / a_question))
		return ERR_NONE;
	/* The newest number tells how many there can be without counting them. */
	rc = number_read(ctx, r, "max(t.id)", &newest);
	newest &= ((int64_t)1 << ID_CODE_SHIFT) - 1;
	/* It is read when that costs about as much as the questions so far. */
	use->next_look = newest / a_question + 1;
	if (rc || use->asked < use->next_look)
		return rc;
	rc = roll_read(ctx, r, *memory, &use->roll);
	if (!rc && use->roll)
		*memory -= use->roll->memory;
	if (!rc && !use->roll)
		use->next_look = INT64_MAX;
	return rc;
}

void
roll_drop(struct roll_use *use, size_t *memory)
{
	if (use->roll)
		*memory += use->roll->memory;
	roll_free(use->roll);
	*use = (struct roll_use){0};
}

void
roll_end(struct roll_use *use, size_t *memory)
{
	roll_drop(use, memory);
	use->next_look = INT64_MAX;
}

void
roll_expect(const struct roll_use *use, struct str key, enum roll_look look)
{
	const struct roll *roll = use->roll;
	const struct slot *slot = roll ? &roll->slots[key_hash(key) & roll->mask] : NULL;

	if (slot && look == ROLL_LOOK_HASH)
		__builtin_prefetch(slot);
	else if (slot && slot->place)
		__builtin_prefetch(entry_at(roll, slot->place));
}

/* The place of the next entry with the key; NULL when there is none. */
static char *
entry_next(const struct roll *roll, struct str key, size_t *at)
{
	uint32_t hash = key_hash(key);

	for (size_t i = *at ? *at : hash & roll->mask;; i++) {
		const struct slot *slot = &roll->slots[i & roll->mask];
		struct entry e;
		char *place;

		if (!slot->place)
			return NULL;
		if (slot->hash != hash)
			continue;
		place = entry_at(roll, slot->place);
		memcpy(&e, place, sizeof(e));
		if (e.key_len != key.len || memcmp(place + sizeof(e), key.ptr, key.len) != 0)
			continue;
		*at = (i & roll->mask) + 1;
		return place;
	}
}

bool
roll_next(const struct roll *roll, struct str key, size_t *at, struct roll_found *ret_found)
{
	const char *place = entry_next(roll, key, at);
	struct entry e;

	if (!place)
		return false;
	memcpy(&e, place, sizeof(e));
	*ret_found = (struct roll_found){.id = e.id,
					 .organisation = e.organisation,
					 .delivered = e.delivered,
					 .feed = roll->feeds[e.feed]};
	return true;
}

static bool
entry_change(struct roll *roll, const struct record *r)
{
	size_t at = 0;
	char *place;
	struct entry e;

	while ((place = entry_next(roll, r->key, &at)) != NULL) {
		memcpy(&e, place, sizeof(e));
		if (e.id != r->id)
			continue;
		e.delivered = r->delivered;
		memcpy(place, &e, sizeof(e));
		return e.organisation == r->organisation && str_eq(roll->feeds[e.feed], r->feed);
	}
	return false;
}

void
roll_note(struct roll_use *use, size_t *memory, const struct record *r, bool is_new)
{
	struct roll_found entry = {.id = r->id,
				   .organisation = r->organisation,
				   .delivered = r->delivered,
				   .feed = r->feed};
	size_t before;
	bool noted;

	if (!use->roll)
		return;
	before = use->roll->memory;
	/* What it has taken already does not count against what may still be taken. */
	noted = is_new ? entry_add(use->roll, &entry, r->key, *memory + before)
		       : entry_change(use->roll, r);
	*memory -= use->roll->memory - before;
	if (!noted)
		roll_end(use, memory);
}
