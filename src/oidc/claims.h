/* claims.h -- what an ID token says, and whether it is for us and for now (OpenID Connect Core 1.0,
 * section 3.1.3.7).
 */
#ifndef OIDC_CLAIMS_H
#define OIDC_CLAIMS_H

#include "model/model.h"
#include "oidc/jose.h"

struct claims_wanted {
	const char *issuer;
	const char *client;
	const char *subject; /* the claim that names the user, which is not always `sub` */
	struct str nonce;
	struct str access_token; /* for at_hash; {NULL, 0} without one */
	const struct words *acr; /* values that stand for a second factor */
	const struct words *amr;
	int64_t now;	/* milliseconds */
	int64_t oldest; /* when the user must have proven who he is, at the earliest; 0: whenever */
};

struct claims {
	struct str subject;
	struct str email;   /* {NULL, 0} unless the provider has verified it */
	int64_t proven_at;  /* when the user proved who he is; milliseconds, 0: it does not say */
	bool second_factor; /* a value of `acr` or `amr` says so */
};

/* Of a token whose signature holds; texts in the arena. ERR_DENIED says what is not as wanted. */
MUST_CHECK enum err_code claims_read(const struct jws *jws, const struct claims_wanted *wanted,
				     struct arena *a, struct claims *ret_claims, struct err *e);

#endif
