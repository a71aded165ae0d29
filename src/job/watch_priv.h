/* watch_priv.h -- those who watch, and what they are told; private to this folder. */
#ifndef JOB_WATCH_PRIV_H
#define JOB_WATCH_PRIV_H

#include "job/watch.h"

#include <pthread.h>

enum { POSITION_NOW = -1, POSITION_UNKNOWN = -2 };

/* What a job looked like when he was told of it. */
struct seen_job {
	int64_t id;
	uint64_t what;
};

struct watcher {
	struct watch *watch;
	struct watcher *next;
	struct again by;
	/* The thread's own. */
	struct who who;
	struct arena arenas[2]; /* of who he is, and was */
	int arena;
	bool known; /* `who` is */
	int64_t known_ms;
	int64_t from; /* what he knows of the ledger; POSITION_ before he is told */
	bool begun;
	int64_t id; /* the last that he was given */
	struct seen_job *seen;
	size_t seen_count;
	/* Under the lock. */
	struct buf out;
	size_t sent;
	int64_t told; /* how far the ledger was then */
	bool lost;
	bool over;
	bool gone;
};

struct watch {
	struct watch_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct watcher *incoming;
	struct watcher *active; /* changed by the thread alone */
	bool ending;
};

/* news.c, for jobs_look: what is new, for all who watch. */
MUST_CHECK enum err_code news_look(struct ctx *ctx, void *watch);

/* Adds the text to what he takes; there may be too much of it for that. */
void watcher_tell(struct watcher *x, const struct buf *text, int64_t position);
void watcher_lose(struct watcher *x, int64_t position);
void watcher_over(struct watcher *x);

#endif
