#include "base/limits.h"
#include "cli/cli.h"
#include "face/face.h"
#include "http/listen.h"
#include "http/log.h"
#include "http/tls.h"
#include "identity/first.h"
#include "serve/edition.h"
#include "serve/notify.h"
#include "sys/clock.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
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
	struct str actor; /* whoever started it */
	struct edition *now;
	struct edition *old; /* that finishes the requests in its hands, or NULL */
	int64_t old_until;   /* nanoseconds of the monotonic clock */
	bool again;	     /* told to reload while there was an old one */
	struct edition_options edition;
	struct listen_place place;
	struct http_tls *tls;
	struct http_log *log;
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

	return url ? webauthn_site_read(str_of(url), &s->edition.site, &s->c->err) : ERR_NONE;
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
listener_close(struct serving *s)
{
	if (s->edition.listener >= 0)
		(void)close(s->edition.listener);
	s->edition.listener = -1;
}

static void
certificate_reload(struct serving *s)
{
	struct err e = {0};

	if (!s->tls)
		return;
	if (tls_reload(s->tls, &e))
		log_event(s->log, LOG_LEVEL_ERROR, "reload",
			  "the certificate in use stays, as the new one cannot be taken: %s%s%s",
			  e.where, e.where[0] ? ": " : "", e.message);
	else
		log_event(s->log, LOG_LEVEL_INFO, "reload", "the certificate was read again");
}

static void
providers_reload(struct serving *s)
{
	struct err e = {0};

	if (!s->edition.oidc)
		return;
	if (oidc_reload(s->edition.oidc, &e))
		log_event(s->log, LOG_LEVEL_ERROR, "providers_reload",
			  "the providers in use stay, as the new ones cannot be taken: %s%s%s",
			  e.where, e.where[0] ? ": " : "", e.message);
	else
		log_event(s->log, LOG_LEVEL_INFO, "providers_reload",
			  "the providers were read again");
}

static const struct model *
model_of(struct edition *ed)
{
	return workspace_ctx(edition_service(ed)->ws)->model;
}

static int64_t
stop_deadline(void)
{
	return clock_monotonic_ns() + LIMIT_HTTP_STOP_SECONDS * 1000 * (int64_t)NS_A_MS;
}

/* A plan that was taken in since (holdfast init) is served from now on. */
static enum err_code
plan_reload(struct serving *s, bool *ret_same)
{
	struct workspace *ws = NULL;
	struct edition *ed = NULL;
	enum err_code rc = cli_open(s->c, DB_WRITE, &ws);

	if (rc)
		return rc;
	*ret_same = hash_eq(&workspace_ctx(ws)->model->hash, &model_of(s->now)->hash);
	if (*ret_same) {
		workspace_close(ws);
		return ERR_NONE;
	}
	rc = edition_new(&s->edition, ws, &ed, &s->c->err);
	if (rc)
		return rc;
	s->old = s->now;
	s->old_until = stop_deadline();
	s->now = ed;
	edition_drain(s->old);
	return ERR_NONE;
}

static void
reload(struct serving *s)
{
	struct err *e = &s->c->err;
	char name[HASH_HEX_LEN + 1];
	bool same = false;

	s->again = s->old != NULL;
	if (s->again)
		return;
	notify_send("RELOADING=1");
	certificate_reload(s);
	providers_reload(s);
	*e = (struct err){0};
	if (plan_reload(s, &same)) {
		log_event(s->log, LOG_LEVEL_ERROR, "plan_reload",
			  "the plan in use stays, as the new one cannot be taken: %s%s%s", e->where,
			  e->where[0] ? ": " : "", e->message);
	} else {
		hash_hex(&model_of(s->now)->hash, name);
		log_event(s->log, LOG_LEVEL_INFO, "plan_reload", "the plan %s: %.12s",
			  same ? "is the same" : "was read again", name);
	}
	*e = (struct err){0};
	notify_send("READY=1");
}

/* The old edition ends when its requests are answered, and the new one keeps the posture then: two
 * plans would decide it in turns. */
