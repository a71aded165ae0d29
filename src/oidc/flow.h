/* flow.h -- a sign-in that is under way, as the browser keeps it in a cookie while its user is at
 * the provider.
 *
 * Sealed (XSalsa20-Poly1305) under a key made from the workspace's own, so nobody can make one up,
 * or read what is in it; no table fills with sign-ins that nobody ends.
 */
#ifndef OIDC_FLOW_H
#define OIDC_FLOW_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FLOW_KEY_SIZE = 32, FLOW_WORD_SIZE = 44 }; /* 256 random bits as base64url */

struct flow {
	struct str provider;
	struct str state;
	struct str nonce;
	struct str verifier;
	struct str return_to;
	int64_t session; /* that asks to be linked; 0: somebody signs in */
	bool fresh;	 /* the user is to prove anew who he is */
	int64_t begun_at;
};

/* Fills state, nonce and verifier with fresh words. */
void flow_words(struct flow *f, struct arena *a);

/* What the browser keeps. */
struct str flow_seal(const struct flow *f, const uint8_t key[FLOW_KEY_SIZE], struct arena *a);
/* ERR_DENIED for what is none, or was begun LIMIT_OIDC_FLOW_SECONDS ago. */
struct flow_lock {
	const uint8_t *key; /* FLOW_KEY_SIZE bytes */
	int64_t now;	    /* milliseconds */
};
MUST_CHECK enum err_code flow_open(struct str sealed, const struct flow_lock *lock, struct arena *a,
				   struct flow *ret_flow, struct err *e);

/* A path of this site that a browser can be sent to; never the address of another one. */
bool flow_is_path(struct str path);

#endif
