/* again.h -- the past decided again, private to the assessment: instead of writing, it compares
 * what it would write with what was recorded then. */
#ifndef CHECK_AGAIN_H
#define CHECK_AGAIN_H

#include "check/cells_priv.h"

struct again;

/* After the checks have run, instead of writing. Fills as->report.again. */
MUST_CHECK enum err_code again_settle(struct assessment *as);

/* A cell as it is decided, in place of writing it. */
MUST_CHECK enum err_code again_cell(struct assessment *as, const struct obligation *o,
				    const struct cell *c);
/* Whether a cell of the period was recorded, loaded or not. */
MUST_CHECK enum err_code again_cell_known(struct assessment *as, const struct obligation *o,
					  const struct cell *c, bool *ret_known);

/* A failure as it is decided. */
struct again_failure {
	const struct obligation *obligation;
	int64_t record;
	int64_t organisation;
	struct str reason;
	int64_t waiver;
	int64_t first; /* milliseconds */
	int64_t fixed; /* 0: open */
	bool known;    /* it was recorded, in another way */
};
/* One that would be written: it was not recorded so. */
void again_failure(struct assessment *as, const struct again_failure *f);
/* One that is open, written or not. */
void again_failing(struct assessment *as, const struct again_failure *f);

#endif
