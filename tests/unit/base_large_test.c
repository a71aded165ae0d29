#include "base/cleanup.h"
#include "base/large.h"
#include "test.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TEST(large_memory_is_as_large_as_asked_for_and_given_back_with_free)
{
	static const size_t sizes[] = {1, LARGE_PAGE - 1, LARGE_PAGE, LARGE_PAGE + 1,
				       3 * (size_t)LARGE_PAGE - 1};

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		unsigned char *memory = large_alloc(sizes[i]);

		CHECK(memory);
		CHECK(sizes[i] < LARGE_PAGE || (uintptr_t)memory % LARGE_PAGE == 0);
		memset(memory, 0x5a, sizes[i]);
		CHECK(memory[0] == 0x5a && memory[sizes[i] - 1] == 0x5a);
		free(memory);
	}
}
