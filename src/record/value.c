#include "record/value.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const int64_t number_max = (int64_t)1 << 53;

enum {
	SHOWN_BYTES = 60,     /* of a value, in a message about it */
	REAL_MAX = 100000000, /* up to here a double tells all thousandths apart */
};

static enum err_code
refuse(const struct field *f, struct str text, const char *what, struct err *e)
{
	bool cut = text.len > SHOWN_BYTES;

	if (cut)
		text.len = text_whole((struct str){text.ptr, SHOWN_BYTES});
	return err_set(e, ERR_INVALID, f->name, "'%.*s'%s %s", STR_ARG(text), cut ? "..." : "",
		       what);
}

static enum err_code
parse_int(const struct field *f, struct str text, struct value *v, struct err *e)
{
	if (!str_int(text, &v->number))
		return refuse(f, text, "is no whole number, or is too large", e);
	if (v->number > number_max || v->number < -number_max)
		return refuse(f, text, "is too large: numbers go up to 9007199254740992", e);
	v->kind = VALUE_INT;
	return ERR_NONE;
}

static enum err_code
parse_decimal(const struct field *f, struct str text, struct value *v, struct err *e)
{
	struct str fraction = text;
	struct str whole = str_cut(&fraction, '.');
	bool minus = whole.len > 0 && whole.ptr[0] == '-';
	int64_t units;
	int64_t parts = 0;

	if (!str_int(whole, &units) || fraction.len > 3 ||
	    (fraction.ptr && (fraction.len == 0 || !str_int(fraction, &parts) || parts < 0 ||
			      fraction.ptr[0] == '-')))
		return refuse(f, text, "is no number with at most three decimals, as in 12.345", e);
	for (size_t i = fraction.len; i < 3; i++)
		parts *= 10;
	if (__builtin_mul_overflow(units, 1000, &units) ||
	    __builtin_add_overflow(units, minus ? -parts : parts, &v->number) ||
	    v->number > number_max || v->number < -number_max)
		return refuse(f, text, "is too large: decimals go up to 9007199254740.992", e);
	v->kind = VALUE_INT;
	return ERR_NONE;
}

static enum err_code
parse_bool(const struct field *f, struct str text, struct value *v, struct err *e)
{
	static const char *const yes[] = {"true", "yes", "1", "TRUE", "True", "Yes", "YES"};
	static const char *const no[] = {"false", "no", "0", "FALSE", "False", "No", "NO"};

	v->kind = VALUE_INT;
	for (size_t i = 0; i < COUNT_OF(yes); i++) {
		v->number = str_is(text, yes[i]);
		if (v->number || str_is(text, no[i]))
			return ERR_NONE;
	}
	return refuse(f, text, "is neither true nor false", e);
}

static enum err_code
parse_date(const struct field *f, struct str text, struct value *v, struct err *e)
{
	int64_t days;

	if (!civil_parse_date(text, &days))
		return refuse(f, text, "is no date that exists; write it as 2026-03-01", e);
	v->kind = VALUE_TEXT;
	v->text = text;
	return ERR_NONE;
}

static enum err_code
parse_datetime(const struct field *f, struct str text, struct arena *a, struct value *v,
	       struct err *e)
{
	int64_t ms;
	char *out;

	if (!civil_parse_instant(text, &ms))
		return refuse(f, text, "is no date with a time; write it as 2026-03-01T12:00:00Z",
			      e);
	v->kind = VALUE_TEXT;
	if (text.len == CIVIL_INSTANT_LEN && text.ptr[10] == 'T' && text.ptr[19] == 'Z' &&
	    text.ptr[17] != '6') {
		v->text = text;
		return ERR_NONE;
	}
	out = arena_alloc(a, CIVIL_INSTANT_LEN + 1);
	civil_format_instant(ms, out);
	v->text = (struct str){out, CIVIL_INSTANT_LEN};
	return ERR_NONE;
}

