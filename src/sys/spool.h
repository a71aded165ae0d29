/* spool.h -- rows of bytes put aside, of which there may be more than memory holds.
 *
 * Add any number of rows, end, then read them from the first to the last as often as needed: sorted
 * by key (bytes; rows with the same key in the order in which they came), or as they came. What
 * does not fit into the memory given goes to a file without a name (scratch.h).
 */
#ifndef SYS_SPOOL_H
#define SYS_SPOOL_H

#include "base/err.h"
#include "base/str.h"

struct spool;

struct spool_row {
	struct str key;
	struct str bytes;
};

/* `memory` in bytes bounds what is held of the rows. */
MUST_CHECK enum err_code spool_new(size_t memory, bool sorted, struct spool **ret_spool,
				   struct err *e);
void spool_free(struct spool *s);
void spool_freep(struct spool **s);
#define SPOOL CLEANUP(spool_freep) struct spool

/* Copies the row. A row is at most a quarter of the memory. */
MUST_CHECK enum err_code spool_add(struct spool *s, const struct spool_row *row, struct err *e);
/* No more is added; the next read gives the first row. Also goes back to it later. */
MUST_CHECK enum err_code spool_rewind(struct spool *s, struct err *e);
/* The row lives until the next call. */
MUST_CHECK enum err_code spool_next(struct spool *s, struct spool_row *ret_row, bool *ret_found,
				    struct err *e);

#endif
