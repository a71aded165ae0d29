/* remote.h -- a provider as it is out there: where its endpoints are, and its keys.
 *
 * What it says of itself (OpenID Connect Discovery 1.0) and its keys are kept for
 * LIMIT_OIDC_AGE_SECONDS. Keys are fetched before that when a token names one that is not known, at
 * most once in LIMIT_OIDC_REFRESH_SECONDS. After a failure it is left alone for
 * LIMIT_OIDC_RETRY_SECONDS, so that who waits behind others does not wait for as long again. Any
 * thread may ask.
 */
#ifndef OIDC_REMOTE_H
#define OIDC_REMOTE_H

#include "oidc/config.h"
#include "oidc/jose.h"

struct remote;

MUST_CHECK enum err_code remote_new(const struct oidc_provider *p, struct remote **ret_remote,
				    struct err *e);
void remote_free(struct remote *r);

/* What it says of itself; texts in the arena. ERR_BUSY when it does not answer, or with something
 * that cannot be used. */
struct endpoints {
	const char *authorization;
	const char *token;
	bool takes_basic;  /* the secret in Authorization; else in the form */
	bool tells_issuer; /* in each answer that the browser brings (RFC 9207) */
};
MUST_CHECK enum err_code remote_ask(struct remote *r, struct arena *a,
				    struct endpoints *ret_endpoints, struct err *e);

/* ERR_DENIED when the signature does not hold, or by a key that is none of its own. */
MUST_CHECK enum err_code remote_signed(struct remote *r, const struct jws *jws, struct err *e);

#endif
