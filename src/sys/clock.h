/* clock.h -- the one place that asks what time it is; a rehearsal can hold it still. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t fixed_ms; /* 0: the system's clock */
};

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(const struct clock *c);

enum { NS_A_MS = 1000000 };

/* Nanoseconds since some moment; goes on evenly, whoever sets the clock. */
int64_t clock_monotonic_ns(void);

#endif