static enum err_code
check_word(const struct field *f, struct str word, struct err *e)
{
	const char *near;

	for (size_t i = 0; i < f->words.count; i++) {
		if (str_is(word, f->words.words[i]))
			return ERR_NONE;
	}
	near = text_nearest(word, f->words.words, f->words.count);
	if (near)
		return err_set(e, ERR_INVALID, f->name,
			       "'%.*s' is no value of '%s'; did you mean '%s'?", STR_ARG(word),
			       f->name, near);
	if (word.len > SHOWN_BYTES)
		word.len = text_whole((struct str){word.ptr, SHOWN_BYTES});
	return err_set(e, ERR_INVALID, f->name, "'%.*s' is no value of '%s' (%s, %s ...)",
		       STR_ARG(word), f->name, f->words.words[0],
		       f->words.words[f->words.count > 1]);
}

/* What stands between two quotes, if it is ASCII in which nothing is escaped; and what follows. */
static bool
plain_word(struct str *rest, struct str *ret_word)
{
	size_t at = 1;

	if (rest->len == 0 || rest->ptr[0] != '"')
		return false;
	while (at < rest->len && rest->ptr[at] >= ' ' && rest->ptr[at] <= '~' &&
	       rest->ptr[at] != '"' && rest->ptr[at] != '\\')
		at++;
	if (at + 1 >= rest->len || rest->ptr[at] != '"')
		return false;
	*ret_word = (struct str){rest->ptr + 1, at - 1};
	*rest = (struct str){rest->ptr + at + 1, rest->len - at - 1};
	return true;
}

/* A JSON list of such words without a blank between them, as exports write it. False for any other,
 * which may be a list all the same. */
static bool
plain_list(struct str text, struct arena *a, struct words *ret_words)
{
	struct str rest = {text.ptr + 1, text.len - 1};
	struct words w = {0};
	struct str word;
	size_t most = 1;
	char mark;

	for (size_t i = 0; i < text.len && most < LIMIT_LIST_ITEMS; i++)
		most += text.ptr[i] == ',';
	w.words = arena_alloc(a, most * sizeof(*w.words));
	do {
		if (w.count == most || !plain_word(&rest, &word))
			return false;
		w.words[w.count++] = str_z(a, word);
		mark = rest.ptr[0];
		rest = (struct str){rest.ptr + 1, rest.len - 1};
	} while (mark == ',');
	if (mark != ']' || rest.len > 0)
		return false;
	*ret_words = w;
	return true;
}

/* Pieces of "[...]" or of "a; b". */
static enum err_code
split_list(const struct field *f, struct str text, struct arena *a, struct words *ret_words,
	   struct err *e)
{
	json_t *json = NULL;
	enum err_code rc;

	if (text.ptr[0] != '[') {
		size_t most = 1;

		for (size_t i = 0; i < text.len && most < LIMIT_LIST_ITEMS; i++)
			most += text.ptr[i] == ';';
		ret_words->words = arena_alloc(a, most * sizeof(*ret_words->words));
		while (text.ptr) {
			struct str word = str_trim(str_cut(&text, ';'));

			if (word.len > 0 && ret_words->count < LIMIT_LIST_ITEMS)
				ret_words->words[ret_words->count++] = str_z(a, word);
			else if (word.len > 0)
				return err_set(e, ERR_TOO_BIG, f->name,
					       "the list has more than %d items", LIMIT_LIST_ITEMS);
		}
		return ERR_NONE;
	}
	if (plain_list(text, a, ret_words))
		return ERR_NONE;
	rc = json_read(text, &json, e);
	if (rc)
		return refuse(f, text, "is no list, as in [\"one\",\"two\"] or one;two", e);
	if (json_array_size(json) > LIMIT_LIST_ITEMS)
		rc = err_set(e, ERR_TOO_BIG, f->name, "the list has more than %d items",
			     LIMIT_LIST_ITEMS);
	else
		ret_words->words =
			arena_alloc(a, (json_array_size(json) + 1) * sizeof(*ret_words->words));
	for (size_t i = 0; !rc && i < json_array_size(json); i++) {
		const json_t *item = json_array_get(json, i);

		if (json_is_string(item))
			ret_words->words[ret_words->count++] = str_z(a, json_str(item));
		else
			rc = refuse(f, text, "must hold texts only", e);
	}
	json_decref(json);
	return rc;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err_code
parse_words(const struct field *f, struct str text, struct arena *a, struct value *v, struct err *e)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_FIELD_BYTES + 1};
	struct words w = {0};
	enum err_code rc = split_list(f, text, a, &w, e);

	for (size_t i = 0; !rc && f->words.count > 0 && i < w.count; i++)
		rc = check_word(f, str_of(w.words[i]), e);
	if (rc)
		return rc;
	qsort(w.words, w.count, sizeof(*w.words), by_text);
	buf_add(&out, "[", 1);
	for (size_t i = 0; i < w.count; i++) {
		if (i > 0 && strcmp(w.words[i], w.words[i - 1]) == 0)
			continue;
		if (i > 0)
			buf_add(&out, ",", 1);
		json_escape(&out, str_of(w.words[i]));
	}
	buf_add(&out, "]", 1);
	if (out.failed)
		return err_set(e, ERR_TOO_BIG, f->name, "the list is longer than %d bytes",
			       LIMIT_FIELD_BYTES);
	v->kind = VALUE_TEXT;
	v->text = str_dup(a, (struct str){out.data, out.len});
	return ERR_NONE;
}

