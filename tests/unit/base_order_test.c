#include "base/cleanup.h"
#include "base/order.h"
#include "test.h"

#include <stdlib.h>

/* Their difference would not fit. */
TEST(numbers_far_apart_are_in_order)
{
	int64_t list[] = {7, INT64_MAX, -1, INT64_MIN, 0, 7};
	const int64_t sought = INT64_MIN;

	CHECK(int_cmp(INT64_MIN, INT64_MAX) < 0 && int_cmp(INT64_MAX, INT64_MIN) > 0);
	CHECK(int_cmp(-1, -1) == 0);
	qsort(list, COUNT_OF(list), sizeof(*list), ints_order);
	for (size_t i = 1; i < COUNT_OF(list); i++)
		CHECK(list[i - 1] <= list[i]);
	CHECK(bsearch(&sought, list, COUNT_OF(list), sizeof(*list), ints_order) == &list[0]);
}
