#include "check/again.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/order.h"
#include "model/sql.h"
#include "store/find.h"

#include <stdlib.h>
#include <string.h>

/* Why something of one obligation differs. */
struct reason {
	bool known;
	enum assess_cause cause;
	const struct reg *changed;
};

struct again {
	struct cells *recorded; /* as they stood; as->cells are changed while they are decided */
	int64_t last;	      /* when the last assessment before was recorded; 0: there was none */
	struct str last_plan; /* hash of the plan that it went by */
	struct assess_again *out;
	size_t cell_cap, failure_cap, difference_cap;
	signed char *changed; /* one a register: 1 changed since the last assessment, -1 did not, 0
				 nobody asked yet */
};

static enum err_code
last_find(struct assessment *as)
{
	struct again *g = as->again;
	json_t *detail = NULL;
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(as->ctx->db,
			   "select e.at, e.detail from event e where e.kind = 'assessed' "
			   "order by e.id desc limit 1",
			   &s, &as->ctx->err);
	bool row = false;

	if (!rc)
		rc = db_step(s, &row, &as->ctx->err);
	if (rc || !row)
		return rc;
	rc = json_read(db_text(s, 1), &detail, &as->ctx->err);
	if (rc)
		return rc;
	g->last = db_int(s, 0);
	g->last_plan = str_of("");
	if (json_string_value(json_object_get(detail, "plan")))
		g->last_plan = str_dup(&as->work,
				       str_of(json_string_value(json_object_get(detail, "plan"))));
	json_decref(detail);
	return ERR_NONE;
}

/* "failing 3/12 (reason)". */
static struct str
cell_text(struct assessment *as, const struct cell *c, const struct cell *other)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};

	buf_addf(&text, "%s", cell_state_names[c->state]);
	if (c->reason.len > 0)
		buf_addf(&text, " (%.*s)", STR_ARG(c->reason));
	if (c->tested > 0 || c->failing > 0)
		buf_addf(&text, " %lld/%lld", (long long)c->failing, (long long)c->tested);
	if (other && c->worst != other->worst)
		buf_addf(&text, ", worst %s", cell_state_names[c->worst]);
	if (other && c->failed_hours != other->failed_hours)
		buf_addf(&text, ", %lld hours failed", (long long)c->failed_hours);
	if (other && c->first_failed != other->first_failed)
		buf_addf(
			&text, ", since %.*s",
			STR_ARG(c->first_failed ? instant_text(as, c->first_failed) : str_of("-")));
	if (other && c->proven_late != other->proven_late)
		buf_addf(&text, ", %s", c->proven_late ? "proven late" : "not proven late");
	return str_dup(as->ctx->arena, (struct str){text.data, text.len});
}

static struct assess_difference *
difference_add(struct assessment *as, const struct obligation *o, int64_t organisation)
{
	struct again *g = as->again;
	struct assess_again *out = g->out;
	const struct party *p = facts_party(&as->facts, organisation);
	struct assess_difference *d;

	out->differences = arena_room(as->ctx->arena, out->differences, out->difference_count,
				      &g->difference_cap, sizeof(*d));
	d = &out->differences[out->difference_count++];
	*d = (struct assess_difference){.obligation = o,
					.organisation_key =
						str_dup(as->ctx->arena, p ? p->key : str_of("?"))};
	return d;
}

static bool
same_cell(const struct cell *a, const struct cell *b)
{
	return a->state == b->state && str_eq(a->reason, b->reason) && a->tested == b->tested &&
	       a->failing == b->failing && a->first_failed == b->first_failed &&
	       a->worst == b->worst && a->failed_hours == b->failed_hours &&
	       a->proven_late == b->proven_late;
}

static struct str
instant_or_none(struct assessment *as, int64_t ms)
{
	return ms ? str_dup(as->ctx->arena, instant_text(as, ms)) : (struct str){0};
}

