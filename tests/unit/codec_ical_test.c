#include "codec/ical.h"

#include "test.h"

#include <string.h>

#define TEXT CLEANUP(buf_fini) struct buf

static void
text_open(struct buf *b)
{
	buf_init(b, 65536);
}

/* Whether the line is folded as section 3.1 of RFC 5545 wants it. */
static bool
is_folded(const struct buf *b)
{
	size_t used = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\r' && b->data[i + 1] == '\n') {
			used = 0;
			i++;
			/* No line begins in the middle of a character. */
			if (i + 2 < b->len && ((unsigned char)b->data[i + 2] & 0xc0) == 0x80)
				return false;
			continue;
		}
		if (b->data[i] == '\r' || b->data[i] == '\n' || ++used > 75)
			return false;
	}
	return used == 0;
}

TEST(ical_a_line_of_75_bytes_stays_whole_and_a_longer_one_is_folded)
{
	TEXT b;
	char value[80];

	text_open(&b);
	memset(value, 'a', sizeof(value));
	ical_line(&b, "X", (struct str){value, 73});
	CHECK(b.len == 77 && !memchr(b.data, ' ', b.len) && is_folded(&b));
	b.len = 0;
	ical_line(&b, "X", (struct str){value, 74});
	CHECK(strcmp(b.data + 75, "\r\n a\r\n") == 0 && is_folded(&b));
}

TEST(ical_a_line_is_never_folded_within_a_character)
{
	static const char *const signs[] = {"é", "€", "😀", "a"};

	for (size_t k = 0; k < sizeof(signs) / sizeof(*signs); k++) {
		for (size_t before = 0; before < 80; before++) {
			TEXT b;
			TEXT value = {.limit = 65536};

			text_open(&b);
			for (size_t i = 0; i < before; i++)
				buf_adds(&value, "x");
			for (size_t i = 0; i < 100; i++)
				buf_adds(&value, signs[k]);
			ical_text(&b, "SUMMARY", (struct str){value.data, value.len});
			CHECK(is_folded(&b));
		}
	}
}

TEST(ical_text_is_escaped)
{
	TEXT b;

	text_open(&b);
	ical_text(&b, "X", str_of("a,b;c\\d\ne\r\nf:\"g\""));
	CHECK(strcmp(b.data, "X:a\\,b\\;c\\\\d\\ne\\nf:\"g\"\r\n") == 0);
	b.len = 0;
	/* What could begin a line of its own, or steer a terminal. */
	ical_text(&b, "X", str_of("a\rEND:VEVENT\x1b[31m\x7f"));
	CHECK(strcmp(b.data, "X:a END:VEVENT [31m \r\n") == 0);
	b.len = 0;
	ical_text(&b, "X", (struct str){0});
	CHECK(strcmp(b.data, "X:\r\n") == 0);
}

TEST(ical_dates_and_instants_have_their_forms)
{
	TEXT b;

	text_open(&b);
	ical_date(&b, "DTSTART", 19782); /* 2024-02-29 */
	ical_instant(&b, "DTSTAMP", 1709209800000);
	CHECK(strcmp(b.data, "DTSTART;VALUE=DATE:20240229\r\nDTSTAMP:20240229T123000Z\r\n") == 0);
}
