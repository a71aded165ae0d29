#include "base/hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hasher {
	EVP_MD *digest;
	EVP_MD_CTX *context;
};

enum err_code
hasher_new(struct hasher **ret_hasher, struct err *e)
{
	struct hasher *h = calloc(1, sizeof(*h));

	if (!h)
		return err_set(e, ERR_INTERNAL, "", "no memory for SHA-256");
	h->digest = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	h->context = EVP_MD_CTX_new();
	if (!h->digest || !h->context) {
		hasher_free(h);
		return err_set(e, ERR_INTERNAL, "",
			       "OpenSSL offers no SHA-256; check its configuration");
	}
	*ret_hasher = h;
	return ERR_NONE;
}

void
hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->context);
	EVP_MD_free(h->digest);
	free(h);
}

void
hasher_freep(struct hasher **h)
{
	hasher_free(*h);
}

static void
demand(int done)
{
	if (done == 1)
		return;
	(void)fprintf(stderr, "hash: SHA-256 failed\n");
	abort();
}

void
hasher_begin(struct hasher *h)
{
	demand(EVP_DigestInit_ex2(h->context, h->digest, NULL));
}

void
hasher_add(struct hasher *h, const void *bytes, size_t len)
{
	demand(EVP_DigestUpdate(h->context, bytes, len));
}

struct hash
hasher_end(struct hasher *h)
{
	struct hash hash;

	demand(EVP_DigestFinal_ex(h->context, hash.bytes, NULL));
	return hash;
}

struct hash
hash_of(struct hasher *h, const void *bytes, size_t len)
{
	hasher_begin(h);
	hasher_add(h, bytes, len);
	return hasher_end(h);
}

bool
hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

void
hash_hex(const struct hash *hash, char out[HASH_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < HASH_SIZE; i++) {
		out[2 * i] = digits[hash->bytes[i] >> 4];
		out[2 * i + 1] = digits[hash->bytes[i] & 15];
	}
	out[HASH_HEX_LEN] = '\0';
}

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
digits_add(struct buf *out, const char *digits, bool padded, struct str bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.ptr;
	size_t len = bytes.len;

	for (; len > 0; p += 3) {
		size_t n = len < 3 ? len : 3;
		uint32_t group = (uint32_t)p[0] << 16;
		char text[4];

		group |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		group |= n > 2 ? p[2] : 0;
		for (size_t i = 0; i < 4; i++)
			text[i] = i <= n ? digits[group >> (18 - 6 * i) & 63] : '=';
		buf_add(out, text, padded ? 4 : n + 1);
		len -= n;
	}
}

void
base64_encode(struct buf *out, const void *bytes, size_t len)
{
	digits_add(out, base64_digits, true, (struct str){bytes, len});
}

void
base64url_encode(struct buf *out, const void *bytes, size_t len)
{
	digits_add(out, base64url_digits, false, (struct str){bytes, len});
}

/* Those without padding: the bytes' number, or -1. */
static long
digits_read(const char *digits, struct str text, uint8_t *out, size_t size)
{
	size_t rest = text.len % 4;
	size_t written = 0;
	uint32_t bits = 0;

	if (rest == 1 || text.len / 4 * 3 + (rest ? rest - 1 : 0) > size)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;

		if (!at)
			return -1;
		bits = bits << 6 | (uint32_t)(at - digits);
		/* The four digits of a group complete a byte at the second, third and fourth. */
		if (i % 4 != 0)
			out[written++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	/* Bits left over must be zero, or two texts would mean the same bytes. */
	if (rest && (bits & ((1U << (8 - 2 * rest)) - 1)) != 0)
		return -1;
	return (long)written;
}

long
base64_decode(struct str text, uint8_t *out, size_t size)
{
	size_t padding = 0;

	if (text.len % 4 != 0)
		return -1;
	while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	return digits_read(base64_digits, (struct str){text.ptr, text.len - padding}, out, size);
}

bool
base64url_read(struct str text, struct arena *a, struct str *ret_bytes)
{
	uint8_t *bytes = arena_alloc(a, text.len + 1);
	long len = digits_read(base64url_digits, text, bytes, text.len);

	if (len >= 0)
		*ret_bytes = (struct str){(const char *)bytes, (size_t)len};
	return len >= 0;
}
