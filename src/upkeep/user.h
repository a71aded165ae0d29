/* user.h -- what the files of `holdfast user` share. */
#ifndef UPKEEP_USER_H
#define UPKEEP_USER_H

#include "cli/cli.h"
#include "identity/identity.h"

/* Takes over what went wrong for the visit. */
enum err_code user_failed(struct cli *c, const struct visit *v, enum err_code rc);

/* user_link.c: the login and its accounts at providers of OpenID Connect. */
enum err_code user_link(struct cli *c, const struct visit *v, struct str name);
enum err_code user_links(struct cli *c, const struct visit *v, struct str name);
enum err_code user_unlink(struct cli *c, const struct visit *v, struct str name);

#endif
