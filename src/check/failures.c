#include "check/again.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/order.h"
#include "query/narrow.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, WRITE_AT_ONCE = 128 };

/* A failure as it is recorded. */
struct interval {
	int64_t id;
	int64_t subject;
	int64_t organisation;
	struct str key;
	struct str reason;
	int64_t waiver;
	int64_t first; /* milliseconds */
	int64_t fixed; /* 0: open */
	bool is_new;
};

struct intervals {
	struct interval *rows; /* by subject, then by first */
	size_t count;
	size_t cap;
};

static struct interval *
interval_add(struct assessment *as, struct intervals *v)
{
	v->rows = arena_room(&as->work, v->rows, v->count, &v->cap, sizeof(*v->rows));
	return &v->rows[v->count++];
}

#define INTERVAL_COLUMNS                                                                           \
	"select f.id, f.subject, f.organisation, f.key, f.reason, f.waiver, "                      \
	"f.first_failed_at, f.fixed_at"
/* Without what only a change of them asks for. */
#define INTERVAL_NUMBERS                                                                           \
	"select f.id, f.subject, f.organisation, null, null, f.waiver, f.first_failed_at, "        \
	"f.fixed_at"

static const char obligation_sql[] =
	INTERVAL_COLUMNS " from failure f where f.obligation = :obligation";
static const char numbers_sql[] =
	INTERVAL_NUMBERS " from failure f where f.obligation = :obligation";
static const char all_sql[] = INTERVAL_COLUMNS ", f.obligation from failure f";
static const char some_sql[] =
	INTERVAL_COLUMNS ", f.obligation from " NARROW_TABLE " n cross join failure f "
			 "where f.subject = n." NARROW_COLUMN;

static enum err_code
interval_read(struct assessment *as, const struct db_stmt *s, struct intervals *v)
{
	*interval_add(as, v) = (struct interval){.id = db_int(s, 0),
						 .subject = db_int(s, 1),
						 .organisation = db_int(s, 2),
						 .key = str_dup(&as->work, db_text(s, 3)),
						 .reason = str_dup(&as->work, db_text(s, 4)),
						 .waiver = db_is_null(s, 5) ? 0 : db_int(s, 5),
						 .first = row_instant(s, 6),
						 .fixed = row_instant(s, 7)};
	return arena_over(&as->work)
		       ? err_set(&as->ctx->err, ERR_TOO_BIG, "", "there are too many failures")
		       : ERR_NONE;
}

static int
by_subject(const void *a, const void *b)
{
	const struct interval *x = a;
	const struct interval *y = b;
	int order = int_cmp(x->subject, y->subject);

	if (!order)
		order = int_cmp(x->first, y->first);
	return order ? order : int_cmp(x->id, y->id);
}

/* In which order an engine gives them is its own affair. */
static void
intervals_sort(struct intervals *v)
{
	if (v->count > 0)
		qsort(v->rows, v->count, sizeof(*v->rows), by_subject);
}

static enum err_code
intervals_load(struct assessment *as, const char *sql, const struct obligation *o,
	       struct intervals *v)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(o->id));
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row)
		rc = interval_read(as, s, v);
	return rc;
}

/* Of every obligation at once, one after another in *ret_all. */
static enum err_code
every_load(struct assessment *as, const char *sql, struct intervals **ret_all)
{
	const struct plan *p = &as->ctx->model->plan;
	struct intervals *all = arena_alloc(&as->work, (p->obligation_count + 1) * sizeof(*all));
	struct ctx *ctx = as->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare_scan(ctx->db, sql, &s, &ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct obligation *o = model_obligation(ctx->model, db_text(s, 8));

		if (o)
			rc = interval_read(as, s, &all[o - p->obligations]);
	}
	for (size_t i = 0; i < p->obligation_count; i++)
		intervals_sort(&all[i]);
	*ret_all = all;
	return rc;
}

static enum err_code
intervals_of(struct assessment *as, const struct obligation *o, struct intervals *v)
{
	enum err_code rc = ERR_NONE;

	if (!as->again) {
		rc = intervals_load(as, obligation_sql, o, v);
		intervals_sort(v);
		return rc;
	}
	/* In the past each question may cost as much as all of them. */
	if (!as->past)
		rc = every_load(as, all_sql, &as->past);
	if (!rc)
		*v = as->past[o - as->ctx->model->plan.obligations];
	return rc;
}

/* Nothing is written before all of the obligation is known: then they can be read at once. */
static void
interval_put(struct assessment *as, const struct obligation *o, const struct interval *i)
{
	if (as->again)
		again_failure(as,
			      &(struct again_failure){o, i->subject, i->organisation, i->reason,
						      i->waiver, i->first, i->fixed, i->id != 0});
	else
		*interval_add(as, as->changed) = *i;
}

