#include "intake/intake.h"

#include "base/limits.h"
#include "intake_fixture.h"
#include "test.h"

#include <string.h>

/* What is there before: ann twice unchanged means "ann,Ann". */
static const char before[] = "key,name\nann,Ann\nbob,Bob\ncy,Cy\n";

struct outcome {
	struct delivery_counts counts;
	long line; /* of the first rejection; 0 when there is none */
	char reason[96];
};

/* Delivers the texts as files of persons onto what is there, tells what comes of it, and changes
 * nothing. */
static struct outcome
outcome_of(struct store_fixture *f, const char *const *texts, bool full, bool slow)
{
	struct delivery_options o = {.full = full, .dry_run = true};
	struct text_file files[2] = {
		{.name = "first.csv", .reg = "person", .text = str_of(texts[0]), .slow = slow},
		{.name = "second.csv",		       .reg = "person",		.slow = slow	    },
	};
	struct delivery_report report;
	struct outcome out = {0};

	if (texts[1])
		files[1].text = str_of(texts[1]);
	CHECK(!deliver(f, &o, files, texts[1] ? 2 : 1, &report));
	out.counts = report.total;
	if (report.rejection_count > 0) {
		out.line = report.rejections[0].line;
		CHECK(!strcmp(report.rejections[0].column, "key"));
		strncpy(out.reason, report.rejections[0].reason, sizeof(out.reason) - 1);
	}
	return out;
}

static bool
same_outcome(const struct outcome *a, const struct outcome *b)
{
	return counts_are(&a->counts, &b->counts) && a->line == b->line &&
	       !strcmp(a->reason, b->reason);
}

/* Each order of what a key's first and second row may be: the first counts, whether its rows were
 * compared as they came or put aside. */
TEST(of_two_rows_with_a_key_the_first_counts_in_every_order)
{
	static const struct {
		const char *first;
		const char *second;
		struct delivery_counts counts;
	} cases[] = {
		{"ann,Ann",  "ann,Ann",  {.read = 2, .unchanged = 1, .rejected = 1}},
		{"ann,Ann",  "ann,Anne", {.read = 2, .unchanged = 1, .rejected = 1}},
		{"ann,Anne", "ann,Ann",	{.read = 2, .changed = 1, .rejected = 1}	},
		{"ann,Anne", "ann,Anna", {.read = 2, .changed = 1, .rejected = 1}	 },
		{"dan,Dan",  "dan,Dan",  {.read = 2, .added = 1, .rejected = 1}    },
		{"dan,Dan",  "dan,Dana", {.read = 2, .added = 1, .rejected = 1}    },
	};
	STORE f;

	store_open(&f);
	(void)deliver_csv(&f, "person", before);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (int way = 0; way < 8; way++) {
			bool full = way & 1;
			bool parted = way & 2;
			bool third = way & 4;
			char one[96];
			char two[96];
			const char *texts[] = {one, parted ? two : NULL};
			struct outcome early, late;
			struct delivery_counts counts = cases[i].counts;

			if (parted) {
				(void)snprintf(one, sizeof(one), "key,name\n%s\n", cases[i].first);
				(void)snprintf(two, sizeof(two), "key,name\n%s\n%s%s",
					       cases[i].second, third ? cases[i].first : "",
					       third ? "\n" : "");
			} else {
				(void)snprintf(one, sizeof(one), "key,name\n%s\n%s\n%s%s",
					       cases[i].first, cases[i].second,
					       third ? cases[i].first : "", third ? "\n" : "");
			}
			counts.read += third;
			counts.rejected += third;
			/* Those of the three that the delivery does not hold. */
			counts.retired = full ? strncmp(cases[i].first, "ann", 3) ? 3 : 2 : 0;
			early = outcome_of(&f, texts, full, false);
			late = outcome_of(&f, texts, full, true);
			CHECK(counts_are(&early.counts, &counts));
			CHECK(early.line == (parted ? 2 : 3));
			CHECK(strstr(early.reason, parted ? "already in first.csv, line 2"
							  : "already in line 2"));
			CHECK(same_outcome(&early, &late));
		}
	}
}

/* A row that is wrong is the first about its record as well. */
TEST(a_rejected_row_is_the_first_of_its_key)
{
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name,leave_date\nann,Ann,\n");
	report = deliver_csv(&f, "person", "key,name,leave_date\nann,Ann,never\nann,Ann,\n");
	CHECK(counts_are(&report.total, COUNTS(.read = 2, .rejected = 2)));
	CHECK(strstr(report.rejections[1].reason, "already in line 2"));
}

