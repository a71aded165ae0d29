#include "record/resolve.h"

#include "access/grant.h"
#include "base/limits.h"
#include "model/sql.h"
#include "record/resolve_priv.h"
#include "record/roll.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Kept, each in one of the few places that its hash gives it. */
	ANSWERS_LEAST = 1 << 10,
	ANSWERS_MOST = 1 << 18,
	ANSWERS_GROWTH = 16,
	PLACES = 4,
	ANSWER_TEXT = 32,
	FEEDS = 64,
	/* How well a record with the key suits: the higher, the better. */
	RANK_ANY = 1,
	RANK_ORGANISATION,
	RANK_FEED,
};

/* What a key of a field was found to mean, for records of one organisation and feed. Fields that
 * refer to one and the same register share their answers. */
struct answer {
	const void *asked; /* the register, or else the field */
	int64_t organisation;
	int64_t id;
	uint32_t age;
	uint16_t feed;
	uint8_t len;
	bool firm;
	char text[ANSWER_TEXT];
};

struct target_reader {
	struct db_stmt *by_key;
	struct db_stmt *by_id;
	struct roll_use use;
};

struct resolver {
	struct ctx *ctx;
	const struct resolve_pending *pending;
	const struct reg *organisations;
	struct target_reader *readers; /* as ctx->model->regs */
	struct answer *answers;
	size_t answers_room;
	size_t answers_kept; /* since there was so much room */
	size_t memory;	     /* that rolls may take still */
	uint32_t age;
	struct str feeds[FEEDS];
	size_t feed_count;
	struct arena arena; /* of the feeds' names */
};

/* The records that have the key, the best first. */
struct resolve_found {
	int64_t organisation;
	struct str feed;
	int64_t holder; /* only records of this organisation; 0 for any */
	int rank;
	int64_t id;
	int64_t rival; /* another one that suits as well; 0 when there is none */
};

enum err_code
resolver_new(struct ctx *ctx, const struct resolve_pending *pending, struct resolver **ret_resolver)
{
	struct resolver *rs = calloc(1, sizeof(*rs));

	if (!rs)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to resolve references");
	rs->ctx = ctx;
	rs->pending = pending;
	rs->organisations = model_reg(ctx->model, str_of("organisation"));
	rs->age = 1;
	rs->memory = LIMIT_ROLL_BYTES;
	arena_init(&rs->arena, LIMIT_IMPORT_MEMORY_BYTES);
	rs->readers = calloc(ctx->model->reg_count, sizeof(*rs->readers));
	if (!rs->readers) {
		resolver_free(rs);
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to resolve references");
	}
	*ret_resolver = rs;
	return ERR_NONE;
}

void
resolver_free(struct resolver *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; rs->readers && i < rs->ctx->model->reg_count; i++) {
		db_stmt_free(rs->readers[i].by_key);
		db_stmt_free(rs->readers[i].by_id);
		roll_drop(&rs->readers[i].use, &rs->memory);
	}
	free(rs->readers);
	free(rs->answers);
	arena_fini(&rs->arena);
	free(rs);
}

void
resolver_freep(struct resolver **rs)
{
	resolver_free(*rs);
}

void
resolver_forget(struct resolver *rs)
{
	rs->age++;
	for (size_t i = 0; i < rs->ctx->model->reg_count; i++)
		roll_drop(&rs->readers[i].use, &rs->memory);
}

void
resolve_offer(struct resolve_found *found, int64_t id, int64_t organisation, struct str feed)
{
	int rank = RANK_ANY;

	if (found->holder && organisation != found->holder)
		return;
	if (found->holder || organisation == found->organisation)
		rank = str_eq(feed, found->feed) ? RANK_FEED : RANK_ORGANISATION;
	if (rank < found->rank || id == found->id)
		return;
	found->rival = rank == found->rank ? id : 0;
	if (rank > found->rank)
		found->id = id;
	found->rank = rank;
}

