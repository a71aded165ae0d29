/* move.h -- a whole workspace, as it is at one moment, made again elsewhere: in another folder, on
 * another database server, on the other engine.
 *
 * Registers, history, ledger, cells, logins, kept plans, content and keys go along, and nothing is
 * added: the root of the ledger is the same. Others may read and write the workspace meanwhile. The
 * result is verified as a whole before it gets its name, so what carries it is complete and proven;
 * an interruption leaves nothing that could be taken for a workspace, and the same call starts
 * over.
 */
#ifndef MOVE_MOVE_H
#define MOVE_MOVE_H

#include "record/workspace.h"
#include "verify/verify.h"

struct move {
	const char *from;   /* folder of the workspace */
	const char *home;   /* folder of the new one: missing, or empty */
	const char *store;  /* connection string of its database, which must be empty; NULL: a file
			       in the folder */
	bool without_key;   /* leaves the ledger's secret key behind */
	struct str earlier; /* a checkpoint note that the result must extend, or {NULL, 0} */
	void (*found)(void *object, const struct verify_fault *f); /* what is wrong with it */
	void (*copying)(void *object, const char *table, int64_t rows);
	void (*verifying)(void *object, uint64_t done, uint64_t all);
	void *object;
};

struct move_report {
	int64_t rows;		   /* copied one by one; 0 where the file was copied as a whole */
	bool has_key;		   /* the new folder holds the secret key */
	struct verification proof; /* in the arena of `ws` */
};

/* ERR_CONFLICT when the target holds something already, ERR_FAILED when the result does not verify:
 * then it is thrown away. The detail is in the context of `ws`, which is open for reading. */
MUST_CHECK enum err_code move_workspace(struct workspace *ws, const struct move *m,
					struct move_report *ret_report);

#endif