static enum err_code
parse_key(const struct field *f, struct str text, struct value *v, struct err *e)
{
	if (text.len > 2 * LIMIT_KEY_BYTES)
		return err_set(e, ERR_TOO_BIG, f->name, "a key has at most %d bytes",
			       LIMIT_KEY_BYTES);
	v->kind = VALUE_KEY;
	v->text = text;
	return ERR_NONE;
}

static enum err_code
parse_refs(const struct field *f, struct str text, struct arena *a, struct value *v, struct err *e)
{
	struct words w = {0};
	enum err_code rc = split_list(f, text, a, &w, e);

	if (rc)
		return rc;
	v->kind = VALUE_ITEMS;
	v->number = 1;
	v->count = w.count;
	v->items = arena_alloc(a, (w.count + 1) * sizeof(*v->items));
	for (size_t i = 0; !rc && i < w.count; i++)
		rc = parse_key(f, str_of(w.words[i]), &v->items[i], e);
	return rc;
}

static enum err_code
list_from_json(const struct field *f, const json_t *json, struct arena *a, struct value *v,
	       struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (!json_is_array(json))
		return err_set(e, ERR_INVALID, f->name, "'%s' must be a list of objects", f->name);
	if (json_array_size(json) > LIMIT_LIST_ITEMS)
		return err_set(e, ERR_TOO_BIG, f->name, "the list has more than %d items",
			       LIMIT_LIST_ITEMS);
	v->kind = VALUE_ITEMS;
	v->number = (int64_t)f->field_count;
	v->count = json_array_size(json);
	v->items = arena_alloc(a, (v->count * f->field_count + 1) * sizeof(*v->items));
	for (size_t i = 0; !rc && i < v->count; i++) {
		const json_t *row = json_array_get(json, i);
		size_t known = 0;

		if (!json_is_object(row))
			return err_set(e, ERR_INVALID, f->name,
				       "item %zu of '%s' must be an object with the list's names",
				       i + 1, f->name);
		for (size_t k = 0; !rc && k < f->field_count; k++) {
			const json_t *item = json_object_get(row, f->fields[k].name);

			known += item != NULL;
			if (item)
				rc = value_from_json(&f->fields[k], item, a,
						     &v->items[i * f->field_count + k], e);
		}
		if (!rc && known != json_object_size(row))
			rc = err_set(e, ERR_INVALID, f->name,
				     "item %zu of '%s' has a name that the list does not have",
				     i + 1, f->name);
	}
	return rc;
}

