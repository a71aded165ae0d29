#include "base/large.h"

#include <stdlib.h>
#include <sys/mman.h>

void *
large_alloc(size_t size)
{
	size_t whole = size / LARGE_PAGE * LARGE_PAGE;
	void *memory;

	if (whole == 0)
		return malloc(size);
	/* It wants a multiple; what is never touched costs nothing. */
	memory = aligned_alloc(LARGE_PAGE, whole == size ? whole : whole + LARGE_PAGE);
	if (memory)
		(void)madvise(memory, whole, MADV_HUGEPAGE);
	return memory;
}
