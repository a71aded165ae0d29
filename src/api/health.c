#include "api/routes.h"
#include "api/service.h"

#include "ledger/ledger.h"

enum { METRICS_LIMIT = 4 * 1024 * 1024 };

/* That the process answers at all: the store is not asked. */
enum err_code
health_live(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)r;
	(void)e;
	reply->type = "text/plain; charset=utf-8";
	reply->body = str_of("alive\n");
	return ERR_NONE;
}

/* That it can do its work: the store is reached, and the end of the ledger can be read. The plan is
 * loaded before the server starts. */
enum err_code
health_ready(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	DB_TXN txn = {0};
	struct checkpoint head;
	struct ctx ctx;
	enum err_code rc = ERR_NONE;

	if (atomic_load(&service_of(r)->stopping))
		return err_set(e, ERR_BUSY, "", "the server is about to stop");
	rc = service_read(r, &ctx, e);
	if (!rc)
		rc = db_begin_read(ctx.db, &txn, e);
	if (!rc)
		rc = ledger_head(ctx.ledger, &head, e);
	if (rc)
		return rc;
	reply->type = "text/plain; charset=utf-8";
	reply->body = str_of("ready\n");
	return ERR_NONE;
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
health_metrics(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	CLEANUP(buf_fini) struct buf text = {.limit = METRICS_LIMIT};

	if (!may_watch(r)) {
		http_problem(r, reply, 404, "not_found", "there is nothing at this path");
		return ERR_NONE;
	}
	http_server_metrics(service_of(r)->server, &text);
	if (text.failed)
		return err_set(e, ERR_INTERNAL, "", "the numbers are too many");
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
	reply->body = str_dup(r->arena, (struct str){text.data, text.len});
	return ERR_NONE;
}
