#include "fuzz.h"

#include "base/limits.h"
#include "record/value.h"

#include <stdlib.h>
#include <string.h>

static const char *words[] = {"one", "two"};
static const struct field sub[] = {
	{.name = "a", .type = FIELD_REF    },
	  {.name = "b", .type = FIELD_DECIMAL}
};

#define FIELD(id, kind, ...)                                                                       \
	{                                                                                          \
		.name = (id), .type = (kind), __VA_ARGS__                                          \
	}

static const struct field fields[] = {
	FIELD("text", FIELD_TEXT, ),
	FIELD("int", FIELD_INT, ),
	FIELD("decimal", FIELD_DECIMAL, ),
	FIELD("bool", FIELD_BOOL, ),
	FIELD("date", FIELD_DATE, ),
	FIELD("datetime", FIELD_DATETIME, ),
	FIELD("enum", FIELD_ENUM, .words = {words, 2}),
	FIELD("set", FIELD_WORDS, .words = {words, 2}),
	FIELD("list", FIELD_WORDS, ),
	FIELD("ref", FIELD_REF, ),
	FIELD("refs", FIELD_REFS, ),
	FIELD("items", FIELD_LIST, .fields = sub, .field_count = 2),
	FIELD("file", FIELD_FILE, ),
};

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* What passes through the staging comes out as it went in. */
static void
pack_again(const struct value *v, struct arena *a)
{
	CLEANUP(buf_fini) struct buf once = {.limit = 8 * LIMIT_ROW_BYTES};
	CLEANUP(buf_fini) struct buf twice = {.limit = 8 * LIMIT_ROW_BYTES};
	struct value out;
	struct err e;

	values_pack(v, 1, &once);
	demand(!values_unpack((struct str){once.data, once.len}, a, &out, 1, &e));
	values_pack(&out, 1, &twice);
	demand(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	json_t *json = NULL;
	struct arena a;
	struct err e;

	arena_init(&a, LIMIT_IMPORT_MEMORY_BYTES);
	if (size > 0 && json_read(text, &json, &e) == ERR_NONE) {
		for (size_t i = 0; i < COUNT_OF(fields); i++) {
			const json_t *member = json_object_get(json, fields[i].name);
			struct value v = {0};

			if (member && !value_from_json(&fields[i], member, &a, &v, &e))
				pack_again(&v, &a);
		}
		json_decref(json);
	}
	arena_fini(&a);
	return 0;
}
