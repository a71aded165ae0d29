#include "http/server.h"

#include "http_fixture.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct http_limits as_usual;

TEST(http_server_gives_parameters_bodies_and_headers_to_who_answers)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];
	const char *got =
		http_ask(f, "GET /echo/a%20b?tag=%22t%22&x=secret HTTP/1.1\r\n" LAST "\r\n");

	CHECK(http_has(got, "HTTP/1.1 200 OK\r\n") && http_has(got, "\r\nEtag: \"t\"\r\n"));
	CHECK(http_has(got, "\r\nCache-Control: no-store\r\n") && http_has(got, "\r\n\r\na b"));
	got = http_ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nhello");
	CHECK(http_has(got, "\r\nContent-Length: 5\r\n") && http_has(got, "\r\n\r\nhello"));
	got = http_ask(f, "POST /echo/empty HTTP/1.1\r\n" LAST "\r\n");
	CHECK(http_has(got, "HTTP/1.1 200 ") && http_has(got, "\r\n\r\nempty"));
	got = http_ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 2\r\n"
			  "Content-Type: TEXT/csv ; charset=utf-8\r\n\r\nab");
	CHECK(http_has(got, "HTTP/1.1 200 ") && http_has(got, "\r\n\r\nab"));
	got = http_ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Expect: 100-continue\r\n"
			  "Content-Length: 2\r\n\r\nab");
	CHECK(http_has(got, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
	http_fixture_close(f, log);
	CHECK(http_has(log, "\"path\":\"/echo/a%20b\",\"route\":\"/echo/{name}\",\"status\":200"));
	CHECK(http_has(log, "\"who\":\"a b\"") && http_has(log, "\"received\":5,\"sent\":5"));
	CHECK(!strstr(log, "secret"));
}

TEST(http_server_refuses_bodies_before_they_are_read)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];

	CHECK(http_has(
		http_ask(f, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n"),
		"HTTP/1.1 413 "));
	CHECK(http_has(http_ask(f, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n"
				   "Expect: 100-continue\r\n\r\n"),
		       "HTTP/1.1 413 "));
	CHECK(http_has(http_ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 411 "));
	CHECK(http_has(http_ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n"
				   "Content-Type: text/html\r\n\r\n"),
		       "HTTP/1.1 415 "));
	CHECK(http_has(http_ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n\r\n"),
		       "\r\nAccept: application/json text/csv\r\n"));
	CHECK(http_has(http_ask(f, "PATCH /echo/x HTTP/1.1\r\n" LAST "\r\n"),
		       "\r\nAllow: GET, HEAD, POST, PUT, OPTIONS\r\n"));
	http_fixture_close(f, log);
}

/* A request with a body of so many bytes. */
static char *
file_request(size_t size)
{
	static char text[1 << 20];
	size_t head = (size_t)snprintf(text, sizeof(text),
				       "POST /file HTTP/1.1\r\n" LAST "Content-Length: %zu\r\n\r\n",
				       size);

	CHECK(head + size < sizeof(text));
	memset(text + head, 'x', size);
	text[head + size] = '\0';
	if (size > 0) {
		text[head] = 'a';
		text[head + size - 1] = 'z';
	}
	return text;
}

TEST(http_server_puts_bodies_of_some_routes_into_files)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];

	CHECK(http_has(http_ask(f, file_request(900000)), "900000 bytes, az, 0 in memory"));
	CHECK(http_has(http_ask(f, file_request(0)), "0 bytes, , 0 in memory"));
	http_fixture_close(f, log);
	CHECK(http_has(log, "\"received\":900000,"));
}

TEST(http_server_says_when_there_is_no_room_for_a_file_and_goes_on)
{
	struct fixture *f;
	struct rlimit limit, small;
	char log[65536];

	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	f = http_fixture_open(as_usual);
	small = (struct rlimit){100000, limit.rlim_max};
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	for (int i = 0; i < 3; i++) {
		char *got = http_ask(f, file_request(900000));

		CHECK(http_has(got, "HTTP/1.1 507 Insufficient Storage\r\n") &&
		      http_has(got, "\"type\":\"urn:holdfast:problem:disk_full\"") &&
		      !strstr(got, "TMPDIR"));
		CHECK(http_has(http_ask(f, file_request(90000)), "90000 bytes, az, "));
	}
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	CHECK(http_has(http_ask(f, file_request(900000)), "900000 bytes, az, "));
	http_fixture_close(f, log);
	CHECK(http_has(log, "cannot write a temporary file: File too large"));
}

