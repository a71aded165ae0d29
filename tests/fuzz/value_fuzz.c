#include "fuzz.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "record/value.h"

#include <stdlib.h>
#include <string.h>

static const char *colours[] = {"blue", "green", "red"};

static const struct field sub_fields[] = {
	{.name = "subject",  .type = FIELD_REF },
	{.name = "decision", .type = FIELD_ENUM, .words = {colours, 3}},
	{.name = "at",		       .type = FIELD_DATETIME			     },
	{.name = "amount",		   .type = FIELD_DECIMAL},
};

/* One of each type; the first byte of an input chooses. */
static const struct field fields[] = {
	{.name = "text",	 .type = FIELD_TEXT	   },
	{.name = "int",		.type = FIELD_INT	 },
	{.name = "decimal",	    .type = FIELD_DECIMAL },
	{.name = "bool",	 .type = FIELD_BOOL	   },
	{.name = "date",	 .type = FIELD_DATE	   },
	{.name = "datetime",     .type = FIELD_DATETIME},
	{.name = "enum",	 .type = FIELD_ENUM,     .words = {colours, 3}},
	{.name = "set",			.type = FIELD_WORDS,				     .words = {colours, 3}},
	{.name = "words", .type = FIELD_WORDS},
	{.name = "ref",	.type = FIELD_REF				 },
	{.name = "refs",	 .type = FIELD_REFS},
	{.name = "list",	 .type = FIELD_LIST,				     .fields = sub_fields, .field_count = 4},
	{.name = "file",	 .type = FIELD_FILE},
};

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static bool
same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind || a->number != b->number || a->count != b->count ||
	    !str_eq(a->text, b->text))
		return false;
	for (size_t i = 0; a->kind == VALUE_ITEMS && i < a->count * (size_t)a->number; i++) {
		if (!same(&a->items[i], &b->items[i]))
			return false;
	}
	return true;
}

/* What is kept, given again, is kept as it is. */
static void
stable(const struct field *f, const struct value *v, struct arena *a)
{
	struct buf text = {.limit = 256};
	struct value again = {0};
	struct err e;

	if (f->type == FIELD_DECIMAL && v->kind == VALUE_INT) {
		decimal_text(v->number, &text);
		demand(value_parse(f, str_of(text.data), a, &again, &e) == ERR_NONE);
		demand(same(v, &again));
	} else if (v->kind == VALUE_TEXT) {
		demand(text_utf8_fault(v->text) < 0 && v->text.len <= LIMIT_FIELD_BYTES);
		demand(value_parse(f, v->text, a, &again, &e) == ERR_NONE);
		demand(same(v, &again));
	}
	buf_fini(&text);
}

static void
packed(const struct value *v, struct arena *a)
{
	struct buf bytes = {.limit = LIMIT_ROW_BYTES};
	struct value again = {0};
	struct err e;

	values_pack(v, 1, &bytes);
	if (!bytes.failed) {
		demand(values_unpack((struct str){bytes.data, bytes.len}, a, &again, 1, &e) ==
		       ERR_NONE);
		demand(same(v, &again));
	}
	buf_fini(&bytes);
}

/* Bytes of no value at all: refused, or a row that packs into the same bytes. */
static void
unpacked(struct str input, struct arena *a)
{
	struct buf bytes = {.limit = LIMIT_ROW_BYTES};
	struct value v[3] = {0};
	struct err e;

	if (values_unpack(input, a, v, 3, &e) == ERR_NONE) {
		values_pack(v, 3, &bytes);
		demand(str_eq(input, (struct str){bytes.data, bytes.len}));
	}
	buf_fini(&bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};
	const struct field *f;
	struct value v = {.number = -1};
	struct arena a;
	struct err e = {0};
	enum err_code rc;

	if (size == 0)
		return 0;
	f = &fields[data[0] % COUNT_OF(fields)];
	input.ptr++;
	input.len--;
	arena_init(&a, 64 << 20);
	unpacked(input, &a);
	/* Readers give nothing else to value_parse. */
	if (text_utf8_fault(input) < 0 && (input.len == 0 || !memchr(input.ptr, '\0', input.len))) {
		rc = value_parse(f, input, &a, &v, &e);
		if (rc == ERR_NONE) {
			stable(f, &v, &a);
			packed(&v, &a);
		} else {
			demand((rc == ERR_INVALID || rc == ERR_TOO_BIG) && v.number == -1);
			demand(e.field[0] != '\0' && text_utf8_fault(str_of(e.message)) < 0);
		}
	}
	arena_fini(&a);
	return 0;
}
