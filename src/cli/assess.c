#include "cli/assess_past.h"

#include "check/check.h"
#include "job/report.h"

#include <stdlib.h>

static void
progress(void *object, const struct obligation *o, size_t done, size_t all)
{
	cli_progress(object, "%3zu of %zu  %s %s", done + 1, all, o->id, o->title);
}

struct failure_writer {
	const struct model *model;
	struct json_writer *json;
};

static void
failure_take(void *object, const struct posture_failure *f)
{
	struct failure_writer *fw = object;

	failure_json(fw->json, fw->model, f);
}

static void
times_json(struct json_writer *w, const struct assess_report *r)
{
	jw_key(w, "timing");
	jw_array(w);
	for (size_t i = 0; i < r->time_count; i++) {
		const struct check_time *t = &r->times[i];

		jw_object(w);
		jw_key(w, "obligation");
		jw_text(w, str_of(t->obligation->id));
		jw_key(w, "microseconds");
		jw_int(w, t->ns / 1000);
		jw_key(w, "error");
		jw_text(w, t->error ? str_of(t->error) : (struct str){0});
		jw_end_object(w);
	}
	jw_end_array(w);
}

/* What was decided now is what stands in the store; of the past it stands in the report alone. */
static enum err_code
decided_json(struct cli *c, struct ctx *ctx, const struct assess_report *r, struct json_writer *w)
{
	struct posture_question q = {0};
	struct failure_writer fw = {ctx->model, w};
	struct posture_list list = r->again.cells;
	enum err_code rc = ERR_NONE;

	if (!r->again.is)
		rc = posture_cells(ctx, &q, &c->arena, &list);
	jw_key(w, "cells");
	cells_json(w, &list);
	jw_key(w, "failures");
	jw_array(w);
	if (!rc && !r->again.is)
		rc = posture_failures(ctx, &q, failure_take, &fw);
	for (size_t i = 0; i < r->again.failure_count; i++)
		failure_take(&fw, &r->again.failures[i]);
	jw_end_array(w);
	return rc;
}

/* `present` is NULL unless the past was decided. */
static enum err_code
print_json(struct cli *c, struct ctx *ctx, struct ctx *present, const struct assess_report *r)
{
	struct json_writer w;
	enum err_code rc;

	cli_json(c, &w);
	jw_object(&w);
	assess_json(&w, ctx, r);
	rc = decided_json(c, ctx, r, &w);
	if (!rc && present)
		rc = again_json(&w, ctx, present, &r->again);
	if (cli_switch(c, "timing"))
		times_json(&w, r);
	jw_end_object(&w);
	cli_json_end(c);
	return rc;
}

static int
slowest_first(const void *a, const void *b)
{
	const struct check_time *x = a;
	const struct check_time *y = b;

	return (x->ns < y->ns) - (x->ns > y->ns);
}

static void
print_times(struct cli *c, const struct assess_report *r)
{
	static const struct grid_column columns[] = {
		{"ms",	       true,  false},
		{"tested",	   true,	 false},
		{"failing",    true,  false},
		{"obligation", false, false},
		{"",	     false, true }
	 };
	struct grid g;

	qsort(r->times, r->time_count, sizeof(*r->times), slowest_first);
	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < r->time_count; i++) {
		const struct check_time *t = &r->times[i];

		grid_addf(&g, "%.1f", (double)t->ns / 1e6);
		grid_int(&g, t->tested);
		grid_int(&g, t->failing);
		grid_text(&g, str_of(t->obligation->id));
		grid_text(&g, str_of(t->obligation->title));
	}
	grid_print(&g);
	cli_print(c, "\n");
}