static enum err_code
reader_get(struct resolver *rs, const struct reg *target, struct target_reader **ret_reader)
{
	CLEANUP(buf_fini) struct buf by_key = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf by_id = {.limit = SQL_LIMIT};
	struct target_reader *reader = &rs->readers[target->index];
	enum err_code rc = ERR_NONE;

	if (!reader->by_key) {
		sql_from(target, "t.id, t.organisation, t.feed", "where t.key = :key", &by_key);
		rc = db_prepare(rs->ctx->db, by_key.data, &reader->by_key, &rs->ctx->err);
	}
	if (!rc && !reader->by_id) {
		sql_from(target, "t.id, t.organisation", "where t.id = :id", &by_id);
		rc = db_prepare(rs->ctx->db, by_id.data, &reader->by_id, &rs->ctx->err);
	}
	if (!rc)
		*ret_reader = reader;
	return rc;
}

struct offer {
	int64_t id;
	int64_t organisation;
	struct str feed;
};

/* What whom the context serves may not see is not there. */
static void
offer_seen(struct resolver *rs, const struct reg *target, struct resolve_found *found,
	   struct offer o)
{
	if (grant_reads(rs->ctx->model, rs->ctx->who, target, o.organisation))
		resolve_offer(found, o.id, o.organisation, o.feed);
}

/* All records of one register with the key. */
static enum err_code
find_in(struct resolver *rs, const struct reg *target, struct str key, struct resolve_found *found)
{
	struct target_reader *reader;
	struct roll_found known;
	size_t at = 0;
	enum err_code rc = reader_get(rs, target, &reader);
	bool row;

	if (!rc)
		rc = roll_ask(rs->ctx, target, &rs->memory, &reader->use);
	if (rc)
		return rc;
	while (reader->use.roll && roll_next(reader->use.roll, key, &at, &known))
		offer_seen(rs, target, found,
			   (struct offer){known.id, known.organisation, known.feed});
	if (!reader->use.roll)
		db_bind_text(reader->by_key, 1, key);
	while (!reader->use.roll && !(rc = db_step(reader->by_key, &row, &rs->ctx->err)) && row)
		offer_seen(rs, target, found,
			   (struct offer){db_int(reader->by_key, 0), db_int(reader->by_key, 1),
					  db_text(reader->by_key, 2)});
	if (!rc && rs->pending)
		rc = rs->pending->each(rs->pending->object, target, key, found);
	return rc;
}

/* Tries the registers that the field allows, or `only` one of them. */
static enum err_code
find_key(struct resolver *rs, struct lookup *l, const struct reg *only, int64_t holder,
	 struct str key)
{
	size_t count;
	const struct reg *const *targets = field_targets(rs->ctx->model, l->field, &count);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < count; i++) {
		struct resolve_found found = {.organisation = l->record->organisation,
					      .feed = l->record->feed,
					      .holder = holder};

		if (only && targets[i] != only)
			continue;
		rc = find_in(rs, targets[i], key, &found);
		if (rc || !found.id)
			continue;
		if (found.rival || l->id)
			l->rival = found.rival ? found.rival : found.id;
		if (!l->id) {
			l->id = found.id;
			l->rank = found.rank;
		}
	}
	return rc;
}

/* "ORG/key", for each place where the organisation's key may end. */
static enum err_code
find_held(struct resolver *rs, struct lookup *l, const struct reg *only, struct str text)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 1; !rc && !l->id && rs->organisations && i + 1 < text.len; i++) {
		struct str rest = {text.ptr + i + 1, text.len - i - 1};
		struct resolve_found holder = {0};

		if (text.ptr[i] != '/')
			continue;
		rc = find_in(rs, rs->organisations, (struct str){text.ptr, i}, &holder);
		if (!rc && holder.id)
			rc = find_key(rs, l, only, holder.id, rest);
	}
	return rc;
}

