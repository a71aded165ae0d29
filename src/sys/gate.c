#include "sys/gate.h"

#include "sys/clock.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t left;
	size_t free;
	size_t waiting;
	size_t waiting_max;
};

enum err_code
gate_new(size_t places, size_t waiting, struct gate **ret_gate, struct err *e)
{
	struct gate *g = calloc(1, sizeof(*g));
	pthread_condattr_t steady;

	if (!g)
		return err_set(e, ERR_INTERNAL, "", "no memory for a gate");
	g->free = places;
	g->waiting_max = waiting;
	(void)pthread_mutex_init(&g->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&g->left, &steady);
	(void)pthread_condattr_destroy(&steady);
	*ret_gate = g;
	return ERR_NONE;
}

void
gate_free(struct gate *g)
{
	if (!g)
		return;
	(void)pthread_cond_destroy(&g->left);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}

bool
gate_enter(struct gate *g, int ms)
{
	const struct timespec until = clock_deadline(ms);
	int late = 0;
	bool entered;

	(void)pthread_mutex_lock(&g->lock);
	if (g->free == 0 && g->waiting < g->waiting_max) {
		g->waiting++;
		while (g->free == 0 && !late)
			late = pthread_cond_timedwait(&g->left, &g->lock, &until);
		g->waiting--;
	}
	entered = g->free > 0;
	g->free -= entered;
	(void)pthread_mutex_unlock(&g->lock);
	return entered;
}

void
gate_leave(struct gate *g)
{
	(void)pthread_mutex_lock(&g->lock);
	g->free++;
	(void)pthread_cond_signal(&g->left);
	(void)pthread_mutex_unlock(&g->lock);
}
