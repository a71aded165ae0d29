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
