#include "api/routes.h"
#include "api/service.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "http/listen.h"
#include "http/log.h"
#include "http/tls.h"
#include "identity/first.h"
#include "serve/keeper.h"
#include "serve/notify.h"
#include "sys/clock.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	PLACE_SIZE = 160,
	FILES_BESIDE = 200, /* descriptors for all but connections */
	STOP_STEP_MS = 20,
	THREADS_MOST = 32,
};

struct serving {
	struct cli *c;
	struct service service;
	struct keeper *keeper;
	struct listen_place place;
	struct http_options options;
	struct http_tls *tls;
	struct http_log *log;
	struct description description;
	sigset_t signals;
};

static enum err_code
place_take(struct serving *s)
{
	struct cli *c = s->c;
	const char *listen = cli_option(c, "listen");
	enum err_code rc = listen_parse(listen ? listen : "127.0.0.1:8700", &s->place, &c->err);

	if (!rc && !s->place.is_local && !cli_option(c, "tls-cert") &&
	    !cli_option(c, "trust-proxy") && !cli_switch(c, "insecure-plain-http"))
		rc = err_set(&c->err, ERR_DENIED, "listen",
			     "others could read passwords and records on the way to %s: give "
			     "--tls-cert and --tls-key; or --trust-proxy, when a proxy with TLS is "
			     "before it; or --insecure-plain-http",
			     listen);
	return rc;
}

static enum err_code
tls_take(struct serving *s)
{
	const char *cert = cli_option(s->c, "tls-cert");
	const char *key = cli_option(s->c, "tls-key");

	if (!cert && !key)
		return ERR_NONE;
	if (!cert || !key)
		return err_set(&s->c->err, ERR_USAGE, "tls-cert",
			       "--tls-cert and --tls-key go together");
	return tls_new(cert, key, &s->tls, &s->c->err);
}

static enum err_code
site_take(struct serving *s)
{
	const char *url = cli_option(s->c, "public-url");

	return url ? webauthn_site_read(str_of(url), &s->service.site, &s->c->err) : ERR_NONE;
}

static enum err_code
networks_take(struct cli *c, const char *option, const struct http_proxies **ret_networks)
{
	const char *list = cli_option(c, option);

	return list ? proxies_parse(list, option, &c->arena, ret_networks, &c->err) : ERR_NONE;
}

/* As many files as connections need, where the system gives that. */
static void
files_allow(struct http_log *log)
{
	const rlim_t wanted = LIMIT_HTTP_CONNECTIONS + FILES_BESIDE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < wanted)
		log_event(log, LOG_LEVEL_WARNING, "few_files",
			  "only %llu files may be open, which is too few for %d connections; "
			  "raise the limit (LimitNOFILE)",
			  (unsigned long long)limit.rlim_cur, LIMIT_HTTP_CONNECTIONS);
}

/* The signals are for the main thread alone, which waits for them; the others inherit that. */
static void
signals_hold(struct serving *s)
{
	(void)sigemptyset(&s->signals);
	(void)sigaddset(&s->signals, SIGTERM);
	(void)sigaddset(&s->signals, SIGINT);
	(void)sigaddset(&s->signals, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
}

/* The signal that came, or 0 after so many milliseconds; -1 waits for ever. */
static int
signal_wait(const struct serving *s, int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * NS_A_MS};
	int got = ms < 0 ? sigwaitinfo(&s->signals, NULL) : sigtimedwait(&s->signals, NULL, &t);

	return got > 0 ? got : 0;
}

static void
reload(struct serving *s)
{
	struct err e = {0};

	notify_send("RELOADING=1");
	if (!s->tls)
		log_event(s->log, LOG_LEVEL_INFO, "reload", "there is no certificate to reload");
	else if (tls_reload(s->tls, &e))
		log_event(s->log, LOG_LEVEL_ERROR, "reload",
			  "the certificate in use stays, as the new one cannot be taken: %s%s%s",
			  e.where, e.where[0] ? ": " : "", e.message);
	else
		log_event(s->log, LOG_LEVEL_INFO, "reload", "the certificate was read again");
	notify_send("READY=1");
}

