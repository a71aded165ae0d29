/* jose.h -- signed tokens and the keys that hold them (RFC 7515, 7517, 7518, 8037).
 *
 * Taken are tokens in the compact form, signed with RS256, PS256, ES256 or EdDSA (Ed25519), and
 * nothing else: no `none`, no HMAC, no encryption, no critical extension. Which key signed is
 * looked up in the provider's own set; keys and addresses of keys in a token's head are not looked
 * at. The signatures are OpenSSL's to judge (identity/public_key.h).
 */
#ifndef OIDC_JOSE_H
#define OIDC_JOSE_H

#include "base/err.h"
#include "identity/public_key.h"

enum jws_algorithm { JWS_RS256, JWS_PS256, JWS_ES256, JWS_EDDSA };

struct jwk {
	EVP_PKEY *key;
	struct str kid;	      /* {NULL, 0} without one */
	struct str algorithm; /* the only one it is for; {NULL, 0}: any of its kind */
};
struct jwks {
	struct jwk *keys;
	size_t count;
	struct arena arena;
};

/* Those of a set that sign with one of the four; others are passed over. ERR_INVALID for what is no
 * set, ERR_TOO_BIG for one of more than LIMIT_OIDC_KEYS. */
MUST_CHECK enum err_code jwks_read(struct str json, struct jwks *ret_keys, struct err *e);
void jwks_free(struct jwks *keys);

struct jws {
	enum jws_algorithm algorithm;
	struct str kid; /* {NULL, 0} without one */
	struct str text;
	struct str payload;
	struct str signature;
};

/* Takes a token apart, in the arena. ERR_DENIED says why it is none that is taken. */
MUST_CHECK enum err_code jws_read(struct str token, struct arena *a, struct jws *ret_jws,
				  struct err *e);
/* The key of that name that fits its algorithm; without a name, the only one that fits. NULL: none.
 */
const struct jwk *jws_key(const struct jws *jws, const struct jwks *keys);
bool jws_holds(const struct jws *jws, const struct jwk *key);

#endif
