/* watch.h -- what changes, for those who watch: cells of the posture, and their own jobs.
 *
 * A thread looks each second what the ledger and the jobs have that is new, written by whichever
 * process, and hands to each who watches what he may see, as text of server-sent events:
 *
 *   begin    from where on he is told of cells; `id` is a size of the ledger
 *   cell     a cell that was decided anew
 *   job      a job of his own that waits, runs or has just ended
 *   missed   there was more than is kept for him: he must read again what he shows
 *
 * The last id that he was given, handed in again, tells him what came since. Who somebody is is
 * looked at again every other second; when the session or token has ended, so does this.
 */
#ifndef JOB_WATCH_H
#define JOB_WATCH_H

#include "job/job.h"

struct watch;
struct watch_options {
	struct jobs *jobs;	    /* outlive it */
	void (*wake)(void *object); /* somebody has something to take */
	void *object;
};
MUST_CHECK enum err_code watch_new(const struct watch_options *o, struct watch **ret_watch,
				   struct err *e);
/* Tells nobody anything any more; and when nobody watches, frees it. */
void watch_stop(struct watch *w);
void watch_free(struct watch *w);

/* One who watches. */
struct watcher;
/* `last`: the last id that he was given, or {NULL, 0}. ERR_TOO_OFTEN when the login watches
 * LIMIT_EVENT_STREAMS times already. */
MUST_CHECK enum err_code watcher_new(struct watch *w, const struct who *who, struct str last,
				     struct watcher **ret_watcher, struct err *e);
void watcher_end(struct watcher *x);
/* The next bytes for him; none for now when it gives 0. *ret_over: he is told nothing any more. */
size_t watcher_take(struct watcher *x, char *bytes, size_t size, bool *ret_over);

#endif
