#include "sys/clock.h"

#include <time.h>

int64_t
clock_now(const struct clock *c)
{
	struct timespec now;

	if (c->fixed_ms != 0)
		return c->fixed_ms;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_monotonic_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
