#include "cli/show.h"

#include "base/civil.h"

struct listing {
	struct cli *cli;
	struct ctx *ctx;
	struct grid grid;
	struct json_writer json;
	int64_t count;
};

static void
failure_take(void *object, const struct posture_failure *f)
{
	struct listing *l = object;
	char name[RECORD_NAME_SIZE];

	l->count++;
	if (l->cli->json) {
		failure_json(&l->json, l->ctx->model, f);
		return;
	}
	record_name(l->ctx->model, f->record, name);
	grid_text(&l->grid, f->obligation_id);
	grid_text(&l->grid, f->organisation_key);
	grid_text(&l->grid, str_of(name));
	grid_text(&l->grid, f->key.ptr ? f->key : str_of("-"));
	grid_text(&l->grid, str_of(show_day(l->cli, l->ctx, f->first_failed_at)));
	if (f->fixed_at.ptr)
		grid_addf(&l->grid, "fixed %s: %.*s", show_day(l->cli, l->ctx, f->fixed_at),
			  STR_ARG(f->reason));
	else if (f->waiver)
		grid_addf(&l->grid, "waived: %.*s", STR_ARG(f->reason));
	else
		grid_text(&l->grid, f->reason);
}

/* A day counts from its first moment in the plan's zone. */
static enum err_code
since_read(struct cli *c, struct ctx *ctx, const char **ret_since)
{
	const char *given = cli_option(c, "since");
	char *text = arena_alloc(&c->arena, CIVIL_INSTANT_LEN + 1);
	int64_t days;
	int64_t ms;

	*ret_since = NULL;
	if (!given)
		return ERR_NONE;
	if (civil_parse_date(str_of(given), &days))
		ms = zone_day_start(ctx->zone, days);
	else if (!civil_parse_instant(str_of(given), &ms))
		return err_set(&ctx->err, ERR_USAGE, "since",
			       "'%s' is no day; write it as 2026-03-01 or 2026-03-01T12:00:00Z",
			       given);
	civil_format_instant(ms, text);
	*ret_since = text;
	return ERR_NONE;
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	static const struct grid_column columns[] = {
		{"duty",	 false, false},
		{"organisation", false, true },
		       {"record",	  false, false},
		{"key",		false, true },
		{"since",	  false, false},
		       {"reason",	  false, true }
	      };
	struct listing l = {.cli = c, .ctx = ctx};
	struct posture_question q = {.obligation = cli_option(c, "obligation"),
				     .fixed_too = cli_switch(c, "fixed"),
				     .waived_too = cli_switch(c, "fixed")};
	enum err_code rc = since_read(c, ctx, &q.since);

	(void)argument;
	if (!rc && q.obligation && !model_obligation(ctx->model, str_of(q.obligation)))
		rc = err_set(&ctx->err, ERR_MISSING, "obligation",
			     "the plan has no obligation '%s'", q.obligation);
	if (!rc && cli_option(c, "organisation"))
		rc = organisation_named(ctx, cli_option(c, "organisation"), &q.organisation);
	if (rc)
		return rc;
	if (c->json) {
		cli_json(c, &l.json);
		jw_array(&l.json);
	}
	grid_init(&l.grid, c, columns, COUNT_OF(columns));
	rc = posture_failures(ctx, &q, failure_take, &l);
	if (c->json) {
		jw_end_array(&l.json);
		cli_json_end(c);
		return rc;
	}
	if (l.count > 0)
		grid_print(&l.grid);
	cli_print(c, "%s%lld failure%s.\n", l.count ? "\n" : "", (long long)l.count,
		  l.count == 1 ? "" : "s");
	return rc;
}

const struct show_topic show_failures = {
	.name = "failures",
	.arguments = "",
	.about = "the records that fail",
	.options = " since organisation obligation fixed ",
	.run = run,
};
