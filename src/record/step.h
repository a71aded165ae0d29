/* step.h -- the steps that a record can go from where it is, and whether somebody may take them
 * now.
 *
 * What decides is what decides when the step is written (docs/access.md): each is tried, and not
 * written.
 */
#ifndef RECORD_STEP_H
#define RECORD_STEP_H

#include "record/record.h"

struct step {
	const struct transition *transition;
	bool may;
	struct words roles; /* in which, of a step that is made in a role (`as`) */
	struct str refusal; /* why not; {NULL, 0} where he may */
};

struct steps {
	const struct step *rows;
	size_t count;
};

/* For whom the context serves; nobody in particular may take all of them. The record is as
 * record_load gives it. Lives in the context's arena. */
MUST_CHECK enum err_code record_steps(struct ctx *ctx, const struct record *r,
				      struct steps *ret_steps);

#endif
