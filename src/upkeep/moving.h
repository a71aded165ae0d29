/* moving.h -- what the commands share that make a workspace again elsewhere: copy, backup, restore.
 */
#ifndef UPKEEP_MOVING_H
#define UPKEEP_MOVING_H

#include "cli/cli.h"
#include "move/move.h"

/* Does it with progress, shows faults; `m` says what, but for its callbacks. */
MUST_CHECK enum err_code moving_run(struct cli *c, struct workspace *ws, const struct move *m,
				    struct move_report *ret_report);
/* Says what was made, as text after `words`, or as JSON. */
void moving_report(struct cli *c, const struct ctx *ctx, const struct move *m,
		   const struct move_report *r, const char *words);

#endif
