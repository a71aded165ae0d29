/* accept.c -- takes connections, and gives each to the thread that serves the fewest.
 *
 * Threads that took them by themselves would each take as many as came at once to whichever woke
 * first, and who is served by a thread with twice as many waits twice as long.
 */
#include "http/server_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { PAUSE_MS = 100 };

static struct lane *
lane_choose(struct http_server *s)
{
	struct lane *best = &s->lanes[0];

	for (size_t i = 1; i < s->lane_count; i++) {
		if (atomic_load(&s->lanes[i].peers) < atomic_load(&best->peers))
			best = &s->lanes[i];
	}
	return best;
}

void
lane_leave(struct http_server *s, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_DAEMON);

	for (size_t n = 0; i && n < s->lane_count; n++) {
		if (s->lanes[n].daemon == i->daemon)
			atomic_fetch_sub(&s->lanes[n].peers, 1);
	}
}

/* False when there is none, or for now there can be none. */
static bool
take_one(struct http_server *s, bool *ret_pause)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage space;
	} from = {.any = {.sa_family = AF_UNSPEC}};
	socklen_t size = sizeof(from);
	int fd = accept4(s->o.listener, &from.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct lane *l;

	if (fd < 0) {
		*ret_pause = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
		return errno == EINTR || errno == ECONNABORTED;
	}
	l = lane_choose(s);
	atomic_fetch_add(&l->peers, 1);
	/* Where it fails the socket is closed. */
	if (MHD_add_connection(l->daemon, fd, &from.any, size) != MHD_YES)
		atomic_fetch_sub(&l->peers, 1);
	return true;
}

/* Where there are too many files to take another, it looks again a little later. */
static void *
accept_run(void *server)
{
	struct http_server *s = server;
	struct pollfd at[] = {
		{.fd = s->accept_end[0], .events = POLLIN},
		{.fd = s->o.listener,    .events = POLLIN},
	};
	bool pause = false;

	for (;;) {
		at[1].events = pause ? 0 : POLLIN;
		(void)poll(at, COUNT_OF(at), pause ? PAUSE_MS : -1);
		if (at[0].revents)
			return NULL;
		pause = false;
		while (take_one(s, &pause))
			;
	}
}

bool
accept_start(struct http_server *s)
{
	if (pipe2(s->accept_end, O_CLOEXEC) != 0)
		return false;
	s->accepting = pthread_create(&s->accept, NULL, accept_run, s) == 0;
	return s->accepting;
}

void
accept_stop(struct http_server *s)
{
	if (s->accept_end[1] >= 0)
		(void)close(s->accept_end[1]);
	if (s->accepting)
		(void)pthread_join(s->accept, NULL);
	if (s->accept_end[0] >= 0)
		(void)close(s->accept_end[0]);
	(void)close(s->o.listener);
	s->accepting = false;
	s->accept_end[0] = s->accept_end[1] = s->o.listener = -1;
}
