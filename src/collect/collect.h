/* collect.h -- reads the machine it runs on and writes what it saw as one delivery.
 *
 * Nothing on the machine is changed. Without root it sees less and says what it could not see; a
 * fact that it could not see is null in the record: unknown is not false, nor what it was.
 *
 * The delivery is JSON lines. The first is
 *   {"holdfast":"delivery","version":1,"source":"collect","host":"...","collected_at":"...Z",
 *    "not_seen":["WHAT: WHY"],"facts":{"kernel":"...","build":"...","uptime_s":1,
 *    "listening":[{"protocol":"tcp","address":"0.0.0.0","port":22,"uid":0}],
 *    "filesystems":[{"mount":"/","device":"254:0","encrypted":false}]}}
 * and each other is one record, {"register":"asset","key":"...","FIELD":VALUE,...}, with the fields
 * of content/registers. References are keys, and a record comes after those it refers to.
 *
 *   register          key                 what
 *   system            HOST                the operating system; `account.system` refers to it
 *   asset             HOST                the machine
 *   account           LOGIN@HOST          one for each line of /etc/passwd
 *   software          PACKAGE             the same key on every host
 *   installation      PACKAGE@HOST        PACKAGE-VERSION@HOST where rpm holds several versions
 *   endpoint_status   HOST                the last report: earlier ones are its history
 *
 * HOST is the host name in lower case. Keys stay the same from run to run. Passwords and their
 * hashes are never in the output; the memory that held them is wiped.
 */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct collect_options {
	const char *root; /* "" for this machine, or a folder that stands for /; then no program is
			     run */
	const char *host; /* NULL or "": the machine's own name */
	int64_t now_ms;
};

enum { COLLECT_REGISTERS = 6 };

/* Something that could not be seen, and why. */
struct collect_gap {
	const char *what; /* "password ages" */
	const char *why;  /* "/etc/shadow may not be read; run as root" */
	const struct collect_gap *next;
};

/* Its texts live in the arena given to collect_run. */
struct collect_summary {
	const char *host;
	struct collect_count {
		const char *register_name;
		size_t records;
	} counts[COLLECT_REGISTERS]; /* in the order in which they are written */
	const struct collect_gap *gaps;
	size_t gap_count;
};

/* Appends the delivery to `out`. ERR_INVALID when the machine has no name that could tell it from
 * others, ERR_TOO_BIG when `out` or the arena is full. A probe that sees nothing is a gap, not an
 * error. */
MUST_CHECK enum err_code collect_run(const struct collect_options *options, struct arena *a,
				     struct buf *out, struct collect_summary *ret_summary,
				     struct err *e);

#endif
