#include "base/civil.h"
#include "base/cleanup.h"
#include "test.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static bool
date_is(const char *text, int64_t days)
{
	int64_t found = INT64_MIN;

	return civil_parse_date(str_of(text), &found) && found == days;
}

static bool
date_refused(const char *text)
{
	int64_t days = -42;

	return !civil_parse_date(str_of(text), &days) && days == -42;
}

/* What the instant is in the longest form, or "refused". */
static const char *
stamp_of(const char *text)
{
	static char stamp[CIVIL_STAMP_LEN + 1];
	int64_t ms = -42;

	if (!civil_parse_instant(str_of(text), &ms))
		return ms == -42 ? "refused" : "written to in spite of failing";
	civil_format_stamp(ms, stamp);
	return stamp;
}

static bool
stamp_is(const char *text, const char *wanted)
{
	const char *found = stamp_of(text);

	if (strcmp(found, wanted) == 0)
		return true;
	(void)fprintf(stderr, "%s gives %s, not %s\n", text, found, wanted);
	return false;
}

TEST(civil_dates_count_from_1970)
{
	CHECK(date_is("1970-01-01", 0));
	CHECK(date_is("1969-12-31", -1));
	CHECK(date_is("2000-03-01", 11017));
	CHECK(date_is("2026-03-01", 20513));
	CHECK(date_is("0001-01-01", -719162));
	CHECK(date_is("9999-12-31", 2932896));
}

TEST(civil_leap_days_exist_in_leap_years_alone)
{
	CHECK(date_is("2024-02-29", 19782));
	CHECK(date_is("2000-02-29", 11016));
	CHECK(date_is("0004-02-29", -718008));
	CHECK(date_refused("2023-02-29"));
	CHECK(date_refused("1900-02-29"));
	CHECK(date_refused("2100-02-29"));
	CHECK(date_refused("2024-02-30"));
	CHECK(civil_month_length(2024, 2) == 29);
	CHECK(civil_month_length(2100, 2) == 28);
	CHECK(civil_month_length(2000, 2) == 29);
}

TEST(civil_days_that_do_not_exist_are_refused)
{
	CHECK(date_refused("2026-02-31"));
	CHECK(date_refused("2026-04-31"));
	CHECK(date_refused("2026-00-10"));
	CHECK(date_refused("2026-13-10"));
	CHECK(date_refused("2026-01-00"));
	CHECK(date_refused("2026-01-32"));
	CHECK(date_refused("0000-01-01"));
	CHECK(date_refused("10000-01-01"));
	CHECK(date_refused("-001-01-01"));
}

TEST(civil_dates_have_one_spelling)
{
	CHECK(date_refused(""));
	CHECK(date_refused("2026-3-1"));
	CHECK(date_refused("2026-03-01 "));
	CHECK(date_refused(" 2026-03-01"));
	CHECK(date_refused("2026/03/01"));
	CHECK(date_refused("20260301"));
	CHECK(date_refused("2026-03-1x"));
	CHECK(date_refused("2026-03-01T00:00:00Z"));
	CHECK(date_refused("+026-03-01"));
	CHECK(!civil_parse_date((struct str){0}, &(int64_t){0}));
}

TEST(civil_every_day_survives_there_and_back)
{
	struct civil previous = civil_from_days(-719163);

	CHECK(previous.year == 0 && previous.month == 12 && previous.day == 31);
	for (int64_t days = -719162; days <= 2932896; days++) {
		struct civil c = civil_from_days(days);

		CHECK(civil_days(c) == days);
		CHECK(c.month >= 1 && c.month <= 12);
		CHECK(c.day >= 1 && c.day <= civil_month_length(c.year, c.month));
		CHECK(c.day == previous.day + 1 || (c.day == 1 && c.month == previous.month + 1) ||
		      (c.day == 1 && c.month == 1 && c.year == previous.year + 1));
		previous = c;
	}
}

TEST(civil_date_text_survives_there_and_back)
{
	static const char *const texts[] = {"0001-01-01", "0999-12-31", "1900-02-28",
					    "2000-02-29", "2026-10-25", "9999-12-31"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char text[CIVIL_DATE_LEN + 1];
		int64_t days;

		CHECK(civil_parse_date(str_of(texts[i]), &days));
		civil_format_date(days, text);
		CHECK(strcmp(text, texts[i]) == 0);
	}
}

TEST(civil_instants_are_read_in_their_zone)
{
	CHECK(stamp_is("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00:00", "2026-03-01T12:00:00.000Z"));
	CHECK(stamp_is("2026-03-01 12:00", "2026-03-01T12:00:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00Z", "2026-03-01T12:00:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00:00+0530", "2026-03-01T06:30:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00:00-05", "2026-03-01T17:00:00.000Z"));
	CHECK(stamp_is("2026-03-01T00:30+01:00", "2026-02-28T23:30:00.000Z"));
	CHECK(stamp_is("2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00.000Z"));
	CHECK(stamp_is("2026-03-01T12:00:00-00:00", "2026-03-01T12:00:00.000Z"));
}

