/* who.h -- who a request comes from, and what that may touch: what authorisation decides on.
 *
 * Filled by identity/ from a session or a token, at one instant; it lives in the request's arena.
 */
#ifndef ACCESS_WHO_H
#define ACCESS_WHO_H

#include "model/model.h"

/* A role held at that instant. */
struct who_role {
	const struct role *role;
	int64_t organisation; /* in whose rows it holds; 0: in everybody's */
	int64_t limit;	      /* the record that it is limited to, such as a site; 0: none */
};

struct who {
	int64_t login;
	struct str name;
	const struct str *former; /* names that the login had before */
	size_t former_count;
	struct str actor;	   /* as the ledger names it: "user:ann", "user:ann/token:7" */
	int64_t person;		   /* 0: of nobody in the register */
	int64_t organisation;	   /* its own; 0: none */
	const struct model *model; /* that its roles are of: the present plan */
	const struct who_role *roles;
	size_t role_count;
	const int64_t *organisations; /* whose rows it sees at all, by number */
	size_t organisation_count;
	bool administrator; /* looks after logins */
	bool unheld;	    /* asks about logins, which a connection that is held to those
			       organisations does not see: only grant.h holds it */

	int64_t session;	/* 0: it came with a token */
	int64_t token;		/* 0: it came with a session */
	bool second_factor;	/* was given, or stood behind the making of the token */
	bool second_factor_due; /* until it is given it may do nothing but give it, and leave */
	bool enrolment_due;	/* and it has none yet: it may enrol one */
	int64_t proven_at;	/* when it last proved who it is; milliseconds, 0: never */
	bool writes;		/* the token's scope; a session's is everything */
	struct words registers; /* that the token is held to */
	bool all_registers;
	bool scim;     /* a directory's token, for SCIM and nothing else */
	bool calendar; /* a token for the feed of a calendar, and nothing else */
	int64_t until; /* before then the clock alone changes nothing of it; milliseconds */
};

/* Whether it holds the role for rows of that organisation; without regard to a narrower limit. */
bool who_holds(const struct who *w, struct str role, int64_t organisation);
/* Whether one of those roles may do that (`may` of roles.yaml) with rows of the organisation. */
bool who_may(const struct who *w, struct str what, int64_t organisation);
bool who_sees(const struct who *w, int64_t organisation);
/* Whether the token's scope reaches the register. */
bool who_reaches(const struct who *w, struct str reg);

#endif
