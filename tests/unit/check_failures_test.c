#include "check_fixture.h"
#include "test.h"

#define INTERVALS                                                                                  \
	"select f.first_failed_at, f.fixed_at from failure f order by f.first_failed_at, f.id"
#define REASONS "select f.reason, f.first_failed_at, f.fixed_at from failure f order by f.id"

TEST(a_failure_begins_when_it_is_first_found_and_stays_while_it_lasts)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	CHECK(check_assess(&f)->failures_opened == 1 && f.last.failures_open == 1);
	check_at(&f, "2026-06-11T12:00:00Z");
	CHECK(check_assess(&f)->failures_opened == 0 && f.last.failures_open == 1);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z -"));
	CHECK(check_is(&f, "select row_version from failure", "1"));
}

TEST(what_is_put_right_is_closed_and_fails_anew_later)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	CHECK(check_assess(&f)->failures_fixed == 1 && f.last.failures_open == 0);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z 2026-06-11T12:00:00Z"));
	check_at(&f, "2026-06-12T12:00:00Z");
	CHECK(check_assess(&f)->failures_fixed == 0);
	(void)check_account(&f, "a", true);
	CHECK(check_assess(&f)->failures_opened == 1);
	CHECK(check_is(&f, INTERVALS,
		       "2026-06-10T12:00:00Z 2026-06-11T12:00:00Z; 2026-06-12T12:00:00Z -"));
}

TEST(a_check_can_say_since_when)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "past", f.home,
			"login=past|enabled=yes|created_at=2026-05-01T08:00:00Z");
	(void)check_put(&f, "account", "future", f.home,
			"login=future|enabled=yes|created_at=2026-07-01T08:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, REASONS, "past 2026-05-01T08:00:00Z -; future 2026-06-10T12:00:00Z -"));
	/* Found once, it keeps its beginning, whatever the check says later. */
	(void)check_put(&f, "account", "past", f.home,
			"login=past|enabled=yes|created_at=2026-04-01T08:00:00Z");
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, REASONS, "past 2026-05-01T08:00:00Z -; future 2026-06-10T12:00:00Z -"));
}

TEST(a_day_counts_from_its_first_moment_in_the_zone_of_the_plan)
{
	PLAN f;

	check_open(
		&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		"    check: select a.id as record, 'x' as reason, date_of(a.created_at) as since "
		"from account a where a.enabled = 1\n");
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-01T23:30:00Z");
	(void)check_put(&f, "account", "b", f.home,
			"login=b|enabled=yes|created_at=2026-01-15T23:30:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, INTERVALS, "2026-01-15T00:00:00Z -; 2026-05-01T23:00:00Z -"));
}

TEST(since_before_an_earlier_fix_begins_after_the_fix)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-01T08:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=no|created_at=2026-05-01T08:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-01T08:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select count(*) from failure f join failure g on f.id < g.id "
		       "where g.first_failed_at < f.fixed_at",
		       "0"));
	CHECK(check_is(&f,
		       "select count(*), max(case when fixed_at is null then 1 end) "
		       "from failure where first_failed_at >= '2026-06-11T12:00:00Z'",
		       "1 1"));
}

TEST(put_right_and_broken_within_a_second_is_never_put_right)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z -"));
}

TEST(found_and_put_right_within_a_second_can_fail_again)
{
	PLAN f;
	static const char fields[] = "login=a|enabled=yes|created_at=2026-06-10T12:00:00Z";

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "a", f.home, fields);
	(void)check_assess(&f);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z 2026-06-10T12:00:00Z"));
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_put(&f, "account", "a", f.home, fields);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select count(*), count(distinct key), count(fixed_at) from failure",
		       "2 2 1"));
}

TEST(a_new_reason_is_a_new_version_of_the_same_failure)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_put(&f, "account", "a", f.home, "login=b|enabled=yes");
	CHECK(check_assess(&f)->failures_opened == 0);
	CHECK(check_is(&f, REASONS, "b 2026-06-10T12:00:00Z -"));
	CHECK(check_is(&f, "select reason from failure_history", "a"));
}

TEST(a_record_that_is_retired_fails_no_more)
{
	PLAN f;
	int64_t id;

	check_open(&f, DUTY);
	id = check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	check_retire(&f, id);
	CHECK(check_assess(&f)->failures_fixed == 1);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z 2026-06-11T12:00:00Z"));
}

TEST(a_record_that_changes_hands_fails_for_its_new_organisation_since_it_began)
{
	PLAN f;
	int64_t id;

	check_open(&f, DUTY);
	id = check_account(&f, "a", true);
	(void)check_account(&f, "b", false);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	check_move(&f, id, f.away);
	CHECK(check_assess(&f)->failures_opened == 0 && f.last.failures_open == 1);
	CHECK(check_cell(&f, "1-a", f.home, "proven - 1 0"));
	CHECK(check_cell(&f, "1-a", f.away, "failing - 1 1"));
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z -"));
}

TEST(a_check_can_say_whom_it_holds_to_it)
{
	PLAN f;

	check_open(
		&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED
		"    check: select a.id as record, 'x' as reason, (select o.id from organisation o "
		"where o.key = a.login) as organisation from account a where a.enabled = 1\n");
	(void)check_account(&f, "away", true);
	(void)check_account(&f, "other", true);
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select o.key from failure f join organisation o "
		       "on o.id = f.organisation order by f.id",
		       "away; home"));
	/* Nobody binds it and it has no record: still it fails. */
	CHECK(check_cell(&f, "1-a", f.away, "failing - 0 1"));
	CHECK(check_cell(&f, "1-a", f.home, "failing - 2 1"));
}

TEST(a_check_cannot_hold_something_else_than_an_organisation_to_it)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		   "    check: select a.id as record, 'x' as reason, a.id as organisation "
		   "from account a where a.enabled = 1\n");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven check_error 0 0"));
}

TEST(failures_of_several_organisations_are_kept_apart)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_put(&f, "account", "a", f.away, "login=a|enabled=yes");
	(void)check_put(&f, "account", "b", f.away, "login=b|enabled=no");
	CHECK(check_assess(&f)->failures_open == 2);
	CHECK(check_cell(&f, "1-a", f.home, "failing - 1 1"));
	CHECK(check_cell(&f, "1-a", f.away, "failing - 2 1"));
	CHECK(check_is(&f,
		       "select o.key, f.reason from failure f join organisation o "
		       "on o.id = f.organisation order by o.key",
		       "away a; home a"));
}

TEST(failures_are_never_deleted_and_end_no_earlier_than_they_began)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	/* The clock is set back. */
	check_at(&f, "2026-06-09T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z 2026-06-10T12:00:00Z"));
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, INTERVALS, "2026-06-10T12:00:00Z 2026-06-12T12:00:00Z"));
	CHECK(check_is(&f, "select count(*) from failure_history where retired = 1", "0"));
}
