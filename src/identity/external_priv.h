/* external_priv.h -- links to providers, for who signs in by one. */
#ifndef IDENTITY_EXTERNAL_PRIV_H
#define IDENTITY_EXTERNAL_PRIV_H

#include "identity/external.h"
#include "identity/identity_priv.h"

struct link_row {
	int64_t id;
	int64_t login;
};
/* By issuer and subject; *ret_found false when there is none. */
MUST_CHECK enum err_code link_find(const struct from *f, const struct external *x,
				   struct link_row *ret_row, bool *ret_found);
/* Whether the login has one to the issuer. */
MUST_CHECK enum err_code link_is_there(const struct from *f, int64_t login, struct str issuer,
				       bool *ret_has);

/* A link that is made or ends, and by whom. */
struct linking {
	const struct visit *v;
	const struct external *x;
	const struct who *who;
	struct str name;
	int64_t session;
	int64_t id; /* of the link */
};
/* With its number in *l; what is there already is left alone. `how` is for its event. */
MUST_CHECK enum err_code link_make(struct writer *w, struct linking *l, const struct login *login,
				   const char *how);

#endif
