#include "http/server_priv.h"

#include "codec/json.h"

enum { PROBLEM_LIMIT = 4096 };

const char *
http_status_title(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{200, "OK"			     },
		{201, "Created"			       },
		{202, "Accepted"			},
		{204, "No Content"			  },
		{303, "See Other"			 },
		{304, "Not Modified"		    },
		{400, "Bad Request"			   },
		{401, "Unauthorized"		    },
		{403, "Forbidden"			 },
		{404, "Not Found"			 },
		{405, "Method Not Allowed"		  },
		{408, "Request Timeout"		       },
		{409, "Conflict"			},
		{410, "Gone"			    },
		{411, "Length Required"		       },
		{412, "Precondition Failed"		   },
		{413, "Content Too Large"		 },
		{414, "URI Too Long"		    },
		{415, "Unsupported Media Type"	      },
		{422, "Unprocessable Content"	     },
		{428, "Precondition Required"	     },
		{429, "Too Many Requests"		 },
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"	     },
		{501, "Not Implemented"		       },
		{503, "Service Unavailable"		   },
		{505, "HTTP Version Not Supported"	  },
		{507, "Insufficient Storage"	    },
	};

	for (size_t i = 0; i < COUNT_OF(titles); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "";
}

static void
members_write(struct json_writer *w, const struct problem *p)
{
	CLEANUP(buf_fini) struct buf type = {.limit = 256};

	buf_addf(&type, "urn:holdfast:problem:%s", p->name);
	jw_key_text(w, "type", (struct str){type.data, type.len});
	jw_key_text(w, "title", str_of(http_status_title(p->status)));
	jw_key_int(w, "status", p->status);
	jw_key_text(w, "detail", str_of(p->detail));
	if (p->field && p->field[0])
		jw_key_text(w, "field", str_of(p->field));
}

static void
items_write(struct json_writer *w, const struct http_problems *all)
{
	jw_key(w, "items");
	jw_array(w);
	for (size_t i = 0; i < all->count; i++) {
		const struct err *e = all->items[i].err;
		const struct problem p = {.status = err_http_status(e->code),
					  .name = err_name(e->code),
					  .detail = e->message,
					  .field = e->field};

		jw_object(w);
		jw_key_int(w, "index", (int64_t)all->items[i].index);
		members_write(w, &p);
		jw_end_object(w);
	}
	jw_end_array(w);
}

void
problem_text(const struct problem *p, struct buf *out)
{
	CLEANUP(buf_fini) struct buf instance = {.limit = 256};
	struct json_writer w;

	buf_addf(&instance, "urn:holdfast:request:%s", p->id ? p->id : "");
	jw_begin(&w, out, false);
	jw_object(&w);
	members_write(&w, p);
	if (p->items)
		items_write(&w, p->items);
	if (p->id)
		jw_key_text(&w, "instance", (struct str){instance.data, instance.len});
	jw_end_object(&w);
}

static void
problem_reply(const struct http_request *r, struct http_reply *reply, const struct problem *p)
{
	CLEANUP(buf_fini)
	struct buf text = {.limit = PROBLEM_LIMIT * (1 + (p->items ? p->items->count : 0))};

	problem_text(p, &text);
	reply->status = p->status;
	reply->type = "application/problem+json";
	reply->body = str_dup(r->arena, (struct str){text.data, text.failed ? 0 : text.len});
}

void
http_problem(const struct http_request *r, struct http_reply *reply, int status, const char *name,
	     const char *detail)
{
	problem_reply(
		r, reply,
		&(struct problem){.status = status, .name = name, .detail = detail, .id = r->id});
}

void
http_fail(const struct http_request *r, struct http_reply *reply, const struct err *e)
{
	http_fail_items(r, reply, e, NULL);
}

/* The rest is for whoever looks after the server. */
static const char disk_full[] = "the server's disk is full; nothing was changed; try again when "
				"there is room";
static const char inside[] = "something went wrong inside; the server's log says what, under the "
			     "request's name";

void
http_fail_items(const struct http_request *r, struct http_reply *reply, const struct err *e,
		const struct http_problems *all)
{
	struct problem p = {.status = err_http_status(e->code),
			    .name = err_name(e->code),
			    .detail = e->message,
			    .field = e->field,
			    .id = r->id,
			    .items = all};

	if (e->code == ERR_FULL || e->code == ERR_IO || e->code == ERR_INTERNAL) {
		log_event(r->call->thread->server->o.log, LOG_LEVEL_ERROR, "failure",
			  "request %s: %s%s%s", r->id, e->where, e->where[0] ? ": " : "",
			  e->message);
		p.detail = e->code == ERR_FULL ? disk_full : inside;
		p.field = NULL;
	}
	if (p.status == 503)
		http_reply_header(reply, "Retry-After", str_of("5"));
	problem_reply(r, reply, &p);
}
