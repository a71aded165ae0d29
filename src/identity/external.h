/* external.h -- logins whose owners a provider of OpenID Connect knows.
 *
 * A provider is named by its issuer, and calls its user by a subject that it gives to nobody else:
 * a login is linked to the pair, to one for each issuer. Each link and its end is an event in the
 * ledger. A link makes nobody a login, and gives no role.
 */
#ifndef IDENTITY_EXTERNAL_H
#define IDENTITY_EXTERNAL_H

#include "identity/sign_in.h"

/* What a provider says, as it was looked at before. */
struct external {
	struct str issuer;
	struct str subject;
	struct str email;   /* verified: links the login of that name when it has no link to the
			       issuer yet; {NULL, 0} where that may not be */
	bool second_factor; /* was given there */
	int64_t proven_at;  /* when he proved there who he is; 0: it is not known */
};

/* ERR_DENIED when no login is linked, or one that may not sign in; ERR_TOO_OFTEN for an address
 * that failed too often. `old` is as for identity_sign_in. */
MUST_CHECK enum err_code external_sign_in(const struct visit *v, const struct external *x,
					  struct str old, struct signed_in *ret_in);
/* Before the provider is asked: ERR_TOO_OFTEN for who must wait. And that what came from there does
 * not hold. */
MUST_CHECK enum err_code external_may_try(const struct visit *v, int64_t *ret_retry_after_seconds);
MUST_CHECK enum err_code external_failed(const struct visit *v);

struct external_link {
	int64_t id;
	struct str issuer;
	struct str subject;
	int64_t made_at;
	int64_t used_at; /* 0: never */
};
/* By issuer; in the context's arena. ERR_MISSING names the nearest login. */
MUST_CHECK enum err_code external_list(const struct visit *v, struct str name,
				       struct external_link **ret_list, size_t *ret_count);

/* By whoever looks after logins, as the context's actor. ERR_CONFLICT when the subject is another
 * login's, or the login has a link to the issuer. Unlinking ends every session; ERR_MISSING when
 * the login has no such link. */
MUST_CHECK enum err_code external_link(const struct visit *v, struct str name,
				       const struct external *x);
MUST_CHECK enum err_code external_unlink(const struct visit *v, struct str name, int64_t id);

/* By the owner, who went to the provider from a session of his and came back: ERR_DENIED when that
 * has ended meanwhile. Unlinking ends his other sessions. */
MUST_CHECK enum err_code external_link_own(const struct visit *v, int64_t session,
					   const struct external *x);
MUST_CHECK enum err_code external_unlink_own(const struct visit *v, const struct who *who,
					     int64_t id);

#endif
