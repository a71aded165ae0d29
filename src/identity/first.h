/* first.h -- the first administrator: a secret that is good once, for LIMIT_FIRST_LINK_SECONDS,
 * made when nobody can sign in. The server prints it as a link when it starts. */
#ifndef IDENTITY_FIRST_H
#define IDENTITY_FIRST_H

#include "identity/identity.h"

/* Whether no login that is enabled has a password. */
MUST_CHECK enum err_code identity_is_closed(struct ctx *ctx, bool *ret_closed);

/* ERR_CONFLICT when somebody can sign in. One made before ends. */
MUST_CHECK enum err_code identity_first_link(const struct visit *v, char text[SECRET_TEXT_SIZE]);

/* Makes the login, an administrator's, or opens the one of that name, with that password.
 * ERR_DENIED for a secret that is none, or none any more; it is used up when this goes well, and
 * only then. */
struct first {
	struct str link;
	struct str name;
	struct str password;
};
MUST_CHECK enum err_code identity_first(const struct visit *v, const struct first *f);

#endif
