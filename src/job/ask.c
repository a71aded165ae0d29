/* ask.c -- a job on its way into the store. */
#include "job/job_priv.h"

#include "base/limits.h"
#include "sys/random.h"

#include <stdlib.h>

enum { NUMBER_BITS = 52 };

int64_t
job_number_new(void)
{
	uint64_t number;

	random_bytes(&number, sizeof(number));
	return (int64_t)(number >> (64 - NUMBER_BITS)) + 1;
}

enum err_code
jobs_prepare(const struct job_asker *a, struct job_ask *ask)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};
	struct job *job = &ask->job;
	enum err_code rc = json_canonical(ask->arguments, &text, a->e);

	if (!rc && text.failed)
		rc = err_set(a->e, ERR_TOO_BIG, "", "what is asked of the job is too long");
	if (rc)
		return rc;
	*job = (struct job){.id = job_number_new(),
			    .kind = ask->kind,
			    .state = JOB_WAITING,
			    .by = again_of(a->who),
			    .actor = a->who->actor,
			    .arguments = str_dup(a->arena, (struct str){text.data, text.len})};
	if (ask->reg)
		job->register_name = str_of(ask->reg->name);
	return ERR_NONE;
}

static enum err_code
put(struct job *job, enum job_state state, struct writer *w)
{
	struct ctx *ctx = writer_ctx(w);
	struct job row;
	int64_t count = 0;
	enum err_code rc = job_unfinished(ctx, job->by.login, &count);

	if (!rc && count >= LIMIT_JOBS_UNFINISHED)
		rc = err_set(&ctx->err, ERR_TOO_OFTEN, "",
			     "%d of your jobs wait or run; let them end, or cancel some",
			     LIMIT_JOBS_UNFINISHED);
	if (rc)
		return rc;
	job->asked_at = writer_now(w);
	row = *job;
	row.state = state;
	return job_insert(ctx, &row);
}

enum err_code
jobs_ask(void *ask, struct writer *w)
{
	struct job_ask *a = ask;
	enum err_code rc;

	a->asked = true;
	rc = a->brought ? job_arrived(writer_ctx(w), a->job.id) : put(&a->job, JOB_WAITING, w);

	return rc ? rc : job_event(w, "job_asked", &a->job);
}

static enum err_code
arriving_write(void *object, struct writer *w)
{
	struct job_ask *a = object;
	struct ctx *ctx = writer_ctx(w);
	enum err_code rc = db_check_room(ctx->db, scratch_length(a->upload), &ctx->err);

	return rc ? rc : put(&a->job, JOB_ARRIVING, w);
}

/* What an upload is put aside by, piece after piece. */
struct bringing {
	int64_t id, piece;
	struct str bytes;
};

static enum err_code
piece_write(void *object, struct writer *w)
{
	const struct bringing *b = object;

	return job_piece_put(writer_ctx(w), b->id, SIDE_UPLOAD, b->piece, b->bytes);
}

static enum err_code
written(const struct job_asker *a, enum err_code (*write)(void *object, struct writer *w),
	void *object)
{
	struct group_change change = {.actor = a->who->actor, .write = write, .object = object};

	return group_write(a->jobs->o.group, &change, a->e);
}

static enum err_code
pieces_put(const struct job_asker *a, const struct job_ask *ask, char *bytes)
{
	struct bringing b = {
		.id = ask->job.id, .bytes = {bytes, JOB_PIECE_BYTES}
	    };
	enum err_code rc = ERR_NONE;

	for (; !rc && b.bytes.len == JOB_PIECE_BYTES; b.piece++) {
		rc = scratch_read(ask->upload, b.piece * JOB_PIECE_BYTES, bytes, &b.bytes.len,
				  a->e);
		if (!rc && b.bytes.len > 0)
			rc = written(a, piece_write, &b);
	}
	return rc;
}

enum err_code
jobs_bring(const struct job_asker *a, struct job_ask *ask)
{
	char *bytes = malloc(JOB_PIECE_BYTES);
	enum err_code rc = bytes ? written(a, arriving_write, ask)
				 : err_set(a->e, ERR_INTERNAL, "", "no memory to put a file aside");

	ask->brought = !rc;
	if (!rc)
		rc = pieces_put(a, ask, bytes);
	free(bytes);
	return rc;
}

static enum err_code
drop_write(void *object, struct writer *w)
{
	const struct job_ask *ask = object;

	return job_arriving_drop(writer_ctx(w), ask->job.id);
}

void
jobs_asked(const struct job_asker *a, struct job_ask *ask, bool well)
{
	const struct jobs_options *o = &a->jobs->o;
	struct group_change change = {.actor = a->who->actor, .write = drop_write, .object = ask};
	struct err e;

	if (well && ask->asked)
		runner_poke(a->jobs);
	else if (ask->brought && group_write(o->group, &change, &e) && o->log)
		/* It is old one day: job_tidy. */
		o->log(o->object, "job_not_dropped", e.message);
}
