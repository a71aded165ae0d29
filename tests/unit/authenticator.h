/* authenticator.h -- an authenticator in software, and the browser before it: what they answer to a
 * question, right or, where a test says so, not quite. */
#ifndef AUTHENTICATOR_H
#define AUTHENTICATOR_H

#include "identity/webauthn.h"

#include <openssl/evp.h>

enum authenticator_kind { SOFT_ES256, SOFT_EDDSA, SOFT_RS256 };

struct authenticator {
	enum authenticator_kind kind;
	EVP_PKEY *key;
	char id[16];
	uint32_t count; /* of its next answer */
	struct arena *arena;
	struct hasher *hasher;

	/* What it and the browser say, to be made wrong. */
	const char *site;
	const char *origin;
	const char *type;  /* NULL: as it should be */
	const char *extra; /* more members of the client data, such as ,"crossOrigin":true */
	unsigned flags;
	const char *after; /* bytes after the data, such as extensions; may hold NUL */
	size_t after_len;
};

void authenticator_make(struct authenticator *a, enum authenticator_kind kind, struct arena *arena,
			struct hasher *hasher);
void authenticator_free(struct authenticator *a);

struct webauthn_answer authenticator_register(struct authenticator *a, const char *challenge);
struct webauthn_answer authenticator_assert(struct authenticator *a, const char *challenge);
/* Its public key as it registers it. */
struct str authenticator_cose(const struct authenticator *a);

#endif
