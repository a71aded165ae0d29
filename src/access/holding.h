/* holding.h -- in whose rows a role holds that somebody was given in an organisation.
 *
 * In those of that organisation, and of the sub-contractors that it engages, and theirs (field
 * `engaged_by` of register `organisation`). A role that sees all, as the plan's roles.yaml says,
 * holds in every row when one of the plan's own integrator and client gave it; a member that gives
 * itself an auditor gets one of its own rows.
 */
#ifndef ACCESS_HOLDING_H
#define ACCESS_HOLDING_H

#include "model/model.h"
#include "store/db.h"

/* The source of the organisations that were there first, which init and demo make: the plan's
 * integrator and client are among them. */
#define PLAN_FEED "plan"

/* The organisations as they are now. Lives in the arena. */
struct holdings;
MUST_CHECK enum err_code holdings_load(struct db *db, const struct model *m, struct arena *a,
				       const struct holdings **ret_holdings, struct err *e);

struct holding {
	bool all;
	int64_t *organisations; /* those of its rows when it is not; lives in the arena */
	size_t count;
};

/* `holder` is whose row of `role_assignment` gives the role. Nothing when there is none such. */
struct holding holding_of(const struct holdings *h, const struct role *role, int64_t holder,
			  struct arena *a);
bool holding_has(const struct holding *h, int64_t organisation);

#endif
