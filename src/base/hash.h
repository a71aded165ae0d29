/* hash.h -- SHA-256 (FIPS 180-4) with one reused context, and base64 (RFC 4648 section 4). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { HASH_SIZE = 32, HASH_HEX_LEN = 64 };

struct hash {
	uint8_t bytes[HASH_SIZE];
};

struct hasher;

MUST_CHECK enum err_code hasher_new(struct hasher **ret_hasher, struct err *e);
void hasher_free(struct hasher *h);
void hasher_freep(struct hasher **h); /* for CLEANUP */

/* begin, any number of adds, then end. A failing digest aborts the process: there is no going on.
 */
void hasher_begin(struct hasher *h);
void hasher_add(struct hasher *h, const void *bytes, size_t len);
struct hash hasher_end(struct hasher *h);

/* The three in one. */
struct hash hash_of(struct hasher *h, const void *bytes, size_t len);

bool hash_eq(const struct hash *a, const struct hash *b);
void hash_hex(const struct hash *hash, char out[HASH_HEX_LEN + 1]);

void base64_encode(struct buf *out, const void *bytes, size_t len);

/* Strict: right padding, no white space. Returns the number of bytes, or -1 when it is not base64
 * or does not fit into `size`. */
long base64_decode(struct str text, uint8_t *out, size_t size);

/* The same for URLs (section 5), without padding. The bytes that are read live in the arena; false
 * when the text is none of it. */
void base64url_encode(struct buf *out, const void *bytes, size_t len);
bool base64url_read(struct str text, struct arena *a, struct str *ret_bytes);

#endif
