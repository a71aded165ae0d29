#include "codec/ical.h"

#include "base/civil.h"

#include <stdio.h>

enum { LINE_BYTES = 75, VALUE_SIZE = 32 };

/* A line as it grows. */
struct line {
	struct buf *out;
	size_t used; /* bytes of it, since its last end */
};

/* Bytes that belong together: a character. */
static void
piece_add(struct line *l, const char *bytes, size_t len)
{
	if (l->used + len > LINE_BYTES) {
		buf_adds(l->out, "\r\n ");
		l->used = 1;
	}
	buf_add(l->out, bytes, len);
	l->used += len;
}

/* How many bytes the character has whose first is there. */
static size_t
character(struct str s, size_t at)
{
	size_t end = at + 1;

	while (end < s.len && ((unsigned char)s.ptr[end] & 0xc0) == 0x80)
		end++;
	return end - at;
}

static void
raw_add(struct line *l, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = character(text, at);

		piece_add(l, text.ptr + at, len);
		at += len;
	}
}

static void
escaped_add(struct line *l, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = character(text, at);
		unsigned char c = (unsigned char)text.ptr[at];

		if (c == '\n')
			piece_add(l, "\\n", 2);
		else if (c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n')
			; /* the end of the line follows */
		else if (c < ' ' || c == 0x7f)
			piece_add(l, " ", 1);
		else if (c == '\\' || c == ';' || c == ',')
			piece_add(l, (const char[2]){'\\', (char)c}, 2);
		else
			piece_add(l, text.ptr + at, len);
		at += len;
	}
}

static struct line
line_begin(struct buf *out, const char *name)
{
	struct line l = {.out = out};

	raw_add(&l, str_of(name));
	piece_add(&l, ":", 1);
	return l;
}

void
ical_line(struct buf *out, const char *name, struct str value)
{
	struct line l = line_begin(out, name);

	raw_add(&l, value);
	buf_adds(out, "\r\n");
}

void
ical_text(struct buf *out, const char *name, struct str text)
{
	struct line l = line_begin(out, name);

	escaped_add(&l, text);
	buf_adds(out, "\r\n");
}

/* Without the signs between its numbers. */
static void
digits_line(struct buf *out, const char *name, const char *text)
{
	char value[VALUE_SIZE];
	size_t n = 0;

	for (; *text && n < sizeof(value) - 1; text++) {
		if (*text != '-' && *text != ':')
			value[n++] = *text;
	}
	ical_line(out, name, (struct str){value, n});
}

void
ical_date(struct buf *out, const char *name, int64_t days)
{
	char date[CIVIL_DATE_LEN + 1];
	char with[VALUE_SIZE];

	civil_format_date(days, date);
	(void)snprintf(with, sizeof(with), "%s;VALUE=DATE", name);
	digits_line(out, with, date);
}

void
ical_instant(struct buf *out, const char *name, int64_t ms)
{
	char instant[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(ms, instant);
	digits_line(out, name, instant);
}
