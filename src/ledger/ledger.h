/* ledger.h -- the Merkle log of all record versions and events, kept in the store.
 *
 * A leaf is the hash of an entry (RFC 6962 section 2.1); what the entry is, its callers know.
 * Leaves are sequenced inside the transaction that writes what they stand for, so whatever is
 * committed is in the tree. ledger_seal, before each commit, writes the tiles (C2SP tlog-tiles: 256
 * hashes a tile), the place of each leaf, and a signed checkpoint.
 *
 * Tables: ledger_leaf(idx, subject, version) says which version a leaf is, as each version says
 * which leaf it is; ledger_tile(id = level << 40 | number, data) holds the hashes;
 * ledger_checkpoint(id = size, previous, note, recorded_at) the signed heads, each with the size of
 * the one before, so that a deleted one leaves a gap. All are append-only by guards of the
 * database.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "ledger/merkle.h"
#include "ledger/note.h"
#include "store/schema.h"

struct ledger;

/* The tables, for whoever creates the store. */
extern const struct table ledger_tables[];
extern const size_t ledger_table_count;
/* Which of them is ledger_leaf. */
enum { LEDGER_LEAVES };

/* `key` may be public only: then nothing can be sealed. Key, hasher and db must outlive it. */
MUST_CHECK enum err_code ledger_open(struct db *db, const struct note_key *key,
				     struct hasher *hasher, struct ledger **ret_ledger,
				     struct err *e);
const struct note_key *ledger_key(const struct ledger *l);
void ledger_close(struct ledger *l);
void ledger_closep(struct ledger **l);

/* Inside a write transaction, which excludes every other: which leaf the next entry becomes. The
 * first time it reads the head. */
MUST_CHECK enum err_code ledger_next(struct ledger *l, int64_t *ret_index, struct err *e);
/* Likewise. `entry` is at most LIMIT_ENTRY_BYTES. Memory held does not grow with the number of
 * adds. */
MUST_CHECK enum err_code ledger_add(struct ledger *l, int64_t subject, int64_t version,
				    struct str entry, struct err *e);
/* Before the commit; does nothing when nothing was added. `now` in milliseconds. ERR_DENIED without
 * the secret key. */
MUST_CHECK enum err_code ledger_seal(struct ledger *l, int64_t now, struct err *e);
/* Whether the checkpoint that was sealed last stands in the store: for a commit that was not
 * answered. */
MUST_CHECK enum err_code ledger_stands(struct ledger *l, bool *ret_stands, struct err *e);
/* After a rollback: forgets what was added. */
void ledger_forget(struct ledger *l);

/* The newest checkpoint: size 0 and the empty root before the first. */
MUST_CHECK enum err_code ledger_head(struct ledger *l, struct checkpoint *ret_head, struct err *e);
/* Its size alone, which another one of the store has after each commit that adds anything. */
MUST_CHECK enum err_code ledger_length(struct ledger *l, int64_t *ret_size, struct err *e);
/* Its note; empty text before the first. */
MUST_CHECK enum err_code ledger_head_note(struct ledger *l, struct arena *a, struct str *ret_note,
					  struct err *e);

/* Proofs out of the tiles (RFC 6962 section 2.1.1 and 2.1.2). Sizes up to the head's. */
MUST_CHECK enum err_code ledger_prove_inclusion(struct ledger *l, uint64_t index, uint64_t size,
						struct merkle_proof *ret_proof, struct err *e);
MUST_CHECK enum err_code ledger_prove_consistency(struct ledger *l, uint64_t size1, uint64_t size2,
						  struct merkle_proof *ret_proof, struct err *e);

/* Verification: recompute everything, believe nothing.
 *
 * ledger_audit_tree checks that the tables hang together by themselves: each checkpoint's
 * signature; sizes and tiles complete; every tile of a higher level equals what the tile below
 * gives; the root at each checkpoint's size, recomputed from the level-0 hashes, equals the signed
 * one (so each is consistent with the next). Then the caller gives each version that it holds to
 * ledger_audit_leaf; ledger_audit_end finds leaves that nobody claimed, or two claimed. Each fault
 * is reported through `found`, in order; memory stays small (one bit per leaf and a few tiles). All
 * of it belongs into one read transaction, which the caller holds, or a writer beside it would look
 * like a fault.
 *
 * Words of `what`: checkpoint_signature, checkpoint_missing, checkpoint_root, tile, leaf,
 * leaf_missing, leaf_unsealed, leaf_claimed_twice, leaf_unclaimed, leaf_added, checkpoint_kept.
 */
struct ledger_fault {
	const char *what; /* a stable word */
	int64_t index;	  /* of the leaf; -1 when it is about none */
	int64_t subject;  /* 0 when unknown */
	int64_t version;
	const char *message; /* one sentence; lives during the call */
};
struct ledger_audit;

/* What an audit reads and hashes with; all of it must outlive the audit. */
struct ledger_auditor {
	struct db *db;
	const struct note_key *key; /* the public part is enough */
	struct hasher *hasher;
	void (*found)(void *object, const struct ledger_fault *f);
	void *object;
};

MUST_CHECK enum err_code ledger_audit_open(const struct ledger_auditor *by,
					   struct ledger_audit **ret_audit, struct err *e);
void ledger_audit_close(struct ledger_audit *a);
void ledger_audit_closep(struct ledger_audit **a);
/* The newest checkpoint whose signature holds: what is audited. */
const struct checkpoint *ledger_audit_head(const struct ledger_audit *a);
MUST_CHECK enum err_code ledger_audit_tree(struct ledger_audit *a, struct err *e);
/* A checkpoint's note that was kept elsewhere: that it does not bear the key's signature, or that
 * the ledger does not extend it, is a fault. */
MUST_CHECK enum err_code ledger_audit_kept(struct ledger_audit *a, struct str note, struct err *e);
/* That a version stands as a leaf, and whether that leaf's row in ledger_leaf says so too. */
struct ledger_claim {
	int64_t subject;
	int64_t version;
	int64_t index;
	bool named;
};
/* `entry` is recomputed from the row. Calls come in ascending order of subject and version within a
 * register, so nearly in order of index. */
MUST_CHECK enum err_code ledger_audit_leaf(struct ledger_audit *a, const struct ledger_claim *c,
					   struct str entry, struct err *e);
/* Takes over what was claimed of another audit of the same state; whether no leaf was claimed in
 * both. */
bool ledger_audit_join(struct ledger_audit *a, const struct ledger_audit *other);
MUST_CHECK enum err_code ledger_audit_end(struct ledger_audit *a, struct checkpoint *ret_head,
					  struct err *e);

#endif
