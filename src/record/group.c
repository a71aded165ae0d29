#include "record/group.h"

#include "base/limits.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* More in one transaction would let the first wait for the last. Those who were answered together
 * mostly come again together: who is first of them waits that long for the others. */
enum { TOGETHER_MAX = 256, TRIES_MOST = 3, GATHER_MS = 1, TELLS_MOST = 8 };

struct group {
	struct ctx *ctx;
	struct arena *own;  /* the context's, before and after */
	struct arena arena; /* its memory while a batch is written */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come; /* something waits, or the end */
	struct group_change *first;
	struct group_change **last;
	size_t count;
	bool ending;
};

/* What came of writing a batch once. */
enum outcome {
	WRITTEN_WHOLE,
	SPOILED, /* by one change, which is refused now */
	SUSPECT, /* by one of them, but not surely by the one that was told */
	LOST,	 /* the connection; nothing was kept, and no change is to blame */
	FAILED,
};

struct batch {
	struct group_change *changes[TOGETHER_MAX];
	size_t count;
	size_t before;	       /* in the one before */
	struct timespec until; /* when nobody waits for more */
	bool one_by_one;       /* each is answered by the store before the next */
};

static void
batch_take(struct group *g, struct batch *b)
{
	while (g->first && b->count < TOGETHER_MAX) {
		b->changes[b->count++] = g->first;
		g->first = g->first->next;
		g->count--;
	}
	if (!g->first)
		g->last = &g->first;
}

/* Waits for the first; there is none at the end. */
static void
batch_begin(struct group *g, struct batch *b)
{
	while (!g->first && !g->ending)
		(void)pthread_cond_wait(&g->come, &g->lock);
	b->until = clock_deadline(GATHER_MS);
	b->before = b->count;
	b->count = 0;
	batch_take(g, b);
}

/* Takes those that have come meanwhile; while they are fewer than the last time, the transaction
 * waits a little for more. */
static bool
batch_grow(struct group *g, struct batch *b)
{
	size_t count = b->count;
	int late = 0;

	(void)pthread_mutex_lock(&g->lock);
	while (!g->first && !g->ending && count < b->before && !late)
		late = pthread_cond_timedwait(&g->come, &g->lock, &b->until);
	batch_take(g, b);
	(void)pthread_mutex_unlock(&g->lock);
	return b->count > count;
}

/* A server may say of a statement only later that it refuses it. */
static enum err_code
change_write(struct group *g, struct writer *w, const struct group_change *c, bool wait)
{
	enum err_code rc = writer_act_as(w, c->actor);

	g->ctx->who = c->who;
	if (!rc)
		rc = c->write(c->object, w);
	g->ctx->who = NULL;
	return rc || !wait ? rc : db_exec(g->ctx->db, "select 1", &g->ctx->err);
}

/* What the failure of something that is for all of them says of the changes. */
static enum outcome
common_failed(const struct writer *w, const struct batch *b, enum err_code rc)
{
	if (rc == ERR_LOST)
		return writer_unknown(w) ? FAILED : LOST;
	return b->one_by_one || rc == ERR_BUSY || rc == ERR_FULL || rc == ERR_IO || rc == ERR_DENIED
		       ? FAILED
		       : SUSPECT;
}

/* Reads at once what those from `from` on are about. */
static enum err_code
batch_expect(struct writer *w, const struct batch *b, size_t from)
{
	int64_t ids[TOGETHER_MAX];
	size_t count = 0;

	for (size_t i = from; i < b->count; i++) {
		if (b->changes[i]->about && !b->changes[i]->refused)
			ids[count++] = b->changes[i]->about;
	}
	return writer_expect(w, ids, count);
}

/* One change; what it says of the others. It spoils the transaction when it had written something
 * before it was refused, or the store itself refused it. */
static enum outcome
write_one(struct group *g, struct writer *w, const struct batch *b, struct group_change *one)
{
	int64_t before = writer_leaves(w);
	bool spoiled;

	one->rc = change_write(g, w, one, b->one_by_one);
	if (!one->rc)
		return WRITTEN_WHOLE;
	if (one->rc == ERR_LOST)
		return LOST;
	spoiled = writer_torn(w) || writer_leaves(w) != before || one->rc == ERR_CONFLICT;
	if (spoiled && !b->one_by_one)
		return SUSPECT;
	one->err = g->ctx->err;
	one->refused = true;
	return spoiled ? SPOILED : WRITTEN_WHOLE;
}

/* Writes all that was not refused, and what comes meanwhile. */
static enum outcome
write_all(struct group *g, struct writer *w, struct batch *b, enum err_code *ret_rc)
{
	enum outcome outcome = WRITTEN_WHOLE;
	size_t expected = 0;

	for (size_t i = 0; outcome == WRITTEN_WHOLE && (i < b->count || batch_grow(g, b)); i++) {
		if (i == expected) {
			*ret_rc = batch_expect(w, b, i);
			expected = b->count;
		}
		if (*ret_rc)
			return common_failed(w, b, *ret_rc);
		if (!b->changes[i]->refused)
			outcome = write_one(g, w, b, b->changes[i]);
	}
	return outcome;
}

static enum outcome
write_once(struct group *g, struct batch *b, enum err_code *ret_rc)
{
	WRITER *w = NULL;
	enum outcome outcome;

	*ret_rc = writer_begin(g->ctx, &w);
	if (*ret_rc)
		return FAILED;
	outcome = write_all(g, w, b, ret_rc);
	if (outcome == WRITTEN_WHOLE)
		*ret_rc = writer_commit(w);
	else if (outcome == LOST)
		*ret_rc = ERR_LOST;
	if (outcome == WRITTEN_WHOLE && *ret_rc)
		outcome = common_failed(w, b, *ret_rc);
	return outcome;
}

