#include "job/job_priv.h"

#include "base/limits.h"
#include "store/find.h"

/* Whoever writes has the store for himself, on either engine, so that of two processes one comes
 * first. The lease stands beside the job: it is renewed while the job's own transaction goes on,
 * which would otherwise collide with it. */

enum { MS_A_SECOND = 1000 };

static int64_t
lease_end(const struct ctx *ctx)
{
	return clock_now(&ctx->clock) + (int64_t)LIMIT_JOB_LEASE_SECONDS * MS_A_SECOND;
}

static enum err_code
not_ours(struct ctx *ctx)
{
	return err_set(&ctx->err, ERR_CONFLICT, "", "another process has taken the job over");
}

/* One that waits goes before one whose process died. */
static enum err_code
next_find(struct ctx *ctx, int64_t *ret_id)
{
	const struct db_find f = {
		"select j.id from job j left join job_pulse p on p.job = j.id and p.owner = "
		"j.owner where j.state = 'waiting' or (j.state = 'running' and coalesce(p.lease, "
		"0) < :now) order by case when j.state = 'waiting' then 0 else 1 end, j.asked_at, "
		"j.id limit 1",
		{db_of_int(clock_now(&ctx->clock))}};

	return db_find_int(ctx->db, &f, ret_id, NULL, &ctx->err);
}

static enum err_code
pulse_new(struct jobs *j, struct ctx *ctx, int64_t id)
{
	DB_STMT *s = NULL;
	enum err_code rc = job_about(ctx, "delete from job_pulse where job = :id", id);

	if (!rc)
		rc = db_prepare(ctx->db,
				"insert into job_pulse (job, owner, lease, done, total, what) "
				"values (:job, :owner, :lease, 0, 0, 'begun')",
				&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, j->owner);
	db_bind_int(s, 3, lease_end(ctx));
	return db_run(s, &ctx->err);
}

static enum err_code
take(struct jobs *j, struct ctx *ctx, int64_t id)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "update job set state = 'running', owner = :owner, "
				      "started_at = :now, tries = tries + 1 where id = :id",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, j->owner);
	db_bind_int(s, 2, clock_now(&ctx->clock));
	db_bind_int(s, 3, id);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = pulse_new(j, ctx, id);
	/* What the one before had made of it. */
	return rc ? rc : job_pieces_drop(ctx, id, SIDE_RESULT);
}

static enum err_code
claim_in(struct jobs *j, struct ctx *ctx, struct job *ret_job, bool *ret_found)
{
	DB_TXN txn = {0};
	int64_t id = 0;
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = next_find(ctx, &id);
	if (rc || !id)
		return rc;
	rc = take(j, ctx, id);
	if (!rc)
		rc = job_row(ctx, id, ret_job, ret_found);
	return rc ? rc : db_commit(&txn, &ctx->err);
}

/* Looks before it takes the turn of those who write. */
enum err_code
job_claim(struct jobs *j, struct ctx *ctx, struct job *ret_job, bool *ret_found)
{
	int64_t id = 0;
	enum err_code rc = next_find(ctx, &id);

	*ret_found = false;
	return rc || !id ? rc : claim_in(j, ctx, ret_job, ret_found);
}

static void
bind_text_if(struct db_stmt *s, int index, const char *text)
{
	if (text)
		db_bind_text(s, index, str_of(text));
	else
		db_bind_null(s, index);
}

enum err_code
job_settle(struct jobs *j, struct ctx *ctx, int64_t id, const struct job_end *end)
{
	DB_STMT *s = NULL;
	int64_t changed = 0;
	enum err_code rc = db_prepare(ctx->db,
				      "update job set state = :state, ended_at = :now, result = "
				      ":result, problem = :problem, media = :media, rights = "
				      ":rights where id = :id and owner = :owner and state = "
				      "'running'",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(job_state_names[end->state]));
	db_bind_int(s, 2, clock_now(&ctx->clock));
	db_bind_text(s, 3, end->result);
	db_bind_text(s, 4, end->problem);
	bind_text_if(s, 5, end->media);
	bind_text_if(s, 6, end->rights);
	db_bind_int(s, 7, id);
	db_bind_int(s, 8, j->owner);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = db_changes(ctx->db, &changed, &ctx->err);
	if (!rc && changed != 1)
		rc = not_ours(ctx);
	if (!rc)
		rc = job_pieces_drop(ctx, id, SIDE_UPLOAD);
	return rc || end->media ? rc : job_pieces_drop(ctx, id, SIDE_RESULT);
}

enum err_code
job_finish(struct jobs *j, struct ctx *ctx, int64_t id, const struct job_end *end)
{
	DB_TXN txn = {0};
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = job_settle(j, ctx, id, end);
	return rc ? rc : db_commit(&txn, &ctx->err);
}