TEST(a_changed_row_may_refer_to_an_unchanged_one_and_the_other_way_round)
{
	static const char people[] = "key,name,line_manager\nann,Ann,\nbob,Bob,ann\ncy,Cy,bob\n";
	STORE f;
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", people);
	report = deliver_csv(
		&f, "person",
		"key,name,line_manager\nann,Anne,\nbob,Bob,ann\ncy,Cy,ann\ndan,Dan,bob\n");
	CHECK(counts_are(&report.total,
			 COUNTS(.read = 4, .added = 1, .changed = 2, .unchanged = 1)));
	CHECK(store_count(&f, "select count(*) from person p join person m on "
			      "m.id = p.line_manager where m.key = 'ann'") == 2);
}

/* The account says the same as before, but means another person once the delivery is in. */
TEST(a_row_is_no_longer_unchanged_when_its_delivery_brings_a_nearer_record)
{
	static const char account[] = "key,login,person\na1,a,ann\n";
	STORE f;
	struct delivery_options away = {0};
	struct text_file person = {
		.name = "p", .reg = "person", .text = str_of("key,name\nann,Ann\n")};
	struct text_file both[] = {
		{.name = "a", .reg = "account", .text = str_of(account)	       },
		{.name = "p", .reg = "person",  .text = str_of("key,name\nann,Ann\n")},
	};
	struct delivery_report report;

	store_open(&f);
	away.organisation = f.away;
	CHECK(!deliver(&f, &away, &person, 1, &report));
	(void)deliver_csv(&f, "account", account);
	CHECK(!deliver(&f, NULL, both, 2, &report));
	CHECK(counts_are(&report.total, COUNTS(.read = 2, .added = 1, .changed = 1)));
	CHECK(!deliver(&f, NULL, both, 2, &report));
	CHECK(report.total.unchanged == 2);
}

TEST(an_unchanged_row_is_rejected_when_a_full_delivery_retires_what_it_refers_to)
{
	STORE f;
	struct delivery_options full = {.full = true};
	struct text_file both[] = {
		{.name = "a", .reg = "account", .text = str_of("key,login,person\na1,a,ann\n")},
		{.name = "p", .reg = "person",  .text = str_of("key,name\nbob,Bob\n")	    },
	};
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name\nann,Ann\nbob,Bob\n");
	(void)deliver_csv(&f, "account", "key,login,person\na1,a,ann\n");
	CHECK(!deliver(&f, &full, both, 2, &report));
	CHECK(counts_are(&report.total,
			 COUNTS(.read = 2, .unchanged = 1, .retired = 1, .rejected = 1)));
	CHECK(!strcmp(report.rejections[0].column, "person"));
	CHECK(store_count(&f, "select count(*) from account") == 1);
}

TEST(columns_in_another_order_and_json_lines_say_the_same)
{
	STORE f;
	struct text_file json = {
		.name = "p.jsonl",
		.reg = "person",
		.text = str_of("{\"key\":\"ann\",\"name\":\"Ann\",\"team\":\"A\"}\n")};
	struct delivery_report report;

	store_open(&f);
	(void)deliver_csv(&f, "person", "key,name,team\nann,Ann,A\n");
	report = deliver_csv(&f, "person", "team,name,key\nA,Ann,ann\n");
	CHECK(report.total.unchanged == 1);
	CHECK(!deliver(&f, NULL, &json, 1, &report));
	CHECK(report.total.unchanged == 1);
	/* An empty cell gives no value, a column that is not there leaves it. */
	report = deliver_csv(&f, "person", "key,name,team\nann,Ann,\n");
	CHECK(report.total.changed == 1);
	report = deliver_csv(&f, "person", "key,name\nann,Ann\n");
	CHECK(report.total.unchanged == 1);
}

/* So many that the register is read at once; some rows change, one comes twice, one is new. */
TEST(a_large_delivery_again_makes_versions_of_what_changed_alone)
{
	enum { PEOPLE = 3000 };
	CLEANUP(buf_fini) struct buf text = {.limit = 1024 * 1024};
	STORE f;
	struct delivery_report report;

	store_open(&f);
	buf_addf(&text, "key,name\n");
	for (int i = 0; i < PEOPLE; i++)
		buf_addf(&text, "q%d,Q\n", i);
	report = deliver_csv(&f, "person", text.data);
	CHECK(counts_are(&report.total, COUNTS(.read = PEOPLE, .added = PEOPLE)));
	text.len = 0;
	buf_addf(&text, "name,key\n");
	for (int i = PEOPLE; i-- > 0;)
		buf_addf(&text, "%s,q%d\n", i % 1000 ? "Q" : "R", i);
	buf_addf(&text, "Q,q7\nQ,new\n");
	report = deliver_csv(&f, "person", text.data);
	CHECK(counts_are(&report.total, COUNTS(.read = PEOPLE + 2, .added = 1, .changed = 3,
					       .unchanged = PEOPLE - 3, .rejected = 1)));
	CHECK(report.rejections[0].line == PEOPLE + 2);
	CHECK(strstr(report.rejections[0].reason, "already in line 2994"));
}
