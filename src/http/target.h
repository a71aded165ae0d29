/* target.h -- what a request asks for: the path in parts, and the query in pairs.
 *
 * Only the origin form of RFC 9112 section 3.2.1 is taken, and "*" of section 3.2.4. Percent signs
 * are undone once, part by part, so that "%2F" cannot make two parts of one. Refused are: bytes
 * that RFC 3986 does not allow (in a query those are allowed that browsers leave there), bad
 * percent signs, what is not UTF-8 then, control characters, slashes inside of a part, and the
 * parts "." and "..".
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/limits.h"
#include "http/http.h"

struct http_target {
	bool asterisk;
	struct str path; /* as it came */
	struct str parts[LIMIT_HTTP_SEGMENTS];
	size_t part_count; /* "/" has one, "" */
	struct http_pair *query;
	size_t query_count;
};

/* NULL, or what is wrong with it. The parts point into `raw` or the arena. */
const char *target_parse(struct str raw, struct arena *a, struct http_target *ret_target);

#endif
