#include "check/standing.h"

#include "base/civil.h"
#include "base/limits.h"
#include "record/workspace.h"
#include "store/find.h"

#include <stdio.h>
#include <string.h>

/* Records of one chunk of a scope: a bit each. */
enum { CHUNK_BYTES = 1024, CHUNK_RECORDS = CHUNK_BYTES * 8, TOTALS = 7 };

/* The one value of the table `meta` that says whether the rest is of any use. */
static const char sealed_name[] = "assessed";

static void
totals_places(struct assess_totals *t, int64_t *ret_places[TOTALS])
{
	int64_t *const places[TOTALS] = {&t->proven, &t->failing, &t->unproven,	     &t->quiet,
					 &t->missed, &t->waived,  &t->not_applicable};

	memcpy(ret_places, places, sizeof(places));
}

static bool
numbers_read(struct str text, int64_t **places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!str_int(str_cut(&text, ' '), places[i]))
			return false;
	}
	return text.ptr == NULL;
}

/* "PLAN SEEN OWN NOW", when it is of this plan. */
enum err_code
standing_sealed(struct ctx *ctx, struct standing *s, bool *ret_fit)
{
	int64_t *places[] = {&s->seen, &s->own_from, &s->now};
	char hex[HASH_HEX_LEN + 1];
	struct str text = {0};
	enum err_code rc = meta_get(ctx->db, sealed_name, ctx->arena, &text, &ctx->err);

	hash_hex(&ctx->model->hash, hex);
	*ret_fit = !rc && text.ptr && str_is(str_cut(&text, ' '), hex) &&
		   numbers_read(text, places, COUNT_OF(places));
	return rc;
}

enum err_code
standing_seal(struct assessment *as, const struct standing *s)
{
	char text[HASH_HEX_LEN + 80];
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&as->ctx->model->hash, hex);
	(void)snprintf(text, sizeof(text), "%s %lld %lld %lld", hex, (long long)s->seen,
		       (long long)s->own_from, (long long)s->now);
	return meta_set(as->ctx->db, sealed_name, str_of(text), &as->ctx->err);
}

static struct standing_duty *
duty_of(const struct assessment *as, const struct standing *s, struct str obligation)
{
	const struct obligation *o = model_obligation(as->ctx->model, obligation);

	return o ? &s->duties[o - as->ctx->model->plan.obligations] : NULL;
}

static enum err_code
duties_load(struct assessment *as, struct standing *s)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *q = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select a.obligation, a.erred, a.horizon, a.open, a.ns, "
				      "a.inputs, a.totals from assessed_duty a",
				      &q, &ctx->err);
	bool row;

	while (!rc && !(rc = db_step(q, &row, &ctx->err)) && row) {
		struct standing_duty *d = duty_of(as, s, db_text(q, 0));
		int64_t *places[TOTALS];

		if (!d)
			continue;
		d->erred = db_int(q, 1) != 0;
		d->horizon = db_int(q, 2);
		d->open = db_int(q, 3);
		d->ns = db_int(q, 4);
		d->inputs = str_dup(&as->work, db_text(q, 5));
		totals_places(&d->totals, places);
		d->known = numbers_read(db_text(q, 6), places, TOTALS);
	}
	return rc;
}

void
standing_count(struct assessment *as, struct standing_duty *d, int64_t organisation, int64_t more)
{
	size_t at = 0;

	while (at < d->tested_count && d->tested[at].organisation != organisation)
		at++;
	if (at == d->tested_count) {
		d->tested = arena_room(&as->work, d->tested, d->tested_count, &d->tested_cap,
				       sizeof(*d->tested));
		d->tested[d->tested_count++] = (struct check_tested){organisation, 0};
	}
	d->tested[at].count += more;
}

static enum err_code
tested_load(struct assessment *as, struct standing *s)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *q = NULL;
	enum err_code rc =
		db_prepare(ctx->db,
			   "select a.obligation, a.organisation, a.tested from assessed_tested a "
			   "order by a.obligation, a.organisation",
			   &q, &ctx->err);
	bool row;

	while (!rc && !(rc = db_step(q, &row, &ctx->err)) && row) {
		struct standing_duty *d = duty_of(as, s, db_text(q, 0));

		if (d)
			standing_count(as, d, db_int(q, 1), db_int(q, 2));
	}
	return rc;
}

enum err_code
standing_load(struct assessment *as, struct standing *ret_standing, bool *ret_fit)
{
	size_t count = as->ctx->model->plan.obligation_count;
	struct standing s = {.duties = arena_alloc(&as->work, (count + 1) * sizeof(*s.duties))};
	bool fit = false;
	enum err_code rc = standing_sealed(as->ctx, &s, &fit);

	if (!rc && fit)
		rc = duties_load(as, &s);
	if (!rc && fit)
		rc = tested_load(as, &s);
	for (size_t i = 0; i < count; i++)
		fit = fit && s.duties[i].known;
	if (rc)
		return rc;
	*ret_standing = s;
	*ret_fit = fit;
	return ERR_NONE;
}

