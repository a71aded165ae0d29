#include "cli/show.h"

#include <string.h>

enum { FAILURES_SHOWN = 20, TEXT_WIDTH = 100 };

static const char *const cadences[] = {
	[CADENCE_CONTINUOUS] = "continuous",
	[CADENCE_DAILY] = "daily",
	[CADENCE_MONTHLY] = "monthly",
	[CADENCE_QUARTERLY] = "quarterly",
	[CADENCE_ANNUAL] = "annual",
	[CADENCE_EVENT] = "at each event",
	[CADENCE_AS_SCHEDULED] = "as scheduled",
	[CADENCE_ONCE] = "once",
};
static const char *const proofs[] = {
	[PROOF_COMPUTED] = "computed from registers",
	[PROOF_EVIDENCE] = "evidence that somebody else accepts",
	[PROOF_ATTESTED] = "a statement that somebody else accepts",
};

static void
words_print(struct cli *c, const char *label, const struct words *w)
{
	if (w->count == 0)
		return;
	cli_print(c, "%-12s", label);
	for (size_t i = 0; i < w->count; i++)
		cli_print(c, "%s%s", i ? ", " : "", w->words[i]);
	cli_print(c, "\n");
}

/* Figures of the plan that the texts of the check use, as :name. */
static void
params_print(struct cli *c, const struct ctx *ctx, const struct obligation *o)
{
	const struct plan *p = &ctx->model->plan;

	for (size_t i = 0; i < p->param_count; i++) {
		const struct param *n = &p->params[i];
		char name[80];

		if (snprintf(name, sizeof(name), ":%s", n->name) >= (int)sizeof(name) ||
		    !o->check.text || !strstr(o->check.composed, name))
			continue;
		if (n->kind == UNIT_NUMBER)
			cli_print(c, "%-12s%s = %lld %s (%s)\n", "figure", n->name,
				  (long long)n->number, n->unit, n->origin);
		else
			cli_print(c, "%-12s%s = %s (%s)\n", "figure", n->name, n->text, n->origin);
	}
}

static void
head_print(struct cli *c, const struct ctx *ctx, const struct obligation *o)
{
	cli_print(c, "%s  %s\n\n%s\n\n", o->id, o->title, o->duty);
	words_print(c, "owner", &o->owners);
	words_print(c, "binds", &o->binds);
	cli_print(c, "%-12s%s\n", "cadence", cadences[o->cadence]);
	cli_print(c, "%-12s%s\n", "proof", proofs[o->proof]);
	cli_print(c, "%-12s%s\n", "severity", o->severity);
	words_print(c, "controls", &o->controls);
	words_print(c, "documents", &o->cites);
	if (o->feed_count > 0) {
		cli_print(c, "%-12s", "feeds");
		for (size_t i = 0; i < o->feed_count; i++)
			cli_print(c, "%s%s", i ? ", " : "", o->feeds[i]->name);
		cli_print(c, "\n");
	}
	params_print(c, ctx, o);
	if (cli_switch(c, "sql") && o->check.text)
		cli_print(c, "\nScope:\n%s\nCheck:\n%s", o->scope.text, o->check.text);
}

struct listing {
	struct cli *cli;
	struct ctx *ctx;
	struct grid grid;
	struct json_writer *json; /* or NULL */
	size_t count;
};

static void
failure_take(void *object, const struct posture_failure *f)
{
	struct listing *l = object;
	char name[RECORD_NAME_SIZE];

	if (l->json) {
		failure_json(l->json, l->ctx->model, f);
		return;
	}
	if (l->count++ >= FAILURES_SHOWN)
		return;
	record_name(l->ctx->model, f->record, name);
	grid_text(&l->grid, f->organisation_key);
	grid_text(&l->grid, str_of(name));
	grid_text(&l->grid, f->key.ptr ? f->key : str_of("-"));
	grid_text(&l->grid, str_of(show_day(l->cli, l->ctx, f->first_failed_at)));
	grid_text(&l->grid, f->reason);
}

static enum err_code
failures_print(struct cli *c, struct ctx *ctx, const struct posture_question *q,
	       struct json_writer *json)
{
	static const struct grid_column columns[] = {
		{"organisation", false, true },
		{"record",	   false, false},
		{"key",		false, true },
		{"since",	  false, false},
		{"reason",	   false, true }
	       };
	struct listing l = {.cli = c, .ctx = ctx, .json = json};
	enum err_code rc;

	grid_init(&l.grid, c, columns, COUNT_OF(columns));
	rc = posture_failures(ctx, q, failure_take, &l);
	if (rc || json || l.count == 0)
		return rc;
	cli_print(c, "\nFailing records, oldest first:\n");
	grid_print(&l.grid);
	if (l.count > FAILURES_SHOWN)
		cli_print(c, "... and %zu more: %s\n", l.count - FAILURES_SHOWN,
			  cli_command(c, "show failures --obligation %s", q->obligation));
	return ERR_NONE;
}

