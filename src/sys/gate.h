/* gate.h -- lets so many threads through at once; the others wait, and not too many of them. */
#ifndef SYS_GATE_H
#define SYS_GATE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct gate;

/* `waiting`: how many may wait at one time. */
MUST_CHECK enum err_code gate_new(size_t places, size_t waiting, struct gate **ret_gate,
				  struct err *e);
/* Nobody may be inside. */
void gate_free(struct gate *g);

/* Waits for a place, and no longer than `ms` milliseconds; false without one. */
MUST_CHECK bool gate_enter(struct gate *g, int ms);
void gate_leave(struct gate *g);

#endif
