/* plans.h -- the versions of the plan that a store has had, each kept whole, and which of them was
 * in force when.
 *
 * A version is named by the hash of its files. That it was taken in stands in the ledger as an
 * event; the files need no leaves of their own, as the hash tells whether they are the same.
 */
#ifndef RECORD_PLANS_H
#define RECORD_PLANS_H

#include "record/workspace.h"

/* Keeps the files of the model, unless they are kept already. In a write transaction. */
MUST_CHECK enum err_code plan_keep(struct db *db, const struct model *m, int64_t now_ms,
				   struct err *e);

/* The kept plan with that hash: ERR_MISSING when it is not kept, ERR_INVALID when its files are not
 * those of the hash. Lives in the arena. */
MUST_CHECK enum err_code plan_load(struct db *db, struct str hash, struct arena *a,
				   const struct model **ret_model, struct err *e);

/* Each kept plan, in the order of the hashes under which they are kept. `hash` is that of its
 * files, which is the same unless they were altered. */
struct plan_kept {
	struct str kept_as, name, version;
	struct hash hash;
};
MUST_CHECK enum err_code plans_kept(struct db *db, struct arena *a, struct plan_kept **ret_plans,
				    size_t *ret_count, struct err *e);

/* A plan that was taken in, as its event says; `hash` {NULL, 0} when there was none. */
struct plan_taken {
	struct str hash, name, version;
	int64_t at; /* milliseconds */
};
/* Out of an event's detail; `at` 0. */
MUST_CHECK enum err_code plan_taken_read(struct str detail, struct arena *a,
					 struct plan_taken *ret_plan, struct err *e);
/* The last one at or before the instant. */
MUST_CHECK enum err_code plan_in_force(struct db *db, int64_t instant_ms, struct arena *a,
				       struct plan_taken *ret_plan, struct err *e);

/* Goes back to the instant that the options name, on a fresh connection: the plan that was in
 * force, its zone, the clock, and what the tables held. ctx->model is the present one. It serves
 * `who`, unless that is NULL. Lives in the arena. */
MUST_CHECK enum err_code past_open(struct ctx *ctx, const struct workspace_options *o,
				   const struct who *who, struct arena *a, struct err *e);
/* The instant that the text names: the end of its second, or of its day in that zone; of today what
 * there is up to `now`, and of a day that holds it `kept` (workspace.h). False where it is no time.
 */
bool past_moment(const struct zone *zone, struct str text, int64_t kept, int64_t now,
		 int64_t *ret_at);

#endif
