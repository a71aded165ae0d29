/* assess_past.h -- what `holdfast assess --as-of` says beyond what an assessment says. */
#ifndef CLI_ASSESS_PAST_H
#define CLI_ASSESS_PAST_H

#include "check/check.h"
#include "cli/show.h"

/* How what was decided compares with what was recorded then, and what became known only later.
 * `present` reads the present. */
enum err_code past_print(struct cli *c, struct ctx *past, struct ctx *present,
			 const struct assess_again *a);

/* Whether something differs that nothing explains. */
bool past_is_altered(const struct assess_again *a);

#endif
