#include "base/str.h"

#include <string.h>

struct str
str_of(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
str_is(struct str a, const char *text)
{
	/* Searches compare many words, and nearly all differ at once. */
	if (a.len > 0 && text && a.ptr[0] != text[0])
		return false;
	return str_eq(a, str_of(text));
}

bool
str_begins(struct str a, const char *text)
{
	size_t len = strlen(text);

	return a.len >= len && memcmp(a.ptr, text, len) == 0;
}

int
str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

char *
str_z(struct arena *a, struct str s)
{
	return arena_strndup(a, s.ptr ? s.ptr : "", s.len);
}

struct str
str_dup(struct arena *a, struct str s)
{
	if (!s.ptr)
		return s;
	return (struct str){str_z(a, s), s.len};
}

struct str
str_cut(struct str *rest, char sep)
{
	struct str piece = *rest;
	const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;

	if (!at) {
		*rest = (struct str){0};
		return piece;
	}
	piece.len = (size_t)(at - rest->ptr);
	rest->ptr = at + 1;
	rest->len -= piece.len + 1;
	return piece;
}

bool
str_int(struct str s, int64_t *ret_value)
{
	bool minus = s.len > 0 && s.ptr[0] == '-';
	int64_t value = 0;

	if (s.len == (size_t)minus || s.len > 20)
		return false;
	for (size_t i = minus; i < s.len; i++) {
		int digit = s.ptr[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (!minus && value == INT64_MIN)
		return false;
	*ret_value = minus ? value : -value;
	return true;
}

size_t
int_text(int64_t value, char out[INT_TEXT_SIZE])
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[INT_TEXT_SIZE];
	size_t n = sizeof(digits);
	size_t len;

	do {
		digits[--n] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--n] = '-';
	len = sizeof(digits) - n;
	memcpy(out, digits + n, len);
	out[len] = '\0';
	return len;
}
