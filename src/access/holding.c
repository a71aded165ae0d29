#include "access/holding.h"

#include "model/sql.h"

/* An organisation, and who engages it. */
struct party {
	int64_t id;
	int64_t engaged_by;
	bool assurer;
};

struct holdings {
	struct party *list;
	size_t count;
	size_t cap;
};

/* The integrator and the client, that were there when the workspace was made. */
static bool
assures(struct str kind)
{
	return kind.ptr && (str_is(kind, "integrator") || str_is(kind, "client"));
}

enum err_code
holdings_load(struct db *db, const struct model *m, struct arena *a,
	      const struct holdings **ret_holdings, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(m, str_of("organisation"));
	struct holdings *h = arena_alloc(a, sizeof(*h));
	DB_STMT *s = NULL;
	enum err_code rc = ERR_NONE;
	bool row;

	if (r) {
		sql_parties(r, &sql);
		rc = db_prepare(db, sql.data, &s, e);
	}
	if (!rc && r)
		db_bind_text(s, 1, str_of(PLAN_FEED));
	while (r && !rc && !(rc = db_step(s, &row, e)) && row) {
		struct party *p;

		h->list = arena_room(a, h->list, h->count, &h->cap, sizeof(*h->list));
		p = &h->list[h->count++];
		*p = (struct party){.id = db_int(s, 0),
				    .engaged_by = db_is_null(s, 1) ? 0 : db_int(s, 1),
				    .assurer = assures(db_text(s, 2))};
	}
	if (!rc)
		*ret_holdings = h;
	return rc;
}

bool
holding_has(const struct holding *h, int64_t organisation)
{
	for (size_t i = 0; !h->all && i < h->count; i++) {
		if (h->organisations[i] == organisation)
			return true;
	}
	return h->all;
}

struct holding
holding_of(const struct holdings *h, const struct role *role, int64_t holder, struct arena *a)
{
	struct holding holding = {
		.organisations = arena_alloc(a, (h->count + 1) * sizeof(*holding.organisations))};
	size_t before = 0;

	for (size_t i = 0; i < h->count; i++) {
		if (h->list[i].id != holder)
			continue;
		holding.organisations[holding.count++] = holder;
		holding.all = role->sees_all && h->list[i].assurer;
	}
	/* Those that one of them engages, until none is new; a circle ends by itself. */
	while (!holding.all && holding.count > before) {
		before = holding.count;
		for (size_t i = 0; i < h->count; i++) {
			if (holding_has(&holding, h->list[i].engaged_by) &&
			    !holding_has(&holding, h->list[i].id))
				holding.organisations[holding.count++] = h->list[i].id;
		}
	}
	return holding;
}
