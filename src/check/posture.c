#include "check/posture.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "check/assess_priv.h"
#include "model/sql.h"
#include "record/workspace.h"

#include <stdlib.h>
#include <string.h>

static void
bind_int_if(struct db_stmt *s, const char *name, int64_t value)
{
	if (value)
		db_bind_int(s, db_param(s, name), value);
	else
		db_bind_null(s, db_param(s, name));
}

static void
bind_text_if(struct db_stmt *s, const char *name, const char *value)
{
	if (value)
		db_bind_text(s, db_param(s, name), str_of(value));
	else
		db_bind_null(s, db_param(s, name));
}

/* Cells as they are found. */
struct gathering {
	struct arena *arena;
	struct posture_list list;
	size_t cap;
	const struct obligation *last;
};

static struct posture_cell *
cell_add(struct gathering *g)
{
	struct posture_list *l = &g->list;

	l->cells = arena_room(g->arena, l->cells, l->count, &g->cap, sizeof(*l->cells));
	return &l->cells[l->count++];
}

enum { OBLIGATION = 16, KIND = 17 };

static void
cell_read(const struct db_stmt *s, const struct obligation *o, struct arena *a,
	  struct posture_cell *c)
{
	*c = (struct posture_cell){.id = db_int(s, 0),
				   .obligation = o,
				   .organisation = db_int(s, 1),
				   .organisation_key = str_dup(a, db_text(s, 2)),
				   .organisation_name = str_dup(a, db_text(s, 3)),
				   .period = str_dup(a, db_text(s, 4)),
				   .period_to = str_dup(a, db_text(s, 5)),
				   .state = cell_state_of(db_text(s, 6)),
				   .reason = str_dup(a, db_text(s, 7)),
				   .tested = db_int(s, 8),
				   .failing = db_int(s, 9),
				   .first_failed_at = str_dup(a, db_text(s, 10)),
				   .worst = cell_state_of(db_text(s, 11)),
				   .failed_hours = db_int(s, 12),
				   .changed_at = str_dup(a, db_text(s, 13)),
				   .proven_late_at = str_dup(a, db_text(s, 14)),
				   .plan_hash = str_dup(a, db_text(s, 15)),
				   .organisation_kind = str_dup(a, db_text(s, KIND))};
}

/* Few of all cells are of one day or duty, and each organisation has cells of all of them: so the
 * cells come first, and SQLite takes a cross join in the order in which it is written. */
#define CELLS                                                                                      \
	"select c.id, c.organisation, o.key, o.name, c.period, c.period_to, "                      \
	"c.result, c.reason, c.tested, c.failing, c.first_failed_at, c.worst, c.failed_hours, "    \
	"c.changed_at, c.proven_late_at, c.plan_hash, c.obligation, o.kind from cell c "           \
	"cross join organisation o where o.id = c.organisation "                                   \
	"and (c.organisation = :organisation or :organisation is null) "

/* All periods of one obligation, and one period of each. */
static const char of_obligation_sql[] =
	CELLS "and c.obligation = :obligation order by c.organisation, c.period_from desc";
static const char of_day_sql[] = CELLS "and (c.obligation = :obligation or :obligation is null) "
				       "and c.period_to >= :day and c.period_from <= :day "
				       "order by c.obligation, c.organisation";

static const char of_ends_sql[] = CELLS "and (c.obligation = :obligation or :obligation is null) "
					"and c.period_to >= :ends_from and c.period_to <= :ends_to "
					"order by c.obligation, c.organisation";

static bool
is_wanted(const struct posture_question *q, const struct obligation *o, int64_t organisation)
{
	return !q->wants || q->wants(q->object, o, organisation);
}

static bool
cell_is_asked(const struct ctx *ctx, const struct posture_question *q, const struct obligation *o,
	      const struct db_stmt *s)
{
	const struct reg *cells = model_reg(ctx->model, str_of("cell"));

	return o && (!q->section || strcmp(q->section, o->section) == 0) &&
	       (!q->states || q->states & 1U << cell_state_of(db_text(s, 6))) &&
	       is_wanted(q, o, db_int(s, 1)) &&
	       grant_reads(ctx->model, ctx->who, cells, db_int(s, 1));
}

