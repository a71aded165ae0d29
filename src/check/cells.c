#include "check/again.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000 };

const char *const cell_state_names[CELL_STATES] = {
	[CELL_NOT_APPLICABLE] = "not_applicable",
	[CELL_QUIET] = "quiet",
	[CELL_PROVEN] = "proven",
	[CELL_WAIVED] = "waived",
	[CELL_UNPROVEN] = "unproven",
	[CELL_FAILING] = "failing",
	[CELL_MISSED] = "missed",
};

enum cell_state
cell_state_of(struct str name)
{
	for (int i = 0; i < CELL_STATES; i++) {
		if (str_is(name, cell_state_names[i]))
			return (enum cell_state)i;
	}
	return CELL_UNPROVEN;
}

static struct cell *
cell_read(struct assessment *as, const struct db_stmt *row)
{
	struct cell *c = arena_alloc(&as->work, sizeof(*c));
	struct str name = db_text(row, 3);

	c->id = db_int(row, 0);
	c->organisation = db_int(row, 2);
	if (name.len >= sizeof(c->period.name) ||
	    !civil_parse_date(db_text(row, 4), &c->period.from) ||
	    !civil_parse_date(db_text(row, 5), &c->period.to))
		return NULL;
	memcpy(c->period.name, name.ptr, name.len);
	c->state = cell_state_of(db_text(row, 6));
	c->reason = str_dup(&as->work, db_text(row, 7));
	c->tested = db_int(row, 8);
	c->failing = db_int(row, 9);
	c->first_failed = row_instant(row, 10);
	c->worst = cell_state_of(db_text(row, 11));
	c->failed_hours = db_int(row, 12);
	c->changed = row_instant(row, 13);
	c->proven_late = row_instant(row, 14);
	c->plan_hash = str_dup(&as->work, db_text(row, 15));
	return c;
}

#define CELLS_SQL                                                                                  \
	"select c.id, c.obligation, c.organisation, c.period, c.period_from, c.period_to, "        \
	"c.result, c.reason, c.tested, c.failing, c.first_failed_at, c.worst, "                    \
	"c.failed_hours, c.changed_at, c.proven_late_at, c.plan_hash from cell c "                 \
	"where (c.period_to >= :since or c.result in ('failing', 'unproven') "                     \
	"or (c.result = 'missed' and c.proven_late_at is null)) "
#define CELLS_ORDER "order by c.period_from"

enum err_code
cells_load(struct assessment *as, const struct obligation *only)
{
	struct ctx *ctx = as->ctx;
	const struct plan *p = &ctx->model->plan;
	struct cells *cells = as->cells ? as->cells : arena_alloc(&as->work, sizeof(*cells));
	int64_t last = as->facts.last_run ? zone_date(ctx->zone, as->facts.last_run) : as->today;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      only ? CELLS_SQL "and c.obligation = :obligation " CELLS_ORDER
					   : CELLS_SQL CELLS_ORDER,
				      &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	if (!cells->lists)
		cells->lists =
			arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*cells->lists));
	db_bind_text(s, 1, date_text(as, last < as->today ? last : as->today));
	if (only)
		db_bind_text(s, 2, str_of(only->id));
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct obligation *o = model_obligation(ctx->model, db_text(s, 1));
		struct cell *c = o ? cell_read(as, s) : NULL;

		/* What the plan states no more stays as it was. The newest stands first. */
		if (c) {
			c->next = cells->lists[o - p->obligations];
			cells->lists[o - p->obligations] = c;
		}
	}
	as->cells = cells;
	return rc;
}

/* The record of a cell, without its values. */
static enum err_code
cell_record(struct assessment *as, const struct obligation *o, const struct cell *c,
	    struct record *ret_record)
{
	const struct party *party = facts_party(&as->facts, c->organisation);
	char after[PERIOD_NAME_SIZE + 1];
	struct str key;

