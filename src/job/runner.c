#include "job/job_priv.h"

#include "base/limits.h"
#include "sys/clock.h"

#include <stdio.h>

enum {
	LOOK_MS = 1000, /* for what others were asked */
	BEAT_MS = 1000,
	TIDY_MS = 600000,
	MEMORY = LIMIT_IMPORT_MEMORY_BYTES * 4,
};

static enum err_code (*const kinds[JOB_KINDS])(struct job_run *r) = {
	[JOB_IMPORT] = job_import, [JOB_EXPORT] = job_export, [JOB_ASSESS] = job_assess};

/* Under the lock; until something changes, or so many milliseconds have passed. */
static void
rest(struct jobs *j, int64_t ms)
{
	const struct timespec until = clock_deadline(ms);

	(void)pthread_cond_timedwait(&j->changed, &j->lock, &until);
}

void
job_progress(struct jobs *j, int64_t done, int64_t total, const char *what)
{
	(void)pthread_mutex_lock(&j->lock);
	j->now.done = done;
	j->now.total = total;
	j->now.what = what;
	(void)pthread_mutex_unlock(&j->lock);
}

static void
tell(struct jobs *j, const char *event, const struct job *job, const char *why)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "%s %lld of %.*s%s%s", job_kind_names[job->kind],
		       (long long)job->id, STR_ARG(job->actor), why[0] ? ": " : "", why);
	j->o.log(j->o.object, event, text);
}

/* The context serves nobody any more. */
static void
ctx_clear(struct ctx *ctx, struct str actor)
{
	ctx->who = NULL;
	ctx->stop = NULL;
	ctx->actor = actor;
	ctx->actor_id = 0;
}

static enum err_code
problem_text(struct job_run *r, const struct err *e, struct str *ret_text)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_FIELD_BYTES};
	/* What the matter was with these goes to the log. */
	bool own = e->code == ERR_IO || e->code == ERR_INTERNAL;
	struct json_writer w;

	jw_begin(&w, &out, false);
	jw_object(&w);
	jw_key_word(&w, "type", err_name(e->code));
	jw_key_word(&w, "detail",
		    own ? "something went wrong inside; the server's log says what" : e->message);
	jw_key_word(&w, "field", e->field[0] ? e->field : NULL);
	jw_key_word(&w, "where", e->where[0] && !own ? e->where : NULL);
	jw_end_object(&w);
	return job_text_keep(r, &out, ret_text);
}

/* As whoever asked, with what he may do now. */
static enum err_code
work(struct job_run *r, struct who *who)
{
	struct visit v = {.ctx = r->ctx};
	json_t *arguments = NULL;
	enum err_code rc = identity_again(&v, &r->job->by, who);

	if (!rc)
		rc = json_read(r->job->arguments, &arguments, &r->ctx->err);
	if (!rc) {
		r->who = who;
		r->arguments = arguments;
		r->ctx->actor = who->actor;
		r->ctx->actor_id = 0;
		r->ctx->stop = &r->jobs->stop;
		rc = kinds[r->job->kind](r);
	}
	json_decref(arguments);
	return rc;
}

static bool
is_passing(enum err_code rc)
{
	return rc == ERR_BUSY || rc == ERR_LOST;
}

/* What follows from how it went; the store says so. */
static enum err_code
conclude(struct job_run *r, enum err_code rc, const struct err *why)
{
	struct jobs *j = r->jobs;
	struct ctx *ctx = r->ctx;
	int64_t id = r->job->id;
	struct running now;

	(void)pthread_mutex_lock(&j->lock);
	now = j->now;
	(void)pthread_mutex_unlock(&j->lock);
	if ((r->settled && !rc) || now.why == STOP_LOST)
		return ERR_NONE;
	if (rc && now.why == STOP_CANCELLED)
		return job_finish_cancelled(j, ctx, id, str_of(now.cancelled_by));
	if (rc && now.why == STOP_ENDING)
		return job_give_back(j, ctx, id, false);
	if (is_passing(rc) && r->job->tries < LIMIT_JOB_TRIES)
		return job_give_back(j, ctx, id, true);
	if (rc) {
		*r->end = (struct job_end){.state = JOB_FAILED};
		rc = problem_text(r, why, &r->end->problem);
	}
	return rc ? rc : job_finish(j, ctx, id, r->end);
}

