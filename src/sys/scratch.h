/* scratch.h -- a file without a name, for what is too much for memory.
 *
 * It is in TMPDIR, else in /var/tmp or /tmp, and gone when it is closed or when the program ends,
 * however it ends.
 */
#ifndef SYS_SCRATCH_H
#define SYS_SCRATCH_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

struct scratch;

MUST_CHECK enum err_code scratch_new(struct scratch **ret_scratch, struct err *e);
void scratch_free(struct scratch *s);
/* At its end; ERR_FULL when there is no room. */
MUST_CHECK enum err_code scratch_add(struct scratch *s, struct str bytes, struct err *e);
int64_t scratch_length(const struct scratch *s);
/* From any place: *len bytes; it is less afterwards only at the end. */
MUST_CHECK enum err_code scratch_read(struct scratch *s, int64_t from, char *bytes, size_t *len,
				      struct err *e);

#endif
