/* random.h -- random bytes: the system's, or a repeatable stream for made-up data. */
#ifndef SYS_RANDOM_H
#define SYS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Unpredictable bytes (getrandom); ends the process when the system has none. */
void random_bytes(void *bytes, size_t size);

/* One step of a repeatable stream (splitmix64): the same number for the same pair on every machine.
 * Mixing one value after the other into a seed gives each combination a number of its own, so that
 * made-up data needs no state. No secret may depend on it. */
uint64_t random_mix(uint64_t seed, uint64_t value);

#endif
