#include "demo/demo.h"
#include "cli/content.h"
#include "cli/show.h"
#include "demo/world.h"
#include "sys/file.h"

#include <string.h>

/* `meta` says how far a demo came, so that one that was interrupted is known. */
#define STATE "demo"
#define STATE_DONE "done"

enum { MONTH_DAYS = 31 };
static const int64_t DAY_MS = 86400000;

static enum err_code
number_option(struct cli *c, const char *name, int64_t least, int64_t most, int64_t *value)
{
	const char *text = cli_option(c, name);

	if (!text)
		return ERR_NONE;
	if (!str_int(str_of(text), value) || *value < least || *value > most)
		return err_set(&c->err, ERR_USAGE, name,
			       "--%s must be a whole number from %lld to %lld, not '%s'", name,
			       (long long)least, (long long)most, text);
	return ERR_NONE;
}

static enum err_code
options_read(struct cli *c, struct demo_options *o)
{
	int64_t seed = 1;
	int64_t months = DEMO_MONTHS;
	enum err_code rc = number_option(c, "seed", 0, INT64_MAX, &seed);

	o->records = DEMO_RECORDS;
	if (!rc)
		rc = number_option(c, "records", 3000, 2000000, &o->records);
	if (!rc)
		rc = number_option(c, "months", 1, DEMO_MONTHS_MAX, &months);
	o->seed = (uint64_t)seed;
	o->months = (int)months;
	return rc;
}

/* What stands in the way when the folder holds something already. */
static enum err_code
refuse_existing(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct workspace_options o = {.home = c->home};
	struct str state = {NULL, 0};
	enum err_code rc;

	if (!file_exists(file_join(&c->arena, c->home, "holdfast.db")) &&
	    !file_exists(file_join(&c->arena, c->home, "store")))
		return ERR_NONE;
	rc = workspace_open(&o, DB_READ, &ws, &c->err);
	if (!rc)
		rc = meta_get(workspace_ctx(ws)->db, STATE, &c->arena, &state, &c->err);
	if (rc || str_is(state, META_BEGUN))
		return err_set(&c->err, ERR_CONFLICT, "home",
			       "'%s' holds a demo or workspace that was not finished; remove the "
			       "folder and run this again, or give another --home",
			       c->home);
	return err_set(&c->err, ERR_CONFLICT, "home",
		       "'%s' is a workspace already%s; give a new folder with --home", c->home,
		       str_is(state, STATE_DONE) ? ", a finished demo" : "");
}

static enum err_code
done_set(struct ctx *ctx)
{
	DB_TXN txn;
	enum err_code rc = db_begin(ctx->db, &txn, &ctx->err);

	if (!rc)
		rc = meta_set(ctx->db, STATE, str_of(STATE_DONE), &ctx->err);
	return rc ? rc : db_commit(&txn, &ctx->err);
}

/* The workspace is made before the first delivery: its time never runs backwards. */
static const char *
time_of_making(struct cli *c, const struct demo_options *o)
{
	struct clock clock = {0};
	int64_t now = clock_now(&clock);
	char *text = arena_alloc(&c->arena, CIVIL_INSTANT_LEN + 1);

	/* A time that is none is refused when the workspace is made. */
	if (c->clock && !civil_parse_instant(str_of(c->clock), &now))
		return c->clock;
	civil_format_instant(now - ((int64_t)o->months + 1) * MONTH_DAYS * DAY_MS, text);
	return text;
}

static enum err_code
workspace_make(struct cli *c, const struct demo_options *options)
{
	struct workspace_options o = {.home = c->home,
				      .rehearsal = true,
				      .filler = STATE,
				      .store = cli_option(c, "store")};
	struct workspace_report report = {.changes = {.limit = 1024 * 1024}};
	struct diags diags;
	enum err_code rc;

	o.content = cli_option(c, "content") ? cli_option(c, "content") : HOLDFAST_CONTENT;
	o.rehearse = time_of_making(c, options);
	diag_init(&diags, &c->arena);
	rc = content_plan(c, o.content, NULL, &o.plan);
	if (!rc)
		rc = workspace_init(&o, &diags, &report, &c->err);
	if (rc && diags.errors > 1)
		cli_diags(c, &diags);
	buf_fini(&report.changes);
	return rc;
}

static void
progress(void *object, const char *what, int done, int all)
{
	cli_progress(object, "month %d of %d, %s", done + 1, all, what);
}

static enum err_code
fill(struct cli *c, struct ctx *ctx, const struct demo_options *o)
{
	struct demo_counts counts;
	enum err_code rc = demo_fill(ctx, o, &counts);

	if (!rc)
		rc = done_set(ctx);
	if (rc)
		return rc;
	cli_note(c,
		 "Made the demo %s: %lld deliveries with %lld rows over %d months, %lld rows "
		 "refused.",
		 c->home, (long long)counts.deliveries, (long long)counts.rows, o->months,
		 (long long)counts.rejected);
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct demo_options o = {.progress = progress, .object = c};
	struct ctx *ctx;
	enum err_code rc = options_read(c, &o);

	if (!rc)
		rc = refuse_existing(c);
	if (!rc)
		rc = workspace_make(c, &o);
	if (!rc)
		rc = cli_open(c, DB_WRITE, &ws);
	if (rc)
		return rc;
	ctx = workspace_ctx(ws);
	rc = fill(c, ctx, &o);
	if (!rc && cli_option(c, "csv"))
		rc = demo_write_csv(ctx, &o, cli_option(c, "csv"));
	if (!rc)
		rc = show_posture(c, ctx);
	return cli_failed(c, ws, rc);
}

const struct command demo_command = {
	.name = "demo",
	.arguments = "",
	.about = "Make a workspace with an invented supply chain, and show where it stands",
	.details =
		"One integrator, one client and six members with their people, accounts, assets "
		"and\n"
		"tickets, delivered month by month up to now, with the mess that real ones have. "
		"This\n"
		"machine is judged with them. All names are invented. The same seed gives the "
		"same chain.\n"
		"docs/demo.md tells the story.\n",
	.prints_json = true,
	.options = {{"seed", "N", "another number, another chain; else 1"},
		    {"records", "N", "about how many records in the end; else 6000"},
		    {"months", "N", "of history; else 18"},
		    {"csv", "DIR", "also write the last state as CSV files there"},
		    {"store", "URL", "an empty PostgreSQL database; else a file in the folder"},
		    {"content", "DIR",
		     "registers/ and plans/; else those that came with the program"}},
	.run = run,
};
