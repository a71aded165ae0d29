#include "cli/assess_past.h"

#include "base/civil.h"
#include "check/late.h"

#include <string.h>

enum { DIFFERENCES_SHOWN = 40, LATE_SHOWN = 20 };

static const struct {
	const char *name;
	const char *text;
} causes[ASSESS_CAUSES] = {
	[CAUSE_UNEXPLAINED] = {"unexplained",  "nothing explains it: run holdfast verify"},
	[CAUSE_NOT_ASSESSED] = {"not_assessed", "not assessed yet in that period"	 },
	[CAUSE_PLAN] = {"plan",		"decided by another version of the plan"	},
	[CAUSE_FACTS] = {"facts",	  "records came after that assessment"      },
	[CAUSE_TIME] = {"time",		"time passed after that assessment"	   },
	[CAUSE_CHECK_ERROR] = {"check_error",  "the check cannot decide now"		   },
};

bool
past_is_altered(const struct assess_again *a)
{
	for (size_t i = 0; i < a->difference_count; i++) {
		if (a->differences[i].cause == CAUSE_UNEXPLAINED)
			return true;
	}
	return false;
}

static struct str
cause_text(struct cli *c, const struct assess_difference *d)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 4096};

	buf_addf(&text, "%s", causes[d->cause].text);
	if (d->changed)
		buf_addf(&text, " (%s)", d->changed->name);
	return str_dup(&c->arena, (struct str){text.data, text.len});
}

static void
differences_print(struct cli *c, const struct ctx *ctx, const struct assess_again *a)
{
	static const struct grid_column columns[] = {
		{"duty",		 false, false},
		   {"organisation",  false, true },
		   {"of",		  false, false},
		{"recorded",	     false, true },
		   {"decided again", false, true },
		   {"why",	   false, true }
	       };
	struct grid g;

	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < a->difference_count && i < DIFFERENCES_SHOWN; i++) {
		const struct assess_difference *d = &a->differences[i];
		char name[RECORD_NAME_SIZE];

		if (d->record)
			record_name(ctx->model, d->record, name);
		grid_text(&g, str_of(d->obligation->id));
		grid_text(&g, d->organisation_key);
		grid_text(&g, d->record ? str_of(name) : d->period);
		grid_text(&g, d->recorded.ptr ? d->recorded : str_of("-"));
		grid_text(&g, d->decided);
		grid_text(&g, cause_text(c, d));
	}
	grid_print(&g);
	if (a->difference_count > DIFFERENCES_SHOWN)
		cli_print(c, "... and %zu more; --json gives all.\n",
			  a->difference_count - DIFFERENCES_SHOWN);
}

/* How many for each reason. */
static void
causes_print(struct cli *c, const struct assess_again *a)
{
	for (int cause = 0; cause < ASSESS_CAUSES; cause++) {
		size_t count = 0;

		for (size_t i = 0; i < a->difference_count; i++)
			count += a->differences[i].cause == (enum assess_cause)cause;
		if (count > 0)
			cli_print(c, "  %5zu  %s\n", count, causes[cause].text);
	}
	cli_print(c, "\n");
}

static void
comparison_print(struct cli *c, const struct ctx *ctx, const struct assess_again *a)
{
	size_t cells = 0;

	for (size_t i = 0; i < a->difference_count; i++)
		cells += a->differences[i].record == 0;
	if (!a->assessed_at) {
		cli_print(c, "Nothing had been assessed by then, so there is nothing to compare "
			     "with.\n");
		return;
	}
	cli_print(c, "Compared with what was recorded by then (last assessment %s): ",
		  cli_instant(c, ctx->zone, a->assessed_at));
	if (a->difference_count == 0) {
		cli_print(c, "%zu cells, and every failure, are the same.\n", a->cells_same);
		return;
	}
	cli_print(c, "%zu cells are the same; %zu cells and %zu failures are not:\n", a->cells_same,
		  cells, a->difference_count - cells);
	causes_print(c, a);
	differences_print(c, ctx, a);
}

struct late_listing {
	struct cli *cli;
	const struct ctx *past;
	struct grid grid;
	struct json_writer *json;
	size_t count;
};

