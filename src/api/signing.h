/* signing.h -- what routes of signing in, and of what one signs in with, take and answer alike. */
#ifndef API_SIGNING_H
#define API_SIGNING_H

#include "api/call.h"
#include "identity/factor.h"
#include "identity/sign_in.h"

/* A text that the body has, as it was looked at (call_check_body). */
struct str call_text(const struct call *c, const char *name);
/* A member; null for 0. */
void call_write_instant(struct call *c, const char *name, int64_t ms);

/* What a sign-in, or a step of one that ended with `rc`, answers: the session's new cookie, and
 * what is still due. */
MUST_CHECK enum err_code call_signed_in(struct call *c, const struct signed_in *in,
					enum err_code rc);
/* None of them for NULL. */
void call_write_recovery(struct call *c, const struct recovery *r);

#endif
