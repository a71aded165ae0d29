/* url.h -- where a provider is: https, or http on this machine alone. */
#ifndef OIDC_URL_H
#define OIDC_URL_H

#include "base/err.h"

#include <stdbool.h>

/* ERR_INVALID says why nothing is fetched from there: no URL, neither https nor http to a loopback
 * address (127.0.0.0/8 or ::1, not a name), a user or a fragment in it. */
MUST_CHECK enum err_code url_check(const char *url, const char *field, struct err *e);
/* Of one that was checked: whether it is on this machine. */
bool url_is_local(const char *url);
/* Whether anything follows the path. */
bool url_has_query(const char *url);

#endif
