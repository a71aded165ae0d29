/* note.h -- what is read and leaves, for the ledger. */
#ifndef RECORD_NOTE_H
#define RECORD_NOTE_H

#include "record/record.h"

/* An event, by way of ctx->note; where nobody takes notes, in a transaction of its own. Whoever is
 * served (ctx->who) gets nothing that could not be noted. */
MUST_CHECK enum err_code note_event(struct ctx *ctx, const char *kind, struct str detail);

/* That whom the context serves reads these records of a restricted register; nothing otherwise. */
MUST_CHECK enum err_code note_read(struct ctx *ctx, const struct reg *r, const int64_t *ids,
				   size_t count);

#endif
