#include "list_fixture.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

enum { MOST = 3 * LIMIT_LIST_GATHERED + LIMIT_LIST_LOOKED };

struct numbers {
	int64_t list[MOST];
	size_t count;
};

/* The numbers of a list from where the question begins, page after page, `most` pages of it. */
static void
numbers_read(struct list_fixture *f, struct list_question q, size_t most, struct numbers *n)
{
	struct list_page p;

	n->count = 0;
	do {
		CHECK(!list_read(f->ctx, &q, &p));
		CHECK(n->count + p.count <= MOST);
		for (size_t i = 0; i < p.count; i++)
			n->list[n->count++] = p.rows[i].id;
		q.after = p.next;
		q.placed = false;
	} while (p.next.ptr && --most > 0);
}

/* Whether two pages from each of these places on are those of the whole list. */
static void
is_the_rest(struct list_fixture *f, struct list_question q, int64_t total)
{
	const int64_t places[] = {0,	     1,		total / 3, total / 2, total / 2 + 1,
				  total - 2, total - 1, total,	   total + 1, LIMIT_LIST_PASSED};
	static struct numbers whole, rest;
	struct list_page p;

	numbers_read(f, q, SIZE_MAX, &whole);
	CHECK((int64_t)whole.count == total);
	q.placed = true;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		size_t left;

		if (places[i] < 0)
			continue;
		q.skip = places[i];
		left = whole.count - (size_t)(q.skip < total ? q.skip : total);
		numbers_read(f, q, 2, &rest);
		CHECK(rest.count == (left < 2 * (size_t)q.limit ? left : 2 * (size_t)q.limit));
		CHECK(memcmp(rest.list, &whole.list[whole.count - left],
			     rest.count * sizeof(*rest.list)) == 0);
		CHECK(!list_read(f->ctx, &q, &p));
		CHECK(p.places && p.total_is_exact && p.total == total);
		CHECK((p.next.ptr != NULL) == (q.skip + q.limit < total));
	}
}

static const struct asked {
	const char *filter;
	bool within; /* alpha alone */
	bool few;    /* so that it has places in any order */
} lists[] = {
	{"",			      false, false},
	{"state=open",		       false, false},
	{"organisation=alpha",	       false, false},
	{"",			      true,  false},
	{"key>=a5",		       false, false},
	{"key>a2 key<b3",		  false, false},
	{"kind!=one size>2",		     false, false},
	{"state=closed",			 false, true },
	{"id=ITM-3,ITM-9,ITM-700,ITM-11", false, true },
};

TEST(list_begins_at_any_place_of_what_is_few_or_walked_whole)
{
	static const char *const sorts[] = {"id", "-id", "key", "-key", "kind", "-size,key"};
	LISTED f;
	size_t placed = 0;
	size_t refused = 0;

	list_open(&f);
	twins_put(&f, "a5", 30);
	items_put(&f, 2 * LIMIT_LIST_GATHERED + 500);
	twins_put(&f, "b3", LIMIT_LIST_LOOKED + 100);
	item_put(&f, "a-end", "note=end");
	for (size_t i = 0; i < COUNT_OF(lists) * COUNT_OF(sorts); i++) {
		const struct asked *asked = &lists[i / COUNT_OF(sorts)];
		struct list_question q = {.reg = f.item,
					  .filter = str_of(asked->filter),
					  .sort = str_of(sorts[i % COUNT_OF(sorts)]),
					  .fields = str_of("id"),
					  .within = asked->within,
					  .organisations = &f.alpha,
					  .organisation_count = 1,
					  .limit = LIMIT_LIST_ROWS};
		struct list_page p;
		struct list_page all;

		CHECK(!list_total(f.ctx, &q, &p));
		q.thorough = true;
		CHECK(!list_total(f.ctx, &q, &all));
		q.thorough = false;
		placed += p.places;
		CHECK(p.places || !asked->few);
		if (p.places) {
			is_the_rest(&f, q, all.total);
			continue;
		}
		q.placed = true;
		CHECK(list_read(f.ctx, &q, &p) == ERR_INVALID);
		CHECK(strcmp(f.ctx->err.field, "skip") == 0);
		refused++;
	}
	CHECK(placed >= 20 && refused >= 20);
}

TEST(list_takes_no_place_that_is_none)
{
	static const int64_t wrong[] = {-1, LIMIT_LIST_PASSED + 1};
	LISTED f;
	struct list_question q = {.limit = 1, .placed = true};
	struct list_page p;

	list_open(&f);
	items_put(&f, 3);
	q.reg = f.item;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		q.skip = wrong[i];
		CHECK(list_read(f.ctx, &q, &p) == ERR_INVALID);
		CHECK(strstr(f.ctx->err.message, "from 0 to 5000000"));
	}
	q.skip = 1;
	CHECK(!list_read(f.ctx, &q, &p) && p.count == 1 && p.next.ptr);
	q.after = p.next;
	CHECK(list_read(f.ctx, &q, &p) == ERR_INVALID);
}
