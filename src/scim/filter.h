/* filter.h -- filters (RFC 7644 section 3.4.2.2) and the paths of a PATCH, out of text that anybody
 * may have written.
 *
 * A filter is read into a tree within limits of length, depth and number of terms, whose names are
 * those of the schemas, and is then held against resources in memory: no part of its text comes
 * near a statement.
 */
#ifndef SCIM_FILTER_H
#define SCIM_FILTER_H

#include "base/arena.h"
#include "scim/schema.h"

struct scim_filter;

/* Lives in the arena, with its text. ERR_USAGE says what is wrong, field "invalidFilter". */
MUST_CHECK enum err_code scim_filter_read(const struct scim_kind *k, struct str text,
					  struct arena *a, const struct scim_filter **ret_filter,
					  struct err *e);

bool scim_filter_fits(const struct scim_filter *f, const json_t *resource);

/* Whether it asks anything of an attribute of the resource itself. */
bool scim_filter_asks(const struct scim_filter *f, const char *attribute);
/* The text that the attribute must equal in all that fits; {NULL, 0} when it need not. */
struct str scim_filter_equal(const struct scim_filter *f, const char *attribute);

/* emails[type eq "work"].value: an attribute, which of its values, and what of them. */
struct scim_path {
	struct scim_name name;
	const struct scim_filter *which; /* of the values; NULL: all */
	enum scim_known known;		 /* with SCIM_UNKEPT there is no more to it */
};
/* ERR_USAGE, "invalidPath" or "invalidFilter". */
MUST_CHECK enum err_code scim_path_read(const struct scim_kind *k, struct str text, struct arena *a,
					struct scim_path *ret_path, struct err *e);

/* Whether it holds of one value of a list; and makes one of which it holds, where it says enough:
 * type eq "work". NULL when it does not. */
bool scim_filter_fits_value(const struct scim_filter *f, const json_t *value);
json_t *scim_filter_example(const struct scim_filter *f);

#endif
