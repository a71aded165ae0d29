#include "check_fixture.h"
#include "test.h"

#include <string.h>

#define FED                                                                                        \
	HEAD("1-a", "monthly", "computed")                                                         \
	CHECK_ENABLED "    binds: [integrator]\n"                                                  \
		      "    feeds: [account]\n"

static void
delivered(struct check_fixture *f, const char *source, const char *fields)
{
	CLEANUP(buf_fini) struct buf all = {.limit = 1024};

	buf_addf(&all, "register_name=account|source=%s|%s", source, fields);
	(void)check_put(f, "delivery", source, f->home, all.data);
}

#define ROWS "read=5|added=5|rejected=0|complete=no|delivered_at="

TEST(an_empty_scope_proves_nothing)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	CHECK(check_cell(&f, "1-a", f.away, "unproven empty_scope 0 0"));
	CHECK(f.last.totals.proven == 1 && f.last.totals.unproven == 1);
}

TEST(an_event_duty_without_an_event_is_quiet_only_where_it_says_so)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "event", "computed") CHECK_ENABLED BINDS_ALL
		   "    empty: quiet\n" HEAD("1-b", "event", "computed") CHECK_ENABLED BINDS_ALL);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	CHECK(check_cell(&f, "1-a", f.away, "quiet - 0 0"));
	CHECK(check_cell(&f, "1-b", f.away, "unproven empty_scope 0 0"));
}

TEST(a_summer_night_belongs_to_the_next_civil_day)
{
	PLAN f;

	check_open(&f, DUTY);
	check_at(&f, "2026-06-30T23:30:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select distinct period, period_to from cell", "2026-07 2026-07-31"));
}

TEST(a_winter_night_belongs_to_its_own_day)
{
	PLAN f;

	check_open(&f, DUTY);
	check_at(&f, "2026-11-30T23:30:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select distinct period, period_from from cell", "2026-11 2026-11-01"));
}

TEST(feeds_are_fresh_up_to_their_age_and_stale_a_day_later)
{
	PLAN f;

	check_open(&f, FED);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven stale_feed 1 0"));
	/* 35 civil days: the hour does not matter. */
	delivered(&f, "hr", ROWS "2026-05-06T00:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	check_at(&f, "2026-06-10T22:59:59Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	check_at(&f, "2026-06-10T23:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven stale_feed 1 0"));
}

TEST(each_source_of_a_feed_must_be_fresh)
{
	PLAN f;

	check_open(&f, FED);
	(void)check_account(&f, "a", false);
	delivered(&f, "hr", ROWS "2026-06-01T12:00:00Z");
	delivered(&f, "directory", ROWS "2026-05-05T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven stale_feed 1 0"));
	/* A source that delivered in full that it has nothing is done with. */
	delivered(&f, "directory",
		  "read=0|rejected=0|complete=yes|delivered_at=2026-05-05T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
}

TEST(a_delivery_without_a_good_row_is_none)
{
	PLAN f;

	check_open(&f, FED);
	(void)check_account(&f, "a", false);
	delivered(&f, "hr", "read=5|rejected=5|complete=yes|delivered_at=2026-06-09T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven stale_feed 1 0"));
	delivered(&f, "hr", "read=0|rejected=0|complete=no|delivered_at=2026-06-09T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven stale_feed 1 0"));
	delivered(&f, "hr", "read=5|rejected=4|complete=yes|delivered_at=2026-06-09T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
}

TEST(a_known_failure_counts_before_an_old_feed)
{
	PLAN f;

	check_open(&f, FED);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "failing - 1 1"));
}

TEST(an_empty_full_delivery_is_fresh_and_leaves_the_scope_empty)
{
	PLAN f;

	check_open(&f, FED);
	delivered(&f, "hr", "read=0|rejected=0|complete=yes|delivered_at=2026-06-09T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven empty_scope 0 0"));
}

TEST(the_worst_state_and_the_hours_failed_are_remembered_when_it_is_put_right)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-12T14:30:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	CHECK(check_is(&f,
		       "select worst, failed_hours, changed_at, first_failed_at from cell "
		       "where result = 'proven'",
		       "failing 50 2026-06-12T14:30:00Z -"));
	check_at(&f, "2026-06-30T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select worst, failed_hours, changed_at, row_version from cell "
		       "where result = 'proven'",
		       "failing 50 2026-06-12T14:30:00Z 2"));
}

