#include "api/service.h"

#include "access/serve.h"
#include "api/call.h"
#include "list/list.h"
#include "record/plans.h"

#include <stdio.h>
#include <string.h>

struct service *
service_of(const struct http_request *r)
{
	return r->object;
}

static void
readers_init(struct readers *all, size_t most)
{
	(void)pthread_mutex_init(&all->lock, NULL);
	(void)pthread_cond_init(&all->back, NULL);
	all->most = most;
}

static void
readers_fini(struct readers *all)
{
	while (all->idle_count > 0)
		workspace_close(all->idle[--all->idle_count]);
	(void)pthread_cond_destroy(&all->back);
	(void)pthread_mutex_destroy(&all->lock);
}

void
service_init(struct service *s)
{
	readers_init(&s->readers, LIMIT_READERS);
	readers_init(&s->past, LIMIT_PAST_READERS);
	(void)pthread_mutex_init(&s->errors.lock, NULL);
	(void)pthread_mutex_init(&s->fetches.lock, NULL);
	s->counts = counts_new();
}

void
service_fini(struct service *s)
{
	readers_fini(&s->readers);
	readers_fini(&s->past);
	(void)pthread_mutex_destroy(&s->errors.lock);
	(void)pthread_mutex_destroy(&s->fetches.lock);
	counts_free(s->counts);
}

static bool
meter_takes(struct meter *m, int64_t who, int64_t minute, int64_t most)
{
	size_t i = 0;
	bool takes;

	(void)pthread_mutex_lock(&m->lock);
	if (m->minute != minute)
		m->row_count = 0;
	m->minute = minute;
	while (i < m->row_count && m->rows[i].who != who)
		i++;
	if (i == m->row_count && i < LIMIT_METERED) {
		m->rows[i].who = who;
		m->rows[i].count = 0;
		m->row_count++;
	}
	takes = i < m->row_count && m->rows[i].count < most;
	if (takes)
		m->rows[i].count++;
	(void)pthread_mutex_unlock(&m->lock);
	return takes;
}

enum err_code
meter_take(struct meter *m, struct call *c, int64_t most)
{
	enum { MINUTE_MS = 60000, MINUTE_SECONDS = 60 };
	int64_t who = c->who.session ? c->who.session : -c->who.token;

	if (meter_takes(m, who, clock_now(&(struct clock){0}) / MINUTE_MS, most))
		return ERR_NONE;
	c->retry_after = MINUTE_SECONDS;
	return err_set(&c->ctx.err, ERR_TOO_OFTEN, "",
		       "it was done often enough in this minute; wait for the next");
}

/* One that is there; NULL when another is to be opened. */
static struct workspace *
readers_wait(struct readers *all)
{
	struct workspace *reader = NULL;

	(void)pthread_mutex_lock(&all->lock);
	while (all->idle_count == 0 && all->count == all->most)
		(void)pthread_cond_wait(&all->back, &all->lock);
	if (all->idle_count > 0)
		reader = all->idle[--all->idle_count];
	else
		all->count++;
	(void)pthread_mutex_unlock(&all->lock);
	return reader;
}

/* NULL: it could not be opened. */
static void
readers_back(struct readers *all, struct workspace *reader)
{
	(void)pthread_mutex_lock(&all->lock);
	if (reader)
		all->idle[all->idle_count++] = reader;
	else
		all->count--;
	(void)pthread_cond_signal(&all->back);
	(void)pthread_mutex_unlock(&all->lock);
}

static enum err_code
reader_take(void *object, struct ctx *ctx)
{
	struct service *s = object;
	struct workspace *reader = readers_wait(&s->readers);
	const struct ctx *its;
	enum err_code rc = ERR_NONE;

	if (!reader)
		rc = workspace_another(s->ws, DB_READ, &reader, &ctx->err);
	if (rc) {
		readers_back(&s->readers, NULL);
		return rc;
	}
	its = workspace_ctx(reader);
	ctx->db = its->db;
	ctx->ledger = its->ledger;
	ctx->hasher = its->hasher;
	ctx->loan.lent = reader;
	return ERR_NONE;
}

