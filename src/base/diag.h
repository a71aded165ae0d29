/* diag.h -- many findings about files, gathered, then shown in order. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

struct diag {
	enum diag_level level;
	const char *file; /* "" when it belongs to no file */
	long line;	  /* from 1; 0 when unknown */
	long column;
	const char *message;
	struct diag *next;
};

/* Lives, texts and all, in the arena given to diag_init. Past LIMIT_DIAGNOSTICS findings it only
 * counts. */
struct diags {
	struct arena *arena;
	struct diag *first;
	struct diag *last;
	size_t errors;
	size_t warnings;
	size_t notes;
};

struct place {
	const char *file;
	long line;
	long column;
};

void diag_init(struct diags *d, struct arena *arena);
void diag_add(struct diags *d, enum diag_level level, struct place at, const char *format, ...)
	PRINTF(4, 5);

/* Adds what others found. */
void diag_join(struct diags *d, const struct diags *more);

/* Turns the first error into `e`; ERR_NONE when there is none. */
enum err_code diag_err(const struct diags *d, struct err *e);

#endif
