#include "sys/clock.h"
#include "test.h"

#include <time.h>

TEST(clock_can_be_held_still)
{
	const struct clock c = {.fixed_ms = 1234567890123};

	CHECK(clock_now(&c) == 1234567890123);
	CHECK(clock_now(&c) == 1234567890123);
}

TEST(clock_tells_the_time_of_the_system)
{
	const struct clock c = {0};
	int64_t before = (int64_t)time(NULL) * 1000;
	int64_t now = clock_now(&c);

	CHECK(now >= before && now < before + 10000);
}