static void
run_one(struct jobs *j, const struct job *job, struct arena *a)
{
	struct ctx *ctx = workspace_ctx(j->work);
	struct str own = ctx->actor;
	struct job_end end = {.state = JOB_DONE};
	struct job_run r = {.jobs = j, .job = job, .ctx = ctx, .end = &end};
	struct who who = {0};
	struct err why = {0};
	enum err_code rc = ERR_NONE;

	ctx->arena = a;
	if (job->cancelled_by.ptr) {
		rc = job_finish_cancelled(j, ctx, job->id, job->cancelled_by);
	} else if (job->tries > LIMIT_JOB_TRIES) {
		why = (struct err){0};
		(void)err_set(&why, ERR_FAILED, "",
			      "it was begun %d times, and each time its process ended before it",
			      LIMIT_JOB_TRIES);
		rc = conclude(&r, ERR_FAILED, &why);
	} else {
		rc = work(&r, &who);
		why = ctx->err;
		ctx_clear(ctx, own);
		if (rc)
			tell(j, "job_ended", job, why.message);
		else
			tell(j, "job_done", job, "");
		ctx->err = (struct err){0};
		rc = conclude(&r, rc, &why);
	}
	if (rc)
		tell(j, "job_not_settled", job, ctx->err.message);
	ctx_clear(ctx, own);
	ctx->err = (struct err){0};
}

/* Waits for the next, and makes it the one in hand. */
static bool
next_take(struct jobs *j, struct arena *a, struct job *ret_job)
{
	struct ctx *ctx = workspace_ctx(j->work);
	bool found = false;

	ctx->arena = a;
	if (clock_monotonic_ms() - j->tidied_at > TIDY_MS) {
		if (job_tidy(ctx))
			j->o.log(j->o.object, "jobs_not_tidied", ctx->err.message);
		j->tidied_at = clock_monotonic_ms();
	}
	if (job_claim(j, ctx, ret_job, &found)) {
		j->o.log(j->o.object, "job_not_begun", ctx->err.message);
		found = false;
	}
	ctx->err = (struct err){0};
	(void)pthread_mutex_lock(&j->lock);
	if (found) {
		j->now = (struct running){.id = ret_job->id, .what = "begun"};
		atomic_store(&j->stop, false);
	}
	/* It is given back at once. */
	if (found && j->ending) {
		j->now.why = STOP_ENDING;
		atomic_store(&j->stop, true);
	}
	(void)pthread_mutex_unlock(&j->lock);
	return found;
}

/* The connection that works; without one it is tried again. Nobody who only starts waits for it. */
static bool
work_open(struct jobs *j)
{
	struct err e = {0};

	if (j->work || !workspace_another(j->o.ws, DB_WRITE, &j->work, &e))
		return true;
	j->o.log(j->o.object, "job_not_begun", e.message);
	return false;
}

static void *
run(void *object)
{
	struct jobs *j = object;
	CLEANUP(arena_fini) struct arena a;
	bool ending = false;

	arena_init(&a, MEMORY);
	j->tidied_at = clock_monotonic_ms() - TIDY_MS - 1;
	while (!ending) {
		struct job job;
		bool found;

		arena_reset(&a);
		found = work_open(j) && next_take(j, &a, &job);
		if (found)
			run_one(j, &job, &a);
		(void)pthread_mutex_lock(&j->lock);
		j->now = (struct running){0};
		if (!found && !j->ending)
			rest(j, LOOK_MS);
		ending = j->ending;
		(void)pthread_mutex_unlock(&j->lock);
	}
	return NULL;
}

