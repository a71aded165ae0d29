#include "check/increment.h"

#include "base/limits.h"
#include "check/run.h"
#include "sys/clock.h"

#include <string.h>

/* So few records are always decided one by one; of more it depends on what they cost each. */
enum { FEW_RECORDS = 1000, RECORD_NS = 5000 };
/* When more than half of all checks must be run in full, all are, side by side: unless they take no
 * time worth speaking of. */
enum { WORTH_NS = 100000000 };

/* What one obligation needs in this run. */
struct duty {
	struct touching touching;
	size_t decided; /* 1 and the first obligation of the same records; 0: not yet */
	struct scope_change *records; /* those to decide, when it is only some */
	size_t count;
	bool of_rows; /* the check is given their rows */
	bool moved;   /* how many are in scope, or whose they are, changed */
	bool inputs_changed;
	bool finding_changed; /* somebody else wrote to its findings */
};

struct incremental {
	struct assessment *as;
	struct assessor *assessor;
	struct standing standing;
	struct delta delta;
	struct str *inputs; /* one an obligation of the plan */
	struct duty *duties;
	int64_t turn_ends; /* nanoseconds of the monotonic clock */
};

/* Whether the last run can be the beginning of this one: the clock did not go back, and no day
 * began meanwhile. */
static bool
time_fits(const struct incremental *in)
{
	const struct assessment *as = in->as;

	return as->now >= in->standing.now &&
	       zone_date(as->ctx->zone, in->standing.now) == as->today;
}

/* What only assessments write was written by somebody else. */
static bool
is_tampered(const struct incremental *in)
{
	static const char *const own[] = {"failure", "cell"};

	for (size_t i = 0; i < COUNT_OF(own); i++) {
		const struct reg *r = model_reg(in->as->ctx->model, str_of(own[i]));

		if (in->delta.regs[r->index].foreign)
			return true;
	}
	return false;
}

/* The obligations of findings that somebody else wrote to. */
static enum err_code
findings_mark(struct incremental *in)
{
	struct ctx *ctx = in->as->ctx;
	const struct reg *r = model_reg(ctx->model, str_of("finding"));
	const struct delta_reg *d = &in->delta.regs[r->index];
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!d->foreign)
		return ERR_NONE;
	rc = db_prepare(ctx->db,
			"select f.id, f.obligation from " DELTA_TABLE " c "
			"join finding f on f.id = c.record where f.obligation is not null "
			"union all select h.id, h.obligation from " DELTA_TABLE " c "
			"join finding_history h on h.id = c.record and h.row_version >= c.version "
			"where h.obligation is not null",
			&s, &ctx->err);
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct changed *c = delta_find(d, db_int(s, 0));
		const struct obligation *o = model_obligation(ctx->model, db_text(s, 1));

		if (o && c && c->foreign)
			in->duties[o - ctx->model->plan.obligations].finding_changed = true;
	}
	return rc;
}

/* What changed of the tables that the check reads, and whether it can be told which records that
 * touches. */
static enum decided
changes_reach(struct incremental *in, const struct obligation *o)
{
	const struct words *w = assessor_tables(in->assessor, o);
	enum decided how = DECIDED_NONE;

	for (size_t i = 0; i < w->count; i++) {
		const struct reach_table *t;

		if (!assessor_changed(in->assessor, o, w->words[i]))
			continue;
		t = assessor_reach(in->assessor, o, w->words[i]);
		if (!t || t->all)
			return DECIDED_ALL;
		how = DECIDED_SOME;
	}
	return how;
}

static enum decided
how_much(struct incremental *in, size_t i)
{
	const struct obligation *o = in->as->decisions[i].obligation;
	const struct standing_duty *sd = &in->standing.duties[i];
	struct duty *duty = &in->duties[i];
	enum decided how;

	duty->inputs_changed = !str_eq(sd->inputs, in->inputs[i]);
	if (!o->check.text)
		return DECIDED_NONE;
	if (sd->erred || (in->as->now != in->standing.now && sd->horizon <= in->as->now))
		return DECIDED_ALL;
	how = changes_reach(in, o);
	if (how == DECIDED_NONE && !inputs_same_waivers(sd->inputs, in->inputs[i]))
		how = DECIDED_SOME;
	return how;
}

/* Of all, or of what was touched. `same` is a decision about the same records and scope, or NULL.
 */
