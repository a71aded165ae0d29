#include "base/arena.h"
#include "test.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

TEST(arena_memory_is_zeroed_aligned_and_apart)
{
	struct arena a;
	unsigned char *last = NULL;
	size_t last_size = 0;

	arena_init(&a, 1 << 20);
	for (size_t size = 0; size < 40000; size = size * 2 + 1) {
		unsigned char *p = arena_alloc(&a, size);

		CHECK(p != NULL && (uintptr_t)p % alignof(max_align_t) == 0);
		for (size_t i = 0; i < size; i++)
			CHECK(p[i] == 0);
		memset(p, 0xaa, size);
		for (size_t i = 0; i < last_size; i++)
			CHECK(last[i] == 0xaa);
		last = p;
		last_size = size;
	}
	arena_fini(&a);
	CHECK(a.blocks == NULL && a.used == 0);
}

/* Small things beside each other, over several blocks, and one that is larger than a block. */
TEST(arena_in_large_pages_is_zeroed_and_apart)
{
	enum { THINGS = 3000, THING = 2000, HUGE_THING = 5000000 };
	static unsigned char *things[THINGS];
	struct arena a;

	arena_init_large(&a, (size_t)16 << 20);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < THINGS; i++) {
			size_t size = i == THINGS / 2 ? HUGE_THING : THING;

			things[i] = arena_alloc(&a, size);
			CHECK((uintptr_t)things[i] % alignof(max_align_t) == 0);
			CHECK(things[i][0] == 0 && things[i][size / 2] == 0 &&
			      things[i][size - 1] == 0);
			memset(things[i], i % 255 + 1, size);
		}
		for (int i = 0; i < THINGS; i++) {
			size_t size = i == THINGS / 2 ? HUGE_THING : THING;

			CHECK(things[i][0] == i % 255 + 1 && things[i][size - 1] == i % 255 + 1);
		}
		CHECK(!arena_over(&a) && a.used >= (size_t)THING * THINGS + HUGE_THING - THING);
		arena_reset(&a);
		CHECK(a.used == 0 && a.limit == (size_t)16 << 20 && a.large);
	}
	arena_fini(&a);
}

TEST(arena_past_its_limit_still_gives_and_says_so)
{
	struct arena a;

	arena_init(&a, 1024);
	(void)arena_alloc(&a, 1024);
	CHECK(!arena_over(&a));
	memset(arena_alloc(&a, 1), 1, 1);
	CHECK(arena_over(&a));
	memset(arena_alloc(&a, 100000), 1, 100000);
	CHECK(arena_over(&a));
	arena_fini(&a);
}

TEST(arena_reset_forgets_all_but_the_limit)
{
	struct arena a;

	arena_init(&a, 4096);
	for (int round = 0; round < 3; round++) {
		unsigned char *p = arena_alloc(&a, 64);

		for (size_t i = 0; i < 64; i++)
			CHECK(p[i] == 0);
		memset(p, 0xff, 64);
		memset(arena_alloc(&a, 50000 * (size_t)(round % 2)), 1, 1 * (size_t)(round % 2));
		CHECK(arena_over(&a) == (round % 2 == 1));
		arena_reset(&a);
		CHECK(!arena_over(&a) && a.used == 0 && a.limit == 4096);
	}
	arena_fini(&a);
}

static int released[4];
static int release_count;

static void
release(void *object)
{
	released[release_count++] = *(int *)object;
}

TEST(arena_releases_the_newest_first_and_once)
{
	struct arena a;
	int objects[] = {1, 2, 3};

	arena_init(&a, 4096);
	arena_defer(&a, release, &objects[0]);
	arena_defer(&a, release, &objects[1]);
	arena_reset(&a);
	CHECK(release_count == 2 && released[0] == 2 && released[1] == 1);
	arena_defer(&a, release, &objects[2]);
	arena_fini(&a);
	CHECK(release_count == 3 && released[2] == 3);
	arena_fini(&a);
	CHECK(release_count == 3);
}

TEST(arena_strndup_ends_with_nul)
{
	struct arena a;
	char *copy;

	arena_init(&a, 4096);
	copy = arena_strndup(&a, "abcdef", 3);
	CHECK(strcmp(copy, "abc") == 0);
	CHECK(arena_strndup(&a, "", 0)[0] == '\0');
	arena_fini(&a);
}

TEST(arena_room_keeps_what_the_list_holds)
{
	struct arena a;
	int *list = NULL;
	size_t cap = 0;

	arena_init(&a, 1024 * 1024);
	for (size_t i = 0; i < 1000; i++) {
		list = arena_room(&a, list, i, &cap, sizeof(*list));
		CHECK(cap > i);
		list[i] = (int)i;
	}
	for (size_t i = 0; i < 1000; i++)
		CHECK(list[i] == (int)i);
	arena_fini(&a);
}
