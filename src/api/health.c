#include "api/routes.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "face/face.h"
#include "http/log.h"
#include "ledger/ledger.h"

enum { METRICS_LIMIT = 4 * 1024 * 1024, ERROR_LINE_LIMIT = 65536 };

static void
text_say(struct call *c, const char *text)
{
	c->reply->type = "text/plain; charset=utf-8";
	c->reply->body = str_of(text);
}

/* That the process answers at all: the store is not asked. */
enum err_code
health_live(struct call *c)
{
	text_say(c, "alive\n");
	return ERR_NONE;
}

/* That it can do its work: the store is reached, and the end of the ledger can be read. The plan is
 * loaded before the server starts. */
enum err_code
health_ready(struct call *c)
{
	struct checkpoint head;
	enum err_code rc;

	if (atomic_load(&c->service->stopping))
		return err_set(&c->ctx.err, ERR_BUSY, "", "the server is about to stop");
	rc = ledger_head(c->ctx.ledger, &head, &c->ctx.err);
	if (!rc)
		text_say(c, "ready\n");
	return rc;
}

/* The numbers say how much goes on, and of what: not for everybody. */
static bool
may_watch(const struct http_request *r)
{
	struct address a = {.is_local = true};

	if (str_is(str_of(r->address), "unix") || !address_parse(str_of(r->address), &a))
		return a.is_local;
	return address_is_loopback(&a) || proxies_trust(service_of(r)->watchers, &a);
}

enum err_code
health_metrics(struct call *c)
{
	CLEANUP(buf_fini) struct buf text = {.limit = METRICS_LIMIT};

	if (!may_watch(c->r))
		return err_set(&c->ctx.err, ERR_MISSING, "", "there is nothing at this path");
	http_server_metrics(c->service->server, &text);
	if (text.failed)
		return err_set(&c->ctx.err, ERR_INTERNAL, "", "the numbers are too many");
	c->reply->type = "text/plain; version=0.0.4; charset=utf-8";
	c->reply->body = str_dup(c->r->arena, (struct str){text.data, text.len});
	return ERR_NONE;
}

enum err_code
pages_show(struct call *c)
{
	return face_answer(c->r, c->reply, &c->ctx.err);
}

static void
said_write(struct json_writer *w, const json_t *body, const char *name, size_t most)
{
	struct str text = json_str(json_object_get(body, name));

	if (text.len > most)
		text.len = text_whole((struct str){text.ptr, most});
	jw_key_text(w, name, text);
}

static void
error_log(struct call *c, int64_t now)
{
	CLEANUP(buf_fini) struct buf line = {.limit = ERROR_LINE_LIMIT};
	char time[CIVIL_STAMP_LEN + 1];
	struct json_writer w;

	civil_format_stamp(now, time);
	log_begin(&w, &line, time, LOG_LEVEL_WARNING, "browser_error");
	jw_key_word(&w, "request", c->r->id);
	jw_key_text(&w, "who", c->who.actor);
	said_write(&w, c->body, "message", LIMIT_BROWSER_ERROR_BYTES);
	said_write(&w, c->body, "page", LIMIT_BROWSER_ERROR_BYTES);
	said_write(&w, c->body, "source", LIMIT_BROWSER_ERROR_BYTES);
	jw_key_int(&w, "line", json_integer_value(json_object_get(c->body, "line")));
	said_write(&w, c->body, "stack", LIMIT_BROWSER_STACK_BYTES);
	log_end(&w, c->service->log);
}

enum err_code
pages_failed(struct call *c)
{
	enum err_code rc = meter_take(&c->service->errors, c, LIMIT_BROWSER_ERRORS);

	if (!rc)
		error_log(c, clock_now(&(struct clock){0}));
	return rc;
}
