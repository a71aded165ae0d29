/* log.h -- lines of JSON for whoever watches the server, one an event.
 *
 * A thread of its own writes them, so that a full pipe or disk stops no request: lines that find no
 * room (LIMIT_HTTP_LOG_BYTES) are dropped, counted, and told about when there is room again.
 */
#ifndef HTTP_LOG_H
#define HTTP_LOG_H

#include "base/err.h"
#include "base/str.h"
#include "codec/json.h"

#include <stdint.h>

struct http_log;

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Writes to `fd`, which stays the caller's. */
MUST_CHECK enum err_code log_open(int fd, struct http_log **ret_log, struct err *e);
/* Gives what waits a second to be written. */
void log_close(struct http_log *log);

/* A line that is an object: time, level and event, what the caller writes between, and its end. One
 * that is too long for its buffer is left out. */
void log_begin(struct json_writer *w, struct buf *line, const char *time, enum log_level level,
	       const char *event);
void log_end(struct json_writer *w, struct http_log *log);
/* {"time":..., "level":..., "event":..., "message":...} */
void log_event(struct http_log *log, enum log_level level, const char *event, const char *format,
	       ...) PRINTF(4, 5);

uint64_t log_dropped(struct http_log *log);

#endif
