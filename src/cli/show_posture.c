#include "cli/show.h"

#include "base/civil.h"
#include "check/period.h"
#include "duty/tally.h"

#include <string.h>

enum { WORST_SHOWN = 12 };

/* One organisation's cells, of all sections. */
struct standing_row {
	int64_t organisation;
	struct str key;
	struct str name;
	struct tally sum;
};

struct standing_table {
	struct standing_row *rows;
	size_t count;
};

static struct standing_row *
row_of(struct standing_table *t, const struct posture_cell *c)
{
	struct standing_row *row;

	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].organisation == c->organisation)
			return &t->rows[i];
	}
	row = &t->rows[t->count++];
	*row = (struct standing_row){.organisation = c->organisation,
				     .key = c->organisation_key,
				     .name = c->organisation_name};
	return row;
}

static struct standing_table
table_count(struct cli *c, const struct posture_list *l)
{
	struct standing_table t = {
		.rows = arena_alloc(&c->arena, (l->count + 1) * sizeof(*t.rows))};

	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *cell = &l->cells[i];
		struct standing_row *row = row_of(&t, cell);

		tally_add(&row->sum, cell);
	}
	return t;
}

static void
table_print(struct cli *c, const struct ctx *ctx, const struct standing_table *t)
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
		const struct standing_row *row = &t->rows[i];

		grid_text(&g, row->key);
		grid_text(&g, row->name);
		grid_int(&g, row->sum.cells[CELL_FAILING]);
		grid_int(&g, row->sum.cells[CELL_UNPROVEN]);
		grid_int(&g, row->sum.cells[CELL_PROVEN]);
		grid_int(&g, row->sum.cells[CELL_QUIET]);
		grid_int(&g, row->sum.cells[CELL_WAIVED] + row->sum.cells[CELL_NOT_APPLICABLE]);
		grid_int(&g, row->sum.failing);
		grid_text(&g, str_of(show_day(c, ctx, row->sum.first_failed_at)));
	}
	grid_print(&g);
}

/* The organisation with the most failing cells. */
static const struct standing_row *
worst_of(const struct standing_table *t)
{
	const struct standing_row *worst = NULL;

	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].sum.cells[CELL_FAILING] >
		    (worst ? worst->sum.cells[CELL_FAILING] : 0))
			worst = &t->rows[i];
	}
	return worst;
}

static void
table_json(struct json_writer *w, const struct standing_table *t)
{
	jw_array(w);
	for (size_t i = 0; i < t->count; i++) {
		const struct standing_row *row = &t->rows[i];

		jw_object(w);
		jw_key(w, "organisation");
		jw_text(w, row->key);
		jw_key(w, "name");
		jw_text(w, row->name);
		for (int s = 0; s < CELL_STATES; s++) {
			jw_key(w, cell_state_names[s]);
			jw_int(w, row->sum.cells[s]);
		}
		jw_key(w, "records_failing");
		jw_int(w, row->sum.failing);
		jw_key(w, "since");
		jw_text(w, row->sum.first_failed_at);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void
print_json(struct cli *c, struct str assessed, const struct standing_table *t,
	   const struct posture_list *l)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "assessed_at");
	jw_text(&w, assessed);
	jw_key(&w, "organisations");
	table_json(&w, t);
	jw_key(&w, "cells");
	cells_json(&w, l);
	jw_end_object(&w);
	cli_json_end(c);
}

static void
next_print(struct cli *c, const struct standing_row *worst, const struct posture_list *l)
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
	struct standing_table t;
	size_t failing = 0;
	enum err_code rc = posture_cells(ctx, &q, &c->arena, &list);

	if (!rc)
		rc = posture_assessed(ctx, &assessed);
	if (rc)
		return rc;
	t = table_count(c, &list);
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
	table_print(c, ctx, &t);
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
