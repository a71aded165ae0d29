/* totp.h -- codes of the hour: TOTP (RFC 6238) with HMAC-SHA-1, six digits, thirty seconds. */
#ifndef IDENTITY_TOTP_H
#define IDENTITY_TOTP_H

#include "base/str.h"

enum { TOTP_SECRET_SIZE = 20, TOTP_STEP_SECONDS = 30, TOTP_DIGITS = 6 };

/* The number that a step gives, of 31 bits; a code is its last digits (RFC 4226 section 5.3). */
uint32_t totp_number(const uint8_t *secret, size_t len, int64_t step);

/* The step whose code that is: the present one or one beside it, for clocks that differ, and later
 * than `after`, so that no code counts twice. -1 when there is none. */
int64_t totp_step(const uint8_t secret[TOTP_SECRET_SIZE], struct str code, int64_t now_ms,
		  int64_t after);

/* RFC 4648 section 6, without padding: eight letters for each five bytes. `size` is a multiple of
 * five; `alphabet` has 32 letters. */
void base32_encode(const uint8_t *bytes, size_t size, const char *alphabet, char *out);
#define BASE32_CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define BASE32_SMALL "abcdefghijklmnopqrstuvwxyz234567"

#endif