/* Those of one obligation follow one another. */
static enum err_code
cells_take(struct ctx *ctx, const struct posture_question *q, struct db_stmt *s,
	   struct gathering *g)
{
	enum err_code rc;
	bool row;

	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		struct str id = db_text(s, OBLIGATION);

		if (!g->last || !str_is(id, g->last->id))
			g->last = model_obligation(ctx->model, id);
		if (cell_is_asked(ctx, q, g->last, s))
			cell_read(s, g->last, g->arena, cell_add(g));
	}
	return rc;
}

/* Engines would put sections and letters in an order of their own. */
static int
by_obligation(const void *a, const void *b)
{
	const struct posture_cell *x = a;
	const struct posture_cell *y = b;

	if (x->obligation != y->obligation)
		return x->obligation < y->obligation ? -1 : 1;
	if (x->organisation != y->organisation)
		return x->organisation < y->organisation ? -1 : 1;
	return -str_cmp(x->period_to, y->period_to);
}

/* Of those of one day, or that end in a stretch of days. */
static enum err_code
cells_of_days(struct ctx *ctx, const struct posture_question *q, struct gathering *g)
{
	char today[CIVIL_DATE_LEN + 1];
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db, q->ends_from ? of_ends_sql : of_day_sql, &s, &ctx->err);

	if (rc)
		return rc;
	civil_format_date(zone_date(ctx->zone, clock_now(&ctx->clock)), today);
	bind_int_if(s, "organisation", q->organisation);
	bind_text_if(s, "obligation", q->obligation);
	if (q->ends_from) {
		db_bind_text(s, db_param(s, "ends_from"), str_of(q->ends_from));
		db_bind_text(s, db_param(s, "ends_to"), str_of(q->ends_to));
	} else {
		db_bind_text(s, db_param(s, "day"), str_of(q->day ? q->day : today));
	}
	rc = cells_take(ctx, q, s, g);
	if (!rc && g->list.count > 0)
		qsort(g->list.cells, g->list.count, sizeof(*g->list.cells), by_obligation);
	return rc;
}

static enum err_code
cells_of_obligations(struct ctx *ctx, const struct posture_question *q, struct gathering *g)
{
	const struct plan *p = &ctx->model->plan;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, of_obligation_sql, &s, &ctx->err);

	if (rc)
		return rc;
	bind_int_if(s, "organisation", q->organisation);
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		if (q->obligation && strcmp(q->obligation, o->id) != 0)
			continue;
		if (q->section && strcmp(q->section, o->section) != 0)
			continue;
		bind_text_if(s, "obligation", o->id);
		rc = cells_take(ctx, q, s, g);
	}
	return rc;
}

enum err_code
posture_cells(struct ctx *ctx, const struct posture_question *q, struct arena *a,
	      struct posture_list *ret_list)
{
	struct gathering g = {.arena = a};
	enum err_code rc =
		q->all_periods ? cells_of_obligations(ctx, q, &g) : cells_of_days(ctx, q, &g);

	if (!rc)
		*ret_list = g.list;
	return rc;
}

/* What is looked through for cells that are to come. */
struct ahead {
	struct ctx *ctx;
	const struct posture_question *question;
	struct gathering *out;
	struct posture_list present; /* both by_obligation */
	const struct posture_list *known;
	int64_t from, to;
};

/* The first cell of the obligation and organisation whose period does not end later; or where it
 * would stand. */
static size_t
cells_place(const struct posture_list *l, const struct posture_cell *c)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_obligation(&l->cells[middle], c) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
has_period(const struct posture_list *l, const struct posture_cell *c)
{
	size_t at = cells_place(l, c);

	return at < l->count && by_obligation(&l->cells[at], c) == 0;
}

/* Whether there are records that it is about: then it will have a cell though nothing binds it. */
static bool
has_records(const struct posture_list *present, struct posture_cell c)
{
	size_t at;

	c.period_to = str_of("9999-12-31");
	at = cells_place(present, &c);
	return at < present->count && present->cells[at].obligation == c.obligation &&
	       present->cells[at].organisation == c.organisation &&
	       (present->cells[at].tested > 0 || present->cells[at].failing > 0);
}

