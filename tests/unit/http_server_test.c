#include "http/server.h"

#include "base/limits.h"
#include "http/listen.h"
#include "http/log.h"
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a test's server shares with the functions that answer. */
struct world {
	struct http_server *server;
	_Atomic int states; /* of threads: made, and not ended */
	_Atomic int open;   /* sources */
	_Atomic int ticks;  /* what a stream of events has to say */
};

struct ticking {
	struct world *world;
	int said;
	int pieces; /* of a long reply, to go */
};

static enum err_code
echo(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	struct world *w = r->object;
	struct str name = http_parameter(r, "name");

	(void)e;
	if (!*r->thread) {
		*r->thread = &w->states;
		atomic_fetch_add(&w->states, 1);
	}
	reply->type = "text/plain";
	reply->body = r->body.len ? r->body : name;
	reply->who = name;
	http_reply_header(reply, "Etag", http_query(r, "tag"));
	return ERR_NONE;
}

static enum err_code
fail(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)reply;
	if (str_is(http_parameter(r, "kind"), "inside"))
		return err_set(e, ERR_INTERNAL, "", "the secret of the house");
	return err_set(e, ERR_INVALID, "name", "a name has no blanks");
}

static enum err_code
split(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)r;
	(void)e;
	http_reply_header(reply, "Location", str_of("/x\r\nSet-Cookie: a=b"));
	return ERR_NONE;
}

static enum http_pull
long_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	struct ticking *t = object;

	if (t->pieces == -1)
		return HTTP_PULL_FAILED;
	if (t->pieces == 0)
		return HTTP_PULL_END;
	t->pieces--;
	*ret_len = size < 1000 ? size : 1000;
	memset(bytes, 'x', *ret_len);
	return HTTP_PULL_MORE;
}

static enum http_pull
tick_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	struct ticking *t = object;

	if (atomic_load(&t->world->ticks) <= t->said)
		return HTTP_PULL_WAIT;
	*ret_len = (size_t)snprintf(bytes, size, "data: %d\n\n", ++t->said);
	return HTTP_PULL_MORE;
}

static void
source_close(void *object)
{
	struct ticking *t = object;

	atomic_fetch_sub(&t->world->open, 1);
}

static enum err_code
stream(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	struct ticking *t = arena_alloc(r->arena, sizeof(*t));
	struct str kind = http_parameter(r, "kind");

	(void)e;
	t->world = r->object;
	t->pieces = str_is(kind, "broken") ? -1 : 200;
	atomic_fetch_add(&t->world->open, 1);
	reply->type = "text/plain";
	reply->source = (struct http_source){.pull = long_pull, .close = source_close, .object = t};
	if (str_is(kind, "events")) {
		reply->type = "text/event-stream";
		reply->source.pull = tick_pull;
		reply->source.events = true;
	}
	return str_is(kind, "refused") ? err_set(e, ERR_DENIED, "", "not now") : ERR_NONE;
}

static const struct http_route routes[] = {
	{.method = HTTP_GET,		     .pattern = "/echo/{name}", .answer = echo	      },
	{.method = HTTP_POST,		      .pattern = "/echo/{name}", .answer = echo,		 .body_max = 100000},
	{.method = HTTP_PUT,
	 .pattern = "/echo/{name}",
	 .answer = echo,
	 .types = "application/json text/csv",
	 .body_max = 100},
	{.method = HTTP_GET, .pattern = "/fail/{kind}",							.answer = fail									   },
	{.method = HTTP_GET,	     .pattern = "/split",.answer = split},
	{.method = HTTP_GET,	     .pattern = "/stream/{kind}",						  .answer = stream																		 },
};

static void
thread_end(void *state)
{
	atomic_fetch_sub((_Atomic int *)state, 1);
}

struct fixture {
	struct world world;
	struct http_log *log;
	int log_fd;
	struct listen_place at;
};

static const struct http_limits as_usual;

static struct fixture *
fixture_open(struct http_limits limits)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options o = {.routes = routes,
				 .route_count = COUNT_OF(routes),
				 .thread_end = thread_end,
				 .limits = limits};
	struct err e;

	(void)signal(SIGPIPE, SIG_IGN);
	CHECK(f);
	f->log_fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	CHECK(log_open(f->log_fd, &f->log, &e) == ERR_NONE);
	CHECK(listen_parse("127.0.0.1:0", &f->at, &e) == ERR_NONE && f->at.is_local);
	CHECK(listen_open(&f->at, &o.listener, &e) == ERR_NONE);
	CHECK(getsockname(o.listener, &f->at.at.any, &f->at.size) == 0);
	o.object = &f->world;
	o.log = f->log;
	CHECK(http_server_new(&o, &f->world.server, &e) == ERR_NONE);
	return f;
}

