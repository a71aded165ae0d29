#include "http/target.h"

#include "base/text.h"

#include <string.h>

/* RFC 3986 section 3.3: pchar without percent signs. */
static const char pchars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			     "-._~!$&'()*+,;=:@";

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What browsers leave in a query as it is, beyond RFC 3986: all that can be seen but these. */
static bool
in_query(char c)
{
	return c > ' ' && c < 0x7f && !strchr("\"#<>", c);
}

static bool
in_path(char c)
{
	return c != '\0' && strchr(pchars, c);
}

/* Control characters of C0 and C1, and DEL. */
static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < ' ' || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < s.len && (unsigned char)s.ptr[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Undoes percent signs, and in a query the plus signs that stand for blanks. A zero ends the text,
 * so that what it is printed into, or asked by, does not read on to what stands after it. */
static const char *
decode(struct str raw, bool query, struct arena *a, struct str *ret_text)
{
	char *out = arena_alloc(a, raw.len + 1);
	struct str text;
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++, n++) {
		char c = raw.ptr[i];

		if (c == '%') {
			int high = i + 2 < raw.len ? hex_value(raw.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_value(raw.ptr[i + 2]) : -1;

			if (low < 0)
				return "a percent sign in it has no two hexadecimal digits after "
				       "it";
			c = (char)(high * 16 + low);
			i += 2;
		} else if (query && c == '+') {
			c = ' ';
		} else if (query ? !in_query(c) : !in_path(c)) {
			return "it has a character that must be percent-encoded";
		}
		out[n] = c;
	}
	out[n] = '\0';
	text = (struct str){out, n};
	if (text_utf8_fault(text) >= 0)
		return "it is not valid UTF-8 when decoded";
	if (has_control(text))
		return "it has a control character when decoded";
	*ret_text = text;
	return NULL;
}

static const char *
part_fault(struct str part)
{
	if (str_is(part, ".") || str_is(part, ".."))
		return "a part of its path is '.' or '..'";
	if (part.len > 0 && (memchr(part.ptr, '/', part.len) || memchr(part.ptr, '\\', part.len)))
		return "a part of its path has a slash or backslash in it";
	return NULL;
}

static const char *
path_parse(struct str path, struct arena *a, struct http_target *t)
{
	struct str rest = {path.ptr + 1, path.len - 1};

	while (rest.ptr) {
		struct str raw = str_cut(&rest, '/');
		struct str *part = &t->parts[t->part_count];
		const char *fault;

		if (t->part_count == LIMIT_HTTP_SEGMENTS)
			return "its path has too many parts";
		fault = decode(raw, false, a, part);
		if (!fault)
			fault = part_fault(*part);
		if (fault)
			return fault;
		t->part_count++;
	}
	return NULL;
}

static const char *
query_parse(struct str query, struct arena *a, struct http_target *t)
{
	size_t cap = 0;

	while (query.ptr) {
		struct str value = str_cut(&query, '&');
		struct str name = str_cut(&value, '=');
		struct http_pair pair = {
			.value = {"", 0}
		};
		const char *fault;

		if (name.len == 0 && !value.ptr)
			continue;
		if (t->query_count == LIMIT_HTTP_PARAMETERS)
			return "its query has too many parameters";
		fault = decode(name, true, a, &pair.name);
		if (!fault && value.ptr)
			fault = decode(value, true, a, &pair.value);
		if (fault)
			return fault;
		for (size_t i = 0; i < t->query_count; i++) {
			if (str_eq(t->query[i].name, pair.name))
				return "a parameter of its query comes twice";
		}
		t->query = arena_room(a, t->query, t->query_count, &cap, sizeof(pair));
		t->query[t->query_count++] = pair;
	}
	return NULL;
}

const char *
target_parse(struct str raw, struct arena *a, struct http_target *ret_target)
{
	struct http_target t = {0};
	struct str query = raw;
	const char *fault;

	if (str_is(raw, "*")) {
		t.asterisk = true;
		t.path = raw;
		*ret_target = t;
		return NULL;
	}
	if (raw.len == 0 || raw.ptr[0] != '/')
		return "it does not begin with '/'";
	t.path = str_cut(&query, '?');
	fault = path_parse(t.path, a, &t);
	if (!fault)
		fault = query_parse(query, a, &t);
	if (!fault)
		*ret_target = t;
	return fault;
}
