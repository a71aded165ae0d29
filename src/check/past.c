#include "check/cells_priv.h"

/* Periods without any assessment that are written down as missed, at most. */
enum { GAP_MAX = 120 };

static bool
was_proven(const struct assessment *as, const struct obligation *o, const struct cell *c)
{
	struct evidence_question q = {o, c->organisation, &c->period,
				      day_start(as, c->period.to + 1) - 1};
	int64_t at;

	return o->proof != PROOF_COMPUTED && c->state == CELL_UNPROVEN &&
	       !str_is(c->reason, "check_error") &&
	       facts_evidence(&as->facts, &q, &at) == EVIDENCE_ACCEPTED;
}

/* Whether nobody looked for so long before the period ended that its last state says nothing of its
 * end. */
static bool
unwatched(const struct assessment *as, const struct cell *c)
{
	enum { DEFAULT_DAYS = 7 };
	const struct param *p = model_param(as->ctx->model, "assessment_max_age");
	int64_t days = p && p->kind == UNIT_NUMBER ? p->number : DEFAULT_DAYS;

	return zone_date(as->ctx->zone, as->facts.last_run) + days < c->period.to;
}

/* A period has ended: what was not proven then is missed for good. Whether that changed the cell.
 */
static bool
close_past(const struct assessment *as, const struct decision *d, const struct failure_state *f,
	   struct cell *c)
{
	const struct obligation *o = d->obligation;

	if (was_proven(as, o, c)) {
		cell_set(c, CELL_PROVEN, NULL);
	} else if (c->state == CELL_FAILING || c->state == CELL_UNPROVEN) {
		if (c->state == CELL_FAILING)
			c->reason = str_of("failing");
		c->state = CELL_MISSED;
	} else if (o->proof == PROOF_COMPUTED && c->state != CELL_NOT_APPLICABLE &&
		   c->state != CELL_WAIVED && unwatched(as, c)) {
		cell_set(c, CELL_MISSED, "not_assessed");
	} else {
		return false;
	}
	c->worst = c->state > c->worst ? c->state : c->worst;
	c->failed_hours = hours_failed(as, f, &c->period);
	c->changed = as->now;
	return true;
}

/* A late proof is recorded beside the miss, and takes nothing of it back. While the check fails, or
 * cannot decide, evidence proves nothing either. Whether that changed the cell. */
static bool
prove_late(struct assessment *as, const struct decision *d, const struct failure_state *f,
	   struct cell *c)
{
	const struct obligation *o = d->obligation;
	struct evidence_question q = {o, c->organisation, &c->period, as->now};
	struct cell now = {.organisation = c->organisation,
			   .period = period_of(o->cadence, as->today)};
	int64_t end = day_start(as, c->period.to + 1);
	int64_t at = as->now;

	cell_decide(as, d, f, &now);
	if (o->proof == PROOF_COMPUTED) {
		if (now.state != CELL_PROVEN && now.state != CELL_QUIET)
			return false;
	} else if (now.failing > 0 || d->error ||
		   facts_evidence(&as->facts, &q, &at) != EVIDENCE_ACCEPTED) {
		return false;
	}
	c->proven_late = at > end ? at : as->now;
	return true;
}

/* A period in which nobody looked at all. */
static enum err_code
gap_add(struct assessment *as, const struct decision *d, const struct failure_state *f,
	const struct cell *gap)
{
	struct cell **list = &as->cells->lists[d->obligation - as->ctx->model->plan.obligations];
	struct cell *c = arena_alloc(&as->work, sizeof(*c));
	bool known;
	enum err_code rc = cell_known(as, d->obligation, gap, &known);

	if (rc || known)
		return rc;
	*c = *gap;
	cell_set(c, CELL_MISSED, "not_assessed");
	c->failed_hours = hours_failed(as, f, &c->period);
	(void)prove_late(as, d, f, c);
	c->next = *list;
	*list = c;
	return cell_put(as, d->obligation, c);
}

/* Whole periods since the last one with a cell. */
static enum err_code
gap_settle(struct assessment *as, const struct decision *d, const struct failure_state *all,
	   const struct party *p)
{
	const struct obligation *o = d->obligation;
	const struct cell *last =
		cell_find(as->cells->lists[o - as->ctx->model->plan.obligations], p->id, NULL);
	struct failure_state f = failures_of(all, p->id);
	struct cell gap = {.organisation = p->id, .worst = CELL_MISSED, .changed = as->now};
	enum err_code rc = ERR_NONE;

	if (!last || last->period.to >= as->today)
		return ERR_NONE;
	gap.plan_hash = last->plan_hash;
	gap.period = period_next(o->cadence, &last->period);
	for (int n = 0; !rc && n < GAP_MAX && gap.period.to < as->today; n++) {
		if (facts_binds(p, o, &gap.period))
			rc = gap_add(as, d, &f, &gap);
		gap.period = period_next(o->cadence, &gap.period);
	}
	return rc;
}

enum err_code
past_settle(struct assessment *as, const struct decision *d, const struct failure_state *all)
{
	struct cell *c = as->cells->lists[d->obligation - as->ctx->model->plan.obligations];
	enum err_code rc = ERR_NONE;

	for (; !rc && c; c = c->next) {
		struct failure_state f;
		bool changed = false;

		if (c->period.to >= as->today || !facts_party(&as->facts, c->organisation))
			continue;
		f = failures_of(all, c->organisation);
		if (c->state != CELL_MISSED)
			changed = close_past(as, d, &f, c);
		if (c->state == CELL_MISSED && !c->proven_late)
			changed = prove_late(as, d, &f, c) || changed;
		if (changed)
			rc = cell_put(as, d->obligation, c);
	}
	for (size_t i = 0; !rc && i < as->facts.party_count; i++)
		rc = gap_settle(as, d, all, &as->facts.parties[i]);
	return rc;
}
