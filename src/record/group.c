#include "record/group.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>

/* More in one transaction would let the first wait for the last. */
enum { TOGETHER_MAX = 256, TRIES_MOST = 3 };

struct group {
	struct ctx *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come; /* something waits, or the end */
	pthread_cond_t gone; /* some were answered */
	struct group_change *first;
	struct group_change **last;
	size_t count;
	bool ending;
};

/* What came of writing a batch once. */
enum outcome {
	WRITTEN_WHOLE,
	SPOILED, /* by one change, which is refused now */
	LOST,	 /* the connection; nothing was kept, and no change is to blame */
	FAILED,
};

/* Writes all that was not refused. One of them spoils the transaction when it had written something
 * before it was refused, or the store itself refused it. */
static enum outcome
write_all(struct group *g, struct writer *w, struct group_change **batch, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct group_change *one = batch[i];
		int64_t before = writer_leaves(w);

		if (one->refused)
			continue;
		one->rc = writer_act_as(w, one->actor);
		if (!one->rc)
			one->rc = one->write(one->object, w);
		if (!one->rc)
			continue;
		if (one->rc == ERR_LOST)
			return LOST;
		one->err = g->ctx->err;
		one->refused = true;
		if (writer_torn(w) || writer_leaves(w) != before || one->rc == ERR_CONFLICT)
			return SPOILED;
	}
	return WRITTEN_WHOLE;
}

static enum outcome
write_once(struct group *g, struct group_change **batch, size_t count, enum err_code *ret_rc)
{
	WRITER *w = NULL;
	enum outcome outcome;

	*ret_rc = writer_begin(g->ctx, &w);
	if (*ret_rc)
		return FAILED;
	outcome = write_all(g, w, batch, count);
	if (outcome == WRITTEN_WHOLE)
		*ret_rc = writer_commit(w);
	else if (outcome == LOST)
		*ret_rc = ERR_LOST;
	if (outcome == WRITTEN_WHOLE && *ret_rc)
		outcome = *ret_rc == ERR_LOST && !writer_unknown(w) ? LOST : FAILED;
	return outcome;
}

/* Each time round one change more is refused, so it ends. When the connection is lost and nothing
 * was kept for certain, all of it is written again. */
static void
batch_write(struct group *g, struct group_change **batch, size_t count)
{
	struct str own = g->ctx->actor;
	enum outcome outcome;
	enum err_code rc;
	int lost = 0;

	do {
		outcome = write_once(g, batch, count, &rc);
		lost += outcome == LOST;
	} while (outcome == SPOILED || (outcome == LOST && lost < TRIES_MOST));
	/* The others' names end with their changes. */
	g->ctx->actor = own;
	g->ctx->actor_id = 0;
	for (size_t i = 0; i < count; i++) {
		if (batch[i]->refused)
			continue;
		batch[i]->rc = rc;
		if (rc)
			batch[i]->err = g->ctx->err;
	}
}

static size_t
batch_take(struct group *g, struct group_change **batch)
{
	size_t count = 0;

	while (g->first && count < TOGETHER_MAX) {
		batch[count++] = g->first;
		g->first = g->first->next;
	}
	if (!g->first)
		g->last = &g->first;
	g->count -= count;
	return count;
}

static void *
write_on(void *object)
{
	struct group *g = object;
	struct group_change *batch[TOGETHER_MAX];

	(void)pthread_mutex_lock(&g->lock);
	for (;;) {
		size_t count;

		while (!g->first && !g->ending)
			(void)pthread_cond_wait(&g->come, &g->lock);
		count = batch_take(g, batch);
		if (count == 0)
			break;
		(void)pthread_mutex_unlock(&g->lock);
		batch_write(g, batch, count);
		(void)pthread_mutex_lock(&g->lock);
		for (size_t i = 0; i < count; i++)
			batch[i]->done = true;
		(void)pthread_cond_broadcast(&g->gone);
	}
	(void)pthread_mutex_unlock(&g->lock);
	return NULL;
}

enum err_code
group_new(struct ctx *ctx, struct group **ret_group, struct err *e)
{
	struct group *g = calloc(1, sizeof(*g));

	if (!g)
		return err_set(e, ERR_INTERNAL, "", "no memory for the writing thread");
	g->ctx = ctx;
	g->last = &g->first;
	(void)pthread_mutex_init(&g->lock, NULL);
	(void)pthread_cond_init(&g->come, NULL);
	(void)pthread_cond_init(&g->gone, NULL);
	if (pthread_create(&g->thread, NULL, write_on, g) != 0) {
		free(g);
		return err_set(e, ERR_INTERNAL, "", "the writing thread cannot be started");
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
	(void)pthread_cond_destroy(&g->come);
	(void)pthread_cond_destroy(&g->gone);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}

void
group_freep(struct group **g)
{
	group_free(*g);
}

enum err_code
group_write(struct group *g, struct group_change *c, struct err *e)
{
	bool full;

	(void)pthread_mutex_lock(&g->lock);
	full = g->ending || g->count >= LIMIT_GROUP_WAITING;
	if (!full) {
		*g->last = c;
		g->last = &c->next;
		g->count++;
		(void)pthread_cond_signal(&g->come);
		while (!c->done)
			(void)pthread_cond_wait(&g->gone, &g->lock);
	}
	(void)pthread_mutex_unlock(&g->lock);
	if (full)
		return err_set(e, ERR_BUSY, "",
			       "too many changes wait to be written; try again in a moment");
	if (c->rc)
		*e = c->err;
	return c->rc;
}
