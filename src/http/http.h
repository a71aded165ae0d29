/* http.h -- requests and replies, as whoever answers them sees them.
 *
 * A route is a row of a table: method, pattern, and the function that answers. What cannot be
 * routed or read never gets there: the floor has answered it with a problem document (RFC 9457).
 * HEAD and OPTIONS are answered for every route.
 *
 * A function that answers runs on one of the few threads that serve all connections, so it must not
 * wait; one that may is on a route that says so, and runs on a thread for that. All that it is
 * given, and all that it puts into its reply, lives in the request's arena, which goes when the
 * reply is sent.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/scratch.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_METHODS,
};

struct http_pair {
	struct str name;
	struct str value;
};

struct http_call; /* the floor's own */
struct http_request;
struct http_reply;

/* Answers, and leaves the reply in *reply; or returns an error, of which the floor makes the
 * problem document (http_fail). */
typedef enum err_code http_answer(const struct http_request *r, struct http_reply *reply,
				  struct err *e);

struct http_route {
	enum http_method method; /* not HEAD, not OPTIONS */
	/* "/api/v1/{register}/{id}": a part of the path is text as it stands, or a name in braces
	 * that takes any. Text goes before names. At the end "{name...}" takes all the rest,
	 * perhaps nothing, of paths that begin with no text that another row has there. */
	const char *pattern;
	http_answer *answer;
	/* Media types of its body, parted by blanks, such as "application/json"; then it must come
	 * with its length. NULL: any, or no body at all. */
	const char *types;
	/* Largest body; at most LIMIT_HTTP_BODY_BYTES. 0: it takes none. */
	size_t body_max;
	/* Its body goes to a file as it comes: `upload`. Others are held in memory. */
	bool to_file;
	/* Its long replies are packed for who takes that. Not those that hold a secret: how short
	 * they become tells of it to who has others ask (BREACH). */
	bool packs;
	/* Whether its function may wait or compute for long, for this request: for the disk, for
	 * others, for a password. NULL: it never does. */
	bool (*waits)(const struct http_request *r);
};

enum { HTTP_ID_LEN = 16, HTTP_ADDRESS_SIZE = 64 };

struct http_request {
	const struct http_route *route;
	enum http_method method;       /* HTTP_HEAD where only the head of a GET is wanted */
	struct str target;	       /* path and query as they came, for `instance` and links */
	const struct str *parameters;  /* decoded, as the pattern names them; valid UTF-8 without
					  control characters, never "", "." or ".."; with
					  a zero after each */
	const struct http_pair *query; /* decoded likewise; no name comes twice */
	size_t query_count;
	struct str body;
	struct scratch *upload; /* the body, on a route that has it `to_file`; NULL: none */
	struct str host;	/* as the client called it; "" with HTTP/1.0 */
	char address[HTTP_ADDRESS_SIZE]; /* the client's, through trusted proxies; "unix" on a
					    socket of this machine */
	bool tls;			 /* it came encrypted, here or to the trusted proxy */
	char id[HTTP_ID_LEN + 1];	 /* in the log, and in the reply's header Request-Id */
	struct arena *arena;
	struct buf *text; /* empty; what is written there lives as long as the arena */
	void *object;	  /* of the server's options */
	struct http_call *call;
};

/* {NULL, 0} when there is none. A parameter of the pattern; one of the query; a header, by name in
 * any case. A header that matters comes once at most: http_unique names those. */
struct str http_parameter(const struct http_request *r, const char *name);
struct str http_query(const struct http_request *r, const char *name);
struct str http_header(const struct http_request *r, const char *name);

/* What a long reply is made of, piece by piece. Called on the server's thread, while others wait
 * for it; it has its own store, not the thread's. */
enum http_pull {
	HTTP_PULL_MORE, /* *ret_len bytes, at least one */
	HTTP_PULL_WAIT, /* nothing now; ask again after http_server_wake */
	HTTP_PULL_END,
	HTTP_PULL_FAILED, /* cuts the connection, so that nobody takes it for the whole */
};
struct http_source {
	enum http_pull (*pull)(void *object, char *bytes, size_t size, size_t *ret_len);
	void (*close)(void *object); /* called once in any case; may be NULL */
	void *object;
	bool events; /* server-sent events: gets a comment as a sign of life while it waits */
};

enum { HTTP_REPLY_HEADERS = 8 };

struct http_reply {
	int status;		   /* 200 unless set */
	const char *type;	   /* Content-Type; NULL without a body */
	struct str body;	   /* in the request's arena, or constant */
	struct http_source source; /* instead of a body, where pull is set */
	/* Others: ETag, Location, Cache-Control ("no-store" unless set) ... */
	struct http_pair headers[HTTP_REPLY_HEADERS];
	size_t header_count;
	struct str who; /* who asked, for the log; no secret. {NULL, 0}: not known */
	/* What must be done before it is sent, and may wait; NULL: nothing. An error of it takes
	 * the reply's place. */
	enum err_code (*before)(void *object, struct err *e);
	void *before_object;
};

/* Gives the reply of a GET its ETag, and says whether the client has that already, by any of the
 * tags of its If-None-Match (RFC 9110 section 13.1.2: weak ones count as others, and packed ones;
 * "*" is whatever there is). Then the reply is a 304, and needs no body. */
bool http_unchanged(const struct http_request *r, struct http_reply *reply, struct str tag);
/* What stands in the quotes of the tag of If-Match, which is strong and the only one: the same
 * whether that was of packed bytes or not. {NULL, 0}: it is no such tag, or there is none. */
struct str http_match(const struct http_request *r);

/* How a body may be packed. */
enum http_coding { HTTP_IDENTITY, HTTP_GZIP, HTTP_BROTLI, HTTP_CODINGS };
/* Whether the client takes that, not HTTP_IDENTITY, by its Accept-Encoding. */
bool http_takes(const struct http_request *r, enum http_coding coding);
/* That the body is packed so: a header, and a mark on the reply's strong ETag. The floor does it
 * for routes that it packs for. */
void http_coded(const struct http_request *r, struct http_reply *reply, enum http_coding coding);

/* Neither text is copied. Without a value there is no header; with a control character in it the
 * reply becomes a 500. */
void http_reply_header(struct http_reply *reply, const char *name, struct str value);
/* The value of a header that was given so; NULL: it was not. */
struct str *http_reply_value(struct http_reply *reply, const char *name);

/* A problem document with the type "urn:holdfast:problem:" + `name`, a stable word such as
 * "stale_tag". `title` is the same for each of its kind; `detail` says what is wrong and what to
 * do. */
void http_problem(const struct http_request *r, struct http_reply *reply, int status,
		  const char *name, const char *detail);
/* The same of an error. What the matter was with ERR_FULL, ERR_IO and ERR_INTERNAL goes to the
 * log, and not to the client. */
void http_fail(const struct http_request *r, struct http_reply *reply, const struct err *e);

/* The same, with a problem for each item of the request that was refused. */
struct http_item {
	size_t index;
	const struct err *err;
};
struct http_problems {
	struct http_item *items;
	size_t count;
};
void http_fail_items(const struct http_request *r, struct http_reply *reply, const struct err *e,
		     const struct http_problems *all);

const char *http_method_name(enum http_method method);
/* "Not Found"; "" for what is no status. */
const char *http_status_title(int status);

#endif
