#include "base/civil.h"
#include "base/cleanup.h"
#include "sys/zone_rule.h"
#include "test.h"

static struct zone_rule
rule_of(const char *text)
{
	struct zone_rule rule = {0};

	CHECK(zone_rule_parse(str_of(text), &rule));
	return rule;
}

static int64_t
seconds(const char *text)
{
	int64_t ms = 0;

	CHECK(civil_parse_instant(str_of(text), &ms));
	return ms / 1000;
}

static bool
changes_at(const char *text, const char *at, int32_t before, int32_t after)
{
	struct zone_rule rule = rule_of(text);
	int64_t s = seconds(at);
	struct zone_span old = zone_rule_span(&rule, s - 1);

	return old.offset == before && old.end == s && zone_rule_span(&rule, s).offset == after;
}

TEST(zone_rule_without_daylight_never_ends)
{
	struct zone_rule rule = rule_of("IST-5:30");
	struct zone_span span = zone_rule_span(&rule, 0);

	CHECK(span.offset == 19800 && span.end == INT64_MAX);
	rule = rule_of("<+0330>-3:30");
	CHECK(zone_rule_span(&rule, 0).offset == 12600);
	rule = rule_of("<-12>12");
	CHECK(zone_rule_span(&rule, 0).offset == -43200);
	rule = rule_of("LMT+0:01:15");
	CHECK(zone_rule_span(&rule, 0).offset == -75);
}

TEST(zone_rule_takes_all_forms_of_a_day)
{
	/* The last Sunday, the second, and a month that starts on the day asked for. */
	CHECK(changes_at("GMT0BST,M3.5.0/1,M10.5.0", "2026-03-29T01:00:00Z", 0, 3600));
	CHECK(changes_at("GMT0BST,M3.5.0/1,M10.5.0", "2026-10-25T01:00:00Z", 3600, 0));
	CHECK(changes_at("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -18000, -14400));
	CHECK(changes_at("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -14400, -18000));
	/* J60 is 1 March, leap year or not; 59 from 0 is 29 February in a leap year. */
	CHECK(changes_at("AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 0, 3600));
	CHECK(changes_at("AAA0BBB,J60/0,J300/0", "2025-03-01T00:00:00Z", 0, 3600));
	CHECK(changes_at("AAA0BBB,J59/0,J300/0", "2024-02-28T00:00:00Z", 0, 3600));
	CHECK(changes_at("AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 0, 3600));
	CHECK(changes_at("AAA0BBB,59/0,300/0", "2025-03-01T00:00:00Z", 0, 3600));
}

TEST(zone_rule_times_reach_into_other_days)
{
	/* Jerusalem: Friday before the last Sunday; Nuuk: the evening before the Sunday. */
	CHECK(changes_at("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00Z", 7200, 10800));
	CHECK(changes_at("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -7200, -3600));
	CHECK(changes_at("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-10-25T01:00:00Z", -3600, -7200));
	CHECK(changes_at("AAA0BBB,J1/-167,J200/167", "2025-12-25T01:00:00Z", 0, 3600));
	CHECK(changes_at("AAA0BBB,J20/0,J365/167", "2027-01-06T22:00:00Z", 3600, 0));
}

TEST(zone_rule_can_be_daylight_all_year)
{
	/* RFC 8536 section 3.3.1. */
	struct zone_rule rule = rule_of("XXX3EDT4,0/0,J365/23");

	for (int64_t s = seconds("2026-01-01T00:00:00Z"); s < seconds("2029-01-01T00:00:00Z");
	     s += 3600)
		CHECK(zone_rule_span(&rule, s).offset == -14400);
}

TEST(zone_rule_that_is_none_is_refused)
{
	static const char *const texts[] = {
		"",
		"GM",
		"GM0",
		"GMT",
		"GMTx",
		"<GMT0",
		"GMT26",
		"GMT0:60",
		"GMT0BST",
		"GMT0BS,M3.5.0,M10.5.0",
		"GMT0BST,M3.5.0",
		"GMT0BST,M3.5.0,M10.5.0,",
		"GMT0BST,M0.5.0,M10.5.0",
		"GMT0BST,M13.5.0,M10.5.0",
		"GMT0BST,M3.0.0,M10.5.0",
		"GMT0BST,M3.6.0,M10.5.0",
		"GMT0BST,M3.5.7,M10.5.0",
		"GMT0BST,M3.5,M10.5.0",
		"GMT0BST,J0,J300",
		"GMT0BST,J366,J300",
		"GMT0BST,366,300",
		"GMT0BST,M3.5.0/168,M10.5.0",
		"GMT0BST,M3.5.0/,M10.5.0",
		"GMT0BST,M3.5.0/1:,M10.5.0",
		"GMT0 BST,M3.5.0,M10.5.0",
		"GMT99999999999999999999",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct zone_rule rule = {.standard = -42};

		CHECK(!zone_rule_parse(str_of(texts[i]), &rule));
		CHECK(rule.standard == -42);
	}
}
