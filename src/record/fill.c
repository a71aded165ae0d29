#include "record/record.h"

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