TEST(http_server_tells_of_errors_but_not_of_what_is_inside)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];
	const char *got = http_ask(f, "GET /fail/name HTTP/1.1\r\n" LAST "\r\n");

	CHECK(http_has(got, "HTTP/1.1 422 ") && http_has(got, "urn:holdfast:problem:invalid"));
	CHECK(http_has(got, "\"detail\":\"a name has no blanks\",\"field\":\"name\""));
	got = http_ask(f, "GET /fail/inside HTTP/1.1\r\n" LAST "\r\n");
	CHECK(http_has(got, "HTTP/1.1 500 ") && !strstr(got, "secret"));
	/* A reply whose header would split it. */
	got = http_ask(f, "GET /split HTTP/1.1\r\n" LAST "\r\n");
	CHECK(http_has(got, "HTTP/1.1 500 ") && !strstr(got, "Set-Cookie"));
	http_fixture_close(f, log);
	CHECK(http_has(log, "the secret of the house") && http_has(log, "a control character"));
}

/* The same request by GET and by HEAD: the reply to the first, of which the second has the head. */
static char *
packed_ask(const struct fixture *f, const char *path, const char *headers)
{
	char *got = NULL;
	char head[1024];

	for (int i = 0; i < 2; i++) {
		char request[1024];
		char *other = got;

		(void)snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\n" LAST "%s\r\n",
			       i ? "HEAD" : "GET", path, headers);
		got = strdup(http_ask(f, request));
		CHECK(got);
		/* All but the request's name and the time. */
		for (char *line = i ? strstr(got, "Content-Length") : NULL; line; line = NULL) {
			(void)snprintf(head, sizeof(head), "%.*s", (int)strcspn(line, "\r"), line);
			CHECK(http_has(other, head));
			CHECK(!strstr(other, "-Encoding: gzip") == !strstr(got, "-Encoding: gzip"));
		}
		if (i) {
			free(got);
			got = other;
		}
	}
	return got;
}

TEST(http_server_packs_long_replies_for_who_takes_that)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];
	char *got = packed_ask(f, "/long/50000", "Accept-Encoding: br, gzip\r\n");

	CHECK(http_has(got, "\r\nContent-Encoding: gzip\r\n") && http_has(got, "\r\nVary: Acc"));
	CHECK(http_has(got, "\r\nETag: \"7-gzip\"\r\n") && !strstr(got, "xxxx"));
	CHECK(!strstr(got, "Content-Length: 50000"));
	free(got);
	got = packed_ask(f, "/long/50000", "Accept-Encoding: gzip;q=0, *\r\n");
	CHECK(http_has(got, "Content-Length: 50000\r\n") && http_has(got, "\r\nETag: \"7\"\r\n"));
	CHECK(http_has(got, "\r\nVary: Acc") && !strstr(got, "Content-Encoding"));
	free(got);
	got = packed_ask(f, "/long/1024", "");
	CHECK(http_has(got, "Content-Length: 1024\r\n") && !strstr(got, "Content-Encoding"));
	free(got);
	got = packed_ask(f, "/long/1024", "Accept-Encoding: *\r\n");
	CHECK(http_has(got, "\r\nContent-Encoding: gzip\r\n"));
	free(got);
	/* What fits into one packet anyway, what is made piece by piece, and other routes. */
	got = packed_ask(f, "/long/1023", "Accept-Encoding: gzip\r\n");
	CHECK(http_has(got, "Content-Length: 1023\r\n") && http_has(got, "\r\nVary: Acc"));
	free(got);
	got = http_ask(f, "GET /packed/x HTTP/1.1\r\n" LAST "Accept-Encoding: gzip\r\n\r\n");
	CHECK(http_has(got, "xxxx") && !strstr(got, "-Encoding: gzip") && !strstr(got, "Vary"));
	got = http_ask(f, "GET /stream/x HTTP/1.1\r\n" LAST "Accept-Encoding: gzip\r\n\r\n");
	CHECK(http_has(got, "xxxx") && !strstr(got, "Vary"));
	/* Whichever of both the client has already. */
	got = packed_ask(f, "/long/50000",
			 "Accept-Encoding: gzip\r\nIf-None-Match: \"6\", W/\"7-gzip\"\r\n");
	CHECK(http_has(got, "HTTP/1.1 304 ") && http_has(got, "\r\nETag: \"7-gzip\"\r\n"));
	CHECK(http_has(got, "\r\nVary: Acc") && !strstr(got, "Content-Encoding"));
	free(got);
	got = packed_ask(f, "/long/50000", "Accept-Encoding: gzip\r\nIf-None-Match: \"7\"\r\n");
	CHECK(http_has(got, "HTTP/1.1 304 ") && http_has(got, "\r\nETag: \"7\"\r\n"));
	free(got);
	http_fixture_close(f, log);
}

