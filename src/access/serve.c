#include "access/serve.h"

#include "store/db.h"

enum err_code
ctx_serve(struct ctx *ctx, const struct who *who)
{
	enum err_code rc = who->unheld ? db_see_all(ctx->db, &ctx->err)
				       : db_see(ctx->db, who->organisations,
						who->organisation_count, &ctx->err);

	if (!rc)
		ctx->who = who;
	return rc;
}

enum err_code
ctx_serve_nobody(struct ctx *ctx)
{
	enum err_code rc = db_see_all(ctx->db, &ctx->err);

	/* Whoever it was is gone; a connection that still sees only his rows sees less. */
	ctx->who = NULL;
	return rc;
}

void
ctx_away(struct ctx *ctx)
{
	if (!ctx->loan.give)
		return;
	ctx->loan.give(ctx->loan.object, ctx);
	ctx->db = NULL;
	ctx->ledger = NULL;
	ctx->hasher = NULL;
}

enum err_code
ctx_back(struct ctx *ctx, enum err_code rc)
{
	struct err e = ctx->err;
	enum err_code back = ERR_NONE;

	if (ctx->loan.take)
		back = ctx->loan.take(ctx->loan.object, ctx);
	if (!back && ctx->loan.take)
		back = ctx->who ? ctx_serve(ctx, ctx->who) : ctx_serve_nobody(ctx);
	if (rc)
		ctx->err = e;
	return rc ? rc : back;
}
