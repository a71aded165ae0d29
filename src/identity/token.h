/* token.h -- keys for programs: "hft_" and 256 random bits, of which the store keeps the SHA-256.
 *
 * One for a calendar is "hfc_" and as many, as it stands in an address that calendar programs
 * fetch, and whoever meets it must be able to tell that it does no more than that. It never writes,
 * and reaches no restricted register (access/grant.h): what it gives goes to other machines.
 *
 * A token acts for its login, with the roles of the moment, within its scope, until it expires, is
 * revoked, or its login is disabled. Use is noted every ten minutes.
 */
#ifndef IDENTITY_TOKEN_H
#define IDENTITY_TOKEN_H

#include "identity/identity.h"

struct token_new {
	struct str name;
	bool writes;
	struct words registers; /* that it is held to */
	bool all_registers;
	int64_t days;  /* until it expires */
	bool scim;     /* for SCIM, and for nothing else */
	bool calendar; /* for the feed of its owner's calendar, and for nothing else */
	/* Whose it is, a program's; {NULL, 0}: whoever makes it. Only administrators make others'.
	 */
	struct str login;
};

/* A token for SCIM is given to a login that is nobody's: of an organisation, whose directory it
 * then is for, or of none, which is for all. Its register and rights are those of the plan's role
 * that may `provision`.
 *
 * By a person who has just proven who it is (LIMIT_STEP_UP_SECONDS). The text is shown this once.
 * `who` is NULL for whoever has the workspace's files in hand. */
struct token_made {
	int64_t id;
	int64_t expires_at;
	char text[SECRET_TEXT_SIZE];
};
MUST_CHECK enum err_code identity_token_make(const struct visit *v, const struct who *who,
					     const struct token_new *n,
					     struct token_made *ret_made);

/* Who a request with that token comes from. ERR_DENIED for one that is none, or none any more. */
MUST_CHECK enum err_code identity_token(const struct visit *v, struct str text,
					struct who *ret_who);

struct token {
	int64_t id;
	struct str name;
	bool writes;
	bool scim;
	bool calendar;
	struct str registers; /* a JSON list; {NULL, 0}: all of them */
	int64_t made_at, expires_at;
	int64_t used_at;    /* 0: never */
	int64_t revoked_at; /* 0: it is good still */
};
/* Those of the login, the newest first, in the context's arena. */
MUST_CHECK enum err_code token_list(const struct visit *v, const struct who *who,
				    struct token **ret_list, size_t *ret_count);

/* ERR_MISSING when the login has none of that number; again is fine. */
MUST_CHECK enum err_code identity_token_revoke(const struct visit *v, const struct who *who,
					       int64_t id);

#endif