enum err_code
standing_clear(struct assessment *as)
{
	return db_exec(as->ctx->db,
		       "delete from assessed_scope; delete from assessed_tested; "
		       "delete from assessed_duty",
		       &as->ctx->err);
}

static enum err_code
tested_put(struct assessment *as, const struct obligation *o, const struct standing_duty *d)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *q = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into assessed_tested (obligation, organisation, tested) "
		"values (:obligation, :organisation, :tested) "
		"on conflict (obligation, organisation) do update set tested = excluded.tested",
		&q, &ctx->err);

	for (size_t i = 0; !rc && i < d->tested_count; i++) {
		db_bind_text(q, 1, str_of(o->id));
		db_bind_int(q, 2, d->tested[i].organisation);
		db_bind_int(q, 3, d->tested[i].count);
		rc = db_run(q, &ctx->err);
	}
	return rc;
}

enum err_code
standing_put(struct assessment *as, const struct obligation *o, const struct standing_duty *d)
{
	struct ctx *ctx = as->ctx;
	struct assess_totals totals = d->totals;
	int64_t *places[TOTALS];
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_KEY_BYTES};
	DB_STMT *q = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into assessed_duty (obligation, erred, horizon, open, ns, inputs, totals) "
		"values (:obligation, :erred, :horizon, :open, :ns, :inputs, :totals) "
		"on conflict (obligation) do update set erred = excluded.erred, "
		"horizon = excluded.horizon, open = excluded.open, ns = excluded.ns, "
		"inputs = excluded.inputs, totals = excluded.totals",
		&q, &ctx->err);

	if (rc)
		return rc;
	totals_places(&totals, places);
	for (size_t i = 0; i < TOTALS; i++)
		buf_addf(&text, "%s%lld", i ? " " : "", (long long)*places[i]);
	db_bind_text(q, 1, str_of(o->id));
	db_bind_int(q, 2, d->erred);
	db_bind_int(q, 3, d->horizon);
	db_bind_int(q, 4, d->open);
	db_bind_int(q, 5, d->ns);
	db_bind_text(q, 6, d->inputs);
	db_bind_text(q, 7, (struct str){text.data, text.len});
	rc = db_run(q, &ctx->err);
	return rc ? rc : tested_put(as, o, d);
}

static enum err_code
chunk_put_prepare(struct ctx *ctx, struct db_stmt **ret_stmt)
{
	return db_prepare(ctx->db,
			  "insert into assessed_scope (obligation, chunk, bits) "
			  "values (:obligation, :chunk, :bits) "
			  "on conflict (obligation, chunk) do update set bits = excluded.bits",
			  ret_stmt, &ctx->err);
}

static enum err_code
chunk_put(struct ctx *ctx, struct db_stmt *q, const struct obligation *o, int64_t chunk,
	  struct str bits)
{
	db_bind_text(q, 1, str_of(o->id));
	db_bind_int(q, 2, chunk);
	db_bind_blob(q, 3, bits.ptr, bits.len);
	return db_run(q, &ctx->err);
}

