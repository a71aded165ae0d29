#include "check/assess_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "record/workspace.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORK_MEMORY = 1024 * 1024 * 1024, SECOND_MS = 1000 };

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

enum err_code
settle_put(struct assessment *as, struct record *r)
{
	enum written written;
	enum err_code rc = r->id ? ERR_NONE : writer_find(as->writer, r, &r->id, NULL);

	if (!rc && r->id == 0)
		rc = writer_new_id(as->writer, r->reg, &r->id);
	return rc ? rc : writer_put(as->writer, r, &written);
}

static int64_t
monotonic_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
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

/* The rosters that were needed so far, one a register. */
struct rosters {
	struct roster *rows;
	size_t count;
};

static enum err_code
roster_get(struct ctx *ctx, struct rosters *rs, const struct reg *r, struct roster **ret_roster)
{
	size_t i = 0;
	enum err_code rc = ERR_NONE;

	while (ctx->model->regs[i] != r)
		i++;
	if (!rs->rows[i].reg)
		rc = roster_load(ctx, r, &rs->rows[i]);
	*ret_roster = &rs->rows[i];
	return rc;
}

static void
rosters_fini(struct rosters *rs)
{
	for (size_t i = 0; rs->rows && i < rs->count; i++)
		roster_fini(&rs->rows[i]);
	free(rs->rows);
}

/* Remembers what the check reads, for the run after a change of one register. */
static enum err_code
tables_add(struct assessment *as, struct db_stmt *add, const struct check *c,
	   const struct obligation *o)
{
	const struct words *tables = check_tables(c);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; add && !rc && i < tables->count; i++) {
		db_bind_text(add, 1, str_of(o->id));
		db_bind_text(add, 2, str_of(tables->words[i]));
		rc = db_run(add, &as->ctx->err);
	}
	return rc;
}

/* A fault of one check is its own: it is told, and the others go on. What the store cannot do ends
 * the run. */
static enum err_code
decide_failed(struct assessment *as, struct decision *d, enum err_code rc)
{
	struct err *e = &as->ctx->err;
	char *text;

	if (rc != ERR_INVALID && rc != ERR_TOO_BIG)
		return rc;
	text = arena_alloc(as->arena, sizeof(e->where) + sizeof(e->message) + 3);
	(void)snprintf(text, sizeof(e->where) + sizeof(e->message) + 3, "%s%s%s", e->where,
		       e->where[0] ? ": " : "", e->message);
	d->error = text;
	*e = (struct err){0};
	return ERR_NONE;
}

static enum err_code
check_decide(struct assessment *as, struct rosters *rs, struct decision *d)
{
	CLEANUP(check_freep) struct check *c = NULL;
	struct check_moment m = check_moment_at(as->ctx, as->now, d->obligation->cadence);
	struct check_time *t = &as->report.times[as->report.time_count++];
	int64_t start = monotonic_ns();
	struct roster *roster = NULL;
	enum err_code rc = roster_get(as->ctx, rs, d->obligation->applies_to, &roster);

	if (rc)
		return rc;
	rc = check_new(as->ctx, d->obligation, &c);
	if (!rc)
		rc = check_run(c, roster, &m, &as->work, &d->result);
	if (rc)
		rc = decide_failed(as, d, rc);
	*t = (struct check_time){d->obligation, monotonic_ns() - start, d->result.tested_total,
				 (int64_t)d->result.failure_count, d->error};
	if (!rc && arena_over(&as->work))
		rc = err_set(&as->ctx->err, ERR_TOO_BIG, "", "too many records fail to list them");
	return rc;
}

/* All checks see the same state. */
static enum err_code
checks_run(struct assessment *as)
{
	const struct plan *p = &as->ctx->model->plan;
	struct rosters rs = {calloc(as->ctx->model->reg_count + 1, sizeof(struct roster)),
			     as->ctx->model->reg_count};
	DB_TXN txn = {0};
	enum err_code rc = rs.rows ? db_begin_read(as->ctx->db, &txn, &as->ctx->err)
				   : err_set(&as->ctx->err, ERR_INTERNAL, "", "no memory");

	if (!rc)
		rc = facts_read(as->ctx, as->today, &as->work, &as->facts);
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		struct decision *d = &as->decisions[i];

		d->obligation = &p->obligations[i];
		d->period = period_of(d->obligation->cadence, as->today);
		if (as->options->progress)
			as->options->progress(as->options->object, d->obligation, i,
					      p->obligation_count);
		if (d->obligation->check.text)
			rc = check_decide(as, &rs, d);
	}
	rosters_fini(&rs);
	return rc;
}

/* What each check reads is written anew when the plan changed. */
static enum err_code
tables_store(struct assessment *as, const char *hex)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *add = NULL;
	struct str known = {0};
	enum err_code rc = meta_get(ctx->db, "check_tables_of", &as->work, &known, &ctx->err);

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

		if (!o->check.text || as->decisions[i].error)
			continue;
		rc = check_new(ctx, o, &c);
		if (!rc)
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
		 "\"missed\":%lld,\"not_applicable\":%lld,\"plan\":\"%s\",\"proven\":%lld,"
		 "\"quiet\":%lld,\"unproven\":%lld,\"waived\":%lld}",
		 (long long)t->failing, (long long)as->report.failures_fixed,
		 (long long)as->report.failures_opened, (long long)t->missed,
		 (long long)t->not_applicable, hex, (long long)t->proven, (long long)t->quiet,
		 (long long)t->unproven, (long long)t->waived);
	rc = tables_store(as, hex);
	if (!rc)
		rc = meta_set(as->ctx->db, "last_assessed", instant_text(as, as->now),
			      &as->ctx->err);
	return rc ? rc
		  : writer_event(as->writer, "assessed", (struct str){detail.data, detail.len});
}

static enum err_code
settle(struct assessment *as)
{
	const struct plan *p = &as->ctx->model->plan;
	WRITER *w = NULL;
	enum err_code rc = writer_begin(as->ctx, &w);

	as->writer = w;
	if (!rc)
		rc = cells_load(as);
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		struct failure_state f = {0};

		if (as->decisions[i].obligation->check.text)
			rc = failures_settle(as, &as->decisions[i], &f);
		if (!rc)
			rc = cells_settle(as, &as->decisions[i], &f);
	}
	if (!rc)
		rc = run_record(as);
	return rc ? rc : writer_commit(w);
}

enum err_code
assess_run(struct ctx *ctx, const struct assess_options *o, struct assess_report *ret_report)
{
	size_t count = ctx->model->plan.obligation_count + 1;
	struct assessment as = {.ctx = ctx, .arena = ctx->arena, .options = o};
	enum err_code rc = registers_known(ctx);

	if (rc)
		return rc;
	/* Instants in registers have whole seconds. */
	as.now = clock_now(&ctx->clock) / SECOND_MS * SECOND_MS;
	as.today = zone_date(ctx->zone, as.now);
	arena_init(&as.work, WORK_MEMORY);
	as.decisions = arena_alloc(&as.work, count * sizeof(*as.decisions));
	as.report.as_of = as.now;
	as.report.times = arena_alloc(ctx->arena, count * sizeof(*as.report.times));
	rc = checks_run(&as);
	if (!rc)
		rc = settle(&as);
	arena_fini(&as.work);
	if (!rc)
		*ret_report = as.report;
	return rc;
}
