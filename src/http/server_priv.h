/* server_priv.h -- what the files of the server share.
 *
 * A peer is a connection, known from when it is accepted to when it is closed; the thread that
 * watches sees all of them. A call is one request on it, from its first line to the end of its
 * reply. Each connection belongs to one of the library's threads, and all its calls run there; one
 * that may wait is a worker's alone for that time, while its connection is suspended.
 */
#ifndef HTTP_SERVER_PRIV_H
#define HTTP_SERVER_PRIV_H

#include "http/address.h"
#include "http/head.h"
#include "http/log.h"
#include "http/number.h"
#include "http/route.h"
#include "http/server.h"
#include "http/target.h"
#include "http/tls_priv.h"

#include <microhttpd.h>
#include <pthread.h>

enum {
	/* What a connection has for the first line and headers of its request, the library's notes
	 * about them, and the head or a piece of its reply. */
	CONNECTION_MEMORY = 16 * 1024 + LIMIT_HTTP_HEADER_BYTES,
	PIECE_SIZE = 32 * 1024,
	REQUEST_MEMORY = 64 * 1024 * 1024,
	TEXT_KEPT = 128 * 1024, /* of a reply's, for the next call */
	LINGER_MS = 2000,
	RATE_MS = 1000, /* of LIMIT_HTTP_BODY_RATE */
};

enum peer_phase {
	PEER_NEW,     /* has not sent the first line of its first request */
	PEER_IDLE,    /* has its reply, and may send another request */
	PEER_HEADERS, /* sends headers */
	PEER_BODY,
	PEER_ANSWER, /* is being answered */
	PEER_GONE,   /* was told to go */
};

struct peer {
	struct peer *next;
	struct peer **link; /* what points to this one */
	struct http_server *server;
	struct MHD_Connection *connection;
	struct http_call *call; /* of its own thread; NULL between requests */
	struct address address;
	int fd;
	_Atomic enum peer_phase phase;
	_Atomic int64_t deadline_ns; /* 0: none */
	/* Under the server's lock: of a source that waits. */
	bool waits;
	bool beat; /* has waited so long that it should say something */
	int64_t waits_since_ns;
};

struct http_thread {
	struct http_thread *next;
	struct http_server *server;
	struct number_shard *shard;
	struct http_call *spare; /* calls that have ended, with their memory */
};

struct http_call {
	struct http_call *next;
	struct http_thread *thread;
	struct peer *peer;
	struct arena arena;
	struct buf text;
	struct http_request request;
	struct head head;
	struct http_target target;
	struct route_match match;
	const char *target_fault;
	struct buf body;
	size_t received;   /* bytes of the body, in memory or in the file */
	struct err *fault; /* why the file could not be written; NULL: it could */
	int64_t started_ns;
	int64_t body_ns; /* when its body began */
	int status;	 /* 0: no reply yet */
	uint64_t sent;
	struct http_reply reply;
	bool answered;	/* the reply stands, but for what must be done before it is sent */
	bool replied;	/* it may be sent */
	bool framed;	/* where its body ends is known */
	int64_t length; /* of its body, as it says itself */
	bool has_length;
	bool has_method;
	struct str who;
	bool has_head;
};

/* A thread of the library's, and how many connections it serves. */
struct lane {
	struct MHD_Daemon *daemon;
	_Atomic size_t peers;
};
enum { LANES_MOST = 64 };

struct http_server {
	struct http_options o;
	struct http_limits limits; /* with all of them set */
	struct arena arena;
	const struct route_tree *tree;
	struct lane lanes[LANES_MOST];
	size_t lane_count;
	pthread_t accept;
	bool accepting;
	int accept_end[2]; /* the thread that accepts ends when the second is closed */
	/* MHD_queue_response of the library: see queue.c. */
	enum MHD_Result (*queue)(struct MHD_Connection *, unsigned, struct MHD_Response *);
	pthread_key_t thread_key;
	pthread_t watch;
	bool watching;
	struct work *work;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct peer *peers;
	size_t peer_count;
	struct number_shard *shards;
	bool ends;

	uint64_t seed; /* of the requests' names */
	_Atomic uint64_t calls;
	_Atomic size_t busy;
	_Atomic size_t body_bytes;
	_Atomic bool draining;
	_Atomic uint64_t wakes;
	_Atomic uint64_t accepted;
	_Atomic uint64_t refused;
	_Atomic uint64_t late; /* cut for taking too long */
};

/* problem.c */
struct problem {
	int status;
	const char *name;
	const char *detail;
	const char *field;		   /* or NULL */
	const char *id;			   /* of the request, or NULL */
	const struct http_problems *items; /* or NULL */
};
void problem_text(const struct problem *p, struct buf *out);

/* accept.c: a thread that takes connections, until it is stopped; the listener is closed then. */
bool accept_start(struct http_server *s);
void accept_stop(struct http_server *s);
/* That one that was given to a thread is closed. */
void lane_leave(struct http_server *s, struct MHD_Connection *c);

/* peer.c */
void peer_notify(void *server, struct MHD_Connection *c, void **context,
		 enum MHD_ConnectionNotificationCode code);
struct peer *peer_of(struct MHD_Connection *c);
/* False when it was told to go meanwhile. */
bool peer_enter(struct peer *p, enum peer_phase phase, int64_t deadline_ns);
/* The moment so many milliseconds from now. */
int64_t deadline_after(int64_t ms);
/* Suspends the connection until it is woken, unless that happened since `wakes` was read. */
bool peer_wait(struct peer *p, uint64_t wakes);
/* Whether it was woken only to say something; forgets it. */
bool peer_beat(struct peer *p);
void *watch_run(void *server);
/* A last reply, written past the library, to one that reads plain text. */
void peer_tell(const struct peer *p, const struct problem *problem);
/* Closes those that have no request. */
void peers_shut_idle(struct http_server *s);
void peers_shut_all(struct http_server *s);

/* call.c: a request from its first line to its reply. */
void *call_begin(void *server, const char *uri, struct MHD_Connection *c);
enum MHD_Result call_continue(void *server, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *bytes,
			      size_t *size, void **context);
void call_end(void *server, struct MHD_Connection *c, void **context,
	      enum MHD_RequestTerminationCode how);
void thread_free(void *thread);
/* On a thread that may wait: answers, and does what must be done before that is sent. */
void call_work(struct http_call *c);
/* The calling thread's. */
struct http_thread *thread_of(struct http_server *s);

/* work.c: threads for what may wait. Ending them waits for all that they were given. */
MUST_CHECK enum err_code work_new(const struct http_limits *l, struct work **ret_work,
				  struct err *e);
void work_end(struct work *w);
void work_free(struct work *w);
/* Suspends the connection until the call is answered; false when it takes no more. */
bool work_take(struct work *w, struct http_call *c);
/* Calls that wait for a thread. */
size_t work_waiting(struct work *w);

/* check.c: fills the reply when it is refused, or answered by itself. */
bool call_refused(struct http_call *c, struct http_reply *reply);

/* reply.c: gives the call's to the library. */
enum MHD_Result reply_send(struct http_call *c, struct MHD_Connection *connection);
/* Closes the reply's source, if it has one. */
void reply_end(struct http_call *c);
/* The response with the headers that all have. NULL when there is no memory. */
struct MHD_Response *reply_secured(bool tls, struct MHD_Response *r);
/* The same headers as text. */
void reply_secure_text(struct buf *out);

/* record.c: a line in the log, and numbers. `whole`: the reply was sent to its end. */
void call_record(struct http_call *c, bool whole);
/* Of what the library refused before there was a call. */
void refusal_record(struct peer *p, int status);

#endif
