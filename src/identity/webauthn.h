/* webauthn.h -- what an authenticator answers, and whether it holds (Web Authentication Level 2,
 * sections 7.1 and 7.2).
 *
 * Attestation says who made an authenticator; nobody here asks for it, so its statement is not
 * looked at (section 7.1, step 19: `none`).
 */
#ifndef IDENTITY_WEBAUTHN_H
#define IDENTITY_WEBAUTHN_H

#include "base/hash.h"

/* Whom the browser must have talked to. */
struct webauthn_site {
	struct str id;	   /* "holdfast.example.org" */
	struct str origin; /* "https://holdfast.example.org:8443" */
};

/* Of the address by which browsers find a server: a scheme and a name in lower case, with a port if
 * it needs one. It is https, or the name is localhost. The texts point into `url`. ERR_USAGE says
 * what is wrong. */
MUST_CHECK enum err_code webauthn_site_read(struct str url, struct webauthn_site *ret_site,
					    struct err *e);

struct webauthn_key {
	struct str id;	   /* of the credential */
	struct str public; /* COSE */
	int64_t count;	   /* how often it has signed; 0 when it does not count */
};

/* As the browser gives them, in bytes. */
struct webauthn_answer {
	struct str client_data;	  /* JSON */
	struct str authenticator; /* the attestation object, or the authenticator data */
	struct str signature;	  /* of an assertion */
};

struct webauthn_question {
	const struct webauthn_site *site;
	struct str challenge; /* base64url, as it was given out */
	struct hasher *hasher;
};

/* ERR_DENIED says what does not hold. The key points into the answer. */
MUST_CHECK enum err_code webauthn_register(const struct webauthn_question *q,
					   const struct webauthn_answer *a,
					   struct webauthn_key *ret_key, struct err *e);
/* By that key; *ret_count is its new count, which is more than the one before, or both are 0: else
 * there are two of it. */
MUST_CHECK enum err_code webauthn_assert(const struct webauthn_question *q,
					 const struct webauthn_answer *a,
					 const struct webauthn_key *key, int64_t *ret_count,
					 struct err *e);

#endif
