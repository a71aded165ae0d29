#include "intake/intake.h"

#include "base/limits.h"
#include "intake_fixture.h"
#include "test.h"

#include <string.h>

static bool
rejects(const struct delivery_report *r, long line, const char *column, const char *reason)
{
	for (size_t i = 0; i < r->rejection_count; i++) {
		if (r->rejections[i].line == line && !strcmp(r->rejections[i].column, column) &&
		    strstr(r->rejections[i].reason, reason))
			return true;
	}
	return false;
}

TEST(rows_of_a_delivery_refer_to_each_other_in_any_file_and_order)
{
	STORE f;
	struct text_file files[] = {
		{.name = "account.csv",
		 .reg = "account",
		 .text = str_of("key,login,person,organisation\na1,a,ann,new\n") },
		{.name = "person.csv",
		 .reg = "person",
		 .text = str_of("key,name,line_manager\nann,Ann,zoe\nzoe,Zoe,\n")},
		{.name = "organisation.csv",
		 .reg = "organisation",
		 .text = str_of("key,name,kind\nnew,New,member\n")		  },
	};
	struct delivery_report report;

	store_open(&f);
	CHECK(!deliver(&f, NULL, files, COUNT_OF(files), &report));
	CHECK(counts_are(&report.total, COUNTS(.read = 4, .added = 4)));
	CHECK(store_count(&f, "select count(*) from account a join person p on p.id = a.person "
			      "join person m on m.id = p.line_manager join organisation o on "
			      "o.id = a.organisation where m.key = 'zoe' and o.key = 'new'") == 1);
}

TEST(an_unchanged_row_makes_no_version_and_a_changed_one_makes_one)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name,team\nann,Ann,A\nbob,Bob,B\n");
	report = deliver_csv(&f, "person", "team,key,name\nA,ann,Ann\nC,bob,Bob\n");
	CHECK(counts_are(&report.total, COUNTS(.read = 2, .changed = 1, .unchanged = 1)));
	CHECK(store_count(&f, "select row_version from person where key = 'bob'") == 2);
	CHECK(store_count(&f, "select row_version from person where key = 'ann'") == 1);
}

TEST(a_column_that_a_file_does_not_have_leaves_the_value_and_an_empty_cell_takes_it_away)
{
	STORE f;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name,team,state\nann,Ann,A,engaged\n");
	(void)deliver_csv(&f, "person", "key,name\nann,Anne\n");
	CHECK(store_count(&f, "select count(*) from person where name = 'Anne' and team = 'A' and "
			      "state = 'engaged'") == 1);
	(void)deliver_csv(&f, "person", "key,name,team,state\nann,Anne,,\n");
	CHECK(store_count(&f, "select count(*) from person where team is null and state is null") ==
	      1);
}

/* Equal digests alone do not make a row unchanged: its key may mean another record by now. */
TEST(a_row_whose_key_means_another_record_now_is_a_change)
{
	static const char account[] = "key,login,person\na1,a,ann\n";
	STORE f;
	struct delivery_options away = {0};
	struct text_file file = {
		.name = "p", .reg = "person", .text = str_of("key,name\nann,Ann\n")};
	struct delivery_report report;

	store_open(&f);
	away.organisation = f.away;
	CHECK(!deliver(&f, &away, &file, 1, &report));
	(void)deliver_csv(&f, "account", account);
	report = deliver_csv(&f, "account", account);
	CHECK(report.total.unchanged == 1);
	(void)deliver_csv(&f, "person", "key,name\nann,Another\n");
	report = deliver_csv(&f, "account", account);
	CHECK(report.total.changed == 1);
}

TEST(what_another_way_changed_is_put_back_by_the_next_delivery)
{
	STORE f;
	struct record r;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\n");
	r = store_record(&f, "person", "ann");
	r.id = store_count(&f, "select id from person");
	r.feed = str_of("file");
	store_set(&f, &r, "name", "Meddled");
	(void)store_put(&f, &r);
	report = deliver_csv(&f, "person", "key,name\nann,Ann\n");
	CHECK(report.total.changed == 1);
}

TEST(a_full_delivery_retires_what_it_lacks_and_a_record_comes_back_with_its_number)
{
	STORE f;
	struct delivery_options full = {.full = true};
	struct text_file file = {
		.name = "p.csv", .reg = "person", .text = str_of("key,name\nann,Ann\ncy,\n")};
	struct delivery_report report;
	int64_t bob;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\nbob,Bob\ncy,Cy\n");
	bob = store_count(&f, "select id from person where key = 'bob'");
	CHECK(!deliver(&f, &full, &file, 1, &report));
	/* The rejected row keeps its record. */
	CHECK(counts_are(&report.total,
			 COUNTS(.read = 2, .unchanged = 1, .retired = 1, .rejected = 1)));
	CHECK(store_count(&f, "select count(*) from person") == 2);
	report = deliver_csv(&f, "person", "key,name\nbob,Bob\n");
	CHECK(report.total.added == 1);
	CHECK(store_count(&f, "select id from person where key = 'bob'") == bob);
	CHECK(store_count(&f, "select row_version from person where key = 'bob'") == 3);
}

