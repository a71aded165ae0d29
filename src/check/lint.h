/* lint.h -- whether a plan that loads is also right: each check is prepared, and proves itself on
 * its example. */
#ifndef CHECK_LINT_H
#define CHECK_LINT_H

#include "model/model.h"

struct lint_report {
	size_t checks;	 /* obligations with a check */
	size_t examples; /* of them, those whose example proves them */
	size_t edges;	 /* limits tried at their edge */
};

/* Findings go to `d`: errors of the plan; warnings and notes for faults of the text that it was
 * made from. ERR_NONE whenever it ran to the end. */
MUST_CHECK enum err_code lint_run(const struct model *m, struct diags *d,
				  struct lint_report *ret_report, struct err *e);

#endif
