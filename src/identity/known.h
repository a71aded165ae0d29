/* known.h -- callers that were looked up a moment ago, so that not each request does it anew.
 *
 * Whatever changes who somebody is, or what he may do, stands in the ledger with the same commit:
 * an event about logins, sessions, tokens and factors, a version of a person, role or organisation.
 * So while the ledger ends where it did when somebody was looked up, by whichever process it is
 * written, he is who he was, but for what the clock alone moves (who.until). The caller looks at
 * the ledger in the transaction in which it serves him.
 *
 * Shared by all threads of a process. What a secret is found by is its SHA-256.
 */
#ifndef IDENTITY_KNOWN_H
#define IDENTITY_KNOWN_H

#include "identity/identity.h"

struct known;

MUST_CHECK enum err_code known_new(struct known **ret_known, struct err *e);
void known_free(struct known *k);

/* Who he was when the ledger had *ret_size leaves; his memory is the context's arena. False when
 * nobody knows. */
bool known_find(struct known *k, const struct ctx *ctx, struct str kept, struct who *ret_who,
		int64_t *ret_size);
/* `size`: the ledger's before he was looked up. */
void known_keep(struct known *k, const struct ctx *ctx, struct str kept, const struct who *who,
		int64_t size);

#endif
