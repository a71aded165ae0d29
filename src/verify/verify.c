#include "verify/verify_priv.h"

#include "base/limits.h"

#include <stdlib.h>

enum { PROGRESS_EVERY = 16384 };

/* Longer than any entry, so that what is too long to be one is found by record_entry. */
enum { ENTRY_ROOM = 2 * LIMIT_ENTRY_BYTES };

void
verify_progress(struct verifier *v)
{
	struct sharing *sh = v->sharing;
	uint64_t done;
	bool amiss;

	if (++v->done % PROGRESS_EVERY != 0)
		return;
	(void)pthread_mutex_lock(&sh->lock);
	done = sh->done += PROGRESS_EVERY;
	amiss = sh->amiss;
	(void)pthread_mutex_unlock(&sh->lock);
	v->stopped = amiss;
	if (v->o->progress && v->progress)
		v->o->progress(v->o->object, done, ledger_audit_head(v->audit)->size);
}

bool
verify_ends(const struct verifier *v)
{
	return v->quiet && (v->stopped || v->faults > 0);
}

static enum err_code
leaves_step(struct verifier *v)
{
	struct leaf_stream *l = &v->leaves;
	enum err_code rc = db_step(l->rows, &l->more, &v->ctx->err);

	if (!rc && l->more)
		l->at = (struct ledger_claim){.subject = db_int(l->rows, 0),
					      .version = db_int(l->rows, 1),
					      .index = db_int(l->rows, 2)};
	return rc;
}

enum err_code
verify_leaves_open(struct verifier *v, const struct part *p)
{
	enum err_code rc =
		db_prepare_scan(v->ctx->db,
				"select subject, version, idx from ledger_leaf "
				"where subject between :first and :last order by subject, version",
				&v->leaves.rows, &v->ctx->err);

	if (rc)
		return rc;
	db_bind_int(v->leaves.rows, 1, p->from);
	db_bind_int(v->leaves.rows, 2, p->to);
	return leaves_step(v);
}

/* A row of ledger_leaf that nothing answers to. The audit's end finds what it was the leaf of,
 * unless another one claims that. */
static enum err_code
leaf_alone(struct verifier *v)
{
	if (v->lone_count < LEAVES_KEPT)
		v->lone[v->lone_count] = v->leaves.at;
	v->lone_count++;
	return leaves_step(v);
}

static bool
leaf_before(const struct ledger_claim *at, int64_t subject, int64_t version)
{
	return at->subject < subject || (at->subject == subject && at->version < version);
}

enum err_code
verify_leaf_of(struct verifier *v, int64_t subject, int64_t version, int64_t *ret_index)
{
	const struct leaf_stream *l = &v->leaves;
	enum err_code rc = ERR_NONE;

	while (!rc && l->more && leaf_before(&l->at, subject, version))
		rc = leaf_alone(v);
	*ret_index = -1;
	if (rc || !l->more || l->at.subject != subject || l->at.version != version)
		return rc;
	*ret_index = l->at.index;
	return leaves_step(v);
}

enum err_code
verify_leaves_end(struct verifier *v)
{
	enum err_code rc = ERR_NONE;

	while (!rc && v->leaves.more && !verify_ends(v))
		rc = leaf_alone(v);
	db_stmt_free(v->leaves.rows);
	v->leaves = (struct leaf_stream){0};
	return rc;
}

static void
lone_report(struct verifier *v)
{
	for (size_t i = 0; i < v->lone_count && i < LEAVES_KEPT; i++) {
		const struct ledger_claim *c = &v->lone[i];
		struct subject s = {.what = "leaf_added",
				    .id = c->subject,
				    .version = c->version,
				    .index = c->index};

		if (ledger_audit_claimed(v->audit, c->index))
			verify_report(v, &s,
				      "is not there and was never sealed, yet ledger_leaf calls it "
				      "leaf %lld: a row was added to ledger_leaf",
				      (long long)c->index);
	}
}