enum err_code
job_event(struct writer *w, const char *kind, const struct job *job)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = LIMIT_FIELD_BYTES};

	buf_addf(&detail, "{\"job\":%lld,\"kind\":\"%s\"", (long long)job->id,
		 job_kind_names[job->kind]);
	if (job->register_name.ptr)
		buf_addf(&detail, ",\"register\":\"%.*s\"", STR_ARG(job->register_name));
	buf_addf(&detail, "}");
	return writer_event(w, kind, (struct str){detail.data, detail.len});
}

enum err_code
job_finish_cancelled(struct jobs *j, struct ctx *ctx, int64_t id, struct str actor)
{
	const struct job_end end = {.state = JOB_CANCELLED};
	WRITER *w = NULL;
	struct job job;
	bool found = false;
	enum err_code rc = writer_begin(ctx, &w);

	if (!rc)
		rc = writer_act_as(w, actor);
	if (!rc)
		rc = job_row(ctx, id, &job, &found);
	if (!rc && !found)
		rc = not_ours(ctx);
	if (!rc)
		rc = job_settle(j, ctx, id, &end);
	if (!rc)
		rc = job_event(w, "job_cancelled", &job);
	return rc ? rc : writer_commit(w);
}

enum err_code
job_give_back(struct jobs *j, struct ctx *ctx, int64_t id, bool counts)
{
	DB_TXN txn = {0};
	DB_STMT *s = NULL;
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = db_prepare(
			ctx->db,
			"update job set state = 'waiting', owner = null, started_at = null, "
			"tries = tries - :less where id = :id and owner = :owner and state = "
			"'running'",
			&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, counts ? 0 : 1);
	db_bind_int(s, 2, id);
	db_bind_int(s, 3, j->owner);
	rc = db_run(s, &ctx->err);
	return rc ? rc : db_commit(&txn, &ctx->err);
}

static enum err_code
ours_check(struct jobs *j, struct ctx *ctx, int64_t id, struct str *ret_cancelled)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select cancelled_by from job where id = :id and owner = "
				      ":owner and state = 'running'",
				      &s, &ctx->err);
	bool row;

	*ret_cancelled = (struct str){0};
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, j->owner);
	rc = db_step(s, &row, &ctx->err);
	if (!rc && !row)
		rc = not_ours(ctx);
	if (!rc)
		*ret_cancelled = str_dup(ctx->arena, db_text(s, 0));
	return rc;
}

enum err_code
job_result_put(struct jobs *j, struct ctx *ctx, int64_t id, int64_t piece, struct str bytes)
{
	DB_TXN txn = {0};
	struct str none;
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = ours_check(j, ctx, id, &none);
	if (!rc)
		rc = job_piece_put(ctx, id, SIDE_RESULT, piece, bytes);
	return rc ? rc : db_commit(&txn, &ctx->err);
}

/* Without a transaction: it waits for nobody who has the turn to write, where there are turns. */
enum err_code
job_beat(struct jobs *j, struct ctx *ctx, const struct running *now, struct str *ret_cancelled)
{
	DB_STMT *s = NULL;
	enum err_code rc = ours_check(j, ctx, now->id, ret_cancelled);

	if (!rc)
		rc = db_prepare(ctx->db,
				"update job_pulse set lease = :lease, done = :done, total = "
				":total, what = :what where job = :job and owner = :owner",
				&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, lease_end(ctx));
	db_bind_int(s, 2, now->done);
	db_bind_int(s, 3, now->total);
	db_bind_text(s, 4, str_of(now->what));
	db_bind_int(s, 5, now->id);
	db_bind_int(s, 6, j->owner);
	return db_run(s, &ctx->err);
}

/* What ended long ago, and what never came whole. */
#define OLD_JOBS                                                                                   \
	"(select id from job where (state = 'arriving' and asked_at < :arrived) or "               \
	"(state in ('done', 'failed', 'cancelled') and ended_at < :ended))"

static enum err_code
old_drop(struct ctx *ctx, const char *sql)
{
	DB_STMT *s = NULL;
	int64_t now = clock_now(&ctx->clock);
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, now - (int64_t)LIMIT_JOB_ARRIVE_SECONDS * MS_A_SECOND);
	db_bind_int(s, 2, now - (int64_t)LIMIT_JOB_KEPT_SECONDS * MS_A_SECOND);
	return db_run(s, &ctx->err);
}

enum err_code
job_tidy(struct ctx *ctx)
{
	DB_TXN txn = {0};
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = old_drop(ctx, "delete from job_part where job in " OLD_JOBS);
	if (!rc)
		rc = old_drop(ctx, "delete from job_pulse where job in " OLD_JOBS);
	if (!rc)
		rc = old_drop(ctx, "delete from job where id in " OLD_JOBS);
	return rc ? rc : db_commit(&txn, &ctx->err);
}
