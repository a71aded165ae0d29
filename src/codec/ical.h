/* ical.h -- lines of iCalendar (RFC 5545), written to a buffer.
 *
 * A line is at most 75 bytes long before its end, CR LF: what is longer goes on in the next one
 * after a blank (section 3.1), never in the middle of a character. Text from people is escaped
 * (3.3.11); control characters other than the ends of its lines become blanks.
 */
#ifndef CODEC_ICAL_H
#define CODEC_ICAL_H

#include "base/buf.h"
#include "base/str.h"

/* "NAME:value", whose value is one already: a date, a word, an address. The name may have
 * parameters, as "DTSTART;VALUE=DATE". */
void ical_line(struct buf *out, const char *name, struct str value);

/* The same of a text, which is valid UTF-8. */
void ical_text(struct buf *out, const char *name, struct str text);

/* "NAME;VALUE=DATE:20260301" of days since 1970-01-01, and "NAME:20260301T120000Z" of
 * milliseconds. */
void ical_date(struct buf *out, const char *name, int64_t days);
void ical_instant(struct buf *out, const char *name, int64_t ms);

#endif
