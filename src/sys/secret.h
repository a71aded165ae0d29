/* secret.h -- a secret that a person types, or a program gives on standard input. */
#ifndef SYS_SECRET_H
#define SYS_SECRET_H

#include "base/buf.h"
#include "base/err.h"

/* One line without its end. On a terminal the prompt goes to standard error and nothing that is
 * typed is shown; Ctrl-C gives up with ERR_DENIED. Elsewhere it is the first line of standard
 * input, and ERR_INVALID when there is none. Past the buffer's limit ERR_TOO_BIG. */
MUST_CHECK enum err_code secret_read(const char *prompt, struct buf *out, struct err *e);

bool secret_is_typed(void);

/* Overwrites the text. */
void secret_wipe(struct buf *b);

#endif
