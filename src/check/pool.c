#include "check/increment.h"

#include "base/limits.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Checks are shared out between a few threads, each with a connection of its own; all see the same
 * state. */
struct pool {
	struct assessment *as;
	pthread_mutex_t lock;	/* of all below */
	struct roster *rosters; /* as model->regs, loaded when first needed */
	size_t next;		/* obligation to decide */
	size_t done;		/* obligations begun */
	bool stop;		/* one worker failed */
};

struct worker {
	struct pool *pool;
	struct ctx ctx; /* its own connection, arena and error */
	enum err_code rc;
};

static enum err_code
roster_get(struct worker *w, const struct reg *r, struct roster **ret_roster)
{
	struct pool *p = w->pool;
	enum err_code rc = ERR_NONE;

	(void)pthread_mutex_lock(&p->lock);
	*ret_roster = &p->rosters[r->index];
	if (!(*ret_roster)->reg)
		rc = roster_load(&w->ctx, r, *ret_roster);
	(void)pthread_mutex_unlock(&p->lock);
	return rc;
}

enum err_code
decision_failed(struct ctx *ctx, struct decision *d, enum err_code rc)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};
	struct err *e = &ctx->err;

	if (rc != ERR_INVALID && rc != ERR_TOO_BIG)
		return rc;
	buf_addf(&text, "%s%s%s", e->where, e->where[0] ? ": " : "", e->message);
	d->error = str_z(ctx->arena, (struct str){text.data, text.len});
	d->result = (struct check_result){0};
	*e = (struct err){0};
	return ERR_NONE;
}

/* A check that is kept belongs to the connection of the whole run. */
static enum err_code
check_get(struct worker *w, const struct obligation *o, struct check **own,
	  struct check **ret_check)
{
	struct assessor *kept = w->pool->as->assessor;
	enum err_code rc;

	if (kept && w->ctx.db == w->pool->as->ctx->db)
		return assessor_check(kept, o, HOLD_NOT, ret_check);
	rc = check_new(&w->ctx, o, own);
	*ret_check = *own;
	return rc;
}

/* `same` is a decision about the same scope, or NULL. */
static enum err_code
check_decide(struct worker *w, struct decision *d, const struct decision *same)
{
	CLEANUP(check_freep) struct check *own = NULL;
	const struct assessor *kept = w->pool->as->assessor;
	struct check *c = NULL;
	struct check_moment m = check_moment_at(&w->ctx, w->pool->as->now, d->obligation->cadence);
	int64_t start = clock_monotonic_ns();
	struct roster *roster = NULL;
	enum err_code rc = roster_get(w, d->obligation->applies_to, &roster);

	if (rc)
		return rc;
	if (w->pool->as->options->limit_ms)
		m.limit_ms = w->pool->as->options->limit_ms;
	m.scope_of = same && !same->error ? &same->result : NULL;
	rc = check_get(w, d->obligation, &own, &c);
	if (!rc)
		rc = check_run(c, roster, &m, w->ctx.arena, &d->result);
	/* What is kept tells its errors to the context that keeps it. */
	if (rc && kept && w->ctx.db == kept->ctx->db) {
		w->ctx.err = kept->ctx->err;
		kept->ctx->err = (struct err){0};
	}
	if (rc)
		rc = decision_failed(&w->ctx, d, rc);
	d->ns = clock_monotonic_ns() - start;
	if (!rc && arena_over(w->ctx.arena))
		rc = err_set(&w->ctx.err, ERR_TOO_BIG, "", "too many records fail to list them");
	return rc;
}

bool
decision_same_scope(const struct decision *a, const struct decision *b)
{
	const struct obligation *x = a->obligation;
	const struct obligation *y = b->obligation;

	return x->scope.text && y->scope.text && x->applies_to == y->applies_to &&
	       strcmp(a->period.name, b->period.name) == 0 &&
	       strcmp(x->scope.composed, y->scope.composed) == 0;
}

/* The first decision with the scope of this one. */
static const struct decision *
leader_of(const struct assessment *as, const struct decision *d)
{
	const struct decision *first = as->decisions;

	while (!decision_same_scope(first, d))
		first++;
	return first;
}

/* The next obligation with a check that nobody has taken; NULL when there is none. Those with the
 * scope of an earlier one go with that. */
