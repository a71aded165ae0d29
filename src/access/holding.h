/* holding.h -- in whose rows a role holds that somebody was given in an organisation.
 *
 * In those of that organisation, and of the sub-contractors that it engages, and theirs (field
 * `engaged_by` of register `organisation`). A role that sees all, as the plan's roles.yaml says,
 * sees every organisation when one of the plan's own parties gave it; a member that gives itself an
 * auditor gets one of its own rows.
 */
#ifndef ACCESS_HOLDING_H
#define ACCESS_HOLDING_H

#include "access/ctx.h"

struct holding {
	bool all;
	const int64_t *organisations; /* those of its rows when it is not; lives in the arena */
	size_t count;
};

/* `holder` is whose row of `role_assignment` gives the role. Nothing when there is none such. */
MUST_CHECK enum err_code holding_of(struct ctx *ctx, const struct role *role, int64_t holder,
				    struct holding *ret_holding);

#endif