/* A suspicion is cleared once, one by one; then each time round one change more is refused: so it
 * ends. When the connection is lost and nothing was kept for certain, all of it is written again.
 */
static void
batch_write(struct group *g, struct batch *b)
{
	struct str own = g->ctx->actor;
	enum outcome outcome;
	enum err_code rc;
	int lost = 0;

	b->one_by_one = false;
	do {
		outcome = write_once(g, b, &rc);
		lost += outcome == LOST;
		b->one_by_one = b->one_by_one || outcome == SUSPECT;
	} while (outcome == SUSPECT || outcome == SPOILED ||
		 (outcome == LOST && lost < TRIES_MOST));
	/* The others' names end with their changes. */
	g->ctx->actor = own;
	g->ctx->actor_id = 0;
	arena_reset(&g->arena);
	for (size_t i = 0; i < b->count; i++) {
		struct group_change *one = b->changes[i];

		if (one->refused)
			continue;
		one->rc = rc;
		if (rc)
			one->err = g->ctx->err;
	}
}

/* To wake somebody takes longer than to write a change: each of those who are woken here wakes a
 * few more. What is answered is its owner's again. */
static void
batch_answer(const struct batch *b)
{
	struct group_change *first = NULL;
	size_t told = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct group_change *one = b->changes[i];

		if (one->left) {
			free(one);
			continue;
		}
		if (told++ % TELLS_MOST == 0) {
			if (first)
				(void)sem_post(&first->answered);
			first = one;
			continue;
		}
		one->next = first->tells;
		first->tells = one;
	}
	if (first)
		(void)sem_post(&first->answered);
}

static void *
write_on(void *object)
{
	struct group *g = object;
	struct batch batch = {.count = 0};

	(void)pthread_mutex_lock(&g->lock);
	for (;;) {
		batch_begin(g, &batch);
		if (batch.count == 0)
			break;
		(void)pthread_mutex_unlock(&g->lock);
		batch_write(g, &batch);
		batch_answer(&batch);
		(void)pthread_mutex_lock(&g->lock);
	}
	(void)pthread_mutex_unlock(&g->lock);
	return NULL;
}

/* When nothing writes. */
static void
release(struct group *g)
{
	db_mover_stop(g->ctx->db);
	(void)pthread_cond_destroy(&g->come);
	(void)pthread_mutex_destroy(&g->lock);
	g->ctx->arena = g->own;
	arena_fini(&g->arena);
	free(g);
}

enum err_code
group_new(struct ctx *ctx, struct group **ret_group, struct err *e)
{
	struct group *g = calloc(1, sizeof(*g));
	pthread_condattr_t monotonic;
	enum err_code rc;

	if (!g)
		return err_set(e, ERR_INTERNAL, "", "no memory for the writing thread");
	g->ctx = ctx;
	g->own = ctx->arena;
	arena_init(&g->arena, LIMIT_IMPORT_MEMORY_BYTES);
	ctx->arena = &g->arena;
	g->last = &g->first;
	(void)pthread_mutex_init(&g->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&g->come, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	rc = db_mover_start(ctx->db, e);
	if (!rc && pthread_create(&g->thread, NULL, write_on, g) != 0)
		rc = err_set(e, ERR_INTERNAL, "", "the writing thread cannot be started");
	if (rc) {
		release(g);
		return rc;
	}
	*ret_group = g;
	return ERR_NONE;
}

void
group_free(struct group *g)
{
	if (!g)
		return;
	(void)pthread_mutex_lock(&g->lock);
	g->ending = true;
	(void)pthread_cond_signal(&g->come);
	(void)pthread_mutex_unlock(&g->lock);
	(void)pthread_join(g->thread, NULL);
	release(g);
}

/* Under the lock. */
static enum err_code
queue_add(struct group *g, struct group_change *c, struct err *e)
{
	if (g->ending || g->count >= LIMIT_GROUP_WAITING)
		return err_set(e, ERR_BUSY, "",
			       "too many changes wait to be written; try again in a moment");
	*g->last = c;
	g->last = &c->next;
	g->count++;
	(void)pthread_cond_signal(&g->come);
	return ERR_NONE;
}

enum err_code
group_write(struct group *g, struct group_change *c, struct err *e)
{
	enum err_code rc;

	c->tells = NULL;
	(void)sem_init(&c->answered, 0, 0);
	(void)pthread_mutex_lock(&g->lock);
	rc = queue_add(g, c, e);
	(void)pthread_mutex_unlock(&g->lock);
	while (!rc && sem_wait(&c->answered) != 0)
		/* A signal came. */;
	for (struct group_change *one = c->tells, *next; one; one = next) {
		next = one->next;
		(void)sem_post(&one->answered);
	}
	(void)sem_destroy(&c->answered);
	if (!rc && c->rc)
		*e = c->err;
	return rc ? rc : c->rc;
}

/* A change with the copy of its object behind it. */
struct left_change {
	struct group_change change;
	max_align_t object[];
};

enum err_code
group_leave(struct group *g, const struct group_change *c, size_t size, struct err *e)
{
	struct left_change *l = malloc(sizeof(*l) + size);
	enum err_code rc;

	if (!l)
		return err_set(e, ERR_INTERNAL, "", "no memory for a change");
	l->change = *c;
	l->change.object = l->object;
	l->change.left = true;
	memcpy(l->object, c->object, size);
	(void)pthread_mutex_lock(&g->lock);
	rc = queue_add(g, &l->change, e);
	(void)pthread_mutex_unlock(&g->lock);
	if (rc)
		free(l);
	return rc;
}

bool
group_ails(const struct group *g, struct err *e)
{
	return db_mover_fails(g->ctx->db, e);
}
