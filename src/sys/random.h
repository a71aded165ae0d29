/* random.h -- random bytes: the system's, or a repeatable stream for made-up data. */
#ifndef SYS_RANDOM_H
#define SYS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Unpredictable bytes (getrandom); ends the process when the system has none. */
void random_bytes(void *bytes, size_t size);

#endif
