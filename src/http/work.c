/* work.c -- threads for what may wait, so that those of the connections never do. */
#include "http/server_priv.h"

#include <stdlib.h>

enum { STACK_SIZE = 1024 * 1024 };

struct work {
	pthread_mutex_t lock;
	pthread_cond_t come; /* a call, or the end */
	struct http_call *first;
	struct http_call **last;
	size_t count;
	size_t most;
	bool ending;
	size_t thread_count;
	pthread_t threads[];
};

/* The oldest; NULL at the end. */
static struct http_call *
next_take(struct work *w)
{
	struct http_call *c;

	(void)pthread_mutex_lock(&w->lock);
	while (!w->first && !w->ending)
		(void)pthread_cond_wait(&w->come, &w->lock);
	c = w->first;
	if (c) {
		w->first = c->next;
		w->count--;
	}
	if (!w->first)
		w->last = &w->first;
	(void)pthread_mutex_unlock(&w->lock);
	return c;
}

/* Once it is resumed the call is its connection's again. */
static void *
work_on(void *object)
{
	struct work *w = object;
	struct http_call *c;

	while ((c = next_take(w))) {
		call_work(c);
		MHD_resume_connection(c->peer->connection);
	}
	return NULL;
}

static bool
threads_start(struct work *w, size_t count)
{
	pthread_attr_t attr;
	bool good = pthread_attr_init(&attr) == 0;

	if (!good)
		return false;
	good = pthread_attr_setstacksize(&attr, STACK_SIZE) == 0;
	while (good && w->thread_count < count) {
		good = pthread_create(&w->threads[w->thread_count], &attr, work_on, w) == 0;
		w->thread_count += good;
	}
	(void)pthread_attr_destroy(&attr);
	return good;
}

enum err_code
work_new(const struct http_limits *l, struct work **ret_work, struct err *e)
{
	struct work *w = calloc(1, sizeof(*w) + l->workers * sizeof(w->threads[0]));

	if (!w)
		return err_set(e, ERR_INTERNAL, "", "no memory for a server");
	w->last = &w->first;
	w->most = l->waiting;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->come, NULL);
	if (!threads_start(w, l->workers)) {
		work_free(w);
		return err_set(e, ERR_INTERNAL, "", "cannot start the threads that answer");
	}
	*ret_work = w;
	return ERR_NONE;
}

void
work_end(struct work *w)
{
	(void)pthread_mutex_lock(&w->lock);
	w->ending = true;
	(void)pthread_cond_broadcast(&w->come);
	(void)pthread_mutex_unlock(&w->lock);
	for (; w->thread_count > 0; w->thread_count--)
		(void)pthread_join(w->threads[w->thread_count - 1], NULL);
}

void
work_free(struct work *w)
{
	if (!w)
		return;
	work_end(w);
	(void)pthread_cond_destroy(&w->come);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

bool
work_take(struct work *w, struct http_call *c)
{
	bool taken;

	(void)pthread_mutex_lock(&w->lock);
	taken = !w->ending && w->count < w->most;
	if (taken) {
		/* Before a worker could resume it. */
		MHD_suspend_connection(c->peer->connection);
		c->next = NULL;
		*w->last = c;
		w->last = &c->next;
		w->count++;
		(void)pthread_cond_signal(&w->come);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return taken;
}

size_t
work_waiting(struct work *w)
{
	size_t count;

	(void)pthread_mutex_lock(&w->lock);
	count = w->count;
	(void)pthread_mutex_unlock(&w->lock);
	return count;
}
