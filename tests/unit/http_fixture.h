/* http_fixture.h -- a server with a few routes, and a client that says and hears what it likes. */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include "http/listen.h"
#include "http/log.h"
#include "http/server.h"

#include <stdatomic.h>

/* What a test's server shares with the functions that answer. */
struct world {
	struct http_server *server;
	_Atomic int open;  /* sources */
	_Atomic int ticks; /* what a stream of events has to say */
	_Atomic bool held; /* those that wait go on waiting */
	_Atomic int waiting;
	_Atomic int done; /* what was to be done before a reply */
};

struct fixture {
	struct world world;
	struct http_log *log;
	int log_fd;
	struct listen_place at;
};

/* GET and POST /echo/{name}: the body or the name; PUT takes JSON or CSV.
 * GET /long/{count}: so many bytes of JSON, packed for who takes that; GET /packed/{kind}: a
 * stream. POST /file: how long the file is and what its ends are. GET /fail/{kind}, GET /split: an
 * error; a header that would split the reply. GET /stream/{kind}: 200 KB; `broken` in between;
 * `events`: one for each tick. GET and POST /wait/{name}: the same as echo, once the world is not
 * held any more. GET /note/{kind}: a stream, before which something is to be done, which goes well
 * each other time. */
struct fixture *http_fixture_open(struct http_limits limits);
/* Stops the server; `log` is all that it logged. */
void http_fixture_close(struct fixture *f, char log[65536]);

int http_dial(const struct fixture *f);
void http_say(int fd, const char *text);
/* Reads until the text has come, which it must within some seconds, or with NULL until the end. */
void http_hear(int fd, const char *text, char *got, size_t size);
/* All that comes back, in a connection of its own. */
char *http_ask(const struct fixture *f, const char *request);
/* Says what was looked for when it is not there. */
bool http_has(const char *text, const char *part);

#define LAST "Host: x\r\nConnection: close\r\n"

#endif
