#include "record/parties.h"

#include "record_fixture.h"
#include "test.h"

#include <string.h>

static void
put(struct store_fixture *f, const struct organisation_entry *parties, size_t count)
{
	WRITER *w = NULL;

	CHECK(writer_begin(f->ctx, &w) == ERR_NONE);
	CHECK(parties_put(w, parties, count) == ERR_NONE);
	CHECK(writer_commit(w) == ERR_NONE);
}

TEST(parties_are_recorded_once_and_belong_to_themselves)
{
	static const struct organisation_entry parties[] = {
		{.key = "client", .kind = "client", .name = "The \"Client\" & Co"},
		{.key = "home",	.kind = "client", .name = "There already"	 }
	  };
	struct record r;
	int64_t leaves;
	int64_t id = 0;
	STORE f;

	store_open(&f);
	put(&f, parties, COUNT_OF(parties));
	CHECK(store_count(&f, "select count(*) from organisation") == 3);
	CHECK(organisation_find(f.ctx, "client", &id) == ERR_NONE && id > 0);
	CHECK(record_load(f.ctx, id, &f.arena, &r) == ERR_NONE);
	CHECK(r.organisation == id && str_is(r.feed, "plan") && r.version == 1);
	CHECK(record_load(f.ctx, f.home, &f.arena, &r) == ERR_NONE && r.version == 1);
	leaves = store_count(&f, "select count(*) from ledger_leaf");
	put(&f, parties, COUNT_OF(parties));
	CHECK(store_count(&f, "select count(*) from ledger_leaf") == leaves);
}

TEST(parties_without_a_key_mean_the_one_integrator)
{
	static const struct organisation_entry second = {
		.key = "second", .kind = "integrator", .name = "Second"};
	int64_t id = -1;
	STORE f;

	store_open(&f);
	CHECK(organisation_find(f.ctx, NULL, &id) == ERR_NONE && id == f.home);
	CHECK(organisation_find(f.ctx, "away", &id) == ERR_NONE && id == f.away);
	put(&f, &second, 1);
	CHECK(organisation_find(f.ctx, NULL, &id) == ERR_CONFLICT);
	CHECK(strstr(f.ctx->err.message, "--organisation") != NULL);
	CHECK(organisation_find(f.ctx, "second", &id) == ERR_NONE);
}

TEST(parties_that_are_missing_are_told_with_the_nearest)
{
	int64_t id = -1;
	STORE f;

	store_open(&f);
	CHECK(organisation_find(f.ctx, "awya", &id) == ERR_MISSING && id == -1);
	CHECK(strstr(f.ctx->err.message, "'awya'") && strstr(f.ctx->err.message, "'away'"));
	CHECK(organisation_find(f.ctx, "Home", &id) == ERR_MISSING);
	CHECK(organisation_find(f.ctx, "", &id) == ERR_MISSING);
	CHECK(organisation_find(f.ctx, "x' or '1'='1", &id) == ERR_MISSING);
	store_retire(&f, "organisation", f.home);
	CHECK(organisation_find(f.ctx, NULL, &id) == ERR_MISSING);
}
