#include "access/holding.h"

#include "model/sql.h"
#include "store/db.h"

#include <string.h>

/* An organisation, and who engages it. */
struct party {
	int64_t id;
	int64_t engaged_by;
	bool assurer; /* the first of that key is the one that the plan names */
};

struct parties {
	struct party *list;
	size_t count;
	size_t cap;
};

/* The integrator and the client, by the keys that the plan gives them. What the register says of
 * their kind anybody there may write. */
static bool
assures(const struct plan *p, struct str key)
{
	for (size_t i = 0; i < p->party_count; i++) {
		if (str_is(key, p->parties[i].key))
			return strcmp(p->parties[i].kind, "integrator") == 0 ||
			       strcmp(p->parties[i].kind, "client") == 0;
	}
	return false;
}

static enum err_code
parties_read(struct ctx *ctx, struct parties *all)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(ctx->model, str_of("organisation"));
	bool engages = r && reg_field(r, str_of("engaged_by"));
	struct str last = {0};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!r)
		return ERR_NONE;
	sql_from(r, engages ? "t.id, t.key, t.engaged_by" : "t.id, t.key", "order by t.key, t.id",
		 &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		struct party *p;

		all->list = arena_room(ctx->arena, all->list, all->count, &all->cap,
				       sizeof(*all->list));
		p = &all->list[all->count++];
		*p = (struct party){.id = db_int(s, 0),
				    .engaged_by = engages && !db_is_null(s, 2) ? db_int(s, 2) : 0,
				    .assurer = assures(&ctx->model->plan, db_text(s, 1)) &&
					       !str_eq(last, db_text(s, 1))};
		last = str_dup(ctx->arena, db_text(s, 1));
	}
	return rc;
}

static bool
has(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

enum err_code
holding_of(struct ctx *ctx, const struct role *role, int64_t holder, struct holding *ret_holding)
{
	struct parties all = {0};
	struct holding holding = {0};
	int64_t *ids;
	size_t before = 0;
	enum err_code rc = parties_read(ctx, &all);

	if (rc)
		return rc;
	ids = arena_alloc(ctx->arena, (all.count + 1) * sizeof(*ids));
	for (size_t i = 0; i < all.count; i++) {
		if (all.list[i].id != holder)
			continue;
		ids[holding.count++] = holder;
		holding.all = role->sees_all && all.list[i].assurer;
	}
	/* Those that one of them engages, until none is new; a circle ends by itself. */
	while (holding.count > before) {
		before = holding.count;
		for (size_t i = 0; i < all.count; i++) {
			if (has(ids, holding.count, all.list[i].engaged_by) &&
			    !has(ids, holding.count, all.list[i].id))
				ids[holding.count++] = all.list[i].id;
		}
	}
	holding.organisations = ids;
	*ret_holding = holding;
	return ERR_NONE;
}
