#include "check/again.h"
#include "check/increment.h"

#include "base/civil.h"
#include "base/limits.h"
#include "record/workspace.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000 };

struct str
instant_text(struct assessment *as, int64_t ms)
{
	char *text = arena_alloc(&as->work, CIVIL_INSTANT_LEN + 1);

	civil_format_instant(ms, text);
	return (struct str){text, CIVIL_INSTANT_LEN};
}

struct str
date_text(struct assessment *as, int64_t days)
{
	char *text = arena_alloc(&as->work, CIVIL_DATE_LEN + 1);

	civil_format_date(days, text);
	return (struct str){text, CIVIL_DATE_LEN};
}

struct str
settle_key(struct assessment *as, const char *before, const struct party *p, const char *after)
{
	char name[RECORD_NAME_SIZE];
	struct str words[] = {
		p->key, {name, 0}
	 };

	record_name(as->ctx->model, p->id, name);
	words[1].len = strlen(name);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		CLEANUP(buf_fini) struct buf key = {.limit = LIMIT_KEY_BYTES};

		buf_addf(&key, "%s/%.*s%s", before, STR_ARG(words[i]), after);
		if (!key.failed)
			return str_dup(&as->work, (struct str){key.data, key.len});
	}
	return (struct str){0};
}

enum err_code
settle_put(struct assessment *as, struct record *r)
{
	enum written written;
	enum err_code rc = r->id ? ERR_NONE : writer_find(as->writer, r, &r->id, NULL);

	if (!rc && r->id == 0)
		rc = writer_new_id(as->writer, r->reg, &r->id);
	return rc ? rc : writer_put(as->writer, r, &written);
}

/* What the assessment itself writes to. */
static enum err_code
registers_known(struct ctx *ctx)
{
	static const char *const names[] = {"organisation", "delivery",	      "failure",
					    "cell",	    "evidence",	      "waiver",
					    "finding",	    "role_assignment"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!model_reg(ctx->model, str_of(names[i])))
			return err_set(
				&ctx->err, ERR_INVALID, "",
				"the content lacks the register '%s', which an assessment needs",
				names[i]);
	}
	return ERR_NONE;
}

static void
decisions_init(struct assessment *as)
{
	const struct plan *p = &as->ctx->model->plan;

	as->decisions = arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*as->decisions));
	for (size_t i = 0; i < p->obligation_count; i++) {
		as->decisions[i].obligation = &p->obligations[i];
		as->decisions[i].period = period_of(p->obligations[i].cadence, as->today);
	}
}

/* What the caller may ask of the run, in memory that outlives it. */
static void
times_report(struct assessment *as)
{
	const struct plan *p = &as->ctx->model->plan;
	struct assess_report *r = &as->report;

	r->times = arena_alloc(as->ctx->arena, (p->obligation_count + 1) * sizeof(*r->times));
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct decision *d = &as->decisions[i];

		if (d->obligation->check.text && d->how != DECIDED_NONE)
			r->times[r->time_count++] = (struct check_time){
				d->obligation, d->ns, d->result.tested_total,
				(int64_t)d->result.failure_count,
				d->error ? str_z(as->ctx->arena, str_of(d->error)) : NULL};
	}
}

/* Remembers what the check reads, for the run after a change of one register. */
static enum err_code
tables_add(struct assessment *as, struct db_stmt *add, const struct check *c,
	   const struct obligation *o)
{
	const struct words *tables = check_tables(c);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < tables->count; i++) {
		db_bind_text(add, 1, str_of(o->id));
		db_bind_text(add, 2, str_of(tables->words[i]));
		rc = db_run(add, &as->ctx->err);
	}
	return rc;
}

