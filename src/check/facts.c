#include "check/assess_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "record/workspace.h"
#include "store/find.h"

#include <string.h>

/* A list that grows in an arena. */
struct gathering {
	struct arena *arena;
	void *items;
	size_t count;
	size_t cap;
	size_t size; /* of one */
};

static void *
gather(struct gathering *g)
{
	g->items = arena_room(g->arena, g->items, g->count, &g->cap, g->size);
	return (char *)g->items + g->size * g->count++;
}

/* A query with :today where it uses it, and its rows one by one. */
struct fact_query {
	const char *sql;
	bool (*take)(struct gathering *g, const struct ctx *ctx, const struct db_stmt *row);
	size_t size;
};

static enum err_code
query_run(struct ctx *ctx, int64_t today, const struct fact_query *q, struct gathering *g)
{
	char date[CIVIL_DATE_LEN + 1];
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, q->sql, &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	civil_format_date(today, date);
	if (db_param(s, "today"))
		db_bind_text(s, db_param(s, "today"), str_of(date));
	g->size = q->size;
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		if (!q->take(g, ctx, s))
			g->count--;
		if (arena_over(g->arena))
			rc = err_set(&ctx->err, ERR_TOO_BIG, "",
				     "there are too many records to decide about at once");
	}
	return rc;
}

static struct str
keep(struct gathering *g, const struct db_stmt *row, int column)
{
	return str_dup(g->arena, db_text(row, column));
}

int64_t
row_instant(const struct db_stmt *row, int column)
{
	int64_t ms = 0;

	return civil_parse_instant(db_text(row, column), &ms) ? ms : 0;
}

static bool
party_take(struct gathering *g, const struct ctx *ctx, const struct db_stmt *row)
{
	struct party *p = gather(g);

	(void)ctx;
	*p = (struct party){db_int(row, 0),  keep(g, row, 1), keep(g, row, 2),
			    keep(g, row, 3), keep(g, row, 4), keep(g, row, 5)};
	return true;
}

/* The query has seen to dates, separation of duties and the holder of the role; which roles may,
 * the plan says. */
static bool
waiver_take(struct gathering *g, const struct ctx *ctx, const struct db_stmt *row)
{
	const struct words *may = &ctx->model->plan.waiver_roles;
	struct waiver_fact *w = gather(g);

	*w = (struct waiver_fact){.id = db_int(row, 0),
				  .obligation = keep(g, row, 1),
				  .subject = db_is_null(row, 2) ? 0 : db_int(row, 2),
				  .organisation = db_int(row, 3),
				  .not_applicable = str_is(db_text(row, 4), "not_applicable"),
				  .valid_to = keep(g, row, 5)};
	for (size_t i = 0; i < may->count; i++) {
		if (str_is(db_text(row, 6), may->words[i]))
			return true;
	}
	return false;
}

static bool
evidence_take(struct gathering *g, const struct ctx *ctx, const struct db_stmt *row)
{
	struct evidence_fact *v = gather(g);

	(void)ctx;
	*v = (struct evidence_fact){.obligation = keep(g, row, 0),
				    .organisation = db_int(row, 1),
				    .accepted = db_int(row, 4) != 0,
				    .accepted_at = row_instant(row, 5)};
	return civil_parse_date(db_text(row, 2), &v->from) &&
	       civil_parse_date(db_text(row, 3), &v->to);
}

static bool
feed_take(struct gathering *g, const struct ctx *ctx, const struct db_stmt *row)
{
	struct feed_fact *f = gather(g);
	struct str rest = db_text(row, 2);
	struct str at = str_cut(&rest, ' ');

	(void)ctx;
	*f = (struct feed_fact){.reg = keep(g, row, 0),
				.organisation = db_int(row, 1),
				.empty = str_is(rest, "empty")};
	return civil_parse_instant(at, &f->delivered_at);
}

static const struct fact_query party_query = {
	.sql = "select o.id, o.key, o.kind, o.state, o.service_from, o.service_to "
	       "from organisation o order by o.id",
	.take = party_take,
	.size = sizeof(struct party),
};

/* Who asks for a waiver does not grant it; who grants it held the role when it began (a role that
 * ended on an unknown day may have ended before); and what is waived, not what does not apply, is
 * waived for a time. */
