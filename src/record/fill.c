#include "record/writer_priv.h"

#include <assert.h>

struct record
record_blank(const struct reg *r, struct str key, int64_t organisation, struct arena *a)
{
	struct record rec = {
		.reg = r, .key = key, .feed = str_of("holdfast"), .organisation = organisation};

	rec.values = arena_alloc(a, (r->field_count + 1) * sizeof(*rec.values));
	return rec;
}

static struct value *
value_of(const struct record *r, const char *field)
{
	const struct field *f = reg_field(r->reg, str_of(field));

	assert(f != NULL);
	return &r->values[f - r->reg->fields];
}

void
record_set_text(struct record *r, const char *field, struct str text)
{
	*value_of(r, field) =
		text.ptr ? (struct value){.kind = VALUE_TEXT, .text = text} : (struct value){0};
}

void
record_set_int(struct record *r, const char *field, int64_t number)
{
	*value_of(r, field) = (struct value){.kind = VALUE_INT, .number = number};
}

const struct value *
record_get(const struct record *r, const char *field)
{
	return value_of(r, field);
}

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