static void
late_print(void *object, const struct late_fact *f)
{
	struct late_listing *l = object;
	char name[RECORD_NAME_SIZE];

	if (l->count++ >= LATE_SHOWN)
		return;
	record_name(l->past->model, f->record, name);
	grid_text(&l->grid, f->obligation_id);
	grid_text(&l->grid, f->organisation_key);
	grid_text(&l->grid, str_of(name));
	grid_text(&l->grid, str_of(show_day(l->cli, l->past, f->true_from)));
	grid_addf(&l->grid, "%.10s", cli_instant(l->cli, l->past->zone, f->recorded_at));
	grid_text(&l->grid, f->reason);
}

enum err_code
past_print(struct cli *c, struct ctx *past, struct ctx *present, const struct assess_again *a)
{
	static const struct grid_column columns[] = {
		{"duty",	 false, false},
		 {"organisation", false, true },
		{"record",	   false, false},
		{"since",	  false, false},
		 {"recorded",     false, false},
		{"reason",	   false, true }
	       };
	struct late_listing l = {.cli = c, .past = past};
	enum err_code rc;

	comparison_print(c, past, a);
	grid_init(&l.grid, c, columns, COUNT_OF(columns));
	rc = late_facts(present, past->as_of, late_print, &l);
	if (rc) {
		past->err = present->err;
		return rc;
	}
	if (l.count == 0)
		return ERR_NONE;
	cli_print(c,
		  "\nKnown only later, of what was so already then (%zu, as records came "
		  "late):\n",
		  l.count);
	grid_print(&l.grid);
	if (l.count > LATE_SHOWN)
		cli_print(c, "... and %zu more; --json gives all.\n", l.count - LATE_SHOWN);
	return ERR_NONE;
}

static void
difference_json(struct json_writer *w, const struct ctx *ctx, const struct assess_difference *d)
{
	char name[RECORD_NAME_SIZE];

	jw_object(w);
	jw_key(w, "obligation");
	jw_text(w, str_of(d->obligation->id));
	jw_key(w, "organisation");
	jw_text(w, d->organisation_key);
	jw_key(w, "period");
	jw_text(w, d->period);
	jw_key(w, "record");
	if (d->record)
		record_name(ctx->model, d->record, name);
	jw_text(w, d->record ? str_of(name) : (struct str){0});
	jw_key(w, "recorded");
	jw_text(w, d->recorded);
	jw_key(w, "decided");
	jw_text(w, d->decided);
	jw_key(w, "cause");
	jw_text(w, str_of(causes[d->cause].name));
	jw_key(w, "changed_register");
	jw_text(w, d->changed ? str_of(d->changed->name) : (struct str){0});
	jw_end_object(w);
}

static void
late_json(void *object, const struct late_fact *f)
{
	struct late_listing *l = object;
	struct json_writer *w = l->json;
	char name[RECORD_NAME_SIZE];
	char recorded[CIVIL_INSTANT_LEN + 1];

	record_name(l->past->model, f->record, name);
	civil_format_instant(f->recorded_at, recorded);
	jw_object(w);
	jw_key(w, "kind");
	jw_text(w, str_of(f->evidence ? "evidence" : "failure"));
	jw_key(w, "obligation");
	jw_text(w, f->obligation_id);
	jw_key(w, "organisation");
	jw_text(w, f->organisation_key);
	jw_key(w, "record");
	jw_text(w, str_of(name));
	jw_key(w, "reason");
	jw_text(w, f->reason);
	jw_key(w, "since");
	jw_text(w, f->true_from);
	jw_key(w, "recorded_at");
	jw_text(w, str_of(recorded));
	jw_end_object(w);
}

enum err_code
past_json(struct json_writer *w, struct ctx *past, struct ctx *present,
	  const struct assess_again *a)
{
	struct late_listing l = {.past = past, .json = w};
	char at[CIVIL_INSTANT_LEN + 1];
	enum err_code rc;

	civil_format_instant(a->assessed_at, at);
	jw_key(w, "compared");
	jw_object(w);
	jw_key(w, "assessed_at");
	jw_text(w, a->assessed_at ? str_of(at) : (struct str){0});
	jw_key(w, "cells_same");
	jw_int(w, (int64_t)a->cells_same);
	jw_key(w, "differences");
	jw_array(w);
	for (size_t i = 0; i < a->difference_count; i++)
		difference_json(w, past, &a->differences[i]);
	jw_end_array(w);
	jw_end_object(w);
	jw_key(w, "known_later");
	jw_array(w);
	rc = late_facts(present, past->as_of, late_json, &l);
	jw_end_array(w);
	if (rc)
		past->err = present->err;
	return rc;
}