static const struct fact_query waiver_query = {
	.sql = "select w.id, w.obligation, w.subject, w.organisation, w.kind, w.valid_to, "
	       "w.decided_role from waiver w "
	       "where w.state = 'granted' and w.requested_by <> w.decided_by "
	       "and (w.valid_from is null or w.valid_from <= :today) "
	       "and (w.valid_to >= :today or (w.valid_to is null and w.kind = 'not_applicable')) "
	       "and exists (select 1 from role_assignment r where r.person = w.decided_by "
	       "and r.role = w.decided_role and coalesce(r.state, 'current') <> 'proposed' "
	       "and (coalesce(r.state, 'current') <> 'ended' or r.valid_to is not null) "
	       "and (r.valid_from is null or r.valid_from <= coalesce(w.valid_from, :today)) "
	       "and (r.valid_to is null or r.valid_to >= coalesce(w.valid_from, :today))) "
	       "order by w.id",
	.take = waiver_take,
	.size = sizeof(struct waiver_fact),
};

/* Evidence is something, and it counts once somebody else than who gave it has accepted it. */
static const struct fact_query evidence_query = {
	.sql = "select e.obligation, e.organisation, e.period_from, e.period_to, "
	       "case when e.state = 'accepted' and e.given_by <> e.accepted_by "
	       "and e.accepted_at is not null then 1 else 0 end, e.accepted_at "
	       "from evidence e where coalesce(e.state, 'submitted') <> 'rejected' "
	       "and (e.content is not null or e.statement is not null) "
	       "order by e.period_from, e.id",
	.take = evidence_take,
	.size = sizeof(struct evidence_fact),
};

/* The last successful delivery of each feed. One of which every row was refused is none. */
static const struct fact_query feed_query = {
	.sql = "select d.register_name, d.organisation, max(d.delivered_at || "
	       "case when d.complete = 1 and d.read = 0 then ' empty' else ' rows' end) "
	       "from delivery d where d.rejected < d.read or (d.read = 0 and d.complete = 1) "
	       "group by d.register_name, d.organisation, d.source",
	.take = feed_take,
	.size = sizeof(struct feed_fact),
};

enum err_code
assessed_last(struct ctx *ctx, struct arena *a, struct str *ret_instant)
{
	/* What stands in `meta` is the present. */
	if (!ctx->as_of)
		return meta_get(ctx->db, "last_assessed", a, ret_instant, &ctx->err);
	*ret_instant = ctx->as_of_assessed;
	return ERR_NONE;
}

enum err_code
ledger_size(struct ctx *ctx, int64_t *ret_size)
{
	const struct db_find f = {"select max(c.id) from ledger_checkpoint c", {{0}}};

	return db_find_int(ctx->db, &f, ret_size, NULL, &ctx->err);
}

enum err_code
facts_parties(struct ctx *ctx, struct arena *a, struct facts *ret_facts)
{
	struct gathering parties = {.arena = a};
	enum err_code rc = query_run(ctx, 0, &party_query, &parties);

	if (!rc)
		*ret_facts = (struct facts){.parties = parties.items, .party_count = parties.count};
	return rc;
}

enum err_code
facts_read(struct ctx *ctx, int64_t today, struct arena *a, struct facts *ret_facts)
{
	struct facts f = {0};
	struct gathering waivers = {.arena = a};
	struct gathering evidence = {.arena = a};
	struct gathering feeds = {.arena = a};
	struct str last = {0};
	int64_t size = 0;
	enum err_code rc = facts_parties(ctx, a, &f);

	if (!rc)
		rc = query_run(ctx, today, &waiver_query, &waivers);
	if (!rc)
		rc = query_run(ctx, today, &evidence_query, &evidence);
	if (!rc)
		rc = query_run(ctx, today, &feed_query, &feeds);
	if (!rc)
		rc = ledger_size(ctx, &size);
	if (!rc)
		rc = assessed_last(ctx, a, &last);
	if (rc)
		return rc;
	*ret_facts = (struct facts){
		.parties = f.parties,
		.party_count = f.party_count,
		.waivers = waivers.items,
		.waiver_count = waivers.count,
		.evidence = evidence.items,
		.evidence_count = evidence.count,
		.feeds = feeds.items,
		.feed_count = feeds.count,
		.ledger_size = size,
	};
	if (last.ptr)
		(void)civil_parse_instant(last, &ret_facts->last_run);
	return ERR_NONE;
}

