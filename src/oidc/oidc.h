/* oidc.h -- who somebody is, by a provider of OpenID Connect: the authorization code flow with PKCE
 * (OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700).
 *
 * One `struct oidc` is shared by all threads. Which providers there are may change while it is in
 * use: so whoever asks holds a set of them, which stays as it is. Both steps may ask the provider,
 * and wait for it; LIMIT_OIDC_AT_ONCE do so at one time. Nothing here knows of logins: what comes
 * out is an issuer and what that calls its user.
 */
#ifndef OIDC_OIDC_H
#define OIDC_OIDC_H

#include "ledger/note.h"
#include "oidc/claims.h"
#include "oidc/config.h"
#include "oidc/flow.h"

struct oidc;
struct oidc_set;

struct oidc_options {
	const char *path;	    /* of the file with the providers (config.h) */
	struct str site;	    /* where browsers find this server */
	const struct note_key *key; /* what browsers keep is sealed under a key made from it */
};

/* Path and site must outlive it. Before other threads. Errors are those of oidc_config_read, too.
 */
MUST_CHECK enum err_code oidc_new(const struct oidc_options *options, struct oidc **ret_oidc,
				  struct err *e);
void oidc_free(struct oidc *o);
/* Reads the file anew; those who hold a set go on with it. When the file is not good, all stays as
 * it was. */
MUST_CHECK enum err_code oidc_reload(struct oidc *o, struct err *e);

/* The providers of this moment, until it is released. NULL stands for none at all, here and
 * below. */
struct oidc_set *oidc_hold(struct oidc *o);
void oidc_release(struct oidc_set *s);
void oidc_releasep(struct oidc_set **s);
#define OIDC_SET CLEANUP(oidc_releasep) struct oidc_set

const struct oidc_config *oidc_config(const struct oidc_set *s);

/* Sends somebody to the provider. ERR_MISSING for one that there is not, ERR_BUSY for one that does
 * not answer, ERR_USAGE for a way back that is no path of this site. */
struct oidc_ask {
	struct str provider;
	struct str return_to; /* {NULL, 0}: "/" */
	int64_t session;      /* that asks to be linked, or 0 */
	bool fresh;	      /* he is to prove anew who he is */
	int64_t now;
};
struct oidc_way {
	struct str url;	   /* of the provider, for the browser */
	struct str cookie; /* to be kept by the browser until it comes back */
};
MUST_CHECK enum err_code oidc_begin(struct oidc_set *s, const struct oidc_ask *ask, struct arena *a,
				    struct oidc_way *ret_way, struct err *e);

/* He comes back, to the browser that he went from: else ERR_DENIED, which is no fault of his, as
 * any page can send a browser there. */
struct oidc_back {
	struct str provider;
	struct str cookie; /* of oidc_begin */
	struct str code, state;
	struct str issuer; /* these two where the provider tells them */
	struct str fault;
	int64_t now;
};
struct oidc_user {
	const struct oidc_provider *provider;
	struct flow flow;
	struct claims claims;
};
MUST_CHECK enum err_code oidc_return(struct oidc_set *s, const struct oidc_back *back,
				     struct arena *a, struct oidc_user *ret_user, struct err *e);
/* Then what he brought is shown to the provider, for the user's claims. ERR_DENIED when that does
 * not hold, ERR_BUSY when the provider does not answer. */
MUST_CHECK enum err_code oidc_finish(struct oidc_set *s, const struct oidc_back *back,
				     struct arena *a, struct oidc_user *user, struct err *e);

#endif
