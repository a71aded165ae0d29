#include "cli/content.h"

#include "record/parties.h"

static enum err_code
parties_add(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	WRITER *w = NULL;
	struct ctx *ctx;
	enum err_code rc = cli_open(c, DB_WRITE, &ws);

	if (rc)
		return rc;
	ctx = workspace_ctx(ws);
	rc = writer_begin(ctx, &w);
	if (!rc)
		rc = parties_put(w, ctx->model->plan.parties, ctx->model->plan.party_count);
	if (!rc)
		rc = writer_commit(w);
	return cli_failed(c, ws, rc);
}

static void
report_print(struct cli *c, const struct workspace_report *r)
{
	if (r->created) {
		cli_print(c, "Made the workspace %s: %zu registers, a ledger with its own key.\n",
			  c->home, r->tables_added);
		cli_print(c, "Next: %s\n", cli_command(c, "import FILE ..."));
	} else if (r->joined && !r->plan_changed) {
		cli_print(c, "The workspace %s uses a store that was there, with its plan.\n",
			  c->home);
	} else if (r->plan_changed) {
		cli_print(c, "Took in the changed plan. %.*s", (int)r->changes.len,
			  r->changes.data ? r->changes.data : "");
		cli_print(c, "%s", r->changes.len ? "" : "Tables stay as they are.\n");
	} else if (r->upgraded) {
		cli_print(c,
			  "Brought the workspace %s to the format of this Holdfast; the plan stays "
			  "as it is.\n",
			  c->home);
	} else {
		cli_print(c, "The workspace %s is as the plan wants it; nothing to do.\n", c->home);
	}
}

static void
roles_print(struct cli *c, const struct workspace_report *r)
{
	if (!r->roles_missing)
		return;
	cli_print(c, "The database's user may not make roles. So checks do not run as a role that "
		     "can only read,\nand no user can be served behind the wall between "
		     "organisations. An administrator types\n'alter role USER createrole'; then "
		     "repeat this command, and take it back with\n'alter role USER nocreaterole'. "
		     "docs/scale.md says more.\n");
}

static enum err_code
run(struct cli *c)
{
	struct workspace_options o = {.home = c->home, .rehearse = c->clock};
	struct workspace_report report = {.changes = {.limit = 1024 * 1024}};
	struct diags diags;
	enum err_code rc;

	o.content = cli_option(c, "content") ? cli_option(c, "content") : HOLDFAST_CONTENT;
	o.content_named = cli_option(c, "content") || cli_option(c, "plan");
	o.store = cli_option(c, "store");
	o.rehearsal = cli_switch(c, "rehearsal");
	diag_init(&diags, &c->arena);
	rc = content_plan(c, o.content, cli_option(c, "plan"), &o.plan);
	if (!rc)
		rc = workspace_init(&o, &diags, &report, &c->err);
	/* The first finding is the error itself. */
	if (rc && diags.errors > 1)
		cli_diags(c, &diags);
	if (!rc)
		rc = parties_add(c);
	if (!rc)
		report_print(c, &report);
	if (!rc)
		roles_print(c, &report);
	buf_fini(&report.changes);
	return rc;
}

const struct command init_command = {
	.name = "init",
	.arguments = "",
	.about = "Make a workspace, or take a changed plan into one",
	.details =
		"A workspace is a folder with the database, the plan as it was taken in, and the "
		"ledger's\n"
		"key. On an existing one, new registers, fields and states are added; what was "
		"removed or\n"
		"changed its type is refused and nothing is changed. It can be repeated after any\n"
		"interruption.\n"
		"\n"
		"With --store the records are in a PostgreSQL database, which must exist:\n"
		"--store postgresql://HOST/DATABASE, or any other connection string. A password "
		"is better\n"
		"kept in ~/.pgpass than in it. Another folder may use the same database once it "
		"has the same\n"
		"ledger.key.\n",
	.options = {{"content", "DIR",
		     "registers/ and plans/; else those that came with the program"},
		    {"plan", "NAME", "the plan: a name below plans/, or a folder"},
		    {"store", "URL",
		     "a PostgreSQL database that holds the records; else a file in the folder"},
		    {"rehearsal", NULL, "a workspace for trying out, whose --clock may be set"}},
	.run = run,
};
