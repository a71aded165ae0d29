#include "base/cleanup.h"
#include "base/str.h"
#include "base/text.h"
#include "test.h"

#include <string.h>

TEST(str_no_text_differs_from_empty_only_by_its_pointer)
{
	struct arena a;

	arena_init(&a, 4096);
	CHECK(str_of(NULL).ptr == NULL && str_of("").ptr != NULL);
	CHECK(str_eq((struct str){0}, str_of("")) && str_is((struct str){0}, ""));
	CHECK(str_dup(&a, (struct str){0}).ptr == NULL);
	CHECK(str_dup(&a, str_of("")).ptr != NULL);
	CHECK(strcmp(str_z(&a, (struct str){0}), "") == 0);
	CHECK(str_trim((struct str){0}).len == 0);
	CHECK(str_cmp((struct str){0}, str_of("a")) < 0);
	arena_fini(&a);
}

TEST(str_order_is_by_bytes_and_then_by_length)
{
	CHECK(str_cmp(str_of("a"), str_of("a")) == 0);
	CHECK(str_cmp(str_of("a"), str_of("ab")) < 0 && str_cmp(str_of("ab"), str_of("a")) > 0);
	CHECK(str_cmp(str_of("b"), str_of("ab")) > 0);
	CHECK(str_cmp(str_of("\xc3\xa9"), str_of("z")) > 0);
	CHECK(!str_eq(str_of("ab"), (struct str){"ab\0c", 4}));
}

TEST(str_trim_takes_blanks_and_tabs_only)
{
	CHECK(str_is(str_trim(str_of(" \t a b \t")), "a b"));
	CHECK(str_is(str_trim(str_of(" \t ")), ""));
	CHECK(str_is(str_trim(str_of("\na\n")), "\na\n"));
}

TEST(str_cut_gives_each_piece_once)
{
	struct str rest = str_of("a,,b");

	CHECK(str_is(str_cut(&rest, ','), "a") && rest.ptr);
	CHECK(str_is(str_cut(&rest, ','), "") && rest.ptr);
	CHECK(str_is(str_cut(&rest, ','), "b") && !rest.ptr && rest.len == 0);
	rest = str_of("a,");
	CHECK(str_is(str_cut(&rest, ','), "a") && rest.ptr && rest.len == 0);
	CHECK(str_is(str_cut(&rest, ','), "") && !rest.ptr);
	rest = (struct str){0};
	CHECK(!str_cut(&rest, ',').ptr && !rest.ptr);
}

TEST(str_int_takes_what_64_bits_hold)
{
	static const char *const bad[] = {
		"",
		"-",
		"+1",
		" 1",
		"1 ",
		"1a",
		"0x1",
		"--1",
		"9223372036854775808",
		"-9223372036854775809",
		"1.0",
		"000000000000000000001",
	};
	int64_t v = 5;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!str_int(str_of(bad[i]), &v) && v == 5);
	CHECK(!str_int((struct str){0}, &v));
	CHECK(!str_int((struct str){"1\0", 2}, &v));
	CHECK(str_int(str_of("9223372036854775807"), &v) && v == INT64_MAX);
	CHECK(str_int(str_of("-9223372036854775808"), &v) && v == INT64_MIN);
	CHECK(str_int(str_of("-0"), &v) && v == 0);
	CHECK(str_int((struct str){"123", 2}, &v) && v == 12);
}

TEST(text_whole_leaves_out_a_cut_character)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92";
	static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};

	for (size_t len = 0; len < sizeof(text); len++)
		CHECK(text_whole((struct str){text, len}) == whole[len]);
	CHECK(text_whole((struct str){0}) == 0);
}

TEST(text_fit_counts_columns_not_bytes)
{
	CHECK(text_fit(str_of("abc"), 2) == 2 && text_fit(str_of("abc"), 9) == 3);
	CHECK(text_fit(str_of("\xe2\x82\xac\xe2\x82\xac"), 1) == 3);
	/* A mark belongs to the letter before it. */
	CHECK(text_fit(str_of("e\xcc\x81x"), 1) == 3);
	CHECK(text_fit(str_of("abc"), 0) == 0 && text_fit((struct str){0}, 5) == 0);
}

TEST(int_text_writes_what_str_int_reads)
{
	static const int64_t numbers[] = {
		0, 7, -1, 10, 1234567890, -1000000000000, INT64_MAX, INT64_MIN + 1};
	char text[INT_TEXT_SIZE];
	int64_t back = 0;

	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		CHECK(int_text(numbers[i], text) == strlen(text));
		CHECK(str_int(str_of(text), &back) && back == numbers[i]);
	}
	CHECK(int_text(INT64_MIN, text) == 20 && strcmp(text, "-9223372036854775808") == 0);
}
