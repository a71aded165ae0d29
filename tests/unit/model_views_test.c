#include "model_fixture.h"
#include "test.h"

#include <string.h>

/* Loads a plan with these views and this check, and gives the check's query. */
static const struct query *
composed(struct content_fixture *f, const char *check)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};

	buf_addf(&text,
		 "    proof: computed\n    scope: select id as record from person\n"
		 "    example: {person: [{key: a}]}\n    check: |\n      %s\n",
		 check);
	content_put_obligation(f, text.data);
	CHECK(content_load(f));
	return &f->model->plan.obligations[0].check;
}

static void
two_views(struct content_fixture *f)
{
	content_open(f);
	content_put(f, "plans/mini/views/leaver.sql",
		    "select p.id\nfrom staff p\nwhere p.leave_date is not null\n");
	content_put(f, "plans/mini/views/staff.sql", "select * from person\n");
}

TEST(views_stand_before_those_that_use_them)
{
	CONTENT f;
	const struct query *q;
	const char *staff;
	const char *leaver;

	two_views(&f);
	q = composed(&f, "select l.id as record from leaver l");
	staff = strstr(q->composed, "staff as not materialized (");
	leaver = strstr(q->composed, "leaver as not materialized (");
	CHECK(strncmp(q->composed, "with staff", 10) == 0);
	CHECK(staff && leaver && staff < leaver);
	CHECK(strcmp(q->composed + q->prefix, q->text) == 0);
}

TEST(views_that_gather_may_be_copied_by_the_engine)
{
	CONTENT f;
	const struct query *q;

	two_views(&f);
	content_put(&f, "plans/mini/views/pair.sql",
		    "select s.id\nfrom staff s\njoin leaver l on l.id = s.id\ngroup by s.id\n");
	q = composed(&f, "select p.id as record from pair p");
	CHECK(strstr(q->composed, "pair as (\nselect"));
	CHECK(strstr(q->composed, "leaver as not materialized (\nselect"));
}

TEST(views_are_left_out_where_their_name_is_no_table)
{
	CONTENT f;

	two_views(&f);
	CHECK(composed(&f, "select p.id as record from person p where p.name = 'leaver'")->prefix ==
	      0);
	CHECK(composed(&f, "select p.id as record from person p where p.name = :leaver")->prefix ==
	      0);
	CHECK(composed(&f, "select p.id as record from person p -- leaver")->prefix == 0);
	CHECK(composed(&f, "select p.id as record from person p where 1 = leavers")->prefix == 0);
	CHECK(composed(&f, "select p.id as record from person p, staff s")->prefix > 0);
}

TEST(views_join_the_named_parts_of_the_query)
{
	CONTENT f;
	const struct query *q;
	const char *own;

	two_views(&f);
	q = composed(&f, "with gone as (select id from staff) select g.id as record from gone g");
	CHECK(strncmp(q->composed, "with staff as ", 14) == 0);
	CHECK(strstr(strstr(q->composed, "with") + 4, "with") == NULL);
	own = strstr(q->composed, " gone as (");
	CHECK(own && strcmp(q->text + (own - q->composed) - (long)q->prefix, own) == 0);
	q = composed(&f, "-- who\n      with gone as (select id from staff) select 1 as record");
	CHECK(strstr(strstr(q->composed, "with") + 4, "with") == NULL);
	q = composed(&f, "with recursive n(i) as (select id from staff) select i as record from n");
	CHECK(strncmp(q->composed, "with recursive staff as ", 24) == 0);
	CHECK(strstr(q->composed, ",\n n(i) as ("));
	q = composed(&f, "select id as record from staff where name = 'with'");
	CHECK(strcmp(q->composed + q->prefix, q->text) == 0);
}

TEST(views_faults_stand_where_they_were_written)
{
	CONTENT f;
	const struct query *q;
	struct place at;

	two_views(&f);
	q = composed(&f, "select l.id as record\n      from leaver l");
	at = query_place(f.model, q, (size_t)(strstr(q->composed, "leaver l") - q->composed));
	CHECK(strstr(at.file, "sections/1.yaml") && at.line == 16 && at.column == 12);
	at = query_place(f.model, q, (size_t)(strstr(q->composed, "p.leave_date") - q->composed));
	CHECK(strstr(at.file, "views/leaver.sql") && at.line == 3 && at.column == 7);
	at = query_place(f.model, q, (size_t)(strstr(q->composed, "person") - q->composed));
	CHECK(strstr(at.file, "views/staff.sql") && at.line == 1 && at.column == 15);
	/* The words between views are nobody's: the query's beginning stands for them. */
	at = query_place(f.model, q, 0);
	CHECK(strstr(at.file, "sections/1.yaml") && at.line == 15);
}

TEST(views_that_use_themselves_are_refused)
{
	CONTENT f;

	two_views(&f);
	content_put(&f, "plans/mini/views/staff.sql", "select * from leaver\n");
	content_refused(&f, "plans/mini/views/leaver.sql:1:1", "view 'leaver' uses itself");
}

TEST(views_take_no_name_of_a_register)
{
	CONTENT f;

	two_views(&f);
	content_put(&f, "plans/mini/views/person.sql", "select 1\n");
	content_refused(&f, "plans/mini/views/person.sql:1:1", "'person' cannot name a view");
}

TEST(views_have_a_limit)
{
	enum { TOO_MANY = 301 };
	CONTENT f;

	content_open(&f);
	for (int i = 0; i < TOO_MANY; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "plans/mini/views/v%03d.sql", i);
		content_put(&f, path, "select 1 as id\n");
	}
	content_refused(&f, "plans/mini/views:0:0", "too many views");
	content_put(&f, "plans/mini/views/v300.sql", NULL);
	CHECK(content_load(&f) && f.model->plan.view_count == TOO_MANY - 1);
}