/* "ACC-1042". */
static enum err_code
find_name(struct resolver *rs, struct lookup *l)
{
	int64_t id = record_id_of_name(rs->ctx->model, l->text);
	const struct reg *target = id ? model_reg_of_id(rs->ctx->model, id) : NULL;
	struct target_reader *reader;
	enum err_code rc;
	bool row;

	if (!target || !field_allows(l->field, target))
		return ERR_NONE;
	rc = reader_get(rs, target, &reader);
	if (rc)
		return rc;
	db_bind_int(reader->by_id, 1, id);
	rc = db_step(reader->by_id, &row, &rs->ctx->err);
	if (!rc && row &&
	    grant_reads(rs->ctx->model, rs->ctx->who, target, db_int(reader->by_id, 1)))
		l->id = id;
	db_reset(reader->by_id);
	return rc;
}

static enum err_code
find(struct resolver *rs, struct lookup *l)
{
	struct str rest = l->text;
	struct str name = str_cut(&rest, ':');
	const struct reg *only = rest.len > 0 ? model_reg(rs->ctx->model, name) : NULL;
	enum err_code rc = ERR_NONE;

	if (only && field_allows(l->field, only)) {
		rc = find_held(rs, l, only, rest);
		if (!rc && !l->id)
			rc = find_key(rs, l, only, 0, rest);
	}
	if (!rc && !l->id)
		rc = find_held(rs, l, NULL, l->text);
	if (!rc && !l->id)
		rc = find_key(rs, l, NULL, 0, l->text);
	if (!rc && !l->id)
		rc = find_name(rs, l);
	return rc;
}

/* A small number for the feed's name; FEEDS when there are too many. */
static size_t
feed_number(struct resolver *rs, struct str feed)
{
	size_t i = 0;

	while (i < rs->feed_count && !str_eq(rs->feeds[i], feed))
		i++;
	if (i == rs->feed_count && i < FEEDS)
		rs->feeds[rs->feed_count++] = str_dup(&rs->arena, feed);
	return i;
}

