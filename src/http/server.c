#include "http/server_priv.h"

#include "sys/random.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 2, SERVER_MEMORY = 1024 * 1024, SPARE_CONNECTIONS = 128 };

/* We take paths apart ourselves. */
static size_t
unescape_nothing(void *object, struct MHD_Connection *c, char *text)
{
	(void)object;
	(void)c;
	return strlen(text);
}

/* GnuTLS asks for the certificate at each handshake, so that it can be another from now on. */
static int
certificate_give(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
		 const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
		 gnutls_pcert_st **ret_chain, unsigned *ret_length, gnutls_privkey_t *ret_key)
{
	struct peer *p = peer_of(gnutls_session_get_ptr(session));
	struct tls_pair pair = tls_pair(p->server->o.tls);

	(void)authorities;
	(void)authority_count;
	(void)algorithms;
	(void)algorithm_count;
	*ret_chain = pair.chain;
	*ret_length = pair.length;
	*ret_key = pair.key;
	return 0;
}

static struct MHD_Daemon *
daemon_start(struct http_server *s)
{
	unsigned flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;

	if (s->o.tls)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, call_continue, s, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)s->limits.connections + SPARE_CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, call_begin, s, MHD_OPTION_NOTIFY_COMPLETED, call_end,
		s, MHD_OPTION_NOTIFY_CONNECTION, peer_notify, s, MHD_OPTION_UNESCAPE_CALLBACK,
		unescape_nothing, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		/* Without TLS these two mean nothing. */
		MHD_OPTION_HTTPS_CERT_CALLBACK, certificate_give, MHD_OPTION_HTTPS_PRIORITIES,
		tls_priorities, MHD_OPTION_END);
}

static struct http_limits
limits_of(const struct http_limits *given)
{
	struct http_limits l = *given;

	l.connections = l.connections ? l.connections : LIMIT_HTTP_CONNECTIONS;
	if (l.address_connections == 0)
		l.address_connections = LIMIT_HTTP_ADDRESS_CONNECTIONS;
	l.bodies = l.bodies ? l.bodies : LIMIT_HTTP_BODIES_BYTES;
	l.header_ms = l.header_ms ? l.header_ms : LIMIT_HTTP_HEADER_SECONDS * 1000;
	l.body_ms = l.body_ms ? l.body_ms : LIMIT_HTTP_BODY_SECONDS * 1000;
	l.reply_ms = l.reply_ms ? l.reply_ms : LIMIT_HTTP_REPLY_SECONDS * 1000;
	l.idle_ms = l.idle_ms ? l.idle_ms : LIMIT_HTTP_IDLE_SECONDS * 1000;
	l.heartbeat_ms = l.heartbeat_ms ? l.heartbeat_ms : LIMIT_HTTP_HEARTBEAT_SECONDS * 1000;
	l.workers = l.workers ? l.workers : LIMIT_HTTP_WORKERS;
	l.waiting = l.waiting ? l.waiting : LIMIT_HTTP_WAITING;
	return l;
}

/* Both the condition and the deadlines go by the clock that nobody sets. */
static void
lock_init(struct http_server *s)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	(void)pthread_mutex_init(&s->lock, NULL);
}

static enum err_code
start(struct http_server *s, struct err *e)
{
	const size_t lanes = s->o.threads > 1 ? s->o.threads : THREADS;
	void *queue = dlsym(RTLD_NEXT, "MHD_queue_response");

	if (lanes > LANES_MOST)
		return err_set(e, ERR_INTERNAL, "", "a server has at most %d threads", LANES_MOST);
	if (!queue)
		return err_set(e, ERR_INTERNAL, "", "libmicrohttpd is not where it should be");
	memcpy(&s->queue, &queue, sizeof(s->queue));
	if (pthread_create(&s->watch, NULL, watch_run, s) != 0)
		return err_set(e, ERR_INTERNAL, "", "cannot start a thread");
	s->watching = true;
	while (s->lane_count < lanes) {
		struct MHD_Daemon *daemon = daemon_start(s);

		if (!daemon)
			return err_set(e, ERR_INTERNAL, "", "libmicrohttpd does not start: %s",
				       strerror(errno));
		s->lanes[s->lane_count++].daemon = daemon;
	}
	if (!accept_start(s))
		return err_set(e, ERR_INTERNAL, "", "cannot start the thread that accepts");
	return ERR_NONE;
}

