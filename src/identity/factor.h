/* factor.h -- the second factor of a login: an authenticator's codes, and recovery codes for the
 * day it is lost.
 *
 * The shared secret is sealed (XSalsa20-Poly1305) together with the number of its login, under the
 * key of identity_new: a row copied to another login, or read from a stolen store, is of no use. Of
 * recovery codes, which are 80 random bits each, the store keeps the SHA-256.
 */
#ifndef IDENTITY_FACTOR_H
#define IDENTITY_FACTOR_H

#include "identity/identity.h"

enum { TOTP_TEXT_SIZE = 33, RECOVERY_CODES = 10, RECOVERY_TEXT_SIZE = 20 };

struct enrolment {
	char secret[TOTP_TEXT_SIZE]; /* base32, to be typed into an authenticator */
	struct str uri;		     /* otpauth://, for a picture of it; in the context's arena */
};

struct recovery {
	char codes[RECOVERY_CODES][RECOVERY_TEXT_SIZE]; /* "abcd-efgh-ijkl-mnop" */
};

/* Begins: nothing counts before a code was given. By a session that has just proven who it is
 * (LIMIT_STEP_UP_SECONDS), with the second factor if there is one already: else ERR_DENIED. */
MUST_CHECK enum err_code identity_enrol(const struct visit *v, const struct who *who,
					struct enrolment *ret_enrolment);

/* With a code of the new authenticator: it counts from now on, instead of an older one. The
 * recovery codes are shown this once. The session has given its second factor then, and gets
 * another token. ERR_DENIED for a wrong code. */
struct enrolled {
	struct recovery recovery;
	char token[SECRET_TEXT_SIZE];
};
MUST_CHECK enum err_code identity_enrol_confirm(const struct visit *v, const struct who *who,
						struct str code, struct enrolled *ret_enrolled);

/* Ten new ones; the old ones end. */
MUST_CHECK enum err_code identity_recovery_renew(const struct visit *v, const struct who *who,
						 struct recovery *ret_recovery);

#endif
