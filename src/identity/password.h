/* password.h -- passwords of logins: which are refused, and what is kept of them.
 *
 * Argon2id (RFC 9106) as libsodium writes it, with three passes over 64 MiB; through a gate, as
 * each takes that much memory. Text is taken byte for byte: no form of Unicode is made another.
 * libsodium must have been started (identity_new).
 */
#ifndef IDENTITY_PASSWORD_H
#define IDENTITY_PASSWORD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/gate.h"

/* ERR_INVALID or ERR_TOO_BIG says what a better one looks like, and never the password. */
MUST_CHECK enum err_code password_check(struct str name, struct str password, struct err *e);

/* Appends the text to keep: parameters, a fresh salt and the hash. ERR_BUSY when the gate stays
 * shut. */
MUST_CHECK enum err_code password_hash(struct gate *gate, struct str password, struct buf *out,
				       struct err *e);

/* Takes the same time whether it fits or not, and where nothing is kept ({NULL, 0}). ERR_TOO_BIG at
 * once for what no password can be. */
MUST_CHECK enum err_code password_try(struct gate *gate, struct str password, struct str kept,
				      bool *ret_fits, struct err *e);

/* Kept with other parameters than now. */
bool password_is_stale(struct str kept);

#endif
