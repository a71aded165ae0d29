/* content.h -- where the plan is that a command works on. */
#ifndef CLI_CONTENT_H
#define CLI_CONTENT_H

#include "cli/cli.h"

/* The plan's folder in `content`: the one of that name, or the only one when `name` is NULL. A name
 * with a slash in it is the folder itself. The content of a workspace holds one plan only. */
MUST_CHECK enum err_code content_plan(struct cli *c, const char *content, const char *name,
				      const char **ret_folder);

/* The content folder that holds the plan's folder: two levels up. */
const char *content_of_plan(struct cli *c, const char *folder);

#endif
