#include "ledger_fixture.h"
#include "test.h"

#include <stdlib.h>

static void
check_inclusion(struct ledger_fixture *f, uint64_t index, const struct checkpoint *tree)
{
	struct hash leaf = fixture_leaf(f, index);
	struct merkle_proof proof;

	CHECK(ledger_prove_inclusion(f->ledger, index, tree->size, &proof, &f->e) == ERR_NONE);
	CHECK(merkle_check_inclusion(f->hasher, index, &leaf, &proof, tree));
	/* It proves nothing else. */
	CHECK(!merkle_check_inclusion(f->hasher, index ^ 1, &leaf, &proof, tree));
	if (proof.count > 0) {
		proof.hashes[proof.count - 1].bytes[31] ^= 1;
		CHECK(!merkle_check_inclusion(f->hasher, index, &leaf, &proof, tree));
	}
}

static void
check_consistency(struct ledger_fixture *f, const struct checkpoint *earlier,
		  const struct checkpoint *later)
{
	struct checkpoint other = *earlier;
	struct merkle_proof proof;

	CHECK(ledger_prove_consistency(f->ledger, earlier->size, later->size, &proof, &f->e) ==
	      ERR_NONE);
	CHECK(merkle_check_consistency(f->hasher, earlier, later, &proof) ==
	      (earlier->size > 0 || later->size == 0));
	other.root.bytes[0] ^= 1;
	CHECK(!merkle_check_consistency(f->hasher, &other, later, &proof));
}

TEST(every_size_up_to_300_is_proved)
{
	enum { SIZE = 300 };
	FIXTURE f;
	static struct checkpoint trees[SIZE + 1];

	fixture_open(&f);
	fixture_add(&f, 100);
	fixture_add(&f, SIZE - 100);
	for (uint64_t size = 0; size <= SIZE; size++) {
		trees[size] = fixture_tree(&f, size);
		for (uint64_t index = 0; index < size; index += index + 9 < size ? 8 : 1)
			check_inclusion(&f, index, &trees[size]);
		for (uint64_t earlier = 0; earlier <= size; earlier += earlier + 9 < size ? 8 : 1)
			check_consistency(&f, &trees[earlier], &trees[size]);
	}
}

TEST(sizes_around_full_tiles_are_proved)
{
	static const uint64_t sizes[] = {1,	255,   256,   257,   511,   512,   513,	 4096,
					 65535, 65536, 65537, 65791, 65792, 65793, 66100};
	struct checkpoint trees[COUNT_OF(sizes)];
	struct merkle_range range = {0};
	FIXTURE f;

	fixture_open(&f);
	fixture_add(&f, 66100);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		while (range.size < sizes[i]) {
			struct hash leaf = fixture_leaf(&f, range.size);

			merkle_append(f.hasher, &range, &leaf);
		}
		trees[i] = (struct checkpoint){range.size, merkle_root(f.hasher, &range)};
	}
	for (size_t later = 0; later < COUNT_OF(sizes); later++) {
		for (size_t earlier = 0; earlier <= later; earlier++) {
			check_consistency(&f, &trees[earlier], &trees[later]);
			check_inclusion(&f, sizes[earlier] - 1, &trees[later]);
			check_inclusion(&f, sizes[earlier] / 2, &trees[later]);
		}
	}
}

TEST(nothing_is_proved_that_is_not_there)
{
	FIXTURE f;
	struct merkle_proof proof = {.count = 99};

	fixture_open(&f);
	fixture_add(&f, 300);
	CHECK(ledger_prove_inclusion(f.ledger, 300, 300, &proof, &f.e) == ERR_INVALID);
	CHECK(ledger_prove_inclusion(f.ledger, 0, 0, &proof, &f.e) == ERR_INVALID);
	CHECK(ledger_prove_inclusion(f.ledger, 0, 301, &proof, &f.e) == ERR_INVALID);
	CHECK(ledger_prove_consistency(f.ledger, 10, 301, &proof, &f.e) == ERR_INVALID);
	CHECK(ledger_prove_consistency(f.ledger, 11, 10, &proof, &f.e) == ERR_INVALID);
	fixture_tamper(&f, "delete from ledger_tile where id = 0");
	CHECK(ledger_prove_inclusion(f.ledger, 7, 300, &proof, &f.e) == ERR_FAILED);
	CHECK(proof.count == 99);
}