static enum err_code
check_decide(struct incremental *in, size_t i, const struct touched *touched,
	     const struct decision *same)
{
	struct assessment *as = in->as;
	struct decision *d = &as->decisions[i];
	struct check_moment m = check_moment_at(as->ctx, as->now, d->obligation->cadence);
	int64_t start;
	const struct reg *reg = d->obligation->applies_to;
	struct roster *roster = &in->assessor->few[reg->index];
	enum hold hold = !touched ? HOLD_NOT : in->duties[i].of_rows ? HOLD_ROWS : HOLD_RECORDS;
	struct check *c = NULL;
	enum err_code rc = touched ? ERR_NONE : assessor_roster(in->assessor, reg, &roster);

	start = clock_monotonic_ns();
	if (!rc)
		rc = assessor_check(in->assessor, d->obligation, hold, &c);
	if (hold == HOLD_ROWS) {
		m.only = touched->records;
		m.only_count = touched->count;
	}
	if (as->options->limit_ms)
		m.limit_ms = as->options->limit_ms;
	m.scope_of = same ? &same->result : NULL;
	if (!rc)
		rc = check_run(c, roster, &m, &as->found[0], &d->result);
	d->ns = clock_monotonic_ns() - start;
	if (!rc && arena_over(&as->found[0]))
		rc = err_set(&as->ctx->err, ERR_TOO_BIG, "", "too many records fail to list them");
	return rc;
}

static enum err_code
decide_all(struct incremental *in, size_t i)
{
	struct assessment *as = in->as;
	struct decision *d = &as->decisions[i];
	struct standing_duty *sd = &in->standing.duties[i];
	enum err_code rc;

	d->how = DECIDED_ALL;
	rc = check_decide(in, i, NULL, NULL);
	if (rc)
		rc = decision_failed(as->ctx, d, rc);
	if (rc)
		return rc;
	return duty_stands(as, in->assessor, d, sd, !sd->erred && sd->horizon > as->now);
}

/* Counts what came into scope and what left it; a record may belong to another organisation now. */
static void
scope_count(struct incremental *in, size_t i)
{
	const struct reg *r = in->as->decisions[i].obligation->applies_to;
	size_t reg = r->index;
	struct duty *duty = &in->duties[i];
	struct standing_duty *sd = &in->standing.duties[i];

	for (size_t k = 0; k < duty->count; k++) {
		const struct scope_change *s = &duty->records[k];
		const struct changed *c = delta_find(&in->delta.regs[reg], s->record);
		int64_t now = roster_organisation(&in->assessor->few[reg], s->record);
		int64_t then = c ? c->organisation : now;

		if (s->before == s->now && (!s->now || now == then))
			continue;
		duty->moved = true;
		if (s->before)
			standing_count(in->as, sd, then, -1);
		if (s->now)
			standing_count(in->as, sd, now, 1);
	}
}

static enum err_code
decide_narrow(struct incremental *in, size_t i, struct touched *touched,
	      const struct decision *same)
{
	struct assessment *as = in->as;
	struct decision *d = &as->decisions[i];
	struct duty *duty = &in->duties[i];
	struct standing_duty *sd = &in->standing.duties[i];
	int64_t horizon = HORIZON_NEVER;
	enum err_code rc = ERR_NONE;

	if (duty->count > 0)
		rc = check_decide(in, i, touched, same);
	if (rc)
		return rc;
	for (size_t k = 0; k < duty->count; k++)
		duty->records[k].now = check_in_scope(&d->result, duty->records[k].record);
	if (duty->count > 0)
		rc = standing_scope_change(as, d->obligation, duty->records, duty->count);
	if (rc)
		return rc;
	scope_count(in, i);
	as->report.records += (int64_t)duty->count;
	rc = assessor_horizon(in->assessor, d->obligation, as->now, true, &horizon);
	if (!rc && horizon < sd->horizon) {
		sd->horizon = horizon;
		duty->moved = true;
	}
	return rc ? rc : failures_known(as, d, &touched->known);
}

