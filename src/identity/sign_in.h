/* sign_in.h -- proving who one is.
 *
 * After LIMIT_ACCOUNT_FAILURES failures to one login, or LIMIT_ADDRESS_FAILURES from one address,
 * each further one doubles the time until the next try, up to LIMIT_FAILURE_WAIT_SECONDS_MOST, with
 * whatever it comes: ERR_TOO_OFTEN. The counts stand in the store, so that all processes share
 * them. A name that is none behaves like one that is, in answers, in counts and in time.
 */
#ifndef IDENTITY_SIGN_IN_H
#define IDENTITY_SIGN_IN_H

#include "identity/identity.h"
#include "identity/webauthn.h"

struct signed_in {
	char token[SECRET_TEXT_SIZE]; /* of the session */
	int64_t session;
	bool second_factor_due;
	bool enrolment_due;	     /* it has none yet, and its roles ask for one */
	int64_t retry_after_seconds; /* set with ERR_TOO_OFTEN; else 0 */
};

/* By name and password: ERR_DENIED for any reason, which only the ledger tells. `old` is the token
 * that came with the request, or {NULL, 0}: its session ends, so that nobody can have planted the
 * new one. */
struct credentials {
	struct str name;
	struct str password;
	struct str old;
};
MUST_CHECK enum err_code identity_sign_in(const struct visit *v, const struct credentials *c,
					  struct signed_in *ret_in);

/* By a code of the authenticator or a recovery code: completes a sign-in, or proves anew who it is
 * (LIMIT_STEP_UP_SECONDS). The session goes on with another token. */
MUST_CHECK enum err_code identity_second_factor(const struct visit *v, const struct who *who,
						struct str code, struct signed_in *ret_in);

/* The same by a security key, that was asked with identity_key_ask. */
struct key_answer {
	const struct webauthn_site *site;
	struct str key; /* its id, base64url */
	struct webauthn_answer answer;
};
MUST_CHECK enum err_code identity_key_answer(const struct visit *v, const struct who *who,
					     const struct key_answer *a, struct signed_in *ret_in);

/* The same by password, for a login without a second factor; ERR_DENIED for one that has it. */
MUST_CHECK enum err_code identity_prove(const struct visit *v, const struct who *who,
					struct str password, struct signed_in *ret_in);
/* Whether a proof is recent enough for what asks for one. */
bool identity_is_proven(const struct visit *v, const struct who *who);

/* By its owner, who knows the old one; ends the other sessions. ERR_INVALID says what a better one
 * looks like. The seconds to wait are set with ERR_TOO_OFTEN; else 0. */
struct new_password {
	struct str old;
	struct str wanted;
};
MUST_CHECK enum err_code identity_change_password(const struct visit *v, const struct who *who,
						  const struct new_password *p,
						  int64_t *ret_retry_after_seconds);

#endif
