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
	rc = ledger_audit_open(&by, &v->audit, &ctx->err);
	if (!rc)
		rc = verify_actors_load(v);
	return rc ? rc : verify_sealed_load(v);
}

void
verifier_close(struct verifier *v)
{
	ledger_audit_close(v->audit);
	buf_fini(&v->entry);
	free(v->actors);
	free(v->sealed);
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

static bool
part_take(struct sharing *sh, const struct reg **ret_part)
{
	bool taken;

	(void)pthread_mutex_lock(&sh->lock);
	taken = !sh->amiss && sh->next < sh->count;
	if (taken)
		*ret_part = sh->parts[sh->next++];
	(void)pthread_mutex_unlock(&sh->lock);
	return taken;
}

enum err_code
verify_taken(struct verifier *v)
{
	const struct reg *part;
	enum err_code rc = ERR_NONE;

	while (!rc && !verify_ends(v) && part_take(v->sharing, &part))
		rc = verify_part(v, part);
	return rc;
}

enum err_code
verify_after(struct verifier *v, struct verification *out)
{
	enum err_code rc = ledger_audit_end(v->audit, &out->head, &v->ctx->err);

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
