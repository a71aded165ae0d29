#include "serve/edition.h"

#include "api/routes.h"
#include "serve/keeper.h"

#include <fcntl.h>
#include <stdlib.h>

enum { MEMORY = 16 * 1024 * 1024 };

struct edition {
	struct service service;
	struct description description;
	struct keeper *keeper;
	struct http_log *log;
	struct arena arena;
};

/* A store on a server must have the wall that stands behind all that is asked of it. */
static enum err_code
wall_stands(struct workspace *ws, struct err *e)
{
	struct db *db = workspace_ctx(ws)->db;
	enum err_code rc = db_see(db, NULL, 0, e);

	return rc ? rc : db_see_all(db, e);
}

static enum err_code
http_start(struct edition *ed, const struct edition_options *o, struct err *e)
{
	struct http_options http = o->http;

	ed->service.routes = api_routes(&ed->arena);
	http.routes = ed->service.routes;
	http.route_count = api_table_count;
	http.object = &ed->service;
	http.listener = fcntl(o->listener, F_DUPFD_CLOEXEC, 0);
	if (http.listener < 0)
		return err_set(e, ERR_INTERNAL, "", "too many files are open to listen");
	return http_server_new(&http, &ed->service.server, e);
}

static enum err_code
start(struct edition *ed, const struct edition_options *o, struct err *e)
{
	struct service *s = &ed->service;
	enum err_code rc = wall_stands(s->ws, e);

	if (!rc)
		rc = api_describe(workspace_ctx(s->ws)->model, false, &ed->arena, &ed->description,
				  e);
	if (!rc)
		rc = group_new(workspace_ctx(s->ws), &s->group, e);
	if (!rc)
		rc = search_open(s->ws, &s->search, e);
	if (!rc)
		rc = identity_new(workspace_key(s->ws), s->group, &s->identity, e);
	return rc ? rc : http_start(ed, o, e);
}

enum err_code
edition_new(const struct edition_options *o, struct workspace *ws, struct edition **ret_edition,
	    struct err *e)
{
	struct edition *ed = calloc(1, sizeof(*ed));
	enum err_code rc;

	if (!ed) {
		workspace_close(ws);
		return err_set(e, ERR_INTERNAL, "", "no memory to serve");
	}
	arena_init(&ed->arena, MEMORY);
	service_init(&ed->service);
	ed->log = o->http.log;
	ed->service.ws = ws;
	ed->service.description = &ed->description;
	ed->service.site = o->site;
	ed->service.watchers = o->watchers;
	ed->service.oidc = o->oidc;
	rc = start(ed, o, e);
	if (rc) {
		edition_free(ed);
		return rc;
	}
	*ret_edition = ed;
	return ERR_NONE;
}

enum err_code
edition_keep(struct edition *ed, struct err *e)
{
	return keeper_new(&ed->service, ed->log, &ed->keeper, e);
}

struct service *
edition_service(struct edition *ed)
{
	return &ed->service;
}

void
edition_drain(struct edition *ed)
{
	http_server_drain(ed->service.server);
	keeper_end(ed->keeper);
}

size_t
edition_busy(struct edition *ed)
{
	return http_server_busy(ed->service.server);
}

bool
edition_decides(struct edition *ed)
{
	return !keeper_has_ended(ed->keeper);
}

void
edition_free(struct edition *ed)
{
	if (!ed)
		return;
	if (ed->service.server)
		http_server_free(ed->service.server);
	keeper_free(ed->keeper);
	service_fini(&ed->service);
	search_close(ed->service.search);
	identity_free(ed->service.identity);
	group_free(ed->service.group);
	workspace_close(ed->service.ws);
	arena_fini(&ed->arena);
	free(ed);
}
