#include "verify/verify_priv.h"

#include "record/plans.h"

/* The plans that were taken in, oldest first, as the events say that the ledger covers. */
struct taken {
	struct plan_taken *plans;
	size_t count;
	size_t cap;
};

struct kept {
	struct plan_kept *plans;
	size_t count;
};

static const struct subject about = {.what = "plan", .index = -1};

static enum err_code
taken_load(struct verifier *v, struct taken *t)
{
	struct ctx *ctx = v->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"select e.detail from event e where e.kind = 'plan_taken_in' order by e.id", &s,
		&ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		struct plan_taken plan;
		struct err altered;

		/* That it is no event of the program's was said of its leaf. */
		if (plan_taken_read(db_text(s, 0), ctx->arena, &plan, &altered) || !plan.hash.ptr)
			continue;
		t->plans = arena_room(ctx->arena, t->plans, t->count, &t->cap, sizeof(*t->plans));
		t->plans[t->count++] = plan;
	}
	return rc;
}

static const struct plan_kept *
kept_find(const struct kept *k, struct str hash)
{
	for (size_t i = 0; i < k->count; i++) {
		if (str_eq(k->plans[i].kept_as, hash))
			return &k->plans[i];
	}
	return NULL;
}

/* When that plan was taken in last; SIZE_MAX when it never was. */
static size_t
taken_last(const struct taken *t, struct str hash)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < t->count; i++) {
		if (str_eq(t->plans[i].hash, hash))
			last = i;
	}
	return last;
}

static void
kept_check(struct verifier *v, const struct plan_kept *p, const struct taken *t)
{
	size_t last = taken_last(t, p->kept_as);
	const struct plan_taken *taken = last < t->count ? &t->plans[last] : NULL;
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&p->hash, hex);
	if (!str_is(p->kept_as, hex))
		verify_report(v, &about,
			      "the kept files of the plan with hash %.*s are not those that were "
			      "taken in: they were altered in the database",
			      STR_ARG(p->kept_as));
	if (!taken)
		verify_report(v, &about,
			      "a plan with hash %.*s is kept that no event says was taken in: it "
			      "was added past the program, or 'holdfast init' was interrupted and "
			      "is to be run again",
			      STR_ARG(p->kept_as));
	else if (!str_eq(taken->name, p->name) || !str_eq(taken->version, p->version))
		verify_report(v, &about,
			      "the plan with hash %.*s is kept under another name or version than "
			      "it was taken in with: its row in plan_version was altered",
			      STR_ARG(p->kept_as));
}

/* A store from before plans were kept lacks those that were no more in force when it came to keep
 * them: so none is missed that was never in force after one that is kept. */
static void
all_kept(struct verifier *v, const struct taken *t, const struct kept *k)
{
	size_t since = t->count ? t->count - 1 : 0;

	for (size_t i = 0; i < k->count; i++) {
		size_t last = taken_last(t, k->plans[i].kept_as);

		since = last < since ? last : since;
	}
	for (size_t i = since; i < t->count; i++) {
		if (!kept_find(k, t->plans[i].hash))
			verify_report(
				v, &about,
				"the plan with hash %.*s, which was taken in, is not kept any "
				"more: it was deleted",
				STR_ARG(t->plans[i].hash));
	}
}

/* Files of a plan that none is kept of. */
static enum err_code
files_alone(struct verifier *v)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(v->ctx->db,
				      "select distinct f.hash from plan_file f where not exists "
				      "(select 1 from plan_version v where v.hash = f.hash) "
				      "order by f.hash",
				      &s, &v->ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &v->ctx->err)) && row)
		verify_report(
			v, &about,
			"files of a plan with hash %.*s are kept, but not the plan: they were "
			"added, or its row in plan_version was deleted",
			STR_ARG(db_text(s, 0)));
	return rc;
}

enum err_code
verify_plans(struct verifier *v)
{
	struct taken taken = {0};
	struct kept kept = {0};
	struct str now = {0};
	enum err_code rc = taken_load(v, &taken);

	if (!rc)
		rc = plans_kept(v->ctx->db, v->ctx->arena, &kept.plans, &kept.count, &v->ctx->err);
	if (!rc)
		rc = meta_get(v->ctx->db, "plan_hash", v->ctx->arena, &now, &v->ctx->err);
	if (rc)
		return rc;
	if (taken.count == 0 || !str_eq(taken.plans[taken.count - 1].hash, now))
		verify_report(
			v, &about,
			"the plan that is in force, with hash %.*s, is not the one that was "
			"taken in last: it was put there past the program, or 'holdfast init' "
			"was interrupted and is to be run again",
			STR_ARG(now));
	for (size_t i = 0; i < kept.count; i++)
		kept_check(v, &kept.plans[i], &taken);
	all_kept(v, &taken, &kept);
	return files_alone(v);
}