/* Stops the server; *ret_log is all that it logged. */
static void
fixture_close(struct fixture *f, char log[65536])
{
	ssize_t n;

	http_server_free(f->world.server);
	log_close(f->log);
	CHECK(atomic_load(&f->world.states) == 0 && atomic_load(&f->world.open) == 0);
	n = pread(f->log_fd, log, 65535, 0);
	CHECK(n >= 0);
	log[n] = '\0';
	(void)close(f->log_fd);
	free(f);
}

static int
dial(const struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(fd >= 0 && connect(fd, &f->at.at.any, f->at.size) == 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Reads until the text has come, which it must within some seconds, or with NULL until the end. */
static void
hear(int fd, const char *text, char *got, size_t size)
{
	size_t len = 0;

	got[0] = '\0';
	while (!text || !strstr(got, text)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		CHECK(len + 1 < size);
		CHECK(poll(&p, 1, 20000) == 1);
		n = recv(fd, got + len, size - len - 1, 0);
		if (n <= 0) {
			if (text)
				fprintf(stderr, "no '%s' in: %s\n", text, got);
			CHECK(!text);
			return;
		}
		len += (size_t)n;
		got[len] = '\0';
	}
}

static char *
ask(const struct fixture *f, const char *request)
{
	static char got[1 << 20];
	int fd = dial(f);

	say(fd, request);
	hear(fd, NULL, got, sizeof(got));
	(void)close(fd);
	return got;
}

#define LAST "Host: x\r\nConnection: close\r\n"

static bool
has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fprintf(stderr, "no '%s' in: %s\n", part, text);
	return strstr(text, part) != NULL;
}

TEST(http_server_gives_parameters_bodies_and_headers_to_who_answers)
{
	struct fixture *f = fixture_open(as_usual);
	char log[65536];
	const char *got = ask(f, "GET /echo/a%20b?tag=%22t%22&x=secret HTTP/1.1\r\n" LAST "\r\n");

	CHECK(has(got, "HTTP/1.1 200 OK\r\n") && has(got, "\r\nEtag: \"t\"\r\n"));
	CHECK(has(got, "\r\nCache-Control: no-store\r\n") && has(got, "\r\n\r\na b"));
	got = ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nhello");
	CHECK(has(got, "\r\nContent-Length: 5\r\n") && has(got, "\r\n\r\nhello"));
	got = ask(f, "POST /echo/empty HTTP/1.1\r\n" LAST "\r\n");
	CHECK(has(got, "HTTP/1.1 200 ") && has(got, "\r\n\r\nempty"));
	got = ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 2\r\n"
		     "Content-Type: TEXT/csv ; charset=utf-8\r\n\r\nab");
	CHECK(has(got, "HTTP/1.1 200 ") && has(got, "\r\n\r\nab"));
	got = ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Expect: 100-continue\r\n"
		     "Content-Length: 2\r\n\r\nab");
	CHECK(has(got, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
	fixture_close(f, log);
	CHECK(has(log, "\"path\":\"/echo/a%20b\",\"route\":\"/echo/{name}\",\"status\":200"));
	CHECK(has(log, "\"who\":\"a b\"") && has(log, "\"received\":5,\"sent\":5"));
	CHECK(!strstr(log, "secret"));
}

TEST(http_server_refuses_bodies_before_they_are_read)
{
	struct fixture *f = fixture_open(as_usual);
	char log[65536];

	CHECK(has(ask(f, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n"),
		  "HTTP/1.1 413 "));
	CHECK(has(ask(f, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n"
			 "Expect: 100-continue\r\n\r\n"),
		  "HTTP/1.1 413 "));
	CHECK(has(ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 411 "));
	CHECK(has(ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n"
			 "Content-Type: text/html\r\n\r\n"),
		  "HTTP/1.1 415 "));
	CHECK(has(ask(f, "PUT /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n\r\n"),
		  "\r\nAccept: application/json text/csv\r\n"));
	CHECK(has(ask(f, "PATCH /echo/x HTTP/1.1\r\n" LAST "\r\n"),
		  "\r\nAllow: GET, HEAD, POST, PUT, OPTIONS\r\n"));
	fixture_close(f, log);
}

TEST(http_server_tells_of_errors_but_not_of_what_is_inside)
{
	struct fixture *f = fixture_open(as_usual);
	char log[65536];
	const char *got = ask(f, "GET /fail/name HTTP/1.1\r\n" LAST "\r\n");

	CHECK(has(got, "HTTP/1.1 422 ") && has(got, "urn:holdfast:problem:invalid"));
	CHECK(has(got, "\"detail\":\"a name has no blanks\",\"field\":\"name\""));
	got = ask(f, "GET /fail/inside HTTP/1.1\r\n" LAST "\r\n");
	CHECK(has(got, "HTTP/1.1 500 ") && !strstr(got, "secret"));
	/* A reply whose header would split it. */
	got = ask(f, "GET /split HTTP/1.1\r\n" LAST "\r\n");
	CHECK(has(got, "HTTP/1.1 500 ") && !strstr(got, "Set-Cookie"));
	fixture_close(f, log);
	CHECK(has(log, "the secret of the house") && has(log, "a control character"));
}

TEST(http_server_sends_long_replies_in_pieces)
{
	struct fixture *f = fixture_open(as_usual);
	char log[65536];
	const char *got = ask(f, "GET /stream/long HTTP/1.1\r\n" LAST "\r\n");

	CHECK(has(got, "\r\nTransfer-Encoding: chunked\r\n") && has(got, "\r\n0\r\n\r\n"));
	CHECK(strlen(got) > 200 * 1000);
	CHECK(strlen(ask(f, "GET /stream/long HTTP/1.0\r\n\r\n")) > 200 * 1000);
	got = ask(f, "HEAD /stream/long HTTP/1.1\r\n" LAST "\r\n");
	CHECK(has(got, "HTTP/1.1 200 ") && strcmp(got + strlen(got) - 4, "\r\n\r\n") == 0);
	/* Cut, so that nobody takes it for the whole. */
	CHECK(!strstr(ask(f, "GET /stream/broken HTTP/1.1\r\n" LAST "\r\n"), "\r\n0\r\n\r\n"));
	CHECK(has(ask(f, "GET /stream/refused HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 403 "));
	fixture_close(f, log);
	CHECK(has(log, "\"sent\":200000") && has(log, "\"cut\":true"));
}

TEST(http_server_wakes_streams_of_events_in_their_threads)
{
	enum { STREAMS = 20 };
	struct fixture *f = fixture_open(as_usual);
	int fds[STREAMS];
	char got[8192];
	char log[65536];
	int gone;

	for (int i = 0; i < STREAMS; i++) {
		fds[i] = dial(f);
		say(fds[i], "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
		hear(fds[i], "text/event-stream", got, sizeof(got));
	}
	for (int tick = 1; tick <= 50; tick++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "data: %d\n\n", tick);
		atomic_fetch_add(&f->world.ticks, 1);
		http_server_wake(f->world.server);
		for (int i = 0; i < STREAMS; i++)
			hear(fds[i], text, got, sizeof(got));
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
		hear(fds[i], "\r\n0\r\n\r\n", got, sizeof(got));
		(void)close(fds[i]);
	}
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(10000);
	CHECK(http_server_busy(f->world.server) == 0);
	fixture_close(f, log);
}

static void *
asks(void *object)
{
	struct fixture *f = object;
	char got[4096];

	for (int i = 0; i < 20; i++) {
		int fd = dial(f);

		for (int k = 0; k < 10; k++) {
			say(fd,
			    "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
			hear(fd, "\r\n\r\nbody", got, sizeof(got));
		}
		(void)close(fd);
	}
	return NULL;
}

TEST(http_server_counts_what_its_threads_answer)
{
	struct buf numbers = {.limit = 1 << 20};
	struct fixture *f = fixture_open(as_usual);
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
	CHECK(has(numbers.data,
		  "holdfast_http_requests_total{route=\"/echo/{name}\",method=\"POST\","
		  "status=\"2xx\"} 800\n"));
	CHECK(has(numbers.data, "holdfast_http_request_seconds_count{route=\"/echo/{name}\","
				"method=\"POST\"} 800\n"));
	CHECK(has(numbers.data, "holdfast_http_received_bytes_total 3200\n"));
	CHECK(has(numbers.data, "holdfast_http_connections_total 80\n"));
	buf_fini(&numbers);
	fixture_close(f, log);
}

TEST(http_server_takes_only_so_many_connections)
{
	struct fixture *f = fixture_open((struct http_limits){.connections = 5});
	char got[4096];
	char log[65536];
	int fds[5];

	for (int i = 0; i < 5; i++) {
		fds[i] = dial(f);
		say(fds[i], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
		hear(fds[i], "\r\n\r\nx", got, sizeof(got));
	}
	CHECK(has(ask(f, "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 503 "));
	(void)close(fds[0]);
	for (int i = 0; i < 1000; i++) {
		if (strstr(ask(f, "GET /echo/x HTTP/1.1\r\n" LAST "\r\n"), "HTTP/1.1 200 "))
			break;
		CHECK(i < 999);
		(void)usleep(10000);
	}
	for (int i = 1; i < 5; i++)
		(void)close(fds[i]);
	fixture_close(f, log);
	f = fixture_open((struct http_limits){.address_connections = 3});
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(f);
		say(fds[i], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
		hear(fds[i], "\r\n\r\nx", got, sizeof(got));
	}
	CHECK(has(ask(f, "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 429 "));
	for (int i = 0; i < 3; i++)
		(void)close(fds[i]);
	fixture_close(f, log);
}

TEST(http_server_takes_only_so_many_bodies_at_once)
{
	struct fixture *f = fixture_open((struct http_limits){.bodies = 60000, .body_ms = 2000});
	static char half[50000];
	char got[4096];
	char log[65536];
	int first = dial(f);

	memset(half, 'x', sizeof(half) - 1);
	say(first, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n");
	say(first, half);
	for (int i = 0; i < 1000; i++) {
		if (strstr(ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Content-Length: 20000\r\n\r\n"),
			   "HTTP/1.1 503 "))
			break;
		CHECK(i < 999);
	}
	CHECK(has(ask(f, "POST /echo/x HTTP/1.1\r\n" LAST "Content-Length: 1\r\n\r\nx"),
		  "HTTP/1.1 200 "));
	say(first, "x");
	hear(first, "HTTP/1.1 200 ", got, sizeof(got));
	(void)close(first);
	fixture_close(f, log);
}

TEST(http_server_cuts_off_who_is_slow)
{
	struct http_limits quick = {
		.header_ms = 300, .body_ms = 600, .reply_ms = 500, .idle_ms = 1000};
	struct fixture *f = fixture_open(quick);
	static char got[1 << 20];
	char log[65536];
	int fds[5];

	for (int i = 0; i < 5; i++)
		fds[i] = dial(f);
	say(fds[0], "GET /echo/x HTTP/1.1\r\nHost: x\r\n");
	say(fds[1], "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
	say(fds[2], "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n");
	/* One that takes no reply, of which there is more than the system puts aside. */
	for (int i = 0; i < 50; i++)
		say(fds[3], "GET /stream/long HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fds[4], NULL, got, sizeof(got));
	CHECK(got[0] == '\0');
	hear(fds[0], NULL, got, sizeof(got));
	CHECK(has(got, "HTTP/1.1 408 ") && has(got, "the headers came too slowly"));
	hear(fds[1], NULL, got, sizeof(got));
	CHECK(has(got, "HTTP/1.1 408 ") && has(got, "the body came too slowly"));
	hear(fds[2], NULL, got, sizeof(got));
	CHECK(has(got, "HTTP/1.1 200 ") && !strstr(got, "408"));
	for (int i = 0; i < 1000 && http_server_busy(f->world.server) > 0; i++)
		(void)usleep(10000);
	CHECK(http_server_busy(f->world.server) == 0 && atomic_load(&f->world.open) == 0);
	for (int i = 0; i < 5; i++)
		(void)close(fds[i]);
	fixture_close(f, log);
	CHECK(has(log, "\"cut\":true"));
}

TEST(http_server_gives_a_sign_of_life_in_a_silent_stream)
{
	struct fixture *f = fixture_open((struct http_limits){.heartbeat_ms = 200});
	char got[4096];
	char log[65536];
	int fd = dial(f);

	say(fd, "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fd, "\r\n:\n\n\r\n", got, sizeof(got));
	hear(fd, ":\n\n", got, sizeof(got));
	/* One that left while it was silent is found by that. */
	(void)close(fd);
	for (int i = 0; i < 1000 && atomic_load(&f->world.open) > 0; i++)
		(void)usleep(10000);
	CHECK(atomic_load(&f->world.open) == 0);
	fixture_close(f, log);
}

TEST(http_server_stops_with_whatever_its_threads_do)
{
	for (int round = 0; round < 10; round++) {
		struct fixture *f = fixture_open(as_usual);
		char log[65536];
		char got[4096];
		int fds[4];

		for (int i = 0; i < 4; i++)
			fds[i] = dial(f);
		say(fds[0], "GET /stream/events HTTP/1.1\r\nHost: x\r\n\r\n");
		say(fds[1], "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
		say(fds[2], "GET /stream/long HTTP/1.1\r\nHost: x\r\n\r\n");
		if (round % 2)
			hear(fds[0], "text/event-stream", got, sizeof(got));
		fixture_close(f, log);
		for (int i = 0; i < 4; i++)
			(void)close(fds[i]);
	}
}
