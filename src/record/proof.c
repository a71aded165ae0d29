#include "record/proof.h"

#include "ledger/ledger.h"

enum err_code
record_version(struct ctx *ctx, int64_t id, int64_t version, struct arena *a,
	       struct record *ret_record)
{
	struct versions all;
	enum err_code rc = record_versions(ctx, id, a, &all);

	if (rc)
		return rc;
	for (size_t i = 0; i < all.count; i++) {
		if (all.rows[i].version == version) {
			*ret_record = all.rows[i];
			return ERR_NONE;
		}
	}
	return err_set(&ctx->err, ERR_MISSING, "version", "there is no such version");
}

enum err_code
record_version_entry(struct ctx *ctx, const struct record *r, struct buf *out)
{
	struct str actor = {0};
	enum err_code rc = record_actor(ctx, r->recorded_by, ctx->arena, &actor, &ctx->err);

	return rc ? rc : record_entry(ctx, r, actor.ptr ? actor : str_of(""), out);
}

enum err_code
record_version_prove(struct ctx *ctx, const struct record *r, uint64_t size,
		     struct receipt *ret_receipt)
{
	if (r->leaf < 0 || (uint64_t)r->leaf >= size)
		return err_set(&ctx->err, ERR_INVALID, "size",
			       "the version stands at %lld, outside a tree of that size",
			       (long long)r->leaf);
	ret_receipt->index = (uint64_t)r->leaf;
	return ledger_prove_inclusion(ctx->ledger, ret_receipt->index, size, &ret_receipt->proof,
				      &ctx->err);
}

enum err_code
record_receipt(struct ctx *ctx, const struct record *r, struct arena *a,
	       struct receipt *ret_receipt)
{
	struct receipt receipt = {0};
	struct checkpoint head = {0};
	enum err_code rc = ledger_head(ctx->ledger, &head, &ctx->err);

	if (!rc)
		rc = ledger_head_note(ctx->ledger, a, &receipt.note, &ctx->err);
	if (!rc)
		rc = record_version_prove(ctx, r, head.size, &receipt);
	if (!rc)
		*ret_receipt = receipt;
	return rc;
}
