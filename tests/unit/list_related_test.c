#include "list_fixture.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

/* "parent=2 lines.subject=1": what refers to it; a ~ before what is no exact number. */
static const char *
related(struct list_fixture *f, int64_t id)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 65536};
	const struct list_related *all = NULL;
	size_t count = 0;

	CHECK(!list_related(f->ctx, id, &all, &count));
	for (size_t i = 0; i < count; i++) {
		const struct list_related *r = &all[i];
		const struct list_question q = {.reg = r->reg, .filter = r->filter, .limit = 500};
		struct list_page p;

		buf_addf(&out, "%s%s%s%s=%s%lld", out.len ? " " : "", r->field->name,
			 r->part ? "." : "", r->part ? r->part->name : "",
			 r->total_is_exact ? "" : "~", (long long)r->total);
		/* The filter gives as many. */
		CHECK(!list_read(f->ctx, &q, &p));
		CHECK(p.total >= r->total && (!r->total_is_exact || p.total == r->total));
	}
	buf_addf(&out, "%s", "");
	return str_z(&f->arena, (struct str){out.data, out.len});
}

static void
is(const char *have, const char *expected)
{
	if (strcmp(have, expected) != 0) {
		fprintf(stderr, "have: %s\nnot:  %s\n", have, expected);
		abort();
	}
}

TEST(list_tells_by_which_fields_records_refer_to_one)
{
	LISTED f;
	int64_t a1;

	list_open(&f);
	a1 = item_put(&f, "a1", "state=open");
	(void)item_put(&f, "a2", "parent=ITM-1|about=ITM-1|parts=ITM-1");
	(void)item_put(&f, "b3",
		       "parent=ITM-1|lines=[{\"subject\":\"ITM-1\"},{\"subject\":\"ITM-1\"}]");
	(void)item_put(&f, "b4", "parts=ITM-2;ITM-1|about=ITM-3");
	is(related(&f, a1), "parent=2 about=1 parts=2 lines.subject=1");
	is(related(&f, record_id_of_name(f.model, str_of("ITM-2"))), "parts=1");
	is(related(&f, record_id_of_name(f.model, str_of("ITM-4"))), "");
	/* What allows any register names other records than items too. */
	is(related(&f, f.alpha), "");
	(void)item_put(&f, "a5", "about=ORG-1");
	is(related(&f, record_id_of_name(f.model, str_of("ORG-1"))), "about=1");
}

TEST(list_tells_nothing_of_a_record_that_is_not_there)
{
	LISTED f;
	const struct list_related *all = NULL;
	size_t count = 0;

	list_open(&f);
	CHECK(list_related(f.ctx, record_id_of_name(f.model, str_of("ITM-1")), &all, &count) ==
	      ERR_MISSING);
	CHECK(list_related(f.ctx, 0, &all, &count) == ERR_MISSING);
}

TEST(list_looks_at_so_many_records_for_what_refers_to_one)
{
	LISTED f;
	int64_t first;

	list_open(&f);
	first = item_put(&f, "first", "state=open");
	(void)item_put(&f, "a-early", "parent=ITM-1|about=ITM-1");
	items_put(&f, LIMIT_RELATED_LOOKED - 2);
	/* As many as are looked at: all is known. */
	is(related(&f, first), "parent=1 about=1");
	(void)item_put(&f, "a-between", "state=open");
	(void)item_put(&f, "a-late", "parent=ITM-1|about=ITM-1");
	/* An index finds the parents; of the rest not all were looked at, and what was is told. */
	is(related(&f, first), "parent=2 about=~1");
	is(related(&f, record_id_of_name(f.model, str_of("ITM-2"))), "about=~0");
}
