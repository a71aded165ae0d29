#include "check_fixture.h"
#include "test.h"

#define PAST(obligation)                                                                           \
	"select c.period, c.result, c.reason, c.proven_late_at from cell c "                       \
	"join organisation o on o.id = c.organisation where o.key = 'home' and c.obligation = "    \
	"'" obligation "' order by c.period_from"

static void
evidence(struct check_fixture *f, const char *days, const char *at)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 1024};

	(void)check_put(f, "person", "ann", f->home, "name=Ann");
	(void)check_put(f, "person", "bob", f->home, "name=Bob");
	buf_addf(&fields,
		 "obligation=1-a|kind=statement|statement=Done|given_by=PER-1|state=accepted|"
		 "accepted_by=PER-2|accepted_at=%s|%s",
		 at, days);
	(void)check_put(f, "evidence", "e", f->home, fields.data);
}

TEST(what_fails_when_the_period_ends_is_missed_for_good)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	check_at(&f, "2026-06-28T22:59:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-06 missed failing -; 2026-07 failing - -"));
	CHECK(check_is(&f, "select worst, failing, changed_at from cell where reason = 'failing'",
		       "missed 1 2026-07-02T12:00:00Z"));
	/* To the end of 30 June in London. */
	CHECK(check_is(&f, "select failed_hours from cell where reason = 'failing'", "48"));
	CHECK(check_settled(&f));
	check_at(&f, "2026-07-03T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed failing 2026-07-03T12:00:00Z; 2026-07 proven - -"));
	CHECK(check_settled(&f));
	check_at(&f, "2026-07-04T12:00:00Z");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed failing 2026-07-03T12:00:00Z; 2026-07 failing - -"));
}

TEST(what_was_not_provable_is_missed_with_its_reason)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed empty_scope -; 2026-07 unproven empty_scope -"));
	CHECK(check_settled(&f));
}

TEST(what_was_proven_to_the_end_stays_proven)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", false);
	/* Seven days before the end is near enough. */
	check_at(&f, "2026-06-23T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-07-01T12:00:00Z");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-06 proven - -; 2026-07 failing - -"));
	CHECK(check_settled(&f));
	check_at(&f, "2026-08-02T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-09-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 proven - -; 2026-07 missed failing -; "
		       "2026-08 missed failing -; 2026-09 failing - -"));
}

TEST(an_assessment_long_before_the_end_does_not_prove_the_period)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", false);
	check_at(&f, "2026-06-22T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-07-01T12:00:00Z");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-06 missed not_assessed -; 2026-07 failing - -"));
	CHECK(check_settled(&f));
}

TEST(periods_in_which_nobody_looked_are_missed)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	check_at(&f, "2026-10-30T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2027-02-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-10 missed failing -; 2026-11 missed not_assessed -; "
		       "2026-12 missed not_assessed -; 2027-01 missed not_assessed -; "
		       "2027-02 failing - -"));
	/* It failed all the time. */
	CHECK(check_is(
		&f, "select failed_hours from cell where period = '2026-12' and failed_hours > 0",
		"744"));
	CHECK(check_settled(&f));
	CHECK(check_is(&f, "select count(*) from cell c where c.proven_late_at is not null", "0"));
}

TEST(what_is_proven_after_a_gap_proves_the_gap_late_in_the_same_run)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	check_at(&f, "2026-09-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed not_assessed 2026-09-02T12:00:00Z; "
		       "2026-07 missed not_assessed 2026-09-02T12:00:00Z; "
		       "2026-08 missed not_assessed 2026-09-02T12:00:00Z; "
		       "2026-09 proven - -"));
	CHECK(check_settled(&f));
}

TEST(a_gap_counts_for_who_was_bound_in_it)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "organisation", "away", f.away,
			"name=Away|kind=member|service_to=2026-07-15");
	(void)check_assess(&f);
	check_at(&f, "2026-09-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select c.period, c.result, c.reason from cell c join organisation o "
		       "on o.id = c.organisation where o.key = 'away' order by c.period",
		       "2026-06 missed empty_scope; 2026-07 missed not_assessed"));
}

TEST(quarters_and_years_end_with_the_year)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "quarterly", "computed")
			       CHECK_ENABLED BINDS_ALL HEAD("1-b", "annual", "computed")
				       CHECK_ENABLED BINDS_ALL HEAD("1-c", "once", "computed")
					       CHECK_ENABLED BINDS_ALL);
	(void)check_account(&f, "a", true);
	check_at(&f, "2026-12-31T23:59:59Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-Q4 failing - -"));
	check_at(&f, "2027-01-01T00:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-Q4 missed failing -; 2027-Q1 failing - -"));
	CHECK(check_is(&f, PAST("1-b"), "2026 missed failing -; 2027 failing - -"));
	CHECK(check_is(&f, PAST("1-c"), "once failing - -"));
	CHECK(check_settled(&f));
}

TEST(evidence_accepted_in_time_proves_a_period_after_its_end)
{
	PLAN f;

	check_open(&f, ATTEST("1-a", "monthly", "evidence"));
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	evidence(&f, "period_from=2026-06-01|period_to=2026-06-30", "2026-06-30T22:59:59Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-06 proven - -; 2026-07 unproven no_evidence -"));
	CHECK(check_settled(&f));
}

TEST(evidence_accepted_after_the_period_stands_beside_the_miss)
{
	PLAN f;

	check_open(&f, ATTEST("1-a", "monthly", "evidence"));
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed no_evidence -; 2026-07 unproven no_evidence -"));
	check_at(&f, "2026-07-05T12:00:00Z");
	evidence(&f, "period_from=2026-06-01|period_to=2026-06-30", "2026-06-30T23:00:01Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed no_evidence 2026-06-30T23:00:01Z; "
		       "2026-07 unproven no_evidence -"));
	CHECK(check_settled(&f));
}

TEST(evidence_proves_no_period_late_while_its_check_fails)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "monthly", "evidence") CHECK_ENABLED BINDS_ALL);
	(void)check_account(&f, "a", true);
	evidence(&f, "period_from=2026-06-01|period_to=2026-06-30", "2026-06-05T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"), "2026-06 missed failing -; 2026-07 failing - -"));
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed failing 2026-07-02T12:00:00Z; "
		       "2026-07 unproven no_evidence -"));
}

TEST(a_clock_that_is_set_back_takes_no_miss_away)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	check_at(&f, "2026-06-30T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-07-01T12:00:00Z");
	(void)check_assess(&f);
	check_at(&f, "2026-06-30T13:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select result, reason, worst from cell where period = '2026-06' "
		       "and reason = 'failing'",
		       "missed failing missed"));
	CHECK(f.last.totals.missed == 2);
	CHECK(check_settled(&f));
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, PAST("1-a"),
		       "2026-06 missed failing 2026-07-02T12:00:00Z; 2026-07 proven - -"));
}