const struct party *
facts_party(const struct facts *f, int64_t id)
{
	for (size_t i = 0; i < f->party_count; i++) {
		if (f->parties[i].id == id)
			return &f->parties[i];
	}
	return NULL;
}

bool
facts_binds(const struct party *p, const struct obligation *o, const struct period *period)
{
	char from[CIVIL_DATE_LEN + 1];
	char to[CIVIL_DATE_LEN + 1];
	bool bound = false;

	for (size_t i = 0; i < o->binds.count; i++)
		bound = bound || str_is(p->kind, o->binds.words[i]);
	if (!bound || str_is(p->state, "prospective") || str_is(p->state, "exited"))
		return false;
	civil_format_date(period->from, from);
	civil_format_date(period->to, to);
	return (!p->from.ptr || str_cmp(p->from, str_of(to)) <= 0) &&
	       (!p->to.ptr || str_cmp(p->to, str_of(from)) >= 0);
}

const struct waiver_fact *
facts_waiver(const struct facts *f, const struct obligation *o, int64_t organisation,
	     int64_t subject)
{
	for (size_t i = 0; i < f->waiver_count; i++) {
		const struct waiver_fact *w = &f->waivers[i];

		if (w->organisation == organisation && w->subject == subject &&
		    str_is(w->obligation, o->id))
			return w;
	}
	return NULL;
}

int64_t
feed_max_age(const struct ctx *ctx, const struct reg *r)
{
	enum { DEFAULT_DAYS = 35 };
	CLEANUP(buf_fini) struct buf name = {.limit = LIMIT_KEY_BYTES};
	const struct param *p;

	buf_addf(&name, "feed_max_age_%s", r->name);
	p = name.failed ? NULL : model_param(ctx->model, name.data);
	if (!p)
		p = model_param(ctx->model, "feed_max_age");
	return p && p->kind == UNIT_NUMBER ? p->number : DEFAULT_DAYS;
}

bool
facts_feed_fresh(const struct facts *f, const struct ctx *ctx, const struct reg *r,
		 int64_t organisation, int64_t now)
{
	int64_t oldest = zone_date(ctx->zone, now) - feed_max_age(ctx, r);
	bool some = false;

	for (size_t i = 0; i < f->feed_count; i++) {
		const struct feed_fact *d = &f->feeds[i];

		if (d->organisation != organisation || !str_is(d->reg, r->name))
			continue;
		if (zone_date(ctx->zone, d->delivered_at) >= oldest)
			some = true;
		else if (!d->empty)
			return false;
	}
	return some;
}

bool
facts_fresh(const struct facts *f, const struct ctx *ctx, const struct obligation *o,
	    int64_t organisation, int64_t now)
{
	for (size_t i = 0; i < o->feed_count; i++) {
		if (!facts_feed_fresh(f, ctx, o->feeds[i], organisation, now))
			return false;
	}
	return true;
}

/* Whether pieces cover the period without a gap: they are sorted by their first day. What is done
 * once is covered by any piece. */
static bool
covers(const struct facts *f, const struct evidence_question *q, bool accepted, int64_t *ret_at)
{
	bool once = q->obligation->cadence == CADENCE_ONCE;
	int64_t next = q->period->from;
	int64_t at = 0;

	for (size_t i = 0; i < f->evidence_count && next <= q->period->to; i++) {
		const struct evidence_fact *v = &f->evidence[i];

		if (v->organisation != q->organisation ||
		    !str_is(v->obligation, q->obligation->id) ||
		    (!once && (v->from > next || v->to < next)) ||
		    (accepted && (!v->accepted || v->accepted_at > q->by)))
			continue;
		next = (once ? q->period->to : v->to) + 1;
		at = v->accepted_at > at ? v->accepted_at : at;
	}
	*ret_at = at;
	return next > q->period->to;
}

enum evidence_state
facts_evidence(const struct facts *f, const struct evidence_question *q, int64_t *ret_at)
{
	int64_t at;

	*ret_at = 0;
	if (covers(f, q, true, ret_at))
		return EVIDENCE_ACCEPTED;
	return covers(f, q, false, &at) ? EVIDENCE_SUBMITTED : EVIDENCE_NONE;
}
