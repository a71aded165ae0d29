/* seconds.h -- seconds, for all measuring programs. */
#ifndef BENCH_SECONDS_H
#define BENCH_SECONDS_H

#include <stdlib.h>
#include <time.h>

/* Seconds on that clock. */
static inline double
bench_time(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds that pass, whoever sets the clock. */
static inline double
bench_now(void)
{
	return bench_time(CLOCK_MONOTONIC);
}

/* For qsort over doubles. */
static inline int
bench_ascending(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

#endif