/* Cells of the present period, as `show` gives them. */
static void
cell_keep(struct assessment *as, const struct obligation *o, const struct cell *c)
{
	struct again *g = as->again;
	struct posture_list *list = &g->out->cells;
	const struct party *p = facts_party(&as->facts, c->organisation);
	struct arena *a = as->ctx->arena;
	struct posture_cell *out;

	list->cells = arena_room(a, list->cells, list->count, &g->cell_cap, sizeof(*out));
	out = &list->cells[list->count++];
	*out = (struct posture_cell){.id = c->id,
				     .obligation = o,
				     .organisation = c->organisation,
				     .organisation_key = str_dup(a, p ? p->key : str_of("?")),
				     .period = str_dup(a, str_of(c->period.name)),
				     .period_to = str_dup(a, date_text(as, c->period.to)),
				     .state = c->state,
				     .reason = str_dup(a, c->reason),
				     .tested = c->tested,
				     .failing = c->failing,
				     .first_failed_at = instant_or_none(as, c->first_failed),
				     .worst = c->worst,
				     .failed_hours = c->failed_hours,
				     .changed_at = instant_or_none(as, c->changed),
				     .proven_late_at = instant_or_none(as, c->proven_late),
				     .plan_hash = str_dup(a, c->plan_hash)};
}

/* Why what is decided is not what was recorded, as far as it can be told. */
static enum assess_cause
cause_find(const struct assessment *as, const struct obligation *o, struct str plan)
{
	const struct again *g = as->again;
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&as->ctx->model->hash, hex);
	if (as->decisions[o - as->ctx->model->plan.obligations].error)
		return CAUSE_CHECK_ERROR;
	if (!g->last)
		return CAUSE_NOT_ASSESSED;
	return str_is(plan, hex) ? CAUSE_UNEXPLAINED : CAUSE_PLAN;
}

enum err_code
again_cell(struct assessment *as, const struct obligation *o, const struct cell *c)
{
	struct again *g = as->again;
	struct cell *list = g->recorded->lists[o - as->ctx->model->plan.obligations];
	const struct cell *old = cell_find(list, c->organisation, c->period.name);
	struct assess_difference *d;

	if (c->period.to >= as->today)
		cell_keep(as, o, c);
	if (old && same_cell(old, c)) {
		g->out->cells_same++;
		return ERR_NONE;
	}
	d = difference_add(as, o, c->organisation);
	d->period = str_dup(as->ctx->arena, str_of(c->period.name));
	d->recorded = old ? cell_text(as, old, c) : (struct str){0};
	d->decided = cell_text(as, c, old);
	d->cause = cause_find(as, o, old ? old->plan_hash : g->last_plan);
	if (!old && g->last && zone_date(as->ctx->zone, g->last) < c->period.from)
		d->cause = CAUSE_NOT_ASSESSED;
	return ERR_NONE;
}

enum err_code
again_cell_known(struct assessment *as, const struct obligation *o, const struct cell *c,
		 bool *ret_known)
{
	const struct db_find f = {
		"select c.id from cell c where c.obligation = :obligation and c.organisation = "
		":organisation and c.period = :period",
		{db_of_text(str_of(o->id)), db_of_int(c->organisation),
		  db_of_text(str_of(c->period.name))}
	    };

	return db_find_any(as->ctx->db, &f, ret_known, &as->ctx->err);
}

void
again_failure(struct assessment *as, const struct again_failure *f)
{
	struct assess_difference *d = difference_add(as, f->obligation, f->organisation);

	d->record = f->record;
	d->recorded = f->known ? str_of("failing") : (struct str){0};
	d->decided = f->fixed ? str_of("put right") : str_dup(as->ctx->arena, f->reason);
	if (f->known && !f->fixed)
		d->recorded = str_of("failing for another reason, or waived in another way");
	d->cause = cause_find(as, f->obligation, as->again->last_plan);
}

void
again_failing(struct assessment *as, const struct again_failure *f)
{
	struct again *g = as->again;
	const struct party *p = facts_party(&as->facts, f->organisation);
	const struct reg *r = model_reg_of_id(as->ctx->model, f->record);
	struct assess_again *out = g->out;
	struct arena *a = as->ctx->arena;

	out->failures = arena_room(a, out->failures, out->failure_count, &g->failure_cap,
				   sizeof(*out->failures));
	out->failures[out->failure_count++] =
		(struct posture_failure){.obligation_id = str_of(f->obligation->id),
					 .record = f->record,
					 .register_name = str_of(r ? r->name : "?"),
					 .organisation_key = str_dup(a, p ? p->key : str_of("?")),
					 .reason = str_dup(a, f->reason),
					 .first_failed_at = instant_or_none(as, f->first),
					 .waiver = f->waiver};
}

