/* tag.h -- tags of what a client has already (RFC 9110 sections 8.8.3 and 13.1.2). */
#ifndef HTTP_TAG_H
#define HTTP_TAG_H

#include "base/str.h"

/* Whether `list`, the value of an If-None-Match, has the tag, compared weakly: "W/" makes no
 * difference. "*" has every one. What follows a fault in the list is none. */
bool tag_is_listed(struct str list, struct str tag);

#endif
