/* service.h -- what all routes have in common: the workspace, and a few connections that read it.
 *
 * A route's function finds it in its request (service_of). Who reads borrows a connection, waiting
 * for one when all are lent, and gives it back before anything else is waited for; so nobody waits
 * for long, and there are far fewer connections than requests.
 */
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include "api/describe.h"
#include "base/limits.h"
#include "http/address.h"
#include "http/http.h"
#include "http/server.h"
#include "identity/identity.h"
#include "identity/webauthn.h"
#include "job/watch.h"
#include "oidc/oidc.h"
#include "record/group.h"
#include "record/workspace.h"
#include "search/search.h"

#include <pthread.h>
#include <stdatomic.h>

/* Connections that are lent. Those that are not wait here; the last that came back goes first, as
 * what it knows is fresh. */
struct readers {
	pthread_mutex_t lock;
	pthread_cond_t back;
	struct workspace *idle[LIMIT_READERS];
	size_t idle_count;
	size_t count; /* lent or not */
	size_t most;
};

/* How often sessions and tokens did something in the minute that it is. */
struct meter {
	pthread_mutex_t lock;
	int64_t minute;
	struct {
		int64_t who;
		int64_t count;
	} rows[LIMIT_METERED];
	size_t row_count;
};

struct service {
	struct workspace *ws; /* readers are made from it; what it has open is the group's */
	struct readers readers;
	struct readers past; /* those that read the past, each a moment of its own */
	struct group *group; /* writes for all threads */
	struct identity *identity;
	struct search_index *search;
	struct counts *counts;
	struct oidc *oidc; /* NULL: nobody signs in by a provider */
	struct jobs *jobs;
	struct watch *watch;
	struct http_server *server;
	struct http_log *log;
	struct meter errors;		       /* of pages that were reported */
	struct meter fetches;		       /* of calendars by their address */
	const struct http_route *routes;       /* of api_routes() */
	const struct description *description; /* of the API, made when the server starts */
	struct webauthn_site site;	       /* where browsers find it; without texts: not told */
	const struct http_proxies *watchers;   /* who else may read the numbers; NULL: nobody */
	_Atomic bool stopping;
};

struct service *service_of(const struct http_request *r);

/* Counts one more of whoever asks; ERR_TOO_OFTEN, with call->retry_after, when that are over `most`
 * in this minute, or when too many others are counted. */
struct call;
MUST_CHECK enum err_code meter_take(struct meter *m, struct call *c, int64_t most);

void service_init(struct service *s);
/* Closes the readers, when nobody asks any more. */
void service_fini(struct service *s);

/* A context with a connection that is lent to it, which only reads, and with that arena, such as a
 * request's. It serves nobody yet, and whoever uses it begins a transaction. It is given back by
 * service_give. */
MUST_CHECK enum err_code service_read(struct service *s, struct arena *a, struct ctx *ret_ctx,
				      struct err *e);
/* A moment of the past: the instant or day that the text names, or the one that a cursor keeps
 * (record/workspace.h). */
struct moment {
	struct str text; /* {NULL, 0}: not given */
	int64_t kept;	 /* 0: there is none */
};
/* Gives the context another connection instead, which reads the past for the one who asks. */
MUST_CHECK enum err_code service_past(struct ctx *ctx, const struct moment *at,
				      const struct who *who);
void service_give(struct ctx *ctx);

#endif
