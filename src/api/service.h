/* service.h -- what all routes have in common: the workspace, and each thread's own reader of it.
 *
 * A route's function finds it in its request (service_of), and begins with service_read where it
 * reads records.
 */
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include "api/describe.h"
#include "http/address.h"
#include "http/http.h"
#include "http/server.h"
#include "identity/identity.h"
#include "identity/webauthn.h"
#include "record/group.h"
#include "record/workspace.h"

#include <stdatomic.h>

struct service {
	struct workspace *ws; /* readers are made from it; what it has open is the group's */
	struct group *group;  /* writes for all threads */
	struct identity *identity;
	struct http_server *server;
	const struct http_route *routes;       /* of api_routes() */
	const struct description *description; /* of the API, made when the server starts */
	struct webauthn_site site;	       /* where browsers find it; without texts: not told */
	const struct http_proxies *watchers;   /* who else may read the numbers; NULL: nobody */
	_Atomic bool stopping;
};

struct service *service_of(const struct http_request *r);

/* The context of the thread's own connection, which only reads, with the request's arena. It is
 * opened when it is first asked for; it serves nobody yet, and whoever uses it
 * begins a transaction. */
MUST_CHECK enum err_code service_read(const struct http_request *r, struct ctx *ret_ctx,
				      struct err *e);
/* A moment of the past: the instant or day that the text names, or the one that a cursor keeps
 * (record/workspace.h). */
struct moment {
	struct str text; /* {NULL, 0}: not given */
	int64_t kept;	 /* 0: there is none */
};
/* The context of a connection of the thread that reads the past for the one who asks. The thread
 * has one, of the moment that was asked for last. */
MUST_CHECK enum err_code service_past(const struct http_request *r, const struct moment *at,
				      const struct who *who, struct ctx *ret_ctx, struct err *e);
/* Closes a thread's connections: for the server's options. */
void service_thread_end(void *state);

#endif