/* Of some records; whatever is wrong, the whole check says it as it always does. */
static enum err_code
decide_some(struct incremental *in, size_t i, struct touched *touched, const struct decision *same)
{
	struct assessment *as = in->as;
	const struct obligation *o = as->decisions[i].obligation;
	size_t many = as->options->many ? as->options->many : FEW_RECORDS + 1;
	struct duty *duty = &in->duties[i];
	enum err_code rc = ERR_NONE;

	duty->of_rows = touched->count >= many && assessor_takes_rows(in->assessor, o);
	if (!duty->of_rows && touched->count > FEW_RECORDS &&
	    (int64_t)touched->count * RECORD_NS > in->standing.duties[i].ns)
		return decide_all(in, i);
	if (duty->of_rows && !touched->held) {
		rc = delta_tables_hold(as->ctx, in->assessor->tables, o->applies_to, &as->work);
		delta_tables_note(in->assessor->tables, touched->count);
		touched->held = true;
	}
	if (rc)
		return rc;
	duty->count = touched->count;
	duty->records = arena_alloc(&as->work, (duty->count + 1) * sizeof(*duty->records));
	for (size_t k = 0; k < duty->count; k++)
		duty->records[k].record = touched->records[k];
	rc = decide_narrow(in, i, touched, same);
	if (rc != ERR_INVALID && rc != ERR_TOO_BIG)
		return rc;
	as->ctx->err = (struct err){0};
	return decide_all(in, i);
}

/* What was decided of the same records about the same scope, from `first` to before `i`. */
static const struct decision *
same_before(const struct incremental *in, size_t first, size_t i)
{
	const struct decision *decisions = in->as->decisions;

	for (size_t k = first; k < i; k++) {
		if (decisions[k].how == DECIDED_SOME && in->duties[k].decided == first + 1 &&
		    decision_same_scope(&decisions[k], &decisions[i]))
			return &decisions[k];
	}
	return NULL;
}

/* An obligation, and then those that the same records are to be decided of. */
static enum err_code
group_decide(struct incremental *in, size_t first)
{
	struct assessment *as = in->as;
	const struct touching *t = &in->duties[first].touching;
	size_t count = as->ctx->model->plan.obligation_count;
	struct touched touched = {0};
	enum err_code rc = touched_take(in->assessor, t, &as->work, &touched);

	for (size_t i = first; !rc && i < count; i++) {
		struct duty *duty = &in->duties[i];

		if (as->decisions[i].how != DECIDED_SOME || duty->decided ||
		    !touching_same(t, &duty->touching))
			continue;
		rc = decide_some(in, i, &touched, same_before(in, first, i));
		duty->decided = first + 1;
	}
	touched_drop(in->assessor, t, &touched);
	return rc;
}

static void
touching_find_all(struct incremental *in)
{
	struct assessment *as = in->as;

	for (size_t i = 0; i < as->ctx->model->plan.obligation_count; i++) {
		const struct obligation *o = as->decisions[i].obligation;
		/* A waiver that began or ended is written into the failures that it is about. */
		bool open = !inputs_same_waivers(in->standing.duties[i].inputs, in->inputs[i]);

		if (as->decisions[i].how == DECIDED_SOME)
			touching_find(in->assessor, o, open, &as->work, &in->duties[i].touching);
	}
}

/* Others wait to write meanwhile. */
static bool
is_late(const struct incremental *in)
{
	return clock_monotonic_ns() > in->turn_ends;
}

/* Nothing is written to registers before all is decided: a check may read what assessments write.
 */
static enum err_code
decide(struct incremental *in)
{
	struct assessment *as = in->as;
	size_t count = as->ctx->model->plan.obligation_count;
	enum err_code rc = ERR_NONE;

	touching_find_all(in);
	for (size_t i = 0; !rc && i < count && !is_late(in); i++) {
		struct decision *d = &as->decisions[i];

		as->report.decided += d->how != DECIDED_NONE;
		rc = ctx_go_on(as->ctx);
		if (!rc && d->how == DECIDED_ALL && !in->duties[i].decided)
			rc = decide_all(in, i);
		else if (!rc && d->how == DECIDED_SOME && !in->duties[i].decided)
			rc = group_decide(in, i);
	}
	return rc;
}

/* Of an obligation of which not all was decided. */
static enum err_code
settle_part(struct incremental *in, size_t i)
{
	struct assessment *as = in->as;
	struct decision *d = &as->decisions[i];
	struct standing_duty *sd = &in->standing.duties[i];
	const struct duty *duty = &in->duties[i];
	int64_t written = as->failures_written;
	enum err_code rc = ERR_NONE;

	if (d->how == DECIDED_SOME)
		rc = failures_settle_some(as, d);
	if (rc || (written == as->failures_written && !duty->moved && !duty->inputs_changed &&
		   !duty->finding_changed))
		return rc;
	d->result.tested = sd->tested;
	d->result.tested_count = sd->tested_count;
	rc = cells_load(as, d->obligation);
	return rc ? rc : duty_settle(as, d, sd);
}

