/* zone.h -- time zones from the system's tz database (RFC 8536 files, version 2 and later, with the
 * footer rule).
 *
 * No global state: several zones can be in use at once, unlike localtime().
 */
#ifndef SYS_ZONE_H
#define SYS_ZONE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

struct zone;

/* `name` such as "Europe/London" or "UTC"; refused: absolute paths, "..", unknown names. Lives in
 * the arena. */
MUST_CHECK enum err_code zone_load(const char *name, struct arena *a, const struct zone **ret_zone,
				   struct err *e);

/* As it was loaded: letters, digits and -_+/ only. */
const char *zone_name(const struct zone *z);

/* Seconds east of UTC at the instant (milliseconds since 1970). */
int32_t zone_offset(const struct zone *z, int64_t ms);

/* Civil date (days since 1970-01-01) at the instant. */
int64_t zone_date(const struct zone *z, int64_t ms);

/* First instant (milliseconds) of the civil date in the zone; the earlier one when midnight comes
 * twice, the first that exists when midnight is skipped. */
int64_t zone_day_start(const struct zone *z, int64_t days);

#endif
