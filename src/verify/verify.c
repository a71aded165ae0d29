#include "verify/verify_priv.h"

#include "base/limits.h"

#include <stdlib.h>

enum { PROGRESS_EVERY = 16384 };

/* Longer than any entry, so that what is too long to be one is found by record_entry. */
enum { ENTRY_ROOM = 2 * LIMIT_ENTRY_BYTES };

void
verify_progress(struct verifier *v)
{
	if (v->o->progress && v->done % PROGRESS_EVERY == 0)
		v->o->progress(v->o->object, v->done, v->leaf_count);
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

static enum err_code
leaves_open(struct verifier *v)
{
	enum err_code rc = db_prepare_scan(
		v->ctx->db,
		"select subject, version, idx from ledger_leaf order by subject, version",
		&v->leaves.rows, &v->ctx->err);

	return rc ? rc : leaves_step(v);
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

static enum err_code
leaves_close(struct verifier *v)
{
	enum err_code rc = ERR_NONE;

	while (!rc && v->leaves.more)
		rc = leaf_alone(v);
	for (size_t i = 0; !rc && i < v->lone_count && i < LEAVES_KEPT; i++) {
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
	return rc;
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

static enum err_code
set_up(struct verifier *v)
{
	struct ctx *ctx = v->ctx;
	enum err_code rc = ERR_NONE;

	buf_init(&v->entry, ENTRY_ROOM);
	v->ledger = ctx->ledger;
	v->lone = calloc(LEAVES_KEPT, sizeof(*v->lone));
	if (!v->lone)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to verify");
	if (v->o->key)
		rc = ledger_open(ctx->db, v->o->key, ctx->hasher, &v->ledger, &ctx->err);
	return rc;
}

static void
tear_down(struct verifier *v)
{
	ledger_audit_close(v->audit);
	db_stmt_free(v->leaves.rows);
	if (v->ledger != v->ctx->ledger)
		ledger_close(v->ledger);
	buf_fini(&v->entry);
	free(v->actors);
	free(v->sealed);
	free(v->lone);
}

static enum err_code
verify_all(struct verifier *v, struct verification *out)
{
	struct err *e = &v->ctx->err;
	enum err_code rc = verify_tables(v);

	/* Nothing can be read then, and that is said. */
	if (rc || v->tables_missing)
		return rc;
	rc = ledger_audit_open(v->ledger, verify_ledger_fault, v, &v->audit, e);
	if (rc)
		return rc;
	v->leaf_count = ledger_audit_head(v->audit)->size;
	if (v->o->earlier.ptr)
		rc = ledger_audit_kept(v->audit, v->o->earlier, e);
	if (!rc)
		rc = verify_actors_load(v);
	if (!rc)
		rc = verify_sealed_load(v);
	if (!rc)
		rc = leaves_open(v);
	if (!rc)
		rc = verify_rows(v);
	if (!rc)
		rc = leaves_close(v);
	if (!rc)
		rc = ledger_audit_end(v->audit, &out->head, e);
	/* Last, so that what was done comes before what allowed it. */
	if (!rc)
		rc = verify_guards(v);
	return rc ? rc : head_read(v, out);
}

enum err_code
record_verify(struct ctx *ctx, const struct verify_options *o,
	      struct verification *ret_verification)
{
	struct verifier v = {.ctx = ctx, .o = o};
	struct verification out = {0};
	DB_TXN snapshot = {0};
	enum err_code rc = set_up(&v);

	if (!rc)
		rc = db_begin_read(ctx->db, &snapshot, &ctx->err);
	if (!rc)
		rc = verify_all(&v, &out);
	out.faults = v.faults;
	out.leaves = out.head.size;
	tear_down(&v);
	if (!rc)
		*ret_verification = out;
	return rc;
}
