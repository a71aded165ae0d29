#include "api/call.h"

#include "access/serve.h"
#include "api/caller.h"
#include "api/routes.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "list/list.h"
#include "scim/scim.h"

#include <stdio.h>
#include <string.h>

/* The reply of a list may have its rows, and some words around them. */
enum { REPLY_LIMIT = LIMIT_LIST_BYTES + 65536, TAG_SIZE = 24 };

static const struct api_route *
route_of(const struct http_request *r)
{
	return &api_table[r->route - service_of(r)->routes];
}

static enum err_code
body_read(struct call *c)
{
	struct err *e = &c->ctx.err;
	enum err_code rc = json_read(c->r->body, &c->body, e);

	/* What is no JSON at all is no request, whatever it was about. */
	if (rc == ERR_INVALID)
		return e->code = ERR_USAGE;
	if (!rc && !json_is_object(c->body))
		rc = err_set(e, ERR_USAGE, "", "the body must be a JSON object");
	return rc ? rc : call_check_members(c, c->route->takes, c->body, e);
}

/* What was read and must stand in the ledger, before any of it is handed out. */
struct note {
	const char *kind;
	struct str detail;
	struct note *next;
};

struct notes {
	struct group *group;
	struct str actor;
	struct note *first;
	struct note **last;
};

static enum err_code
notes_put(void *object, struct writer *w)
{
	const struct notes *all = object;
	enum err_code rc = ERR_NONE;

	for (const struct note *n = all->first; !rc && n; n = n->next)
		rc = writer_event(w, n->kind, n->detail);
	return rc;
}

static enum err_code
notes_write(void *object, struct err *e)
{
	const struct notes *all = object;
	struct group_change change = {.actor = all->actor, .write = notes_put, .object = object};

	return group_write(all->group, &change, e);
}

/* They are written when the call is over, where that may wait. */
static enum err_code
note_take(void *object, const char *kind, struct str detail, struct err *e)
{
	struct call *c = object;
	struct note *n = arena_alloc(c->r->arena, sizeof(*n));
	struct notes *all = c->notes;

	(void)e;
	if (!all) {
		all = arena_alloc(c->r->arena, sizeof(*all));
		*all = (struct notes){
			.group = c->service->group, .actor = c->ctx.actor, .last = &all->first};
		c->notes = all;
		c->reply->before = notes_write;
		c->reply->before_object = all;
	}
	*n = (struct note){kind, str_dup(c->r->arena, detail), NULL};
	*all->last = n;
	all->last = &n->next;
	return ERR_NONE;
}

/* By what it says, or by a cursor that was given there. */
static bool
asks_past(const struct http_request *r, struct moment *ret_at)
{
	ret_at->text = http_query(r, "as_of");
	ret_at->kept = list_cursor_instant(http_query(r, "after"), r->arena);
	return ret_at->text.ptr || ret_at->kept;
}

/* From here on the request's context serves whoever asks, and its connection shows no rows but
 * those that he may see: no login then, as the wall hides those from everybody. */
static enum err_code
serve_present(struct call *c)
{
	enum err_code rc;

	c->who.unheld = c->route->people;
	rc = ctx_serve(&c->ctx, &c->who);
	return rc || c->route->needs != NEEDS_READ ? rc : call_see(c);
}

/* Whether whoever was looked up for an earlier request is still who he was then. */
static enum err_code
look_again(struct call *c, bool *ret_same)
{
	bool reads = db_in_txn(c->ctx.db);
	int64_t size = 0;
	enum err_code rc = reads ? ERR_NONE : call_see(c);

	if (!rc)
		rc = ledger_length(c->ctx.ledger, &size, &c->ctx.err);
	*ret_same = size == c->known_at;
	if (!reads || !*ret_same)
		db_txn_end(&c->txn);
	return rc;
}

/* The one who is believed to be known is looked up after all. */
static enum err_code
look_up(struct call *c)
{
	enum err_code rc = ctx_serve_nobody(&c->ctx);

	return rc ? rc : call_who(c, false);
}

static enum err_code
serve_caller(struct call *c)
{
	struct moment at;
	bool past = !c->route->scim && asks_past(c->r, &at);
	bool same = !c->known_at;
	enum err_code rc = ERR_NONE;

	c->ctx.note = (struct ctx_note){note_take, c};
	if (c->known_at && !past)
		rc = serve_present(c);
	if (!rc && c->known_at && !past)
		rc = look_again(c, &same);
	if (!rc && !same)
		rc = look_up(c);
	if (!rc && past)
		rc = service_past(&c->ctx, &at, &c->who);
	if (!rc && past && c->route->needs == NEEDS_READ)
		rc = call_see(c);
	return rc || past || c->known_at ? rc : serve_present(c);
}

