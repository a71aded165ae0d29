/* count.c -- how many records there are, as far as a list may know. */
#include "list/list_priv.h"

#include "access/who.h"
#include "base/hash.h"
#include "ledger/ledger.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLACES = 512, /* of counts; one takes that of another */
	AHEAD = 2,    /* times as many as are asked about are counted, to know it for longer */
};

/* So many were found when the ledger was so long. Each leaf that came since took away one of them
 * at most, so that there are as many less what it grew by. */
struct count {
	struct hash digest;
	int64_t count;
	int64_t length;
};

struct counts {
	pthread_mutex_t lock;
	struct count all[PLACES];
};

struct counts *
counts_new(void)
{
	struct counts *t = calloc(1, sizeof(*t));

	if (t)
		(void)pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
counts_free(struct counts *t)
{
	if (!t)
		return;
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct count *
place_of(struct counts *t, const struct hash *digest)
{
	uint64_t n;

	memcpy(&n, digest->bytes, sizeof(n));
	return &t->all[n % PLACES];
}

/* Whether there are so many at least. */
static bool
counts_know(struct counts *t, const struct hash *digest, int64_t most, int64_t length)
{
	const struct count *at = place_of(t, digest);
	bool known;

	(void)pthread_mutex_lock(&t->lock);
	known = hash_eq(&at->digest, digest) && at->count - llabs(length - at->length) >= most;
	(void)pthread_mutex_unlock(&t->lock);
	return known;
}

static void
counts_keep(struct counts *t, const struct hash *digest, int64_t count, int64_t length)
{
	(void)pthread_mutex_lock(&t->lock);
	*place_of(t, digest) = (struct count){*digest, count, length};
	(void)pthread_mutex_unlock(&t->lock);
}

/* One number. */
static enum err_code
ask(struct page_reading *rd, const struct buf *sql, int64_t *ret_number)
{
	DB_STMT *s = NULL;
	enum err_code rc = list_prepare(rd->ctx, sql, &s);
	bool row;

	if (rc)
		return rc;
	list_bind(rd, s);
	rc = db_step(s, &row, &rd->ctx->err);
	if (!rc)
		*ret_number = row ? db_int(s, 0) : 0;
	return rc;
}

static void
value_add(struct hasher *h, const struct filter_value *v)
{
	const int64_t numbers[] = {v->is_number,   v->is_range,		v->low_number,
				   v->high_number, (int64_t)v->low.len, (int64_t)v->high.len};

	hasher_add(h, numbers, sizeof(numbers));
	hasher_add(h, v->low.ptr, v->low.len);
	hasher_add(h, v->high.ptr, v->high.len);
}

/* Of what the leader asks, and of whose rows the connection shows. */
static struct hash
digest_of(const struct page_reading *rd)
{
	const struct page_query *q = &rd->asked->query;
	const struct filter_term *t = q->leader;
	const struct who *who = rd->ctx->who;
	struct hasher *h = rd->ctx->hasher;
	const int64_t numbers[] = {q->reg->code,
				   q->organisations_lead ? (int64_t)q->organisations : -1,
				   t ? (int64_t)t->op : -1,
				   t && t->or_null,
				   t ? (int64_t)t->value_count : 0,
				   !who || who->unheld ? -1 : (int64_t)who->organisation_count};

	hasher_begin(h);
	hasher_add(h, numbers, sizeof(numbers));
	if (t) {
		hasher_add(h, t->attribute->field->name, strlen(t->attribute->field->name) + 1);
		hasher_add(h, filter_field(t)->name, strlen(filter_field(t)->name) + 1);
	}
	for (size_t i = 0; t && i < t->value_count; i++)
		value_add(h, &t->values[i]);
	if (q->organisations_lead)
		hasher_add(h, rd->asked->organisations,
			   q->organisations * sizeof(*rd->asked->organisations));
	if (who && !who->unheld)
		hasher_add(h, who->organisations,
			   who->organisation_count * sizeof(*who->organisations));
	return hasher_end(h);
}

static enum err_code
count_found(struct page_reading *rd, int64_t most, int64_t *ret_found)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	rd->look = most;
	page_found_sql(&rd->asked->query, &sql);
	return ask(rd, &sql, ret_found);
}

/* How many the leader finds, or `most`. */
static enum err_code
found(struct page_reading *rd, int64_t most, int64_t *ret_found)
{
	struct ctx *ctx = rd->ctx;
	struct hash digest;
	int64_t length = 0;
	enum err_code rc;

	if (!ctx->counts)
		return count_found(rd, most, ret_found);
	rc = ledger_length(ctx->ledger, &length, &ctx->err);
	if (rc)
		return rc;
	digest = digest_of(rd);
	if (counts_know(ctx->counts, &digest, most, length)) {
		*ret_found = most;
		return ERR_NONE;
	}
	rc = count_found(rd, most * AHEAD, ret_found);
	if (rc || *ret_found < most)
		return rc;
	counts_keep(ctx->counts, &digest, *ret_found, length);
	*ret_found = most;
	return ERR_NONE;
}

/* Whether an index alone finds all of the list. */
static bool
is_led_alone(const struct page_query *q)
{
	return q->filter->count + q->within <= 1 && q->hidden_count == 0 &&
	       (q->filter->count == 0 || filter_can_lead(&q->filter->terms[0]));
}

/* Of what an index finds, that which finds the fewest; without any, the whole register. Engines
 * guess, and are wrong where values go together; this looks. */
static enum err_code
leader_choose(struct page_reading *rd, int64_t *ret_found)
{
	struct page_query *q = &rd->asked->query;
	const struct filter_term *best = NULL;
	bool organisations = false;
	int64_t least = 1 + (is_led_alone(q) ? LIMIT_LIST_COUNTED : LIMIT_LIST_GATHERED);
	int64_t n = 0;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < q->filter->count; i++) {
		if (!filter_can_lead(&q->filter->terms[i]))
			continue;
		q->leader = &q->filter->terms[i];
		rc = found(rd, least, &n);
		if (!rc && (!best || n < least)) {
			least = n;
			best = q->leader;
		}
	}
	q->leader = NULL;
	if (!rc && q->within) {
		q->organisations_lead = true;
		rc = found(rd, least, &n);
		organisations = !rc && (!best || n < least);
		least = organisations ? n : least;
	}
	q->organisations_lead = organisations;
	q->leader = organisations ? NULL : best;
	if (!rc && !q->leader && !organisations)
		rc = found(rd, least, &least);
	*ret_found = least;
	return rc;
}

