/* large.h -- memory in the system's large pages.
 *
 * Where many megabytes are gone through, each of the system's small pages costs when it is first
 * touched, on a virtual machine above all, and again each time when the processor has forgotten
 * where it lies. A system that has no large pages to give gives small ones.
 */
#ifndef BASE_LARGE_H
#define BASE_LARGE_H

#include <stddef.h>

enum { LARGE_PAGE = 2 * 1024 * 1024 /* of x86-64 and of ARM */ };

/* As malloc; the part that does not fill a large page lies in small ones. */
void *large_alloc(size_t size);

#endif
