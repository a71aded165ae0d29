/* err.h -- what went wrong, said once, in a form that a person and a program can read.
 *
 * A function that can fail returns `enum err_code` (ERR_NONE is 0) and takes the `struct err` that
 * holds the detail as its last parameter. Nothing here allocates, so reporting an error cannot
 * fail.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/cleanup.h"

enum err_code {
#define ERR(id, name, status, exit) id,
#include "base/err.def"
#undef ERR
};

struct err {
	enum err_code code;
	char field[64];	   /* field or argument at fault, or "" */
	char where[256];   /* "file:line:column", "file:line" or "" */
	char message[384]; /* what is wrong and what to do; no full stop at the end */
};

/* Fills `e` and returns `code`, so that a caller can write `return err_set(...)`. */
enum err_code err_set(struct err *e, enum err_code code, const char *field, const char *format, ...)
	PRINTF(4, 5);

/* Adds the place to an error that has none yet. `line` and `column` count from 1; 0 leaves out. */
void err_at(struct err *e, const char *file, long line, long column);

const char *err_name(enum err_code code);
int err_http_status(enum err_code code);
int err_exit_status(enum err_code code);

#endif
