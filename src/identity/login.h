/* login.h -- who may sign in: names, each mostly of a person in the register.
 *
 * What is changed here is changed by the context's actor, whose right to it the caller has looked
 * at. Every change is an event in the ledger, with the login's name and never the password or what
 * is kept of it. A login is never deleted, only disabled: what it did stays its own.
 */
#ifndef IDENTITY_LOGIN_H
#define IDENTITY_LOGIN_H

#include "identity/identity.h"

struct login {
	int64_t id;
	struct str name;
	int64_t person;		/* 0: of nobody in the register */
	int64_t organisation;	/* 0: that of the person, if any */
	struct str external_id; /* in the directory that it comes from; {NULL, 0} without one */
	bool has_password;
	bool enabled;
	bool administrator; /* looks after logins */
	bool second_factor; /* has one */
	int64_t made_at;    /* milliseconds */
	bool renamed;	    /* had another name before */
};

struct login_new {
	struct str name;
	const char *person;	  /* a key or a record's name (PER-12), or NULL */
	const char *organisation; /* a key, or NULL */
	struct str external_id;	  /* or {NULL, 0} */
	bool administrator;
};

/* ERR_CONFLICT when the login, or the external id, is there already; ERR_INVALID for a name that is
 * none; ERR_MISSING for nobody. */
MUST_CHECK enum err_code login_add(const struct visit *v, const struct login_new *n);

/* ERR_MISSING names the nearest. What is so already is left alone, without an event. Disabling ends
 * every session. */
MUST_CHECK enum err_code login_enable(const struct visit *v, struct str name, bool enabled,
				      bool *ret_changed);
MUST_CHECK enum err_code login_promote(const struct visit *v, struct str name, bool administrator,
				       bool *ret_changed);
/* By whoever looks after logins; ends every session. */
MUST_CHECK enum err_code login_set_password(const struct visit *v, struct str name,
					    struct str password);
/* Takes the second factor and the recovery codes away, for somebody who lost them; ends every
 * session. */
MUST_CHECK enum err_code login_reset_factor(const struct visit *v, struct str name,
					    bool *ret_changed);
MUST_CHECK enum err_code login_end_sessions(const struct visit *v, struct str name,
					    int64_t *ret_ended);

/* ERR_MISSING when there is none of that name. */
MUST_CHECK enum err_code login_find(struct ctx *ctx, struct str name, struct login *ret_login);

/* All by name, in the context's arena. */
MUST_CHECK enum err_code login_list(struct ctx *ctx, struct login **ret_logins, size_t *ret_count);

#endif
