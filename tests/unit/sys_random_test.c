#include "sys/random.h"
#include "test.h"

#include <string.h>

TEST(random_fills_all_and_nothing_more)
{
	unsigned char bytes[1000];
	size_t seen[256] = {0};
	size_t kinds = 0;

	memset(bytes, 0, sizeof(bytes));
	random_bytes(bytes, sizeof(bytes) - 1);
	CHECK(bytes[sizeof(bytes) - 1] == 0);
	for (size_t i = 0; i < sizeof(bytes) - 1; i++)
		kinds += seen[bytes[i]]++ == 0;
	/* About 251 of 256 values are expected; 200 is past any chance. */
	CHECK(kinds > 200);
	random_bytes(bytes, 0);
}

TEST(random_does_not_repeat_itself)
{
	unsigned char a[32];
	unsigned char b[32];

	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
}

TEST(random_mix_repeats_itself_and_spreads)
{
	size_t seen[16] = {0};

	CHECK(random_mix(1, 2) == random_mix(1, 2));
	CHECK(random_mix(1, 2) != random_mix(2, 1));
	for (uint64_t i = 0; i < 16000; i++)
		seen[random_mix(7, i) % 16]++;
	/* A thousand each are expected. */
	for (size_t i = 0; i < 16; i++)
		CHECK(seen[i] > 850 && seen[i] < 1150);
}
