#include "identity/cose.h"

#include "codec/cbor.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

enum {
	LABEL_KIND = 1,
	LABEL_ALGORITHM = 3,
	LABEL_FIRST = -1, /* the curve; of RSA the modulus */
	LABEL_SECOND = -2,
	LABEL_THIRD = -3,
	KIND_OKP = 1,
	KIND_EC2 = 2,
	KIND_RSA = 3,
	EDDSA = -8,
	ES256 = -7,
	RS256 = -257,
	CURVE_P256 = 1,
	CURVE_ED25519 = 6,
	COORDINATE = 32,
	MODULUS_LEAST = 256,
	MODULUS_MOST = 512,
	EXPONENT_MOST = 4,
	POINT_UNCOMPRESSED = 4,
	PARTS = 5,
};

/* The parts that any of the three has, where they were there. */
struct parts {
	struct cbor_item kind, algorithm, first, second, third;
};

static struct cbor_item *
part(struct parts *p, int64_t label)
{
	switch (label) {
	case LABEL_KIND:
		return &p->kind;
	case LABEL_ALGORITHM:
		return &p->algorithm;
	case LABEL_FIRST:
		return &p->first;
	case LABEL_SECOND:
		return &p->second;
	case LABEL_THIRD:
		return &p->third;
	default:
		return NULL;
	}
}

/* A null stands for what was not there: none of the parts may be one. */
static bool
parts_read(struct str bytes, struct parts *p)
{
	const struct cbor_item none = {.kind = CBOR_NULL};
	struct cbor c = cbor_of(bytes);
	struct cbor_item map, label;

	*p = (struct parts){none, none, none, none, none};
	if (!cbor_next(&c, &map) || map.kind != CBOR_MAP || map.number > PARTS)
		return false;
	for (int64_t i = 0; i < map.number; i++) {
		struct cbor_item *at;

		if (!cbor_next(&c, &label) || label.kind != CBOR_INT)
			return false;
		at = part(p, label.number);
		if (!at || at->kind != CBOR_NULL || !cbor_next(&c, at) ||
		    (at->kind != CBOR_INT && at->kind != CBOR_BYTES))
			return false;
	}
	return c.at == c.end;
}

static bool
is_number(const struct cbor_item *item, int64_t number)
{
	return item->kind == CBOR_INT && item->number == number;
}

static bool
is_bytes(const struct cbor_item *item, size_t least, size_t most)
{
	return item->kind == CBOR_BYTES && item->bytes.len >= least && item->bytes.len <= most;
}

static EVP_PKEY *
from_parameters(const char *algorithm, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *key = NULL;

	if (parameters && context && EVP_PKEY_fromdata_init(context) == 1 &&
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	return key;
}

/* OpenSSL refuses a point that does not lie on the curve. */
static EVP_PKEY *
p256_make(const struct parts *p)
{
	uint8_t point[1 + 2 * COORDINATE] = {POINT_UNCOMPRESSED};
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	memcpy(point + 1, p->second.bytes.ptr, COORDINATE);
	memcpy(point + 1 + COORDINATE, p->third.bytes.ptr, COORDINATE);
	if (build &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
					     sizeof(point)) == 1)
		key = from_parameters("EC", build);
	OSSL_PARAM_BLD_free(build);
	return key;
}

static BIGNUM *
big(struct str bytes)
{
	return BN_bin2bn((const uint8_t *)bytes.ptr, (int)bytes.len, NULL);
}

static EVP_PKEY *
rsa_make(const struct parts *p)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *modulus = big(p->first.bytes);
	BIGNUM *exponent = big(p->second.bytes);
	EVP_PKEY *key = NULL;

	if (build && modulus && exponent && BN_num_bits(modulus) >= 8 * MODULUS_LEAST &&
	    BN_is_odd(modulus) && BN_is_odd(exponent) && !BN_is_one(exponent) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		key = from_parameters("RSA", build);
	BN_free(modulus);
	BN_free(exponent);
	OSSL_PARAM_BLD_free(build);
	return key;
}

static EVP_PKEY *
key_make(const struct parts *p)
{
	if (is_number(&p->kind, KIND_OKP) && is_number(&p->algorithm, EDDSA) &&
	    is_number(&p->first, CURVE_ED25519) && is_bytes(&p->second, COORDINATE, COORDINATE) &&
	    p->third.kind == CBOR_NULL)
		return EVP_PKEY_new_raw_public_key(
			EVP_PKEY_ED25519, NULL, (const uint8_t *)p->second.bytes.ptr, COORDINATE);
	if (is_number(&p->kind, KIND_EC2) && is_number(&p->algorithm, ES256) &&
	    is_number(&p->first, CURVE_P256) && is_bytes(&p->second, COORDINATE, COORDINATE) &&
	    is_bytes(&p->third, COORDINATE, COORDINATE))
		return p256_make(p);
	if (is_number(&p->kind, KIND_RSA) && is_number(&p->algorithm, RS256) &&
	    is_bytes(&p->first, MODULUS_LEAST, MODULUS_MOST) &&
	    is_bytes(&p->second, 1, EXPONENT_MOST) && p->third.kind == CBOR_NULL)
		return rsa_make(p);
	return NULL;
}

enum err_code
cose_read(struct str bytes, struct cose_key *ret_key, struct err *e)
{
	struct parts p;
	EVP_PKEY *key = parts_read(bytes, &p) ? key_make(&p) : NULL;

	if (!key)
		return err_set(e, ERR_INVALID, "public_key",
			       "the authenticator's key is of no kind that is known here: it must "
			       "be ES256, EdDSA or RS256");
	*ret_key = (struct cose_key){.key = key, .hashes = !is_number(&p.algorithm, EDDSA)};
	return ERR_NONE;
}

void
cose_free(struct cose_key *key)
{
	EVP_PKEY_free(key->key);
	key->key = NULL;
}

bool
cose_verify(const struct cose_key *key, struct str text, struct str signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context &&
		    EVP_DigestVerifyInit(context, NULL, key->hashes ? EVP_sha256() : NULL, NULL,
					 key->key) == 1 &&
		    EVP_DigestVerify(context, (const uint8_t *)signature.ptr, signature.len,
				     (const uint8_t *)text.ptr, text.len) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

const int cose_algorithms[COSE_ALGORITHMS] = {EDDSA, ES256, RS256};