static enum err_code
interval_write(struct assessment *as, const struct obligation *o, const struct interval *i)
{
	const struct reg *reg = model_reg(as->ctx->model, str_of("failure"));
	struct record r = record_blank(reg, i->key, i->organisation, &as->work);
	enum written written;

	r.id = i->id;
	record_set_text(&r, "obligation", str_of(o->id));
	record_set_int(&r, "subject", i->subject);
	record_set_text(&r, "reason", i->reason);
	if (i->waiver)
		record_set_int(&r, "waiver", i->waiver);
	record_set_text(&r, "first_failed_at", instant_text(as, i->first));
	if (i->fixed)
		record_set_text(&r, "fixed_at", instant_text(as, i->fixed));
	as->failures_written++;
	return writer_put(as->writer, &r, &written);
}

static enum err_code
changed_write(struct assessment *as, const struct obligation *o)
{
	const struct intervals *v = as->changed;
	enum err_code rc = ERR_NONE;

	for (size_t at = 0, end; !rc && at < v->count; at = end) {
		int64_t ids[WRITE_AT_ONCE];
		size_t known = 0;

		for (end = at; end < v->count && end < at + WRITE_AT_ONCE; end++) {
			if (!v->rows[end].is_new)
				ids[known++] = v->rows[end].id;
		}
		rc = writer_expect(as->writer, ids, known);
		for (size_t i = at; !rc && i < end; i++)
			rc = interval_write(as, o, &v->rows[i]);
	}
	return rc;
}

/* A record that was put right fails anew after the moment at which that was seen, whatever the
 * check says: so no two of its intervals begin together. */
static enum err_code
interval_open(struct assessment *as, const struct obligation *o, struct interval *i,
	      int64_t last_fixed)
{
	CLEANUP(buf_fini) struct buf key = {.limit = LIMIT_KEY_BYTES};
	char name[RECORD_NAME_SIZE];
	enum err_code rc;

	if (!i->first)
		i->first = as->now;
	if (i->first <= last_fixed)
		i->first = last_fixed + SECOND_MS;
	record_name(as->ctx->model, i->subject, name);
	buf_addf(&key, "%s/%s/%.*s", o->id, name, STR_ARG(instant_text(as, i->first)));
	if (key.failed)
		return err_set(&as->ctx->err, ERR_TOO_BIG, "", "obligation id '%s' is too long",
			       o->id);
	i->key = str_dup(&as->work, (struct str){key.data, key.len});
	if (!as->again) {
		rc = writer_new_id(as->writer, model_reg(as->ctx->model, str_of("failure")),
				   &i->id);
		if (rc)
			return rc;
	}
	i->is_new = true;
	as->report.failures_opened++;
	interval_put(as, o, i);
	return ERR_NONE;
}

/* A waiver of the record, else of the whole obligation, or NULL. */
static const struct waiver_fact *
failure_waiver(const struct facts *facts, const struct obligation *o, const struct check_failure *f)
{
	const struct waiver_fact *w = facts_waiver(facts, o, f->organisation, f->record);

	return w ? w : facts_waiver(facts, o, f->organisation, 0);
}

/* What the check says now of a record whose recorded intervals are `known` (the last may be open).
 */
static enum err_code
failing(struct assessment *as, const struct decision *d, const struct check_failure *f,
	const struct intervals *known, struct interval *ret_now)
{
	const struct obligation *o = d->obligation;
	const struct waiver_fact *w = failure_waiver(&as->facts, o, f);
	struct interval *last = known->count ? &known->rows[known->count - 1] : NULL;
	struct interval now = {.subject = f->record,
			       .organisation = f->organisation,
			       .reason = f->reason,
			       .waiver = w ? w->id : 0,
			       .first = f->since / SECOND_MS * SECOND_MS};
	enum err_code rc = ERR_NONE;

	/* Put right and broken again within one second is never put right. */
	if (last && (!last->fixed || last->fixed >= as->now)) {
		bool same = !last->fixed && last->organisation == now.organisation &&
			    last->waiver == now.waiver && str_eq(last->reason, now.reason);

		now.id = last->id;
		now.key = last->key;
		now.first = last->first;
		if (!same)
			interval_put(as, o, &now);
		last->fixed = 0;
	} else {
		rc = interval_open(as, o, &now, last ? last->fixed : 0);
	}
	as->report.failures_open += now.waiver == 0;
	if (as->again)
		again_failing(as, &(struct again_failure){.obligation = o,
							  .record = now.subject,
							  .organisation = now.organisation,
							  .reason = now.reason,
							  .waiver = now.waiver,
							  .first = now.first});
	*ret_now = now;
	return rc;
}

