/* merkle.h -- RFC 6962 section 2.1 Merkle trees over SHA-256: hashes and proofs, without any store.
 *
 * RFC 9162 section 2.1 keeps the same tree; its section 2.1.3.2 and 2.1.4.2 word the verification.
 */
#ifndef LEDGER_MERKLE_H
#define LEDGER_MERKLE_H

#include "base/hash.h"

enum { MERKLE_PROOF_MAX = 64 };

struct merkle_proof {
	struct hash hashes[MERKLE_PROOF_MAX];
	size_t count;
};

struct hash merkle_empty(struct hasher *h);
struct hash merkle_leaf(struct hasher *h, const void *entry, size_t len);
struct hash merkle_node(struct hasher *h, const struct hash *left, const struct hash *right);

/* The compact range of a tree: one hash for each set bit of its size, largest subtree first.
 * Appending is O(1) amortised. */
struct merkle_range {
	struct hash hashes[MERKLE_PROOF_MAX];
	size_t count;
	uint64_t size;
};
void merkle_append(struct hasher *h, struct merkle_range *r, const struct hash *leaf);
struct hash merkle_root(struct hasher *h, const struct merkle_range *r);
/* Sets the subtrees of `right`, all smaller than those of `r`, beside them: enough for merkle_root,
 * not for more appending. */
void merkle_join(struct merkle_range *r, const struct merkle_range *right);

/* A tree of `size` leaves has this root. */
struct checkpoint {
	uint64_t size;
	struct hash root;
};

/* Whether `leaf` stands at `index` of the tree. */
bool merkle_check_inclusion(struct hasher *h, uint64_t index, const struct hash *leaf,
			    const struct merkle_proof *proof, const struct checkpoint *tree);

/* Whether the tree `later` extends the tree `earlier`. An empty one proves nothing: false unless
 * both are empty. */
bool merkle_check_consistency(struct hasher *h, const struct checkpoint *earlier,
			      const struct checkpoint *later, const struct merkle_proof *proof);

#endif
