/* proof.h -- that a version of a record stands in the ledger, for whom the context serves.
 *
 * What he may not see is missing, and where it stands is not told. That he asked about a restricted
 * one stands in the ledger itself, as when he reads it.
 */
#ifndef RECORD_PROOF_H
#define RECORD_PROOF_H

#include "ledger/receipt.h"
#include "record/record.h"

/* One version; ERR_MISSING when there is none such for him. Lives in the arena. */
MUST_CHECK enum err_code record_version(struct ctx *ctx, int64_t id, int64_t version,
					struct arena *a, struct record *ret_record);

/* What its leaf is the hash of, so that whoever asks can compute it. */
MUST_CHECK enum err_code record_version_entry(struct ctx *ctx, const struct record *r,
					      struct buf *out);

/* Where it stands in the tree of that size, and the way from there to the root: `index` and `proof`
 * of the receipt alone. ERR_INVALID when the tree is older than the version. */
MUST_CHECK enum err_code record_version_prove(struct ctx *ctx, const struct record *r,
					      uint64_t size, struct receipt *ret_receipt);

/* The whole receipt with the newest signed head, but for its entry. */
MUST_CHECK enum err_code record_receipt(struct ctx *ctx, const struct record *r, struct arena *a,
					struct receipt *ret_receipt);

#endif