	(void)snprintf(after, sizeof(after), "/%s", c->period.name);
	key = settle_key(as, o->id, party, after);
	if (!key.ptr)
		return err_set(&as->ctx->err, ERR_TOO_BIG, "", "obligation id '%s' is too long",
			       o->id);
	*ret_record = record_blank(model_reg(as->ctx->model, str_of("cell")), key, c->organisation,
				   &as->work);
	return ERR_NONE;
}

enum err_code
cell_known(struct assessment *as, const struct obligation *o, const struct cell *c, bool *ret_known)
{
	struct record r;
	enum err_code rc;

	if (as->again)
		return again_cell_known(as, o, c, ret_known);
	rc = cell_record(as, o, c, &r);
	if (!rc)
		rc = writer_find(as->writer, &r, &r.id, NULL);
	*ret_known = !rc && r.id != 0;
	return rc;
}

enum err_code
cell_put(struct assessment *as, const struct obligation *o, struct cell *c)
{
	struct record r;
	enum err_code rc;

	if (as->again)
		return again_cell(as, o, c);
	rc = cell_record(as, o, c, &r);
	if (rc)
		return rc;
	record_set_text(&r, "obligation", str_of(o->id));
	record_set_text(&r, "period", str_of(c->period.name));
	record_set_text(&r, "period_from", date_text(as, c->period.from));
	record_set_text(&r, "period_to", date_text(as, c->period.to));
	record_set_text(&r, "due_on", date_text(as, c->period.to));
	record_set_text(&r, "result", str_of(cell_state_names[c->state]));
	record_set_text(&r, "reason", c->reason);
	record_set_int(&r, "tested", c->tested);
	record_set_int(&r, "failing", c->failing);
	if (c->first_failed)
		record_set_text(&r, "first_failed_at", instant_text(as, c->first_failed));
	record_set_text(&r, "worst", str_of(cell_state_names[c->worst]));
	record_set_int(&r, "failed_hours", c->failed_hours);
	record_set_text(&r, "changed_at", instant_text(as, c->changed));
	if (c->proven_late)
		record_set_text(&r, "proven_late_at", instant_text(as, c->proven_late));
	record_set_text(&r, "plan_hash", c->plan_hash);
	rc = settle_put(as, &r);
	c->id = r.id;
	return rc;
}

static int
by_organisation(const void *a, const void *b)
{
	const struct stretch *x = a;
	const struct stretch *y = b;
	int order = int_cmp(x->organisation, y->organisation);

	return order ? order : int_cmp(x->from, y->from);
}

struct failure_state
failures_of(const struct failure_state *f, int64_t organisation)
{
	struct failure_state one = {.stretches = f->stretches};
	size_t at = 0;

	while (at < f->count && f->stretches[at].organisation != organisation)
		at++;
	one.stretches += at;
	while (at + one.count < f->count && one.stretches[one.count].organisation == organisation)
		one.count++;
	return one;
}

int64_t
day_start(const struct assessment *as, int64_t day)
{
	return zone_day_start(as->ctx->zone, day);
}

int64_t
hours_failed(const struct assessment *as, const struct failure_state *f, const struct period *p)
{
	bool over = p->to < as->today;
	int64_t low = day_start(as, p->from);
	int64_t high = over ? day_start(as, p->to + 1) : as->now;
	int64_t total = 0;
	int64_t reached = low;

	for (size_t i = 0; i < f->count; i++) {
		int64_t from = f->stretches[i].from > reached ? f->stretches[i].from : reached;
		int64_t to = f->stretches[i].to;

		if (to == INT64_MAX && !over)
			continue;
		to = to < high ? to : high;
		if (to > from) {
			total += to - from;
			reached = to;
		}
	}
	return total / HOUR_MS;
}

/* Records of the organisation that fail now, and since when. */
static void
failing_now(const struct failure_state *f, struct cell *c)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->stretches[i].to != INT64_MAX)
			continue;
		c->failing++;
		if (!c->first_failed || f->stretches[i].from < c->first_failed)
			c->first_failed = f->stretches[i].from;
	}
}

