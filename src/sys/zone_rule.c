#include "sys/zone_rule.h"
#include "base/civil.h"

enum { SECONDS_PER_DAY = 86400, HOURS_MAX = 167, DEFAULT_CHANGE = 2 * 3600 };

static bool
take_char(struct str *rest, char wanted)
{
	if (rest->len == 0 || rest->ptr[0] != wanted)
		return false;
	rest->ptr++;
	rest->len--;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters alone, or anything between < and >. Nobody here shows the name, so it is only passed
 * over. */
static bool
take_name(struct str *rest)
{
	size_t len = 0;

	if (take_char(rest, '<')) {
		(void)str_cut(rest, '>');
		return rest->ptr != NULL;
	}
	while (len < rest->len && is_letter(rest->ptr[len]))
		len++;
	rest->ptr += len;
	rest->len -= len;
	return len >= 3;
}

static bool
take_number(struct str *rest, int max, int *ret_value)
{
	int value = 0;
	size_t len = 0;

	while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9') {
		value = value * 10 + (rest->ptr[len] - '0');
		if (value > max)
			return false;
		len++;
	}
	rest->ptr += len;
	rest->len -= len;
	*ret_value = value;
	return len > 0;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(struct str *rest, int32_t *ret_seconds)
{
	int sign = take_char(rest, '-') ? -1 : 1;
	int hours;
	int minutes = 0;
	int seconds = 0;

	if (sign > 0)
		(void)take_char(rest, '+');
	if (!take_number(rest, HOURS_MAX, &hours))
		return false;
	if (take_char(rest, ':')) {
		if (!take_number(rest, 59, &minutes))
			return false;
		if (take_char(rest, ':') && !take_number(rest, 59, &seconds))
			return false;
	}
	*ret_seconds = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

/* POSIX counts offsets west of UTC. */
static bool
take_offset(struct str *rest, int32_t *ret_seconds)
{
	int32_t west;

	if (!take_time(rest, &west) || west <= -SECONDS_PER_DAY - 3600 ||
	    west >= SECONDS_PER_DAY + 3600)
		return false;
	*ret_seconds = -west;
	return true;
}

static bool
take_change(struct str *rest, struct zone_change *ret_change)
{
	struct zone_change c = {.time = DEFAULT_CHANGE};

	if (!take_char(rest, ','))
		return false;
	if (take_char(rest, 'J')) {
		c.kind = ZONE_DAY_JULIAN;
		if (!take_number(rest, 365, &c.day) || c.day < 1)
			return false;
	} else if (take_char(rest, 'M')) {
		c.kind = ZONE_DAY_OF_WEEK;
		if (!take_number(rest, 12, &c.month) || c.month < 1 || !take_char(rest, '.') ||
		    !take_number(rest, 5, &c.week) || c.week < 1 || !take_char(rest, '.') ||
		    !take_number(rest, 6, &c.day))
			return false;
	} else {
		c.kind = ZONE_DAY_OF_YEAR;
		if (!take_number(rest, 365, &c.day))
			return false;
	}
	if (take_char(rest, '/') && !take_time(rest, &c.time))
		return false;
	*ret_change = c;
	return true;
}

bool
zone_rule_parse(struct str text, struct zone_rule *ret_rule)
{
	struct zone_rule rule = {0};

	if (!take_name(&text) || !take_offset(&text, &rule.standard))
		return false;
	if (text.len > 0) {
		rule.has_daylight = true;
		rule.daylight = rule.standard + 3600;
		if (!take_name(&text))
			return false;
		if (text.len > 0 && text.ptr[0] != ',' && !take_offset(&text, &rule.daylight))
			return false;
		if (!take_change(&text, &rule.to_daylight) ||
		    !take_change(&text, &rule.to_standard) || text.len > 0)
			return false;
	}
	*ret_rule = rule;
	return true;
}

/* Seconds since 1970 of the change in the year, by the clock that it ends. */
static int64_t
change_in_year(const struct zone_change *c, int year)
{
	int64_t first = civil_days((struct civil){year, 1, 1});
	int64_t day = 0;

	switch (c->kind) {
	case ZONE_DAY_JULIAN:
		day = first + c->day - 1;
		if (c->day >= 60 && civil_month_length(year, 2) == 29)
			day++;
		break;
	case ZONE_DAY_OF_YEAR:
		day = first + c->day;
		break;
	case ZONE_DAY_OF_WEEK:
		day = civil_days((struct civil){year, c->month, 1});
		/* The rule counts week days from Sunday, civil_weekday from Monday. */
		day += (c->day + 6 - civil_weekday(day)) % 7 + 7 * (c->week - 1);
		if (civil_from_days(day).month != c->month)
			day -= 7;
		break;
	}
	return day * SECONDS_PER_DAY + c->time;
}

/* The changes of the year before and after are looked at too: one can lie up to a week outside its
 * own year. */
struct zone_span
zone_rule_span(const struct zone_rule *rule, int64_t seconds)
{
	struct zone_span span = {.offset = rule->standard, .end = INT64_MAX};
	int64_t begun = INT64_MIN;
	int year;

	if (!rule->has_daylight)
		return span;
	year = civil_from_days(civil_day_of(seconds * 1000)).year;
	for (int y = year - 1; y <= year + 1; y++) {
		const struct {
			int64_t at;
			int32_t offset;
		} changes[] = {
			{change_in_year(&rule->to_daylight, y) - rule->standard, rule->daylight},
			{change_in_year(&rule->to_standard, y) - rule->daylight, rule->standard},
		};

		for (int i = 0; i < 2; i++) {
			if (changes[i].at > seconds) {
				if (changes[i].at < span.end)
					span.end = changes[i].at;
			} else if (changes[i].at >= begun) {
				begun = changes[i].at;
				span.offset = changes[i].offset;
			}
		}
	}
	return span;
}
