/* edition.h -- all that serves by one reading of the plan: workspace, writers, HTTP, the keeper.
 *
 * To serve by another plan a second edition is made beside the first, on the same listener, and the
 * first is drained: so a request ends with the plan that it began with, and nothing that is made of
 * a plan is ever exchanged under somebody's hands.
 */
#ifndef SERVE_EDITION_H
#define SERVE_EDITION_H

#include "api/service.h"
#include "http/log.h"

struct edition;

struct edition_options {
	/* But for routes, object and listener, which an edition sets. */
	struct http_options http;
	int listener; /* stays the caller's */
	struct webauthn_site site;
	const struct http_proxies *watchers;
	struct oidc *oidc; /* or NULL */
};

/* Takes the workspace over, whatever comes of it. Options' objects outlive it. It answers at once;
 * the posture is kept from edition_keep on. */
MUST_CHECK enum err_code edition_new(const struct edition_options *o, struct workspace *ws,
				     struct edition **ret_edition, struct err *e);
MUST_CHECK enum err_code edition_keep(struct edition *ed, struct err *e);

struct service *edition_service(struct edition *ed);

/* Takes no more connections, decides nothing more, and gives its job back. */
void edition_drain(struct edition *ed);
/* Requests in hand. */
size_t edition_busy(struct edition *ed);
/* Whether it decides something at this moment. */
bool edition_decides(struct edition *ed);
/* Cuts off what is left. */
void edition_free(struct edition *ed);

#endif
