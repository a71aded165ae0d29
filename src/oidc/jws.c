#include "oidc/jose.h"

#include "base/hash.h"
#include "base/limits.h"
#include "codec/json.h"

#include <openssl/ecdsa.h>
#include <string.h>

static const struct {
	const char *name;
	int key_type;
	enum signature_kind kind;
} algorithms[] = {
	[JWS_RS256] = {"RS256", EVP_PKEY_RSA,     SIGNATURE_RSA_PKCS1},
	[JWS_PS256] = {"PS256", EVP_PKEY_RSA,     SIGNATURE_RSA_PSS  },
	[JWS_ES256] = {"ES256", EVP_PKEY_EC,	     SIGNATURE_ECDSA    },
	[JWS_EDDSA] = {"EdDSA", EVP_PKEY_ED25519, SIGNATURE_EDDSA	 },
};

static enum err_code
refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_DENIED, "id_token", "the provider's token is not taken: %s", why);
}

static enum err_code
algorithm_take(const json_t *head, struct jws *j, struct err *e)
{
	const char *name = json_string_value(json_object_get(head, "alg"));

	for (size_t i = 0; name && i < COUNT_OF(algorithms); i++) {
		if (strcmp(algorithms[i].name, name) == 0) {
			j->algorithm = (enum jws_algorithm)i;
			return ERR_NONE;
		}
	}
	return refuse(e, "it is not signed with RS256, PS256, ES256 or EdDSA");
}

/* RFC 7515 section 4.1. That it must be a JWT, where it says what it is, keeps out other tokens
 * that the same key signed (RFC 8725 section 3.11). */
static enum err_code
head_take(const json_t *head, struct arena *a, struct jws *j, struct err *e)
{
	const json_t *kid = json_object_get(head, "kid");
	const json_t *type = json_object_get(head, "typ");
	enum err_code rc = algorithm_take(head, j, e);

	if (rc)
		return rc;
	if (json_object_get(head, "crit"))
		return refuse(e, "it has critical extensions");
	if (json_object_get(head, "b64") || json_object_get(head, "zip"))
		return refuse(e, "its payload is not encoded as it must be");
	if (type && (!json_is_string(type) || strcasecmp(json_string_value(type), "JWT") != 0))
		return refuse(e, "it is of another type than JWT");
	if (kid && !json_is_string(kid))
		return refuse(e, "the name of its key is no text");
	if (kid)
		j->kid = str_dup(a, json_str(kid));
	return ERR_NONE;
}

static enum err_code
head_read(struct str encoded, struct arena *a, struct jws *j, struct err *e)
{
	struct str text;
	json_t *head = NULL;
	enum err_code rc;

	if (!base64url_read(encoded, a, &text) || json_read(text, &head, e))
		return refuse(e, "its head is no JSON");
	rc = head_take(head, a, j, e);
	json_decref(head);
	return rc;
}

enum err_code
jws_read(struct str token, struct arena *a, struct jws *ret_jws, struct err *e)
{
	struct str rest = token;
	struct jws j = {0};
	struct str head, payload;
	enum err_code rc;

	if (token.len > LIMIT_OIDC_TOKEN_BYTES)
		return refuse(e, "it is too long");
	head = str_cut(&rest, '.');
	payload = str_cut(&rest, '.');
	if (!rest.ptr || memchr(rest.ptr, '.', rest.len))
		return refuse(e, "it is not made of three parts");
	rc = head_read(head, a, &j, e);
	if (rc)
		return rc;
	j.text = (struct str){token.ptr, head.len + 1 + payload.len};
	if (!base64url_read(payload, a, &j.payload) || !base64url_read(rest, a, &j.signature))
		return refuse(e, "it is not encoded as base64url");
	*ret_jws = j;
	return ERR_NONE;
}

static bool
fits(const struct jws *j, const struct jwk *k)
{
	return EVP_PKEY_get_id(k->key) == algorithms[j->algorithm].key_type &&
	       (!k->algorithm.ptr || str_is(k->algorithm, algorithms[j->algorithm].name)) &&
	       (!j->kid.ptr || (k->kid.ptr && str_eq(j->kid, k->kid)));
}

const struct jwk *
jws_key(const struct jws *j, const struct jwks *keys)
{
	const struct jwk *found = NULL;

	for (size_t i = 0; i < keys->count; i++) {
		if (!fits(j, &keys->keys[i]))
			continue;
		if (found && !j->kid.ptr)
			return NULL;
		if (!found)
			found = &keys->keys[i];
	}
	return found;
}

/* RFC 7518 section 3.4: two numbers of 32 bytes, of which OpenSSL wants DER. */
static bool
ecdsa_holds(const struct jws *j, const struct jwk *k)
{
	const uint8_t *bytes = (const uint8_t *)j->signature.ptr;
	ECDSA_SIG *both = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes, PUBLIC_KEY_PART, NULL);
	BIGNUM *s = BN_bin2bn(bytes + PUBLIC_KEY_PART, PUBLIC_KEY_PART, NULL);
	uint8_t *der = NULL;
	int len = 0;
	bool good;

	if (both && r && s && ECDSA_SIG_set0(both, r, s) == 1) {
		r = s = NULL; /* both's now */
		len = i2d_ECDSA_SIG(both, &der);
	}
	good = len > 0 && public_key_signed(k->key, SIGNATURE_ECDSA, j->text,
					    (struct str){(const char *)der, (size_t)len});
	OPENSSL_free(der);
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(both);
	return good;
}

bool
jws_holds(const struct jws *j, const struct jwk *k)
{
	if (!fits(j, k))
		return false;
	if (j->algorithm == JWS_ES256)
		return j->signature.len == (size_t)2 * PUBLIC_KEY_PART && ecdsa_holds(j, k);
	return public_key_signed(k->key, algorithms[j->algorithm].kind, j->text, j->signature);
}
