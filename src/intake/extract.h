/* extract.h -- a register's current records as a file that delivery_import takes in again.
 *
 * Columns: key, organisation, feed, state (where the register has states) and every field, or some;
 * references as the shortest key that means the same record. Records come in the order of their
 * keys, one at a time, so memory does not grow with the register.
 */
#ifndef INTAKE_EXTRACT_H
#define INTAKE_EXTRACT_H

#include "intake/intake.h"

struct filter;

struct extract_sink {
	enum err_code (*write)(void *object, struct str bytes, struct err *e);
	void *object;
};

struct extract_options {
	const struct reg *reg;
	enum delivery_format format; /* of CSV, texts that a spreadsheet would run are guarded */
	int64_t organisation;	     /* 0: of all */
	const char *source;	     /* NULL: of all */
	const struct filter *filter; /* of the register, understood; NULL: none */
	const bool *fields;	     /* which of the register's; NULL: all */
	struct ctx *noted;	     /* whose ledger tells of it when the past is read, else NULL */
};

/* Says in the ledger what leaves before anything does. */
MUST_CHECK enum err_code extract_run(struct ctx *ctx, const struct extract_options *o,
				     struct extract_sink sink, int64_t *ret_rows);

#endif