static enum err_code
parse_list(const struct field *f, struct str text, struct arena *a, struct value *v, struct err *e)
{
	json_t *json = NULL;
	enum err_code rc = json_read(text, &json, e);

	if (rc)
		return refuse(f, text, "is no JSON list of objects", e);
	rc = list_from_json(f, json, a, v, e);
	json_decref(json);
	return rc;
}

enum err_code
value_parse(const struct field *f, struct str text, struct arena *a, struct value *ret_value,
	    struct err *e)
{
	struct value v = {0};
	enum err_code rc = ERR_NONE;

	if (f->type != FIELD_TEXT)
		text = str_trim(text);
	if (text.len > LIMIT_FIELD_BYTES)
		return err_set(e, ERR_TOO_BIG, f->name, "the value is longer than %d bytes",
			       LIMIT_FIELD_BYTES);
	if (text.len > 0) {
		switch (f->type) {
		case FIELD_TEXT:
		case FIELD_FILE:
			v = (struct value){.kind = VALUE_TEXT, .text = text};
			break;
		case FIELD_INT:
			rc = parse_int(f, text, &v, e);
			break;
		case FIELD_DECIMAL:
			rc = parse_decimal(f, text, &v, e);
			break;
		case FIELD_BOOL:
			rc = parse_bool(f, text, &v, e);
			break;
		case FIELD_DATE:
			rc = parse_date(f, text, &v, e);
			break;
		case FIELD_DATETIME:
			rc = parse_datetime(f, text, a, &v, e);
			break;
		case FIELD_ENUM:
			v = (struct value){.kind = VALUE_TEXT, .text = text};
			rc = check_word(f, text, e);
			break;
		case FIELD_WORDS:
			rc = parse_words(f, text, a, &v, e);
			break;
		case FIELD_REF:
			rc = parse_key(f, text, &v, e);
			break;
		case FIELD_REFS:
			rc = parse_refs(f, text, a, &v, e);
			break;
		case FIELD_LIST:
			rc = parse_list(f, text, a, &v, e);
			break;
		}
	}
	if (!rc)
		*ret_value = v;
	return rc;
}

/* A reference may be an object with a name in it, as records give it out. */
static const json_t *
reference_name(const json_t *json)
{
	return json_is_object(json) ? json_object_get(json, "id") : json;
}

static enum err_code
reference_names(const json_t *list, struct buf *out, struct err *e)
{
	json_t *names = json_array();
	enum err_code rc;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *name = reference_name(json_array_get(list, i));

		(void)json_array_append_new(names, name ? json_deep_copy(name) : json_null());
	}
	rc = json_canonical(names, out, e);
	json_decref(names);
	return rc;
}

enum err_code
value_from_json(const struct field *f, const json_t *json, struct arena *a, struct value *ret_value,
		struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = (size_t)LIMIT_ROW_BYTES};
	struct value v = {0};
	enum err_code rc = ERR_NONE;

	if (f->type == FIELD_REF)
		json = reference_name(json);
	if (json_is_string(json)) {
		buf_add(&text, json_string_value(json), json_string_length(json));
	} else if (json_is_integer(json)) {
		buf_addf(&text, "%lld", (long long)json_integer_value(json));
	} else if (json_is_real(json) && f->type == FIELD_DECIMAL &&
		   json_real_value(json) < REAL_MAX && json_real_value(json) > -REAL_MAX) {
		rc = json_canonical(json, &text, e);
	} else if (json_is_boolean(json)) {
		buf_addf(&text, "%s", json_is_true(json) ? "true" : "false");
	} else if (json_is_array(json) && f->type == FIELD_LIST) {
		rc = list_from_json(f, json, a, &v, e);
		if (!rc)
			*ret_value = v;
		return rc;
	} else if (json_is_array(json) && f->type == FIELD_WORDS) {
		rc = json_canonical(json, &text, e);
	} else if (json_is_array(json) && f->type == FIELD_REFS) {
		rc = reference_names(json, &text, e);
	} else if (!json_is_null(json)) {
		return err_set(e, ERR_INVALID, f->name, "'%s' has a value of the wrong kind",
			       f->name);
	}
	if (rc)
		return rc;
	if (text.failed)
		return err_set(e, ERR_TOO_BIG, f->name, "the value is too long");
	return value_parse(f, str_dup(a, (struct str){text.data, text.len}), a, ret_value, e);
}

