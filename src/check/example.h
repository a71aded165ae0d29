/* example.h -- the records that an obligation's example brings, written into a scratch store.
 *
 * Rows may refer to one another in any order. A required text that a row leaves out is the row's
 * key, so that an example says only what matters to its check. A row belongs to the integrator
 * unless it says otherwise; an organisation belongs to itself.
 */
#ifndef CHECK_EXAMPLE_H
#define CHECK_EXAMPLE_H

#include "record/writer.h"

struct example_row {
	const struct yaml *at;
	struct record record;
	bool marked;	  /* FAILS: ... */
	struct str fails; /* what the reason must contain */
	struct place fails_at;
	bool out; /* OUT: true; not in scope */
};

/* Lives in the context's arena. */
struct example {
	const struct obligation *obligation;
	struct example_row *rows;
	size_t row_count;
};

/* Writes the example of `o` with `w`, which is never to be committed. What is wrong with the
 * example goes to `d`, and then *ret_example holds the rows up to there. */
MUST_CHECK enum err_code example_load(struct ctx *ctx, struct writer *w, const struct obligation *o,
				      struct diags *d, struct example *ret_example);

/* The row of the record with that number; NULL when the example has none. */
struct example_row *example_row_of(const struct example *ex, int64_t id);

#endif
