#include "access/holding.h"

#include "model/sql.h"

#include <string.h>

/* An organisation, and who engages it. */
struct party {
	int64_t id;
	int64_t engaged_by;
	bool assurer; /* the first of that key is the one that the plan names */
};

struct holdings {
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

enum err_code
holdings_load(struct db *db, const struct model *m, struct arena *a,
	      const struct holdings **ret_holdings, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(m, str_of("organisation"));
	bool engages = r && reg_field(r, str_of("engaged_by"));
	struct holdings *h = arena_alloc(a, sizeof(*h));
	struct str last = {0};
	DB_STMT *s = NULL;
	enum err_code rc = ERR_NONE;
	bool row;

	if (r) {
		sql_from(r, engages ? "t.id, t.key, t.engaged_by" : "t.id, t.key",
			 "order by t.key, t.id", &sql);
		rc = db_prepare(db, sql.data, &s, e);
	}
	while (r && !rc && !(rc = db_step(s, &row, e)) && row) {
		struct party *p;

		h->list = arena_room(a, h->list, h->count, &h->cap, sizeof(*h->list));
		p = &h->list[h->count++];
		*p = (struct party){.id = db_int(s, 0),
				    .engaged_by = engages && !db_is_null(s, 2) ? db_int(s, 2) : 0,
				    .assurer = assures(&m->plan, db_text(s, 1)) &&
					       !str_eq(last, db_text(s, 1))};
		last = str_dup(a, db_text(s, 1));
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
