/* serve.h -- a context that reads for somebody, from now on.
 *
 * What grant.h decides is the first wall. On a server the connection itself is held to rows of the
 * organisations that he sees, by the engine, whatever code above it forgets: that is the second. A
 * context that writes serves somebody by `who` alone (record/group.h), as its connection must
 * write.
 */
#ifndef ACCESS_SERVE_H
#define ACCESS_SERVE_H

#include "access/ctx.h"
#include "access/who.h"

/* Not in a transaction. `who` must outlive it. ERR_DENIED when the server lacks the roles for it
 * (store/db.h). */
MUST_CHECK enum err_code ctx_serve(struct ctx *ctx, const struct who *who);
/* It serves nobody any more. */
MUST_CHECK enum err_code ctx_serve_nobody(struct ctx *ctx);

/* Around a wait for something else than its connection, such as the group of writers: one that is
 * borrowed goes back, and another comes, which serves the same. Not in a transaction, nor with a
 * statement of it. */
void ctx_away(struct ctx *ctx);
/* Gives back `rc`, or else why there is no connection. */
MUST_CHECK enum err_code ctx_back(struct ctx *ctx, enum err_code rc);

#endif