static bool
is_zero(const uint8_t *bytes, size_t len)
{
	return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

enum err_code
standing_scope_put(struct assessment *as, const struct decision *d)
{
	struct ctx *ctx = as->ctx;
	const struct obligation *o = d->obligation;
	DB_STMT *put = NULL;
	DB_STMT *forget = NULL;
	enum err_code rc = chunk_put_prepare(ctx, &put);

	if (!rc)
		rc = db_prepare(ctx->db,
				"delete from assessed_scope where obligation = :obligation",
				&forget, &ctx->err);
	if (rc)
		return rc;
	db_bind_text(forget, 1, str_of(o->id));
	rc = db_run(forget, &ctx->err);
	for (size_t at = 0; !rc && at < d->result.scope_bytes; at += CHUNK_BYTES) {
		size_t left = d->result.scope_bytes - at;
		size_t len = left < CHUNK_BYTES ? left : (size_t)CHUNK_BYTES;

		if (!is_zero(d->result.scope + at, len))
			rc = chunk_put(ctx, put, o, (int64_t)(at / CHUNK_BYTES),
				       (struct str){(const char *)d->result.scope + at, len});
	}
	return rc;
}

static size_t
counter_of(int64_t record)
{
	return (size_t)(record & (((int64_t)1 << ID_CODE_SHIFT) - 1));
}

static bool
bit_swap(uint8_t *bits, size_t counter, bool now)
{
	size_t at = counter % CHUNK_RECORDS;
	uint8_t mask = (uint8_t)(1U << (at & 7));
	bool was = (bits[at >> 3] & mask) != 0;

	bits[at >> 3] = (uint8_t)(now ? bits[at >> 3] | mask : bits[at >> 3] & ~mask);
	return was;
}

struct chunk_statements {
	struct db_stmt *get;
	struct db_stmt *put;
};

/* The changes of one chunk, which are the first `count`. */
static enum err_code
chunk_change(struct ctx *ctx, const struct chunk_statements *st, const struct obligation *o,
	     struct scope_change *changes, size_t count)
{
	int64_t chunk = (int64_t)(counter_of(changes[0].record) / CHUNK_RECORDS);
	uint8_t bits[CHUNK_BYTES] = {0};
	bool differs = false;
	enum err_code rc;
	bool row;

	db_bind_text(st->get, 1, str_of(o->id));
	db_bind_int(st->get, 2, chunk);
	rc = db_step(st->get, &row, &ctx->err);
	if (rc)
		return rc;
	if (row) {
		struct str old = db_text(st->get, 0);

		memcpy(bits, old.ptr, old.len < CHUNK_BYTES ? old.len : (size_t)CHUNK_BYTES);
	}
	db_reset(st->get);
	for (size_t i = 0; i < count; i++) {
		struct scope_change *c = &changes[i];

		c->before = bit_swap(bits, counter_of(c->record), c->now);
		differs = differs || c->before != c->now;
	}
	return differs ? chunk_put(ctx, st->put, o, chunk,
				   (struct str){(const char *)bits, sizeof(bits)})
		       : ERR_NONE;
}

enum err_code
standing_scope_change(struct assessment *as, const struct obligation *o,
		      struct scope_change *changes, size_t count)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *get = NULL;
	DB_STMT *put = NULL;
	enum err_code rc = chunk_put_prepare(ctx, &put);

	if (!rc)
		rc = db_prepare(ctx->db,
				"select a.bits from assessed_scope a "
				"where a.obligation = :obligation and a.chunk = :chunk",
				&get, &ctx->err);
	for (size_t at = 0, n; !rc && at < count; at += n) {
		size_t chunk = counter_of(changes[at].record) / CHUNK_RECORDS;

		for (n = 1; at + n < count; n++) {
			if (counter_of(changes[at + n].record) / CHUNK_RECORDS != chunk)
				break;
		}
		rc = chunk_change(ctx, &(struct chunk_statements){get, put}, o, &changes[at], n);
	}
	return rc;
}

enum err_code
standing_own_end(struct ctx *ctx, int64_t own_from, int64_t *ret_end)
{
	DB_STMT *q = NULL;
	bool row;
	enum err_code rc = db_prepare(
		ctx->db, "select min(c.id) from ledger_checkpoint c where c.id > :own_from", &q,
		&ctx->err);

	if (rc)
		return rc;
	db_bind_int(q, 1, own_from);
	rc = db_step(q, &row, &ctx->err);
	if (!rc)
		*ret_end = row && !db_is_null(q, 0) ? db_int(q, 0) : own_from;
	return rc;
}

static const char changed_sql[] =
	"select 1 from ledger_leaf l where l.idx >= :own_to and l.subject >= :first limit 1";
static const char moved_sql[] =
	"select 1 from assessed_duty a where a.horizon <= :now and a.horizon > :since limit 1";

static enum err_code
is_there(struct ctx *ctx, const char *sql, const int64_t values[2], bool *ret_there)
{
	const struct db_find f = {
		sql, {db_of_int(values[0]), db_of_int(values[1])}
	 };

	return db_find_any(ctx->db, &f, ret_there, &ctx->err);
}

enum err_code
assess_due(struct ctx *ctx, enum assess_due *ret_due)
{
	const int64_t now = clock_now(&ctx->clock);
	const int64_t first = (int64_t)1 << ID_CODE_SHIFT;
	struct standing s = {0};
	int64_t own_to = 0;
	bool fit = false;
	bool changed = false;
	bool moved = false;
	enum err_code rc = standing_sealed(ctx, &s, &fit);

	*ret_due = DUE_CHANGES;
	if (rc || !fit)
		return rc;
	rc = standing_own_end(ctx, s.own_from, &own_to);
	/* Events, which no check reads, have numbers below every record's. */
	if (!rc)
		rc = is_there(ctx, changed_sql, (const int64_t[]){own_to, first}, &changed);
	if (!rc && !changed)
		rc = is_there(ctx, moved_sql, (const int64_t[]){now, s.now}, &moved);
	if (rc || changed)
		return rc;
	moved = moved || zone_date(ctx->zone, now) != zone_date(ctx->zone, s.now);
	*ret_due = moved ? DUE_CLOCK : DUE_NOT;
	return ERR_NONE;
}