static void
old_look(struct serving *s)
{
	struct err e = {0};

	if (!s->old || edition_decides(s->old) ||
	    (edition_busy(s->old) > 0 && clock_monotonic_ns() < s->old_until))
		return;
	if (edition_busy(s->old) > 0)
		log_event(s->log, LOG_LEVEL_WARNING, "cut",
			  "the plan before ends with %zu requests in hand", edition_busy(s->old));
	edition_free(s->old);
	s->old = NULL;
	if (edition_keep(s->now, &e))
		log_event(s->log, LOG_LEVEL_ERROR, "not_assessed", "%s", e.message);
	if (s->again)
		reload(s);
}

/* Until somebody wants it to end. */
static void
work(struct serving *s)
{
	const int64_t watchdog = notify_watchdog_ms();
	const int64_t wait = watchdog > 0 ? watchdog / 2 : -1;

	for (;;) {
		switch (signal_wait(s, s->old ? STOP_STEP_MS : wait)) {
		case SIGHUP:
			reload(s);
			break;
		case SIGTERM:
		case SIGINT:
			return;
		default:
			old_look(s);
			notify_send("WATCHDOG=1");
		}
	}
}

static size_t
busy(struct serving *s)
{
	return edition_busy(s->now) + (s->old ? edition_busy(s->old) : 0);
}

/* A function that answers and does not end would hold the process for ever; what it writes is not
 * committed, and rolls back. */
static _Noreturn void
leave(struct serving *s, const char *why)
{
	log_event(s->log, LOG_LEVEL_WARNING, "cut", "%s with %zu requests in hand", why, busy(s));
	log_close(s->log);
	_exit(err_exit_status(ERR_BUSY));
}

