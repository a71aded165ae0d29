#include "job/job_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "store/find.h"

#include <string.h>

const char *const job_kind_names[JOB_KINDS] = {
	[JOB_IMPORT] = "import", [JOB_EXPORT] = "export", [JOB_ASSESS] = "assess"};
const char *const job_state_names[JOB_STATES] = {
	[JOB_ARRIVING] = "arriving", [JOB_WAITING] = "waiting", [JOB_RUNNING] = "running",
	[JOB_DONE] = "done",	     [JOB_FAILED] = "failed",	[JOB_CANCELLED] = "cancelled"};

static int
place_of(const char *const *names, int count, struct str name)
{
	int at = 0;

	while (at + 1 < count && !str_is(name, names[at]))
		at++;
	return at;
}

/* `result`: its column, or none in a list. */
#define JOB_COLUMNS(result)                                                                        \
	"select j.id, j.kind, j.state, j.login, coalesce(j.token, 0), j.factor, j.actor, "         \
	"j.register_name, j.arguments, j.asked_at, coalesce(j.started_at, 0), "                    \
	"coalesce(j.ended_at, 0), j.tries, j.cancelled_by, " result ", j.problem, j.media, "       \
	"j.rights, coalesce(p.done, 0), coalesce(p.total, 0), p.what from job j "                  \
	"left join job_pulse p on p.job = j.id and p.owner = j.owner "

static struct job
row_read(const struct db_stmt *s, struct arena *a)
{
	struct job job = {
		.id = db_int(s, 0),
		.kind = (enum job_kind)place_of(job_kind_names, JOB_KINDS, db_text(s, 1)),
		.state = (enum job_state)place_of(job_state_names, JOB_STATES, db_text(s, 2)),
		.by = {.login = db_int(s, 3),
		       .token = db_int(s, 4),
		       .second_factor = db_int(s, 5) != 0},
		.actor = str_dup(a, db_text(s, 6)),
		.register_name = str_dup(a, db_text(s, 7)),
		.arguments = str_dup(a, db_text(s, 8)),
		.asked_at = db_int(s, 9),
		.started_at = db_int(s, 10),
		.ended_at = db_int(s, 11),
		.tries = db_int(s, 12),
		.cancelled_by = str_dup(a, db_text(s, 13)),
		.result = str_dup(a, db_text(s, 14)),
		.problem = str_dup(a, db_text(s, 15)),
		.media = str_dup(a, db_text(s, 16)),
		.rights = str_dup(a, db_text(s, 17)),
		.done = db_int(s, 18),
		.total = db_int(s, 19),
		.what = str_dup(a, db_text(s, 20)),
	};

	job.cancelling = job.state == JOB_RUNNING && job.cancelled_by.ptr;
	return job;
}

enum err_code
job_row(struct ctx *ctx, int64_t id, struct job *ret_job, bool *ret_found)
{
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db, JOB_COLUMNS("j.result") "where j.id = :id", &s, &ctx->err);

	*ret_found = false;
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, ret_found, &ctx->err);
	if (!rc && *ret_found)
		*ret_job = row_read(s, ctx->arena);
	return rc;
}

enum err_code
job_rows(struct ctx *ctx, int64_t login, struct job **ret_list, size_t *ret_count)
{
	struct job *list = NULL;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db,
			   JOB_COLUMNS("cast(null as text)") "where (j.login = :login or :login is "
							     "null) and j.state <> "
							     "'arriving' order by j.asked_at desc, "
							     "j.id limit :limit",
			   &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	if (login)
		db_bind_int(s, db_param(s, "login"), login);
	else
		db_bind_null(s, db_param(s, "login"));
	db_bind_int(s, db_param(s, "limit"), LIMIT_JOBS_LISTED);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		list = arena_room(ctx->arena, list, count, &cap, sizeof(*list));
		list[count++] = row_read(s, ctx->arena);
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

enum err_code
job_insert(struct ctx *ctx, const struct job *job)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into job (id, kind, state, login, token, factor, actor, register_name, "
		"arguments, asked_at, tries) values (:id, :kind, :state, :login, :token, :factor, "
		":actor, :register, :arguments, :asked_at, 0)",
		&s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, job->id);
	db_bind_text(s, 2, str_of(job_kind_names[job->kind]));
	db_bind_text(s, 3, str_of(job_state_names[job->state]));
	db_bind_int(s, 4, job->by.login);
	if (job->by.token)
		db_bind_int(s, 5, job->by.token);
	else
		db_bind_null(s, 5);
	db_bind_int(s, 6, job->by.second_factor);
	db_bind_text(s, 7, job->actor);
	db_bind_text(s, 8, job->register_name);
	db_bind_text(s, 9, job->arguments);
	db_bind_int(s, 10, job->asked_at);
	return db_run(s, &ctx->err);
}

