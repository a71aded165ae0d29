/* parties.h -- the organisations that a plan itself names. */
#ifndef RECORD_PARTIES_H
#define RECORD_PARTIES_H

#include "record/writer.h"

/* Records each organisation that is not there yet, by key; each belongs to itself. */
MUST_CHECK enum err_code parties_put(struct writer *w, const struct organisation_entry *parties,
				     size_t count);

/* The organisation with that key, or ERR_MISSING with the nearest. NULL asks for the integrator:
 * ERR_MISSING when there is none, ERR_CONFLICT when there are several. */
MUST_CHECK enum err_code organisation_find(struct ctx *ctx, const char *key, int64_t *ret_id);

#endif
