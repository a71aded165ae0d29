#include "ledger/merkle.h"
#include "test.h"

#include <fts.h>
#include <jansson.h>
#include <string.h>

struct vectors {
	struct hasher *hasher;
	size_t count;
	size_t accepted;
};

/* False for a text that gives no hash at all; a short one is padded, and no tree has it. */
static bool
hash_from(const json_t *value, struct hash *ret_hash)
{
	const char *text = json_string_value(value);
	long len;

	*ret_hash = (struct hash){0};
	if (!text)
		return false;
	len = base64_decode(str_of(text), ret_hash->bytes, HASH_SIZE);
	return len > 0;
}

static bool
proof_from(const json_t *list, struct merkle_proof *ret_proof)
{
	ret_proof->count = json_array_size(list);
	CHECK(ret_proof->count <= MERKLE_PROOF_MAX);
	for (size_t i = 0; i < ret_proof->count; i++) {
		if (!hash_from(json_array_get(list, i), &ret_proof->hashes[i]))
			return false;
	}
	return true;
}

/* Some are 2^64 - 1, too much for an integer of jansson; none else is past 2^53. */
static uint64_t
number(const json_t *vector, const char *name)
{
	json_t *value = json_object_get(vector, name);

	CHECK(json_is_number(value));
	return json_number_value(value) < 0x1p64 ? (uint64_t)json_number_value(value) : UINT64_MAX;
}

static bool
consistent(struct hasher *h, const json_t *v)
{
	struct checkpoint earlier = {.size = number(v, "size1")};
	struct checkpoint later = {.size = number(v, "size2")};
	struct merkle_proof proof;

	return hash_from(json_object_get(v, "root1"), &earlier.root) &&
	       hash_from(json_object_get(v, "root2"), &later.root) &&
	       proof_from(json_object_get(v, "proof"), &proof) &&
	       merkle_check_consistency(h, &earlier, &later, &proof);
}

static bool
included(struct hasher *h, const json_t *v)
{
	struct checkpoint tree = {.size = number(v, "treeSize")};
	struct merkle_proof proof;
	struct hash leaf;

	return hash_from(json_object_get(v, "root"), &tree.root) &&
	       hash_from(json_object_get(v, "leafHash"), &leaf) &&
	       proof_from(json_object_get(v, "proof"), &proof) &&
	       merkle_check_inclusion(h, number(v, "leafIdx"), &leaf, &proof, &tree);
}

static void
run_vector(struct vectors *all, const char *path)
{
	json_error_t fault;
	json_t *v = json_load_file(path, JSON_DECODE_INT_AS_REAL, &fault);
	bool refused, good;

	if (!v)
		(void)fprintf(stderr, "%s:%d: %s\n", path, fault.line, fault.text);
	CHECK(json_is_object(v));
	/* Go's encoder leaves out a wantErr of false. */
	refused = json_is_true(json_object_get(v, "wantErr"));
	good = json_object_get(v, "size1") ? consistent(all->hasher, v) : included(all->hasher, v);
	if (good == refused)
		(void)fprintf(stderr, "%s: %s\n", path, good ? "accepted" : "refused");
	CHECK(good != refused);
	all->count++;
	all->accepted += good;
	json_decref(v);
}

TEST(all_merkle_vectors_are_judged_as_their_authors_did)
{
	char folder[] = "tests/golden/merkle";
	char *const paths[] = {folder, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct vectors all = {.count = 0};
	const FTSENT *entry;
	struct err e;

	CHECK(tree != NULL && hasher_new(&all.hasher, &e) == ERR_NONE);
	while ((entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_F && strstr(entry->fts_name, ".json"))
			run_vector(&all, entry->fts_accpath);
	}
	(void)fts_close(tree);
	hasher_free(all.hasher);
	CHECK(all.count == 196 && all.accepted == 12);
}

static bool
hex_starts(const struct hash *hash, const char *start, const char *end)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(hash, hex);
	return strncmp(hex, start, strlen(start)) == 0 &&
	       strcmp(hex + HASH_HEX_LEN - strlen(end), end) == 0;
}

