/* session.h -- who is signed in: what a browser holds is 256 random bits, of which the store keeps
 * the SHA-256.
 *
 * A session ends when it was not used for LIMIT_SESSION_IDLE_SECONDS, after LIMIT_SESSION_SECONDS
 * in any case, and after LIMIT_SECOND_FACTOR_SECONDS when a second factor is due and not given. Use
 * is noted once a minute.
 */
#ifndef IDENTITY_SESSION_H
#define IDENTITY_SESSION_H

#include "identity/identity.h"

/* Who that is now, with the roles of this instant. ERR_DENIED for a session that is none, or none
 * any more, and for a login that is disabled or whose person has left. */
MUST_CHECK enum err_code identity_session(const struct visit *v, struct str token,
					  struct who *ret_who);

struct session {
	int64_t id;
	int64_t made_at, seen_at;
	bool second_factor; /* given */
	bool own;	    /* the one that asks */
	struct str address;
	struct str agent;
};
/* Those of the same login, the last used first; in the context's arena. */
MUST_CHECK enum err_code session_list(const struct visit *v, const struct who *who,
				      struct session **ret_list, size_t *ret_count);

/* Ends one of the login's own: 0 is the one that asks. ERR_MISSING when there is none. */
MUST_CHECK enum err_code identity_end(const struct visit *v, const struct who *who,
				      int64_t session);
/* Ends all of them, but the one that asks when `others` alone are meant. */
MUST_CHECK enum err_code identity_end_all(const struct visit *v, const struct who *who, bool others,
					  int64_t *ret_ended);

#endif
