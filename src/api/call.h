/* call.h -- one request to the API, on its way through a route's function.
 *
 * What every route needs is done around it, in one place: a reader, a read transaction,
 * who asks and whether that may be, the JSON of body and reply, errors as problem documents. So a
 * route's function only says what is asked for.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "access/who.h"
#include "api/service.h"
#include "codec/json.h"

struct api_route;

struct call {
	const struct http_request *r;
	const struct api_route *route;
	struct http_reply *reply;
	struct service *service;
	struct ctx ctx; /* of a reader, in a read transaction unless the route writes */
	struct db_txn txn;
	struct json_writer w; /* the reply's body: one JSON value */
	struct buf *out;      /* the request's */
	json_t *body;	      /* of a route that takes JSON */
	struct who who;	      /* whose request it is, of a route that must know */
	int64_t known_at;    /* the ledger's size when he was looked up, for another; 0: just now */
	int64_t retry_after; /* seconds, with ERR_TOO_OFTEN */
	int64_t told;	     /* the record that the reply tells, of a change; 0: none */
	struct notes *notes; /* call.c's own */
};

/* What there is around a route's function. */
enum needs {
	NEEDS_NOTHING, /* anybody may ask, and the store is not read */
	NEEDS_STORE,   /* anybody may ask */
	NEEDS_ANYBODY, /* anybody may ask, and changes something */
	NEEDS_READ,    /* somebody known asks, and reads */
	NEEDS_WRITE,   /* somebody known asks, and changes something */
};

enum api_place { IN_PATH, IN_QUERY };

/* What a route is told beside its body. */
struct api_parameter {
	const char *name; /* "limit int": a type as describe_priv.h has them, text unless said */
	enum api_place place;
	const char *about;
};
enum { API_PARAMETERS = 10 };

struct api_route {
	enum http_method method;
	const char *pattern;
	enum needs needs;
	bool half; /* also for somebody whose second factor is still due */
	enum err_code (*answer)(struct call *c);
	bool scim;     /* for tokens of that scope alone, in its own media type and errors */
	bool calendar; /* for tokens of that scope too, which may stand in the address (`token`) */
	/* For the description (openapi.c). */
	const char *group; /* NULL: it is no part of the API */
	const char *name;  /* operationId */
	const char *about; /* one sentence */
	/* Schema of the reply; NULL: none. Or "text", "object", "events", "icalendar", and "file":
	 * what a job made.
	 */
	const char *reply;
	const char *takes; /* schema of the body, which is JSON then; NULL: none */
	const char *files; /* or media types of a file that it takes as it is, parted by blanks */
	int status;	   /* of success; 0: 200, or 204 without a reply */
	bool people;	   /* reads about logins, which a connection held to rows does not see */
	bool tagged;	   /* its reply has an ETag; what changes wants it in If-Match */
	bool keyed;	   /* takes an Idempotency-Key (once.c) */
	bool ponders;	   /* may take long, though it only reads the present */
	bool forgiving;	   /* parameters that are not listed are passed over */
	struct api_parameter parameters[API_PARAMETERS];
};

/* Answers any of them; and whether that may take long: what writes, what reads the past, and what
 * ponders. */
enum err_code api_answer(const struct http_request *r, struct http_reply *reply, struct err *e);
bool api_waits(const struct http_request *r);

extern const struct api_route api_table[];
extern const size_t api_table_count;

/* The status of success, and the media types of the body it takes, parted by blanks. */
int api_success(const struct api_route *r);
const char *api_types(const struct api_route *r);
/* Whether somebody known has to ask. */
bool route_is_for_known(const struct api_route *r);

/* A parameter of the query that is a whole number; `otherwise` when it is not given. */
MUST_CHECK enum err_code call_number(struct call *c, const char *name, int64_t otherwise,
				     int64_t *ret_number);
/* A parameter of the path that is the number of a `what`; ERR_MISSING when it can be none's. */
MUST_CHECK enum err_code call_path_number(struct call *c, const char *name, const char *what,
					  int64_t *ret_number);
/* The register, or record, that the path names; ERR_MISSING says so. */
MUST_CHECK enum err_code call_register(struct call *c, const struct reg **ret_reg);
MUST_CHECK enum err_code call_record_id(struct call *c, int64_t *ret_id);
/* The section of the plan with that number, in the plan's own text; ERR_MISSING says so. And one as
 * JSON. */
MUST_CHECK enum err_code call_section(struct call *c, struct str number, const char **ret_number);
void section_write(struct json_writer *w, const struct section *s);
/* How many rows of a list are asked for, and after which. */
struct list_question;
MUST_CHECK enum err_code call_page(struct call *c, struct list_question *q);

/* A change, and the telling of what came of it. */
struct deed {
	/* What must be there before, in transactions of its own; NULL: nothing. Not called for
	 * whoever asks the same again. Called without a reader; an error is the call's. */
	enum err_code (*prepare)(struct call *c, void *object);
	enum err_code (*write)(void *object, struct writer *w); /* as struct group_change has it */
	/* Writes the reply's body and headers; reads what was written with the context. NULL: there
	 * is none. */
	enum err_code (*tell)(struct call *c, struct ctx *ctx, const void *object);
	void *object;
	int64_t about; /* as struct group_change has it */
};
/* Does it in the group of writers, without a reader meanwhile, and tells. Where the request has an
 * Idempotency-Key that is told within the transaction and kept in it: whoever asks the same again,
 * of whichever process, is told the same, and nothing is written. One who comes while the first is
 * at work waits for it. */
MUST_CHECK enum err_code call_do(struct call *c, const struct deed *d);
/* That it has no such key, or a good one of a route that takes them. */
MUST_CHECK enum err_code call_check_key(struct call *c);
/* From an empty reply. */
void call_tell_anew(struct call *c);
/* Begins to read, for a route that writes: what it wrote is seen then. */
MUST_CHECK enum err_code call_see(struct call *c);
/* The tag of a record's version: its number in quotes. */
struct str call_tag(struct call *c, int64_t version);

/* The tag of a text: of its hash. And the reply of a route that is tagged: the text, or that it is
 * what whoever asks has already. */
MUST_CHECK enum err_code text_tag(struct str text, struct arena *a, struct str *ret_tag,
				  struct err *e);
void call_tell_tagged(struct call *c, const char *type, struct str text, struct str tag);

/* That all that the query has are parameters of the route, of their types. */
MUST_CHECK enum err_code call_check_query(struct call *c);
/* That an object, such as the body, is what a schema says (schemas.c); of a record, which has
 * another schema for each register, the writer looks at that. */
MUST_CHECK enum err_code call_check_members(struct call *c, const char *schema, const json_t *json,
					    struct err *e);

#endif
