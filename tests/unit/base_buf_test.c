#include "base/buf.h"
#include "test.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TEST(buf_holds_one_byte_less_than_its_limit)
{
	struct buf b;

	buf_init(&b, 8);
	buf_add(&b, "1234567", 7);
	CHECK(!b.failed && b.len == 7 && strcmp(b.data, "1234567") == 0);
	buf_add(&b, "8", 1);
	CHECK(b.failed && b.len == 7);
	buf_fini(&b);
}

TEST(buf_remembers_that_it_failed)
{
	struct buf b;

	buf_init(&b, 4);
	buf_add(&b, "12345", 5);
	buf_add(&b, "1", 1);
	buf_addf(&b, "%d", 1);
	CHECK(b.failed && b.len == 0);
	CHECK(buf_take(&b) == NULL);
	/* What was taken from is empty, and of no size. */
	CHECK(b.data == NULL && !b.failed && b.limit == 0);
	buf_fini(&b);
}

TEST(buf_addf_stops_at_the_limit_too)
{
	struct buf b;

	buf_init(&b, 8);
	buf_addf(&b, "%s-%d", "abc", 123);
	CHECK(!b.failed && strcmp(b.data, "abc-123") == 0);
	buf_addf(&b, "%s", "");
	CHECK(!b.failed);
	buf_addf(&b, "%d", 4);
	CHECK(b.failed && strcmp(b.data, "abc-123") == 0);
	buf_fini(&b);
}

TEST(buf_take_gives_the_text_away)
{
	struct buf b;
	char *text;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_add(&b, "ab\0", 3);
	CHECK(b.len == 3000 && b.data[3000] == '\0');
	text = buf_take(&b);
	CHECK(text != NULL && memcmp(text + 2997, "ab\0", 4) == 0 && b.data == NULL);
	free(text);
	buf_fini(&b);
}

TEST(buf_nothing_added_is_an_empty_text)
{
	struct buf b;

	buf_init(&b, 16);
	buf_add(&b, NULL, 0);
	CHECK(!b.failed && b.len == 0 && b.data[0] == '\0');
	buf_fini(&b);
	buf_init(&b, 0);
	buf_add(&b, NULL, 0);
	CHECK(b.failed);
	buf_fini(&b);
}

TEST(buf_a_length_that_overflows_is_refused)
{
	volatile size_t most = SIZE_MAX - 1; /* or the compiler would refuse it */
	struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_add(&b, "a", 1);
	buf_add(&b, "a", most);
	CHECK(b.failed && b.len == 1);
	buf_fini(&b);
}

/* Where what is printed fits, does not fit yet, and never will. */
TEST(buf_prints_in_the_room_that_it_has_or_gets)
{
	for (size_t before = 0; before < 80; before++) {
		CLEANUP(buf_fini) struct buf b = {.limit = 80};

		for (size_t i = 0; i < before; i++)
			buf_add(&b, "x", 1);
		CHECK(b.len == before);
		buf_addf(&b, "%d-%s", 12345, "abc");
		CHECK(b.failed == (before + 9 >= 80));
		CHECK(b.len == (b.failed ? before : before + 9));
		CHECK(b.len == 0 || strlen(b.data) == b.len);
		CHECK(b.failed || strcmp(b.data + before, "12345-abc") == 0);
	}
}
