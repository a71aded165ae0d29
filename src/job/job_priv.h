/* job_priv.h -- rows of jobs, and how one is run; private to this folder. */
#ifndef JOB_JOB_PRIV_H
#define JOB_JOB_PRIV_H

#include "job/job.h"

#include <pthread.h>

enum job_side { SIDE_UPLOAD, SIDE_RESULT };
enum { JOB_PIECE_BYTES = 262144, JOB_ACTOR_SIZE = 160 };

/* Why the job in hand is to end. */
enum job_stop { STOP_NOT, STOP_CANCELLED, STOP_ENDING, STOP_LOST };

/* The job in hand of this process; under the lock. */
struct running {
	int64_t id; /* 0: none */
	int64_t done, total;
	const char *what; /* constant */
	enum job_stop why;
	char cancelled_by[JOB_ACTOR_SIZE];
};

struct jobs {
	struct jobs_options o;
	int64_t owner;		/* names the process */
	struct workspace *work; /* the thread's that runs jobs */
	struct workspace *beat; /* that keeps the lease; when there was a job */
	struct workspace *look; /* for everybody who asks; when somebody did */
	pthread_mutex_t look_lock;
	pthread_t runner, pulse;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct running now;
	_Atomic bool stop; /* the job in hand; ctx_go_on */
	bool ending;
	int64_t tidied_at;
};

/* What came of a job. */
struct job_end {
	enum job_state state;
	struct str result;  /* a JSON object, or {NULL, 0} */
	struct str problem; /* likewise */
	const char *media;  /* NULL without a file */
	const char *rights;
};

/* row.c: in whatever transaction there is. */
MUST_CHECK enum err_code job_row(struct ctx *ctx, int64_t id, struct job *ret_job, bool *ret_found);
MUST_CHECK enum err_code job_rows(struct ctx *ctx, int64_t login, struct job **ret_list,
				  size_t *ret_count);
MUST_CHECK enum err_code job_insert(struct ctx *ctx, const struct job *job);
/* How many of the login's are not done. */
MUST_CHECK enum err_code job_unfinished(struct ctx *ctx, int64_t login, int64_t *ret_count);
/* Runs a statement about one job, with its number alone. `sql` is a literal. */
MUST_CHECK enum err_code job_about(struct ctx *ctx, const char *sql, int64_t id);
/* An arriving one waits from now on. */
MUST_CHECK enum err_code job_arrived(struct ctx *ctx, int64_t id);
/* Removes one that is arriving; any other stays. */
MUST_CHECK enum err_code job_arriving_drop(struct ctx *ctx, int64_t id);
MUST_CHECK enum err_code job_piece_put(struct ctx *ctx, int64_t id, enum job_side side,
				       int64_t piece, struct str bytes);
/* {NULL, 0} when there is none; in the context's arena. */
MUST_CHECK enum err_code job_piece_get(struct ctx *ctx, int64_t id, enum job_side side,
				       int64_t piece, struct str *ret_bytes);
MUST_CHECK enum err_code job_pieces_drop(struct ctx *ctx, int64_t id, enum job_side side);

/* claim.c: who runs what. Each is a transaction of its own, but for job_settle. */
MUST_CHECK enum err_code job_claim(struct jobs *j, struct ctx *ctx, struct job *ret_job,
				   bool *ret_found);
/* Within a transaction: the job ends so. ERR_CONFLICT when it is not this process's any more. */
MUST_CHECK enum err_code job_settle(struct jobs *j, struct ctx *ctx, int64_t id,
				    const struct job_end *end);
MUST_CHECK enum err_code job_finish(struct jobs *j, struct ctx *ctx, int64_t id,
				    const struct job_end *end);
/* Cancelled, by whom it was, with its event. */
MUST_CHECK enum err_code job_finish_cancelled(struct jobs *j, struct ctx *ctx, int64_t id,
					      struct str actor);
/* It waits again; `counts`: as one that was tried. */
MUST_CHECK enum err_code job_give_back(struct jobs *j, struct ctx *ctx, int64_t id, bool counts);
/* A piece of the result of the job in hand. */
MUST_CHECK enum err_code job_result_put(struct jobs *j, struct ctx *ctx, int64_t id, int64_t piece,
					struct str bytes);
/* Keeps the lease, and tells how far it is; *ret_cancelled {NULL, 0} unless somebody wants it to
 * end. ERR_CONFLICT when it is not this process's any more. */
MUST_CHECK enum err_code job_beat(struct jobs *j, struct ctx *ctx, const struct running *now,
				  struct str *ret_cancelled);
/* Removes old jobs. */
MUST_CHECK enum err_code job_tidy(struct ctx *ctx);
/* The event of asking and of cancelling. */
MUST_CHECK enum err_code job_event(struct writer *w, const char *kind, const struct job *job);

/* ask.c: a number that nobody else has. */
int64_t job_number_new(void);

/* jobs.c: how far a job is that runs in this process, which knows better than the store. */
void job_now(struct jobs *j, struct arena *a, struct job *job);

/* runner.c: the threads. */
MUST_CHECK enum err_code runner_start(struct jobs *j, struct err *e);
void runner_end(struct jobs *j);
void runner_poke(struct jobs *j);
void job_progress(struct jobs *j, int64_t done, int64_t total, const char *what);

/* One kind of work, on the context that serves whoever asked. Leaves in *end what came of it;
 * *settled when that stands in the store already. An error is what the job fails with. */
struct job_run {
	struct jobs *jobs;
	const struct job *job;
	const json_t *arguments;
	const struct who *who;
	struct ctx *ctx; /* of the thread, with the arena of the job */
	struct job_end *end;
	bool settled;
};
enum err_code job_import(struct job_run *r);
enum err_code job_export(struct job_run *r);
enum err_code job_assess(struct job_run *r);

/* An argument that is a text, NULL without one; one that is true. */
const char *job_text(const struct job_run *r, const char *name);
bool job_flag(const struct job_run *r, const char *name);
/* What was written, as a text in the job's arena; ERR_TOO_BIG. */
MUST_CHECK enum err_code job_text_keep(struct job_run *r, const struct buf *out,
				       struct str *ret_text);

#endif
