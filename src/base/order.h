/* order.h -- whole numbers in their order, for qsort and bsearch. */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

#include <stdint.h>

/* Below, equal or above zero, as str_cmp says it of texts. */
static inline int
int_cmp(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* The same of two int64_t that are pointed to. */
int ints_order(const void *a, const void *b);

#endif