static void
reader_give(void *object, struct ctx *ctx)
{
	struct service *s = object;

	if (ctx->loan.lent)
		readers_back(&s->readers, ctx->loan.lent);
	ctx->loan.lent = NULL;
}

enum err_code
service_read(struct service *s, struct arena *a, struct ctx *ret_ctx, struct err *e)
{
	const struct ctx *own = workspace_ctx(s->ws);
	struct ctx ctx = {
		.arena = a,
		.model = own->model,
		.zone = own->zone,
		.clock = own->clock,
		.counts = s->counts,
		.loan = {.take = reader_take, .give = reader_give, .object = s}
	       };
	/* It may still be held to what the one before may see. */
	enum err_code rc = ctx_back(&ctx, ERR_NONE);

	if (rc) {
		*e = ctx.err;
		service_give(&ctx);
		return rc;
	}
	*ret_ctx = ctx;
	return ERR_NONE;
}

/* Whether the connection at hand reads the instant that is asked for. A day is one of the plan of
 * then, which the connection knows. */
static bool
is_at(struct workspace *past, const struct moment *at, int64_t now)
{
	const struct ctx *then = workspace_ctx(past);
	int64_t instant = at->kept;

	if (at->text.ptr && !past_moment(then->zone, at->text, at->kept, now, &instant))
		return false;
	return instant == then->as_of;
}

static enum err_code
past_open_for(const struct ctx *ctx, const struct moment *at, const struct who *who,
	      struct workspace **ret_past, struct err *e)
{
	const struct service *s = ctx->loan.object;
	const struct workspace_options o = {
		.as_of = at->text.ptr ? str_z(ctx->arena, at->text) : NULL, .as_of_kept = at->kept};
	enum err_code rc = workspace_past(s->ws, &o, who, ret_past, e);

	/* As the command line calls it. */
	if (rc && strcmp(e->field, "as-of") == 0)
		(void)snprintf(e->field, sizeof(e->field), "as_of");
	return rc;
}

static void
past_give(void *object, struct ctx *ctx)
{
	struct service *s = object;

	if (ctx->loan.lent)
		readers_back(&s->past, ctx->loan.lent);
	ctx->loan.lent = NULL;
}

/* One of that moment. */
static enum err_code
past_take(struct ctx *ctx, const struct moment *at, const struct who *who,
	  struct workspace **ret_past)
{
	struct service *s = ctx->loan.object;
	struct workspace *past = readers_wait(&s->past);
	enum err_code rc = ERR_NONE;

	if (past && !is_at(past, at, clock_now(&ctx->clock))) {
		workspace_close(past);
		past = NULL;
	}
	if (!past)
		rc = past_open_for(ctx, at, who, &past, &ctx->err);
	if (rc)
		readers_back(&s->past, NULL);
	else
		*ret_past = past;
	return rc;
}

enum err_code
service_past(struct ctx *ctx, const struct moment *at, const struct who *who)
{
	struct workspace *past;
	struct ctx then;
	enum err_code rc;

	ctx_away(ctx);
	rc = past_take(ctx, at, who, &past);
	if (rc)
		return rc;
	then = *workspace_ctx(past);
	then.arena = ctx->arena;
	then.actor = ctx->actor;
	then.note = ctx->note;
	then.loan = (struct ctx_loan){.give = past_give, .object = ctx->loan.object, .lent = past};
	*ctx = then;
	rc = ctx_serve(ctx, who);
	if (!rc)
		db_deadline(ctx->db, LIMIT_PAST_SECONDS * INT64_C(1000));
	return rc;
}

void
service_give(struct ctx *ctx)
{
	ctx_away(ctx);
}
