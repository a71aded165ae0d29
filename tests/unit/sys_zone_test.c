#include "base/civil.h"
#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/zone.h"
#include "test.h"

#include <string.h>

enum { ARENA_BYTES = 1 << 22 };

static const struct zone *
zone_named(struct arena *a, const char *name)
{
	const struct zone *z = NULL;
	struct err e;

	arena_init(a, ARENA_BYTES);
	CHECK(zone_load(name, a, &z, &e) == ERR_NONE);
	return z;
}

static int64_t
instant(const char *text)
{
	int64_t ms = 0;

	CHECK(civil_parse_instant(str_of(text), &ms));
	return ms;
}

static int64_t
day(const char *text)
{
	int64_t days = 0;

	CHECK(civil_parse_date(str_of(text), &days));
	return days;
}

/* The offset in minutes changes at the instant, and not a millisecond before. */
static bool
changes_at(const struct zone *z, const char *at, int before, int after)
{
	int64_t ms = instant(at);

	return zone_offset(z, ms - 1) == before * 60 && zone_offset(z, ms) == after * 60 &&
	       zone_offset(z, ms - 3600000) == before * 60 &&
	       zone_offset(z, ms + 3600000) == after * 60;
}

static bool
starts_at(const struct zone *z, const char *date, const char *wanted)
{
	int64_t ms = zone_day_start(z, day(date));

	return ms == instant(wanted) && zone_date(z, ms) == day(date) &&
	       zone_date(z, ms - 1) < day(date);
}

TEST(zone_london_changes_its_clocks_in_2026)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Europe/London");

	CHECK(changes_at(z, "2026-03-29T01:00:00Z", 0, 60));
	CHECK(changes_at(z, "2026-10-25T01:00:00Z", 60, 0));
	arena_fini(&a);
}

TEST(zone_rule_goes_on_where_the_table_ends)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Europe/London");

	CHECK(changes_at(z, "2037-10-25T01:00:00Z", 60, 0));
	CHECK(changes_at(z, "2038-03-28T01:00:00Z", 0, 60));
	CHECK(changes_at(z, "2050-03-27T01:00:00Z", 0, 60));
	CHECK(changes_at(z, "2050-10-30T01:00:00Z", 60, 0));
	CHECK(changes_at(z, "9999-10-31T01:00:00Z", 60, 0));
	arena_fini(&a);
}

TEST(zone_history_is_in_the_table)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Europe/London");

	/* Before 1 December 1847 by the sun: 75 seconds behind. */
	CHECK(zone_offset(z, instant("1800-01-01T00:00:00Z")) == -75);
	/* Summer time all year from 1968 to 1971, double summer time in the war. */
	CHECK(zone_offset(z, instant("1970-01-01T00:00:00Z")) == 3600);
	CHECK(zone_offset(z, instant("1944-06-06T00:00:00Z")) == 7200);
	arena_fini(&a);
}

TEST(zone_new_york_is_behind)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "America/New_York");

	CHECK(changes_at(z, "2026-03-08T07:00:00Z", -300, -240));
	CHECK(changes_at(z, "2026-11-01T06:00:00Z", -240, -300));
	CHECK(changes_at(z, "2050-03-13T07:00:00Z", -300, -240));
	CHECK(changes_at(z, "2050-11-06T06:00:00Z", -240, -300));
	CHECK(zone_date(z, instant("2026-01-01T04:59:59.999Z")) == day("2025-12-31"));
	CHECK(zone_date(z, instant("2026-01-01T05:00:00Z")) == day("2026-01-01"));
	CHECK(starts_at(z, "2026-07-01", "2026-07-01T04:00:00Z"));
	arena_fini(&a);
}

TEST(zone_kolkata_has_half_an_hour_and_no_summer)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Asia/Kolkata");

	CHECK(zone_offset(z, instant("2026-01-01T00:00:00Z")) == 19800);
	CHECK(zone_offset(z, instant("2026-07-01T00:00:00Z")) == 19800);
	CHECK(zone_offset(z, instant("2050-07-01T00:00:00Z")) == 19800);
	CHECK(zone_date(z, instant("2026-03-01T18:29:59Z")) == day("2026-03-01"));
	CHECK(zone_date(z, instant("2026-03-01T18:30:00Z")) == day("2026-03-02"));
	CHECK(starts_at(z, "2026-03-02", "2026-03-01T18:30:00Z"));
	arena_fini(&a);
}

TEST(zone_utc_needs_no_database)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "UTC");

	CHECK(zone_offset(z, 0) == 0 && zone_offset(z, INT64_C(-62135596800000)) == 0);
	CHECK(zone_date(z, -1) == -1);
	CHECK(starts_at(z, "2026-03-02", "2026-03-02T00:00:00Z"));
	arena_fini(&a);
}