/* Whether something was recorded in the register after the last assessment. */
static enum err_code
register_changed(struct assessment *as, size_t reg, bool *ret_changed)
{
	const struct reg *r = as->ctx->model->regs[reg];
	signed char *known = &as->again->changed[reg];
	enum err_code rc = ERR_NONE;

	for (int history = 0; !rc && *known == 0 && history < 2; history++) {
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
		struct db_find f = {.values = {db_of_int(as->again->last)}};
		bool row = false;

		sql_select(history ? r->history : r->table,
			   history ? "where t.recorded_to > :last limit 1"
				   : "where t.recorded_from > :last limit 1",
			   &sql);
		f.sql = sql.data;
		rc = db_find_any(as->ctx->db, &f, &row, &as->ctx->err);
		if (!rc && (row || history))
			*known = row ? 1 : -1;
	}
	*ret_changed = *known == 1;
	return rc;
}

/* What decides of a cell beside its check. */
static bool
is_asked_always(const struct reg *r)
{
	static const char *const names[] = {"delivery", "evidence", "organisation",
					    "role_assignment", "waiver"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i], r->name) == 0)
			return true;
	}
	return false;
}

static bool
is_read(const struct check *c, const struct reg *r)
{
	const struct words *tables = c ? check_tables(c) : NULL;

	for (size_t i = 0; tables && i < tables->count; i++) {
		if (strcmp(tables->words[i], r->name) == 0)
			return true;
	}
	return is_asked_always(r);
}

/* No plan and no fault explains it: then records did that came after the last assessment, or the
 * time that passed since. */
static enum err_code
reason_find(struct assessment *as, const struct obligation *o, struct reason *ret_reason)
{
	CLEANUP(check_freep) struct check *c = NULL;
	const struct model *m = as->ctx->model;
	bool changed = false;
	enum err_code rc = ERR_NONE;

	*ret_reason = (struct reason){.known = true, .cause = CAUSE_UNEXPLAINED};
	if (o->check.text && check_new(as->ctx, o, &c))
		return ERR_NONE;
	for (size_t i = 0; !rc && !changed && i < m->reg_count; i++) {
		if (!is_read(c, m->regs[i]))
			continue;
		rc = register_changed(as, i, &changed);
		if (!rc && changed)
			ret_reason->changed = m->regs[i];
	}
	if (changed)
		ret_reason->cause = CAUSE_FACTS;
	else if (as->again->last / 1000 < as->now / 1000)
		ret_reason->cause = CAUSE_TIME;
	return rc;
}

static int
by_cause(const void *a, const void *b)
{
	const struct assess_difference *x = a;
	const struct assess_difference *y = b;
	int order = int_cmp(x->cause, y->cause);

	if (!order)
		order = strcmp(x->obligation->id, y->obligation->id);
	if (!order)
		order = int_cmp(x->record, y->record);
	return order ? order : str_cmp(x->organisation_key, y->organisation_key);
}

static enum err_code
explain(struct assessment *as)
{
	struct assess_again *out = as->again->out;
	const struct plan *p = &as->ctx->model->plan;
	struct reason *reasons =
		arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*reasons));
	enum err_code rc = ERR_NONE;

	as->again->changed = arena_alloc(&as->work, as->ctx->model->reg_count + 1);
	for (size_t i = 0; !rc && i < out->difference_count; i++) {
		struct assess_difference *d = &out->differences[i];
		struct reason *why = &reasons[d->obligation - p->obligations];

		if (d->cause != CAUSE_UNEXPLAINED)
			continue;
		if (!why->known)
			rc = reason_find(as, d->obligation, why);
		d->cause = why->cause;
		d->changed = why->changed;
	}
	if (out->difference_count > 0)
		qsort(out->differences, out->difference_count, sizeof(*out->differences), by_cause);
	return rc;
}

enum err_code
again_settle(struct assessment *as)
{
	struct again g = {.out = &as->report.again};
	const struct plan *p = &as->ctx->model->plan;
	DB_TXN txn = {0};
	enum err_code rc = db_begin_read(as->ctx->db, &txn, &as->ctx->err);

	as->again = &g;
	if (!rc)
		rc = last_find(as);
	if (!rc)
		rc = cells_load(as, NULL);
	g.recorded = as->cells;
	as->cells = NULL;
	if (!rc)
		rc = cells_load(as, NULL);
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		struct failure_state f = {0};

		if (as->decisions[i].obligation->check.text)
			rc = failures_settle(as, &as->decisions[i], &f);
		if (!rc)
			rc = cells_settle(as, &as->decisions[i], &f);
	}
	if (!rc)
		rc = explain(as);
	g.out->assessed_at = g.last;
	g.out->is = true;
	as->again = NULL;
	return rc;
}
