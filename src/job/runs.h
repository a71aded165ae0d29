/* runs.h -- the runs of the assessment, and the plans that were taken in, as the ledger has them.
 */
#ifndef JOB_RUNS_H
#define JOB_RUNS_H

#include "access/ctx.h"
#include "codec/json.h"

struct runs_question {
	struct json_writer *w;
	int64_t before; /* an event's number */
};

/* For jobs_look: {"assessments": [...], "next"}, the newest first, some of those before. */
MUST_CHECK enum err_code runs_look(struct ctx *ctx, void *question);
/* The same: {"versions": [...], "next"}. */
MUST_CHECK enum err_code plans_look(struct ctx *ctx, void *question);

#endif
