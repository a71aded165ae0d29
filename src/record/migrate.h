/* migrate.h -- makes the store's tables fit the model, or says why they cannot. */
#ifndef RECORD_MIGRATE_H
#define RECORD_MIGRATE_H

#include "record/workspace.h"

/* Format of the store's own tables; a store with a larger number was made by a newer program. */
enum { STORE_VERSION = 1 };

/* Inside a write transaction. A store without tables gets all of them. */
MUST_CHECK enum err_code migrate(struct db *db, const struct model *m, bool fresh,
				 struct workspace_report *report, struct err *e);

#endif