static enum err_code
print_text(struct cli *c, struct ctx *ctx, struct ctx *present, const struct assess_report *r)
{
	const struct assess_totals *t = &r->totals;
	const struct plan *p = &ctx->model->plan;

	if (cli_switch(c, "timing"))
		print_times(c, r);
	if (r->full)
		cli_print(c, "Decided %zu obligations as of %s (%s).\n", r->decided,
			  cli_instant(c, ctx->zone, r->as_of), ctx->model->plan.time_zone);
	else
		cli_print(
			c,
			"Decided what changed since the last time as of %s (%s): %zu obligations, "
			"%lld records.\n",
			cli_instant(c, ctx->zone, r->as_of), ctx->model->plan.time_zone, r->decided,
			(long long)r->records);
	cli_print(c, "Cells: %lld proven, %lld failing, %lld unproven, %lld quiet",
		  (long long)t->proven, (long long)t->failing, (long long)t->unproven,
		  (long long)t->quiet);
	cli_print(c, ", %lld waived, %lld not applicable, %lld missed.\n", (long long)t->waived,
		  (long long)t->not_applicable, (long long)t->missed);
	if (present) {
		cli_print(c, "Failures: %lld open.\n", (long long)r->failures_open);
		cli_print(c, "By the plan of then, %s version %s. Nothing was written.\n\n",
			  p->name, p->version);
		return past_print(c, ctx, present, &r->again);
	}
	cli_print(c,
		  "Failures: %lld open; %lld began and %lld were put right since the last time.\n",
		  (long long)r->failures_open, (long long)r->failures_opened,
		  (long long)r->failures_fixed);
	cli_print(c, "Next: %s\n", cli_command(c, "show"));
	return ERR_NONE;
}

/* Of the past much is asked; the present tells what became known only later. */
static enum err_code
workspaces_open(struct cli *c, bool past, struct workspace **ret_ws, struct workspace **ret_now)
{
	struct workspace_options o = {.home = c->home, .rehearse = c->clock, .many = true};
	enum err_code rc;

	if (!past)
		return cli_open(c, DB_WRITE, ret_ws);
	rc = workspace_open(&o, DB_READ, ret_now, &c->err);
	o.as_of = cli_option(c, "as-of");
	return rc ? rc : workspace_open(&o, DB_READ, ret_ws, &c->err);
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *now = NULL;
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct assess_options o = {.progress = progress, .object = c};
	struct assess_report r = {0};
	bool past = cli_switch(c, "as-of");
	struct ctx *ctx;
	struct ctx *present = NULL;
	enum err_code rc = workspaces_open(c, past, &ws, &now);

	if (rc)
		return rc;
	o.full = cli_switch(c, "full");
	ctx = workspace_ctx(ws);
	if (past)
		present = workspace_ctx(now);
	rc = assess_run(ctx, &o, &r);
	cli_progress(c, "%s", "");
	for (size_t i = 0; !rc && i < r.time_count; i++) {
		if (r.times[i].error)
			cli_note(c, "%s could not be decided: %s", r.times[i].obligation->id,
				 r.times[i].error);
	}
	if (!rc && c->json)
		rc = print_json(c, ctx, present, &r);
	else if (!rc)
		rc = print_text(c, ctx, present, &r);
	if (!rc && past_is_altered(&r.again))
		return ERR_FAILED;
	if (!rc && cli_switch(c, "strict") &&
	    r.totals.failing + r.totals.unproven + r.totals.missed > 0)
		return ERR_FAILED;
	return cli_failed(c, ws, rc);
}

const struct command assess_command = {
	.name = "assess",
	.arguments = "",
	.about = "Decide every obligation for every organisation, and record what fails",
	.details = "Runs the check of each obligation over the registers. What fails is recorded "
		   "with the time\n"
		   "it began, and closed when it is put right; each obligation and organisation "
		   "gets a cell for\n"
		   "the present period, and a nonconformity when it fails. A missing or old "
		   "delivery, or an empty\n"
		   "scope, never counts as proof.\n"
		   "On the same day only what changed since the last time is decided again; both "
		   "ways give the same.\n"
		   "\n"
		   "With --as-of it decides a moment of the past again, from what was recorded by "
		   "then and by the\n"
		   "plan of then, writes nothing, and tells what differs from what was recorded "
		   "then, and why. It\n"
		   "ends with 1 when nothing explains a difference. docs/past.md tells more.\n",
	.prints_json = true,
	.options = {{"full", NULL, "decide everything, not only what changed since the last time"},
		    {"strict", NULL,
		     "exit with 1 unless every cell is proven, quiet, waived or not applicable"},
		    {"timing", NULL, "show how long each check took, slowest first"},
		    CLI_AS_OF},
	.run = run,
};
