/* cbor.h -- CBOR (RFC 8949) item by item, as authenticators write it (CTAP2 canonical form).
 *
 * Nothing is copied: bytes and texts point into the input. Refused: lengths that are left open,
 * numbers that are longer than they need be or do not fit into 63 bits, floats, tags, and text that
 * is not UTF-8.
 */
#ifndef CODEC_CBOR_H
#define CODEC_CBOR_H

#include "base/str.h"

enum cbor_kind {
	CBOR_INT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_BOOL,
	CBOR_NULL,
};

struct cbor_item {
	enum cbor_kind kind;
	int64_t number; /* the integer; items of an array, pairs of a map; 0 or 1 */
	struct str bytes;
};

/* What is still to be read. */
struct cbor {
	const uint8_t *at;
	const uint8_t *end;
};

struct cbor cbor_of(struct str bytes);
/* What is left of it, as bytes. */
struct str cbor_rest(const struct cbor *c);

/* The head of the next item: those of an array or map follow it. False when there is none, or none
 * that is taken. */
bool cbor_next(struct cbor *c, struct cbor_item *ret_item);
/* Passes over one whole item, at most LIMIT_CBOR_DEPTH levels of it. */
bool cbor_skip(struct cbor *c);

#endif
