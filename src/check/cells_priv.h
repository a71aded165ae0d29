/* cells_priv.h -- one cell while it is being decided, private to the assessment. */
#ifndef CHECK_CELLS_PRIV_H
#define CHECK_CELLS_PRIV_H

#include "check/assess_priv.h"
#include "check/cells.h"

struct cell {
	int64_t id; /* 0 until it is written */
	int64_t organisation;
	struct period period;
	enum cell_state state;
	struct str reason;
	int64_t tested;
	int64_t failing;
	int64_t first_failed; /* milliseconds; 0 for none */
	enum cell_state worst;
	int64_t failed_hours;
	int64_t changed; /* milliseconds */
	int64_t proven_late;
	struct str plan_hash;
	struct cell *next;
};

/* Of each obligation, the cells that may still change: present ones, and past ones that are not
 * settled. */
struct cells {
	struct cell **lists; /* one an obligation of the plan */
};

/* The newest cell of the organisation in a list, or the one of the period. */
struct cell *cell_find(struct cell *list, int64_t organisation, const char *period);
MUST_CHECK enum err_code cell_put(struct assessment *as, const struct obligation *o,
				  struct cell *c);
/* Whether the cell is recorded, loaded or not. */
MUST_CHECK enum err_code cell_known(struct assessment *as, const struct obligation *o,
				    const struct cell *c, bool *ret_known);
void cell_set(struct cell *c, enum cell_state state, const char *reason);

/* State, reason and counts of the present period's cell; organisation and period are given. What is
 * known fails a cell before what is not known leaves it open; nothing but a waiver comes before
 * both. */
void cell_decide(struct assessment *as, const struct decision *d, const struct failure_state *f,
		 struct cell *c);

/* The stretches of one organisation, out of sorted ones. */
struct failure_state failures_of(const struct failure_state *f, int64_t organisation);
/* First instant of a civil day in the plan's zone. */
int64_t day_start(const struct assessment *as, int64_t day);
/* Whole hours within the period in which at least one record failed. While the period lasts, a
 * stretch that is still open does not count: its hours would make a new version of the cell each
 * time somebody looks. */
int64_t hours_failed(const struct assessment *as, const struct failure_state *f,
		     const struct period *p);

/* past.c: closes what has ended, and proves late what was missed. */
MUST_CHECK enum err_code past_settle(struct assessment *as, const struct decision *d,
				     const struct failure_state *f);

#endif
