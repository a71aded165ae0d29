#include "ledger/ledger_priv.h"

/* The root of the leaves number << height to (number + 1) << height. */
struct node {
	unsigned height;
	uint64_t number;
};

/* A perfect subtree is an entry of a tile, or the root of some that lie beside each other in one.
 */
static enum err_code
perfect(struct ledger *l, struct node n, struct hash *ret_hash, struct err *e)
{
	unsigned level = n.height / TILE_BITS;
	unsigned rest = n.height % TILE_BITS;
	uint64_t first = n.number << rest;
	size_t offset = (size_t)(first % TILE_HASHES);
	size_t count = (size_t)1 << rest;
	struct merkle_range range = {0};
	const struct tile *tile;
	enum err_code rc = tile_read(&l->tiles, level, first >> TILE_BITS, &tile, e);

	if (rc)
		return rc;
	if (tile->width < offset + count)
		return err_set(e, ERR_FAILED, "",
			       "tile %llu of level %u of the ledger is missing or was cut; run "
			       "holdfast verify",
			       (unsigned long long)(first >> TILE_BITS), level);
	for (size_t i = 0; i < count; i++)
		merkle_append(l->hasher, &range, &tile->hashes[offset + i]);
	*ret_hash = range.hashes[0];
	return ERR_NONE;
}

/* The subtree as far as a tree of `size` leaves has it, which at the right edge is less than all.
 */
static enum err_code
within(struct ledger *l, struct node n, uint64_t size, struct hash *ret_hash, struct err *e)
{
	bool started = false;
	struct hash root = {0};

	if ((n.number + 1) << n.height <= size)
		return perfect(l, n, ret_hash, e);
	for (unsigned height = 0; height < n.height; height++) {
		struct node part = {height, (size >> height) - 1};
		struct hash hash;
		enum err_code rc;

		if ((size >> height & 1) == 0)
			continue;
		rc = perfect(l, part, &hash, e);
		if (rc)
			return rc;
		root = started ? merkle_node(l->hasher, &hash, &root) : hash;
		started = true;
	}
	*ret_hash = root;
	return ERR_NONE;
}

/* Adds the hashes beside the way from `at` up to the root, lowest first. */
static enum err_code
add_siblings(struct ledger *l, struct node at, uint64_t size, struct merkle_proof *proof,
	     struct err *e)
{
	for (; (size - 1) >> at.height > 0; at.height++, at.number >>= 1) {
		struct node beside = {at.height, at.number ^ 1};
		enum err_code rc;

		if (beside.number << beside.height >= size)
			continue;
		rc = within(l, beside, size, &proof->hashes[proof->count], e);
		if (rc)
			return rc;
		proof->count++;
	}
	return ERR_NONE;
}

static enum err_code
start(struct ledger *l, uint64_t size, struct err *e)
{
	enum err_code rc = ledger_refresh(l, e);

	if (rc)
		return rc;
	if (size > l->head.size)
		return err_set(e, ERR_INVALID, "",
			       "the ledger has %llu leaves, so nothing can be proved of %llu",
			       (unsigned long long)l->head.size, (unsigned long long)size);
	tile_reader_forget(&l->tiles);
	return ERR_NONE;
}

enum err_code
ledger_prove_inclusion(struct ledger *l, uint64_t index, uint64_t size,
		       struct merkle_proof *ret_proof, struct err *e)
{
	struct merkle_proof proof = {.count = 0};
	struct node leaf = {0, index};
	enum err_code rc;

	if (index >= size)
		return err_set(e, ERR_INVALID, "", "leaf %llu is not among the first %llu",
			       (unsigned long long)index, (unsigned long long)size);
	rc = start(l, size, e);
	if (!rc)
		rc = add_siblings(l, leaf, size, &proof, e);
	if (!rc)
		*ret_proof = proof;
	return rc;
}

enum err_code
ledger_prove_consistency(struct ledger *l, uint64_t size1, uint64_t size2,
			 struct merkle_proof *ret_proof, struct err *e)
{
	struct merkle_proof proof = {.count = 0};
	struct node last;
	enum err_code rc;

	if (size1 > size2)
		return err_set(e, ERR_INVALID, "",
			       "a ledger of %llu leaves does not extend one of %llu",
			       (unsigned long long)size2, (unsigned long long)size1);
	rc = start(l, size2, e);
	if (rc)
		return rc;
	if (size1 > 0 && size1 < size2) {
		/* From the last perfect subtree of the old tree; when that is all of it, the
		 * verifier has it. */
		last.height = (unsigned)__builtin_ctzll(size1);
		last.number = (size1 - 1) >> last.height;
		if (last.number > 0) {
			rc = perfect(l, last, &proof.hashes[0], e);
			proof.count = 1;
		}
		if (!rc)
			rc = add_siblings(l, last, size2, &proof, e);
	}
	if (!rc)
		*ret_proof = proof;
	return rc;
}
