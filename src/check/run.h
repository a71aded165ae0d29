/* run.h -- one obligation's scope and check, prepared once and run at any moment.
 *
 * Both run behind the store's guard, so they can only read, and within LIMIT_CHECK_SECONDS and
 * LIMIT_CHECK_ROWS.
 */
#ifndef CHECK_RUN_H
#define CHECK_RUN_H

#include "access/ctx.h"
#include "check/period.h"

/* Which records a register has now, and whose they are. Load again after writing. */
struct roster {
	const struct reg *reg;
	uint32_t *owners; /* by counter: 1 + place in `organisations`, 0 where there is no record */
	size_t size;
	int64_t *organisations;
	size_t organisation_count;
	size_t organisation_cap;
};
MUST_CHECK enum err_code roster_load(struct ctx *ctx, const struct reg *r,
				     struct roster *ret_roster);
void roster_fini(struct roster *r);
/* For a roster of a few records alone: it begins with its register, and all else zero. */
MUST_CHECK enum err_code roster_put(struct ctx *ctx, struct roster *r, int64_t id,
				    int64_t organisation);
void roster_remove(struct roster *r, int64_t id);
/* The organisation of a record; 0 when the register has no such record now. */
int64_t roster_organisation(const struct roster *r, int64_t id);

struct check_result;

struct check_moment {
	int64_t now;   /* milliseconds */
	int64_t today; /* civil day in the plan's zone */
	struct period period;
	const struct param *tried; /* a parameter with another figure than the plan's, or NULL */
	int64_t tried_figure;
	int64_t limit_ms; /* for scope and check each */
	/* What an obligation with the same scope gave at this moment: then the scope is not run
	 * again. Or NULL. */
	const struct check_result *scope_of;
	/* Records by number, and nothing is asked of others; or NULL. */
	const int64_t *only;
	size_t only_count;
};

/* The moment of the context's clock, for a cadence. */
struct check_moment check_moment_at(const struct ctx *ctx, int64_t now, enum cadence c);

struct check_failure {
	int64_t record;
	int64_t organisation;
	struct str reason;
	int64_t since; /* milliseconds, never after now; 0 when the check does not say */
};

/* By record, then by reason, time and organisation. */
void check_failures_sort(struct check_failure *list, size_t count);

struct check_tested {
	int64_t organisation;
	int64_t count;
};

/* Lives in the arena given to check_run. */
struct check_result {
	struct check_failure *failures; /* by record, each once */
	size_t failure_count;
	struct check_tested *tested; /* by organisation; only those with a record in scope */
	size_t tested_count;
	int64_t tested_total;
	const uint8_t *scope; /* one bit a counter of the register: in scope */
	size_t scope_bytes;
};

/* Whether the record, of the register that the check is about, was in scope. */
bool check_in_scope(const struct check_result *r, int64_t record);

struct check;

/* Errors carry file, line and column of the fault in the plan. The context must outlive it. */
MUST_CHECK enum err_code check_new(struct ctx *ctx, const struct obligation *o,
				   struct check **ret_check);
/* The same held to the records that stand in the table of narrow.h whenever it runs; `rows` is the
 * table with their rows where it shall read those (narrow_to_rows), else NULL. */
MUST_CHECK enum err_code check_new_narrow(struct ctx *ctx, const struct obligation *o,
					  const char *rows, struct check **ret_check);
void check_free(struct check *c);
void check_freep(struct check **c);

/* The tables that it reads, sorted. */
const struct words *check_tables(const struct check *c);
/* Whether scope or check uses the parameter. */
bool check_uses(const struct check *c, const char *param);

/* `r` is the roster of the obligation's applies_to. ERR_INVALID when the plan is at fault (a record
 * outside the scope, a reason that is none ...), ERR_TOO_BIG past a limit. */
MUST_CHECK enum err_code check_run(struct check *c, const struct roster *r,
				   const struct check_moment *m, struct arena *a,
				   struct check_result *ret_result);

#endif