/* What each check reads is written anew when the plan changed. */
static enum err_code
tables_store(struct assessment *as)
{
	struct ctx *ctx = as->ctx;
	char hex[HASH_HEX_LEN + 1];
	DB_STMT *add = NULL;
	struct str known = {0};
	enum err_code rc = meta_get(ctx->db, "check_tables_of", &as->work, &known, &ctx->err);

	hash_hex(&ctx->model->hash, hex);
	if (rc || str_is(known, hex))
		return rc;
	rc = db_exec(ctx->db, "delete from check_table", &ctx->err);
	if (!rc)
		rc = db_prepare(ctx->db,
				"insert into check_table (obligation, name) "
				"values (:obligation, :name)",
				&add, &ctx->err);
	for (size_t i = 0; !rc && i < ctx->model->plan.obligation_count; i++) {
		const struct obligation *o = &ctx->model->plan.obligations[i];
		CLEANUP(check_freep) struct check *c = NULL;

		if (!o->check.text)
			continue;
		/* What cannot even be prepared reads nothing. */
		if (check_new(ctx, o, &c))
			ctx->err = (struct err){0};
		else
			rc = tables_add(as, add, c, o);
	}
	return rc ? rc : meta_set(ctx->db, "check_tables_of", str_of(hex), &ctx->err);
}

/* The run itself is an event: what was decided, with which plan. */
static enum err_code
run_record(struct assessment *as)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = LIMIT_ENTRY_BYTES};
	const struct assess_totals *t = &as->report.totals;
	char hex[HASH_HEX_LEN + 1];
	enum err_code rc;

	hash_hex(&as->ctx->model->hash, hex);
	buf_addf(&detail,
		 "{\"failing\":%lld,\"failures_fixed\":%lld,\"failures_opened\":%lld,"
		 "\"full\":%s,\"missed\":%lld,\"not_applicable\":%lld,\"obligations\":%zu,"
		 "\"plan\":\"%s\",\"proven\":%lld,\"quiet\":%lld,\"records\":%lld,"
		 "\"unproven\":%lld,\"waived\":%lld}",
		 (long long)t->failing, (long long)as->report.failures_fixed,
		 (long long)as->report.failures_opened, as->report.full ? "true" : "false",
		 (long long)t->missed, (long long)t->not_applicable, as->report.decided, hex,
		 (long long)t->proven, (long long)t->quiet, (long long)as->report.records,
		 (long long)t->unproven, (long long)t->waived);
	rc = meta_set(as->ctx->db, "last_assessed", instant_text(as, as->now), &as->ctx->err);
	return rc ? rc
		  : writer_event(as->writer, "assessed", (struct str){detail.data, detail.len});
}

static void
totals_add(struct assess_totals *sum, const struct assess_totals *t)
{
	sum->proven += t->proven;
	sum->failing += t->failing;
	sum->unproven += t->unproven;
	sum->quiet += t->quiet;
	sum->missed += t->missed;
	sum->waived += t->waived;
	sum->not_applicable += t->not_applicable;
}

enum err_code
duty_stands(struct assessment *as, struct assessor *a, const struct decision *d,
	    struct standing_duty *sd, bool changes)
{
	int64_t horizon = HORIZON_ALWAYS;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < sd->tested_count; i++)
		sd->tested[i].count = 0;
	for (size_t i = 0; i < d->result.tested_count; i++)
		standing_count(as, sd, d->result.tested[i].organisation, d->result.tested[i].count);
	sd->erred = d->error != NULL;
	sd->ns = d->ns;
	/* A check that failed is run again each time. */
	if (!d->error)
		rc = assessor_horizon(a, d->obligation, as->now, changes, &horizon);
	sd->horizon = changes && sd->horizon < horizon ? sd->horizon : horizon;
	return rc ? rc : standing_scope_put(as, d);
}

enum err_code
duty_settle(struct assessment *as, struct decision *d, struct standing_duty *sd)
{
	struct assess_report *r = &as->report;
	struct failure_state f = {0};
	enum err_code rc = ERR_NONE;

	r->totals = (struct assess_totals){0};
	r->failures_open = 0;
	if (d->obligation->check.text)
		rc = d->how == DECIDED_ALL ? failures_settle(as, d, &f)
					   : failures_recorded(as, d, &f);
	/* The hours of what was closed while the clock was ahead grow until it has caught up. */
	for (size_t i = 0; i < f.count; i++) {
		if (f.stretches[i].to != INT64_MAX && f.stretches[i].to > as->now)
			sd->horizon = HORIZON_ALWAYS;
	}
	if (!rc)
		rc = cells_settle(as, d, &f);
	sd->totals = r->totals;
	sd->open = r->failures_open;
	return rc ? rc : standing_put(as, d->obligation, sd);
}