static uint64_t
answer_hash(const struct answer *wanted)
{
	uint64_t h = (uint64_t)(uintptr_t)wanted->asked ^ (uint64_t)wanted->organisation << 20 ^
		     (uint64_t)wanted->feed << 56 ^ wanted->len;

	for (size_t i = 0; i < wanted->len; i += sizeof(h)) {
		uint64_t word = 0;
		size_t left = wanted->len - i;

		memcpy(&word, wanted->text + i, left < sizeof(word) ? left : sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

static bool
same_question(const struct answer *a, const struct answer *b)
{
	return a->asked == b->asked && a->organisation == b->organisation && a->age == b->age &&
	       a->feed == b->feed && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The answer kept to the same question; else one to put the new answer in, and *ret_known false. */
static struct answer *
answer_place(struct resolver *rs, const struct answer *wanted, bool *ret_known)
{
	uint64_t h = answer_hash(wanted);
	struct answer *places = &rs->answers[h % (rs->answers_room / PLACES) * PLACES];
	struct answer *place = &places[h >> 24 & (PLACES - 1)];

	*ret_known = false;
	for (size_t i = 0; i < PLACES; i++) {
		if (same_question(&places[i], wanted)) {
			*ret_known = true;
			return &places[i];
		}
		if (places[i].age != rs->age)
			place = &places[i];
	}
	return place;
}

/* Makes room for more answers once as many were kept as there is room for; those are asked for
 * again then. */
static bool
answers_grow(struct resolver *rs)
{
	size_t room = rs->answers_room ? rs->answers_room * ANSWERS_GROWTH : (size_t)ANSWERS_LEAST;

	if (rs->answers_kept < rs->answers_room || room > ANSWERS_MOST)
		return true;
	free(rs->answers);
	rs->answers = calloc(room, sizeof(*rs->answers));
	rs->answers_room = rs->answers ? room : 0;
	rs->answers_kept = 0;
	return rs->answers != NULL;
}

/* A record of the very feed is meant whatever else comes; a longer form may mean something new. */
static bool
is_firm(const struct lookup *l)
{
	return l->field->target_count == 1 && l->rank == RANK_FEED &&
	       !memchr(l->text.ptr, ':', l->text.len) && !memchr(l->text.ptr, '/', l->text.len);
}

/* Where all records are at hand, an answer that was kept is no nearer. */
static bool
is_on_roll(const struct resolver *rs, const struct field *f)
{
	return f->target_count == 1 && rs->readers[f->targets[0]->index].use.roll != NULL;
}

/* Finds what the key means; l->id 0, or l->rival, when it means none or several. */
static enum err_code
look_up(struct resolver *rs, struct lookup *l, bool *ret_firm)
{
	const struct record *r = l->record;
	const struct field *f = l->field;
	size_t feed = feed_number(rs, r->feed);
	struct answer wanted = {.organisation = r->organisation, .age = rs->age};
	struct answer *kept = NULL;
	bool known = false;
	enum err_code rc;

	wanted.asked = f->target_count == 1 ? (const void *)f->targets[0] : f;
	if (!answers_grow(rs))
		return err_set(&rs->ctx->err, ERR_INTERNAL, "", "no memory to resolve references");
	if (l->text.len <= ANSWER_TEXT && feed < FEEDS && !is_on_roll(rs, f)) {
		wanted.feed = (uint16_t)feed;
		wanted.len = (uint8_t)l->text.len;
		memcpy(wanted.text, l->text.ptr, l->text.len);
		kept = answer_place(rs, &wanted, &known);
	}
	if (known) {
		l->id = kept->id;
		*ret_firm = kept->firm;
		return ERR_NONE;
	}
	rc = find(rs, l);
	if (rc)
		return rc;
	*ret_firm = wanted.firm = is_firm(l);
	wanted.id = l->id;
	if (kept && l->id && !l->rival) {
		*kept = wanted;
		rs->answers_kept++;
	}
	return ERR_NONE;
}

enum err_code
resolve_key(struct resolver *rs, const struct record *r, const struct field *f, struct str key,
	    int64_t *ret_id)
{
	struct lookup l = {.record = r, .field = f, .text = key};
	bool firm;
	enum err_code rc = look_up(rs, &l, &firm);

	if (rc)
		return rc;
	if (!l.id)
		return resolve_refuse_missing(rs->ctx, &l);
	if (l.rival)
		return resolve_refuse_ambiguous(rs->ctx, &l);
	*ret_id = l.id;
	return ERR_NONE;
}

void
resolve_expect(const struct resolver *rs, const struct field *f, struct str key,
	       enum roll_look look)
{
	if (f->target_count == 1)
		roll_expect(&rs->readers[f->targets[0]->index].use, key, look);
}

enum err_code
resolve_now(struct resolver *rs, const struct record *r, const struct field *f, struct str key,
	    struct resolve_answer *ret_answer)
{
	struct lookup l = {.record = r, .field = f, .text = key};
	bool firm = false;
	enum err_code rc = look_up(rs, &l, &firm);

	if (!rc)
		*ret_answer = (struct resolve_answer){l.rival ? 0 : l.id, firm};
	return rc;
}

static enum err_code
resolve_value(struct resolver *rs, const struct record *r, const struct field *f, struct value *v)
{
	int64_t id;
	enum err_code rc;

	if (v->kind != VALUE_KEY)
		return ERR_NONE;
	rc = resolve_key(rs, r, f, v->text, &id);
	if (!rc)
		*v = (struct value){.kind = VALUE_INT, .number = id};
	return rc;
}

enum err_code
resolve_record(struct resolver *rs, struct record *r)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];
		struct value *v = &r->values[i];
		size_t width = (size_t)v->number;

		if (v->kind != VALUE_ITEMS) {
			rc = resolve_value(rs, r, f, v);
			continue;
		}
		for (size_t k = 0; !rc && k < v->count * width; k++)
			rc = resolve_value(rs, r, f->type == FIELD_LIST ? &f->fields[k % width] : f,
					   &v->items[k]);
	}
	return rc;
}
