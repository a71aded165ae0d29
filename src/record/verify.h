/* verify.h -- recomputes the ledger from the records themselves and believes nothing.
 *
 * Every row of every register, current and superseded, every item of its lists, and every event
 * becomes its ledger entry again, is hashed, and must stand in the tree; tiles, roots, signatures
 * and the consistency of each checkpoint with the next are recomputed (ledger.h). Guards of the
 * database that are missing are faults as well.
 */
#ifndef RECORD_VERIFY_H
#define RECORD_VERIFY_H

#include "access/ctx.h"
#include "ledger/ledger.h"

struct verify_fault {
	const char *what;   /* a stable word, as in ledger.h, or guard, row, kernel */
	const char *record; /* "ACC-1042", "" when it is about none */
	int64_t version;
	int64_t index;	     /* of the leaf; -1 when it is about none */
	const char *message; /* one sentence */
};

struct verify_options {
	struct str earlier; /* a checkpoint note that was kept outside, or {NULL, 0}: the ledger
			       must extend it */
	void (*found)(void *object, const struct verify_fault *f);   /* each fault, in order */
	void (*progress)(void *object, uint64_t done, uint64_t all); /* may be NULL */
	void *object;
};

struct verification {
	uint64_t leaves;
	struct checkpoint head;
	struct str note; /* of the head; the context's arena */
	uint64_t faults;
};

/* ERR_NONE whenever it ran to the end, whatever it found. */
MUST_CHECK enum err_code record_verify(struct ctx *ctx, const struct verify_options *o,
				       struct verification *ret_verification);

#endif