/* As an assessment decides which cells there are (has_cell in cells.c). */
static void
party_look(struct ahead *a, const struct obligation *o, const struct party *party)
{
	struct posture_cell c = {
		.obligation = o, .organisation = party->id, .organisation_key = party->key};
	bool records = has_records(&a->present, c);
	struct period p = period_of(o->cadence, a->from);

	for (; p.to <= a->to; p = period_next(o->cadence, &p)) {
		char to[CIVIL_DATE_LEN + 1];

		civil_format_date(p.to, to);
		c.period_to = str_of(to);
		if (has_period(a->known, &c) || !(records || facts_binds(party, o, &p)))
			continue;
		c.period = str_dup(a->out->arena, str_of(p.name));
		c.period_to = str_dup(a->out->arena, c.period_to);
		*cell_add(a->out) = c;
	}
}

static enum err_code
parties_look(struct ahead *a, const struct facts *f)
{
	const struct ctx *ctx = a->ctx;
	const struct plan *p = &ctx->model->plan;
	const struct reg *cells = model_reg(ctx->model, str_of("cell"));

	for (size_t i = 0; i < f->party_count; i++) {
		const struct party *party = &f->parties[i];

		if (!grant_reads(ctx->model, ctx->who, cells, party->id))
			continue;
		for (size_t k = 0; k < p->obligation_count; k++) {
			const struct obligation *o = &p->obligations[k];

			if (o->cadence != CADENCE_ONCE && is_wanted(a->question, o, party->id))
				party_look(a, o, party);
		}
		if (arena_over(a->out->arena))
			return err_set(&a->ctx->err, ERR_TOO_BIG, "",
				       "there are too many duties in these days; ask for fewer");
	}
	return ERR_NONE;
}

enum err_code
posture_ahead(struct ctx *ctx, const struct posture_question *q, const struct posture_list *known,
	      struct posture_list *ret_list)
{
	const struct posture_question now = {.wants = q->wants, .object = q->object};
	struct gathering out = {.arena = ctx->arena};
	struct ahead a = {.ctx = ctx, .question = q, .out = &out, .known = known};
	int64_t today = zone_date(ctx->zone, clock_now(&ctx->clock));
	struct facts f;
	enum err_code rc = facts_parties(ctx, ctx->arena, &f);

	if (!rc)
		rc = posture_cells(ctx, &now, ctx->arena, &a.present);
	if (!rc && (!civil_parse_date(str_of(q->ends_from), &a.from) ||
		    !civil_parse_date(str_of(q->ends_to), &a.to)))
		rc = err_set(&ctx->err, ERR_INTERNAL, "", "the days are no dates");
	a.from = a.from > today ? a.from : today;
	if (!rc)
		rc = parties_look(&a, &f);
	if (!rc)
		*ret_list = out.list;
	return rc;
}

/* Statements that give the key of a record, one a register. */
struct key_finder {
	struct ctx *ctx;
	struct db_stmt **statements;
};

/* *ret_seen: whom the context serves may see the record, whose failure is of `organisation`; where
 * that is not current any more, others of its register. */
static enum err_code
key_find(struct key_finder *k, struct posture_failure *f, int64_t organisation, bool *ret_seen)
{
	const struct model *m = k->ctx->model;
	int64_t id = f->record;
	size_t i = 0;
	enum err_code rc = ERR_NONE;
	bool row;

	*ret_seen = true;
	while (i < m->reg_count && m->regs[i]->code != id >> ID_CODE_SHIFT)
		i++;
	if (i == m->reg_count)
		return ERR_NONE;
	f->register_name = str_of(m->regs[i]->name);
	if (!k->statements[i]) {
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

		sql_from(m->regs[i], "t.key, t.organisation", "where t.id = :id", &sql);
		rc = db_prepare(k->ctx->db, sql.data, &k->statements[i], &k->ctx->err);
	}
	if (rc)
		return rc;
	db_reset(k->statements[i]);
	db_bind_int(k->statements[i], 1, id);
	rc = db_step(k->statements[i], &row, &k->ctx->err);
	if (!rc && row) {
		f->key = db_text(k->statements[i], 0);
		organisation = db_int(k->statements[i], 1);
	}
	*ret_seen = grant_reads(m, k->ctx->who, m->regs[i], organisation);
	return rc;
}

