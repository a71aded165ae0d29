/* fetch.h -- asks a provider, over HTTP.
 *
 * At most LIMIT_OIDC_SECONDS and LIMIT_OIDC_ANSWER_BYTES, headers and all. No redirect is followed,
 * no cookie kept; certificates must hold. Proxies of the environment are used, but not for this
 * machine.
 */
#ifndef OIDC_FETCH_H
#define OIDC_FETCH_H

#include "base/buf.h"
#include "base/err.h"

struct fetch {
	const char *url;     /* checked (url.h) */
	const char *ca_file; /* authorities that count, instead of the system's; or NULL */
	const char *form;    /* what is posted, or NULL */
	const char *user;    /* with `secret`, in Authorization; or NULL */
	const char *secret;
};

/* Once in a process, before other threads; and its end. */
MUST_CHECK enum err_code fetch_start(struct err *e);
void fetch_stop(void);

/* Any status is an answer. ERR_BUSY when there was none, or one past a limit. */
MUST_CHECK enum err_code fetch(const struct fetch *f, struct buf *ret_body, long *ret_status,
			       struct err *e);
/* Appends "name=value", encoded, after a '&' where there is something before. */
MUST_CHECK enum err_code fetch_add(struct buf *form, const char *name, const char *value,
				   struct err *e);
/* Only the value. */
MUST_CHECK enum err_code fetch_encode(struct buf *out, const char *value, struct err *e);

#endif