TEST(civil_fractions_are_cut_to_milliseconds)
{
	CHECK(stamp_is("2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.500Z"));
	CHECK(stamp_is("2026-03-01T12:00:00.1239999Z", "2026-03-01T12:00:00.123Z"));
	CHECK(stamp_is("2026-03-01T12:00:00,25+01:00", "2026-03-01T11:00:00.250Z"));
	CHECK(stamp_is("2026-03-01T12:00:00.000000000001", "2026-03-01T12:00:00.000Z"));
	CHECK(stamp_is("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"));
	CHECK(stamp_is("2026-03-01T12:00:00.Z", "refused"));
	CHECK(stamp_is("2026-03-01T12:00.5Z", "refused"));
}

TEST(civil_a_leap_second_is_the_second_before)
{
	CHECK(stamp_is("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"));
	CHECK(stamp_is("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.500Z"));
	CHECK(stamp_is("2016-12-31T23:59:61Z", "refused"));
}

TEST(civil_instants_that_do_not_exist_are_refused)
{
	static const char *const texts[] = {
		"",
		"2026-03-01",
		"2026-03-01T",
		"2026-03-01T12",
		"2026-03-01T24:00:00Z",
		"2026-03-01T12:60:00Z",
		"2026-02-31T12:00:00Z",
		"2026-03-01t12:00:00Z",
		"2026-03-01T12:00:00z",
		"2026-03-01  12:00:00Z",
		"2026-03-01T12:00:00ZZ",
		"2026-03-01T12:00:00 Z",
		"2026-03-01T12:00:00+",
		"2026-03-01T12:00:00+1",
		"2026-03-01T12:00:00+01:",
		"2026-03-01T12:00:00+01:0",
		"2026-03-01T12:00:00+24:00",
		"2026-03-01T12:00:00+01:60",
		"2026-03-01T12:00:00+01:00x",
		"2026-03-01T1:00:00Z",
		"0000-12-31T23:00:00Z",
		"10000-01-01T00:00:00Z",
		/* Valid where they were written, but not as an instant in UTC. */
		"0001-01-01T00:30:00+01:00",
		"9999-12-31T23:30:00-01:00",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		CHECK(stamp_is(texts[i], "refused"));
}

TEST(civil_instants_before_1970_round_down)
{
	char text[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(-1, text);
	CHECK(strcmp(text, "1969-12-31T23:59:59Z") == 0);
	civil_format_instant(-1000, text);
	CHECK(strcmp(text, "1969-12-31T23:59:59Z") == 0);
	civil_format_instant(-1001, text);
	CHECK(strcmp(text, "1969-12-31T23:59:58Z") == 0);
	CHECK(civil_day_of(-1) == -1);
	CHECK(civil_day_of(0) == 0);
	CHECK(civil_day_of(DAY_MS - 1) == 0);
	CHECK(civil_day_of(-DAY_MS) == -1);
	CHECK(civil_day_of(-DAY_MS - 1) == -2);
}

TEST(civil_text_past_the_years_that_can_be_written_stays_in_its_bounds)
{
	char text[CIVIL_STAMP_LEN + 1];

	civil_format_date(INT64_C(400000000), text);
	CHECK(strcmp(text, "9999-12-31") == 0);
	civil_format_date(INT64_C(-400000000), text);
	CHECK(strcmp(text, "0001-01-01") == 0);
	civil_format_stamp(INT64_MAX, text);
	CHECK(strlen(text) == CIVIL_STAMP_LEN);
	civil_format_stamp(INT64_MIN, text);
	CHECK(strlen(text) == CIVIL_STAMP_LEN);
}

static bool
months_later(const char *from, int64_t months, const char *wanted)
{
	char text[CIVIL_DATE_LEN + 1];
	int64_t days;

	if (!civil_parse_date(str_of(from), &days))
		return false;
	civil_format_date(civil_add_months(days, months), text);
	return strcmp(text, wanted) == 0;
}

TEST(civil_adding_months_stays_in_the_month)
{
	CHECK(months_later("2026-01-31", 1, "2026-02-28"));
	CHECK(months_later("2024-01-31", 1, "2024-02-29"));
	CHECK(months_later("2026-03-31", 1, "2026-04-30"));
	CHECK(months_later("2026-03-31", -1, "2026-02-28"));
	CHECK(months_later("2026-12-15", 1, "2027-01-15"));
	CHECK(months_later("2026-01-15", -1, "2025-12-15"));
	CHECK(months_later("2026-01-15", -13, "2024-12-15"));
	CHECK(months_later("2024-02-29", 12, "2025-02-28"));
	CHECK(months_later("2024-02-29", 48, "2028-02-29"));
	CHECK(months_later("2026-05-05", 0, "2026-05-05"));
	CHECK(months_later("0001-02-28", -1, "0001-01-28"));
}

TEST(civil_weeks_start_on_monday)
{
	CHECK(civil_weekday(0) == 3);
	CHECK(civil_weekday(-1) == 2);
	CHECK(civil_weekday(-3) == 0);
	CHECK(civil_weekday(-4) == 6);
	CHECK(civil_weekday(civil_days((struct civil){2026, 3, 1})) == 6);
	CHECK(civil_weekday(civil_days((struct civil){2026, 3, 2})) == 0);
}
