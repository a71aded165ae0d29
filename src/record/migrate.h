/* migrate.h -- makes the store's tables fit the model, or says why they cannot. */
#ifndef RECORD_MIGRATE_H
#define RECORD_MIGRATE_H

#include "record/workspace.h"

/* Format of the store's own tables; a store with a larger number was made by a newer program. */
enum { STORE_VERSION = 11 };

/* Inside a write transaction. `version` is the store's format; one without tables has 0 and gets
 * all of them. */
MUST_CHECK enum err_code migrate(struct db *db, const struct model *m, int version,
				 struct workspace_report *report, struct err *e);

#endif
