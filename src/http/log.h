/* log.h -- lines of JSON for whoever watches the server, one an event.
 *
 * A thread of its own writes them, so that a full pipe or disk stops no request: lines that find no
 * room (LIMIT_HTTP_LOG_BYTES) are dropped, counted, and told about when there is room again.
 */
#ifndef HTTP_LOG_H
#define HTTP_LOG_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

struct http_log;

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Writes to `fd`, which stays the caller's. */
MUST_CHECK enum err_code log_open(int fd, struct http_log **ret_log, struct err *e);
/* Gives what waits a second to be written. */
void log_close(struct http_log *log);

/* A line of JSON with its newline. */
void log_line(struct http_log *log, struct str line);
/* {"time":..., "level":..., "event":..., "message":...} */
void log_event(struct http_log *log, enum log_level level, const char *event, const char *format,
	       ...) PRINTF(4, 5);

uint64_t log_dropped(struct http_log *log);

#endif
