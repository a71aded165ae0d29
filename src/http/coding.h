/* coding.h -- replies that are packed, for clients that say that they take it. */
#ifndef HTTP_CODING_H
#define HTTP_CODING_H

#include "http/http.h"

/* Whether `accepted`, the value of an Accept-Encoding, has the coding with a weight above nothing:
 * by its name, or, where that is not there, as "*" (RFC 9110 section 12.5.3). */
bool coding_is_taken(struct str accepted, enum http_coding coding);

/* The mark that a strong tag has at its end when it is of packed bytes, as those are others:
 * "5-gzip" for "5". A weak one stays. In the arena. */
struct str coding_mark(struct str tag, enum http_coding coding, struct arena *a);
/* What stands in the quotes of a tag, without such a mark; {NULL, 0} of what is no tag. */
struct str coding_unmarked(struct str tag);

/* Packs the body of a reply when that is long enough to be worth it and the client takes it. */
void coding_pack(const struct http_request *r, struct http_reply *reply);

#endif