static enum err_code
print_json(struct cli *c, struct ctx *ctx, const struct posture_question *q,
	   const struct posture_list *l)
{
	const struct obligation *o = model_obligation(ctx->model, str_of(q->obligation));
	struct json_writer w;
	enum err_code rc;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "obligation");
	jw_text(&w, str_of(o->id));
	jw_key(&w, "title");
	jw_text(&w, str_of(o->title));
	jw_key(&w, "duty");
	jw_text(&w, str_of(o->duty));
	jw_key(&w, "severity");
	jw_text(&w, str_of(o->severity));
	words_tell(&w, "owner", &o->owners);
	words_tell(&w, "binds", &o->binds);
	words_tell(&w, "controls", &o->controls);
	jw_key(&w, "scope");
	jw_text(&w, o->scope.text ? str_of(o->scope.text) : (struct str){0});
	jw_key(&w, "check");
	jw_text(&w, o->check.text ? str_of(o->check.text) : (struct str){0});
	jw_key(&w, "cells");
	cells_json(&w, l);
	jw_key(&w, "failures");
	jw_array(&w);
	rc = failures_print(c, ctx, q, &w);
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
	return rc;
}

static void
cells_print(struct cli *c, const struct ctx *ctx, const struct posture_list *l)
{
	static const struct grid_column columns[] = {
		{"organisation", false, true },
		       {"period",	  false, false},
		{"state",	  false, true },
		       {"failing",	   true,	 false},
		{"tested",	   true,	 false},
		       {"since",	 false, false},
		{"worst",	  false, false},
		       {"hours failed", true,  false}
	    };
	struct grid g;

	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *k = &l->cells[i];

		grid_text(&g, k->organisation_key);
		grid_text(&g, k->period);
		grid_addf(&g, "%s%s%.*s%s", cell_state_names[k->state], k->reason.ptr ? " (" : "",
			  STR_ARG(k->reason), k->reason.ptr ? ")" : "");
		grid_int(&g, k->failing);
		grid_int(&g, k->tested);
		grid_text(&g, str_of(show_day(c, ctx, k->first_failed_at)));
		grid_text(&g, str_of(cell_state_names[k->worst]));
		grid_int(&g, k->failed_hours);
	}
	grid_print(&g);
}

/* The plans that decided the cells, the first cell's first; cells of one period may have several.
 */
static enum err_code
plans_print(struct cli *c, struct ctx *ctx, const struct posture_list *l)
{
	enum { HASH_SHOWN = 12 };
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select p.name, p.version from plan_version p "
				      "where p.hash = :hash",
				      &s, &ctx->err);

	for (size_t i = 0; !rc && i < l->count; i++) {
		struct str hash = l->cells[i].plan_hash;
		bool told = false;
		bool row;

		for (size_t k = 0; k < i && !told; k++)
			told = str_eq(l->cells[k].plan_hash, hash);
		if (told || hash.len < HASH_SHOWN)
			continue;
		db_bind_text(s, 1, hash);
		rc = db_step(s, &row, &ctx->err);
		if (rc)
			return rc;
		cli_print(c, "%secided by the plan %.*s%s%.*s (%.*s).\n", i ? "Some d" : "\nD",
			  STR_ARG(row ? db_text(s, 0) : str_of("that was not kept")),
			  row ? " version " : "", STR_ARG(row ? db_text(s, 1) : str_of("")),
			  HASH_SHOWN, hash.ptr);
		db_reset(s);
	}
	return rc;
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	const struct obligation *o = model_obligation(ctx->model, str_of(argument));
	struct posture_question q = {.obligation = argument,
				     .all_periods = cli_switch(c, "periods")};
	struct posture_list list;
	enum err_code rc;

	if (!o)
		return err_set(&ctx->err, ERR_MISSING, "",
			       "the plan has no obligation '%s'; 'holdfast show section 6.5' lists "
			       "those of "
			       "a section",
			       argument);
	rc = cells_asked(c, ctx, &q, &list);
	if (rc)
		return rc;
	if (c->json)
		return print_json(c, ctx, &q, &list);
	head_print(c, ctx, o);
	cli_print(c, "\n");
	if (list.count == 0)
		cli_print(c, "It is not decided yet: %s\n", cli_command(c, "assess"));
	else
		cells_print(c, ctx, &list);
	cli_print(c, "\n");
	legend_print(c, &list);
	rc = plans_print(c, ctx, &list);
	return rc ? rc : failures_print(c, ctx, &q, NULL);
}

const struct show_topic show_obligation = {
	.name = "obligation",
	.arguments = "ID",
	.about = "a duty and who meets it",
	.needs_argument = true,
	.options = " organisation periods sql ",
	.run = run,
};
