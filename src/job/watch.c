#include "job/watch_priv.h"

#include "base/limits.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>

/* A look takes what is new out of the store without holding up those who take what is there for
 * them: what only the thread touches needs no lock, and what they share is short. */

enum { LOOK_MS = 1000, WHO_MEMORY = 8388608, LOOK_MEMORY = 67108864 };

static void
watcher_free(struct watcher *x)
{
	arena_fini(&x->arenas[0]);
	arena_fini(&x->arenas[1]);
	buf_fini(&x->out);
	free(x->seen);
	free(x);
}

/* Those who came, and without those who went. */
static struct watcher *
active_list(struct watch *w)
{
	struct watcher **at = &w->active;

	(void)pthread_mutex_lock(&w->lock);
	while (w->incoming) {
		struct watcher *x = w->incoming;

		w->incoming = x->next;
		x->next = w->active;
		w->active = x;
	}
	while (*at) {
		struct watcher *x = *at;

		if (!x->gone) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		watcher_free(x);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return w->active;
}

static bool
has_news(struct watch *w)
{
	bool any = false;

	(void)pthread_mutex_lock(&w->lock);
	for (const struct watcher *x = w->active; x; x = x->next)
		any = any || x->over || x->lost || x->out.len > x->sent;
	(void)pthread_mutex_unlock(&w->lock);
	return any;
}

static void
rest(struct watch *w)
{
	const struct timespec until = clock_deadline(LOOK_MS);

	(void)pthread_mutex_lock(&w->lock);
	if (!w->ending && !w->incoming)
		(void)pthread_cond_timedwait(&w->changed, &w->lock, &until);
	(void)pthread_mutex_unlock(&w->lock);
}

static bool
is_ending(struct watch *w)
{
	bool ending;

	(void)pthread_mutex_lock(&w->lock);
	ending = w->ending;
	(void)pthread_mutex_unlock(&w->lock);
	return ending;
}

static void *
watch_on(void *object)
{
	struct watch *w = object;
	CLEANUP(arena_fini) struct arena a;
	struct err e = {0};
	const struct job_asker asker = {.jobs = w->o.jobs, .arena = &a, .e = &e};

	arena_init(&a, LOOK_MEMORY);
	while (!is_ending(w)) {
		arena_reset(&a);
		/* What could not be looked at is looked at the next time. */
		if (active_list(w) && jobs_look(&asker, news_look, w))
			e = (struct err){0};
		if (has_news(w))
			w->o.wake(w->o.object);
		rest(w);
	}
	return NULL;
}

enum err_code
watch_new(const struct watch_options *o, struct watch **ret_watch, struct err *e)
{
	struct watch *w = calloc(1, sizeof(*w));
	pthread_condattr_t monotonic;

	if (!w)
		return err_set(e, ERR_INTERNAL, "", "no memory for the thread that watches");
	w->o = *o;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&w->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (pthread_create(&w->thread, NULL, watch_on, w) != 0) {
		free(w);
		return err_set(e, ERR_INTERNAL, "", "the thread that watches cannot be started");
	}
	*ret_watch = w;
	return ERR_NONE;
}

void
watch_stop(struct watch *w)
{
	bool first;

	if (!w)
		return;
	(void)pthread_mutex_lock(&w->lock);
	first = !w->ending;
	w->ending = true;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	if (first)
		(void)pthread_join(w->thread, NULL);
}

void
watch_free(struct watch *w)
{
	if (!w)
		return;
	watch_stop(w);
	(void)active_list(w);
	(void)pthread_cond_destroy(&w->changed);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

/* Under the lock. */
static size_t
count_of(const struct watch *w, int64_t login)
{
	size_t count = 0;

	for (const struct watcher *x = w->incoming; x; x = x->next)
		count += !x->gone && x->by.login == login;
	for (const struct watcher *x = w->active; x; x = x->next)
		count += !x->gone && x->by.login == login;
	return count;
}

enum err_code
watcher_new(struct watch *w, const struct who *who, struct str last, struct watcher **ret_watcher,
	    struct err *e)
{
	struct watcher *x = calloc(1, sizeof(*x));
	bool many;

	if (!x)
		return err_set(e, ERR_INTERNAL, "", "no memory for a stream of events");
	x->watch = w;
	x->by = again_of(who);
	x->from = POSITION_NOW;
	if (last.ptr && (!str_int(last, &x->from) || x->from < 0))
		x->from = POSITION_UNKNOWN;
	arena_init(&x->arenas[0], WHO_MEMORY);
	arena_init(&x->arenas[1], WHO_MEMORY);
	buf_init(&x->out, LIMIT_EVENT_BYTES);
	(void)pthread_mutex_lock(&w->lock);
	many = count_of(w, who->login) >= LIMIT_EVENT_STREAMS;
	if (!many) {
		x->next = w->incoming;
		w->incoming = x;
		(void)pthread_cond_signal(&w->changed);
	}
	(void)pthread_mutex_unlock(&w->lock);
	if (many) {
		watcher_free(x);
		return err_set(e, ERR_TOO_OFTEN, "",
			       "you have %d streams of events open; close some",
			       LIMIT_EVENT_STREAMS);
	}
	*ret_watcher = x;
	return ERR_NONE;
}

/* The thread frees it: it may be looking for him. */
void
watcher_end(struct watcher *x)
{
	struct watch *w = x->watch;

	(void)pthread_mutex_lock(&w->lock);
	x->gone = true;
	(void)pthread_mutex_unlock(&w->lock);
}

/* Under the lock; all that was kept is with him. */
static void
missed_tell(struct watcher *x)
{
	buf_addf(&x->out, "id: %lld\nevent: missed\ndata: {\"position\":%lld}\n\n",
		 (long long)x->told, (long long)x->told);
	x->lost = false;
}

size_t
watcher_take(struct watcher *x, char *bytes, size_t size, bool *ret_over)
{
	struct watch *w = x->watch;
	size_t len;

	(void)pthread_mutex_lock(&w->lock);
	if (x->sent == x->out.len) {
		x->sent = 0;
		x->out.len = 0;
		if (x->lost)
			missed_tell(x);
	}
	len = x->out.len - x->sent < size ? x->out.len - x->sent : size;
	if (len > 0)
		memcpy(bytes, x->out.data + x->sent, len);
	x->sent += len;
	*ret_over = x->over && len == 0;
	(void)pthread_mutex_unlock(&w->lock);
	return len;
}

void
watcher_tell(struct watcher *x, const struct buf *text, int64_t position)
{
	struct watch *w = x->watch;
	size_t len = text->len;

	(void)pthread_mutex_lock(&w->lock);
	x->told = position;
	if (x->lost || len == 0) {
		len = 0;
	} else if (text->failed || x->out.len + len > LIMIT_EVENT_BYTES) {
		x->lost = true;
		len = 0;
	}
	buf_add(&x->out, text->data, len);
	(void)pthread_mutex_unlock(&w->lock);
}

void
watcher_lose(struct watcher *x, int64_t position)
{
	(void)pthread_mutex_lock(&x->watch->lock);
	x->told = position;
	x->lost = true;
	(void)pthread_mutex_unlock(&x->watch->lock);
}

void
watcher_over(struct watcher *x)
{
	(void)pthread_mutex_lock(&x->watch->lock);
	x->over = true;
	(void)pthread_mutex_unlock(&x->watch->lock);
}
