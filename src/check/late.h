/* late.h -- what the store came to know only after an instant of the past, about that instant. */
#ifndef CHECK_LATE_H
#define CHECK_LATE_H

#include "access/ctx.h"

/* Texts live until the next one. */
struct late_fact {
	bool evidence; /* accepted by then; else a failure that had begun and was not over */
	struct str obligation_id;
	struct str organisation_key;
	int64_t record; /* that failed, or the evidence */
	struct str reason;
	struct str true_from; /* an instant */
	int64_t recorded_at;  /* milliseconds: of the version that says so now */
};

/* `present` reads the present; by obligation, then by organisation. */
MUST_CHECK enum err_code late_facts(struct ctx *present, int64_t instant_ms,
				    void (*take)(void *object, const struct late_fact *f),
				    void *object);

#endif