TEST(http_server_sends_long_replies_in_pieces)
{
	struct fixture *f = http_fixture_open(as_usual);
	char log[65536];
	const char *got = http_ask(f, "GET /stream/long HTTP/1.1\r\n" LAST "\r\n");

	CHECK(http_has(got, "\r\nTransfer-Encoding: chunked\r\n") &&
	      http_has(got, "\r\n0\r\n\r\n"));
	CHECK(strlen(got) > 200 * 1000);
	CHECK(strlen(http_ask(f, "GET /stream/long HTTP/1.0\r\n\r\n")) > 200 * 1000);
	got = http_ask(f, "HEAD /stream/long HTTP/1.1\r\n" LAST "\r\n");
	CHECK(http_has(got, "HTTP/1.1 200 ") && strcmp(got + strlen(got) - 4, "\r\n\r\n") == 0);
	/* Cut, so that nobody takes it for the whole. */
	CHECK(!strstr(http_ask(f, "GET /stream/broken HTTP/1.1\r\n" LAST "\r\n"), "\r\n0\r\n\r\n"));
	CHECK(http_has(http_ask(f, "GET /stream/refused HTTP/1.1\r\n" LAST "\r\n"),
		       "HTTP/1.1 403 "));
	http_fixture_close(f, log);
	CHECK(http_has(log, "\"sent\":200000") && http_has(log, "\"cut\":true"));
}

TEST(http_server_wakes_streams_of_events_in_their_threads)
{
	enum { STREAMS = 20 };
	struct fixture *f = http_fixture_open(as_usual);
	int fds[STREAMS];
	char got[8192];
	char log[65536];
	int gone;

	for (int i = 0; i < STREAMS; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
		http_hear(fds[i], "text/event-stream", got, sizeof(got));
	}
	for (int tick = 1; tick <= 50; tick++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "data: %d\n\n", tick);
		atomic_fetch_add(&f->world.ticks, 1);
		http_server_wake(f->world.server);
		for (int i = 0; i < STREAMS; i++)
			http_hear(fds[i], text, got, sizeof(got));
	}
	/* One that leaves while it waits is found when there is something to say. */
	gone = atomic_load(&f->world.open);
	(void)close(fds[0]);
	for (int i = 0; i < 1000 && atomic_load(&f->world.open) == gone; i++) {
		atomic_fetch_add(&f->world.ticks, 1);
		http_server_wake(f->world.server);
		(void)usleep(10000);
	}
	CHECK(atomic_load(&f->world.open) == gone - 1);
	/* The others end when the server is about to. */
	http_server_drain(f->world.server);
	for (int i = 1; i < STREAMS; i++) {
		http_hear(fds[i], "\r\n0\r\n\r\n", got, sizeof(got));
		(void)close(fds[i]);
	}
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(10000);
	CHECK(http_server_busy(f->world.server) == 0);
	http_fixture_close(f, log);
}

static void *
asks(void *object)
{
	struct fixture *f = object;
	char got[4096];

	for (int i = 0; i < 20; i++) {
		int fd = http_dial(f);

		for (int k = 0; k < 10; k++) {
			http_say(fd, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: "
				     "4\r\n\r\nbody");
			http_hear(fd, "\r\n\r\nbody", got, sizeof(got));
		}
		(void)close(fd);
	}
	return NULL;
}

