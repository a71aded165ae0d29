#include "base/limits.h"
#include "base/text.h"
#include "codec/csv.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* Gives `step` bytes a read, so that every border between reads can be tried. */
struct feed {
	struct str text;
	size_t at;
	size_t step;
	size_t fails_at; /* 0: never */
};

static enum err_code
feed_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct feed *f = object;
	size_t len = f->text.len - f->at;

	if (f->fails_at && f->at >= f->fails_at)
		return err_set(e, ERR_IO, "", "the disk is gone");
	len = len > f->step ? f->step : len;
	len = len > size ? size : len;
	memcpy(bytes, f->text.ptr + f->at, len);
	f->at += len;
	*ret_len = len;
	return ERR_NONE;
}

static struct csv *
csv_over(struct feed *f)
{
	struct csv *c = NULL;
	struct err e = {0};

	CHECK(csv_new((struct byte_source){feed_read, f}, &c, &e) == ERR_NONE);
	return c;
}

/* All that the reader says of a file, as one text: "line[a|b]", "line!message", "END", "FAIL". */
static char *
told(struct str text, size_t step)
{
	struct feed f = {.text = text, .step = step};
	CLEANUP(csv_freep) struct csv *c = csv_over(&f);
	struct buf out = {.limit = 16 << 20};
	enum csv_result result = CSV_ROW;
	struct csv_row row = {0};
	struct err e = {0};

	if (csv_header(c, &row, &e)) {
		buf_addf(&out, "HEADER!%s", e.message);
		return buf_take(&out);
	}
	do {
		if (result == CSV_BAD_ROW) {
			CHECK(row.count == 0);
			buf_addf(&out, "%ld!%s ", row.line, e.message);
		} else {
			buf_addf(&out, "%ld[", row.line);
			for (size_t i = 0; i < row.count; i++) {
				CHECK(text_utf8_fault(row.fields[i]) < 0);
				buf_addf(&out, "%s", i ? "|" : "");
				buf_add(&out, row.fields[i].ptr, row.fields[i].len);
			}
			buf_addf(&out, "] ");
		}
		result = csv_next(c, &row, &e);
	} while (result == CSV_ROW || result == CSV_BAD_ROW);
	CHECK(csv_next(c, &row, &e) == result);
	buf_addf(&out, "%s", result == CSV_END ? "END" : "FAIL!");
	if (result == CSV_FAILED)
		buf_addf(&out, "%s", e.message);
	return buf_take(&out);
}

/* At every size of a read, from one byte on, the file is the same. */
static void
tells(const char *bytes, size_t len, const char *expected)
{
	for (size_t step = 1; step <= len + 1; step++) {
		char *exact = malloc(len ? len : 1);
		char *got;

		CHECK(exact != NULL);
		memcpy(exact, bytes, len);
		got = told((struct str){exact, len}, step);
		if (!got || strcmp(got, expected) != 0) {
			fprintf(stderr, "read by %zu: %s\ninstead of:  %s\n", step, got, expected);
			abort();
		}
		free(got);
		free(exact);
	}
}

#define TELLS(text, expected) tells(text, sizeof(text) - 1, expected)

TEST(csv_takes_each_delimiter_that_the_header_shows)
{
	TELLS("a,b\n1,2\n", "1[a|b] 2[1|2] END");
	TELLS("a;b\n1;2\n", "1[a|b] 2[1|2] END");
	TELLS("a\tb\n1\t2\n", "1[a|b] 2[1|2] END");
	TELLS("a;b\n1,5;2\n", "1[a|b] 2[1,5|2] END");
	TELLS("\"a,x,y\";b\n1;2\n", "1[a,x,y|b] 2[1|2] END");
	TELLS("a;\"b,c,d\"\n1;2\n", "1[a|b,c,d] 2[1|2] END");
	TELLS("\"a;x\"\"y;;;\",b\n1,2\n", "1[a;x\"y;;;|b] 2[1|2] END");
	/* One column: nothing but a comma parts fields. */
	TELLS("a\n1;2\n", "1[a] 2[1;2] END");
	TELLS("a,b;c,d\n1,2,3\n", "1[a|b;c|d] 2[1|2|3] END");
}

