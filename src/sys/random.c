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

uint64_t
random_mix(uint64_t seed, uint64_t value)
{
	uint64_t z = (seed ^ value * UINT64_C(0xd6e8feb86659fd93)) + UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}