TEST(http_server_counts_what_its_threads_answer)
{
	struct buf numbers = {.limit = 1 << 20};
	struct fixture *f = http_fixture_open(as_usual);
	pthread_t threads[4];
	char log[65536];

	for (size_t i = 0; i < COUNT_OF(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, asks, f) == 0);
	for (int i = 0; i < 20; i++) {
		numbers.len = 0;
		http_server_metrics(f->world.server, &numbers);
		http_server_wake(f->world.server);
		(void)usleep(1000);
	}
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		(void)pthread_join(threads[i], NULL);
	/* The last of them is counted a moment after its client has it. */
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(1000);
	numbers.len = 0;
	http_server_metrics(f->world.server, &numbers);
	CHECK(http_has(numbers.data,
		       "holdfast_http_requests_total{route=\"/echo/{name}\",method=\"POST\","
		       "status=\"2xx\"} 800\n"));
	CHECK(http_has(numbers.data, "holdfast_http_request_seconds_count{route=\"/echo/{name}\","
				     "method=\"POST\"} 800\n"));
	CHECK(http_has(numbers.data, "holdfast_http_received_bytes_total 3200\n"));
	CHECK(http_has(numbers.data, "holdfast_http_connections_total 80\n"));
	buf_fini(&numbers);
	http_fixture_close(f, log);
}