static void
stop(struct serving *s)
{
	const int64_t deadline = stop_deadline();

	notify_send("STOPPING=1");
	atomic_store(&edition_service(s->now)->stopping, true);
	log_event(s->log, LOG_LEVEL_INFO, "stopping", "finishing %zu requests", busy(s));
	listener_close(s);
	edition_drain(s->now);
	while (busy(s) > 0) {
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
listen_start(struct serving *s)
{
	enum err_code rc = listen_open(&s->place, &s->edition.listener, &s->c->err);

	s->edition.http.threads = threads_wanted();
	s->edition.http.tls = s->tls;
	s->edition.http.log = s->log;
	return rc;
}

/* The browser keeps what stands behind a # to itself, so the secret is in nobody's log. */
static void
first_page_show(struct serving *s, const char *place, const char *link)
{
	struct str origin = s->edition.site.origin;

	if (face_file_count == 0 || (!origin.ptr && strncmp(place, "unix:", 5) == 0))
		return;
	if (origin.ptr)
		cli_print(s->c, "In a browser:\n\n  %.*s/first#%s\n\n", STR_ARG(origin), link);
	else
		cli_print(s->c, "In a browser:\n\n  %s://%s/first#%s\n\n",
			  s->tls ? "https" : "http", place, link);
}

/* While nobody can sign in, whoever started the server is told how the first one can. It goes to
 * standard output, as it must not stand in a log. */
static enum err_code
first_link_show(struct serving *s)
{
	struct cli *c = s->c;
	struct service *service = edition_service(s->now);
	struct ctx ctx;
	struct visit v = {.ctx = &ctx, .identity = service->identity};
	char place[PLACE_SIZE];
	char link[SECRET_TEXT_SIZE];
	bool closed = false;
	/* The first request finds the connection open. */
	enum err_code rc = service_read(service, &c->arena, &ctx, &c->err);

	if (rc)
		return rc;
	ctx.actor = s->actor;
	rc = identity_is_closed(&ctx, &closed);
	if (!rc && closed)
		rc = identity_first_link(&v, link);
	if (rc)
		c->err = ctx.err;
	service_give(&ctx);
	if (rc || !closed)
		return rc;
	listen_text(s->edition.listener, place, sizeof(place));
	cli_print(c,
		  "Nobody can sign in yet. Whoever has this secret makes the first administrator, "
		  "once, within %d hours:\n\n  %s\n\n",
		  LIMIT_FIRST_LINK_SECONDS / 3600, link);
	first_page_show(s, place, link);
	cli_print(c,
		  "In a shell:\n\n  curl -X POST %s://%s/api/v1/first -H 'Content-Type: "
		  "application/json' \\\n"
		  "    -d '{\"link\": \"%s\", \"name\": \"NAME\", \"password\": "
		  "\"PASSWORD\"}'\n\n",
		  s->tls ? "https" : "http", place, link);
	return cli_flush(c);
}

/* Before other threads: libcurl wants that. */
static enum err_code
providers_take(struct serving *s, struct workspace *ws)
{
	const struct oidc_options o = {.path = cli_option(s->c, "oidc"),
				       .site = s->edition.site.origin,
				       .key = workspace_key(ws)};

	if (!o.path)
		return ERR_NONE;
	if (!s->edition.site.origin.ptr)
		return err_set(&s->c->err, ERR_USAGE, "oidc",
			       "--oidc needs --public-url: a provider sends browsers back to it");
	return oidc_new(&o, &s->edition.oidc, &s->c->err);
}

static enum err_code
serve(struct serving *s)
{
	struct cli *c = s->c;
	struct workspace *ws = NULL;
	char place[PLACE_SIZE];
	enum err_code rc = cli_open(c, DB_WRITE, &ws);

	if (!rc) {
		s->actor = workspace_ctx(ws)->actor;
		rc = providers_take(s, ws);
	}
	if (!rc)
		rc = log_open(STDERR_FILENO, &s->log, &c->err);
	if (!rc) {
		files_allow(s->log);
		rc = listen_start(s);
	}
	if (rc) {
		workspace_close(ws);
		return rc;
	}
	rc = edition_new(&s->edition, ws, &s->now, &c->err);
	if (rc)
		return rc;
	rc = first_link_show(s);
	if (!rc)
		rc = edition_keep(s->now, &c->err);
	if (rc)
		return rc;
	listen_text(s->edition.listener, place, sizeof(place));
	log_event(s->log, LOG_LEVEL_INFO, "listening", "%s", place);
	notify_send("READY=1");
	work(s);
	stop(s);
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	struct serving s = {.c = c, .edition = {.listener = -1}};
	bool stopped = false;
	enum err_code rc = place_take(&s);

	if (!rc)
		rc = site_take(&s);
	if (!rc)
		rc = networks_take(c, "trust-proxy", &s.edition.http.proxies);
	if (!rc)
		rc = networks_take(c, "metrics-from", &s.edition.watchers);
	if (!rc)
		rc = tls_take(&s);
	if (!rc) {
		signals_hold(&s);
		rc = serve(&s);
		stopped = !rc;
	}
	edition_free(s.old);
	edition_free(s.now);
	listener_close(&s);
	if (stopped)
		log_event(s.log, LOG_LEVEL_INFO, "stopped", "all is done");
	log_close(s.log);
	oidc_free(s.edition.oidc);
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
		"requests in hand are done; a second one at once. SIGHUP reads plan,\n"
		"certificate and providers again. Its log goes to standard error, a line of JSON "
		"for each event. "
		"See\n"
		"docs/serve.md.\n",
	.options = {{"listen", "PLACE", "ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH"},
		    {"tls-cert", "FILE", "certificate (PEM), those of authorities after it"},
		    {"tls-key", "FILE", "its key (PEM)"},
		    {"public-url", "URL", "where browsers find it: security keys need that"},
		    {"trust-proxy", "CIDR...",
		     "network, address or 'unix' of a proxy whose X-Forwarded-For is true"},
		    {"metrics-from", "CIDR...", "who else than this machine may read /metrics"},
		    {"oidc", "FILE", "providers that people sign in by (docs/users.md)"},
		    {"insecure-plain-http", NULL,
		     "listen for others without TLS, though they can be listened to"}},
	.run = run,
};
