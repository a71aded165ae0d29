/* check.h -- decides obligations: what each check says of the records, and what follows for each
 * organisation and period. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "check/posture.h"

struct check_time {
	const struct obligation *obligation;
	int64_t ns; /* scope and check together */
	int64_t tested;
	int64_t failing;
	const char *error; /* why it could not decide, or NULL */
};

/* What a process that assesses again and again keeps between two runs. Belongs to one connection
 * and one plan: free it before they are closed. */
struct assessor;
MUST_CHECK enum err_code assessor_new(struct ctx *ctx, struct assessor **ret_assessor);
void assessor_free(struct assessor *a);
void assessor_freep(struct assessor **a);

struct assess_totals {
	int64_t proven, failing, unproven, quiet, missed, waived, not_applicable;
};

/* Why the past decided again is not what was recorded then. */
enum assess_cause {
	CAUSE_UNEXPLAINED,  /* nothing else was recorded: the records of then were altered */
	CAUSE_CHECK_ERROR,  /* the check cannot decide now */
	CAUSE_PLAN,	    /* it was decided by another version of the plan */
	CAUSE_FACTS,	    /* records came after the last assessment */
	CAUSE_TIME,	    /* time passed since the last assessment */
	CAUSE_NOT_ASSESSED, /* nobody had assessed the period yet */
	ASSESS_CAUSES,
};

/* A cell, or a failure of a record. */
struct assess_difference {
	const struct obligation *obligation;
	struct str organisation_key;
	struct str period;   /* {NULL, 0} of a failure */
	int64_t record;	     /* 0 of a cell */
	struct str recorded; /* {NULL, 0} when nothing was */
	struct str decided;
	enum assess_cause cause;
	const struct reg *changed; /* of CAUSE_FACTS: what was recorded since, or NULL */
};

/* The past, decided again and compared. */
struct assess_again {
	bool is;
	int64_t assessed_at; /* of the last assessment before, milliseconds; 0: there was none */
	size_t cells_same;
	struct assess_difference *differences; /* by cause, what is least explained first */
	size_t difference_count;
	struct posture_list cells;	  /* of the period of then, as they are decided */
	struct posture_failure *failures; /* open; without the keys of their records */
	size_t failure_count;
};

/* Lives in the context's arena. */
struct assess_report {
	int64_t as_of;		     /* milliseconds */
	struct assess_totals totals; /* of the present period's cells */
	struct check_time *times;    /* one a check that was run, in the plan's order */
	size_t time_count;
	bool full;	 /* everything was decided */
	size_t decided;	 /* obligations that were decided again */
	int64_t records; /* and how many records in all, when not everything was */
	int64_t failures_opened;
	int64_t failures_fixed;
	int64_t failures_open; /* without those that are waived */
	struct assess_again again;
};

struct assess_options {
	void (*progress)(void *object, const struct obligation *o, size_t done,
			 size_t all); /* may be NULL */
	void *object;
	int64_t limit_ms; /* for scope and check each; 0: LIMIT_CHECK_SECONDS */
	bool full;	  /* decides everything, whatever stands already */
	size_t many; /* records that are decided one behind another; 0: as many as are worth it */
	int64_t turn_ms; /* in which it decides while others cannot write; 0: LIMIT_TURN_SECONDS */
	struct assessor *assessor; /* or NULL */
};

/* Decides what changed since the last run and what the clock moved, else everything; records
 * failures, cells and nonconformities in one transaction. Both ways record the same. Where the
 * context reads the past everything is decided and nothing is recorded: all is compared with what
 * was recorded then. */
MUST_CHECK enum err_code assess_run(struct ctx *ctx, const struct assess_options *o,
				    struct assess_report *ret_report);

/* Whether another run is due, for whoever keeps the answers right: some record changed, or the
 * clock alone may have moved an answer. */
enum assess_due { DUE_NOT, DUE_CLOCK, DUE_CHANGES };
MUST_CHECK enum err_code assess_due(struct ctx *ctx, enum assess_due *ret_due);

#endif