/* That it could not be told passes; that the job is another's now ends it. */
static void
beat(struct jobs *j, struct arena *a)
{
	struct running now;
	struct str cancelled;
	struct ctx *ctx;
	struct err none = {0};
	enum err_code rc;

	(void)pthread_mutex_lock(&j->lock);
	now = j->now;
	(void)pthread_mutex_unlock(&j->lock);
	if (!now.id || (!j->beat && workspace_another(j->o.ws, DB_WRITE, &j->beat, &none)))
		return;
	arena_reset(a);
	ctx = workspace_ctx(j->beat);
	ctx->arena = a;
	rc = job_beat(j, ctx, &now, &cancelled);
	ctx->err = (struct err){0};
	if (rc != ERR_CONFLICT && (rc || !cancelled.ptr))
		return;
	(void)pthread_mutex_lock(&j->lock);
	if (j->now.id == now.id && j->now.why == STOP_NOT) {
		j->now.why = rc ? STOP_LOST : STOP_CANCELLED;
		(void)snprintf(j->now.cancelled_by, sizeof(j->now.cancelled_by), "%.*s",
			       STR_ARG(cancelled));
		atomic_store(&j->stop, true);
	}
	(void)pthread_mutex_unlock(&j->lock);
}

static void *
beat_on(void *object)
{
	struct jobs *j = object;
	CLEANUP(arena_fini) struct arena a;
	int64_t last = 0;

	arena_init(&a, LIMIT_FIELD_BYTES);
	(void)pthread_mutex_lock(&j->lock);
	while (!j->ending || j->now.id) {
		rest(j, BEAT_MS);
		if (clock_monotonic_ms() - last < BEAT_MS)
			continue;
		last = clock_monotonic_ms();
		(void)pthread_mutex_unlock(&j->lock);
		beat(j, &a);
		(void)pthread_mutex_lock(&j->lock);
	}
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

enum err_code
runner_start(struct jobs *j, struct err *e)
{
	if (pthread_create(&j->runner, NULL, run, j) != 0)
		return err_set(e, ERR_INTERNAL, "", "the thread that runs jobs cannot be started");
	if (pthread_create(&j->pulse, NULL, beat_on, j) == 0)
		return ERR_NONE;
	jobs_stop(j);
	(void)pthread_join(j->runner, NULL);
	return err_set(e, ERR_INTERNAL, "", "the thread that keeps jobs cannot be started");
}

void
jobs_stop(struct jobs *j)
{
	(void)pthread_mutex_lock(&j->lock);
	j->ending = true;
	if (j->now.id && j->now.why == STOP_NOT)
		j->now.why = STOP_ENDING;
	atomic_store(&j->stop, true);
	(void)pthread_cond_broadcast(&j->changed);
	(void)pthread_mutex_unlock(&j->lock);
}

bool
jobs_busy(struct jobs *j)
{
	bool busy;

	(void)pthread_mutex_lock(&j->lock);
	busy = j->now.id != 0;
	(void)pthread_mutex_unlock(&j->lock);
	return busy;
}

void
runner_end(struct jobs *j)
{
	jobs_stop(j);
	(void)pthread_join(j->runner, NULL);
	(void)pthread_mutex_lock(&j->lock);
	(void)pthread_cond_broadcast(&j->changed);
	(void)pthread_mutex_unlock(&j->lock);
	(void)pthread_join(j->pulse, NULL);
}

void
runner_poke(struct jobs *j)
{
	(void)pthread_mutex_lock(&j->lock);
	(void)pthread_cond_broadcast(&j->changed);
	(void)pthread_mutex_unlock(&j->lock);
}

const char *
job_text(const struct job_run *r, const char *name)
{
	return json_string_value(json_object_get(r->arguments, name));
}

bool
job_flag(const struct job_run *r, const char *name)
{
	return json_is_true(json_object_get(r->arguments, name));
}

enum err_code
job_text_keep(struct job_run *r, const struct buf *out, struct str *ret_text)
{
	if (out->failed)
		return err_set(&r->ctx->err, ERR_TOO_BIG, "",
			       "there is more to be told of it than %d bytes",
			       LIMIT_JOB_REPORT_BYTES);
	*ret_text = str_dup(r->ctx->arena, (struct str){out->data, out->len});
	return ERR_NONE;
}
