#include "sys/spool.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

static void
add(struct spool *s, const char *key, const char *bytes)
{
	struct spool_row row = {str_of(key), str_of(bytes)};
	struct err e;

	CHECK(!spool_add(s, &row, &e));
}

static bool
next_is(struct spool *s, const char *key, const char *bytes)
{
	struct spool_row row;
	struct err e;
	bool found;

	CHECK(!spool_next(s, &row, &found, &e));
	return found && str_is(row.key, key) && str_is(row.bytes, bytes);
}

static bool
ends(struct spool *s)
{
	struct spool_row row;
	struct err e;
	bool found;

	CHECK(!spool_next(s, &row, &found, &e));
	return !found;
}

TEST(a_spool_gives_rows_by_key_and_equal_keys_as_they_came)
{
	SPOOL *s = NULL;
	struct err e;

	CHECK(!spool_new(65536, true, &s, &e));
	add(s, "b", "1");
	add(s, "a-long-key-2", "2");
	add(s, "a-long-key-1", "3");
	add(s, "b", "4");
	add(s, "", "5");
	add(s, "a-long-key", "6");
	for (int round = 0; round < 2; round++) {
		CHECK(!spool_rewind(s, &e));
		CHECK(next_is(s, "", "5") && next_is(s, "a-long-key", "6"));
		CHECK(next_is(s, "a-long-key-1", "3") && next_is(s, "a-long-key-2", "2"));
		CHECK(next_is(s, "b", "1") && next_is(s, "b", "4") && ends(s) && ends(s));
	}
}

/* Far more rows than the memory holds, in an order that has nothing to do with the keys'. */
static void
fill(struct spool *s, unsigned count)
{
	char key[32];
	char bytes[400];

	for (unsigned i = 0; i < count; i++) {
		unsigned n = i * 7919 % count;

		(void)snprintf(key, sizeof(key), "key-%06u", n / 2);
		memset(bytes, 'x', sizeof(bytes));
		(void)snprintf(bytes + 200 + n % 150, 50, "%u", i);
		add(s, key, bytes);
	}
}

TEST(a_spool_sorts_more_than_its_memory_holds)
{
	enum { COUNT = 20011 };
	SPOOL *s = NULL;
	struct err e;
	unsigned last_came = 0;
	char last[32] = "";

	CHECK(!spool_new(65536, true, &s, &e));
	fill(s, COUNT);
	for (int round = 0; round < 2; round++) {
		unsigned rows = 0;
		struct spool_row row;
		bool found;

		CHECK(!spool_rewind(s, &e));
		last[0] = 0;
		while (!spool_next(s, &row, &found, &e) && found) {
			char key[32] = "";
			unsigned came = (unsigned)strtoul(
				row.bytes.ptr + strspn(row.bytes.ptr, "x"), NULL, 10);

			memcpy(key, row.key.ptr, row.key.len);
			CHECK(strcmp(last, key) < 0 || (!strcmp(last, key) && came > last_came));
			(void)snprintf(last, sizeof(last), "%s", key);
			last_came = came;
			rows++;
		}
		CHECK(rows == COUNT);
	}
}

TEST(a_spool_that_does_not_sort_gives_rows_as_they_came)
{
	enum { COUNT = 5003 };
	SPOOL *s = NULL;
	struct err e;
	unsigned came = 0;
	struct spool_row row;
	bool found;

	CHECK(!spool_new(32768, false, &s, &e));
	fill(s, COUNT);
	CHECK(!spool_rewind(s, &e));
	while (!spool_next(s, &row, &found, &e) && found) {
		CHECK(strtoul(row.bytes.ptr + strspn(row.bytes.ptr, "x"), NULL, 10) == came);
		came++;
	}
	CHECK(came == COUNT);
}

TEST(a_row_larger_than_the_buffers_comes_back_whole)
{
	enum { LARGE = 300000 };
	SPOOL *s = NULL;
	struct err e;
	char *large = malloc(LARGE + 1);
	struct spool_row row;
	bool found;

	CHECK(large);
	memset(large, 'L', LARGE);
	large[LARGE] = 0;
	CHECK(!spool_new(4 * (LARGE + 100), true, &s, &e));
	for (int i = 0; i < 9; i++) {
		add(s, "b", large);
		add(s, "a", "small");
	}
	CHECK(!spool_rewind(s, &e));
	for (int i = 0; i < 9; i++)
		CHECK(next_is(s, "a", "small"));
	for (int i = 0; i < 9; i++) {
		CHECK(!spool_next(s, &row, &found, &e) && found && row.bytes.len == LARGE);
		CHECK(row.bytes.ptr[0] == 'L' && row.bytes.ptr[LARGE - 1] == 'L');
	}
	CHECK(ends(s));
	row.bytes.len = 2 * LARGE;
	free(large);
}

TEST(a_spool_without_rows_ends_at_once)
{
	SPOOL *s = NULL;
	struct err e;

	CHECK(!spool_new(65536, true, &s, &e));
	CHECK(!spool_rewind(s, &e));
	CHECK(ends(s));
	CHECK(spool_add(s, &(struct spool_row){{0}, {0}}, &e) == ERR_INTERNAL);
}