static int64_t
tested_of(const struct check_result *r, int64_t organisation)
{
	for (size_t i = 0; i < r->tested_count; i++) {
		if (r->tested[i].organisation == organisation)
			return r->tested[i].count;
	}
	return 0;
}

/* The first waiver that tolerates a failing record of the organisation, or NULL. */
static const struct waiver_fact *
tolerated(const struct assessment *as, const struct decision *d, int64_t organisation)
{
	const struct waiver_fact *w = NULL;

	for (size_t i = 0; !w && as->facts.waiver_count > 0 && i < d->result.failure_count; i++) {
		const struct check_failure *f = &d->result.failures[i];

		if (f->organisation == organisation)
			w = facts_waiver(&as->facts, d->obligation, organisation, f->record);
	}
	return w;
}

static void
waived(struct assessment *as, const struct waiver_fact *w, struct cell *c)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};
	char name[RECORD_NAME_SIZE];

	record_name(as->ctx->model, w->id, name);
	buf_addf(&text, "%s", name);
	if (w->valid_to.ptr)
		buf_addf(&text, " until %.*s", STR_ARG(w->valid_to));
	/* That one record is no matter of the duty does not lift the duty from the others. */
	c->state = w->not_applicable && !w->subject ? CELL_NOT_APPLICABLE : CELL_WAIVED;
	c->reason = str_dup(&as->work, (struct str){text.data, text.len});
}

void
cell_set(struct cell *c, enum cell_state state, const char *reason)
{
	c->state = state;
	c->reason = reason ? str_of(reason) : (struct str){0};
}

static void
decide_evidence(struct assessment *as, const struct obligation *o, struct cell *c)
{
	int64_t at;

	switch (facts_evidence(&as->facts,
			       &(struct evidence_question){o, c->organisation, &c->period, as->now},
			       &at)) {
	case EVIDENCE_ACCEPTED:
		cell_set(c, CELL_PROVEN, NULL);
		break;
	case EVIDENCE_SUBMITTED:
		cell_set(c, CELL_UNPROVEN, "awaiting_review");
		break;
	case EVIDENCE_NONE:
		cell_set(c, CELL_UNPROVEN, "no_evidence");
		break;
	}
}

static void
decide_computed(struct assessment *as, const struct decision *d, struct cell *c)
{
	const struct obligation *o = d->obligation;
	const struct waiver_fact *w = tolerated(as, d, c->organisation);

	if (!facts_fresh(&as->facts, as->ctx, o, c->organisation, as->now))
		cell_set(c, CELL_UNPROVEN, "stale_feed");
	else if (c->tested == 0 && o->quiet_when_empty)
		cell_set(c, CELL_QUIET, NULL);
	else if (c->tested == 0)
		cell_set(c, CELL_UNPROVEN, "empty_scope");
	else if (w)
		waived(as, w, c);
	else
		cell_set(c, CELL_PROVEN, NULL);
}

void
cell_decide(struct assessment *as, const struct decision *d, const struct failure_state *f,
	    struct cell *c)
{
	const struct waiver_fact *w = facts_waiver(&as->facts, d->obligation, c->organisation, 0);

	c->tested = tested_of(&d->result, c->organisation);
	failing_now(f, c);
	if (w)
		waived(as, w, c);
	else if (d->error)
		cell_set(c, CELL_UNPROVEN, "check_error");
	else if (c->failing > 0)
		cell_set(c, CELL_FAILING, NULL);
	else if (d->obligation->proof == PROOF_COMPUTED)
		decide_computed(as, d, c);
	else
		decide_evidence(as, d->obligation, c);
}

static struct str
plan_hash(struct assessment *as)
{
	char *hex = arena_alloc(&as->work, HASH_HEX_LEN + 1);

	hash_hex(&as->ctx->model->hash, hex);
	return str_of(hex);
}

