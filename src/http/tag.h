/* tag.h -- tags of what a client has already (RFC 9110 sections 8.8.3 and 13.1.2). */
#ifndef HTTP_TAG_H
#define HTTP_TAG_H

#include "base/str.h"

/* The tag of `list`, the value of an If-None-Match, that is this one when they are compared weakly:
 * "W/" makes no difference, nor the mark of packed bytes (coding.h). It is in its strong form, if
 * this one is; so is this one itself, which "*" has. {NULL, 0}: there is none; what follows a fault
 * in the list is none. */
struct str tag_find(struct str list, struct str tag);

#endif
