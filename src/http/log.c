#include "http/log.h"

#include "base/civil.h"
#include "base/limits.h"
#include "codec/json.h"
#include "sys/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MESSAGE_SIZE = 1024,
	LINE_LIMIT = 8192,
	CLOSE_SECONDS = 1,
	GATHER_NS = 5 * NS_A_MS, /* so that many lines make one write */
};

struct http_log {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	char *filling; /* LIMIT_HTTP_LOG_BYTES each */
	char *writing;
	size_t filled;
	uint64_t untold; /* dropped since the last line about it */
	bool closing;
	int fd;
	_Atomic uint64_t dropped;
};

static void
bytes_write(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EAGAIN) {
			/* Somebody made it non-blocking; then the thread waits by itself. */
			(void)nanosleep(&(struct timespec){.tv_nsec = GATHER_NS}, NULL);
		} else if (n < 0 && errno != EINTR) {
			return; /* the reader is gone, and nobody is left to tell */
		} else if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
}

static size_t
dropped_line(uint64_t count, char *line, size_t size)
{
	char time[CIVIL_INSTANT_LEN + 1];
	int n;

	civil_format_instant(clock_now(&(struct clock){0}), time);
	n = snprintf(line, size,
		     "{\"time\":\"%s\",\"level\":\"warning\",\"event\":\"log_dropped\","
		     "\"lines\":%llu}\n",
		     time, (unsigned long long)count);

	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

static void *
writer(void *object)
{
	struct http_log *log = object;
	bool closing;

	do {
		char line[160];
		uint64_t untold;
		size_t len;

		(void)pthread_mutex_lock(&log->lock);
		while (log->filled == 0 && !log->closing)
			(void)pthread_cond_wait(&log->more, &log->lock);
		if (!log->closing) {
			(void)pthread_mutex_unlock(&log->lock);
			(void)nanosleep(&(struct timespec){.tv_nsec = GATHER_NS}, NULL);
			(void)pthread_mutex_lock(&log->lock);
		}
		len = log->filled;
		untold = log->untold;
		closing = log->closing;
		log->filled = 0;
		log->untold = 0;
		if (len > 0) {
			char *swap = log->filling;

			log->filling = log->writing;
			log->writing = swap;
		}
		(void)pthread_mutex_unlock(&log->lock);
		bytes_write(log->fd, log->writing, len);
		if (untold > 0)
			bytes_write(log->fd, line, dropped_line(untold, line, sizeof(line)));
	} while (!closing);
	return NULL;
}

static void
log_free(struct http_log *log)
{
	if (!log)
		return;
	free(log->filling);
	free(log->writing);
	(void)pthread_cond_destroy(&log->more);
	(void)pthread_mutex_destroy(&log->lock);
	free(log);
}

enum err_code
log_open(int fd, struct http_log **ret_log, struct err *e)
{
	struct http_log *log = calloc(1, sizeof(*log));

	if (!log)
		return err_set(e, ERR_INTERNAL, "", "no memory for the log");
	log->fd = fd;
	log->filling = malloc(LIMIT_HTTP_LOG_BYTES);
	log->writing = malloc(LIMIT_HTTP_LOG_BYTES);
	(void)pthread_mutex_init(&log->lock, NULL);
	(void)pthread_cond_init(&log->more, NULL);
	if (!log->filling || !log->writing ||
	    pthread_create(&log->thread, NULL, writer, log) != 0) {
		log_free(log);
		return err_set(e, ERR_INTERNAL, "", "cannot start the thread that writes the log");
	}
	*ret_log = log;
	return ERR_NONE;
}

void
log_close(struct http_log *log)
{
	struct timespec until;

	if (!log)
		return;
	(void)pthread_mutex_lock(&log->lock);
	log->closing = true;
	(void)pthread_cond_signal(&log->more);
	(void)pthread_mutex_unlock(&log->lock);
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += CLOSE_SECONDS;
	/* Nobody reads what it writes: then it keeps what it works on, and goes with the process.
	 */
	if (pthread_timedjoin_np(log->thread, NULL, &until) == 0)
		log_free(log);
	else
		(void)pthread_detach(log->thread);
}

static void
line_add(struct http_log *log, struct str line)
{
	(void)pthread_mutex_lock(&log->lock);
	if (line.len > LIMIT_HTTP_LOG_BYTES - log->filled) {
		log->untold++;
		atomic_fetch_add_explicit(&log->dropped, 1, memory_order_relaxed);
	} else {
		memcpy(log->filling + log->filled, line.ptr, line.len);
		if (log->filled == 0)
			(void)pthread_cond_signal(&log->more);
		log->filled += line.len;
	}
	(void)pthread_mutex_unlock(&log->lock);
}

void
log_begin(struct json_writer *w, struct buf *line, const char *time, enum log_level level,
	  const char *event)
{
	static const char *const levels[] = {"info", "warning", "error"};

	jw_begin(w, line, false);
	jw_object(w);
	jw_key_word(w, "time", time);
	jw_key_word(w, "level", levels[level]);
	jw_key_word(w, "event", event);
}

void
log_end(struct json_writer *w, struct http_log *log)
{
	jw_end_object(w);
	buf_add(w->out, "\n", 1);
	if (!w->out->failed)
		line_add(log, (struct str){w->out->data, w->out->len});
}

void
log_event(struct http_log *log, enum log_level level, const char *event, const char *format, ...)
{
	CLEANUP(buf_fini) struct buf line = {.limit = LINE_LIMIT};
	char time[CIVIL_INSTANT_LEN + 1];
	char message[MESSAGE_SIZE];
	struct json_writer w;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	civil_format_instant(clock_now(&(struct clock){0}), time);
	log_begin(&w, &line, time, level, event);
	jw_key_word(&w, "message", message);
	log_end(&w, log);
}

uint64_t
log_dropped(struct http_log *log)
{
	return atomic_load_explicit(&log->dropped, memory_order_relaxed);
}