static enum err_code
settle(struct incremental *in)
{
	struct assessment *as = in->as;
	size_t count = as->ctx->model->plan.obligation_count;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < count; i++) {
		struct decision *d = &as->decisions[i];

		in->standing.duties[i].inputs = in->inputs[i];
		if (d->how == DECIDED_ALL) {
			rc = cells_load(as, d->obligation);
			if (!rc)
				rc = duty_settle(as, d, &in->standing.duties[i]);
		} else {
			rc = settle_part(in, i);
		}
	}
	return rc;
}

/* Whether so much must be decided whole that to decide everything is as good. */
static bool
is_much(const struct incremental *in)
{
	int64_t whole = 0;
	int64_t total = 0;

	for (size_t i = 0; i < in->as->ctx->model->plan.obligation_count; i++) {
		const struct standing_duty *sd = &in->standing.duties[i];

		total += sd->ns;
		if (in->as->decisions[i].how == DECIDED_ALL)
			whole += sd->ns;
	}
	return whole > WORTH_NS && whole > total / 2;
}

static enum err_code
changes_read(struct incremental *in)
{
	struct assessment *as = in->as;
	const struct model *m = as->ctx->model;
	struct assessor *a = in->assessor;
	enum err_code rc = assessor_reads(a);

	a->wanted[model_reg(m, str_of("finding"))->index] = true;
	if (!rc)
		rc = delta_tables_make(as->ctx, a->tables);
	if (!rc)
		rc = delta_read(as, a->tables, &in->standing, a->wanted, &in->delta);
	a->changed = in->delta.regs;
	return rc;
}

/* What is to do; *ret_fit false when everything is. */
static enum err_code
prepare(struct incremental *in, bool *ret_fit)
{
	struct assessment *as = in->as;
	size_t count = as->ctx->model->plan.obligation_count;
	enum err_code rc = standing_load(as, &in->standing, ret_fit);

	*ret_fit = !rc && *ret_fit && time_fits(in);
	if (*ret_fit)
		rc = changes_read(in);
	*ret_fit = *ret_fit && !rc && !in->delta.too_many && !is_tampered(in);
	if (!*ret_fit)
		return rc;
	in->inputs = arena_alloc(&as->work, (count + 1) * sizeof(*in->inputs));
	in->duties = arena_alloc(&as->work, (count + 1) * sizeof(*in->duties));
	rc = facts_read(as->ctx, as->today, &as->work, &as->facts);
	if (!rc)
		rc = inputs_find(as, in->inputs);
	if (!rc)
		rc = findings_mark(in);
	for (size_t i = 0; !rc && i < count; i++)
		as->decisions[i].how = how_much(in, i);
	*ret_fit = !rc && !is_much(in);
	return rc;
}

static enum err_code
run(struct incremental *in, bool *ret_done)
{
	struct assessment *as = in->as;
	const int64_t turn_ms =
		as->options->turn_ms ? as->options->turn_ms : LIMIT_TURN_SECONDS * INT64_C(1000);
	bool fit = false;
	WRITER *w = NULL;
	enum err_code rc = writer_begin(as->ctx, &w);

	as->writer = w;
	in->turn_ends = clock_monotonic_ns() + turn_ms * 1000000;
	if (!rc)
		rc = prepare(in, &fit);
	if (!rc && fit)
		rc = decide(in);
	/* All is decided beside those who write, then. */
	if (rc || !fit || is_late(in))
		return rc;
	rc = settle(in);
	if (!rc) {
		in->standing.seen = as->facts.ledger_size;
		in->standing.own_from = as->facts.ledger_size;
		rc = run_seal(as, &in->standing);
	}
	if (!rc)
		rc = writer_commit(w);
	*ret_done = !rc;
	return rc;
}

enum err_code
increment_run(struct assessment *as, struct assessor *a, bool *ret_done)
{
	struct incremental in = {.as = as, .assessor = a};
	enum err_code rc;

	*ret_done = false;
	rc = run(&in, ret_done);
	if (!*ret_done) {
		delta_tables_forget(a->tables);
		assessor_forget_narrow(a);
	}
	assessor_run_ends(a);
	as->writer = NULL;
	return rc;
}
