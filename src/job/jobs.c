#include "job/job_priv.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
release(struct jobs *j)
{
	workspace_close(j->work);
	workspace_close(j->beat);
	workspace_close(j->look);
	(void)pthread_mutex_destroy(&j->lock);
	(void)pthread_mutex_destroy(&j->look_lock);
	(void)pthread_cond_destroy(&j->changed);
	free(j);
}

enum err_code
jobs_new(const struct jobs_options *o, struct jobs **ret_jobs, struct err *e)
{
	struct jobs *j = calloc(1, sizeof(*j));
	pthread_condattr_t monotonic;
	enum err_code rc;

	if (!j)
		return err_set(e, ERR_INTERNAL, "", "no memory for the thread that runs jobs");
	j->o = *o;
	j->owner = job_number_new();
	(void)pthread_mutex_init(&j->lock, NULL);
	(void)pthread_mutex_init(&j->look_lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&j->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	rc = runner_start(j, e);
	if (rc) {
		release(j);
		return rc;
	}
	*ret_jobs = j;
	return ERR_NONE;
}

void
jobs_free(struct jobs *j)
{
	if (!j)
		return;
	runner_end(j);
	release(j);
}

enum err_code
jobs_look(const struct job_asker *a, enum err_code (*look)(struct ctx *ctx, void *object),
	  void *object)
{
	struct jobs *j = a->jobs;
	struct ctx ctx;
	enum err_code rc = ERR_NONE;

	(void)pthread_mutex_lock(&j->look_lock);
	if (!j->look)
		rc = workspace_another(j->o.ws, DB_READ, &j->look, &ctx.err);
	if (!rc) {
		ctx = *workspace_ctx(j->look);
		ctx.arena = a->arena;
		rc = look(&ctx, object);
	}
	(void)pthread_mutex_unlock(&j->look_lock);
	if (rc)
		*a->e = ctx.err;
	return rc;
}

/* This process knows better how far its own is. */
void
job_now(struct jobs *j, struct arena *a, struct job *job)
{
	(void)pthread_mutex_lock(&j->lock);
	if (job->state == JOB_RUNNING && j->now.id == job->id) {
		job->done = j->now.done;
		job->total = j->now.total;
		job->what = str_of(j->now.what);
		if (j->now.why == STOP_CANCELLED) {
			job->cancelling = true;
			job->cancelled_by = str_dup(a, str_of(j->now.cancelled_by));
		}
	}
	(void)pthread_mutex_unlock(&j->lock);
}

struct finding {
	const struct who *who;
	int64_t id;
	struct job job;
};

static enum err_code
find_look(struct ctx *ctx, void *object)
{
	struct finding *f = object;
	bool found = false;
	enum err_code rc = job_row(ctx, f->id, &f->job, &found);
	bool own = found && f->job.by.login == f->who->login;

	if (rc)
		return rc;
	if (!found || f->job.state == JOB_ARRIVING || !(own || f->who->administrator))
		return err_set(&ctx->err, ERR_MISSING, "job", "there is no such job");
	return ERR_NONE;
}

enum err_code
jobs_find(const struct job_asker *a, int64_t id, struct job *ret_job)
{
	struct finding f = {.who = a->who, .id = id};
	enum err_code rc = jobs_look(a, find_look, &f);

	if (rc)
		return rc;
	job_now(a->jobs, a->arena, &f.job);
	*ret_job = f.job;
	return ERR_NONE;
}

struct listing {
	int64_t login; /* 0: of all */
	struct job *list;
	size_t count;
};

static enum err_code
list_look(struct ctx *ctx, void *object)
{
	struct listing *l = object;

	return job_rows(ctx, l->login, &l->list, &l->count);
}

enum err_code
jobs_list(const struct job_asker *a, bool all, struct job **ret_list, size_t *ret_count)
{
	struct listing l = {.login = all ? 0 : a->who->login};
	enum err_code rc;

	if (all && !a->who->administrator)
		return err_set(a->e, ERR_DENIED, "all", "only administrators see everybody's jobs");
	rc = jobs_look(a, list_look, &l);
	if (rc)
		return rc;
	for (size_t i = 0; i < l.count; i++)
		job_now(a->jobs, a->arena, &l.list[i]);
	*ret_list = l.list;
	*ret_count = l.count;
	return ERR_NONE;
}

/* Whether it is this process's; then it is told so, and waits for nobody who writes. */
static bool
cancel_here(struct jobs *j, const struct who *who, int64_t id)
{
	bool here;

	(void)pthread_mutex_lock(&j->lock);
	here = j->now.id == id && j->now.why != STOP_LOST && j->now.why != STOP_ENDING;
	if (here && j->now.why == STOP_NOT) {
		(void)snprintf(j->now.cancelled_by, sizeof(j->now.cancelled_by), "%.*s",
			       STR_ARG(who->actor));
		j->now.why = STOP_CANCELLED;
		atomic_store(&j->stop, true);
	}
	(void)pthread_mutex_unlock(&j->lock);
	return here;
}

struct cancelling {
	int64_t id;
	struct str actor;
};

static enum err_code
cancel_run(struct ctx *ctx, const struct cancelling *c, const char *sql)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, db_param(s, "actor"), c->actor);
	db_bind_int(s, db_param(s, "id"), c->id);
	if (db_param(s, "now"))
		db_bind_int(s, db_param(s, "now"), clock_now(&ctx->clock));
	return db_run(s, &ctx->err);
}

