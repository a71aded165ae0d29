/* record.c -- records, by the one writing path. */
#include "record/edit.h"
#include "scim/scim_priv.h"

enum err_code
record_edit(const struct at *at, struct record_edit *ed)
{
	struct edit one = {.kind = ed->id ? EDIT_CHANGE : EDIT_MAKE,
			   .reg = model_reg(at->ctx->model, str_of(ed->reg)),
			   .id = ed->id,
			   .values = json_kept(at->ctx->arena, ed->values),
			   .organisation = ed->organisation,
			   .feed = SCIM_FEED};
	struct ctx *ctx = writer_ctx(at->w);
	enum err_code rc;

	if (!one.reg || !one.values)
		return err_set(&at->ctx->err, ERR_INVALID, "", "the plan has no register '%s'",
			       ed->reg);
	rc = edit_write(&one, at->w);
	ed->id = one.id;
	if (rc)
		at->ctx->err = ctx->err;
	return rc;
}
