#include "http/server.h"

#include "http_fixture.h"
#include "test.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static const struct http_limits as_usual;

/* Comes to pass within some seconds. */
static void
comes(_Atomic int *number, int wanted)
{
	for (int i = 0; i < 20000 && atomic_load(number) != wanted; i++)
		(void)usleep(1000);
	CHECK(atomic_load(number) == wanted);
}

TEST(http_work_serves_others_while_some_wait)
{
	enum { WAITING = 20 };
	struct fixture *f = http_fixture_open(as_usual);
	int fds[WAITING];
	char got[4096];
	char log[65536];

	atomic_store(&f->world.held, true);
	for (int i = 0; i < WAITING; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "POST /wait/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
				 "GET /echo/after HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	comes(&f->world.waiting, WAITING);
	for (int i = 0; i < 10; i++)
		CHECK(http_has(http_ask(f, "GET /echo/x HTTP/1.1\r\n" LAST "\r\n"),
			       "HTTP/1.1 200 "));
	CHECK(http_server_busy(f->world.server) >= WAITING);
	atomic_store(&f->world.held, false);
	for (int i = 0; i < WAITING; i++) {
		/* In the order in which they were asked. */
		http_hear(fds[i], "\r\n\r\nafter", got, sizeof(got));
		CHECK(http_has(got, "\r\n\r\nbodyHTTP/1.1 200 OK"));
		(void)close(fds[i]);
	}
	CHECK(http_has(http_ask(f, "HEAD /wait/x HTTP/1.1\r\n" LAST "\r\n"),
		       "Content-Length: 1\r\n"));
	CHECK(http_has(http_ask(f, "GET /wait/x HTTP/1.0\r\n\r\n"), "\r\n\r\nx"));
	http_fixture_close(f, log);
}

TEST(http_work_lets_only_so_many_wait)
{
	struct fixture *f = http_fixture_open((struct http_limits){.workers = 2, .waiting = 3});
	struct buf numbers = {.limit = 1 << 20};
	char got[4096];
	char log[65536];
	int fds[5];

	atomic_store(&f->world.held, true);
	for (int i = 0; i < 5; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /wait/x HTTP/1.1\r\nHost: x\r\n\r\n");
		/* Two are at work before others wait for that. */
		if (i < 2)
			comes(&f->world.waiting, i + 1);
	}
	for (int i = 0; i < 1000; i++) {
		numbers.len = 0;
		http_server_metrics(f->world.server, &numbers);
		if (strstr(numbers.data, "holdfast_http_requests_waiting 3\n"))
			break;
		CHECK(i < 999);
		(void)usleep(10000);
	}
	strcpy(got, http_ask(f, "GET /wait/x HTTP/1.1\r\n" LAST "\r\n"));
	CHECK(http_has(got, "HTTP/1.1 503 ") && http_has(got, "\r\nRetry-After: 5\r\n"));
	CHECK(http_has(got, "urn:holdfast:problem:busy"));
	/* A stream that cannot wait for what is to be done before it. */
	strcpy(got, http_ask(f, "GET /note/long HTTP/1.1\r\n" LAST "\r\n"));
	CHECK(http_has(got, "HTTP/1.1 503 ") && atomic_load(&f->world.open) == 0);
	atomic_store(&f->world.held, false);
	for (int i = 0; i < 5; i++) {
		http_hear(fds[i], "\r\n\r\nx", got, sizeof(got));
		(void)close(fds[i]);
	}
	buf_fini(&numbers);
	http_fixture_close(f, log);
}

TEST(http_work_does_what_is_to_be_done_before_a_reply)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];

	CHECK(http_has(http_ask(f, "GET /note/long HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 200 "));
	CHECK(http_has(http_ask(f, "GET /note/long HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 403 "));
	/* One that was refused has nothing before it. */
	CHECK(http_has(http_ask(f, "GET /note/refused HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 403 "));
	CHECK(atomic_load(&f->world.done) == 2);
	http_fixture_close(f, log);
}

TEST(http_work_bears_that_a_client_leaves_while_its_call_waits)
{
	struct fixture *f =
		http_fixture_open((struct http_limits){.idle_ms = 300, .reply_ms = 300});
	int fds[10];
	char got[4096];
	char log[65536];

	atomic_store(&f->world.held, true);
	for (int i = 0; i < 10; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /wait/x HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	comes(&f->world.waiting, 10);
	for (int i = 1; i < 10; i++)
		(void)close(fds[i]);
	/* No deadline is for who waits with it: longer than each of them. */
	(void)usleep(1000000);
	CHECK(http_server_busy(f->world.server) == 10);
	atomic_store(&f->world.held, false);
	http_hear(fds[0], "\r\n\r\nx", got, sizeof(got));
	(void)close(fds[0]);
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(10000);
	CHECK(http_server_busy(f->world.server) == 0);
	http_fixture_close(f, log);
}

TEST(http_work_ends_what_waits_when_it_is_drained)
{
	struct fixture *f = http_fixture_open((struct http_limits){.workers = 4});
	int fds[10];
	char got[4096];
	char log[65536];

	atomic_store(&f->world.held, true);
	for (int i = 0; i < 10; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /wait/x HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	comes(&f->world.waiting, 4);
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) < 10; i++)
		(void)usleep(1000);
	http_server_drain(f->world.server);
	atomic_store(&f->world.held, false);
	for (int i = 0; i < 10; i++) {
		http_hear(fds[i], NULL, got, sizeof(got));
		CHECK(http_has(got, "\r\n\r\nx") && http_has(got, "\r\nConnection: close\r\n"));
		(void)close(fds[i]);
	}
	http_fixture_close(f, log);
}

static void *
let_go(void *object)
{
	struct fixture *f = object;

	(void)usleep(20000);
	atomic_store(&f->world.held, false);
	return NULL;
}

TEST(http_work_stops_with_whatever_its_workers_do)
{
	for (int round = 0; round < 10; round++) {
		struct fixture *f = http_fixture_open((struct http_limits){.workers = 3});
		char log[65536];
		int fds[8];
		pthread_t later;

		atomic_store(&f->world.held, true);
		for (int i = 0; i < 8; i++) {
			fds[i] = http_dial(f);
			http_say(fds[i], i % 2 ? "GET /wait/x HTTP/1.1\r\nHost: x\r\n\r\n"
					       : "GET /note/long HTTP/1.1\r\nHost: x\r\n\r\n");
		}
		if (round % 2)
			(void)usleep(5000);
		CHECK(pthread_create(&later, NULL, let_go, f) == 0);
		http_server_free(f->world.server);
		(void)pthread_join(later, NULL);
		f->world.server = NULL;
		http_fixture_close(f, log);
		for (int i = 0; i < 8; i++)
			(void)close(fds[i]);
	}
}
