#include "record/parties.h"

#include "access/holding.h"
#include "base/text.h"
#include "model/sql.h"
#include "record/writer_priv.h"

enum { NAMES_MAX = 256 };

static enum err_code
organisations(struct ctx *ctx, const char *tail, struct db_stmt **ret_stmt)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(ctx->model, str_of("organisation"));

	if (!r)
		return err_set(&ctx->err, ERR_INVALID, "",
			       "the plan has no register 'organisation'");
	sql_from(r, "t.id, t.key", tail, &sql);
	return db_prepare(ctx->db, sql.data, ret_stmt, &ctx->err);
}

static enum err_code
party_put(struct writer *w, const struct organisation_entry *party)
{
	const struct reg *r = model_reg(w->ctx->model, str_of("organisation"));
	struct record rec = record_blank(r, str_of(party->key), 0, w->ctx->arena);
	enum written written;
	enum err_code rc;

	rec.feed = str_of(PLAN_FEED);
	record_set_text(&rec, "name", str_of(party->name));
	record_set_text(&rec, "kind", str_of(party->kind));
	rc = writer_new_id(w, r, &rec.id);
	rec.organisation = rec.id;
	return rc ? rc : writer_put(w, &rec, &written);
}

enum err_code
parties_put(struct writer *w, const struct organisation_entry *parties, size_t count)
{
	DB_STMT *find = NULL;
	enum err_code rc = organisations(w->ctx, "where t.key = :key", &find);
	bool row;

	for (size_t i = 0; !rc && i < count; i++) {
		db_bind_text(find, 1, str_of(parties[i].key));
		rc = db_step(find, &row, &w->ctx->err);
		if (rc)
			return rc;
		db_reset(find);
		if (!row)
			rc = party_put(w, &parties[i]);
	}
	return rc;
}

static enum err_code
organisation_missing(struct ctx *ctx, const char *key)
{
	DB_STMT *all = NULL;
	const char *names[NAMES_MAX];
	const char *near;
	size_t n = 0;
	enum err_code rc = organisations(ctx, "order by t.id limit 256", &all);
	bool row;

	while (!rc && !(rc = db_step(all, &row, &ctx->err)) && row)
		names[n++] = str_z(ctx->arena, db_text(all, 1));
	if (rc)
		return rc;
	near = text_nearest(str_of(key), names, n);
	if (!near && n > 0)
		near = names[0];
	return err_set(&ctx->err, ERR_MISSING, "organisation",
		       "there is no organisation '%s'%s%s%s; import register 'organisation' first",
		       key, near ? " (there is '" : "", near ? near : "", near ? "')" : "");
}

enum err_code
organisation_find(struct ctx *ctx, const char *key, int64_t *ret_id)
{
	DB_STMT *find = NULL;
	enum err_code rc = organisations(
		ctx, key ? "where t.key = :key" : "where t.kind = 'integrator' order by t.id",
		&find);
	bool row;

	if (rc)
		return rc;
	if (key)
		db_bind_text(find, 1, str_of(key));
	rc = db_step(find, &row, &ctx->err);
	if (rc)
		return rc;
	if (!row)
		return organisation_missing(ctx, key ? key : "integrator");
	*ret_id = db_int(find, 0);
	rc = db_step(find, &row, &ctx->err);
	if (!rc && row)
		return err_set(&ctx->err, ERR_CONFLICT, "organisation",
			       "there are several integrators; say which organisation with "
			       "--organisation");
	return rc;
}