TEST(csv_takes_each_line_end_and_a_mark)
{
	TELLS("\xef\xbb\xbf"
	      "a,b\r\n1,2\r\n",
	      "1[a|b] 2[1|2] END");
	TELLS("a,b\r1,2\r", "1[a|b] 2[1|2] END");
	TELLS("a,b\n1,2", "1[a|b] 2[1|2] END");
	TELLS("a,b\r\n1,2\r\n\r\n\r\n3,4", "1[a|b] 2[1|2] 5[3|4] END");
	TELLS("a,b\n\n\r\n1,2\r\r3,4\n", "1[a|b] 4[1|2] 6[3|4] END");
	TELLS("\n\na,b\n1,2\n", "3[a|b] 4[1|2] END");
	TELLS("a,b\n1,\n,2\n,\n", "1[a|b] 2[1|] 3[|2] 4[|] END");
	/* A mark in the middle is text. */
	TELLS("a\n\xef\xbb\xbf\n", "1[a] 2[\xef\xbb\xbf] END");
}

TEST(csv_header_names_are_trimmed_and_fields_are_not)
{
	TELLS(" a ,\tb\n 1 ,2 \n", "1[a|b] 2[ 1 |2 ] END");
}

TEST(csv_quotes_hold_anything)
{
	TELLS("a,b\n\"x,y\",\"say \"\"no\"\"\"\n", "1[a|b] 2[x,y|say \"no\"] END");
	TELLS("a,b\n\"\",\"\"\"\"\n", "1[a|b] 2[|\"] END");
	TELLS("a,b\n\"l1\nl2\r\nl3\rl4\",2\n3,4\n", "1[a|b] 2[l1\nl2\r\nl3\rl4|2] 6[3|4] END");
	TELLS("a,b\n\"\"\"\"\"\",\"x\"\"\"\n", "1[a|b] 2[\"\"|x\"] END");
	TELLS("a,b\n\"x\",\"y\"", "1[a|b] 2[x|y] END");
	TELLS("\"a\",\"b\"\n1,2\n", "1[a|b] 2[1|2] END");
	TELLS("a\n\"\"\n\"x\"\n", "1[a] 2[] 3[x] END");
	/* A quote that does not begin a field is text. */
	TELLS("a,b\n1\",x\"y\"\n \"q\",2\n", "1[a|b] 2[1\"|x\"y\"] 3[ \"q\"|2] END");
}

TEST(csv_a_bad_row_does_not_stop_the_others)
{
	TELLS("a,b\n1\n1,2,3\n1,2\n", "1[a|b] 2!the row has 1 columns, the header has 2 "
				      "3!the row has 3 columns, the header has 2 4[1|2] END");
	TELLS("a,b\n\"x\"y,2\n\"x\" ,2\n1,2\n",
	      "1[a|b] 2!column 1: text follows the closing quote; double the quotes that are part "
	      "of the text 3!column 1: text follows the closing quote; double the quotes that are "
	      "part of the text 4[1|2] END");
	TELLS("a,b\n1,x\0y\n1,2\n",
	      "1[a|b] 2!column 2: a NUL byte; the file must be UTF-8 text 3[1|2] END");
	TELLS("a,b\n1,\"x\0y\"\n1,2\n",
	      "1[a|b] 2!column 2: a NUL byte; the file must be UTF-8 text 3[1|2] END");
	TELLS("a,b\n1,caf\xe9\n1,2\n",
	      "1[a|b] 2!column 2: byte 0xE9 at offset 3 of the field is not UTF-8; save the file "
	      "as UTF-8 3[1|2] END");
	TELLS("a,b\n\"\xc3\"\"\xa9\",2\n1,2\n",
	      "1[a|b] 2!column 1: byte 0xC3 at offset 0 of the field is not UTF-8; save the file "
	      "as UTF-8 3[1|2] END");
	/* Two halves of a character on both sides of a delimiter make no character. */
	TELLS("a,b\n\xc3,\xa9\n1,2\n",
	      "1[a|b] 2!column 1: byte 0xC3 at offset 0 of the field is not UTF-8; save the file "
	      "as UTF-8 3[1|2] END");
}

