/* me.h -- what a login's own routes share with those of whoever looks after it. */
#ifndef API_ME_H
#define API_ME_H

#include "api/call.h"
#include "identity/token.h"

/* Of whom `login`, `name` and `actor` count; the path names the token that is revoked. */
MUST_CHECK enum err_code tokens_answer(struct call *c, const struct who *whose);
MUST_CHECK enum err_code token_made_answer(struct call *c, const struct token_new *n);
MUST_CHECK enum err_code token_revoke(struct call *c, const struct who *whose);

#endif
