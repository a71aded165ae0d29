/* route.h -- which row of the table a path belongs to. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/limits.h"
#include "http/http.h"

struct route_tree;

struct route_match {
	const struct http_route *route; /* NULL: none with this method */
	struct str parameters[LIMIT_HTTP_SEGMENTS];
	size_t parameter_count;
	unsigned methods; /* a bit for each that the path has, 1 << HTTP_GET ...; 0: no such path */
};

/* Checks the table; ERR_INVALID says which row is at fault. It lives in the arena. */
MUST_CHECK enum err_code route_tree_new(const struct http_route *routes, size_t count,
					struct arena *a, const struct route_tree **ret_tree,
					struct err *e);

void route_find(const struct route_tree *t, enum http_method method, const struct str *parts,
		size_t count, struct route_match *ret_match);

#endif
