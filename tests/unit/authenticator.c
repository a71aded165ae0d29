#include "authenticator.h"

#include "test.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

enum { TEXT_LIMIT = 65536, RSA_BITS = 2048, COORDINATE = 32 };

static void
head(struct buf *b, unsigned major, size_t number)
{
	char bytes[3] = {(char)(major << 5 | (number < 24    ? number
					      : number < 256 ? 24
							     : 25)),
			 (char)(number < 256 ? number : number >> 8), (char)number};

	CHECK(number < 65536);
	buf_add(b, bytes, number < 24 ? 1 : number < 256 ? 2 : 3);
}

static void
number(struct buf *b, int value)
{
	head(b, value < 0, (size_t)(value < 0 ? -1 - value : value));
}

static void
bytes(struct buf *b, const void *at, size_t len)
{
	head(b, 2, len);
	buf_add(b, at, len);
}

static void
text(struct buf *b, const char *word)
{
	head(b, 3, strlen(word));
	buf_add(b, word, strlen(word));
}

static struct str
taken(const struct authenticator *a, struct buf *b)
{
	struct str s;

	CHECK(!b->failed);
	s = str_dup(a->arena, (struct str){b->data, b->len});
	buf_fini(b);
	return s;
}

void
authenticator_make(struct authenticator *a, enum authenticator_kind kind, struct arena *arena,
		   struct hasher *hasher)
{
	*a = (struct authenticator){.kind = kind,
				    .id = "a soft one's id",
				    .count = 1,
				    .arena = arena,
				    .hasher = hasher,
				    .site = "holdfast.example.org",
				    .origin = "https://holdfast.example.org",
				    .extra = "",
				    .flags = 0x05};
	a->id[0] = (char)('a' + (int)kind);
	if (kind == SOFT_ES256)
		a->key = EVP_EC_gen("P-256");
	else if (kind == SOFT_EDDSA)
		a->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		a->key = EVP_RSA_gen(RSA_BITS);
	CHECK(a->key);
}

void
authenticator_free(struct authenticator *a)
{
	EVP_PKEY_free(a->key);
}

static void
big_part(const struct authenticator *a, struct buf *b, const char *name, int width)
{
	uint8_t out[RSA_BITS / 8];
	BIGNUM *n = NULL;

	CHECK(EVP_PKEY_get_bn_param(a->key, name, &n) == 1);
	width = width ? width : BN_num_bytes(n);
	CHECK(BN_bn2binpad(n, out, width) == width);
	bytes(b, out, (size_t)width);
	BN_free(n);
}

struct str
authenticator_cose(const struct authenticator *a)
{
	static const int algorithms[] = {[SOFT_ES256] = -7, [SOFT_EDDSA] = -8, [SOFT_RS256] = -257};
	static const int kinds[] = {[SOFT_ES256] = 2, [SOFT_EDDSA] = 1, [SOFT_RS256] = 3};
	struct buf b = {.limit = TEXT_LIMIT};
	uint8_t raw[COORDINATE];
	size_t len = sizeof(raw);

	head(&b, 5, a->kind == SOFT_ES256 ? 5 : 4);
	number(&b, 1);
	number(&b, kinds[a->kind]);
	number(&b, 3);
	number(&b, algorithms[a->kind]);
	number(&b, -1);
	if (a->kind == SOFT_RS256) {
		big_part(a, &b, OSSL_PKEY_PARAM_RSA_N, 0);
		number(&b, -2);
		big_part(a, &b, OSSL_PKEY_PARAM_RSA_E, 0);
	} else if (a->kind == SOFT_ES256) {
		number(&b, 1);
		number(&b, -2);
		big_part(a, &b, OSSL_PKEY_PARAM_EC_PUB_X, COORDINATE);
		number(&b, -3);
		big_part(a, &b, OSSL_PKEY_PARAM_EC_PUB_Y, COORDINATE);
	} else {
		CHECK(EVP_PKEY_get_raw_public_key(a->key, raw, &len) == 1);
		number(&b, 6);
		number(&b, -2);
		bytes(&b, raw, len);
	}
	return taken(a, &b);
}

static struct str
client_data(const struct authenticator *a, const char *type, const char *challenge)
{
	struct buf b = {.limit = TEXT_LIMIT};

	buf_addf(&b, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
		 a->type ? a->type : type, challenge, a->origin, a->extra);
	return taken(a, &b);
}

static void
data_head(struct authenticator *a, struct buf *b, unsigned flags)
{
	struct hash site = hash_of(a->hasher, a->site, strlen(a->site));
	char rest[5] = {(char)flags, (char)(a->count >> 24), (char)(a->count >> 16),
			(char)(a->count >> 8), (char)a->count};

	buf_add(b, (const char *)site.bytes, HASH_SIZE);
	buf_add(b, rest, sizeof(rest));
	a->count += a->count > 0;
}

struct webauthn_answer
authenticator_register(struct authenticator *a, const char *challenge)
{
	struct webauthn_answer answer = {.client_data =
						 client_data(a, "webauthn.create", challenge)};
	struct buf data = {.limit = TEXT_LIMIT};
	struct buf object = {.limit = TEXT_LIMIT};
	static const char aaguid_and_length[18] = {[17] = sizeof(a->id)};
	struct str cose = authenticator_cose(a);

	data_head(a, &data, a->flags | 0x40);
	buf_add(&data, aaguid_and_length, sizeof(aaguid_and_length));
	buf_add(&data, a->id, sizeof(a->id));
	buf_add(&data, cose.ptr, cose.len);
	buf_add(&data, a->after, a->after_len);
	head(&object, 5, 3);
	text(&object, "fmt");
	text(&object, "none");
	text(&object, "attStmt");
	head(&object, 5, 0);
	text(&object, "authData");
	bytes(&object, data.data, data.len);
	buf_fini(&data);
	answer.authenticator = taken(a, &object);
	return answer;
}

struct webauthn_answer
authenticator_assert(struct authenticator *a, const char *challenge)
{
	struct webauthn_answer answer = {.client_data = client_data(a, "webauthn.get", challenge)};
	struct hash hash = hash_of(a->hasher, answer.client_data.ptr, answer.client_data.len);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct buf data = {.limit = TEXT_LIMIT};
	struct buf signed_text = {.limit = TEXT_LIMIT};
	uint8_t signature[RSA_BITS / 8];
	size_t len = sizeof(signature);

	data_head(a, &data, a->flags);
	buf_add(&data, a->after, a->after_len);
	buf_add(&signed_text, data.data, data.len);
	buf_add(&signed_text, (const char *)hash.bytes, HASH_SIZE);
	CHECK(EVP_DigestSignInit(context, NULL, a->kind == SOFT_EDDSA ? NULL : EVP_sha256(), NULL,
				 a->key) == 1);
	CHECK(EVP_DigestSign(context, signature, &len, (const uint8_t *)signed_text.data,
			     signed_text.len) == 1);
	EVP_MD_CTX_free(context);
	buf_fini(&signed_text);
	answer.authenticator = taken(a, &data);
	answer.signature = str_dup(a->arena, (struct str){(const char *)signature, len});
	return answer;
}
