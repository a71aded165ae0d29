#include "sys/gate.h"

#include "sys/clock.h"
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 8, ROUNDS = 200 };

struct crowd {
	struct gate *gate;
	atomic_int inside;
	atomic_int most;
};

static void *
pass(void *object)
{
	struct crowd *c = object;

	for (int i = 0; i < ROUNDS; i++) {
		const struct timespec short_while = {0, 20000};
		int inside, most;

		CHECK(gate_enter(c->gate, 60000));
		inside = atomic_fetch_add(&c->inside, 1) + 1;
		most = atomic_load(&c->most);
		while (inside > most && !atomic_compare_exchange_weak(&c->most, &most, inside))
			;
		(void)nanosleep(&short_while, NULL);
		(void)atomic_fetch_sub(&c->inside, 1);
		gate_leave(c->gate);
	}
	return NULL;
}

TEST(a_gate_lets_so_many_threads_through_at_once)
{
	struct crowd c = {.gate = NULL};
	pthread_t threads[THREADS];
	struct err e;

	CHECK(!gate_new(3, THREADS, &c.gate, &e));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, pass, &c) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(atomic_load(&c.most) == 3);
	gate_free(c.gate);
}

TEST(a_gate_that_stays_shut_is_waited_for_no_longer_than_told)
{
	struct gate *g;
	struct err e;
	int64_t begin;

	CHECK(!gate_new(1, 1, &g, &e));
	CHECK(gate_enter(g, 0));
	begin = clock_monotonic_ns();
	CHECK(!gate_enter(g, 50));
	CHECK(clock_monotonic_ns() - begin >= 50 * (int64_t)NS_A_MS);
	gate_leave(g);
	CHECK(gate_enter(g, 0));
	gate_leave(g);
	gate_free(g);
	/* Where nobody may wait, nobody does. */
	CHECK(!gate_new(1, 0, &g, &e));
	CHECK(gate_enter(g, 60000));
	begin = clock_monotonic_ns();
	CHECK(!gate_enter(g, 60000));
	CHECK(clock_monotonic_ns() - begin < 1000 * (int64_t)NS_A_MS);
	gate_leave(g);
	gate_free(g);
}