static enum err_code
head_read(struct verifier *v, struct verification *out)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(
		v->ctx->db, "select note, recorded_at from ledger_checkpoint where id = :id", &s,
		&v->ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, (int64_t)out->head.size);
	rc = db_step(s, &row, &v->ctx->err);
	if (!rc && row) {
		out->note = str_dup(v->ctx->arena, db_text(s, 0));
		out->recorded_at = db_int(s, 1);
	}
	return rc;
}

enum err_code
verifier_open(struct verifier *v)
{
	struct ctx *ctx = v->ctx;
	const struct ledger_auditor by = {
		.db = ctx->db,
		.key = v->o->key ? v->o->key : ledger_key(ctx->ledger),
		.hasher = ctx->hasher,
		.found = verify_ledger_fault,
		.object = v,
	};
	enum err_code rc;

	buf_init(&v->entry, ENTRY_ROOM);
	v->lone = calloc(LEAVES_KEPT, sizeof(*v->lone));
	if (!v->lone)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to verify");
	rc = ledger_audit_open(&by, &v->audit, &ctx->err);
	if (!rc)
		rc = verify_actors_load(v);
	return rc ? rc : verify_sealed_load(v);
}

void
verifier_close(struct verifier *v)
{
	ledger_audit_close(v->audit);
	db_stmt_free(v->leaves.rows);
	buf_fini(&v->entry);
	free(v->actors);
	free(v->sealed);
	free(v->lone);
}

enum err_code
verify_before(struct verifier *v)
{
	struct err *e = &v->ctx->err;
	enum err_code rc = ledger_audit_tree(v->audit, e);

	if (!rc && v->o->earlier.ptr)
		rc = ledger_audit_kept(v->audit, v->o->earlier, e);
	return rc;
}

static const struct part *
part_take(struct sharing *sh)
{
	const struct part *p = NULL;

	(void)pthread_mutex_lock(&sh->lock);
	if (!sh->amiss && sh->next < sh->count)
		p = &sh->parts[sh->next++];
	(void)pthread_mutex_unlock(&sh->lock);
	return p;
}

enum err_code
verify_taken(struct verifier *v)
{
	const struct part *p;
	enum err_code rc = ERR_NONE;

	while (!rc && !verify_ends(v) && (p = part_take(v->sharing)))
		rc = verify_part(v, p);
	return rc;
}

enum err_code
verify_after(struct verifier *v, struct verification *out)
{
	enum err_code rc;

	lone_report(v);
	rc = ledger_audit_end(v->audit, &out->head, &v->ctx->err);
	if (!rc)
		rc = verify_plans(v);
	/* Last, so that what was done comes before what allowed it. */
	if (!rc)
		rc = verify_guards(v);
	if (!rc)
		rc = head_read(v, out);
	out->faults = v->faults;
	out->leaves = out->head.size;
	return rc;
}

static enum err_code
verify_by_one(struct ctx *ctx, const struct verify_options *o, struct verification *out)
{
	struct sharing sharing = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct verifier v = {.ctx = ctx, .o = o, .sharing = &sharing, .progress = true};
	DB_TXN snapshot = {0};
	enum err_code rc = db_begin_read(ctx->db, &snapshot, &ctx->err);

	verify_parts(ctx, &sharing);
	if (!rc)
		rc = verify_tables(&v);
	/* Nothing can be read of what is missing, and that was said. */
	if (!rc && v.tables_missing) {
		out->faults = v.faults;
		return ERR_NONE;
	}
	if (!rc)
		rc = verifier_open(&v);
	if (!rc)
		rc = verify_before(&v);
	if (!rc)
		rc = verify_taken(&v);
	if (!rc)
		rc = verify_after(&v, out);
	verifier_close(&v);
	return rc;
}

enum err_code
record_verify(struct ctx *ctx, const struct verify_options *o,
	      struct verification *ret_verification)
{
	struct verification out = {0};
	enum err_code rc = ERR_NONE;

	if (!verify_by_two(ctx, o, &out)) {
		out = (struct verification){0};
		rc = verify_by_one(ctx, o, &out);
	}
	if (!rc)
		*ret_verification = out;
	return rc;
}