static enum err_code
cancel_write(void *object, struct writer *w)
{
	const struct cancelling *c = object;
	struct ctx *ctx = writer_ctx(w);
	struct job job;
	bool found = false;
	enum err_code rc = job_row(ctx, c->id, &job, &found);

	if (rc)
		return rc;
	if (!found || job.state > JOB_RUNNING)
		return err_set(&ctx->err, ERR_CONFLICT, "job", "the job has ended already");
	/* Whoever runs it asks for this. */
	if (job.state == JOB_RUNNING)
		return cancel_run(ctx, c,
				  "update job set cancelled_by = coalesce(cancelled_by, :actor) "
				  "where id = :id");
	rc = cancel_run(ctx, c,
			"update job set cancelled_by = :actor, state = 'cancelled', ended_at = "
			":now where id = :id");
	if (!rc)
		rc = job_pieces_drop(ctx, c->id, SIDE_UPLOAD);
	return rc ? rc : job_event(w, "job_cancelled", &job);
}

enum err_code
jobs_cancel(const struct job_asker *a, int64_t id)
{
	struct cancelling c = {.id = id, .actor = a->who->actor};
	struct group_change change = {.actor = c.actor, .write = cancel_write, .object = &c};
	struct job job;
	enum err_code rc = jobs_find(a, id, &job);

	if (rc || cancel_here(a->jobs, a->who, id))
		return rc;
	return group_write(a->jobs->o.group, &change, a->e);
}

struct piece {
	int64_t id, piece;
	struct str bytes;
};

static enum err_code
piece_look(struct ctx *ctx, void *object)
{
	struct piece *p = object;

	return job_piece_get(ctx, p->id, SIDE_RESULT, p->piece, &p->bytes);
}

enum err_code
jobs_result(const struct job_asker *a, int64_t id, int64_t piece, struct str *ret_bytes)
{
	struct piece p = {.id = id, .piece = piece};
	enum err_code rc = jobs_look(a, piece_look, &p);

	if (!rc)
		*ret_bytes = p.bytes;
	return rc;
}

static void
number_add(struct hasher *h, int64_t number)
{
	hasher_add(h, &number, sizeof(number));
}

void
job_rights(struct hasher *h, const struct who *who, char out[HASH_HEX_LEN + 1])
{
	struct hash hash;

	hasher_begin(h);
	for (size_t i = 0; i < who->role_count; i++) {
		hasher_add(h, who->roles[i].role->name, strlen(who->roles[i].role->name) + 1);
		number_add(h, who->roles[i].organisation);
		number_add(h, who->roles[i].limit);
	}
	for (size_t i = 0; i < who->organisation_count; i++)
		number_add(h, who->organisations[i]);
	hash = hasher_end(h);
	hash_hex(&hash, out);
}