enum err_code
http_server_new(const struct http_options *o, struct http_server **ret_server, struct err *e)
{
	struct http_server *s = calloc(1, sizeof(*s));
	enum err_code rc;

	if (!s || pthread_key_create(&s->thread_key, thread_free) != 0) {
		(void)close(o->listener);
		free(s);
		return err_set(e, ERR_INTERNAL, "", "no memory for a server");
	}
	s->o = *o;
	s->accept_end[0] = s->accept_end[1] = -1;
	s->limits = limits_of(&o->limits);
	arena_init(&s->arena, SERVER_MEMORY);
	lock_init(s);
	random_bytes(&s->seed, sizeof(s->seed));
	rc = route_tree_new(o->routes, o->route_count, &s->arena, &s->tree, e);
	if (!rc)
		rc = work_new(&s->limits, &s->work, e);
	if (!rc)
		rc = start(s, e);
	if (rc) {
		http_server_free(s);
		return rc;
	}
	*ret_server = s;
	return ERR_NONE;
}

void
http_server_drain(struct http_server *s)
{
	if (atomic_exchange(&s->draining, true))
		return;
	accept_stop(s);
	peers_shut_idle(s);
}

size_t
http_server_busy(struct http_server *s)
{
	return atomic_load(&s->busy);
}

static void
watch_end(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->ends = true;
	(void)pthread_cond_signal(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->watch, NULL);
}

void
http_server_free(struct http_server *s)
{
	if (!s)
		return;
	http_server_drain(s);
	peers_shut_all(s);
	/* The library wants none suspended when it stops. */
	if (s->work)
		work_end(s->work);
	for (size_t i = 0; i < s->lane_count; i++)
		MHD_stop_daemon(s->lanes[i].daemon);
	work_free(s->work);
	if (s->watching)
		watch_end(s);
	while (s->shards) {
		struct number_shard *next = s->shards->next;

		free(s->shards);
		s->shards = next;
	}
	(void)pthread_key_delete(s->thread_key);
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_mutex_destroy(&s->lock);
	arena_fini(&s->arena);
	free(s);
}

static void
counter(struct buf *out, const char *name, const char *about, uint64_t value)
{
	number_family(out, name, "counter", about);
	buf_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

static void
gauge(struct buf *out, const char *name, const char *about, uint64_t value)
{
	number_family(out, name, "gauge", about);
	buf_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

void
http_server_metrics(struct http_server *s, struct buf *out)
{
	const struct number_shard *shards;
	size_t peers;

	(void)pthread_mutex_lock(&s->lock);
	shards = s->shards;
	peers = s->peer_count;
	(void)pthread_mutex_unlock(&s->lock);
	number_print(shards, s->o.routes, s->o.route_count, out);
	gauge(out, "holdfast_http_connections", "Connections that are open.", peers);
	gauge(out, "holdfast_http_requests_running", "Requests that have no reply yet.",
	      atomic_load(&s->busy));
	gauge(out, "holdfast_http_requests_waiting",
	      "Requests that wait for a thread of those that may wait.", work_waiting(s->work));
	counter(out, "holdfast_http_connections_total", "Connections accepted.",
		atomic_load(&s->accepted));
	counter(out, "holdfast_http_connections_refused_total",
		"Connections beyond a limit, in all or of one address.", atomic_load(&s->refused));
	counter(out, "holdfast_http_connections_late_total",
		"Connections that were cut because they took too long.", atomic_load(&s->late));
	counter(out, "holdfast_log_lines_dropped_total",
		"Lines of the log that found no room, because nobody takes them.",
		log_dropped(s->o.log));
	if (s->o.tls)
		gauge(out, "holdfast_tls_certificate_ends_seconds",
		      "When the certificate ends, in seconds since 1970.",
		      (uint64_t)tls_ends(s->o.tls));
}
