#include "base/civil.h"

enum {
	MS_PER_SECOND = 1000,
	SECONDS_PER_DAY = 86400,
	MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND,
	DAYS_PER_ERA = 146097, /* 400 years */
	EPOCH_SHIFT = 719468,  /* days from 0000-03-01 to 1970-01-01 */
	FIRST_DAY = -719162,   /* 0001-01-01 */
	LAST_DAY = 2932896,    /* 9999-12-31 */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
floor_mod(int64_t a, int b)
{
	int rest = (int)(a % b);

	return rest < 0 ? rest + b : rest;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
civil_month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* The year starts in March here, so that the leap day is its last and needs no special case. */
int64_t
civil_days(struct civil c)
{
	int64_t year = c.year - (c.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month = (c.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + c.day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - EPOCH_SHIFT;
}

struct civil
civil_from_days(int64_t days)
{
	int64_t shifted = days + EPOCH_SHIFT;
	int64_t era = floor_div(shifted, DAYS_PER_ERA);
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	int64_t year = year_of_era + era * 400 + (month >= 10);

	return (struct civil){.year = (int)year,
			      .month = (int)(month < 10 ? month + 3 : month - 9),
			      .day = (int)(day_of_year - (153 * month + 2) / 5 + 1)};
}

/* Takes exactly `count` digits off the front. */
static bool
take_digits(struct str *rest, size_t count, int *ret_value)
{
	int value = 0;

	if (rest->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		int digit = rest->ptr[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		value = value * 10 + digit;
	}
	rest->ptr += count;
	rest->len -= count;
	*ret_value = value;
	return true;
}

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
take_date(struct str *rest, int64_t *ret_days)
{
	struct civil c;

	if (!take_digits(rest, 4, &c.year) || !take_char(rest, '-') ||
	    !take_digits(rest, 2, &c.month) || !take_char(rest, '-') ||
	    !take_digits(rest, 2, &c.day))
		return false;
	if (c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > civil_month_length(c.year, c.month))
		return false;
	*ret_days = civil_days(c);
	return true;
}

/* ".25" or ",25": at least one digit, those past the third are cut. */
static bool
take_fraction(struct str *rest, int *ret_ms)
{
	int scale = 100;
	int digit;
	int ms = 0;

	if (!take_char(rest, '.') && !take_char(rest, ','))
		return true;
	if (!take_digits(rest, 1, &digit))
		return false;
	do {
		ms += digit * scale;
		scale /= 10;
	} while (take_digits(rest, 1, &digit));
	*ret_ms = ms;
	return true;
}

static bool
take_time(struct str *rest, int *ret_ms)
{
	int hours;
	int minutes;
	int seconds = 0;
	int ms = 0;

	if (!take_digits(rest, 2, &hours) || !take_char(rest, ':') ||
	    !take_digits(rest, 2, &minutes))
		return false;
	if (take_char(rest, ':') && (!take_digits(rest, 2, &seconds) || !take_fraction(rest, &ms)))
		return false;
	if (hours > 23 || minutes > 59 || seconds > 60)
		return false;
	if (seconds == 60)
		seconds = 59;
	*ret_ms = ((hours * 60 + minutes) * 60 + seconds) * MS_PER_SECOND + ms;
	return true;
}

/* Z, +hh:mm, +hhmm, +hh or nothing. */
static bool
take_zone(struct str *rest, int *ret_ms)
{
	int sign;
	int hours;
	int minutes = 0;

	if (rest->len == 0 || take_char(rest, 'Z')) {
		*ret_ms = 0;
		return true;
	}
	if (take_char(rest, '+'))
		sign = 1;
	else if (take_char(rest, '-'))
		sign = -1;
	else
		return false;
	if (!take_digits(rest, 2, &hours))
		return false;
	if ((take_char(rest, ':') || rest->len > 0) && !take_digits(rest, 2, &minutes))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*ret_ms = sign * (hours * 60 + minutes) * 60 * MS_PER_SECOND;
	return true;
}

bool
civil_parse_date(struct str text, int64_t *ret_days)
{
	int64_t days;

	if (text.len != CIVIL_DATE_LEN || !take_date(&text, &days))
		return false;
	*ret_days = days;
	return true;
}

bool
civil_parse_instant(struct str text, int64_t *ret_ms)
{
	int64_t days;
	int64_t ms;
	int time;
	int zone;

	if (!take_date(&text, &days) || (!take_char(&text, 'T') && !take_char(&text, ' ')) ||
	    !take_time(&text, &time) || !take_zone(&text, &zone) || text.len != 0)
		return false;
	ms = days * MS_PER_DAY + time - zone;
	/* An offset can carry the first or last day out of the years that can be written. */
	if (civil_day_of(ms) < FIRST_DAY || civil_day_of(ms) > LAST_DAY)
		return false;
	*ret_ms = ms;
	return true;
}

static void
put_digits(char *out, int count, int value)
{
	for (int i = count - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
civil_format_date(int64_t days, char out[CIVIL_DATE_LEN + 1])
{
	struct civil c;

	/* A caller's slip in arithmetic must not write past the text. */
	if (days < FIRST_DAY)
		days = FIRST_DAY;
	if (days > LAST_DAY)
		days = LAST_DAY;
	c = civil_from_days(days);
	put_digits(out, 4, c.year);
	out[4] = '-';
	put_digits(out + 5, 2, c.month);
	out[7] = '-';
	put_digits(out + 8, 2, c.day);
	out[CIVIL_DATE_LEN] = '\0';
}

void
civil_format_instant(int64_t ms, char out[CIVIL_INSTANT_LEN + 1])
{
	int seconds = floor_mod(ms, MS_PER_DAY) / MS_PER_SECOND;

	civil_format_date(civil_day_of(ms), out);
	out[10] = 'T';
	put_digits(out + 11, 2, seconds / 3600);
	out[13] = ':';
	put_digits(out + 14, 2, seconds / 60 % 60);
	out[16] = ':';
	put_digits(out + 17, 2, seconds % 60);
	out[19] = 'Z';
	out[CIVIL_INSTANT_LEN] = '\0';
}

void
civil_format_stamp(int64_t ms, char out[CIVIL_STAMP_LEN + 1])
{
	civil_format_instant(ms, out);
	out[19] = '.';
	put_digits(out + 20, 3, floor_mod(ms, MS_PER_SECOND));
	out[23] = 'Z';
	out[CIVIL_STAMP_LEN] = '\0';
}

int64_t
civil_add_months(int64_t days, int64_t months)
{
	struct civil c = civil_from_days(days);
	int64_t month = (int64_t)c.year * 12 + c.month - 1 + months;
	int length;

	c.year = (int)floor_div(month, 12);
	c.month = (int)(month - (int64_t)c.year * 12) + 1;
	length = civil_month_length(c.year, c.month);
	if (c.day > length)
		c.day = length;
	return civil_days(c);
}

int
civil_weekday(int64_t days)
{
	/* 1970-01-01 was a Thursday. */
	return floor_mod(days + 3, 7);
}

int64_t
civil_day_of(int64_t ms)
{
	return floor_div(ms, MS_PER_DAY);
}
