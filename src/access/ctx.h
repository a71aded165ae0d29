/* ctx.h -- everything that one piece of work may touch: who does it, on what, at what time.
 *
 * The first argument of everything above this floor. Functions that take it leave the detail of an
 * error in `err`.
 */
#ifndef ACCESS_CTX_H
#define ACCESS_CTX_H

#include "model/model.h"
#include "sys/clock.h"

#include <stdatomic.h>

struct ctx;
struct ledger;
struct counts;
struct who;
struct writer_kept;

/* Takes what happened while only reading, for the ledger: whoever serves users writes it before he
 * hands out what was read. */
struct ctx_note {
	enum err_code (*note)(void *object, const char *kind, struct str detail, struct err *e);
	void *object;
};

/* Of a context whose connection is borrowed: it goes back while the work waits for something else,
 * so that a few connections serve many (serve.h). */
struct ctx_loan {
	/* Fills in db, ledger and hasher; or leaves them alone. */
	enum err_code (*take)(void *object, struct ctx *ctx);
	void (*give)(void *object, struct ctx *ctx);
	void *object;
	void *lent; /* what the lender knows it by */
};

struct ctx {
	struct arena *arena; /* as long as the command or request */
	struct db *db;
	const struct model *model;
	struct ledger *ledger;
	struct hasher *hasher;
	const struct zone *zone; /* of the plan */
	struct clock clock;	 /* of the past, when that is read */
	int64_t as_of; /* milliseconds: it reads what was recorded by then; 0: the present */
	struct str as_of_assessed; /* when the posture of then was decided; {NULL, 0}: never */
	struct str actor;	   /* who does it: "root@shell" */
	int64_t actor_id;	   /* 0 until the first write */
	const struct who *who;	  /* whom it serves, who may not do everything (grant.h); or NULL */
	struct ctx_note note;	  /* of who may read what is restricted */
	struct ctx_loan loan;	  /* none: the connection is its own */
	struct writer_kept *kept; /* statements of the last writer, for the next */
	struct counts *counts;	  /* of the present, for its lists (list.h); or NULL */
	/* Set by another thread that wants long work to end, or NULL: ctx_go_on. */
	const _Atomic bool *stop;
	struct err err;
};

/* Asked where long work could end and leave nothing half done: ERR_BUSY when somebody wants that.
 */
MUST_CHECK static inline enum err_code
ctx_go_on(struct ctx *ctx)
{
	if (!ctx->stop || !atomic_load_explicit(ctx->stop, memory_order_relaxed))
		return ERR_NONE;
	return err_set(&ctx->err, ERR_BUSY, "", "it was told to end before it was done");
}

#endif
