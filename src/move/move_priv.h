/* move_priv.h -- the parts of a move, private to it. */
#ifndef MOVE_MOVE_PRIV_H
#define MOVE_MOVE_PRIV_H

#include "move/move.h"

/* What was copied, row by row. */
struct move_rows {
	struct str note; /* the checkpoint that was copied; in the arena of the context */
	int64_t count;
};

/* Copies every table of the workspace to an empty store, in one snapshot and one transaction, and
 * counts them there. `mark`, unless it is empty, is kept as META_UNFINISHED. */
MUST_CHECK enum err_code move_tables(struct ctx *ctx, const struct move *m, struct db *to,
				     const char *mark, struct move_rows *ret_rows);

/* The newest checkpoint's note; empty before the first. */
MUST_CHECK enum err_code move_head(struct db *db, struct arena *a, struct str *ret_note,
				   struct err *e);

#endif