TEST(zone_southern_summer_spans_the_new_year)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Australia/Sydney");

	CHECK(changes_at(z, "2026-04-04T16:00:00Z", 660, 600));
	CHECK(changes_at(z, "2026-10-03T16:00:00Z", 600, 660));
	CHECK(changes_at(z, "2050-04-02T16:00:00Z", 660, 600));
	CHECK(changes_at(z, "2050-10-01T16:00:00Z", 600, 660));
	CHECK(zone_offset(z, instant("2050-01-01T00:00:00Z")) == 39600);
	CHECK(zone_offset(z, instant("2049-12-31T12:00:00Z")) == 39600);
	arena_fini(&a);
}

TEST(zone_dublin_calls_winter_the_exception)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Europe/Dublin");

	CHECK(changes_at(z, "2050-03-27T01:00:00Z", 0, 60));
	CHECK(changes_at(z, "2050-10-30T01:00:00Z", 60, 0));
	arena_fini(&a);
}

TEST(zone_a_day_starts_at_midnight_of_the_place)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Europe/London");

	CHECK(starts_at(z, "2026-03-29", "2026-03-29T00:00:00Z"));
	CHECK(starts_at(z, "2026-03-30", "2026-03-29T23:00:00Z"));
	CHECK(starts_at(z, "2026-10-25", "2026-10-24T23:00:00Z"));
	CHECK(starts_at(z, "2026-10-26", "2026-10-26T00:00:00Z"));
	CHECK(starts_at(z, "2050-10-30", "2050-10-29T23:00:00Z"));
	arena_fini(&a);
}

TEST(zone_a_day_without_midnight_starts_when_it_can)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "America/Sao_Paulo");

	/* 00:00 became 01:00 on 4 November 2018. */
	CHECK(starts_at(z, "2018-11-04", "2018-11-04T03:00:00Z"));
	CHECK(zone_offset(z, instant("2018-11-04T03:00:00Z")) == -7200);
	/* 24:00 became 23:00 on 17 February 2018: one midnight, after an hour that came twice. */
	CHECK(starts_at(z, "2018-02-18", "2018-02-18T03:00:00Z"));
	arena_fini(&a);
}

TEST(zone_of_two_midnights_the_earlier_starts_the_day)
{
	struct arena a;
	const struct zone *azores = zone_named(&a, "Atlantic/Azores");

	/* 01:00 became 00:00 on 25 October 2026. */
	CHECK(starts_at(azores, "2026-10-25", "2026-10-25T00:00:00Z"));
	CHECK(zone_offset(azores, instant("2026-10-25T01:00:00Z")) == -3600);
	arena_fini(&a);
}

TEST(zone_a_day_that_was_left_out_starts_with_the_next)
{
	struct arena a;
	const struct zone *z = zone_named(&a, "Pacific/Apia");

	/* Samoa went from 29 to 31 December 2011. */
	CHECK(zone_day_start(z, day("2011-12-30")) == instant("2011-12-30T10:00:00Z"));
	CHECK(zone_date(z, instant("2011-12-30T10:00:00Z")) == day("2011-12-31"));
	CHECK(starts_at(z, "2011-12-31", "2011-12-30T10:00:00Z"));
	arena_fini(&a);
}

TEST(zone_days_follow_one_another)
{
	static const char *const names[] = {
		"Europe/London",     "America/New_York", "Asia/Kolkata",      "Australia/Lord_Howe",
		"Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct arena a;
		const struct zone *z = zone_named(&a, names[i]);
		int64_t start = zone_day_start(z, day("2000-01-01"));

		for (int64_t d = day("2000-01-01"); d < day("2100-01-01"); d++) {
			int64_t next = zone_day_start(z, d + 1);

			CHECK(zone_date(z, start) == d && zone_date(z, next - 1) == d);
			CHECK(next - start >= 22 * 3600000 && next - start <= 26 * 3600000);
			start = next;
		}
		arena_fini(&a);
	}
}

TEST(zone_names_that_are_none_are_refused)
{
	static const char *const names[] = {"",
					    "Mars/Olympus",
					    "/etc/passwd",
					    "../zoneinfo/UTC",
					    "Europe",
					    "Europe/../UTC",
					    "right/UTC",
					    "tzdata.zi",
					    "Europe/London ",
					    "zone1970.tab"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct zone *z = NULL;
		struct arena a;
		struct err e;

		arena_init(&a, ARENA_BYTES);
		CHECK(zone_load(names[i], &a, &z, &e) == ERR_INVALID);
		CHECK(!z && strstr(e.message, "zone"));
		arena_fini(&a);
	}
}

/* Every file of the database can be read, whatever it holds. */
TEST(zone_files_of_europe_are_all_read)
{
	struct file_names names;
	struct arena a;
	struct err e;

	arena_init(&a, ARENA_BYTES);
	CHECK(file_list("/usr/share/zoneinfo/Europe", "", &a, &names, &e) == ERR_NONE);
	CHECK(names.count > 30);
	for (size_t i = 0; i < names.count; i++) {
		const struct zone *z;

		CHECK(zone_load(file_join(&a, "Europe", names.names[i]), &a, &z, &e) == ERR_NONE);
	}
	arena_fini(&a);
}
