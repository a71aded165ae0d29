/* check.c -- what is refused before anybody who answers sees it. */
#include "http/server_priv.h"

#include <string.h>
#include <strings.h>

static bool
refuse(struct http_call *c, struct http_reply *reply, int status, const char *name,
       const char *detail)
{
	http_problem(&c->request, reply, status, name, detail);
	return true;
}

/* After a request that could not be understood, nothing on its connection can be. */
static bool
refuse_for_good(struct http_call *c, struct http_reply *reply, int status, const char *detail)
{
	static const char *const names[] = {[400 - 400] = "malformed",
					    [411 - 400] = "length_required",
					    [414 - 400] = "target_too_long",
					    [431 - 400] = "headers_too_large"};

	http_reply_header(reply, "Connection", str_of("close"));
	return refuse(c, reply, status, names[status - 400], detail);
}

static bool
version_refused(struct http_call *c, struct http_reply *reply)
{
	if (str_is(c->head.version, "HTTP/1.1") || str_is(c->head.version, "HTTP/1.0"))
		return false;
	http_reply_header(reply, "Connection", str_of("close"));
	return refuse(c, reply, 505, "version_not_supported",
		      "this server speaks HTTP/1.1 and HTTP/1.0");
}

/* RFC 9110 section 7.2: a name or address, and perhaps a port. */
static bool
is_host(struct str host)
{
	for (size_t i = 0; i < host.len; i++) {
		char ch = host.ptr[i];

		if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') &&
		    !(ch >= '0' && ch <= '9') && (ch == '\0' || !strchr(".-_:[]", ch)))
			return false;
	}
	return host.len > 0 && host.len <= 255;
}

static bool
host_refused(struct http_call *c, struct http_reply *reply)
{
	struct str host = c->request.host;

	if (!host.ptr && str_is(c->head.version, "HTTP/1.0")) {
		c->request.host = str_of("");
		return false;
	}
	if (is_host(host))
		return false;
	return refuse_for_good(c, reply, 400, "it has no header Host with a name in it");
}

/* How long the body is, is said by one header or by none. */
static bool
framing_refused(struct http_call *c, struct http_reply *reply)
{
	struct str coding = head_find(&c->head, "Transfer-Encoding");
	struct str length = head_find(&c->head, "Content-Length");

	if (coding.ptr && length.ptr)
		return refuse_for_good(c, reply, 400,
				       "it has both Content-Length and Transfer-Encoding");
	if (coding.ptr)
		return refuse_for_good(c, reply, 411,
				       "send the body with a Content-Length, not in chunks");
	c->has_length = length.ptr != NULL;
	if (length.ptr && (!str_int(length, &c->length) || c->length < 0))
		return refuse_for_good(c, reply, 400, "its Content-Length is no number");
	c->framed = true;
	return false;
}

static bool
method_take(struct http_call *c)
{
	for (int i = 0; i < HTTP_METHODS; i++) {
		if (strcmp(c->head.block.ptr, http_method_name(i)) == 0) {
			c->request.method = i;
			c->has_method = true;
			return true;
		}
	}
	return false;
}

static struct str
allowed(struct http_call *c, unsigned methods)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 256};

	if (methods & 1u << HTTP_GET)
		methods |= 1u << HTTP_HEAD;
	methods |= 1u << HTTP_OPTIONS;
	for (int i = 0; i < HTTP_METHODS; i++) {
		if (methods & 1u << i)
			buf_addf(&text, "%s%s", text.len ? ", " : "", http_method_name(i));
	}
	return str_dup(&c->arena, (struct str){text.data, text.len});
}

static bool
route_refused(struct http_call *c, struct http_reply *reply)
{
	struct route_match *m = &c->match;
	enum http_method method = c->request.method;

	if (c->target.asterisk && method != HTTP_OPTIONS)
		return refuse_for_good(c, reply, 400, "its target '*' goes with OPTIONS only");
	if (c->target.asterisk)
		m->methods = 1u << HTTP_GET | 1u << HTTP_POST | 1u << HTTP_PUT | 1u << HTTP_PATCH |
			     1u << HTTP_DELETE;
	else
		route_find(c->thread->server->tree, method, c->target.parts, c->target.part_count,
			   m);
	c->request.route = m->route;
	c->request.parameters = m->parameters;
	if (m->methods == 0)
		return refuse(c, reply, 404, "not_found", "there is nothing at this path");
	if (m->route)
		return false;
	http_reply_header(reply, "Allow", allowed(c, m->methods));
	if (method != HTTP_OPTIONS)
		return refuse(c, reply, 405, "method_not_allowed",
			      "this path does not take this method; Allow names those it does");
	reply->status = 204;
	return true;
}

static bool
has_type(const char *types, struct str type)
{
	struct str rest = str_of(types);
	struct str parameters = type;

	type = str_trim(str_cut(&parameters, ';'));
	while (rest.ptr) {
		struct str one = str_cut(&rest, ' ');

		if (one.len > 0 && one.len == type.len &&
		    strncasecmp(one.ptr, type.ptr, one.len) == 0)
			return true;
	}
	return false;
}

static bool
body_refused(struct http_call *c, struct http_reply *reply)
{
	const struct http_route *route = c->match.route;
	struct http_server *s = c->thread->server;

	if (c->length > 0 && (uint64_t)c->length > route->body_max)
		return refuse(c, reply, 413, "body_too_large",
			      route->body_max ? "the body is longer than this path takes"
					      : "this path takes no body with this method");
	if (!route->types && c->length == 0)
		return false;
	if (!c->has_length)
		return refuse(c, reply, 411, "length_required",
			      "send the body with a Content-Length");
	if (route->types && !has_type(route->types, head_find(&c->head, "Content-Type"))) {
		http_reply_header(reply, "Accept", str_of(route->types));
		return refuse(c, reply, 415, "media_type_not_supported",
			      "the Content-Type is none that this path takes");
	}
	if (atomic_load(&s->body_bytes) + (size_t)c->length > s->limits.bodies) {
		http_reply_header(reply, "Retry-After", str_of("10"));
		return refuse(c, reply, 503, "too_many_bodies",
			      "the server is taking as much as it can; try again later");
	}
	return false;
}

bool
call_refused(struct http_call *c, struct http_reply *reply)
{
	int status = 400;
	const char *fault = head_fault(&c->head, &status);

	if (fault)
		return refuse_for_good(c, reply, status, fault);
	if (c->head.target.len > LIMIT_HTTP_TARGET_BYTES)
		return refuse_for_good(c, reply, 414, "its path and query are too long");
	if (c->target_fault)
		return refuse_for_good(c, reply, 400, c->target_fault);
	if (version_refused(c, reply) || host_refused(c, reply) || framing_refused(c, reply))
		return true;
	if (!method_take(c))
		return refuse(c, reply, 501, "method_not_implemented",
			      "this server knows no such method");
	return route_refused(c, reply) || body_refused(c, reply);
}