enum err_code
job_unfinished(struct ctx *ctx, int64_t login, int64_t *ret_count)
{
	const struct db_find f = {
		"select count(*) from job where login = :login and state in ('arriving', "
		"'waiting', 'running')",
		{db_of_int(login)}};

	return db_find_int(ctx->db, &f, ret_count, NULL, &ctx->err);
}

enum err_code
job_about(struct ctx *ctx, const char *sql, int64_t id)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	return db_run(s, &ctx->err);
}

enum err_code
job_arrived(struct ctx *ctx, int64_t id)
{
	return job_about(ctx, "update job set state = 'waiting' where id = :id", id);
}

enum err_code
job_arriving_drop(struct ctx *ctx, int64_t id)
{
	enum err_code rc =
		job_about(ctx,
			  "delete from job_part where job in (select id from job where id = :id "
			  "and state = 'arriving')",
			  id);

	return rc ? rc
		  : job_about(ctx, "delete from job where id = :id and state = 'arriving'", id);
}

enum err_code
job_piece_put(struct ctx *ctx, int64_t id, enum job_side side, int64_t piece, struct str bytes)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "insert into job_part (job, side, pos, bytes) values (:job, "
				      ":side, :pos, :bytes)",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, side);
	db_bind_int(s, 3, piece);
	db_bind_blob(s, 4, bytes.ptr, bytes.len);
	return db_run(s, &ctx->err);
}

enum err_code
job_piece_get(struct ctx *ctx, int64_t id, enum job_side side, int64_t piece, struct str *ret_bytes)
{
	const struct db_find f = {
		"select bytes from job_part where job = :job and side = :side and pos = :pos",
		{db_of_int(id), db_of_int(side), db_of_int(piece)}
	  };

	return db_find_text(ctx->db, &f, ctx->arena, ret_bytes, &ctx->err);
}

enum err_code
job_pieces_drop(struct ctx *ctx, int64_t id, enum job_side side)
{
	return job_about(ctx,
			 side == SIDE_UPLOAD ? "delete from job_part where job = :id and side = 0"
					     : "delete from job_part where job = :id and side = 1",
			 id);
}

static void
instant_json(struct json_writer *w, const char *name, int64_t at)
{
	char text[CIVIL_INSTANT_LEN + 1];

	if (at)
		civil_format_instant(at, text);
	jw_key_word(w, name, at ? text : NULL);
}

/* JSON as it stands in the store. */
static void
object_json(struct json_writer *w, const char *name, struct str text)
{
	jw_key(w, name);
	if (text.ptr)
		jw_json(w, text);
	else
		jw_null(w);
}

static void
progress_json(struct json_writer *w, const struct job *job)
{
	jw_key(w, "progress");
	if (job->state != JOB_RUNNING || !job->what.ptr) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_key_int(w, "done", job->done);
	jw_key(w, "of");
	if (job->total > 0)
		jw_int(w, job->total);
	else
		jw_null(w);
	jw_key_text(w, "what", job->what);
	jw_end_object(w);
}

void
job_json(struct json_writer *w, const struct job *job, bool whole)
{
	jw_object(w);
	jw_key_int(w, "id", job->id);
	jw_key_word(w, "kind", job_kind_names[job->kind]);
	jw_key_word(w, "state", job_state_names[job->state]);
	jw_key_bool(w, "cancelling", job->cancelling);
	jw_key_text(w, "register", job->register_name);
	jw_key_text(w, "asked_by", job->actor);
	instant_json(w, "asked_at", job->asked_at);
	instant_json(w, "started_at", job->started_at);
	instant_json(w, "ended_at", job->ended_at);
	progress_json(w, job);
	jw_key_text(w, "file", job->media);
	if (whole) {
		object_json(w, "arguments", job->arguments);
		object_json(w, "result", job->result);
		object_json(w, "problem", job->problem);
	}
	jw_end_object(w);
}
