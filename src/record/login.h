/* login.h -- who may sign in: names with a password, each mostly of a person in the register.
 *
 * Every change is an event in the ledger, with the login's name and never the password or what is
 * kept of it.
 */
#ifndef RECORD_LOGIN_H
#define RECORD_LOGIN_H

#include "access/ctx.h"

struct login {
	struct str name;
	int64_t person; /* 0: of nobody in the register */
	bool has_password;
	bool enabled;
	int64_t made_at; /* milliseconds */
};

/* `person` is a key or a record's name (PER-12) of the register 'person', or NULL. ERR_CONFLICT
 * when the login is there already; ERR_INVALID for a name that is none; ERR_MISSING for nobody. */
MUST_CHECK enum err_code login_add(struct ctx *ctx, struct str name, const char *person);

/* ERR_MISSING names the nearest. What is so already is left alone, without an event. */
MUST_CHECK enum err_code login_enable(struct ctx *ctx, struct str name, bool enabled,
				      bool *ret_changed);
MUST_CHECK enum err_code login_set_password(struct ctx *ctx, struct str name, struct str password);

/* ERR_MISSING when there is none of that name. */
MUST_CHECK enum err_code login_find(struct ctx *ctx, struct str name, struct login *ret_login);

/* All by name, in the context's arena. */
MUST_CHECK enum err_code login_list(struct ctx *ctx, struct login **ret_logins, size_t *ret_count);

#endif
