/* clock.h -- the one place that asks what time it is; a rehearsal can hold it still. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>
#include <time.h>

struct clock {
	int64_t fixed_ms; /* 0: the system's clock */
};

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(const struct clock *c);

enum { NS_A_MS = 1000000 };

/* Since some moment; goes on evenly, whoever sets the clock. */
int64_t clock_monotonic_ns(void);
int64_t clock_monotonic_ms(void);
/* So many milliseconds from now by that clock, as pthread_cond_timedwait wants it. */
struct timespec clock_deadline(int64_t ms);

#endif
