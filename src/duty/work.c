#include "duty/work.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "base/order.h"
#include "list/list.h"
#include "model/bind.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

const char *const work_kind_names[WORK_KINDS] = {
	[WORK_FAILING] = "failing",
	[WORK_DECISION] = "decision",
	[WORK_DUE] = "due",
	[WORK_UNPROVEN] = "unproven",
};

struct gathering {
	struct ctx *ctx;
	const struct work_question *question;
	struct work_list list;
	size_t cap;
	char due[CIVIL_DATE_LEN + 1]; /* the last day that counts as due */
	int64_t looked;		      /* records that might wait for him */
};

static void
add(struct gathering *g, const struct work *w)
{
	struct work_list *l = &g->list;

	l->totals[w->kind]++;
	if (g->question->kinds && !(g->question->kinds & 1U << w->kind))
		return;
	l->rows = arena_room(g->ctx->arena, l->rows, l->count, &g->cap, sizeof(*l->rows));
	l->rows[l->count++] = *w;
}

bool
work_owns(const struct who *who, const struct obligation *o, int64_t organisation)
{
	for (size_t i = 0; i < o->owners.count; i++) {
		if (who_holds(who, str_of(o->owners.words[i]), organisation))
			return true;
	}
	return false;
}

static enum err_code
cells_gather(struct gathering *g)
{
	const struct posture_question q = {.states = 1U << CELL_FAILING | 1U << CELL_UNPROVEN};
	struct posture_list cells = {0};
	enum err_code rc = posture_cells(g->ctx, &q, g->ctx->arena, &cells);

	for (size_t i = 0; !rc && i < cells.count; i++) {
		const struct posture_cell *c = &cells.cells[i];
		struct work w = {.kind = WORK_FAILING, .cell = c};

		if (!work_owns(g->ctx->who, c->obligation, c->organisation))
			continue;
		/* Dates of one form are in the order of their bytes. */
		if (c->state == CELL_UNPROVEN)
			w.kind = str_cmp(c->period_to, str_of(g->due)) <= 0 ? WORK_DUE
									    : WORK_UNPROVEN;
		add(g, &w);
	}
	return rc;
}

static bool
leads_on(const struct reg *r, const char *state)
{
	for (size_t i = 0; i < r->transition_count; i++) {
		if (strcmp(r->transitions[i].from, state) == 0)
			return true;
	}
	return false;
}

/* That it is for some roles, and not for everybody who holds one. */
static bool
decides(const struct transition *t)
{
	return t->who.count > 0 && (t->apart_count > 0 || t->not_writer || t->outside.count > 0);
}

bool
work_waits(const struct reg *r, struct str state)
{
	bool waits = false;

	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		if (!str_is(state, t->from))
			continue;
		if (t->who.count == 0 && leads_on(r, t->to))
			return false;
		waits = waits || decides(t);
	}
	return waits;
}

bool
work_may_decide(const struct who *who, const struct reg *r, struct str state)
{
	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		for (size_t k = 0; str_is(state, t->from) && k < who->role_count; k++) {
			if (decides(t) && role_is_among(who->roles[k].role, &t->who))
				return true;
		}
	}
	return false;
}

/* The steps that decide and that he may take. */
static struct steps
steps_taken(struct ctx *ctx, const struct steps *all)
{
	struct step *rows = arena_alloc(ctx->arena, (all->count + 1) * sizeof(*rows));
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->rows[i].may && decides(all->rows[i].transition))
			rows[count++] = all->rows[i];
	}
	return (struct steps){rows, count};
}

enum err_code
work_decision(struct ctx *ctx, int64_t id, struct record *ret_record, struct steps *ret_steps)
{
	struct record r;
	struct steps all;
	enum err_code rc = record_load(ctx, id, ctx->arena, &r);

	if (!rc)
		rc = record_steps(ctx, &r, &all);
	if (rc)
		return rc;
	*ret_record = r;
	*ret_steps = steps_taken(ctx, &all);
	return ERR_NONE;
}

