/* again.h -- who somebody is now, who has shown it before: for work that goes on after the request
 * that asked for it.
 *
 * Nothing that was secret is needed for that, and nothing counts as use of a session or token.
 */
#ifndef IDENTITY_AGAIN_H
#define IDENTITY_AGAIN_H

#include "identity/identity.h"

struct again {
	int64_t login;
	/* What it came with; both 0: the login alone is looked at, for what was begun in a session
	 * and may outlast it. */
	int64_t session;
	int64_t token;
	bool second_factor; /* it was given then; of the login alone */
};

/* What identity_again needs of him. */
struct again again_of(const struct who *who);

/* With the roles of this instant. ERR_DENIED when the session or token has ended, the login is
 * disabled, its person has left, or a second factor is due. */
MUST_CHECK enum err_code identity_again(const struct visit *v, const struct again *a,
					struct who *ret_who);

#endif