enum err_code
run_seal(struct assessment *as, const struct standing *s)
{
	struct assess_report *r = &as->report;
	struct standing sealed = *s;
	enum err_code rc;

	r->totals = (struct assess_totals){0};
	r->failures_open = 0;
	for (size_t i = 0; i < as->ctx->model->plan.obligation_count; i++) {
		totals_add(&r->totals, &s->duties[i].totals);
		r->failures_open += s->duties[i].open;
	}
	sealed.now = as->now;
	rc = standing_seal(as, &sealed);
	return rc ? rc : run_record(as);
}

/* Everything was decided: what stood before is of no use any more. */
static enum err_code
settle_all(struct assessment *as, struct assessor *a)
{
	const struct plan *p = &as->ctx->model->plan;
	struct standing s = {.seen = as->facts.ledger_size};
	struct str *inputs = arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*inputs));
	enum err_code rc = standing_clear(as);

	s.duties = arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*s.duties));
	if (!rc)
		rc = tables_store(as);
	if (!rc)
		rc = assessor_reads(a);
	if (!rc)
		rc = ledger_size(as->ctx, &s.own_from);
	if (!rc)
		rc = inputs_find(as, inputs);
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		struct decision *d = &as->decisions[i];

		s.duties[i].inputs = inputs[i];
		s.duties[i].horizon = HORIZON_NEVER;
		rc = ctx_go_on(as->ctx);
		if (!rc && d->obligation->check.text)
			rc = duty_stands(as, a, d, &s.duties[i], false);
		if (!rc)
			rc = duty_settle(as, d, &s.duties[i]);
	}
	return rc ? rc : run_seal(as, &s);
}

static enum err_code
settle(struct assessment *as, struct assessor *a)
{
	WRITER *w = NULL;
	enum err_code rc = writer_begin(as->ctx, &w);

	as->writer = w;
	if (!rc)
		rc = cells_load(as, NULL);
	if (!rc)
		rc = settle_all(as, a);
	assessor_run_ends(a);
	return rc ? rc : writer_commit(w);
}

static enum err_code
decide_all(struct assessment *as, struct assessor *a)
{
	enum err_code rc;

	decisions_init(as);
	as->report.full = true;
	as->report.decided = as->ctx->model->plan.obligation_count;
	as->report.records = 0;
	rc = checks_run(as);
	return rc ? rc : settle(as, a);
}

/* A moment of the past, decided again and compared with what was recorded then. */
static enum err_code
decide_past(struct assessment *as)
{
	enum err_code rc;

	as->report.full = true;
	as->report.decided = as->ctx->model->plan.obligation_count;
	rc = checks_run(as);
	if (!rc)
		times_report(as);
	return rc ? rc : again_settle(as);
}

/* With the caller's assessor, or one for this run alone. */
static enum err_code
run(struct assessment *as)
{
	CLEANUP(assessor_freep) struct assessor *own = NULL;
	struct assessor *a = as->options->assessor;
	bool done = false;
	enum err_code rc = a ? ERR_NONE : assessor_new(as->ctx, &own);

	if (!a)
		a = own;
	as->assessor = a;
	if (!rc && !as->options->full)
		rc = increment_run(as, a, &done);
	if (!rc && !done)
		rc = decide_all(as, a);
	if (!rc)
		times_report(as);
	return rc;
}

enum err_code
assess_run(struct ctx *ctx, const struct assess_options *o, struct assess_report *ret_report)
{
	struct assessment as = {.ctx = ctx, .options = o};
	enum err_code rc = registers_known(ctx);

	if (rc)
		return rc;
	/* Instants in registers have whole seconds. */
	as.now = clock_now(&ctx->clock) / SECOND_MS * SECOND_MS;
	as.today = zone_date(ctx->zone, as.now);
	as.report.as_of = as.now;
	arena_init(&as.work, WORK_MEMORY);
	for (size_t i = 0; i < CHECK_WORKERS; i++)
		arena_init(&as.found[i], WORK_MEMORY);
	decisions_init(&as);
	rc = ctx->as_of ? decide_past(&as) : run(&as);
	for (size_t i = 0; i < CHECK_WORKERS; i++)
		arena_fini(&as.found[i]);
	arena_fini(&as.work);
	if (!rc)
		*ret_report = as.report;
	return rc;
}
