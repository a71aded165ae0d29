#include "base/cleanup.h"
#include "base/text.h"
#include "test.h"

#include <string.h>

TEST(text_valid_utf8_has_no_fault)
{
	static const char *const texts[] = {
		"",
		"plain",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"eight by\xc3\xa9tes and more",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		CHECK(text_utf8_fault(str_of(texts[i])) == -1);
	CHECK(text_utf8_fault((struct str){0}) == -1);
	CHECK(text_utf8_fault((struct str){"a\0b", 3}) == -1);
}

TEST(text_the_first_bad_byte_is_found)
{
	static const struct {
		const char *text;
		long fault;
	} cases[] = {
		{"\x80",			      0 },
		{"ab\xff",			    2 },
		{"\xc0\xaf",			     0 }, /* overlong */
		{"\xc1\xbf",			     0 }, /* overlong */
		{"\xe0\x9f\xbf",			 0 }, /* overlong */
		{"\xf0\x8f\xbf\xbf",		     0 }, /* overlong */
		{"x\xed\xa0\x80",			  1 }, /* surrogate */
		{"\xed\xbf\xbf",			 0 }, /* surrogate */
		{"\xf4\x90\x80\x80",		     0 }, /* past U+10FFFF */
		{"\xf5\x80\x80\x80",		     0 },
		{"\xc3",			      0 }, /* cut off */
		{"a\xe2\x82",			      1 },
		{"a\xf0\x9f\x92",			  1 },
		{"\xc3(",			     0 },
		{"\xe2\x82(",			      0 },
		{"\xf0\x9f\x92(",			  0 },
		{"12345678\xe9",			 8 },
		{"1234567\xe9z",			 7 },
		{"12345678abcdefg\xe9qqqqqqqqqqqqqq", 15},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		CHECK(text_utf8_fault(str_of(cases[i].text)) == cases[i].fault);
}

TEST(text_every_code_point_is_valid_and_no_surrogate_is)
{
	for (unsigned long c = 0x80; c <= 0x110000; c++) {
		char bytes[4];
		size_t len;

		if (c < 0x800) {
			len = 2;
			bytes[0] = (char)(0xc0 | c >> 6);
		} else if (c < 0x10000) {
			len = 3;
			bytes[0] = (char)(0xe0 | c >> 12);
		} else {
			len = 4;
			bytes[0] = (char)(0xf0 | c >> 18);
		}
		for (size_t i = 1; i < len; i++)
			bytes[i] = (char)(0x80 | (c >> (6 * (len - 1 - i)) & 0x3f));
		CHECK((text_utf8_fault((struct str){bytes, len}) == -1) ==
		      (!(c >= 0xd800 && c <= 0xdfff) && c <= 0x10ffff));
	}
}

TEST(text_columns_count_what_is_seen)
{
	CHECK(text_columns(str_of("")) == 0);
	CHECK(text_columns(str_of("plain")) == 5);
	CHECK(text_columns(str_of("caf\xc3\xa9")) == 4);
	CHECK(text_columns(str_of("cafe\xcc\x81")) == 4); /* e and a combining accent */
	CHECK(text_columns(str_of("\xe2\x82\xac"
				  "5")) == 2);
	CHECK(text_columns(str_of("\xff\xfe")) == 2);
}

TEST(text_nearest_word_forgives_a_slip)
{
	static const char *const words[] = {"name", "title", "transitions", "states", "kind"};
	static const struct {
		const char *word;
		const char *nearest;
	} cases[] = {
		{"name",	 "name"       },
		{"nmae",	 "name"       },
		{"nam",		"name"	      },
		{"names",	  "name"	},
		{"tilte",	  "title"	 },
		{"Title",	  "title"	 },
		{"state",	  "states"	  },
		{"transition",  "transitions"},
		{"trnasitoins", "transitions"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *found = text_nearest(str_of(cases[i].word), words, COUNT_OF(words));

		CHECK(found && strcmp(found, cases[i].nearest) == 0);
	}
}

TEST(text_nearest_word_is_none_when_all_are_far)
{
	static const char *const words[] = {"name", "title"};
	char longest[300];

	memset(longest, 'n', sizeof(longest));
	CHECK(!text_nearest(str_of("colour"), words, COUNT_OF(words)));
	CHECK(!text_nearest(str_of("xy"), words, COUNT_OF(words)));
	CHECK(!text_nearest(str_of(""), words, COUNT_OF(words)));
	CHECK(!text_nearest(str_of("name"), words, 0));
	CHECK(!text_nearest((struct str){longest, sizeof(longest)}, words, COUNT_OF(words)));
}

TEST(text_names_are_lower_case)
{
	char longest[65];

	memset(longest, 'a', sizeof(longest));
	CHECK(text_is_name(str_of("a")));
	CHECK(text_is_name(str_of("leave_date2")));
	CHECK(text_is_name((struct str){longest, 63}));
	CHECK(!text_is_name((struct str){longest, 64}));
	CHECK(!text_is_name(str_of("")));
	CHECK(!text_is_name(str_of("_a")));
	CHECK(!text_is_name(str_of("2a")));
	CHECK(!text_is_name(str_of("leaveDate")));
	CHECK(!text_is_name(str_of("leave-date")));
	CHECK(!text_is_name(str_of("a ")));
	CHECK(!text_is_name(str_of("caf\xc3\xa9")));
}

TEST(text_that_is_printable_has_neither_blanks_nor_more_than_ascii)
{
	CHECK(text_is_printable(str_of("!az09~"), 6));
	CHECK(!text_is_printable(str_of("!az09~"), 5));
	CHECK(!text_is_printable(str_of(""), 6) && !text_is_printable((struct str){0}, 6));
	CHECK(!text_is_printable(str_of("a b"), 6) && !text_is_printable(str_of("a\n"), 6));
	CHECK(!text_is_printable(str_of("a\x7f"), 6) && !text_is_printable(str_of("\xc3\xa9"), 6));
	CHECK(!text_is_printable((struct str){"a\0b", 3}, 6));
}
