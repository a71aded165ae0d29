/* http_writes.c -- many clients that write over HTTP, each waiting for its reply before it writes
 * again.
 *
 * usage: http_writes PORT TOKEN WRITERS READERS SECONDS
 *
 * TOKEN is a file with one. Each connection makes an incident. Writers then change theirs again and
 * again, by the tag that it had in the last reply; readers read theirs. Prints of both, in a line
 * each: how many a second, and the 99th percentile of how long one took, in milliseconds. One
 * thread, as it works beside the server.
 */
#include "seconds.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 1024, WAITS_MOST = 2000000, ROOM = 16384, TOKEN_ROOM = 256 };

/* What one kind of them did. */
struct tally {
	double waits[WAITS_MOST];
	size_t count;
};

struct client {
	int fd;
	bool reads;
	char path[64];
	long version;
	long number; /* of changes, so that each says something else */
	double asked;
	size_t len;
	char got[ROOM];
};

static char token[TOKEN_ROOM];
static struct client clients[CONNECTIONS_MOST];
static struct tally written;
static struct tally read_back;

static void
demand(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "http_writes: %s\n", what);
	exit(2);
}

static void
ask(struct client *c)
{
	const char *method = !c->path[0] ? "POST" : c->reads ? "GET" : "PATCH";
	char body[128] = "";
	char text[1024];
	int len;

	if (c->path[0] && !c->reads)
		(void)snprintf(body, sizeof(body), "{\"client_reference\": \"change %ld\"}",
			       ++c->number);
	else if (!c->path[0])
		(void)snprintf(body, sizeof(body),
			       "{\"kind\": \"incident\", \"severity\": \"low\", "
			       "\"detected_at\": \"2026-03-01T12:00:00Z\"}");
	len = snprintf(text, sizeof(text),
		       "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		       "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		       method, c->path[0] ? c->path : "/api/v1/registers/incident/records", token,
		       strlen(body));
	if (c->path[0] && !c->reads)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "If-Match: \"%ld\"\r\n",
				c->version);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "\r\n%s", body);
	c->len = 0;
	c->asked = bench_now();
	demand(write(c->fd, text, (size_t)len) == len, "a request could not be sent whole");
}

/* The value of a header, from its first character on. */
static const char *
header(const struct client *c, const char *name)
{
	const char *at = strstr(c->got, name);

	demand(at != NULL, c->got);
	return at + strlen(name);
}

/* Whether the reply is there; then it is taken. */
static bool
heard(struct client *c)
{
	ssize_t n = read(c->fd, c->got + c->len, ROOM - 1 - c->len);
	const char *end;

	demand(n > 0, "the server closed a connection");
	c->len += (size_t)n;
	c->got[c->len] = '\0';
	end = strstr(c->got, "\r\n\r\n");
	if (!end ||
	    (size_t)(end + 4 - c->got) + strtoul(header(c, "Content-Length: "), NULL, 10) > c->len)
		return false;
	demand(strncmp(c->got, c->path[0] ? "HTTP/1.1 200" : "HTTP/1.1 201", 12) == 0, c->got);
	c->version = strtol(header(c, "\r\nETag: \""), NULL, 10);
	if (!c->path[0])
		demand(sscanf(header(c, "\r\nLocation: "), "%63[^\r]", c->path) == 1, c->got);
	return true;
}

static void
dial(struct client *c, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	demand(c->fd >= 0 && connect(c->fd, (struct sockaddr *)&at, sizeof(at)) == 0,
	       "the server cannot be reached");
}

/* All of them until then. */
static void
run(int epoll, double end)
{
	struct epoll_event events[64];

	written.count = read_back.count = 0;
	while (bench_now() < end) {
		int n = epoll_wait(epoll, events, 64, 100);

		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;
			struct tally *t = c->reads ? &read_back : &written;
			bool first = !c->path[0];

			if (!heard(c))
				continue;
			if (!first && t->count < WAITS_MOST)
				t->waits[t->count++] = bench_now() - c->asked;
			ask(c);
		}
	}
}

static void
tell(struct tally *t, double seconds)
{
	demand(t->count > 0, "nothing was done");
	qsort(t->waits, t->count, sizeof(t->waits[0]), bench_ascending);
	(void)printf("%.0f %.3f\n", (double)t->count / seconds,
		     t->waits[t->count * 99 / 100] * 1000);
}

int
main(int argc, char **argv)
{
	int writers = argc == 6 ? atoi(argv[3]) : 0;
	int readers = argc == 6 ? atoi(argv[4]) : 0;
	double seconds = argc == 6 ? atof(argv[5]) : 0;
	FILE *file = argc == 6 ? fopen(argv[2], "r") : NULL;
	int epoll = epoll_create1(0);
	double start;

	demand(writers > 0 && readers > 0 && writers + readers <= CONNECTIONS_MOST && seconds > 0,
	       "usage: http_writes PORT TOKEN WRITERS READERS SECONDS");
	demand(file && fscanf(file, "%255s", token) == 1, "there is no token");
	(void)fclose(file);
	for (int i = 0; i < writers + readers; i++) {
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = &clients[i]};

		clients[i].reads = i >= writers;
		dial(&clients[i], atoi(argv[1]));
		demand(epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &e) == 0, "epoll fails");
		ask(&clients[i]);
	}
	/* Until all are under way. */
	run(epoll, bench_now() + seconds / 4);
	start = bench_now();
	run(epoll, start + seconds);
	seconds = bench_now() - start;
	tell(&written, seconds);
	tell(&read_back, seconds);
	return 0;
}
