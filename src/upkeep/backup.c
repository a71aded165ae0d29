#include "upkeep/moving.h"

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct move m = {.from = c->home, .home = c->arguments[0]};
	struct move_report report = {0};
	enum err_code rc;

	m.without_key = cli_switch(c, "without-key");
	rc = cli_open(c, DB_READ, &ws);
	if (!rc)
		rc = moving_run(c, ws, &m, &report);
	if (!rc)
		moving_report(c, workspace_ctx(ws), &m, &report, "Made the backup");
	return rc;
}

const struct command backup_command = {
	.name = "backup",
	.arguments = "DIR",
	.about = "Make a backup that is proven to be whole, while others work",
	.details =
		"DIR must be new. It becomes a folder with the whole workspace as it is at one "
		"moment: records,\n"
		"history, ledger, plan and keys, always as a file, also when the workspace is in a "
		"database. It is\n"
		"verified before it gets its name: what is called DIR is complete. 'holdfast "
		"restore' makes a\n"
		"workspace of it again, on either engine; 'holdfast verify --home DIR' proves it "
		"at "
		"any time.\n",
	.min_arguments = 1,
	.max_arguments = 1,
	.prints_json = true,
	.options = {{"without-key", NULL,
		     "leave the ledger's secret key out; keep it elsewhere then"}},
	.run = run,
};