TEST(csv_a_quote_that_is_never_closed_ends_the_file)
{
	TELLS("a,b\n1,2\n3,\"x\n4,5\n",
	      "1[a|b] 2[1|2] FAIL!column 2: the quote opened in line 3 is never closed; close it, "
	      "or double it if it is part of the text");
	TELLS("a,\"b\n1,2\n",
	      "HEADER!column 2: the quote opened in line 1 is never closed; close it, or double it "
	      "if it is part of the text");
	TELLS("a\n\"", "1[a] FAIL!column 1: the quote opened in line 2 is never closed; close it, "
		       "or double it if it is part of the text");
}

TEST(csv_files_without_a_header_are_refused)
{
	static const char empty[] = "HEADER!the file is empty: a header line is missing";

	TELLS("", empty);
	TELLS("\n\r\n\r", empty);
	TELLS("\xef\xbb\xbf", empty);
	TELLS("\xff\xfe"
	      "a\0",
	      "HEADER!the file is UTF-16; save it as UTF-8");
	TELLS("\xfe\xff\0a", "HEADER!the file is UTF-16; save it as UTF-8");
	TELLS("a,\0\n", "HEADER!column 2: a NUL byte; the file must be UTF-8 text");
	TELLS("a,b", "1[a|b] END");
	TELLS("a,b\n", "1[a|b] END");
}

/* A row of one column of `len` bytes between two plain ones. */
static char *
told_long(size_t len, bool quoted, size_t step)
{
	struct buf text = {.limit = 64 << 20};
	char block[4096];
	char *got;

	memset(block, 'x', sizeof(block));
	buf_addf(&text, "a,b\n1,%s", quoted ? "\"" : "");
	for (size_t left = len; left > 0; left -= left < sizeof(block) ? left : sizeof(block))
		buf_add(&text, block, left < sizeof(block) ? left : sizeof(block));
	buf_addf(&text, "%s\n3,4\n", quoted ? "\"" : "");
	CHECK(!text.failed);
	got = told((struct str){text.data, text.len}, step);
	buf_fini(&text);
	return got;
}

static void
long_field(size_t len, const char *expected)
{
	static const size_t steps[] = {1000, 4096, 65536};

	for (size_t i = 0; i < COUNT_OF(steps) * 2; i++) {
		char *got = told_long(len, i % 2, steps[i / 2]);

		CHECK(got != NULL);
		if (!strstr(got, expected) || !strstr(got, " 3[3|4] END")) {
			fprintf(stderr, "%zu bytes by %zu: %.300s\n", len, steps[i / 2], got);
			abort();
		}
		free(got);
	}
}

TEST(csv_fields_and_rows_end_at_their_limits)
{
	char *got = told_long(LIMIT_FIELD_BYTES, true, 65536);

	CHECK(got && strlen(got) > LIMIT_FIELD_BYTES && !strchr(got, '!'));
	free(got);
	long_field(LIMIT_FIELD_BYTES + 1, "2!column 2: longer than 65535 bytes");
	long_field(LIMIT_ROW_BYTES, "2!the row is longer than 1048576 bytes");
	long_field(LIMIT_ROW_BYTES * 3, "2!the row is longer than 1048576 bytes");
}

TEST(csv_fifty_megabytes_in_one_field_cost_no_memory)
{
	char *got = told_long(50000000, true, 65536);

	CHECK(strcmp(got, "1[a|b] 2!the row is longer than 1048576 bytes; is a quote missing? "
			  "3[3|4] END") == 0);
	free(got);
}

TEST(csv_a_row_has_at_most_so_many_columns)
{
	for (int over = 0; over < 2; over++) {
		struct buf text = {.limit = 1 << 20};
		char *got;

		for (int i = 0; i < LIMIT_ROW_COLUMNS + over; i++)
			buf_addf(&text, "%sc%d", i ? "," : "", i);
		buf_addf(&text, "\n");
		got = told((struct str){text.data, text.len}, 100);
		if (over)
			CHECK(strcmp(got, "HEADER!the row has 257 columns; at most 256 can be "
					  "read") == 0);
		else
			CHECK(strstr(got, "|c255] END") != NULL);
		free(got);
		buf_fini(&text);
	}
}

TEST(csv_lines_are_counted_through_rows_that_are_dropped)
{
	struct buf text = {.limit = 4 << 20};
	char *got;

	buf_addf(&text, "a,b\n\"");
	for (int i = 0; i < LIMIT_ROW_BYTES; i++)
		buf_addf(&text, "\r\n");
	buf_addf(&text, "\",2\nragged\n");
	got = told((struct str){text.data, text.len}, 777);
	CHECK(strstr(got, "2!the row is longer") != NULL);
	CHECK(strstr(got, " 1048579!the row has 1 columns") != NULL);
	free(got);
	buf_fini(&text);
}

