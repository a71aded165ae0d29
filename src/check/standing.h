/* standing.h -- what the last assessment decided, and on what, so that the next one can begin
 * there.
 *
 * It is kept in the store beside the records and derived from them: a full assessment makes all of
 * it anew. Of each obligation with a check it says which records are in scope, so that their number
 * stays exact when a few are decided again; which records fail, the register of failures says.
 */
#ifndef CHECK_STANDING_H
#define CHECK_STANDING_H

#include "check/assess_priv.h"

/* Moments at which the clock alone changes an answer on the same day. */
#define HORIZON_NEVER INT64_MAX
#define HORIZON_ALWAYS 0

/* One obligation. */
struct standing_duty {
	bool known;
	bool erred;	 /* its check could not decide */
	int64_t horizon; /* the least instant that is to come and that its check compares :now with
			  */
	int64_t open;	 /* failures that no waiver tolerates */
	int64_t ns;	 /* what it took to decide all of it */
	struct str inputs; /* digest of what its cells depend on beside the check */
	struct assess_totals totals;
	struct check_tested *tested; /* by organisation */
	size_t tested_count;
	size_t tested_cap;
};

struct standing {
	int64_t seen;		      /* size of the ledger when it was decided */
	int64_t own_from;	      /* size of the ledger before the run wrote what followed */
	int64_t now;		      /* milliseconds */
	struct standing_duty *duties; /* one an obligation of the plan */
};

/* Of the plan as it is now; *ret_fit false when there is none, or not the whole. */
MUST_CHECK enum err_code standing_load(struct assessment *as, struct standing *ret_standing,
				       bool *ret_fit);
/* Of which moment and ledger it is alone: seen, own_from and now. */
MUST_CHECK enum err_code standing_sealed(struct ctx *ctx, struct standing *s, bool *ret_fit);
/* The size of the ledger after the transaction that it was written in. */
MUST_CHECK enum err_code standing_own_end(struct ctx *ctx, int64_t own_from, int64_t *ret_end);
/* Forgets all, in the writing transaction. */
MUST_CHECK enum err_code standing_clear(struct assessment *as);
/* Says of which plan, moment and ledger all of it is. */
MUST_CHECK enum err_code standing_seal(struct assessment *as, const struct standing *s);
MUST_CHECK enum err_code standing_put(struct assessment *as, const struct obligation *o,
				      const struct standing_duty *d);
/* How many records of the organisation are in scope, more or fewer. */
void standing_count(struct assessment *as, struct standing_duty *d, int64_t organisation,
		    int64_t more);

/* All of an obligation's scope. */
MUST_CHECK enum err_code standing_scope_put(struct assessment *as, const struct decision *d);
/* Of some records, sorted by number: whether each was in scope, then whether it is. */
struct scope_change {
	int64_t record;
	bool before;
	bool now;
};
MUST_CHECK enum err_code standing_scope_change(struct assessment *as, const struct obligation *o,
					       struct scope_change *changes, size_t count);

/* inputs.c: for each obligation of the plan the digest of what its cells depend on beside its check
 * and the day. */
MUST_CHECK enum err_code inputs_find(struct assessment *as, struct str *ret_inputs);
bool inputs_same_waivers(struct str a, struct str b);

#endif
