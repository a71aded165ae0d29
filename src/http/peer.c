#include "http/server_priv.h"

#include "sys/clock.h"

#include <stdlib.h>
#include <time.h>

enum { TICK_NS = 250 * NS_A_MS };

static const int64_t second_ns = 1000 * (int64_t)NS_A_MS;

int64_t
deadline_after(int64_t ms)
{
	return clock_monotonic_ns() + ms * NS_A_MS;
}

struct peer *
peer_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

void
peer_tell(const struct peer *p, const struct problem *problem)
{
	CLEANUP(buf_fini) struct buf body = {.limit = 1024};
	CLEANUP(buf_fini) struct buf text = {.limit = 4096};

	if (p->server->o.tls)
		return;
	problem_text(problem, &body);
	buf_addf(&text, "HTTP/1.1 %d %s\r\nConnection: close\r\n", problem->status,
		 http_status_title(problem->status));
	reply_secure_text(&text);
	buf_addf(&text,
		 "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 body.len);
	buf_add(&text, body.data, body.len);
	if (!text.failed && !body.failed)
		(void)send(p->fd, text.data, text.len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* It may still read what was sent to it, for a moment: closing at once would take that away. */
static void
peer_dismiss(struct peer *p)
{
	atomic_store(&p->phase, PEER_GONE);
	atomic_store(&p->deadline_ns, deadline_after(LINGER_MS));
	(void)shutdown(p->fd, SHUT_WR);
}

static size_t
address_limit(const struct http_server *s, const struct peer *p)
{
	if (s->o.limits.address_connections > 0)
		return s->o.limits.address_connections;
	if (p->address.is_local || address_is_loopback(&p->address) ||
	    proxies_trust(s->o.proxies, &p->address))
		return SIZE_MAX;
	return s->limits.address_connections;
}

/* Under the lock. */
static size_t
same_address(const struct http_server *s, const struct peer *p)
{
	size_t n = 0;

	for (const struct peer *i = s->peers; i; i = i->next)
		n += address_same_site(&i->address, &p->address);
	return n;
}

static void
peer_add(struct http_server *s, struct peer *p)
{
	size_t for_address = address_limit(s, p);
	bool many;
	bool many_there;

	(void)pthread_mutex_lock(&s->lock);
	many = s->peer_count >= s->limits.connections;
	many_there = s->peer_count >= for_address && same_address(s, p) >= for_address;
	p->next = s->peers;
	p->link = &s->peers;
	if (p->next)
		p->next->link = &p->next;
	s->peers = p;
	if (s->peer_count++ == 0)
		(void)pthread_cond_signal(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	atomic_fetch_add(&s->accepted, 1);
	if (!many && !many_there)
		return;
	atomic_fetch_add(&s->refused, 1);
	peer_tell(p, &(struct problem){
			     .status = many ? 503 : 429,
			     .name = "too_many_connections",
			     .detail = many ? "the server has as many connections as it takes; try "
					      "again later"
					    : "this address has as many connections as it may; "
					      "close some"});
	peer_dismiss(p);
}

static struct peer *
peer_new(struct http_server *s, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *sa =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct peer *p = calloc(1, sizeof(*p));

	if (!p || !fd)
		abort();
	p->server = s;
	p->connection = c;
	p->fd = fd->connect_fd;
	address_of(sa ? sa->client_addr : NULL, &p->address);
	atomic_init(&p->phase, PEER_NEW);
	atomic_init(&p->deadline_ns, deadline_after(s->limits.header_ms));
	return p;
}

/* The library closes the socket after it has told of that, so that a number of a socket is never
 * another's while its peer is in the list. */
void
peer_notify(void *server, struct MHD_Connection *c, void **context,
	    enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = server;
	struct peer *p = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		p = peer_new(s, c);
		*context = p;
		peer_add(s, p);
		return;
	}
	lane_leave(s, c);
	(void)pthread_mutex_lock(&s->lock);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	s->peer_count--;
	(void)pthread_mutex_unlock(&s->lock);
	free(p);
}

bool
peer_enter(struct peer *p, enum peer_phase phase, int64_t deadline_ns)
{
	enum peer_phase now = atomic_load(&p->phase);

	atomic_store(&p->deadline_ns, deadline_ns);
	while (now != PEER_GONE) {
		if (atomic_compare_exchange_weak(&p->phase, &now, phase))
			return true;
	}
	atomic_store(&p->deadline_ns, deadline_after(LINGER_MS));
	return false;
}

bool
peer_wait(struct peer *p, uint64_t wakes)
{
	struct http_server *s = p->server;
	bool waits = false;

	(void)pthread_mutex_lock(&s->lock);
	if (atomic_load(&s->wakes) == wakes && !atomic_load(&s->draining)) {
		p->waits = waits = true;
		p->waits_since_ns = clock_monotonic_ns();
		atomic_store(&p->deadline_ns, 0);
		MHD_suspend_connection(p->connection);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return waits;
}

bool
peer_beat(struct peer *p)
{
	bool beat;

	(void)pthread_mutex_lock(&p->server->lock);
	beat = p->beat;
	p->beat = false;
	(void)pthread_mutex_unlock(&p->server->lock);
	return beat;
}

/* Under the lock. */
static void
peer_wake(struct peer *p)
{
	if (p->waits) {
		p->waits = false;
		MHD_resume_connection(p->connection);
	}
}

void
http_server_wake(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	atomic_fetch_add(&s->wakes, 1);
	for (struct peer *p = s->peers; p; p = p->next)
		peer_wake(p);
	(void)pthread_mutex_unlock(&s->lock);
}

/* Under the lock. One that sends headers or a body is told why it must go. */
static void
peer_late(struct http_server *s, struct peer *p)
{
	enum peer_phase phase = atomic_load(&p->phase);

	if ((phase == PEER_HEADERS || phase == PEER_BODY) &&
	    atomic_compare_exchange_strong(&p->phase, &phase, PEER_GONE)) {
		peer_tell(p, &(struct problem){.status = 408,
					       .name = "too_slow",
					       .detail = phase == PEER_BODY
								 ? "the body came too slowly"
								 : "the headers came too slowly"});
		peer_dismiss(p);
	} else {
		/* Whatever it does, it does no longer; the library finds the end of it. */
		atomic_store(&p->deadline_ns, deadline_after(LINGER_MS));
		(void)shutdown(p->fd, SHUT_RDWR);
	}
	if (phase != PEER_IDLE && phase != PEER_GONE)
		atomic_fetch_add(&s->late, 1);
}

/* Under the lock. */
static void
peer_watch(struct http_server *s, struct peer *p, int64_t now)
{
	int64_t deadline = atomic_load(&p->deadline_ns);

	if (deadline > 0 && now > deadline)
		peer_late(s, p);
	if (p->waits && now - p->waits_since_ns > s->limits.heartbeat_ms * NS_A_MS) {
		p->beat = true;
		peer_wake(p);
	}
}

void *
watch_run(void *server)
{
	struct http_server *s = server;

	(void)pthread_mutex_lock(&s->lock);
	while (!s->ends) {
		int64_t now = clock_monotonic_ns();
		struct timespec until;

		for (struct peer *p = s->peers; p; p = p->next)
			peer_watch(s, p, now);
		if (s->peers) {
			now += TICK_NS;
			until = (struct timespec){now / second_ns, now % second_ns};
			(void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
		} else {
			(void)pthread_cond_wait(&s->changed, &s->lock);
		}
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

void
peers_shut_idle(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	for (struct peer *p = s->peers; p; p = p->next) {
		enum peer_phase phase = atomic_load(&p->phase);

		if (phase == PEER_NEW || phase == PEER_IDLE)
			(void)shutdown(p->fd, SHUT_RDWR);
		peer_wake(p);
	}
	(void)pthread_mutex_unlock(&s->lock);
}

void
peers_shut_all(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	for (struct peer *p = s->peers; p; p = p->next) {
		(void)shutdown(p->fd, SHUT_RDWR);
		peer_wake(p);
	}
	(void)pthread_mutex_unlock(&s->lock);
}