/* Until somebody wants it to end. */
static void
work(struct serving *s)
{
	const int64_t watchdog = notify_watchdog_ms();

	for (;;) {
		switch (signal_wait(s, watchdog > 0 ? watchdog / 2 : -1)) {
		case SIGHUP:
			reload(s);
			break;
		case SIGTERM:
		case SIGINT:
			return;
		default:
			notify_send("WATCHDOG=1");
		}
	}
}

/* A function that answers and does not end would hold the process for ever; what it writes is not
 * committed, and rolls back. */
static _Noreturn void
leave(struct serving *s, const char *why)
{
	log_event(s->log, LOG_LEVEL_WARNING, "cut", "%s with %zu requests in hand", why,
		  http_server_busy(s->service.server));
	log_close(s->log);
	_exit(err_exit_status(ERR_BUSY));
}

static void
stop(struct serving *s)
{
	const int64_t deadline =
		clock_monotonic_ns() + LIMIT_HTTP_STOP_SECONDS * 1000 * (int64_t)NS_A_MS;

	notify_send("STOPPING=1");
	atomic_store(&s->service.stopping, true);
	log_event(s->log, LOG_LEVEL_INFO, "stopping", "finishing %zu requests",
		  http_server_busy(s->service.server));
	http_server_drain(s->service.server);
	while (http_server_busy(s->service.server) > 0) {
		int got = signal_wait(s, STOP_STEP_MS);

		if (got == SIGTERM || got == SIGINT)
			leave(s, "told a second time to end");
		if (clock_monotonic_ns() > deadline)
			leave(s, "not done in time");
	}
}

/* One for each processor, and two at least. */
static unsigned
threads_wanted(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > THREADS_MOST ? THREADS_MOST : (unsigned)n;
}

static enum err_code
server_start(struct serving *s)
{
	struct cli *c = s->c;
	char place[PLACE_SIZE];
	enum err_code rc = api_describe(workspace_ctx(s->service.ws)->model, false, &c->arena,
					&s->description, &c->err);

	if (!rc)
		rc = listen_open(&s->place, &s->options.listener, &c->err);

	if (rc)
		return rc;
	s->service.description = &s->description;
	listen_text(s->options.listener, place, sizeof(place));
	s->options.threads = threads_wanted();
	s->service.routes = api_routes(&c->arena);
	s->options.routes = s->service.routes;
	s->options.route_count = api_table_count;
	s->options.object = &s->service;
	s->options.tls = s->tls;
	s->options.log = s->log;
	rc = http_server_new(&s->options, &s->service.server, &c->err);
	if (!rc)
		log_event(s->log, LOG_LEVEL_INFO, "listening", "%s", place);
	return rc;
}

/* While nobody can sign in, whoever started the server is told how the first one can. It goes to
 * standard output, as it must not stand in a log. */
static enum err_code
first_link_show(struct serving *s)
{
	CLEANUP(workspace_closep) struct workspace *reader = NULL;
	struct cli *c = s->c;
	struct visit v = {.identity = s->service.identity};
	char place[PLACE_SIZE];
	char link[SECRET_TEXT_SIZE];
	bool closed = false;
	enum err_code rc = workspace_another(s->service.ws, DB_READ, &reader, &c->err);

	if (rc)
		return rc;
	v.ctx = workspace_ctx(reader);
	rc = identity_is_closed(v.ctx, &closed);
	if (!rc && closed)
		rc = identity_first_link(&v, link);
	if (rc)
		c->err = v.ctx->err;
	if (rc || !closed)
		return rc;
	listen_text(s->options.listener, place, sizeof(place));
	cli_print(c,
		  "Nobody can sign in yet. Whoever has this secret makes the first administrator, "
		  "once, within %d hours:\n\n  %s\n\n"
		  "  curl -X POST %s://%s/api/v1/first -H 'Content-Type: application/json' \\\n"
		  "    -d '{\"link\": \"%s\", \"name\": \"NAME\", \"password\": "
		  "\"PASSWORD\"}'\n\n",
		  LIMIT_FIRST_LINK_SECONDS / 3600, link, s->tls ? "https" : "http", place, link);
	return cli_flush(c);
}

