#include "ledger/merkle.h"

#include <string.h>

struct hash
merkle_empty(struct hasher *h)
{
	return hash_of(h, "", 0);
}

struct hash
merkle_leaf(struct hasher *h, const void *entry, size_t len)
{
	hasher_begin(h);
	hasher_add(h, "\x00", 1);
	hasher_add(h, entry, len);
	return hasher_end(h);
}

struct hash
merkle_node(struct hasher *h, const struct hash *left, const struct hash *right)
{
	uint8_t bytes[1 + 2 * HASH_SIZE];

	bytes[0] = 1;
	memcpy(bytes + 1, left->bytes, HASH_SIZE);
	memcpy(bytes + 1 + HASH_SIZE, right->bytes, HASH_SIZE);
	return hash_of(h, bytes, sizeof(bytes));
}

void
merkle_append(struct hasher *h, struct merkle_range *r, const struct hash *leaf)
{
	struct hash hash = *leaf;

	/* Each low bit that is set is a subtree as large as the one in hand: the two become one. */
	for (uint64_t size = r->size; size & 1; size >>= 1)
		hash = merkle_node(h, &r->hashes[--r->count], &hash);
	r->hashes[r->count++] = hash;
	r->size++;
}

void
merkle_join(struct merkle_range *r, const struct merkle_range *right)
{
	memcpy(&r->hashes[r->count], right->hashes, right->count * sizeof(right->hashes[0]));
	r->count += right->count;
}

struct hash
merkle_root(struct hasher *h, const struct merkle_range *r)
{
	size_t left = r->count;
	struct hash root;

	if (left == 0)
		return merkle_empty(h);
	root = r->hashes[--left];
	while (left > 0)
		root = merkle_node(h, &r->hashes[--left], &root);
	return root;
}

static unsigned
bit_length(uint64_t x)
{
	return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

static unsigned
ones_above(uint64_t x, unsigned bits)
{
	return bits < 64 ? (unsigned)__builtin_popcountll(x >> bits) : 0;
}

/* Hashes `inner` siblings, each on the side that `index` says. */
static struct hash
climb(struct hasher *h, struct hash at, const struct hash *p, uint64_t index, unsigned inner)
{
	for (unsigned i = 0; i < inner; i++)
		at = index >> i & 1 ? merkle_node(h, &p[i], &at) : merkle_node(h, &at, &p[i]);
	return at;
}

/* Then those that are all on the left. */
static struct hash
climb_border(struct hasher *h, struct hash at, const struct hash *p, unsigned border)
{
	for (unsigned i = 0; i < border; i++)
		at = merkle_node(h, &p[i], &at);
	return at;
}

bool
merkle_check_inclusion(struct hasher *h, uint64_t index, const struct hash *leaf,
		       const struct merkle_proof *proof, const struct checkpoint *tree)
{
	unsigned inner, border;
	struct hash got;

	if (index >= tree->size)
		return false;
	inner = bit_length(index ^ (tree->size - 1));
	border = ones_above(index, inner);
	/* The exact length is what refuses most forgeries. */
	if (proof->count != inner + border)
		return false;
	got = climb(h, *leaf, proof->hashes, index, inner);
	got = climb_border(h, got, proof->hashes + inner, border);
	return hash_eq(&got, &tree->root);
}

/* The old root climbs through left siblings only: those on the right did not exist yet. */
static struct hash
climb_old(struct hasher *h, struct hash at, const struct hash *p, uint64_t index, unsigned inner)
{
	for (unsigned i = 0; i < inner; i++) {
		if (index >> i & 1)
			at = merkle_node(h, &p[i], &at);
	}
	return at;
}

bool
merkle_check_consistency(struct hasher *h, const struct checkpoint *earlier,
			 const struct checkpoint *later, const struct merkle_proof *proof)
{
	const struct hash *p = proof->hashes;
	unsigned shift, inner, border, start;
	struct hash seed, got, empty;
	uint64_t index;

	if (earlier->size == later->size) {
		empty = merkle_empty(h);
		return proof->count == 0 && hash_eq(&earlier->root, &later->root) &&
		       (later->size > 0 || hash_eq(&later->root, &empty));
	}
	if (earlier->size == 0 || earlier->size > later->size || proof->count == 0)
		return false;
	index = earlier->size - 1;
	inner = bit_length(index ^ (later->size - 1));
	border = ones_above(index, inner);
	shift = (unsigned)__builtin_ctzll(earlier->size);
	inner -= shift;
	index >>= shift;
	/* A perfect earlier tree is itself the first subtree of the proof, so it is left out. */
	start = index == 0 ? 0 : 1;
	if (proof->count != start + inner + border)
		return false;
	seed = start ? p[0] : earlier->root;
	p += start;
	got = climb_border(h, climb_old(h, seed, p, index, inner), p + inner, border);
	if (!hash_eq(&got, &earlier->root))
		return false;
	got = climb_border(h, climb(h, seed, p, index, inner), p + inner, border);
	return hash_eq(&got, &later->root);
}