static void
total_add(struct assess_totals *t, enum cell_state state)
{
	int64_t *const places[CELL_STATES] = {
		[CELL_NOT_APPLICABLE] = &t->not_applicable,
		[CELL_QUIET] = &t->quiet,
		[CELL_PROVEN] = &t->proven,
		[CELL_WAIVED] = &t->waived,
		[CELL_UNPROVEN] = &t->unproven,
		[CELL_FAILING] = &t->failing,
		[CELL_MISSED] = &t->missed,
	};

	(*places[state])++;
}

static enum err_code
present_settle(struct assessment *as, const struct decision *d, const struct failure_state *f,
	       const struct cell *old, struct cell *c)
{
	cell_decide(as, d, f, c);
	c->failed_hours = hours_failed(as, f, &c->period);
	c->worst = old && old->worst > c->state ? old->worst : c->state;
	c->plan_hash = plan_hash(as);
	c->changed = as->now;
	if (old && old->state == c->state && str_eq(old->reason, c->reason))
		c->changed = old->changed;
	total_add(&as->report.totals, c->state);
	return cell_put(as, d->obligation, c);
}

struct cell *
cell_find(struct cell *list, int64_t organisation, const char *period)
{
	while (list && (list->organisation != organisation ||
			(period && strcmp(list->period.name, period) != 0)))
		list = list->next;
	return list;
}

/* Whether the organisation has a cell of the obligation in the period. What never ends binds who
 * serves today. */
static bool
has_cell(const struct assessment *as, const struct decision *d, const struct failure_state *f,
	 const struct cell *now)
{
	const struct party *p = facts_party(&as->facts, now->organisation);
	struct period period = d->period;
	struct cell open = {0};

	if (d->obligation->cadence == CADENCE_ONCE)
		period.from = period.to = as->today;
	failing_now(f, &open);
	return open.failing > 0 || tested_of(&d->result, p->id) > 0 ||
	       facts_binds(p, d->obligation, &period);
}

/* Whether the duty is not met, by what fails now or by a period that has ended. A check that cannot
 * decide puts nothing right. */
static bool
stands(const struct decision *d, const struct cell *list, const struct cell *now)
{
	bool is = now->state == CELL_FAILING || (d->error && now->failing > 0);

	for (; list && !is; list = list->next)
		is = list->organisation == now->organisation && list->state == CELL_MISSED &&
		     !list->proven_late;
	return is;
}

static enum err_code
present_one(struct assessment *as, const struct decision *d, const struct failure_state *all,
	    const struct party *p)
{
	struct cell *list = as->cells->lists[d->obligation - as->ctx->model->plan.obligations];
	struct cell *old = cell_find(list, p->id, d->period.name);
	struct cell c = {.organisation = p->id, .period = d->period};
	struct failure_state f = failures_of(all, p->id);
	struct nonconformity n = {.obligation = d->obligation, .party = p};
	enum err_code rc = ERR_NONE;

	if (!old && !has_cell(as, d, &f, &c))
		return ERR_NONE;
	/* A clock that is set back into a period that has ended takes no miss away. */
	if (old && old->state == CELL_MISSED) {
		c = *old;
		total_add(&as->report.totals, c.state);
	} else {
		rc = present_settle(as, d, &f, old, &c);
	}
	n.failing = c.failing;
	n.since = c.first_failed;
	n.cell = c.id;
	n.waived = c.state == CELL_WAIVED || c.state == CELL_NOT_APPLICABLE;
	n.stands = stands(d, list, &c);
	/* Findings are for people, who work on them: they are not compared. */
	return rc || as->again ? rc : nonconformity_settle(as, &n);
}

enum err_code
cells_settle(struct assessment *as, const struct decision *d, const struct failure_state *f)
{
	enum err_code rc;

	if (f->count > 0)
		qsort(f->stretches, f->count, sizeof(*f->stretches), by_organisation);
	rc = past_settle(as, d, f);
	for (size_t i = 0; !rc && i < as->facts.party_count; i++) {
		const struct party *p = &as->facts.parties[i];

		rc = present_one(as, d, f, p);
	}
	return rc;
}
