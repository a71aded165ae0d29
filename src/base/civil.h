/* civil.h -- civil dates and instants, proleptic Gregorian, years 1 to 9999.
 *
 * A date is a number of days since 1970-01-01; an instant is a number of milliseconds since
 * 1970-01-01T00:00:00Z. In registers they are text: "2026-03-01" and "2026-03-01T12:00:00Z".
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "base/str.h"

enum { CIVIL_DATE_LEN = 10, CIVIL_INSTANT_LEN = 20, CIVIL_STAMP_LEN = 24 };

struct civil {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

int64_t civil_days(struct civil c);
struct civil civil_from_days(int64_t days);
int civil_month_length(int year, int month);

/* "2026-03-01" exactly; false for a day that does not exist. */
bool civil_parse_date(struct str text, int64_t *ret_days);

/* ISO 8601: date, 'T' or one space, hh:mm with optional :ss and fraction, then Z, +hh:mm, +hhmm or
 * +hh; without a zone it is UTC. Leap second :60 is taken as :59. The fraction is cut to
 * milliseconds. */
bool civil_parse_instant(struct str text, int64_t *ret_ms);

/* Each writes the text and a NUL. */
void civil_format_date(int64_t days, char out[CIVIL_DATE_LEN + 1]);
void civil_format_instant(int64_t ms, char out[CIVIL_INSTANT_LEN + 1]); /* 2026-03-01T12:00:00Z */
void civil_format_stamp(int64_t ms, char out[CIVIL_STAMP_LEN + 1]); /* 2026-03-01T12:00:00.123Z */

/* Adds months; a day past the end of the month becomes its last (31 January + 1 = 28 February). */
int64_t civil_add_months(int64_t days, int64_t months);

/* 0 is Monday. */
int civil_weekday(int64_t days);

/* Whole days of an instant in UTC, rounding down. */
int64_t civil_day_of(int64_t ms);

#endif
