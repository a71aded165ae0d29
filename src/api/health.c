#include "api/routes.h"

#include "face/face.h"
#include "ledger/ledger.h"

enum { METRICS_LIMIT = 4 * 1024 * 1024 };

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
