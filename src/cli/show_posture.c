#include "cli/show.h"

#include "base/civil.h"
#include "check/period.h"

#include <string.h>

enum { WORST_SHOWN = 12 };

/* One organisation's cells, counted. */
struct tally {
	int64_t organisation;
	struct str key;
	struct str name;
	int64_t states[CELL_STATES];
	int64_t records;  /* that fail */
	struct str since; /* earliest first_failed_at */
};

struct tallies {
	struct tally *rows;
	size_t count;
};

static struct tally *
tally_of(struct tallies *t, const struct posture_cell *c)
{
	struct tally *row;

	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].organisation == c->organisation)
			return &t->rows[i];
	}
	row = &t->rows[t->count++];
	*row = (struct tally){.organisation = c->organisation,
			      .key = c->organisation_key,
			      .name = c->organisation_name};
	return row;
}

static struct tallies
tallies_count(struct cli *c, const struct posture_list *l)
{
	struct tallies t = {.rows = arena_alloc(&c->arena, (l->count + 1) * sizeof(*t.rows))};

	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *cell = &l->cells[i];
		struct tally *row = tally_of(&t, cell);

		row->states[cell->state]++;
		row->records += cell->failing;
		if (cell->first_failed_at.ptr &&
		    (!row->since.ptr || str_cmp(cell->first_failed_at, row->since) < 0))
			row->since = cell->first_failed_at;
	}
	return t;
}

static void
tallies_print(struct cli *c, const struct ctx *ctx, const struct tallies *t)
{
	static const struct grid_column columns[] = {
		{"organisation", false, true },
		       {"",		    false, true },
		 {"failing",	     true,  false},
		{"unproven",     true,  false},
		       {"proven",	  true,	false},
		 {"quiet",	   true,	 false},
		{"waived",	   true,	 false},
		       {"records",	   true,	 false},
		 {"since",	   false, false}
	};
	struct grid g;

	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < t->count; i++) {
		const struct tally *row = &t->rows[i];

		grid_text(&g, row->key);
		grid_text(&g, row->name);
		grid_int(&g, row->states[CELL_FAILING]);
		grid_int(&g, row->states[CELL_UNPROVEN]);
		grid_int(&g, row->states[CELL_PROVEN]);
		grid_int(&g, row->states[CELL_QUIET]);
		grid_int(&g, row->states[CELL_WAIVED] + row->states[CELL_NOT_APPLICABLE]);
		grid_int(&g, row->records);
		grid_text(&g, str_of(show_day(c, ctx, row->since)));
	}
	grid_print(&g);
}

/* The organisation with the most failing cells. */
static const struct tally *
worst_of(const struct tallies *t)
{
	const struct tally *worst = NULL;

	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].states[CELL_FAILING] > (worst ? worst->states[CELL_FAILING] : 0))
			worst = &t->rows[i];
	}
	return worst;
}

static void
tallies_json(struct json_writer *w, const struct tallies *t)
{
	jw_array(w);
	for (size_t i = 0; i < t->count; i++) {
		const struct tally *row = &t->rows[i];

		jw_object(w);
		jw_key(w, "organisation");
		jw_text(w, row->key);
		jw_key(w, "name");
		jw_text(w, row->name);
		for (int s = 0; s < CELL_STATES; s++) {
			jw_key(w, cell_state_names[s]);
			jw_int(w, row->states[s]);
		}
		jw_key(w, "records_failing");
		jw_int(w, row->records);
		jw_key(w, "since");
		jw_text(w, row->since);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void
print_json(struct cli *c, struct str assessed, const struct tallies *t,
	   const struct posture_list *l)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "assessed_at");
	jw_text(&w, assessed);
	jw_key(&w, "organisations");
	tallies_json(&w, t);
	jw_key(&w, "cells");
	cells_json(&w, l);
	jw_end_object(&w);
	cli_json_end(c);
}

static void
next_print(struct cli *c, const struct tally *worst, const struct posture_list *l)
{
	cli_print(c, "\nWhat to type next:\n");
	if (worst)
		cli_print(c, "  %s\n",
			  cli_command(c, "show organisation %s", cli_quoted(c, worst->key)));
	if (l->count > 0)
		cli_print(c, "  %s\n",
			  cli_command(c, "show obligation %s", l->cells[0].obligation->id));
	cli_print(c, "  %s\n", cli_command(c, "show failures"));
	cli_print(c, "  %s\n", cli_command(c, "verify"));
}

/* Whether the last assessment lies in a month that has ended. */
static bool
month_is_new(const struct ctx *ctx, struct str assessed)
{
	int64_t ms;

	if (!assessed.ptr || !civil_parse_instant(assessed, &ms))
		return false;
	return period_of(CADENCE_MONTHLY, zone_date(ctx->zone, ms)).to <
	       zone_date(ctx->zone, clock_now(&ctx->clock));
}

enum err_code
show_posture(struct cli *c, struct ctx *ctx)
{
	struct posture_question q = {0};
	struct posture_list list;
	struct str assessed;
	struct tallies t;
	size_t failing = 0;
	enum err_code rc = posture_cells(ctx, &q, &c->arena, &list);

	if (!rc)
		rc = posture_assessed(ctx, &assessed);
	if (rc)
		return rc;
	t = tallies_count(c, &list);
	cells_worst_first(&list);
	if (c->json) {
		print_json(c, assessed, &t, &list);
		return ERR_NONE;
	}
	show_assessed(c, ctx, assessed);
	if (month_is_new(ctx, assessed))
		cli_print(c,
			  "A month has begun since then: most duties are not decided for it yet. "
			  "%s\n",
			  cli_command(c, "assess"));
	if (list.count == 0)
		return ERR_NONE;
	cli_print(c, "Duties of each organisation by state, and the records that fail:\n");
	tallies_print(c, ctx, &t);
	cli_print(c, "\n");
	legend_print(c, &list);
	while (failing < list.count && list.cells[failing].state == CELL_FAILING)
		failing++;
	if (failing > 0) {
		struct posture_list worst = {list.cells,
					     failing < WORST_SHOWN ? failing : WORST_SHOWN};

		cli_print(c, "\nWorst first, %zu of %zu failing:\n", worst.count, failing);
		cells_grid(c, ctx, &worst, true, true);
	}
	next_print(c, worst_of(&t), &list);
	return ERR_NONE;
}
