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
