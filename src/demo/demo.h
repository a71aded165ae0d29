/* demo.h -- a believable supply chain, made from a seed: the same seed and time give the same
 * deliveries, byte for byte.
 *
 * world.h is the chain as a function, calendar.h who delivers what and when, stream.h the files.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "access/ctx.h"
#include "check/check.h"

enum { DEMO_RECORDS = 6000, DEMO_MONTHS = 18 };

struct demo_options {
	uint64_t seed;
	int64_t records; /* about as many current ones in the end */
	int months;	 /* of history, up to now; at most DEMO_MONTHS_MAX of world.h */
	void (*progress)(void *object, const char *what, int done, int all); /* may be NULL */
	void *object;
};

struct demo_counts {
	int64_t deliveries;
	int64_t rows;
	int64_t rejected;
};

/* Fills an empty workspace that is a rehearsal, month by month, each with its deliveries and its
 * assessment; this machine (collect/collect.h) comes with the last. */
MUST_CHECK enum err_code demo_fill(struct ctx *ctx, const struct demo_options *o,
				   struct demo_counts *ret_counts);

/* Writes the last state as CSV files into the folder, one for each kind of row, in random order;
 * each row names its organisation. The same options and time give what demo_fill delivered. */
MUST_CHECK enum err_code demo_write_csv(struct ctx *ctx, const struct demo_options *o,
					const char *folder);

#endif
