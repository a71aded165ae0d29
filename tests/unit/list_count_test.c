#include "list_fixture.h"

#include "base/limits.h"
#include "test.h"

static void
counts_freep(struct counts **t)
{
	counts_free(*t);
}

/* Counted again when so many changed that there may be few. */
TEST(list_knows_that_a_term_finds_many_until_it_may_not)
{
	CLEANUP(counts_freep) struct counts *counts = counts_new();
	LISTED f;
	struct list_question q = {.filter = str_of("organisation=beta size>=0"),
				  .sort = str_of("id")};
	struct list_page p;

	list_open(&f);
	items_put(&f, 2 * (LIMIT_LIST_GATHERED + 10));
	CHECK(counts);
	f.ctx->counts = counts;
	q.reg = f.item;
	for (int round = 0; round < 3; round++) {
		CHECK(!list_read(f.ctx, &q, &p));
		CHECK(p.count == LIST_LIMIT && !p.total_is_exact && p.total == LIST_LIMIT + 1);
	}
	/* The others are another matter. */
	q.filter = str_of("organisation=alpha size>=0");
	CHECK(!list_read(f.ctx, &q, &p) && !p.total_is_exact);
	for (int more = 0; more < 2; more++) {
		WRITER *w = NULL;

		CHECK(!list_read(f.ctx, &q, &p) && !p.total_is_exact);
		CHECK(!writer_begin(f.ctx, &w));
		for (size_t i = 0; i < 9; i++)
			CHECK(!writer_retire(w, f.item, p.rows[i].id));
		CHECK(!writer_commit(w));
	}
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total == LIMIT_LIST_GATHERED + 10 - 18);
	q.filter = str_of("organisation=beta size>=0");
	CHECK(!list_read(f.ctx, &q, &p) && !p.total_is_exact);
}
