/* head.h -- whether a request's first line and headers came as RFC 9112 writes them.
 *
 * libmicrohttpd takes more than the standard allows: lines that end in a bare LF, headers folded
 * over two lines, a NUL that hides the rest of a line. What two readers read differently is how
 * requests are smuggled past the first of them. So its reading is held against the bytes, which
 * stay in its buffer, with a NUL where it cut: each name and value must follow the one before with
 * exactly the bytes between them that the standard has there, from the method to the empty line.
 * What cannot be told any more is a NUL beside an LF from a CRLF: both are two NULs then.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "base/limits.h"
#include "http/http.h"

struct head {
	struct str block; /* from the method to after the empty line, as the library left it */
	struct str target;
	struct str version;
	struct http_pair headers[LIMIT_HTTP_HEADERS]; /* pointing into the block */
	size_t count; /* of all there were; more than LIMIT_HTTP_HEADERS are not kept */
};

/* Headers that mean something here, and so may come only once; ends with NULL. */
extern const char *const http_unique[];

/* NULL, or what is wrong; *ret_status 400 or 431. */
const char *head_fault(const struct head *h, int *ret_status);

bool head_is(const struct http_pair *header, const char *name);
/* The first of that name, in any case, without blanks around; {NULL, 0} when there is none. */
struct str head_find(const struct head *h, const char *name);

#endif