static void
key_finder_fini(struct key_finder *k)
{
	for (size_t i = 0; k->statements && i < k->ctx->model->reg_count; i++)
		db_stmt_free(k->statements[i]);
	free(k->statements);
}

static const char failures_sql[] =
	"select f.id, f.obligation, f.subject, o.key, f.reason, f.first_failed_at, f.fixed_at, "
	"f.waiver, f.organisation from failure f join organisation o on o.id = f.organisation "
	"where (f.obligation = :obligation or :obligation is null) "
	"and (f.organisation = :organisation or :organisation is null) "
	"and (f.subject = :record or :record is null) "
	"and (:fixed_too = 1 or f.fixed_at is null) "
	"and (:waived_too = 1 or f.waiver is null) "
	"and (f.first_failed_at >= :since or :since is null) "
	"order by f.obligation, f.first_failed_at, f.subject";

static enum err_code
failures_take(struct key_finder *k, struct db_stmt *s,
	      void (*take)(void *object, const struct posture_failure *f), void *object)
{
	const struct ctx *ctx = k->ctx;
	const struct reg *failures = model_reg(ctx->model, str_of("failure"));
	enum err_code rc;
	bool row, seen;

	while (!(rc = db_step(s, &row, &k->ctx->err)) && row) {
		int64_t organisation = db_int(s, 8);
		struct posture_failure f = {.id = db_int(s, 0),
					    .obligation_id = db_text(s, 1),
					    .record = db_int(s, 2),
					    .organisation_key = db_text(s, 3),
					    .reason = db_text(s, 4),
					    .first_failed_at = db_text(s, 5),
					    .fixed_at = db_text(s, 6),
					    .waiver = db_is_null(s, 7) ? 0 : db_int(s, 7)};

		if (!grant_reads(ctx->model, ctx->who, failures, organisation))
			continue;
		rc = key_find(k, &f, organisation, &seen);
		if (rc)
			return rc;
		if (seen)
			take(object, &f);
	}
	return rc;
}

enum err_code
posture_failures(struct ctx *ctx, const struct posture_question *q,
		 void (*take)(void *object, const struct posture_failure *f), void *object)
{
	CLEANUP(key_finder_fini)
	struct key_finder k = {ctx, calloc(ctx->model->reg_count + 1, sizeof(struct db_stmt *))};
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, failures_sql, &s, &ctx->err);

	if (rc)
		return rc;
	if (!k.statements)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to list failures");
	bind_text_if(s, "obligation", q->obligation);
	bind_int_if(s, "organisation", q->organisation);
	bind_int_if(s, "record", q->record);
	db_bind_int(s, db_param(s, "fixed_too"), q->fixed_too);
	db_bind_int(s, db_param(s, "waived_too"), q->waived_too);
	bind_text_if(s, "since", q->since);
	return failures_take(&k, s, take, object);
}

enum err_code
posture_feeds(struct ctx *ctx, int64_t organisation,
	      void (*take)(void *object, const struct posture_feed *f), void *object)
{
	int64_t today = zone_date(ctx->zone, clock_now(&ctx->clock));
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db,
			   "select d.register_name, d.source, max(d.delivered_at) from delivery d "
			   "where d.organisation = :organisation "
			   "and (d.rejected < d.read or (d.read = 0 and d.complete = 1)) "
			   "group by d.register_name, d.source order by d.register_name, d.source",
			   &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	if (!grant_reads(ctx->model, ctx->who, model_reg(ctx->model, str_of("delivery")),
			 organisation))
		return ERR_NONE;
	db_bind_int(s, 1, organisation);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		struct posture_feed f = {.register_name = db_text(s, 0),
					 .source = db_text(s, 1),
					 .delivered_at = db_text(s, 2)};
		const struct reg *r = model_reg(ctx->model, f.register_name);
		int64_t at;

		if (!r || !civil_parse_instant(f.delivered_at, &at))
			continue;
		f.age_days = today - zone_date(ctx->zone, at);
		f.max_age_days = feed_max_age(ctx, r);
		take(object, &f);
	}
	return rc;
}

enum err_code
posture_assessed(struct ctx *ctx, struct str *ret_instant)
{
	return assessed_last(ctx, ctx->arena, ret_instant);
}
