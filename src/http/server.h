/* server.h -- the server: sockets, threads, limits, TLS, log and numbers.
 *
 * libmicrohttpd with epoll and a few threads, each of which serves as many connections as the
 * others, which one more accepts. Others answer what may wait. Another watches that nobody takes
 * too long, one writes the log. Whoever calls these functions has blocked the signals that it waits
 * for, and SIGPIPE, before http_server_new.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/buf.h"
#include "http/http.h"

struct http_server;
struct http_tls;
struct http_proxies;
struct http_log;

/* For tests; what is 0 is as base/limits.def says. */
struct http_limits {
	size_t connections;
	size_t address_connections; /* given here, it holds for this machine's own address, too */
	size_t bodies;		    /* bytes of all at one time */
	int64_t header_ms;
	int64_t body_ms;
	int64_t reply_ms;
	int64_t idle_ms;
	int64_t heartbeat_ms;
	size_t workers;
	size_t waiting;
};

struct http_options {
	const struct http_route *routes; /* outlive the server */
	size_t route_count;
	void *object;	  /* for the functions that answer */
	unsigned threads; /* 0: two */
	struct http_limits limits;
	int listener;			    /* of listen_open; taken over */
	struct http_tls *tls;		    /* NULL: none. Outlives the server */
	const struct http_proxies *proxies; /* NULL: none. Outlives the server */
	struct http_log *log;		    /* outlives the server */
};

/* ERR_INVALID for a table of routes with a fault in it. */
MUST_CHECK enum err_code http_server_new(const struct http_options *o,
					 struct http_server **ret_server, struct err *e);

/* Takes no more connections, closes those that wait, and each other after its reply. Streams of
 * events end. */
void http_server_drain(struct http_server *s);
/* Connections with a request in them. */
size_t http_server_busy(struct http_server *s);
/* Cuts off what is left. Waits for functions that answer. */
void http_server_free(struct http_server *s);

/* Sources that wait are asked again. From any thread. */
void http_server_wake(struct http_server *s);

/* Appends the numbers in Prometheus' text format (0.0.4). */
void http_server_metrics(struct http_server *s, struct buf *out);

#endif
