#include "codec/cbor.h"

#include "base/limits.h"
#include "base/text.h"

enum {
	MAJOR_UINT,
	MAJOR_NEGATIVE,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE,
	SMALL_MOST = 23, /* a number that stands in the head itself */
	LONGEST_CODE = 27,
	SIMPLE_FALSE = 20,
	SIMPLE_TRUE = 21,
	SIMPLE_NULL = 22,
};

struct cbor
cbor_of(struct str bytes)
{
	const uint8_t *at = (const uint8_t *)bytes.ptr;

	return (struct cbor){at, at + bytes.len};
}

struct str
cbor_rest(const struct cbor *c)
{
	return (struct str){(const char *)c->at, (size_t)(c->end - c->at)};
}

/* The number of a head, which must be written in as few bytes as it can. */
static bool
argument(struct cbor *c, unsigned code, int64_t *ret_number)
{
	size_t size = code <= SMALL_MOST ? 0 : (size_t)1 << (code - SMALL_MOST - 1);
	uint64_t number = code;

	if (code > LONGEST_CODE || (size_t)(c->end - c->at) < size)
		return false;
	if (size > 0)
		number = 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | *c->at++;
	if ((size == 1 && number <= SMALL_MOST) || (size > 1 && number >> (4 * size) == 0) ||
	    number > INT64_MAX)
		return false;
	*ret_number = (int64_t)number;
	return true;
}

static bool
text(struct cbor *c, struct cbor_item *item)
{
	if (item->number > c->end - c->at)
		return false;
	item->bytes = (struct str){(const char *)c->at, (size_t)item->number};
	c->at += item->number;
	return item->kind == CBOR_BYTES || text_utf8_fault(item->bytes) < 0;
}

static bool
simple(unsigned code, struct cbor_item *item)
{
	item->kind = code == SIMPLE_NULL ? CBOR_NULL : CBOR_BOOL;
	item->number = code == SIMPLE_TRUE;
	return code == SIMPLE_FALSE || code == SIMPLE_TRUE || code == SIMPLE_NULL;
}

static bool
item_read(struct cbor *c, struct cbor_item *item)
{
	unsigned head = *c->at++;
	unsigned code = head & 31;

	if (head >> 5 == MAJOR_SIMPLE)
		return simple(code, item);
	if (head >> 5 == MAJOR_TAG || !argument(c, code, &item->number))
		return false;
	switch (head >> 5) {
	case MAJOR_NEGATIVE:
		item->number = -1 - item->number;
		return true;
	case MAJOR_BYTES:
		item->kind = CBOR_BYTES;
		return text(c, item);
	case MAJOR_TEXT:
		item->kind = CBOR_TEXT;
		return text(c, item);
	/* Each item has a byte at least. */
	case MAJOR_ARRAY:
		item->kind = CBOR_ARRAY;
		return item->number <= c->end - c->at;
	case MAJOR_MAP:
		item->kind = CBOR_MAP;
		return item->number <= (c->end - c->at) / 2;
	default:
		return true;
	}
}

bool
cbor_next(struct cbor *c, struct cbor_item *ret_item)
{
	struct cbor_item item = {.kind = CBOR_INT};
	struct cbor ahead = *c;

	if (ahead.at == ahead.end || !item_read(&ahead, &item))
		return false;
	*c = ahead;
	*ret_item = item;
	return true;
}

bool
cbor_skip(struct cbor *c)
{
	int64_t left[LIMIT_CBOR_DEPTH + 1] = {1};
	struct cbor ahead = *c;
	size_t depth = 0;

	for (;;) {
		struct cbor_item item;

		while (left[depth] == 0) {
			if (depth == 0) {
				*c = ahead;
				return true;
			}
			depth--;
		}
		left[depth]--;
		if (!cbor_next(&ahead, &item))
			return false;
		if (item.kind != CBOR_ARRAY && item.kind != CBOR_MAP)
			continue;
		if (depth == LIMIT_CBOR_DEPTH)
			return false;
		left[++depth] = item.kind == CBOR_MAP ? 2 * item.number : item.number;
	}
}
