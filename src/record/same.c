#include "record/writer_priv.h"

static bool
same_value(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_ITEMS || b->kind == VALUE_ITEMS) {
		size_t items = a->count * (size_t)a->number;

		if (a->count != b->count || (a->count > 0 && a->number != b->number))
			return false;
		for (size_t i = 0; i < items; i++) {
			if (!same_value(&a->items[i], &b->items[i]))
				return false;
		}
		return true;
	}
	return a->kind == b->kind && a->number == b->number && str_eq(a->text, b->text);
}

bool
record_same(const struct record *a, const struct record *b)
{
	if (!str_eq(a->key, b->key) || !str_eq(a->feed, b->feed) || !str_eq(a->state, b->state) ||
	    !a->state.ptr != !b->state.ptr || a->organisation != b->organisation)
		return false;
	for (size_t i = 0; i < a->reg->field_count; i++) {
		if (!same_value(&a->values[i], &b->values[i]))
			return false;
	}
	return true;
}
