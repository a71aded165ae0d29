#include "base/order.h"

int
ints_order(const void *a, const void *b)
{
	return int_cmp(*(const int64_t *)a, *(const int64_t *)b);
}