TEST(hours_failed_count_within_the_period_only_and_once_for_all_records)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-20T00:00:00Z");
	(void)check_put(&f, "account", "b", f.home,
			"login=b|enabled=yes|created_at=2026-06-01T23:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T23:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_account(&f, "b", false);
	(void)check_assess(&f);
	/* From 1 June 00:00 in London, which is 31 May 23:00Z: eleven days. */
	CHECK(check_is(&f, "select failed_hours from cell where worst = 'failing'", "264"));
}

/* Two accounts fail since one and the same moment, or the second since later, and one is put right.
 */
static void
one_is_put_right(const char *right, const char *second_since, const char *hours)
{
	char fields[80];
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-20T00:00:00Z");
	(void)snprintf(fields, sizeof(fields), "login=b|enabled=yes|created_at=%s", second_since);
	(void)check_put(&f, "account", "b", f.home, fields);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T23:00:00Z");
	(void)check_account(&f, right, false);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select failed_hours from cell where result = 'failing'", hours));
}

TEST(hours_that_have_ended_count_whatever_fails_still)
{
	one_is_put_right("a", "2026-05-20T00:00:00Z", "264");
	one_is_put_right("b", "2026-05-20T00:00:00Z", "264");
	one_is_put_right("b", "2026-06-01T23:00:00Z", "240");
}

TEST(the_cell_changes_when_its_state_or_reason_does)
{
	PLAN f;

	check_open(&f, FED);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "b", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select reason, tested, changed_at from cell",
		       "stale_feed 2 2026-06-10T12:00:00Z"));
	check_at(&f, "2026-06-12T12:00:00Z");
	delivered(&f, "hr", ROWS "2026-06-12T11:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select result, worst, changed_at from cell",
		       "proven unproven 2026-06-12T12:00:00Z"));
}

/* Whether a member of that kind has such a cell in June; "" for none. */
static bool
member_has(const char *fields, const char *expected)
{
	CLEANUP(buf_fini) struct buf all = {.limit = 1024};
	PLAN f;
	int64_t id;

	check_open(&f, HEAD("1-a", "monthly", "computed") CHECK_ENABLED "    binds: [member]\n");
	buf_addf(&all, "name=New|kind=member|%s", fields);
	id = check_put(&f, "organisation", "new", 0, all.data);
	(void)check_assess(&f);
	return check_cell(&f, "1-a", id, expected);
}

TEST(an_organisation_is_bound_while_it_serves)
{
	CHECK(member_has("state=in_service", "unproven empty_scope 0 0"));
	CHECK(member_has("state=onboarding", "unproven empty_scope 0 0"));
	CHECK(member_has("state=prospective", ""));
	CHECK(member_has("state=exited", ""));
	CHECK(member_has("service_from=2026-06-30", "unproven empty_scope 0 0"));
	CHECK(member_has("service_from=2026-07-01", ""));
	CHECK(member_has("service_to=2026-06-01", "unproven empty_scope 0 0"));
	CHECK(member_has("service_to=2026-05-31", ""));
}

TEST(who_is_not_bound_has_a_cell_only_with_records)
{
	PLAN f;

	check_open(&f,
		   HEAD("1-a", "monthly", "computed") CHECK_ENABLED "    binds: [integrator]\n");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.away, ""));
	(void)check_put(&f, "account", "a", f.away, "login=a|enabled=no");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.away, "proven - 1 0"));
}

TEST(an_organisation_with_the_longest_key_is_decided_like_others)
{
	PLAN f;
	char key[201];
	int64_t id;

	memset(key, 'k', 200);
	key[200] = '\0';
	check_open(&f, DUTY);
	id = check_put(&f, "organisation", key, 0, "name=Long|kind=member");
	(void)check_put(&f, "account", "a", id, "login=a|enabled=yes");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", id, "failing - 1 1"));
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select max(row_version) from cell", "1"));
	CHECK(check_is(&f, "select count(*) from finding", "1"));
}
