#include "cli/show.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

static int
severity_rank(const char *severity)
{
	static const char *const words[] = {"low", "medium", "high", "critical"};
	int rank = 0;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(severity, words[i]) == 0)
			rank = (int)i;
	}
	return rank;
}

static int
worst_first(const void *a, const void *b)
{
	const struct posture_cell *x = a;
	const struct posture_cell *y = b;
	int x_rank = severity_rank(x->obligation->severity);
	int y_rank = severity_rank(y->obligation->severity);

	if (x->state != y->state)
		return x->state < y->state ? 1 : -1;
	if (x_rank != y_rank)
		return x_rank < y_rank ? 1 : -1;
	if (x->first_failed_at.ptr && y->first_failed_at.ptr &&
	    !str_eq(x->first_failed_at, y->first_failed_at))
		return str_cmp(x->first_failed_at, y->first_failed_at);
	if (x->failing != y->failing)
		return x->failing < y->failing ? 1 : -1;
	if (x->obligation != y->obligation)
		return x->obligation < y->obligation ? -1 : 1;
	return x->organisation < y->organisation ? -1 : 1;
}

void
cells_worst_first(struct posture_list *l)
{
	if (l->count > 0)
		qsort(l->cells, l->count, sizeof(*l->cells), worst_first);
}

const char *
show_day(struct cli *c, const struct ctx *ctx, struct str instant)
{
	int64_t ms;
	char *text;

	if (!instant.ptr || !civil_parse_instant(instant, &ms))
		return "-";
	text = arena_alloc(&c->arena, CIVIL_DATE_LEN + 1);
	civil_format_date(zone_date(ctx->zone, ms), text);
	return text;
}

static void
state_text(struct grid *g, const struct posture_cell *cell)
{
	if (cell->reason.ptr)
		grid_addf(g, "%s (%.*s)", cell_state_names[cell->state], STR_ARG(cell->reason));
	else
		grid_text(g, str_of(cell_state_names[cell->state]));
}

void
cells_grid(struct cli *c, const struct ctx *ctx, const struct posture_list *l, bool obligations,
	   bool organisations)
{
	struct grid_column columns[7];
	struct grid g;
	size_t n = 0;

	if (obligations) {
		columns[n++] = (struct grid_column){"duty", false, false};
		columns[n++] = (struct grid_column){"", false, true};
	}
	if (organisations)
		columns[n++] = (struct grid_column){"organisation", false, true};
	columns[n++] = (struct grid_column){"state", false, true};
	columns[n++] = (struct grid_column){"failing", true, false};
	columns[n++] = (struct grid_column){"tested", true, false};
	columns[n++] = (struct grid_column){"since", false, false};
	grid_init(&g, c, columns, n);
	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *cell = &l->cells[i];

		if (obligations) {
			grid_text(&g, str_of(cell->obligation->id));
			grid_text(&g, str_of(cell->obligation->title));
		}
		if (organisations)
			grid_text(&g, cell->organisation_key);
		state_text(&g, cell);
		grid_int(&g, cell->failing);
		grid_int(&g, cell->tested);
		grid_text(&g, str_of(show_day(c, ctx, cell->first_failed_at)));
	}
	grid_print(&g);
}

void
cells_json(struct json_writer *w, const struct posture_list *l)
{
	jw_array(w);
	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *c = &l->cells[i];

		jw_object(w);
		jw_key(w, "obligation");
		jw_text(w, str_of(c->obligation->id));
		jw_key(w, "organisation");
		jw_text(w, c->organisation_key);
		jw_key(w, "period");
		jw_text(w, c->period);
		jw_key(w, "state");
		jw_text(w, str_of(cell_state_names[c->state]));
		jw_key(w, "reason");
		jw_text(w, c->reason);
		jw_key(w, "tested");
		jw_int(w, c->tested);
		jw_key(w, "failing");
		jw_int(w, c->failing);
		jw_key(w, "first_failed_at");
		jw_text(w, c->first_failed_at);
		jw_key(w, "worst");
		jw_text(w, str_of(cell_state_names[c->worst]));
		jw_key(w, "failed_hours");
		jw_int(w, c->failed_hours);
		jw_key(w, "changed_at");
		jw_text(w, c->changed_at);
		jw_key(w, "proven_late_at");
		jw_text(w, c->proven_late_at);
		jw_key(w, "plan");
		jw_text(w, c->plan_hash);
		jw_end_object(w);
	}
	jw_end_array(w);
}

void
failure_json(struct json_writer *w, const struct model *m, const struct posture_failure *f)
{
	char name[RECORD_NAME_SIZE];

	jw_object(w);
	jw_key(w, "obligation");
	jw_text(w, f->obligation_id);
	jw_key(w, "register");
	jw_text(w, f->register_name);
	jw_key(w, "record");
	record_name(m, f->record, name);
	jw_text(w, str_of(name));
	jw_key(w, "key");
	jw_text(w, f->key);
	jw_key(w, "organisation");
	jw_text(w, f->organisation_key);
	jw_key(w, "reason");
	jw_text(w, f->reason);
	jw_key(w, "first_failed_at");
	jw_text(w, f->first_failed_at);
	jw_key(w, "fixed_at");
	jw_text(w, f->fixed_at);
	jw_key(w, "waiver");
	if (f->waiver)
		record_name(m, f->waiver, name);
	jw_text(w, f->waiver ? str_of(name) : (struct str){0});
	jw_end_object(w);
}

