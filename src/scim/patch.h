/* patch.h -- what a PATCH (RFC 7644 section 3.5.2) makes of a resource. */
#ifndef SCIM_PATCH_H
#define SCIM_PATCH_H

#include "scim/filter.h"

/* Takes the operations in order. Names of operations count in any case, and without a path the
 * value's members may be dotted names, as Entra sends them; what is not kept is passed over. The
 * resource is spoiled by a failure: ERR_USAGE with the scimType as field. */
MUST_CHECK enum err_code scim_patch(const struct scim_kind *k, const json_t *body, json_t *resource,
				    struct arena *a, struct err *e);

#endif
