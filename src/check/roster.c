#include "check/run.h"

#include "model/sql.h"

#include <stdlib.h>
#include <string.h>

enum { OWNERS_START = 1024 };

void
roster_fini(struct roster *r)
{
	free(r->owners);
	free(r->organisations);
	*r = (struct roster){0};
}

static size_t
counter_of(int64_t id)
{
	return (size_t)(id & (((int64_t)1 << ID_CODE_SHIFT) - 1));
}

/* Room for one more of `size`; false without memory. Only the new part is zeroed. */
static bool
grow(void **array, size_t *cap, size_t wanted, size_t item)
{
	size_t more = *cap ? *cap : OWNERS_START;
	void *bigger;

	if (wanted <= *cap)
		return true;
	while (more < wanted)
		more *= 2;
	bigger = realloc(*array, more * item);
	if (!bigger)
		return false;
	memset((char *)bigger + *cap * item, 0, (more - *cap) * item);
	*array = bigger;
	*cap = more;
	return true;
}

/* Neighbouring records mostly belong to the same organisation, so the search begins where the last
 * one ended. */
static uint32_t
owner_number(struct roster *r, int64_t organisation, uint32_t last)
{
	if (last > 0 && r->organisations[last - 1] == organisation)
		return last;
	for (size_t i = 0; i < r->organisation_count; i++) {
		if (r->organisations[i] == organisation)
			return (uint32_t)i + 1;
	}
	if (!grow((void **)&r->organisations, &r->organisation_cap, r->organisation_count + 1,
		  sizeof(int64_t)))
		return 0;
	r->organisations[r->organisation_count++] = organisation;
	return (uint32_t)r->organisation_count;
}

static enum err_code
add(struct ctx *ctx, struct roster *r, int64_t id, int64_t organisation, uint32_t *owner)
{
	size_t counter = counter_of(id);

	*owner = owner_number(r, organisation, *owner);
	if (!*owner || !grow((void **)&r->owners, &r->size, counter + 1, sizeof(uint32_t)))
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for the list of records");
	r->owners[counter] = *owner;
	return ERR_NONE;
}

enum err_code
roster_put(struct ctx *ctx, struct roster *r, int64_t id, int64_t organisation)
{
	uint32_t owner = 0;

	return add(ctx, r, id, organisation, &owner);
}

void
roster_remove(struct roster *r, int64_t id)
{
	if (counter_of(id) < r->size)
		r->owners[counter_of(id)] = 0;
}

enum err_code
roster_load(struct ctx *ctx, const struct reg *reg, struct roster *ret_roster)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct roster r = {.reg = reg};
	DB_STMT *s = NULL;
	uint32_t owner = 0;
	enum err_code rc;
	bool row;

	sql_from(reg, "t.id, t.organisation", "", &sql);
	rc = db_prepare_scan(ctx->db, sql.data, &s, &ctx->err);
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row)
		rc = add(ctx, &r, db_int(s, 0), db_int(s, 1), &owner);
	if (rc) {
		roster_fini(&r);
		return rc;
	}
	*ret_roster = r;
	return ERR_NONE;
}

int64_t
roster_organisation(const struct roster *r, int64_t id)
{
	size_t counter = counter_of(id);

	if (id >> ID_CODE_SHIFT != r->reg->code || counter >= r->size || r->owners[counter] == 0)
		return 0;
	return r->organisations[r->owners[counter] - 1];
}
