/* password.h -- passwords of logins: which are refused, and what is kept of them.
 *
 * Argon2id (RFC 9106) as libsodium writes it, with three passes over 64 MiB.
 */
#ifndef RECORD_PASSWORD_H
#define RECORD_PASSWORD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* ERR_INVALID or ERR_TOO_BIG says what a better one looks like, and never the password. */
MUST_CHECK enum err_code password_check(struct str name, struct str password, struct err *e);

/* Appends the text to keep: parameters, a fresh salt and the hash. */
MUST_CHECK enum err_code password_hash(struct str password, struct buf *out, struct err *e);

/* Takes the same time whether it fits or not. */
MUST_CHECK bool password_fits(struct str password, struct str kept);

#endif
