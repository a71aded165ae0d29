#include "identity/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHA1_SIZE = 20, CODES = 1000000, STEP_MS = TOTP_STEP_SECONDS * 1000, WINDOW = 1 };

uint32_t
totp_number(const uint8_t *secret, size_t len, int64_t step)
{
	uint8_t counter[8], mac[SHA1_SIZE];
	unsigned size = 0;
	const uint8_t *at;

	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret, (int)len, counter, sizeof(counter), mac, &size) ||
	    size != sizeof(mac)) {
		(void)fprintf(stderr, "totp: HMAC-SHA-1 failed\n");
		abort();
	}
	at = mac + (mac[SHA1_SIZE - 1] & 0x0f);
	return (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
	       at[3];
}

int64_t
totp_step(const uint8_t secret[TOTP_SECRET_SIZE], struct str code, int64_t now_ms, int64_t after)
{
	int64_t present = now_ms / STEP_MS;
	int64_t number = -1, found = -1;

	if (code.len != TOTP_DIGITS || code.ptr[0] == '-' || !str_int(code, &number))
		return -1;
	/* All of them are compared, whichever fits. */
	for (int64_t step = present - WINDOW; step <= present + WINDOW; step++) {
		bool fits = totp_number(secret, TOTP_SECRET_SIZE, step) % CODES == (uint32_t)number;

		if (fits & (step > after))
			found = step;
	}
	return found;
}

void
base32_encode(const uint8_t *bytes, size_t size, const char *alphabet, char *out)
{
	for (size_t i = 0; i + 5 <= size; i += 5) {
		uint64_t bits = 0;

		for (size_t k = 0; k < 5; k++)
			bits = bits << 8 | bytes[i + k];
		for (int k = 7; k >= 0; k--)
			*out++ = alphabet[bits >> (5 * k) & 31];
	}
	*out = '\0';
}