void
show_assessed(struct cli *c, struct ctx *ctx, struct str assessed)
{
	const struct plan *p = &ctx->model->plan;
	int64_t ms = 0;

	cli_print(c, "%s %s%s%s\n", p->title, p->version, p->marking[0] ? " - " : "", p->marking);
	if (assessed.ptr && civil_parse_instant(assessed, &ms))
		cli_print(c, "Decided %s (%s).\n\n", cli_instant(c, ctx->zone, ms), p->time_zone);
	else
		cli_print(c, "Nothing is decided yet: import registers, then run %s\n",
			  cli_command(c, "assess"));
}

/* A key or name in full comes before all that only begin with the text. */
static enum err_code
organisations_like(struct ctx *ctx, const char *text, int64_t *ret_id, size_t *ret_count)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"select o.id, case when lower(o.key) = lower(:text) or lower(o.name) = "
		"lower(:text) "
		"then 0 else 1 end from organisation o where lower(o.key) = lower(:text) "
		"or lower(o.name) = lower(:text) or substr(lower(o.key), 1, length(:text)) = "
		"lower(:text) "
		"or substr(lower(o.name), 1, length(:text)) = lower(:text) "
		"order by 2, o.id",
		&s, &ctx->err);
	int64_t best = 0;
	bool row;

	*ret_count = 0;
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(text));
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		if (*ret_count == 0) {
			*ret_id = db_int(s, 0);
			best = db_int(s, 1);
		}
		*ret_count += db_int(s, 1) == best;
	}
	return rc;
}

enum err_code
organisation_named(struct ctx *ctx, const char *text, int64_t *ret_id)
{
	struct err none = {0};
	int64_t id = 0;
	size_t count;
	enum err_code rc = organisation_find(ctx, text, ret_id);

	if (rc != ERR_MISSING)
		return rc;
	none = ctx->err;
	rc = organisations_like(ctx, text, &id, &count);
	if (rc)
		return rc;
	if (count == 1) {
		*ret_id = id;
		ctx->err = (struct err){0};
		return ERR_NONE;
	}
	if (count > 1)
		return err_set(&ctx->err, ERR_INVALID, "organisation",
			       "%zu organisations begin with '%s'; write the key in full", count,
			       text);
	ctx->err = none;
	return ERR_MISSING;
}

enum err_code
cells_asked(struct cli *c, struct ctx *ctx, struct posture_question *q,
	    struct posture_list *ret_list)
{
	const char *organisation = cli_option(c, "organisation");
	enum err_code rc = ERR_NONE;

	if (organisation)
		rc = organisation_named(ctx, organisation, &q->organisation);
	return rc ? rc : posture_cells(ctx, q, &c->arena, ret_list);
}

enum { WORD_WIDTH = 17 };

static const char *const meanings[CELL_STATES] = {
	[CELL_FAILING] = "at least one record breaks the duty",
	[CELL_MISSED] = "the period ended, and the duty was not proven in it",
	[CELL_UNPROVEN] = "nothing shows that the duty is met",
	[CELL_PROVEN] = "records or accepted evidence show that the duty is met",
	[CELL_QUIET] = "nothing happened in the period that the duty has to answer",
	[CELL_WAIVED] = "tolerated for a time, by a decision that is on record",
	[CELL_NOT_APPLICABLE] = "does not apply, by a decision that is on record",
};

/* The reasons that an assessment gives by itself; others are texts of their own. */
static const struct reason {
	const char *word;
	const char *meaning;
} reasons[] = {
	{"stale_feed",      "a delivery that it needs is missing or too old"	       },
	{"empty_scope",	"no record that it could be judged by"		      },
	{"no_evidence",	"nobody has handed in evidence for the period"	      },
	{"awaiting_review", "evidence is there, and nobody else has accepted it yet"},
	{"check_error",	"its check could not run; holdfast assess says why"	   },
	{"not_assessed",	 "nobody ran an assessment near the end of the period"   },
};

static size_t
count_of(const struct posture_list *l, enum cell_state state, const char *reason)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += l->cells[i].state == state && (!reason || str_is(l->cells[i].reason, reason));
	return n;
}

void
legend_print(struct cli *c, const struct posture_list *l)
{
	for (int s = CELL_STATES - 1; s >= 0; s--) {
		if (count_of(l, (enum cell_state)s, NULL) == 0)
			continue;
		cli_print(c, "  %-*s  %s\n", WORD_WIDTH, cell_state_names[s], meanings[s]);
		for (size_t i = 0; i < COUNT_OF(reasons); i++) {
			size_t n = count_of(l, (enum cell_state)s, reasons[i].word);

			if (n > 0)
				cli_print(c, "    %-*s  %s (%zu)\n", WORD_WIDTH - 2,
					  reasons[i].word, reasons[i].meaning, n);
		}
	}
}
