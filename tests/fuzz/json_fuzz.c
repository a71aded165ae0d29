#include "fuzz.h"

#include "base/text.h"
#include "codec/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 22 };

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static json_t *
read_again(const struct buf *text)
{
	json_t *json = NULL;
	struct err e;

	demand(!text->failed);
	demand(text_utf8_fault((struct str){text->data, text->len}) < 0);
	demand(json_read((struct str){text->data, text->len}, &json, &e) == ERR_NONE);
	return json;
}

/* Whether it has a real past the exact integers that is canonical without an exponent: read again,
 * it is another integer, or none of 64 bits. */
static bool
has_large(const json_t *json)
{
	double value = fabs(json_real_value(json));
	const char *key;
	json_t *item;
	size_t i;
	bool found = json_is_real(json) && value > 0x1p53 && value < 1e21;

	json_object_foreach((json_t *)(uintptr_t)json, key, item) found = found || has_large(item);
	json_array_foreach(json, i, item) found = found || has_large(item);
	return found;
}

/* The canonical form of the canonical form is itself. */
static void
canonical(const json_t *json)
{
	struct buf once = {.limit = TEXT_LIMIT};
	struct buf twice = {.limit = TEXT_LIMIT};
	struct err e;
	json_t *again;

	if (json_canonical(json, &once, &e) != ERR_NONE) {
		demand(e.code == ERR_INVALID && e.message[0] != '\0');
	} else if (!has_large(json)) {
		again = read_again(&once);
		demand(json_canonical(again, &twice, &e) == ERR_NONE);
		demand(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
		json_decref(again);
	}
	buf_fini(&once);
	buf_fini(&twice);
}

static void
write_value(struct json_writer *w, const json_t *json)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(json)) {
		jw_object(w);
		json_object_foreach((json_t *)(uintptr_t)json, key, value)
		{
			jw_key(w, key);
			write_value(w, value);
		}
		jw_end_object(w);
	} else if (json_is_array(json)) {
		jw_array(w);
		json_array_foreach(json, i, value) write_value(w, value);
		jw_end_array(w);
	} else if (json_is_string(json)) {
		jw_text(w, json_str(json));
	} else if (json_is_integer(json)) {
		jw_int(w, json_integer_value(json));
	} else if (json_is_boolean(json)) {
		jw_bool(w, json_is_true(json));
	} else {
		jw_null(w);
	}
}

/* What the writer writes is what it was given, in both of its forms. Reals are not among them. */
static void
written(const json_t *json, bool pretty)
{
	struct buf text = {.limit = TEXT_LIMIT};
	struct buf same = {.limit = TEXT_LIMIT};
	struct json_writer w;
	json_t *again;

	jw_begin(&w, &text, pretty);
	write_value(&w, json);
	again = read_again(&text);
	jw_begin(&w, &same, pretty);
	write_value(&w, again);
	demand(text.len == same.len && memcmp(text.data, same.data, text.len) == 0);
	json_decref(again);
	buf_fini(&text);
	buf_fini(&same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};
	json_t *json = NULL;
	struct err e;

	if (json_read(input, &json, &e) != ERR_NONE) {
		demand(json == NULL && e.code == ERR_INVALID);
		demand(text_utf8_fault(str_of(e.message)) < 0);
		return 0;
	}
	canonical(json);
	written(json, false);
	written(json, true);
	json_decref(json);
	return 0;
}
