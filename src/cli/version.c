#include "cli/cli.h"

#include "base/version.h"

static enum err_code
run(struct cli *c)
{
	cli_print(c, "holdfast %s\n", HOLDFAST_VERSION);
	return ERR_NONE;
}

const struct command version_command = {
	.name = "version",
	.arguments = "",
	.about = "Print the program's version",
	.details = "",
	.needs_no_home = true,
	.run = run,
};
