/* config.h -- which providers there are, from a file of YAML (docs/users.md). */
#ifndef OIDC_CONFIG_H
#define OIDC_CONFIG_H

#include "model/model.h"

struct oidc_provider {
	const char *name;  /* in paths */
	const char *label; /* for people */
	const char *issuer;
	const char *client;
	const char *secret; /* NULL for a client without one */
	const char *ca_file;
	const char *scope;
	const char *subject;   /* the claim that names the user */
	bool links_by_email;   /* a verified address links the login of that name, once */
	struct words acr, amr; /* values that stand for a second factor */
	const char *redirect;  /* where the browser comes back to */
};
struct oidc_config {
	const struct oidc_provider *providers;
	size_t count;
};

/* `site` is where browsers find this server. Lives, texts and all, in the arena. ERR_INVALID says
 * which line is at fault; ERR_DENIED when others can read a secret. */
MUST_CHECK enum err_code oidc_config_read(const char *path, struct str site, struct arena *a,
					  struct oidc_config *ret_config, struct err *e);

/* By its name; NULL when there is none. */
const struct oidc_provider *oidc_config_find(const struct oidc_config *config, struct str name);

/* Where a browser comes back to, on the site of that address. */
#define OIDC_PATH "/api/v1/sign-in/oidc"

#endif