TEST(a_full_delivery_with_a_row_that_cannot_be_read_retires_nothing)
{
	STORE f;
	struct delivery_options full = {.full = true};
	struct text_file file = {
		.name = "p.csv", .reg = "person", .text = str_of("key,name\nann,Ann\nbob\n")};
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\nbob,Bob\n");
	CHECK(!deliver(&f, &full, &file, 1, &report));
	CHECK(report.kept_back && report.total.retired == 0);
	CHECK(store_count(&f, "select count(*) from person") == 2);
	CHECK(store_count(&f, "select max(complete) from delivery") == 0);
}

TEST(a_full_delivery_of_nothing_retires_everything_of_its_source)
{
	STORE f;
	struct delivery_options full = {.full = true};
	struct delivery_options other = {.source = "hr"};
	struct text_file rows = {
		.name = "p.csv", .reg = "person", .text = str_of("key,name\nann,Ann\n")};
	struct text_file none = {.name = "p.csv", .reg = "person", .text = str_of("key,name\n")};
	struct delivery_report report;

	store_open(&f);
	CHECK(!deliver(&f, NULL, &rows, 1, &report));
	CHECK(!deliver(&f, &other, &rows, 1, &report));
	CHECK(deliver(&f, NULL, &none, 1, &report) == ERR_INVALID);
	CHECK(store_count(&f, "select count(*) from person") == 2);
	CHECK(!deliver(&f, &full, &none, 1, &report));
	CHECK(report.total.retired == 1);
	CHECK(store_count(&f, "select count(*) from person where feed = 'hr'") == 1);
	CHECK(store_count(&f, "select count(*) from person") == 1);
}

TEST(what_refers_to_a_record_that_the_same_delivery_retires_is_rejected)
{
	STORE f;
	struct delivery_options full = {.full = true};
	struct text_file files[] = {
		{.name = "p.csv", .reg = "person",  .text = str_of("key,name\nann,Ann\n")		},
		{.name = "a.csv", .reg = "account", .text = str_of("key,login,person\na1,a,bob\n")},
	};
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\nbob,Bob\n");
	CHECK(!deliver(&f, &full, files, 2, &report));
	CHECK(rejects(&report, 2, "person", "there is no person 'bob'"));
}

TEST(a_dry_run_counts_and_changes_nothing)
{
	STORE f;
	struct delivery_options dry = {.dry_run = true};
	struct text_file file = {
		.name = "p.csv", .reg = "person", .text = str_of("key,name\nann,Ann\n")};
	struct delivery_report report;

	store_open(&f);
	CHECK(!deliver(&f, &dry, &file, 1, &report));
	CHECK(report.total.added == 1 && report.parts[0].delivery == 0);
	CHECK(store_count(&f, "select count(*) from person") == 0);
	CHECK(store_count(&f, "select count(*) from delivery") == 0);
	report = deliver_csv(&f, "person", "key,name\nann,Ann\n");
	CHECK(report.total.added == 1);
}

TEST(rows_of_one_key_add_items_to_a_list)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\n");
	report = deliver_csv(&f, "review",
			     "key,lines.subject,lines.decision,lines.note\n"
			     "r1,person:ann,keep,one\nr1,,revoke,two\nr2,,,\nr1,,keep,late\n"
			     "r3,,keep,\nr3,,kepe,\n");
	CHECK(counts_are(&report.total, COUNTS(.read = 4, .added = 2, .rejected = 2)));
	CHECK(rejects(&report, 5, "key", "the key is already in line 2"));
	CHECK(rejects(&report, 6, "lines.decision", "did you mean 'keep'?"));
	CHECK(store_count(&f,
			  "select count(*) from review_lines l join review r on r.id = l.record "
			  "where r.key = 'r1'") == 2);
	CHECK(store_count(&f, "select count(*) from review_lines where pos = 2 and note = 'two' "
			      "and subject is null") == 1);
}

/* The update that is rejected leaves the old value, and with it a circle that must not close. */
TEST(a_circle_closed_by_a_rejected_row_is_found)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name,line_manager\nann,Ann,bob\nbob,Bob,\ncy,Cy,\n");
	report = deliver_csv(
		&f, "person",
		"key,name,line_manager,leave_date\nann,Ann,cy,2026-02-31\nbob,Bob,ann,\n");
	CHECK(report.total.rejected == 2);
	CHECK(rejects(&report, 3, "line_manager", "circle"));
	CHECK(store_count(&f, "select count(*) from person where line_manager is not null") == 1);
	report = deliver_csv(&f, "person", "key,name,line_manager\ncy,Cy,cy\n");
	CHECK(rejects(&report, 2, "line_manager", "circle"));
}

