#include "check/standing.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* What the cells of a duty depend on beside its check and the day: organisations, waivers,
 * evidence, deliveries. When its digest is another than last time they are decided again. */
struct gathering {
	struct assessment *as;
	struct buf *waivers; /* one an obligation of the plan */
	struct buf *others;
	signed char *fresh; /* by register and party: 0 not known, else 1 or -1 */
};

enum { TEXT_LIMIT = 64 * 1024 * 1024 };

static struct buf *
text_of(const struct gathering *g, struct buf *texts, struct str obligation)
{
	const struct obligation *o = model_obligation(g->as->ctx->model, obligation);

	return o ? &texts[o - g->as->ctx->model->plan.obligations] : NULL;
}

static void
waivers_add(struct gathering *g)
{
	const struct facts *f = &g->as->facts;

	for (size_t i = 0; i < f->waiver_count; i++) {
		const struct waiver_fact *w = &f->waivers[i];
		struct buf *text = text_of(g, g->waivers, w->obligation);

		if (text)
			buf_addf(text, "w%lld %lld %lld %d %.*s\n", (long long)w->id,
				 (long long)w->subject, (long long)w->organisation,
				 w->not_applicable, STR_ARG(w->valid_to));
	}
}

static void
evidence_add(struct gathering *g)
{
	const struct facts *f = &g->as->facts;

	for (size_t i = 0; i < f->evidence_count; i++) {
		const struct evidence_fact *e = &f->evidence[i];
		struct buf *text = text_of(g, g->others, e->obligation);

		/* What was accepted in the future counts from then on. */
		if (text)
			buf_addf(text, "e%lld %lld %lld %d %lld %d\n", (long long)e->organisation,
				 (long long)e->from, (long long)e->to, e->accepted,
				 (long long)e->accepted_at, e->accepted_at <= g->as->now);
	}
}

static bool
is_fresh(struct gathering *g, const struct reg *r, size_t party)
{
	const struct assessment *as = g->as;
	signed char *known = &g->fresh[r->index * as->facts.party_count + party];

	if (*known == 0)
		*known = facts_feed_fresh(&as->facts, as->ctx, r, as->facts.parties[party].id,
					  as->now)
				 ? 1
				 : -1;
	return *known > 0;
}

static void
feeds_add(struct gathering *g, const struct obligation *o, struct buf *text)
{
	for (size_t p = 0; p < g->as->facts.party_count; p++) {
		for (size_t i = 0; i < o->feed_count; i++)
			buf_add(text, is_fresh(g, o->feeds[i], p) ? "+" : "-", 1);
	}
}

static void
parties_add(const struct facts *f, struct buf *text)
{
	for (size_t i = 0; i < f->party_count; i++) {
		const struct party *p = &f->parties[i];

		buf_addf(text, "p%lld %.*s %.*s %.*s %.*s %.*s\n", (long long)p->id,
			 STR_ARG(p->key), STR_ARG(p->kind), STR_ARG(p->state), STR_ARG(p->from),
			 STR_ARG(p->to));
	}
}

/* Two digests, that of the waivers first. */
static struct str
digest(struct assessment *as, const struct buf *head, const struct buf *waivers,
       const struct buf *others)
{
	char *hex = arena_alloc(&as->work, 2 * HASH_HEX_LEN + 1);
	struct hash hash;

	hasher_begin(as->ctx->hasher);
	hasher_add(as->ctx->hasher, waivers->data, waivers->len);
	hash = hasher_end(as->ctx->hasher);
	hash_hex(&hash, hex);
	hasher_begin(as->ctx->hasher);
	hasher_add(as->ctx->hasher, head->data, head->len);
	hasher_add(as->ctx->hasher, others->data, others->len);
	hash = hasher_end(as->ctx->hasher);
	hash_hex(&hash, hex + HASH_HEX_LEN);
	return str_of(hex);
}

static enum err_code
gather(struct gathering *g, struct str *ret_inputs)
{
	const struct plan *p = &g->as->ctx->model->plan;
	CLEANUP(buf_fini) struct buf head = {.limit = TEXT_LIMIT};
	bool failed;

	parties_add(&g->as->facts, &head);
	waivers_add(g);
	evidence_add(g);
	failed = head.failed;
	for (size_t i = 0; i < p->obligation_count; i++) {
		feeds_add(g, &p->obligations[i], &g->others[i]);
		failed = failed || g->waivers[i].failed || g->others[i].failed;
		ret_inputs[i] = digest(g->as, &head, &g->waivers[i], &g->others[i]);
	}
	return failed ? err_set(&g->as->ctx->err, ERR_TOO_BIG, "",
				"there are too many waivers and pieces of evidence")
		      : ERR_NONE;
}

bool
inputs_same_waivers(struct str a, struct str b)
{
	return a.len == b.len && a.len >= HASH_HEX_LEN && memcmp(a.ptr, b.ptr, HASH_HEX_LEN) == 0;
}

enum err_code
inputs_find(struct assessment *as, struct str *ret_inputs)
{
	const struct model *m = as->ctx->model;
	size_t count = m->plan.obligation_count;
	struct gathering g = {.as = as};
	enum err_code rc;

	g.waivers = calloc(2 * count + 1, sizeof(*g.waivers));
	g.fresh = calloc(m->reg_count * as->facts.party_count + 1, 1);
	if (g.waivers && g.fresh) {
		g.others = g.waivers + count;
		for (size_t i = 0; i < 2 * count; i++)
			buf_init(&g.waivers[i], TEXT_LIMIT);
		rc = gather(&g, ret_inputs);
		for (size_t i = 0; i < 2 * count; i++)
			buf_fini(&g.waivers[i]);
	} else {
		rc = err_set(&as->ctx->err, ERR_INTERNAL, "", "no memory for an assessment");
	}
	free(g.waivers);
	free(g.fresh);
	return rc;
}
