#include "sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CALL_MAX = 256 }; /* what getentropy gives at once */

/* getentropy is getrandom without interruptions; <sys/random.h> itself would be this module's
 * header. */
void
random_bytes(void *bytes, size_t size)
{
	unsigned char *p = bytes;

	while (size > 0) {
		size_t n = size < CALL_MAX ? size : CALL_MAX;

		if (getentropy(p, n) != 0) {
			perror("random");
			abort();
		}
		p += n;
		size -= n;
	}
}