TEST(a_tree_deeper_than_the_limit_is_refused)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	STORE f;
	struct delivery_report report;

	store_open(&f);
	buf_addf(&text, "key,name,line_manager\np0,P,\n");
	for (int i = 1; i <= LIMIT_TREE_DEPTH; i++)
		buf_addf(&text, "p%d,P,p%d\n", i, i - 1);
	report = deliver_csv(&f, "person", text.data);
	CHECK(report.total.rejected == 0);
	buf_addf(&text, "low,P,p%d\n", LIMIT_TREE_DEPTH);
	report = deliver_csv(&f, "person", text.data);
	CHECK(report.total.rejected == 1);
	CHECK(rejects(&report, LIMIT_TREE_DEPTH + 3, "line_manager",
		      "more than 100 records above"));
}

TEST(a_chain_of_rows_falls_with_its_first)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	report =
		deliver_csv(&f, "person",
			    "key,name,line_manager\nd,D,c\nc,C,b\nb,B,a\na,A,nobody\ngood,Good,\n");
	CHECK(counts_are(&report.total, COUNTS(.read = 5, .added = 1, .rejected = 4)));
	CHECK(rejects(&report, 2, "line_manager", "was rejected itself"));
	CHECK(rejects(&report, 5, "line_manager", "there is no person 'nobody'"));
}

TEST(a_delivery_keeps_a_record_of_itself_with_what_it_refused)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	report = deliver_csv(&f, "person", "key,name,team\nann,Ann,A\nbob,,B\n");
	CHECK(report.parts[0].delivery ==
	      store_count(&f, "select id from delivery where register_name = 'person' and "
			      "source = 'file' and read = 2 and added = 1 and rejected = 1 and "
			      "complete = 0 and length(sha256) = 64 and file = 'file.csv'"));
	CHECK(store_count(&f, "select count(*) from delivery_rejections where line = 3 and "
			      "field = 'name'") == 1);
}

/* As many as one ledger entry can hold, and the import goes on. */
TEST(more_rejections_than_a_record_can_hold_are_counted)
{
	enum { ROWS = LIMIT_REJECTIONS_KEPT + 500 };
	CLEANUP(buf_fini) struct buf text = {.limit = 1024 * 1024};
	STORE f;
	struct delivery_report report;

	store_open(&f);
	buf_addf(&text, "key,name,leave_date\n");
	for (int i = 0; i < ROWS; i++)
		buf_addf(&text, "p%d,P,never\n", i);
	report = deliver_csv(&f, "person", text.data);
	CHECK(report.total.rejected == ROWS && report.rejection_count == LIMIT_REJECTIONS_KEPT);
	CHECK(store_count(&f, "select rejected from delivery") == ROWS);
	CHECK(store_count(&f, "select count(*) from delivery_rejections") > 50);
}

TEST(the_head_of_a_delivery_names_its_source_and_time)
{
	STORE f;
	struct text_file file = {
		.name = "m.jsonl",
		.text = str_of("{\"holdfast\":\"delivery\",\"version\":1,\"source\":\"collect\","
			       "\"collected_at\":\"2026-06-01T10:00:00Z\"}\n"
			       "{\"register\":\"system\",\"key\":\"s\",\"name\":\"S\"}\n")};
	struct delivery_report report;

	store_open(&f);
	CHECK(!deliver(&f, NULL, &file, 1, &report));
	CHECK(store_count(&f, "select count(*) from system where feed = 'collect'") == 1);
	CHECK(store_count(&f, "select count(*) from delivery where source = 'collect' and "
			      "delivered_at = '2026-06-01T10:00:00Z'") == 1);
}

TEST(an_organisation_is_known_by_its_key_whatever_the_feed)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	report = deliver_csv(
		&f, "organisation",
		"key,name,kind,organisation\nhome,Home,integrator,\nnew,New,member,home\n");
	CHECK(report.total.changed == 1 && report.total.rejected == 1);
	CHECK(store_count(&f, "select count(*) from organisation where key = 'home'") == 1);
	CHECK(store_count(&f, "select count(*) from organisation where id = organisation") == 2);
}

TEST(a_restricted_record_has_no_digest_that_outlasts_an_erasure)
{
	static const char rows[] = "key,kind,person\nc1,leaver,ann\n";
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\n");
	(void)deliver_csv(&f, "personnel_case", rows);
	CHECK(store_count(&f, "select delivered from personnel_case") == 0);
	report = deliver_csv(&f, "personnel_case", rows);
	CHECK(report.total.unchanged == 1);
}

TEST(a_record_too_long_for_the_ledger_is_rejected_with_what_refers_to_it)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1024 * 1024};
	STORE f;
	struct delivery_report report;

	store_open(&f);
	buf_addf(&text, "key,name,team,line_manager\nann,Ann,,bob\nbob,%040000d,%040000d,\n", 0, 0);
	report = deliver_csv(&f, "person", text.data);
	CHECK(report.total.rejected == 2 && rejects(&report, 3, "", "longer than 65535 bytes"));
}
