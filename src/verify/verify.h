/* verify.h -- recomputes the ledger from the records themselves and believes nothing.
 *
 * Every row of every register, current and superseded, every item of its lists, and every event
 * becomes its ledger entry again, is hashed, and must stand in the tree; tiles, roots, signatures
 * and the consistency of each checkpoint with the next are recomputed (ledger.h). What no hash
 * covers must hang together: guards of the database, numbers of versions, the time at which one
 * ended and the next began, actors, counters, plans that were kept. All of it is read in one
 * snapshot.
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "access/ctx.h"
#include "ledger/ledger.h"

/* Words of `what`: those of ledger.h, and
 *   guard    the database no longer refuses silent changes of a table
 *   table    a table is missing or is not as it was made
 *   row      a row contradicts its neighbours: versions, times, items of lists
 *   actor    who recorded something is unknown
 *   checkpoint_time  a checkpoint's time is not that of what it sealed
 *   counter  a number that is in use would be given out again
 *   plan     a plan that was taken in is not kept as it was, or another one is in force */
struct verify_fault {
	const char *what;
	const char *record;	  /* "ACC-1042" or "event 17"; "" when it is about none */
	const char *reg;	  /* its register; "" when unknown */
	const char *organisation; /* key of the organisation it belongs to; "" when unknown */
	int64_t version;	  /* 0 when unknown */
	int64_t index;		  /* of the leaf; -1 when it is about none */
	const char *message;	  /* one sentence, which names the record; lives during the call */
};

struct verify_options {
	struct str earlier;	    /* a checkpoint note that was kept elsewhere, or {NULL, 0}: the
				       ledger must extend it */
	const struct note_key *key; /* public key that was kept elsewhere, or NULL for the
				       workspace's own */
	void (*found)(void *object, const struct verify_fault *f); /* each fault, as it is found */
	void (*progress)(void *object, uint64_t done, uint64_t all); /* may be NULL */
	void *object;
};

struct verification {
	uint64_t leaves;
	struct checkpoint head; /* the newest whose signature holds */
	struct str note;	/* the same as its text; the context's arena */
	int64_t recorded_at;	/* milliseconds; 0 before the first checkpoint */
	uint64_t faults;
};

/* ERR_NONE whenever it ran to the end, whatever it found. */
MUST_CHECK enum err_code record_verify(struct ctx *ctx, const struct verify_options *o,
				       struct verification *ret_verification);

#endif