TEST(csv_a_source_that_fails_ends_the_file)
{
	for (size_t at = 1; at < 12; at++) {
		struct feed f = {
			.text = str_of("a,b\n1,\"2\n\"\n3,4\n"), .step = 1, .fails_at = at};
		CLEANUP(csv_freep) struct csv *c = csv_over(&f);
		struct csv_row row = {0};
		struct err e = {0};
		enum csv_result result = CSV_ROW;
		enum err_code rc = csv_header(c, &row, &e);

		while (!rc && result == CSV_ROW)
			result = csv_next(c, &row, &e);
		CHECK(rc == ERR_IO || (result == CSV_FAILED && e.code == ERR_IO));
		CHECK(strcmp(e.message, "the disk is gone") == 0);
		CHECK(csv_next(c, &row, &e) == CSV_FAILED);
	}
}

/* What is written for `text` in a file's only data row, read back. */
static void
round_trip(struct str text, bool guard)
{
	struct buf file = {.limit = 4 << 20};
	struct feed f = {.step = 3};
	struct csv_row row = {0};
	struct err e = {0};
	struct str back;
	struct csv *c;

	buf_addf(&file, "before,field,after\nx,");
	csv_put(&file, text, guard);
	buf_addf(&file, ",y\r\n");
	f.text = (struct str){file.data, file.len};
	c = csv_over(&f);
	CHECK(csv_header(c, &row, &e) == ERR_NONE);
	CHECK(csv_next(c, &row, &e) == CSV_ROW && row.count == 3);
	back = row.fields[1];
	if (guard) {
		CHECK(back.len == 0 || !memchr("=+-@\t\r", back.ptr[0], 6));
		back = csv_unguard(back);
	}
	if (!str_eq(back, text)) {
		fprintf(stderr, "'%.*s' came back as '%.*s'\n", STR_ARG(text), STR_ARG(back));
		abort();
	}
	CHECK(csv_next(c, &row, &e) == CSV_END);
	csv_free(c);
	buf_fini(&file);
}

TEST(csv_every_text_comes_back_with_and_without_the_guard)
{
	static const char *const texts[] = {
		"",
		"plain",
		"=1+1",
		"+44 20 7946 0000",
		"-5",
		"@sum(a1)",
		"\tx",
		"\rx",
		"'",
		"''",
		"'=1+1",
		"''=1",
		"'''-x",
		"'plain",
		"'a=b",
		"a=b",
		" =1",
		"\"=1\"",
		"\"",
		"\"\"",
		"a\"b",
		"a,b",
		"a;b",
		"a\tb",
		"a\nb",
		"a\r\nb",
		"\n",
		"\r",
		" lead",
		"trail ",
		" ",
		"\xef\xbb\xbfmark",
		"'\t",
		"'\r",
		"=",
		"'=",
		"caf\xc3\xa9",
		"=cmd|' /C calc'!A0",
		"-",
		"'-",
		"@",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		round_trip(str_of(texts[i]), false);
		round_trip(str_of(texts[i]), true);
	}
}

TEST(csv_short_texts_of_all_special_characters_come_back)
{
	static const char letters[] = "'=+-@\t\r\n\",; a";
	const size_t n = sizeof(letters) - 1;
	char text[3];

	for (size_t i = 0; i < n * n * n; i++) {
		size_t rest = i;

		for (size_t k = 0; k < 3; k++, rest /= n)
			text[k] = letters[rest % n];
		round_trip((struct str){text, 3}, true);
	}
}

TEST(csv_put_quotes_only_what_needs_it)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 256};

	csv_put(&out, str_of("plain text"), true);
	buf_add(&out, "|", 1);
	csv_put(&out, str_of("a,b"), true);
	buf_add(&out, "|", 1);
	csv_put(&out, str_of("=1"), true);
	buf_add(&out, "|", 1);
	csv_put(&out, str_of("=1"), false);
	buf_add(&out, "|", 1);
	csv_put(&out, (struct str){0}, true);
	CHECK(strcmp(out.data, "plain text|\"a,b\"|'=1|=1|") == 0);
}