static struct decision *
decision_take(struct pool *p)
{
	size_t count = p->as->ctx->model->plan.obligation_count;
	struct decision *d = NULL;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop && !d && p->next < count) {
		d = &p->as->decisions[p->next++];
		if (!d->obligation->check.text || leader_of(p->as, d) != d)
			d = NULL;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return d;
}

static void
progress_tell(struct pool *p, const struct decision *d)
{
	const struct assess_options *o = p->as->options;

	if (!o->progress)
		return;
	(void)pthread_mutex_lock(&p->lock);
	o->progress(o->object, d->obligation, p->done++, p->as->ctx->model->plan.obligation_count);
	(void)pthread_mutex_unlock(&p->lock);
}

/* A decision, and then those about the same scope. */
static enum err_code
group_decide(struct worker *w, struct decision *first)
{
	const struct assessment *as = w->pool->as;
	const struct decision *end = as->decisions + as->ctx->model->plan.obligation_count;
	enum err_code rc = ERR_NONE;

	for (struct decision *d = first; !rc && d < end; d++) {
		if (d != first && !decision_same_scope(first, d))
			continue;
		progress_tell(w->pool, d);
		rc = ctx_go_on(&w->ctx);
		if (!rc)
			rc = check_decide(w, d, d == first ? NULL : first);
	}
	return rc;
}

static void *
worker_run(void *object)
{
	struct worker *w = object;
	struct decision *d;

	while (!w->rc && (d = decision_take(w->pool)))
		w->rc = group_decide(w, d);
	if (w->rc) {
		(void)pthread_mutex_lock(&w->pool->lock);
		w->pool->stop = true;
		(void)pthread_mutex_unlock(&w->pool->lock);
	}
	return NULL;
}

static void
worker_init(struct worker *w, struct pool *p, struct db *db, struct arena *found)
{
	w->pool = p;
	w->ctx = *p->as->ctx;
	w->ctx.db = db;
	w->ctx.arena = found;
	w->ctx.hasher = NULL;
	w->ctx.ledger = NULL;
}

/* The first runs here; each other has a thread, or does its part here as well when none can be had.
 */
static void
workers_run(struct worker *workers, size_t count)
{
	pthread_t threads[CHECK_WORKERS];
	bool started[CHECK_WORKERS] = {false};

	for (size_t i = 1; i < count; i++)
		started[i] = pthread_create(&threads[i], NULL, worker_run, &workers[i]) == 0;
	(void)worker_run(&workers[0]);
	for (size_t i = 1; i < count; i++) {
		if (started[i])
			(void)pthread_join(threads[i], NULL);
	}
}

/* Without readers of their own, in memory, the one connection does all. */
static enum err_code
pool_run(struct assessment *as, struct db **readers, size_t count)
{
	struct pool p = {.as = as, .lock = PTHREAD_MUTEX_INITIALIZER};
	struct worker workers[CHECK_WORKERS] = {0};
	size_t workers_count = count ? count : 1;
	DB_TXN txn = {0};
	enum err_code rc = ERR_NONE;

	p.rosters = calloc(as->ctx->model->reg_count + 1, sizeof(*p.rosters));
	if (!p.rosters)
		return err_set(&as->ctx->err, ERR_INTERNAL, "",
			       "no memory for the lists of records");
	if (count == 0)
		rc = db_begin_read(as->ctx->db, &txn, &as->ctx->err);
	for (size_t i = 0; i < workers_count; i++)
		worker_init(&workers[i], &p, count ? readers[i] : as->ctx->db, &as->found[i]);
	if (!rc)
		rc = facts_read(&workers[0].ctx, as->today, &as->work, &as->facts);
	if (rc)
		as->ctx->err = workers[0].ctx.err;
	else
		workers_run(workers, workers_count);
	for (size_t i = 0; !rc && i < workers_count; i++) {
		rc = workers[i].rc;
		if (rc)
			as->ctx->err = workers[i].ctx.err;
	}
	for (size_t i = 0; i < as->ctx->model->reg_count; i++)
		roster_fini(&p.rosters[i]);
	free(p.rosters);
	return rc;
}

enum err_code
checks_run(struct assessment *as)
{
	struct db *readers[CHECK_WORKERS];
	size_t count = CHECK_WORKERS;
	enum err_code rc = db_readers(as->ctx->db, readers, &count, &as->ctx->err);

	if (rc)
		return rc;
	rc = pool_run(as, readers, count);
	for (size_t i = 0; i < count; i++)
		db_close(readers[i]);
	return rc;
}
