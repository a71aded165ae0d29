#include "cli/show.h"

#include "base/civil.h"
#include "check/check.h"

#include <stdlib.h>

static void
progress(void *object, const struct obligation *o, size_t done, size_t all)
{
	cli_progress(object, "%3zu of %zu  %s %s", done + 1, all, o->id, o->title);
}

static void
totals_json(struct json_writer *w, const struct assess_totals *t)
{
	const struct {
		const char *name;
		int64_t value;
	} rows[] = {
		{"proven",	   t->proven	    },
		{"failing",	    t->failing	      },
		{"unproven",	     t->unproven	},
		{"quiet",	  t->quiet	  },
		{"missed",	   t->missed	    },
		{"waived",	   t->waived	    },
		{"not_applicable", t->not_applicable}
	     };

	jw_object(w);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		jw_key(w, rows[i].name);
		jw_int(w, rows[i].value);
	}
	jw_end_object(w);
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
head_json(struct json_writer *w, const struct ctx *ctx, const struct assess_report *r)
{
	char hex[HASH_HEX_LEN + 1];
	char as_of[CIVIL_INSTANT_LEN + 1];

	hash_hex(&ctx->model->hash, hex);
	civil_format_instant(r->as_of, as_of);
	jw_key(w, "as_of");
	jw_text(w, str_of(as_of));
	jw_key(w, "plan");
	jw_object(w);
	jw_key(w, "name");
	jw_text(w, str_of(ctx->model->plan.name));
	jw_key(w, "version");
	jw_text(w, str_of(ctx->model->plan.version));
	jw_key(w, "hash");
	jw_text(w, str_of(hex));
	jw_end_object(w);
	jw_key(w, "totals");
	totals_json(w, &r->totals);
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

static enum err_code
print_json(struct cli *c, struct ctx *ctx, const struct assess_report *r)
{
	struct posture_question q = {0};
	struct json_writer w;
	struct failure_writer fw = {ctx->model, &w};
	struct posture_list list = {0};
	enum err_code rc;

	cli_json(c, &w);
	jw_object(&w);
	head_json(&w, ctx, r);
	jw_key(&w, "cells");
	rc = posture_cells(ctx, &q, &c->arena, &list);
	cells_json(&w, &list);
	jw_key(&w, "failures");
	jw_array(&w);
	if (!rc)
		rc = posture_failures(ctx, &q, failure_take, &fw);
	jw_end_array(&w);
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

static void
print_text(struct cli *c, struct ctx *ctx, const struct assess_report *r)
{
	const struct assess_totals *t = &r->totals;

	if (cli_switch(c, "timing"))
		print_times(c, r);
	cli_print(c, "Decided %zu obligations as of %s (%s).\n", ctx->model->plan.obligation_count,
		  cli_instant(c, ctx->zone, r->as_of), ctx->model->plan.time_zone);
	cli_print(c, "Cells: %lld proven, %lld failing, %lld unproven, %lld quiet",
		  (long long)t->proven, (long long)t->failing, (long long)t->unproven,
		  (long long)t->quiet);
	cli_print(c, ", %lld waived, %lld not applicable, %lld missed.\n", (long long)t->waived,
		  (long long)t->not_applicable, (long long)t->missed);
	cli_print(c,
		  "Failures: %lld open; %lld began and %lld were put right since the last time.\n",
		  (long long)r->failures_open, (long long)r->failures_opened,
		  (long long)r->failures_fixed);
	cli_print(c, "Next: %s\n", cli_command(c, "show"));
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct assess_options o = {.progress = progress, .object = c};
	struct assess_report r = {0};
	struct ctx *ctx;
	enum err_code rc = cli_open(c, DB_WRITE, &ws);

	if (rc)
		return rc;
	ctx = workspace_ctx(ws);
	rc = assess_run(ctx, &o, &r);
	cli_progress(c, "%s", "");
	for (size_t i = 0; !rc && i < r.time_count; i++) {
		if (r.times[i].error)
			cli_note(c, "%s could not be decided: %s", r.times[i].obligation->id,
				 r.times[i].error);
	}
	if (!rc && c->json)
		rc = print_json(c, ctx, &r);
	else if (!rc)
		print_text(c, ctx, &r);
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
		   "scope, never counts as proof.\n",
	.prints_json = true,
	.options = {{"strict", NULL,
		     "exit with 1 unless every cell is proven, quiet, waived or not applicable"},
		    {"timing", NULL, "show how long each check took, slowest first"}},
	.run = run,
};
