#include "check/period.h"

#include "base/civil.h"
#include "test.h"

#include <string.h>

static int64_t
day(const char *text)
{
	int64_t days;

	CHECK(civil_parse_date(str_of(text), &days));
	return days;
}

/* Whether the day's period has that name, first and last day. */
static bool
is(enum cadence cadence, const char *text, const char *expected)
{
	struct period p = period_of(cadence, day(text));
	char from[CIVIL_DATE_LEN + 1];
	char to[CIVIL_DATE_LEN + 1];
	char found[128];

	civil_format_date(p.from, from);
	civil_format_date(p.to, to);
	(void)snprintf(found, sizeof(found), "%s %s %s", p.name, from, to);
	if (strcmp(found, expected) != 0)
		(void)fprintf(stderr, "%s: '%s', not '%s'\n", text, found, expected);
	return strcmp(found, expected) == 0;
}

TEST(continuous_daily_event_and_scheduled_duties_have_months)
{
	static const enum cadence monthly[] = {CADENCE_CONTINUOUS, CADENCE_DAILY, CADENCE_MONTHLY,
					       CADENCE_EVENT, CADENCE_AS_SCHEDULED};

	for (size_t i = 0; i < sizeof(monthly) / sizeof(*monthly); i++) {
		CHECK(is(monthly[i], "2026-06-01", "2026-06 2026-06-01 2026-06-30"));
		CHECK(is(monthly[i], "2026-06-30", "2026-06 2026-06-01 2026-06-30"));
		CHECK(is(monthly[i], "2026-12-31", "2026-12 2026-12-01 2026-12-31"));
		CHECK(is(monthly[i], "2027-01-01", "2027-01 2027-01-01 2027-01-31"));
	}
}

TEST(february_ends_as_the_calendar_says)
{
	CHECK(is(CADENCE_MONTHLY, "2026-02-10", "2026-02 2026-02-01 2026-02-28"));
	CHECK(is(CADENCE_MONTHLY, "2028-02-29", "2028-02 2028-02-01 2028-02-29"));
	CHECK(is(CADENCE_MONTHLY, "2000-02-01", "2000-02 2000-02-01 2000-02-29"));
	CHECK(is(CADENCE_MONTHLY, "2100-02-28", "2100-02 2100-02-01 2100-02-28"));
	CHECK(is(CADENCE_QUARTERLY, "2028-02-29", "2028-Q1 2028-01-01 2028-03-31"));
}

TEST(quarters_and_years_begin_and_end_with_the_civil_year)
{
	CHECK(is(CADENCE_QUARTERLY, "2026-03-31", "2026-Q1 2026-01-01 2026-03-31"));
	CHECK(is(CADENCE_QUARTERLY, "2026-04-01", "2026-Q2 2026-04-01 2026-06-30"));
	CHECK(is(CADENCE_QUARTERLY, "2026-09-30", "2026-Q3 2026-07-01 2026-09-30"));
	CHECK(is(CADENCE_QUARTERLY, "2026-10-01", "2026-Q4 2026-10-01 2026-12-31"));
	CHECK(is(CADENCE_QUARTERLY, "2026-12-31", "2026-Q4 2026-10-01 2026-12-31"));
	CHECK(is(CADENCE_ANNUAL, "2026-01-01", "2026 2026-01-01 2026-12-31"));
	CHECK(is(CADENCE_ANNUAL, "2026-12-31", "2026 2026-01-01 2026-12-31"));
}

TEST(the_first_and_the_last_year_have_periods_too)
{
	CHECK(is(CADENCE_MONTHLY, "0001-01-01", "0001-01 0001-01-01 0001-01-31"));
	CHECK(is(CADENCE_QUARTERLY, "0001-01-01", "0001-Q1 0001-01-01 0001-03-31"));
	CHECK(is(CADENCE_ANNUAL, "0001-06-15", "0001 0001-01-01 0001-12-31"));
	CHECK(is(CADENCE_MONTHLY, "9999-12-31", "9999-12 9999-12-01 9999-12-31"));
	CHECK(is(CADENCE_QUARTERLY, "9999-12-31", "9999-Q4 9999-10-01 9999-12-31"));
	CHECK(is(CADENCE_ANNUAL, "9999-12-31", "9999 9999-01-01 9999-12-31"));
	CHECK(is(CADENCE_ONCE, "2026-06-15", "once 0001-01-01 9999-12-31"));
}

TEST(each_period_is_followed_by_the_next_without_a_gap)
{
	static const enum cadence all[] = {CADENCE_MONTHLY, CADENCE_QUARTERLY, CADENCE_ANNUAL};
	static const size_t in_four_years[] = {48, 16, 4};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct period p = period_of(all[i], day("2025-01-01"));
		size_t count = 0;

		for (; p.from < day("2029-01-01"); count++) {
			struct period next = period_next(all[i], &p);

			CHECK(next.from == p.to + 1 && next.to > next.from);
			for (int64_t d = p.from; d <= p.to; d++) {
				struct period same = period_of(all[i], d);

				CHECK(strcmp(same.name, p.name) == 0 && same.from == p.from &&
				      same.to == p.to);
			}
			p = next;
		}
		CHECK(count == in_four_years[i] && p.from == day("2029-01-01"));
	}
}

TEST(what_is_done_once_has_one_period_for_ever)
{
	struct period p = period_of(CADENCE_ONCE, day("2026-06-15"));
	struct period next = period_next(CADENCE_ONCE, &p);

	CHECK(next.from == p.from && next.to == p.to && strcmp(next.name, "once") == 0);
}