static struct str
instant_of(struct ctx *ctx, int64_t ms)
{
	char text[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(ms, text);
	return str_dup(ctx->arena, str_of(text));
}

static enum err_code
record_weigh(struct gathering *g, const struct list_page *p, const struct list_row *row)
{
	struct ctx *ctx = g->ctx;
	struct record r;
	struct work w = {.kind = WORK_DECISION, .reg = p->reg, .record = row->id};
	enum err_code rc = work_decision(ctx, row->id, &r, &w.steps);

	if (rc || w.steps.count == 0)
		return rc;
	w.key = r.key;
	w.state = r.state;
	w.organisation_key = list_key(p, r.organisation);
	w.in_state_since = instant_of(ctx, r.recorded_from);
	add(g, &w);
	return ERR_NONE;
}

/* Those that came last are looked at first. */
static enum err_code
state_gather(struct gathering *g, const struct reg *r, const char *state)
{
	struct buf term = {.limit = LIMIT_FILTER_BYTES};
	struct str terms[1];
	struct list_question q = {.reg = r,
				  .terms = terms,
				  .term_count = 1,
				  .fields = str_of("key,organisation"),
				  .sort = str_of("-id"),
				  .limit = LIMIT_LIST_ROWS};
	struct list_page p;
	enum err_code rc;

	buf_addf(&term, "state=%s", state);
	terms[0] = str_dup(g->ctx->arena, (struct str){term.data, term.len});
	buf_fini(&term);
	rc = list_read(g->ctx, &q, &p);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < p.count && g->looked < LIMIT_WORK_LOOKED; i++) {
		g->looked++;
		rc = record_weigh(g, &p, &p.rows[i]);
	}
	if (p.next.ptr || g->looked == LIMIT_WORK_LOOKED)
		g->list.decisions_are_all = false;
	return rc;
}

static enum err_code
decisions_gather(struct gathering *g)
{
	const struct ctx *ctx = g->ctx;
	const struct grant_row any = {.any = true};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < ctx->model->reg_count; i++) {
		const struct reg *r = ctx->model->regs[i];

		if (grant_refusal(ctx->model, ctx->who, r, ACT_READ, &any))
			continue;
		for (size_t k = 0; !rc && k < r->states.count; k++) {
			const char *state = r->states.words[k];

			if (work_waits(r, str_of(state)) &&
			    work_may_decide(ctx->who, r, str_of(state)))
				rc = state_gather(g, r, state);
		}
	}
	return rc;
}

static struct str
order_of(const struct work *w)
{
	if (w->kind == WORK_DECISION)
		return w->in_state_since;
	return w->kind == WORK_FAILING ? w->cell->first_failed_at : w->cell->period_to;
}

static int
by_urgency(const void *a, const void *b)
{
	const struct work *x = a;
	const struct work *y = b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = str_cmp(order_of(x), order_of(y));
	if (order != 0 || x->kind == WORK_DECISION)
		return order ? order : int_cmp(x->record, y->record);
	return (x->cell > y->cell) - (x->cell < y->cell);
}

enum err_code
work_read(struct ctx *ctx, const struct work_question *q, struct work_list *ret_list)
{
	struct gathering g = {.ctx = ctx, .question = q, .list.decisions_are_all = true};
	enum err_code rc = ERR_NONE;

	civil_format_date(zone_date(ctx->zone, clock_now(&ctx->clock)) + q->days, g.due);
	if (ctx->who)
		rc = cells_gather(&g);
	if (!rc && ctx->who)
		rc = decisions_gather(&g);
	if (rc)
		return rc;
	if (g.list.count > 0)
		qsort(g.list.rows, g.list.count, sizeof(*g.list.rows), by_urgency);
	if (g.list.count > (size_t)q->limit)
		g.list.count = (size_t)q->limit;
	*ret_list = g.list;
	return ERR_NONE;
}
