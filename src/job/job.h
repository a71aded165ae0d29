/* job.h -- long work that goes on after the request that asked for it: imports, exports,
 * assessments.
 *
 * A job is a row of the store, with what it brings and what comes of it beside it in pieces. So any
 * process on the store may run it and tell of it, on whichever machine. Each process has a thread
 * that takes one job after the other; it holds a lease on it, and when the process dies another
 * takes the job over. What a job writes to registers is committed together with its end, by
 * whoever holds it then, so that none is done twice. An export or an assessment that is run again
 * does no harm.
 *
 * A job acts for whoever asked for it, with the rights of the moment in which it runs. He alone
 * sees what it brought and what came of it; administrators see that it is there. Asking for a job
 * and cancelling it are events in the ledger.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "codec/json.h"
#include "identity/again.h"
#include "record/group.h"
#include "record/workspace.h"
#include "sys/scratch.h"

enum job_kind { JOB_IMPORT, JOB_EXPORT, JOB_ASSESS, JOB_KINDS };
enum job_state {
	JOB_ARRIVING, /* what it brings is still on its way; nobody is told of it */
	JOB_WAITING,
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
	JOB_CANCELLED,
	JOB_STATES,
};
extern const char *const job_kind_names[JOB_KINDS];
extern const char *const job_state_names[JOB_STATES];

/* Times are milliseconds, 0 for what did not come yet; texts {NULL, 0}. */
struct job {
	int64_t id;
	enum job_kind kind;
	enum job_state state;
	struct again by; /* who asked for it */
	struct str actor;
	struct str register_name;
	struct str arguments; /* a JSON object */
	int64_t asked_at, started_at, ended_at;
	int64_t tries;
	bool cancelling;
	struct str cancelled_by; /* an actor */
	struct str result;	 /* a JSON object */
	struct str problem;	 /* likewise */
	struct str media;	 /* type of the file that can be fetched */
	struct str rights;	 /* that the file was made with: job_rights */
	/* While it runs: so many of so many `what`; `total` is 0 when that is not known. */
	int64_t done, total;
	struct str what;
};

/* The jobs of a process: its thread, and connections of its own. */
struct jobs;
struct jobs_options {
	const struct workspace *ws; /* it and the group outlive the jobs */
	struct group *group;
	void (*log)(void *object, const char *event, const char *text);
	void *object;
};
MUST_CHECK enum err_code jobs_new(const struct jobs_options *o, struct jobs **ret_jobs,
				  struct err *e);
/* The job in hand ends at its next safe point and is given back to wait; no other begins. */
void jobs_stop(struct jobs *j);
/* The same, and waits for it. */
void jobs_free(struct jobs *j);
/* Whether one is in hand. */
bool jobs_busy(struct jobs *j);

/* Somebody who asks about jobs: what he is told lives in the arena. */
struct job_asker {
	struct jobs *jobs;
	const struct who *who;
	struct arena *arena;
	struct err *e;
};

/* One that is asked for. First it is made ready, then what it brings is put aside, then jobs_ask
 * runs in the group of writers, in whose transaction the answer may be kept. */
struct job_ask {
	enum job_kind kind;
	const struct reg *reg;	 /* that it is about, or NULL */
	const json_t *arguments; /* an object */
	struct scratch *upload;	 /* what it brings, or NULL */
	struct job job;		 /* it, as it is told once it was asked for */
	bool brought, asked;	 /* the jobs' own */
};
MUST_CHECK enum err_code jobs_prepare(const struct job_asker *a, struct job_ask *ask);
/* Only where there is an upload. ERR_TOO_OFTEN when the login has LIMIT_JOBS_UNFINISHED that are
 * not done. */
MUST_CHECK enum err_code jobs_bring(const struct job_asker *a, struct job_ask *ask);
/* As a change of the group; the object is a struct job_ask. ERR_TOO_OFTEN likewise. */
MUST_CHECK enum err_code jobs_ask(void *ask, struct writer *w);
/* In the end, and whether that went well: it begins. If it did not, or jobs_ask was not called as
 * the same was asked for before, what was put aside goes. */
void jobs_asked(const struct job_asker *a, struct job_ask *ask, bool well);

/* One that he may see, or ERR_MISSING. */
MUST_CHECK enum err_code jobs_find(const struct job_asker *a, int64_t id, struct job *ret_job);
/* His own, or everybody's for an administrator; the newest first, LIMIT_JOBS_LISTED at most. */
MUST_CHECK enum err_code jobs_list(const struct job_asker *a, bool all, struct job **ret_list,
				   size_t *ret_count);
/* One that waits ends at once, one that runs at its next safe point. ERR_CONFLICT when it has ended
 * already. */
MUST_CHECK enum err_code jobs_cancel(const struct job_asker *a, int64_t id);
/* A piece of the file of a job that he was found to own; {NULL, 0} after the last. */
MUST_CHECK enum err_code jobs_result(const struct job_asker *a, int64_t id, int64_t piece,
				     struct str *ret_bytes);
/* Names the rights that somebody has at this moment; other rights have another name. */
void job_rights(struct hasher *h, const struct who *who, char out[HASH_HEX_LEN + 1]);

/* Calls with a connection that sees all the store, for what those who are served may not read by
 * themselves. Others wait meanwhile. */
MUST_CHECK enum err_code jobs_look(const struct job_asker *a,
				   enum err_code (*look)(struct ctx *ctx, void *object),
				   void *object);

/* {"id", "kind", "state" ...}; `whole` with what it was asked and what came of it, which is for
 * whoever asked alone. */
void job_json(struct json_writer *w, const struct job *job, bool whole);

#endif