/* A store on a server must have the wall that stands behind all that is asked of it. */
static enum err_code
wall_stands(struct serving *s)
{
	struct db *db = workspace_ctx(s->service.ws)->db;
	enum err_code rc = db_see(db, NULL, 0, &s->c->err);

	return rc ? rc : db_see_all(db, &s->c->err);
}

static enum err_code
serve(struct serving *s)
{
	enum err_code rc = cli_open(s->c, DB_WRITE, &s->service.ws);

	if (!rc)
		rc = wall_stands(s);
	if (!rc)
		rc = group_new(workspace_ctx(s->service.ws), &s->service.group, &s->c->err);
	if (!rc)
		rc = identity_new(workspace_key(s->service.ws), s->service.group,
				  &s->service.identity, &s->c->err);
	if (!rc)
		rc = log_open(STDERR_FILENO, &s->log, &s->c->err);
	if (!rc) {
		files_allow(s->log);
		rc = server_start(s);
	}
	if (!rc)
		rc = first_link_show(s);
	if (!rc)
		rc = keeper_new(s->service.ws, s->log, &s->keeper, &s->c->err);
	if (rc)
		return rc;
	notify_send("READY=1");
	work(s);
	stop(s);
	http_server_free(s->service.server);
	log_event(s->log, LOG_LEVEL_INFO, "stopped", "all is done");
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	struct serving s = {.c = c};
	enum err_code rc = place_take(&s);

	service_init(&s.service);
	if (!rc)
		rc = site_take(&s);
	if (!rc)
		rc = networks_take(c, "trust-proxy", &s.options.proxies);
	if (!rc)
		rc = networks_take(c, "metrics-from", &s.service.watchers);
	if (!rc)
		rc = tls_take(&s);
	if (!rc) {
		signals_hold(&s);
		rc = serve(&s);
	}
	keeper_free(s.keeper);
	service_fini(&s.service);
	log_close(s.log);
	identity_free(s.service.identity);
	group_free(s.service.group);
	workspace_close(s.service.ws);
	tls_free(s.tls);
	return rc;
}

const struct command serve_command = {
	.name = "serve",
	.arguments = "",
	.about = "Answer over HTTP, until it is told to stop",
	.details =
		"  holdfast serve --home DIR\n"
		"  holdfast serve --home DIR --listen 0.0.0.0:8443 --tls-cert CERT --tls-key KEY\n"
		"  holdfast serve --home DIR --listen unix:/run/holdfast/http --trust-proxy unix\n"
		"\n"
		"It listens on 127.0.0.1:8700 unless told otherwise. SIGTERM ends it when the\n"
		"requests in hand are done; a second one at once. SIGHUP reads the certificate\n"
		"again. Its log goes to standard error, a line of JSON for each event. See\n"
		"docs/serve.md.\n",
	.options = {{"listen", "PLACE", "ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH"},
		    {"tls-cert", "FILE", "certificate (PEM), those of authorities after it"},
		    {"tls-key", "FILE", "its key (PEM)"},
		    {"public-url", "URL", "where browsers find it: security keys need that"},
		    {"trust-proxy", "CIDR...",
		     "network, address or 'unix' of a proxy whose X-Forwarded-For is true"},
		    {"metrics-from", "CIDR...", "who else than this machine may read /metrics"},
		    {"insecure-plain-http", NULL,
		     "listen for others without TLS, though they can be listened to"}},
	.run = run,
};
