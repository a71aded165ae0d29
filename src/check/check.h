/* check.h -- decides obligations: what each check says of the records, and what follows for each
 * organisation and period. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "access/ctx.h"

struct check_time {
	const struct obligation *obligation;
	int64_t ns; /* scope and check together */
	int64_t tested;
	int64_t failing;
	const char *error; /* why it could not decide, or NULL */
};

struct assess_totals {
	int64_t proven, failing, unproven, quiet, missed, waived, not_applicable;
};

/* Lives in the context's arena. */
struct assess_report {
	int64_t as_of;		     /* milliseconds */
	struct assess_totals totals; /* of the present period's cells */
	struct check_time *times;    /* one an obligation that has a check, in the plan's order */
	size_t time_count;
	int64_t failures_opened;
	int64_t failures_fixed;
	int64_t failures_open; /* without those that are waived */
};

struct assess_options {
	void (*progress)(void *object, const struct obligation *o, size_t done,
			 size_t all); /* may be NULL */
	void *object;
	int64_t limit_ms; /* for scope and check each; 0: LIMIT_CHECK_SECONDS */
};

/* Runs every check, then records failures, cells and nonconformities in one transaction. */
MUST_CHECK enum err_code assess_run(struct ctx *ctx, const struct assess_options *o,
				    struct assess_report *ret_report);

#endif
