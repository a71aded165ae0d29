/* changes.h -- what differs between two versions of a plan. */
#ifndef MODEL_CHANGES_H
#define MODEL_CHANGES_H

#include "codec/json.h"
#include "model/model.h"

/* What differs between two plans: {"obligations": {"added": [id], "changed": {id: [what]},
 * "removed": [id]}, "parameters": ..., "roles": ..., "views": ..., "files": ...}; of a parameter
 * the old figure and the new one. The caller json_decref()s. */
json_t *plan_changes(const struct model *old, const struct model *now);
/* For people, one line each. */
void plan_changes_text(const json_t *changes, struct buf *out);
/* The detail of the event that says that the plan was taken in, canonical JSON: with what changed,
 * or how much where that is too long. `changes` may be NULL. */
MUST_CHECK enum err_code plan_taken_detail(const struct model *now, const json_t *changes,
					   struct buf *out, struct err *e);

#endif
