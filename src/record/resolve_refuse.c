#include "record/resolve_priv.h"

#include "access/grant.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/sql.h"

enum { NEAR_KEYS = 16 };

/* The key of the register nearest to the text, among its neighbours in order. */
static enum err_code
nearest_key(struct ctx *ctx, const struct reg *target, struct str text, struct arena *a,
	    const char **ret_key)
{
	static const char *const tails[] = {
		"where t.key >= :key order by t.key limit 8",
		"where t.key < :key order by t.key desc limit 8",
	};
	const char *keys[NEAR_KEYS];
	size_t count = 0;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < COUNT_OF(tails); i++) {
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
		DB_STMT *s = NULL;
		bool row;

		sql_from(target, "t.key", tails[i], &sql);
		rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
		if (rc)
			return rc;
		db_bind_text(s, 1, text);
		while (!(rc = db_step(s, &row, &ctx->err)) && row && count < NEAR_KEYS)
			keys[count++] = str_z(a, db_text(s, 0));
	}
	if (!rc)
		*ret_key = text_nearest(text, keys, count);
	return rc;
}

static const char *
target_title(const struct field *f)
{
	return f->target_count == 1 ? f->targets[0]->name : "record";
}

enum err_code
resolve_refuse_missing(struct ctx *ctx, const struct lookup *l)
{
	const struct field *f = l->field;
	const struct reg *target = f->target_count == 1 ? f->targets[0] : NULL;
	bool secret = l->record->reg->restricted;
	struct arena scratch;
	const char *near = NULL;
	enum err_code rc = ERR_NONE;

	if (secret)
		return err_set(&ctx->err, ERR_INVALID, f->name, "there is no such %s now",
			       target_title(f));
	arena_init(&scratch, LIMIT_IMPORT_MEMORY_BYTES);
	/* What is near may be what he must not know of. */
	if (target && !target->restricted && sight_of(ctx->model, ctx->who, target, &scratch).all)
		rc = nearest_key(ctx, target, l->text, &scratch, &near);
	if (!rc)
		rc = err_set(&ctx->err, ERR_INVALID, f->name, "there is no %s '%.*s' now%s%s%s",
			     target_title(f), l->text.len > 60 ? 60 : (int)l->text.len, l->text.ptr,
			     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	arena_fini(&scratch);
	return rc;
}

enum err_code
resolve_refuse_ambiguous(struct ctx *ctx, const struct lookup *l)
{
	const struct reg *one = model_reg_of_id(ctx->model, l->id);
	const struct reg *other = model_reg_of_id(ctx->model, l->rival);
	bool secret = l->record->reg->restricted;
	struct str shown = secret ? str_of("the key") : l->text;

	if (one != other)
		return err_set(&ctx->err, ERR_INVALID, l->field->name,
			       "'%.*s' may be of register '%s' or '%s'; write %s:KEY",
			       shown.len > 60 ? 60 : (int)shown.len, shown.ptr, one->name,
			       other->name, one->name);
	return err_set(&ctx->err, ERR_INVALID, l->field->name,
		       "'%.*s' may mean several records of '%s'; write ORGANISATION/KEY, or the "
		       "record's name such as %s-1042",
		       shown.len > 60 ? 60 : (int)shown.len, shown.ptr, one->name, one->prefix);
}