TEST(hashes_are_those_of_rfc_6962)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct hash hash;
	struct err e;

	CHECK(hasher_new(&h, &e) == ERR_NONE);
	hash = merkle_empty(h);
	CHECK(hex_starts(&hash, "e3b0c442", "b855"));
	hash = merkle_leaf(h, "", 0);
	CHECK(hex_starts(&hash, "6e340b9c", "a01d"));
	hash = merkle_leaf(h, "L123456", 7);
	CHECK(hex_starts(&hash, "395aa064", "4d56"));
}

/* The leaves of the reference tree of RFC 6962 implementations. */
static const struct {
	const char *bytes;
	size_t len;
} leaves[] = {
	{"",								 0 },
	{"\x00",							     1 },
	{"\x10",							     1 },
	{"\x20\x21",							 2 },
	{"\x30\x31",							 2 },
	{"\x40\x41\x42\x43",						 4 },
	{"\x50\x51\x52\x53\x54\x55\x56\x57",				     8 },
	{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};

/* RFC 6962 section 2.1 word for word: the split is at the largest power of two below n. */
static struct hash
tree_hash(struct hasher *h, size_t first, size_t n)
{
	struct hash left, right;
	size_t k = 1;

	if (n == 1)
		return merkle_leaf(h, leaves[first].bytes, leaves[first].len);
	while (k * 2 < n)
		k *= 2;
	left = tree_hash(h, first, k);
	right = tree_hash(h, first + k, n - k);
	return merkle_node(h, &left, &right);
}

TEST(appending_gives_the_roots_of_the_reference_tree)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct merkle_range range = {0};
	struct hash root, leaf;
	struct err e;

	CHECK(hasher_new(&h, &e) == ERR_NONE);
	root = merkle_root(h, &range);
	CHECK(hex_starts(&root, "e3b0c442", "b855"));
	for (size_t n = 1; n <= COUNT_OF(leaves); n++) {
		struct hash expected = tree_hash(h, 0, n);

		leaf = merkle_leaf(h, leaves[n - 1].bytes, leaves[n - 1].len);
		merkle_append(h, &range, &leaf);
		root = merkle_root(h, &range);
		CHECK(hash_eq(&root, &expected) && range.size == n);
		CHECK(range.count == (size_t)__builtin_popcountll(n));
	}
	CHECK(hex_starts(&root, "5dc9da79", "4328"));
}

TEST(a_range_may_be_joined_from_its_parts)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct merkle_range whole = {0}, left = {0}, right = {0};
	struct hash a, b;
	struct err e;

	CHECK(hasher_new(&h, &e) == ERR_NONE);
	for (size_t n = 0; n < 7; n++) {
		struct hash leaf = merkle_leaf(h, leaves[n].bytes, leaves[n].len);

		merkle_append(h, &whole, &leaf);
		merkle_append(h, n < 4 ? &left : &right, &leaf);
	}
	merkle_join(&left, &right);
	a = merkle_root(h, &whole);
	b = merkle_root(h, &left);
	CHECK(hash_eq(&a, &b));
}

TEST(sizes_near_the_end_of_the_numbers_are_no_danger)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct checkpoint tree = {.size = UINT64_MAX};
	struct checkpoint smaller = {.size = UINT64_C(1) << 63};
	struct merkle_proof proof = {.count = MERKLE_PROOF_MAX};
	struct hash leaf = {0};
	struct err e;

	CHECK(hasher_new(&h, &e) == ERR_NONE);
	CHECK(!merkle_check_inclusion(h, 0, &leaf, &proof, &tree));
	CHECK(!merkle_check_inclusion(h, UINT64_MAX - 1, &leaf, &proof, &tree));
	CHECK(!merkle_check_consistency(h, &smaller, &tree, &proof));
	proof.count = 1;
	CHECK(!merkle_check_consistency(h, &smaller, &tree, &proof));
}
