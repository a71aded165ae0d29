/* caller.h -- who a request comes from: a token in Authorization, or a session in a cookie. */
#ifndef API_CALLER_H
#define API_CALLER_H

#include "api/call.h"
#include "identity/identity.h"

/* What a session is kept in, over TLS and without. The prefix __Host- keeps other hosts of a domain
 * from setting it; browsers take that only over TLS. */
#define CALLER_COOKIE "__Host-holdfast"
#define CALLER_PLAIN_COOKIE "holdfast"

/* That the request brings a secret to be known by; else ERR_NOBODY. Asks no store. */
MUST_CHECK enum err_code call_secret(struct call *c);
/* Of one that does: fills c->who; ERR_NOBODY when nobody is known, ERR_DENIED when he may not do
 * this. Where `believe` is set he may be who he was when the ledger had c->known_at leaves, which
 * is for the caller to look at. */
MUST_CHECK enum err_code call_who(struct call *c, bool believe);

/* What identity/ wants to know of the request. */
struct visit call_visit(struct call *c);

/* The session's token that came with the request; {NULL, 0} without one. And one to be kept from
 * now on; an empty one ends it. */
struct str call_session(const struct http_request *r);
void call_set_session(struct call *c, struct str token);

/* The same of a sign-in that is under way at a provider (oidc/flow.h). */
struct str call_flow(const struct http_request *r);
void call_set_flow(struct call *c, struct str flow);

/* Where the client finds the server, as it says itself: "https://holdfast.example.org". */
const char *call_here(const struct call *c);

/* ERR_DENIED for a request that a page of another site made its reader's browser send. */
MUST_CHECK enum err_code call_same_site(struct call *c);

/* Logins are looked after by administrators, who have just proven who they are: else ERR_DENIED. */
MUST_CHECK enum err_code call_administers(struct call *c);

#endif