static void
pack_one(const struct value *v, struct buf *out)
{
	char head[1 + sizeof(v->number)] = {(char)v->kind};
	uint32_t len = (uint32_t)v->text.len;

	switch (v->kind) {
	case VALUE_NULL:
	case VALUE_ITEMS:
		buf_add(out, head, 1);
		break;
	case VALUE_INT:
		memcpy(head + 1, &v->number, sizeof(v->number));
		buf_add(out, head, sizeof(head));
		break;
	case VALUE_TEXT:
	case VALUE_KEY:
		memcpy(head + 1, &len, sizeof(len));
		buf_add(out, head, 1 + sizeof(len));
		buf_add(out, v->text.ptr, v->text.len);
		break;
	}
}

/* A list's items follow their count of rows and of items. */
void
values_pack(const struct value *values, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct value *v = &values[i];

		pack_one(v, out);
		if (v->kind == VALUE_ITEMS) {
			uint32_t size[2] = {(uint32_t)v->count, (uint32_t)v->number};

			buf_add(out, (const char *)size, sizeof(size));
			values_pack(v->items, v->count * (size_t)v->number, out);
		}
	}
}

static bool
take(struct str *bytes, void *to, size_t size)
{
	if (bytes->len < size)
		return false;
	memcpy(to, bytes->ptr, size);
	bytes->ptr += size;
	bytes->len -= size;
	return true;
}

/* Items of a list are plain: `nested` refuses a list in a list. */
static bool
unpack(struct str *bytes, struct arena *a, struct value *values, size_t count, bool nested)
{
	for (size_t i = 0; i < count; i++) {
		struct value *v = &values[i];
		uint32_t size[2] = {0};
		unsigned char kind;

		if (!take(bytes, &kind, 1) || kind > (nested ? VALUE_KEY : VALUE_ITEMS))
			return false;
		*v = (struct value){.kind = (enum value_kind)kind};
		if (v->kind == VALUE_INT && !take(bytes, &v->number, sizeof(v->number)))
			return false;
		if (v->kind == VALUE_TEXT || v->kind == VALUE_KEY) {
			if (!take(bytes, size, sizeof(size[0])) || bytes->len < size[0])
				return false;
			v->text = (struct str){bytes->ptr, size[0]};
			bytes->ptr += size[0];
			bytes->len -= size[0];
		}
		if (v->kind != VALUE_ITEMS)
			continue;
		/* Each item takes a byte at least, so that bytes bound the memory. */
		if (!take(bytes, size, sizeof(size)) || size[0] > LIMIT_LIST_ITEMS ||
		    (uint64_t)size[0] * size[1] > bytes->len)
			return false;
		v->count = size[0];
		v->number = size[1];
		v->items = arena_alloc(a, (v->count * size[1] + 1) * sizeof(*v->items));
		if (!unpack(bytes, a, v->items, v->count * size[1], true))
			return false;
	}
	return true;
}

enum err_code
values_unpack(struct str bytes, struct arena *a, struct value *values, size_t count, struct err *e)
{
	if (!unpack(&bytes, a, values, count, false) || bytes.len != 0)
		return err_set(e, ERR_INTERNAL, "", "a staged row is damaged");
	return ERR_NONE;
}

void
decimal_text(int64_t thousandths, struct buf *out)
{
	int64_t whole = thousandths / 1000;
	int parts = (int)(thousandths % 1000);

	if (thousandths < 0 && whole == 0)
		buf_add(out, "-", 1);
	buf_addf(out, "%lld", (long long)whole);
	if (parts < 0)
		parts = -parts;
	if (parts % 10)
		buf_addf(out, ".%03d", parts);
	else if (parts % 100)
		buf_addf(out, ".%02d", parts / 10);
	else if (parts)
		buf_addf(out, ".%d", parts / 100);
}