static enum err_code
answer(struct call *c, const struct api_route *route)
{
	bool known = route_is_for_known(route);
	enum err_code rc = known ? call_who(c, true) : ERR_NONE;

	/* He may do more by now. */
	if (rc && c->known_at)
		rc = look_up(c);
	if (!rc)
		rc = call_check_query(c);
	if (!rc && known)
		rc = serve_caller(c);
	if (!rc)
		rc = call_check_key(c);
	if (!rc && route->takes)
		rc = body_read(c);
	if (!rc && route->needs == NEEDS_STORE)
		rc = call_see(c);
	if (rc)
		return rc;
	call_tell_anew(c);
	rc = route->answer(c);
	if (rc || c->reply->body.ptr || c->reply->source.pull || c->out->len == 0)
		return rc;
	if (c->out->failed)
		return err_set(&c->ctx.err, ERR_TOO_BIG, "",
			       "the reply is too long; ask for fewer records or fields");
	c->reply->type = "application/json";
	c->reply->body = (struct str){c->out->data, c->out->len};
	return ERR_NONE;
}

/* With what tells the client how to go on. */
static void
fail(struct call *c, const struct err *e)
{
	char seconds[TAG_SIZE];

	*c->reply = (struct http_reply){.who = c->reply->who};
	http_fail(c->r, c->reply, e);
	if (c->route->scim) {
		c->reply->status = scim_error(e, c->r->arena, &c->reply->body);
		c->reply->type = "application/scim+json";
	}
	if (e->code == ERR_NOBODY)
		http_reply_header(c->reply, "WWW-Authenticate", str_of("Bearer"));
	if (c->retry_after > 0) {
		(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)c->retry_after);
		http_reply_header(c->reply, "Retry-After", str_dup(c->r->arena, str_of(seconds)));
	}
}

enum err_code
api_answer(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	const struct api_route *route = route_of(r);
	struct call c = {
		.r = r, .route = route, .reply = reply, .service = service_of(r), .out = r->text};
	enum err_code rc = ERR_NONE;

	c.out->limit = REPLY_LIMIT;
	/* Who brings no secret is nobody: to say so takes no store, and none that is lent. */
	if (route_is_for_known(route))
		rc = call_secret(&c);
	if (!rc && route->needs != NEEDS_NOTHING) {
		rc = service_read(c.service, r->arena, &c.ctx, e);
		if (rc)
			return rc;
	}
	if (!rc)
		rc = answer(&c, route);
	if (rc)
		fail(&c, &c.ctx.err);
	db_txn_end(&c.txn);
	service_give(&c.ctx);
	json_decref(c.body);
	return ERR_NONE;
}

bool
api_waits(const struct http_request *r)
{
	enum needs needs = route_of(r)->needs;
	struct moment at;

	return needs == NEEDS_WRITE || needs == NEEDS_ANYBODY || route_of(r)->ponders ||
	       (needs == NEEDS_READ && asks_past(r, &at));
}

void
call_tell_anew(struct call *c)
{
	c->out->len = 0;
	c->told = 0;
	c->notes = NULL;
	*c->reply = (struct http_reply){.status = api_success(c->route), .who = c->reply->who};
	jw_begin(&c->w, c->out, false);
}

enum err_code
call_see(struct call *c)
{
	return db_begin_read(c->ctx.db, &c->txn, &c->ctx.err);
}

struct str
call_tag(struct call *c, int64_t version)
{
	char tag[TAG_SIZE];

	(void)snprintf(tag, sizeof(tag), "\"%lld\"", (long long)version);
	return str_dup(c->r->arena, str_of(tag));
}

void
call_tell_tagged(struct call *c, const char *type, struct str text, struct str tag)
{
	http_reply_header(c->reply, "Cache-Control", str_of("no-cache"));
	if (http_unchanged(c->r, c->reply, tag))
		return;
	c->reply->type = type;
	c->reply->body = text;
}

enum err_code
call_number(struct call *c, const char *name, int64_t otherwise, int64_t *ret_number)
{
	struct str text = http_query(c->r, name);

	*ret_number = otherwise;
	if (!text.ptr || str_int(text, ret_number))
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_USAGE, name, "'%s' takes a whole number", name);
}

enum err_code
call_path_number(struct call *c, const char *name, const char *what, int64_t *ret_number)
{
	if (str_int(http_parameter(c->r, name), ret_number) && *ret_number > 0)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_MISSING, name, "there is no such %s", what);
}

enum err_code
call_register(struct call *c, const struct reg **ret_reg)
{
	struct str name = http_parameter(c->r, "register");
	const char *near;

	*ret_reg = model_reg(c->ctx.model, name);
	if (*ret_reg)
		return ERR_NONE;
	near = model_nearest_reg(c->ctx.model, name);
	return err_set(&c->ctx.err, ERR_MISSING, "register", "there is no register '%.60s'%s%s%s",
		       name.ptr, near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

enum err_code
call_record_id(struct call *c, int64_t *ret_id)
{
	struct str name = http_parameter(c->r, "record");

	*ret_id = record_id_of_name(c->ctx.model, name);
	if (*ret_id)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_MISSING, "record", "there is no record '%.60s'", name.ptr);
}
