#include "upkeep/moving.h"

#include <string.h>

/* Beside the workspace, unless somebody said where. */
static const char *
folder_beside(struct cli *c)
{
	struct str home = str_of(c->home);
	char *name;

	while (home.len > 1 && home.ptr[home.len - 1] == '/')
		home.len--;
	name = arena_alloc(&c->arena, home.len + sizeof(".copy"));
	memcpy(name, home.ptr, home.len);
	memcpy(name + home.len, ".copy", sizeof(".copy"));
	return name;
}

static enum err_code
target_read(struct cli *c, struct move *m)
{
	const char *to = cli_option(c, "to");
	const char *home = cli_option(c, "to-home");

	if (!to)
		return err_set(
			&c->err, ERR_USAGE, "to",
			"say where to copy to with --to: a new folder, or a connection string "
			"of PostgreSQL");
	if (!db_is_remote(to) && home)
		return err_set(
			&c->err, ERR_USAGE, "to-home",
			"--to names the new folder already; --to-home goes with a connection "
			"string");
	m->store = db_is_remote(to) ? to : NULL;
	m->home = !m->store ? to : home ? home : folder_beside(c);
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct move m = {.from = c->home};
	struct move_report report = {0};
	enum err_code rc = target_read(c, &m);

	if (!rc)
		rc = cli_open(c, DB_READ, &ws);
	if (!rc)
		rc = moving_run(c, ws, &m, &report);
	if (!rc)
		moving_report(c, workspace_ctx(ws), &m, &report, "Copied the workspace to");
	return rc;
}

const struct command copy_command = {
	.name = "copy",
	.arguments = "",
	.about = "Copy a workspace to another folder or database, whole and proven",
	.details =
		"Registers, history, ledger and keys go along, from a file to a PostgreSQL "
		"database "
		"or back:\n"
		"  holdfast copy --to \"postgresql:///holdfast?host=/run/postgresql\" --to-home "
		"DIR\n"
		"  holdfast copy --home DIR --to NEW\n"
		"The copy is a workspace of its own with the same ledger; the first one stays as "
		"it "
		"is. Others\n"
		"may work meanwhile: the copy is what stood at one moment. So stop them before, if "
		"you mean to\n"
		"go on in the copy: a ledger that is continued in two places is two ledgers. What "
		"was\n"
		"interrupted is no workspace; the same line starts over. docs/moving.md says "
		"more.\n",
	.prints_json = true,
	.options = {{"to", "STORE", "a new folder, or an empty database's connection string"},
		    {"to-home", "DIR",
		     "the new workspace's folder when its store is a database; else HOME.copy"}},
	.run = run,
};
