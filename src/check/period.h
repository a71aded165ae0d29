/* period.h -- the stretch of civil days that a cell stands for. */
#ifndef CHECK_PERIOD_H
#define CHECK_PERIOD_H

#include "model/model.h"

enum { PERIOD_NAME_SIZE = 32 };

struct period {
	char name[PERIOD_NAME_SIZE]; /* "2026-06", "2026-Q2", "2026" or "once" */
	int64_t from;		     /* days since 1970-01-01; both ends are within */
	int64_t to;
};

/* Continuous, daily, event and as-scheduled duties have months; the others have the period of their
 * cadence. */
struct period period_of(enum cadence c, int64_t day);
/* The one after; a period that never ends is followed by itself. */
struct period period_next(enum cadence c, const struct period *p);

#endif
