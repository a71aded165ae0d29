#include "record/roll.h"

#include "base/limits.h"
#include "model/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_FIRST = 1000, /* questions before a roll is thought of */
	WORTH = 32,	   /* it is read when the register has at most so many records a question */
	FEEDS = 256,
	POOL_FIRST = 1 << 16,
};

struct entry {
	int64_t id;
	int64_t organisation;
	int64_t delivered;
	uint32_t hash;
	uint32_t next; /* place of the next entry in the same chain, plus one */
	uint32_t key;  /* where it stands in the pool */
	uint16_t key_len;
	uint16_t feed;
};

struct roll {
	struct entry *entries;
	size_t count;
	size_t cap;
	uint32_t *heads; /* as `next` */
	size_t mask;
	char *pool;
	size_t pool_len;
	size_t pool_cap;
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
	free(roll->entries);
	free(roll->heads);
	free(roll->pool);
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

/* Room for so many records; false when they take more memory than is left. */
static bool
room_make(struct roll *roll, size_t count, size_t memory)
{
	size_t heads = 1024;

	while (heads < count)
		heads *= 2;
	roll->cap = count;
	roll->mask = heads - 1;
	roll->memory = count * sizeof(struct entry) + heads * sizeof(uint32_t);
	if (roll->memory > memory)
		return false;
	roll->entries = malloc((count + 1) * sizeof(struct entry));
	roll->heads = calloc(heads, sizeof(uint32_t));
	return roll->entries && roll->heads;
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

static bool
key_keep(struct roll *roll, struct str key, size_t memory)
{
	size_t cap = roll->pool_cap ? roll->pool_cap * 2 : (size_t)POOL_FIRST;
	char *more;

	if (key.len > UINT16_MAX)
		return false;
	if (roll->pool_len + key.len > roll->pool_cap) {
		if (roll->memory + cap > memory || cap > UINT32_MAX)
			return false;
		more = realloc(roll->pool, cap);
		if (!more)
			return false;
		roll->pool = more;
		roll->pool_cap = cap;
	}
	memcpy(roll->pool + roll->pool_len, key.ptr, key.len);
	roll->pool_len += key.len;
	return true;
}

/* False when the record finds no room. */
static bool
record_keep_key(struct roll *roll, const struct db_stmt *s, size_t memory)
{
	struct str key = db_text(s, 3);
	struct entry *e = &roll->entries[roll->count];
	uint32_t *head;

	*e = (struct entry){.id = db_int(s, 0),
			    .organisation = db_int(s, 1),
			    .delivered = db_int(s, 4),
			    .hash = key_hash(key),
			    .key = (uint32_t)roll->pool_len,
			    .key_len = (uint16_t)key.len};
	if (roll->count == roll->cap || !feed_find(roll, db_text(s, 2), &e->feed) ||
	    !key_keep(roll, key, memory))
		return false;
	head = &roll->heads[e->hash & roll->mask];
	e->next = *head;
	*head = (uint32_t)++roll->count;
	return true;
}

static enum err_code
number_read(struct ctx *ctx, const struct reg *r, const char *what, int64_t *ret_number)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	sql_from(r, what, "", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (!rc)
		rc = db_step(s, &row, &ctx->err);
	if (!rc)
		*ret_number = row ? db_int(s, 0) : 0;
	return rc;
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
	*ret_roll = roll;
	if (!room_make(roll, (size_t)count, memory)) {
		*ret_roll = NULL;
		roll_free(roll);
		return ERR_NONE;
	}
	sql_from(r, "t.id, t.organisation, t.feed, t.key, t.delivered", "", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	while (!rc && *ret_roll && !(rc = db_step(s, &row, &ctx->err)) && row) {
		if (!record_keep_key(roll, s, memory))
			*ret_roll = NULL;
	}
	if (rc)
		*ret_roll = NULL;
	if (!*ret_roll)
		roll_free(roll);
	else
		roll->memory += roll->pool_cap;
	return rc;
}

enum err_code
roll_ask(struct ctx *ctx, const struct reg *r, size_t *memory, struct roll_use *use)
{
	int64_t newest = 0;
	enum err_code rc;

	if (use->roll || ++use->asked < (use->next_look ? use->next_look : (int64_t)LOOK_FIRST))
		return ERR_NONE;
	/* The newest number tells how many there can be without counting them. */
	rc = number_read(ctx, r, "max(t.id)", &newest);
	newest &= ((int64_t)1 << ID_CODE_SHIFT) - 1;
	use->next_look = newest / WORTH + 1;
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

bool
roll_next(const struct roll *roll, struct str key, size_t *at, struct roll_found *ret_found)
{
	uint32_t hash = key_hash(key);
	size_t next = *at ? roll->entries[*at - 1].next : roll->heads[hash & roll->mask];

	for (; next; next = roll->entries[next - 1].next) {
		const struct entry *e = &roll->entries[next - 1];

		if (e->hash != hash || e->key_len != key.len ||
		    memcmp(roll->pool + e->key, key.ptr, key.len) != 0)
			continue;
		*at = next;
		*ret_found = (struct roll_found){.id = e->id,
						 .organisation = e->organisation,
						 .delivered = e->delivered,
						 .feed = roll->feeds[e->feed]};
		return true;
	}
	return false;
}