static void
put_right(struct assessment *as, const struct obligation *o, struct interval *i)
{
	if (i->fixed)
		return;
	/* An instant has whole seconds: what was found in this one is over in it. */
	i->fixed = as->now > i->first ? as->now : i->first;
	as->report.failures_fixed++;
	interval_put(as, o, i);
}

static void
stretch_add(struct failure_state *st, const struct interval *i)
{
	if (i->waiver == 0)
		st->stretches[st->count++] = (struct stretch){i->organisation, i->first,
							      i->fixed ? i->fixed : INT64_MAX};
}

/* The intervals of the record at `*at`, which then moves past them. */
static struct intervals
of_subject(const struct intervals *all, size_t *at)
{
	struct intervals one = {.rows = &all->rows[*at]};
	int64_t subject = one.rows->subject;

	for (; *at < all->count && all->rows[*at].subject == subject; (*at)++)
		one.count++;
	return one;
}

/* Both lists are sorted by record and are walked side by side. */
static enum err_code
merge(struct assessment *as, const struct decision *d, const struct intervals *known,
      struct failure_state *st)
{
	const struct check_result *res = &d->result;
	struct intervals changed = {0};
	enum err_code rc = ERR_NONE;
	size_t at = 0;
	size_t k = 0;

	as->changed = &changed;
	while (!rc && (at < known->count || k < res->failure_count)) {
		const struct check_failure *f = k < res->failure_count ? &res->failures[k] : NULL;
		struct intervals one = {0};
		struct interval now;
		bool fails;

		if (at < known->count && (!f || known->rows[at].subject <= f->record))
			one = of_subject(known, &at);
		fails = f && (one.count == 0 || one.rows[0].subject == f->record);
		if (fails) {
			rc = failing(as, d, f, &one, &now);
			if (one.count && !one.rows[one.count - 1].fixed)
				one.count--;
			stretch_add(st, &now);
			k++;
		} else {
			put_right(as, d->obligation, &one.rows[one.count - 1]);
		}
		for (size_t i = 0; i < one.count; i++)
			stretch_add(st, &one.rows[i]);
	}
	if (!rc)
		rc = changed_write(as, d->obligation);
	as->changed = NULL;
	return rc;
}

/* A check that could not decide leaves what is recorded as it is. */
static void
keep_all(struct assessment *as, const struct intervals *known, struct failure_state *st)
{
	for (size_t i = 0; i < known->count; i++) {
		stretch_add(st, &known->rows[i]);
		as->report.failures_open += !known->rows[i].fixed && !known->rows[i].waiver;
	}
}

/* Room for the stretches of so many intervals, and of so many new ones. */
static struct failure_state
state_new(struct assessment *as, size_t count)
{
	return (struct failure_state){
		.stretches = arena_alloc(&as->work, (count + 1) * sizeof(struct stretch))};
}

enum err_code
failures_settle(struct assessment *as, const struct decision *d, struct failure_state *ret_state)
{
	struct intervals known = {0};
	enum err_code rc = intervals_of(as, d->obligation, &known);

	if (rc)
		return rc;
	*ret_state = state_new(as, known.count + d->result.failure_count);
	if (d->error)
		keep_all(as, &known, ret_state);
	else
		rc = merge(as, d, &known, ret_state);
	return rc;
}

enum err_code
failures_known(struct assessment *as, struct decision *d, struct intervals **known)
{
	enum err_code rc = *known ? ERR_NONE : every_load(as, some_sql, known);

	d->known = *known + (d->obligation - as->ctx->model->plan.obligations);
	return rc;
}

enum err_code
failures_settle_some(struct assessment *as, const struct decision *d)
{
	struct failure_state st = state_new(as, d->known->count + d->result.failure_count);

	return merge(as, d, d->known, &st);
}

enum err_code
failures_recorded(struct assessment *as, struct decision *d, struct failure_state *ret_state)
{
	struct intervals known = {0};
	struct check_failure *open;
	enum err_code rc = intervals_load(as, numbers_sql, d->obligation, &known);

	if (rc)
		return rc;
	*ret_state = state_new(as, known.count);
	keep_all(as, &known, ret_state);
	open = arena_alloc(&as->work, (known.count + 1) * sizeof(*open));
	d->result.failures = open;
	d->result.failure_count = 0;
	for (size_t i = 0; i < known.count; i++) {
		if (!known.rows[i].fixed)
			open[d->result.failure_count++] =
				(struct check_failure){.record = known.rows[i].subject,
						       .organisation = known.rows[i].organisation};
	}
	check_failures_sort(open, d->result.failure_count);
	return ERR_NONE;
}
