/* lint_priv.h -- the parts of lint, private to the check floor. */
#ifndef CHECK_LINT_PRIV_H
#define CHECK_LINT_PRIV_H

#include "check/lint.h"
#include "check/query_check.h"

struct lint {
	struct ctx *ctx; /* of the scratch store; NULL while none is needed */
	const struct model *model;
	const struct lint_options *options;
	struct diags *diags;
	bool *params_used; /* one for each parameter of the plan */
	struct lint_report report;
};

/* prove.c: whether the obligation's check proves itself on its example. Complaints go to the
 * findings. */
MUST_CHECK enum err_code lint_prove(struct lint *l, const struct obligation *o, bool *ret_proven);

/* plan_faults.c: what the plan's own text has wrong. */
void lint_plan_faults(struct lint *l);

#endif
