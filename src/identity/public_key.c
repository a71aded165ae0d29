#include "identity/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

enum { MODULUS_LEAST = 256, MODULUS_MOST = 512, EXPONENT_MOST = 4, POINT_UNCOMPRESSED = 4 };

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

EVP_PKEY *
public_key_ed25519(struct str key)
{
	if (key.len != PUBLIC_KEY_PART)
		return NULL;
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)key.ptr,
					   key.len);
}

/* OpenSSL refuses a point that does not lie on the curve. */
EVP_PKEY *
public_key_p256(struct str x, struct str y)
{
	uint8_t point[1 + 2 * PUBLIC_KEY_PART] = {POINT_UNCOMPRESSED};
	OSSL_PARAM_BLD *build;
	EVP_PKEY *key = NULL;

	if (x.len != PUBLIC_KEY_PART || y.len != PUBLIC_KEY_PART)
		return NULL;
	memcpy(point + 1, x.ptr, x.len);
	memcpy(point + 1 + x.len, y.ptr, y.len);
	build = OSSL_PARAM_BLD_new();
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

EVP_PKEY *
public_key_rsa(struct str n, struct str e)
{
	OSSL_PARAM_BLD *build;
	BIGNUM *modulus, *exponent;
	EVP_PKEY *key = NULL;

	if (n.len < MODULUS_LEAST || n.len > MODULUS_MOST || e.len < 1 || e.len > EXPONENT_MOST)
		return NULL;
	build = OSSL_PARAM_BLD_new();
	modulus = big(n);
	exponent = big(e);
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

static int
key_type(enum signature_kind kind)
{
	switch (kind) {
	case SIGNATURE_EDDSA:
		return EVP_PKEY_ED25519;
	case SIGNATURE_ECDSA:
		return EVP_PKEY_EC;
	case SIGNATURE_RSA_PKCS1:
	case SIGNATURE_RSA_PSS:
		break;
	}
	return EVP_PKEY_RSA;
}

/* What RFC 7518 section 3.5 says of PS256. */
static bool
pss_begin(EVP_PKEY_CTX *context)
{
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool
public_key_signed(EVP_PKEY *key, enum signature_kind kind, struct str text, struct str signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *with = NULL; /* the other one's */
	bool good =
		context && EVP_PKEY_get_id(key) == key_type(kind) &&
		EVP_DigestVerifyInit(context, &with, kind == SIGNATURE_EDDSA ? NULL : EVP_sha256(),
				     NULL, key) == 1 &&
		(kind != SIGNATURE_RSA_PSS || pss_begin(with)) &&
		EVP_DigestVerify(context, (const uint8_t *)signature.ptr, signature.len,
				 (const uint8_t *)text.ptr, text.len) == 1;

	EVP_MD_CTX_free(context);
	return good;
}