TEST(http_server_takes_only_so_many_connections)
{
	struct fixture *f = http_fixture_open((struct http_limits){.connections = 5});
	char got[4096];
	char log[65536];
	int fds[5];

	for (int i = 0; i < 5; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
		http_hear(fds[i], "\r\n\r\nx", got, sizeof(got));
	}
	CHECK(http_has(http_ask(f, "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 503 "));
	(void)close(fds[0]);
	for (int i = 0; i < 1000; i++) {
		if (strstr(http_ask(f, "GET /echo/x HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 200 "))
			break;
		CHECK(i < 999);
		(void)usleep(10000);
	}
	for (int i = 1; i < 5; i++)
		(void)close(fds[i]);
	http_fixture_close(f, log);
	f = http_fixture_open((struct http_limits){.address_connections = 3});
	for (int i = 0; i < 3; i++) {
		fds[i] = http_dial(f);
		http_say(fds[i], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
		http_hear(fds[i], "\r\n\r\nx", got, sizeof(got));
	}
	CHECK(http_has(http_ask(f, "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 429 "));
	for (int i = 0; i < 3; i++)
		(void)close(fds[i]);
	http_fixture_close(f, log);
}

TEST(http_server_takes_only_so_many_bodies_at_once)
{
	struct fixture *f =
		http_fixture_open((struct http_limits){.bodies = 60000, .body_ms = 2000});
	static char half[50000];
	char got[4096];
	char log[65536];
	int first = http_dial(f);

	memset(half, 'x', sizeof(half) - 1);
	http_say(first, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n");
	http_say(first, half);
	for (int i = 0; i < 1000; i++) {
		if (strstr(http_ask(f, "POST /echo/x HTTP/1.1\r\n" LAST
				       "Content-Length: 20000\r\n\r\n"),
			   "HTTP/1.1 503 "))
			break;
		CHECK(i < 999);
	}
	CHECK(http_has(http_ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n\r\nx"),
		       "HTTP/1.1 200 "));
	http_say(first, "x");
	http_hear(first, "HTTP/1.1 200 ", got, sizeof(got));
	(void)close(first);
	http_fixture_close(f, log);
}

TEST(http_server_cuts_off_who_is_slow)
{
	struct http_limits quick = {
		.header_ms = 300, .body_ms = 600, .reply_ms = 500, .idle_ms = 1000};
	struct fixture *f = http_fixture_open(quick);
	static char got[1 << 20];
	char log[65536];
	int fds[5];

	for (int i = 0; i < 5; i++)
		fds[i] = http_dial(f);
	http_say(fds[0], "GET /echo/x HTTP/1.1\r\nHost: x\r\n");
	http_say(fds[1], "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
	http_say(fds[2], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
	/* One that takes no reply, of which there is more than the system puts aside. */
	for (int i = 0; i < 50; i++)
		http_say(fds[3], "GET /stream/long HTTP/1.1\r\nHost: x\r\n\r\n");
	http_hear(fds[4], NULL, got, sizeof(got));
	CHECK(got[0] == '\0');
	http_hear(fds[0], NULL, got, sizeof(got));
	CHECK(http_has(got, "HTTP/1.1 408 ") && http_has(got, "the headers came too slowly"));
	http_hear(fds[1], NULL, got, sizeof(got));
	CHECK(http_has(got, "HTTP/1.1 408 ") && http_has(got, "the body came too slowly"));
	http_hear(fds[2], NULL, got, sizeof(got));
	CHECK(http_has(got, "HTTP/1.1 200 ") && !strstr(got, "408"));
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(10000);
	CHECK(http_server_busy(f->world.server) == 0 && atomic_load(&f->world.open) == 0);
	for (int i = 0; i < 5; i++)
		(void)close(fds[i]);
	http_fixture_close(f, log);
	CHECK(http_has(log, "\"cut\":true"));
}

TEST(http_server_gives_a_sign_of_life_in_a_silent_stream)
{
	struct fixture *f = http_fixture_open((struct http_limits){.heartbeat_ms = 200});
	char got[4096];
	char log[65536];
	int fd = http_dial(f);

	http_say(fd, "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
	http_hear(fd, "\r\n:\n\n\r\n", got, sizeof(got));
	http_hear(fd, ":\n\n", got, sizeof(got));
	/* One that left while it was silent is found by that. */
	(void)close(fd);
	for (int i = 0; i < 1000 && atomic_load(&f->world.open) > 0; i++)
		(void)usleep(10000);
	CHECK(atomic_load(&f->world.open) == 0);
	http_fixture_close(f, log);
}

TEST(http_server_stops_with_whatever_its_threads_do)
{
	for (int round = 0; round < 10; round++) {
		struct fixture *f = http_fixture_open(as_usual);
		char log[65536];
		char got[4096];
		int fds[4];

		for (int i = 0; i < 4; i++)
			fds[i] = http_dial(f);
		http_say(fds[0], "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
		http_say(fds[1],
			 "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
		http_say(fds[2], "GET /stream/long HTTP/1.1\r\nHost: x\r\n\r\n");
		if (round % 2)
			http_hear(fds[0], "text/event-stream", got, sizeof(got));
		http_fixture_close(f, log);
		for (int i = 0; i < 4; i++)
			(void)close(fds[i]);
	}
}

/* Sockets that each of the process's instances of epoll looks at. */
static size_t
watched(size_t counts[8])
{
	size_t epolls = 0;

	for (int fd = 0; fd < 512 && epolls < 8; fd++) {
		char path[64], text[65536] = "", link[64] = "";
		size_t count = 0;
		FILE *info;

		(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		info = fopen(path, "r");
		if (!info)
			continue;
		while (fgets(text, sizeof(text), info)) {
			if (strncmp(text, "tfd:", 4) != 0)
				continue;
			(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", atoi(text + 4));
			memset(link, 0, sizeof(link));
			if (readlink(path, link, sizeof(link) - 1) > 0)
				count += strncmp(link, "socket:", 7) == 0;
		}
		(void)fclose(info);
		if (count > 0)
			counts[epolls++] = count;
	}
	return epolls;
}

/* Who is served by a thread with twice as many waits twice as long. */
TEST(http_server_gives_each_thread_as_many_connections)
{
	struct fixture *f = http_fixture_open(as_usual);
	size_t counts[8] = {0};
	char log[65536], got[4096];
	int fds[40];

	for (int i = 0; i < 40; i++)
		fds[i] = http_dial(f);
	for (int i = 0; i < 40; i++) {
		http_say(fds[i], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
		http_hear(fds[i], "\r\n\r\nx", got, sizeof(got));
	}
	CHECK(watched(counts) == 2 && counts[0] == 20 && counts[1] == 20);
	for (int i = 0; i < 40; i++)
		(void)close(fds[i]);
	http_fixture_close(f, log);
}
