#include "cli/assess_past.h"

#include "check/late.h"

enum { DIFFERENCES_SHOWN = 40, LATE_SHOWN = 20 };

static const char *const causes[ASSESS_CAUSES] = {
	[CAUSE_UNEXPLAINED] = "nothing explains it: run holdfast verify",
	[CAUSE_NOT_ASSESSED] = "not assessed yet in that period",
	[CAUSE_PLAN] = "decided by another version of the plan",
	[CAUSE_FACTS] = "records came after that assessment",
	[CAUSE_TIME] = "time passed after that assessment",
	[CAUSE_CHECK_ERROR] = "the check cannot decide now",
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

	buf_addf(&text, "%s", causes[d->cause]);
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
			cli_print(c, "  %5zu  %s\n", count, causes[cause]);
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
