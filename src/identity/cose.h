/* cose.h -- public keys of authenticators (RFC 9052 section 7, RFC 9053), and their signatures. */
#ifndef IDENTITY_COSE_H
#define IDENTITY_COSE_H

#include "base/err.h"
#include "identity/public_key.h"

/* What may sign, as the registry of COSE numbers it; the first is liked best. */
enum { COSE_ALGORITHMS = 3 };
extern const int cose_algorithms[COSE_ALGORITHMS];

struct cose_key {
	EVP_PKEY *key;
	enum signature_kind signs;
};

/* Ed25519 (EdDSA), P-256 with SHA-256 (ES256), or RSA of 2048 to 4096 bits with PKCS #1 and SHA-256
 * (RS256). ERR_INVALID for anything else, and when something is missing, twice there or follows. */
MUST_CHECK enum err_code cose_read(struct str bytes, struct cose_key *ret_key, struct err *e);
void cose_free(struct cose_key *key);

bool cose_verify(const struct cose_key *key, struct str text, struct str signature);

#endif
