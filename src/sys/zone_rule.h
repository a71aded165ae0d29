/* zone_rule.h -- the rule of a POSIX TZ string, which goes on where a time zone file's table ends.
 *
 * RFC 8536 section 3.3: POSIX.1-2017 section 8.3, with hours up to 167 of either sign in the times
 * of change.
 */
#ifndef SYS_ZONE_RULE_H
#define SYS_ZONE_RULE_H

#include "base/str.h"

#include <stdint.h>

enum zone_day_kind {
	ZONE_DAY_JULIAN,  /* Jn: 1 to 365, 29 February never counted */
	ZONE_DAY_OF_YEAR, /* n: 0 to 365 */
	ZONE_DAY_OF_WEEK, /* Mm.w.d: week 5 is the last */
};

struct zone_change {
	enum zone_day_kind kind;
	int month;
	int week;
	int day;
	int32_t time; /* seconds after midnight, in the offset that ends */
};

struct zone_rule {
	int32_t standard; /* seconds east of UTC */
	int32_t daylight;
	bool has_daylight;
	struct zone_change to_daylight;
	struct zone_change to_standard;
};

/* A stretch of time with one offset: from the instant asked about up to `end`, INT64_MAX when it
 * never ends. */
struct zone_span {
	int32_t offset;
	int64_t end;
};

/* False when the text is no such rule. */
bool zone_rule_parse(struct str text, struct zone_rule *ret_rule);

struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t seconds);

#endif