/* Of a list that any place is asked of, as soon as that is known of it. */
static enum err_code
length_find(struct page_reading *rd)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct list_page *p = rd->page;
	enum err_code rc;

	if (!p->places)
		return err_set(&rd->ctx->err, ERR_INVALID, "skip",
			       "this list is read page after page, by `after`: no index leads to a "
			       "place in it; sort it by its number or its key, without a filter");
	rd->look = LIMIT_LIST_PASSED + 1;
	page_length_sql(&rd->asked->query, &sql);
	rc = ask(rd, &sql, &p->total);
	if (!rc && p->total > LIMIT_LIST_PASSED)
		return err_set(&rd->ctx->err, ERR_TOO_BIG, "skip",
			       "the list has more than %d records, too many to be counted; read it "
			       "page after page, by `after`",
			       LIMIT_LIST_PASSED);
	p->total_is_exact = !rc;
	return rc;
}

enum err_code
total_among(struct page_reading *rd, int64_t most)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	rd->look = most + 1;
	page_count_sql(&rd->asked->query, true, &sql);
	rc = list_prepare(rd->ctx, &sql, &s);
	if (rc)
		return rc;
	list_bind(rd, s);
	rc = db_step(s, &row, &rd->ctx->err);
	if (rc)
		return rc;
	rd->page->total = row ? db_int(s, 0) : 0;
	rd->page->total_is_exact = !row || db_int(s, 1) <= most;
	return ERR_NONE;
}

enum err_code
total_find(struct page_reading *rd)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct page_query *q = &rd->asked->query;
	struct list_page *p = rd->page;
	int64_t least = 0;
	enum err_code rc = leader_choose(rd, &least);

	if (rc)
		return rc;
	rd->few = least <= LIMIT_LIST_GATHERED;
	p->places =
		!rd->question->thorough && (rd->few || (page_walk_is_whole(q) && !rd->ctx->as_of));
	p->total = least;
	if (rd->question->placed && !rd->few)
		return length_find(rd);
	if (is_led_alone(q) && !rd->question->thorough) {
		p->total_is_exact = least <= LIMIT_LIST_COUNTED;
		p->total -= !p->total_is_exact;
		return ERR_NONE;
	}
	p->total = 0;
	p->total_is_exact = rd->few || rd->question->thorough;
	if (!p->total_is_exact)
		return ERR_NONE;
	rd->look = LIMIT_LIST_GATHERED;
	page_count_sql(q, !rd->question->thorough, &sql);
	rc = ask(rd, &sql, &p->total);
	rd->few = rd->few || p->total <= LIMIT_LIST_GATHERED;
	return rc;
}
