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

static void
job_log(void *object, const char *event, const char *text)
{
	log_event(object, LOG_LEVEL_INFO, event, "%s", text);
}

/* Nobody watches before there is a server. */
static void
events_wake(void *object)
{
	const struct edition *ed = object;

	http_server_wake(ed->service.server);
}

static enum err_code
jobs_start(struct edition *ed, struct err *e)
{
	struct service *s = &ed->service;
	const struct jobs_options jobs = {
		.ws = s->ws, .group = s->group, .log = job_log, .object = ed->log};
	struct watch_options watch = {.wake = events_wake, .object = ed};
	enum err_code rc = jobs_new(&jobs, &s->jobs, e);

	watch.jobs = s->jobs;
	return rc ? rc : watch_new(&watch, &s->watch, e);
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
	if (!rc)
		rc = jobs_start(ed, e);
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
	ed->service.log = ed->log;
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
	jobs_stop(ed->service.jobs);
}

size_t
edition_busy(struct edition *ed)
{
	return http_server_busy(ed->service.server);
}

bool
edition_decides(struct edition *ed)
{
	return !keeper_has_ended(ed->keeper) || jobs_busy(ed->service.jobs);
}

void
edition_free(struct edition *ed)
{
	if (!ed)
		return;
	/* It wakes the server, whose streams end with it. */
	watch_stop(ed->service.watch);
	if (ed->service.server)
		http_server_free(ed->service.server);
	watch_free(ed->service.watch);
	jobs_free(ed->service.jobs);
	keeper_free(ed->keeper);
	service_fini(&ed->service);
	search_close(ed->service.search);
	identity_free(ed->service.identity);
	group_free(ed->service.group);
	workspace_close(ed->service.ws);
	arena_fini(&ed->arena);
	free(ed);
}
