#include "http/server_priv.h"

#include <string.h>

static const struct {
	const char *name;
	const char *value;
} secure[] = {
	{"Content-Security-Policy",
	 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	 "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
	 "base-uri 'none'; frame-ancestors 'none'"						     },
	{"X-Content-Type-Options",	   "nosniff"						     },
	{"Referrer-Policy",		    "no-referrer"						 },
	{"Cross-Origin-Opener-Policy",   "same-origin"						    },
	{"Cross-Origin-Resource-Policy", "same-origin"						      },
	{"Cross-Origin-Embedder-Policy", "require-corp"						       },
	{"Permissions-Policy",	       "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

void
http_reply_header(struct http_reply *reply, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	if (reply->header_count < HTTP_REPLY_HEADERS)
		reply->headers[reply->header_count] = (struct http_pair){str_of(name), value};
	/* One too many is found when the reply is sent. */
	reply->header_count++;
}

struct str *
http_reply_value(struct http_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count && i < HTTP_REPLY_HEADERS; i++) {
		if (str_is(reply->headers[i].name, name))
			return &reply->headers[i].value;
	}
	return NULL;
}

static bool
headers_are_clean(const struct http_reply *reply)
{
	if (reply->header_count > HTTP_REPLY_HEADERS)
		return false;
	for (size_t i = 0; i < reply->header_count; i++) {
		struct str value = reply->headers[i].value;

		for (size_t n = 0; n < value.len; n++) {
			unsigned char c = (unsigned char)value.ptr[n];

			if (c < ' ' || c == 0x7f)
				return false;
		}
	}
	return true;
}

void
reply_secure_text(struct buf *out)
{
	for (size_t i = 0; i < COUNT_OF(secure); i++)
		buf_addf(out, "%s: %s\r\n", secure[i].name, secure[i].value);
}

struct MHD_Response *
reply_secured(bool tls, struct MHD_Response *r)
{
	bool good = r != NULL;

	for (size_t i = 0; good && i < COUNT_OF(secure); i++)
		good = MHD_add_response_header(r, secure[i].name, secure[i].value) == MHD_YES;
	if (good && tls)
		good = MHD_add_response_header(r, "Strict-Transport-Security",
					       "max-age=31536000; includeSubDomains") == MHD_YES;
	if (good)
		return r;
	if (r)
		MHD_destroy_response(r);
	return NULL;
}

/* One piece of a source. Who asks only for the head never gets here. */
static ssize_t
piece_pull(void *object, uint64_t at, char *bytes, size_t size)
{
	struct http_call *c = object;
	struct http_server *s = c->thread->server;
	static const char alive[] = ":\n\n";

	(void)at;
	for (;;) {
		uint64_t wakes = atomic_load(&s->wakes);
		size_t len = 0;
		enum http_pull pull;

		atomic_store(&c->peer->deadline_ns, 0);
		if (c->reply.source.events && atomic_load(&s->draining))
			return MHD_CONTENT_READER_END_OF_STREAM;
		pull = c->reply.source.pull(c->reply.source.object, bytes, size, &len);
		atomic_store(&c->peer->deadline_ns, deadline_after(s->limits.reply_ms));
		switch (pull) {
		case HTTP_PULL_MORE:
			c->sent += len;
			return (ssize_t)len;
		case HTTP_PULL_END:
			return MHD_CONTENT_READER_END_OF_STREAM;
		case HTTP_PULL_FAILED:
			return MHD_CONTENT_READER_END_WITH_ERROR;
		case HTTP_PULL_WAIT:
			break;
		}
		if (peer_beat(c->peer) && c->reply.source.events && size >= sizeof(alive) - 1) {
			memcpy(bytes, alive, sizeof(alive) - 1);
			return sizeof(alive) - 1;
		}
		if (peer_wait(c->peer, wakes))
			return 0;
		if (atomic_load(&s->draining) && atomic_load(&s->wakes) == wakes)
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
}

void
reply_end(struct http_call *c)
{
	if (c->reply.source.close)
		c->reply.source.close(c->reply.source.object);
	c->reply.source = (struct http_source){0};
}

static struct MHD_Response *
response_make(struct http_call *c)
{
	const struct http_reply *reply = &c->reply;

	if (reply->source.pull)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_SIZE, piece_pull,
							 c, NULL);
	c->sent = c->request.method == HTTP_HEAD ? 0 : reply->body.len;
	return MHD_create_response_from_buffer(reply->body.len, (void *)(uintptr_t)reply->body.ptr,
					       MHD_RESPMEM_PERSISTENT);
}

static bool
headers_add(struct http_call *c, struct MHD_Response *r)
{
	struct http_reply *reply = &c->reply;
	bool good = MHD_add_response_header(r, "Request-Id", c->request.id) == MHD_YES;

	if (good && reply->type)
		good = MHD_add_response_header(r, "Content-Type", reply->type) == MHD_YES;
	for (size_t i = 0; good && i < reply->header_count; i++) {
		const struct http_pair *p = &reply->headers[i];

		good = MHD_add_response_header(r, str_z(&c->arena, p->name),
					       str_z(&c->arena, p->value)) == MHD_YES;
	}
	if (good && !http_reply_value(reply, "Cache-Control"))
		good = MHD_add_response_header(r, "Cache-Control", "no-store") == MHD_YES;
	if (good && atomic_load(&c->thread->server->draining) &&
	    !http_reply_value(reply, "Connection"))
		good = MHD_add_response_header(r, "Connection", "close") == MHD_YES;
	return good;
}

enum MHD_Result
reply_send(struct http_call *c, struct MHD_Connection *connection)
{
	struct http_reply *reply = &c->reply;
	struct MHD_Response *r;
	enum MHD_Result queued = MHD_NO;
	struct http_server *s = c->thread->server;
	int64_t ms;

	if (!headers_are_clean(reply)) {
		struct err e;

		(void)err_set(&e, ERR_INTERNAL, "",
			      "a reply had too many headers or a control character in one");
		reply_end(c);
		*reply = (struct http_reply){0};
		http_fail(&c->request, reply, &e);
	}
	c->status = reply->status ? reply->status : 200;
	c->who = str_dup(&c->arena, reply->who);
	r = reply_secured(c->request.tls, response_make(c));
	ms = s->limits.reply_ms + (int64_t)(reply->body.len * RATE_MS / LIMIT_HTTP_BODY_RATE);
	if (r && headers_add(c, r) && peer_enter(c->peer, PEER_ANSWER, deadline_after(ms)))
		queued = s->queue(connection, (unsigned)c->status, r);
	if (r)
		MHD_destroy_response(r);
	return queued;
}
