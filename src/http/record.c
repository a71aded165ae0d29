#include "http/server_priv.h"

#include "base/civil.h"
#include "codec/json.h"
#include "sys/clock.h"

#include <string.h>

enum { LINE_LIMIT = 2048, PATH_SHOWN = 256 };

/* A path may itself be a secret, as the link of an invitation is; its pattern then says so. */
static struct str
path_shown(const struct http_call *c)
{
	struct str path = c->target.path;

	if (c->target_fault || !path.ptr)
		return (struct str){0};
	if (c->match.route && strstr(c->match.route->pattern, "{token}"))
		return str_of(c->match.route->pattern);
	if (path.len > PATH_SHOWN)
		path.len = PATH_SHOWN;
	return path;
}

static void
line_begin(struct json_writer *w, struct buf *line, int status)
{
	char time[CIVIL_STAMP_LEN + 1];

	civil_format_stamp(clock_now(&(struct clock){0}), time);
	log_begin(w, line, time, status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request");
}

static void
line_write(struct http_call *c, bool whole, uint64_t ns)
{
	CLEANUP(buf_fini) struct buf line = {.limit = LINE_LIMIT};
	const struct http_request *r = &c->request;
	struct json_writer w;

	line_begin(&w, &line, c->status);
	jw_key(&w, "request");
	jw_text(&w, str_of(r->id));
	jw_key(&w, "address");
	jw_text(&w, str_of(r->address));
	jw_key(&w, "method");
	jw_text(&w, c->has_method ? str_of(http_method_name(r->method)) : (struct str){0});
	jw_key(&w, "path");
	jw_text(&w, path_shown(c));
	jw_key(&w, "route");
	jw_text(&w, c->match.route ? str_of(c->match.route->pattern) : (struct str){0});
	jw_key(&w, "status");
	jw_int(&w, c->status);
	jw_key(&w, "microseconds");
	jw_int(&w, (int64_t)(ns / 1000));
	jw_key(&w, "received");
	jw_int(&w, (int64_t)c->received);
	jw_key(&w, "sent");
	jw_int(&w, (int64_t)c->sent);
	if (c->who.ptr) {
		jw_key(&w, "who");
		jw_text(&w, c->who);
	}
	if (!whole) {
		jw_key(&w, "cut");
		jw_bool(&w, true);
	}
	log_end(&w, c->thread->server->o.log);
}

void
call_record(struct http_call *c, bool whole)
{
	struct http_server *s = c->thread->server;
	uint64_t ns = (uint64_t)(clock_monotonic_ns() - c->started_ns);
	size_t row = c->match.route ? (size_t)(c->match.route - s->o.routes) : s->o.route_count;

	number_count(c->thread->shard,
		     &(struct number_reply){.row = row,
					    .head = c->request.method == HTTP_HEAD,
					    .status = c->status,
					    .ns = ns,
					    .bytes_in = c->received,
					    .bytes_out = c->sent});
	line_write(c, whole, ns);
}

void
refusal_record(struct peer *p, int status)
{
	CLEANUP(buf_fini) struct buf line = {.limit = LINE_LIMIT};
	char address[HTTP_ADDRESS_SIZE];
	struct http_server *s = p->server;
	struct json_writer w;

	number_count(thread_of(s)->shard,
		     &(struct number_reply){.row = s->o.route_count, .status = status});
	address_text(&p->address, address, sizeof(address));
	line_begin(&w, &line, status);
	jw_key(&w, "address");
	jw_text(&w, str_of(address));
	jw_key(&w, "status");
	jw_int(&w, status);
	log_end(&w, s->o.log);
}
