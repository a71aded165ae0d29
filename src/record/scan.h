/* scan.h -- every version of every record of one register, present and superseded, in the order of
 * number and version.
 *
 * Reads each table once from end to end, lists beside their records, so it takes the time of
 * reading and little memory. The caller holds a read transaction.
 */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

#include "record/record.h"

struct record_scan;

struct scan_row {
	struct record record; /* lives until the next row */
	bool present;	      /* else from the history */
	int64_t recorded_to;  /* of the history */
	int64_t retired;      /* of the history, as it stands */
	bool named;	      /* its leaf's row in ledger_leaf is its own */
	bool items_count;     /* the items of each list are numbered 1, 2, 3 ... */
};

/* `stray` is told of items that belong to no version; it may be NULL. */
MUST_CHECK enum err_code record_scan_new(struct ctx *ctx, const struct reg *r,
					 void (*stray)(void *object, const struct field *f,
						       int64_t record),
					 void *object, struct record_scan **ret_scan);
void record_scan_free(struct record_scan *s);
void record_scan_freep(struct record_scan **s);

MUST_CHECK enum err_code record_scan_next(struct record_scan *s, struct scan_row *ret_row,
					  bool *ret_more);

#endif
