#include "serve/keeper.h"

#include "base/limits.h"
#include "check/check.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	LOOK_MS = 1000,
	/* What the clock alone moves may wait: answers that compare with the very moment would
	 * otherwise be decided each second. */
	CLOCK_MS = 300000,
	/* After a failed run; each further one waits twice as long, to the most. */
	AGAIN_MS = 5000,
	AGAIN_MS_MOST = 300000,
	/* Versions that are taken into the index at once. While there are more it rests between for
	 * so many times as long as those took, so that requests have the processors. */
	LEAVES = 1000,
	LEAVES_REST = 2,
	LEAVES_MS_LEAST = 20,
};

struct keeper {
	const struct workspace *of;
	/* Its own, opened by its thread. */
	struct workspace *ws;
	struct assessor *assessor;
	struct arena arena; /* of one look */
	struct search_index *search;
	const struct group *group;
	bool ails; /* the store, the last time */
	struct http_log *log;
	int64_t ran_at; /* milliseconds of the monotonic clock */
	int64_t wait_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ends;
	bool ending;
	bool ended;
};

static enum err_code
open_once(struct keeper *k, struct err *e)
{
	struct ctx *ctx;
	enum err_code rc = k->ws ? ERR_NONE : workspace_another(k->of, DB_WRITE, &k->ws, e);

	if (rc || k->assessor)
		return rc;
	ctx = workspace_ctx(k->ws);
	rc = assessor_new(ctx, &k->assessor);
	if (rc)
		*e = ctx->err;
	ctx->err = (struct err){0};
	return rc;
}

static enum err_code
assess(struct keeper *k)
{
	struct ctx *ctx = workspace_ctx(k->ws);
	struct assess_options o = {.assessor = k->assessor};
	struct assess_report report;
	enum assess_due due = DUE_NOT;
	enum err_code rc;

	ctx->arena = &k->arena;
	arena_reset(&k->arena);
	rc = assess_due(ctx, &due);
	if (rc || due == DUE_NOT)
		return rc;
	if (due == DUE_CLOCK && k->ran_at && clock_monotonic_ms() - k->ran_at < CLOCK_MS)
		return ERR_NONE;
	rc = assess_run(ctx, &o, &report);
	k->ran_at = clock_monotonic_ms();
	if (!rc)
		log_event(k->log, LOG_LEVEL_INFO, "assessed",
			  "%zu obligations decided, %lld failures opened, %lld closed",
			  report.decided, (long long)report.failures_opened,
			  (long long)report.failures_fixed);
	return rc;
}

static enum err_code
look(struct keeper *k, struct err *e)
{
	enum err_code rc = open_once(k, e);

	if (rc)
		return rc;
	rc = assess(k);
	if (rc)
		*e = workspace_ctx(k->ws)->err;
	workspace_ctx(k->ws)->err = (struct err){0};
	return rc;
}

/* Says it once when it begins, and once when it is over. */
static void
store_look(struct keeper *k)
{
	struct err e = {0};
	bool ails = group_ails(k->group, &e);

	if (ails && !k->ails)
		log_event(k->log, LOG_LEVEL_ERROR, "store_ails", "%s", e.message);
	else if (!ails && k->ails)
		log_event(k->log, LOG_LEVEL_INFO, "store_well",
			  "what is written is moved from the log into the file again");
	k->ails = ails;
}

/* How long until the next look. */
static int64_t
index_look(struct keeper *k)
{
	const int64_t begun = clock_monotonic_ms();
	struct err e = {0};
	int64_t left = 0;
	int64_t rest_ms;

	if (!search_catch_up(k->search, LEAVES, &left, &e)) {
		rest_ms = LEAVES_REST * (clock_monotonic_ms() - begun);
		if (left <= 0)
			return LOOK_MS;
		return rest_ms < LEAVES_MS_LEAST ? LEAVES_MS_LEAST : rest_ms;
	}
	log_event(k->log, LOG_LEVEL_WARNING, "not_indexed", "%s", e.message);
	return AGAIN_MS;
}

/* Waits; false when it is to end. */
static bool
rest(struct keeper *k)
{
	const struct timespec until = clock_deadline(k->wait_ms);
	int late = 0;
	bool ending;

	(void)pthread_mutex_lock(&k->lock);
	while (!k->ending && !late)
		late = pthread_cond_timedwait(&k->ends, &k->lock, &until);
	ending = k->ending;
	(void)pthread_mutex_unlock(&k->lock);
	return !ending;
}

static void *
keep(void *object)
{
	struct keeper *k = object;
	struct err e;

	k->wait_ms = LOOK_MS;
	do {
		e = (struct err){0};
		store_look(k);
		if (!look(k, &e)) {
			k->wait_ms = index_look(k);
			continue;
		}
		log_event(k->log, LOG_LEVEL_WARNING, "not_assessed", "%s", e.message);
		k->wait_ms = k->wait_ms < AGAIN_MS ? AGAIN_MS : 2 * k->wait_ms;
		k->wait_ms = k->wait_ms < AGAIN_MS_MOST ? k->wait_ms : AGAIN_MS_MOST;
	} while (rest(k));
	(void)pthread_mutex_lock(&k->lock);
	k->ended = true;
	(void)pthread_mutex_unlock(&k->lock);
	return NULL;
}

static enum err_code
start(struct keeper *k, struct err *e)
{
	pthread_condattr_t monotonic;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_cond_init(&k->ends, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (pthread_create(&k->thread, NULL, keep, k) == 0)
		return ERR_NONE;
	(void)pthread_cond_destroy(&k->ends);
	(void)pthread_mutex_destroy(&k->lock);
	return err_set(e, ERR_INTERNAL, "", "the thread that assesses cannot be started");
}

static void
release(struct keeper *k)
{
	assessor_free(k->assessor);
	workspace_close(k->ws);
	arena_fini(&k->arena);
	free(k);
}

enum err_code
keeper_new(const struct service *service, struct http_log *log, struct keeper **ret_keeper,
	   struct err *e)
{
	struct keeper *k = calloc(1, sizeof(*k));
	enum err_code rc;

	if (!k)
		return err_set(e, ERR_INTERNAL, "", "no memory for the thread that assesses");
	arena_init(&k->arena, LIMIT_IMPORT_MEMORY_BYTES);
	k->log = log;
	k->search = service->search;
	k->group = service->group;
	k->of = service->ws;
	rc = start(k, e);
	if (rc) {
		release(k);
		return rc;
	}
	*ret_keeper = k;
	return ERR_NONE;
}

void
keeper_end(struct keeper *k)
{
	if (!k)
		return;
	(void)pthread_mutex_lock(&k->lock);
	k->ending = true;
	(void)pthread_cond_signal(&k->ends);
	(void)pthread_mutex_unlock(&k->lock);
}

bool
keeper_has_ended(struct keeper *k)
{
	bool ended = true;

	if (!k)
		return true;
	(void)pthread_mutex_lock(&k->lock);
	ended = k->ended;
	(void)pthread_mutex_unlock(&k->lock);
	return ended;
}

void
keeper_free(struct keeper *k)
{
	if (!k)
		return;
	keeper_end(k);
	(void)pthread_join(k->thread, NULL);
	(void)pthread_cond_destroy(&k->ends);
	(void)pthread_mutex_destroy(&k->lock);
	release(k);
}
