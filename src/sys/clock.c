#include "sys/clock.h"

enum { NS_A_SECOND = 1000 * NS_A_MS };

int64_t
clock_now(const struct clock *c)
{
	struct timespec now;

	if (c->fixed_ms != 0)
		return c->fixed_ms;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / NS_A_MS;
}

int64_t
clock_monotonic_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_A_SECOND + t.tv_nsec;
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_ns() / NS_A_MS;
}

struct timespec
clock_deadline(int64_t ms)
{
	int64_t end = clock_monotonic_ns() + ms * NS_A_MS;

	return (struct timespec){end / NS_A_SECOND, end % NS_A_SECOND};
}
