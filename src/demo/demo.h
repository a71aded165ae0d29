/* demo.h -- a believable supply chain, made from a seed: the same seed gives the same deliveries.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "access/ctx.h"

struct demo_options {
	uint64_t seed;
	int64_t records; /* about as many current ones in the end */
	int months;	 /* of history, up to now */
	void (*progress)(void *object, const char *what, int done, int all); /* may be NULL */
	void *object;
};

/* Fills an empty workspace that is a rehearsal, month by month, each with its deliveries and its
 * assessment. */
MUST_CHECK enum err_code demo_fill(struct ctx *ctx, const struct demo_options *o);

#endif
