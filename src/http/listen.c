#include "http/listen.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 1024, LOCAL_MODE = 0660 };

static enum err_code
local_parse(struct str path, struct listen_place *p, struct err *e)
{
	struct sockaddr_un *sa = &p->at.local;

	if (path.len == 0 || path.len >= sizeof(sa->sun_path))
		return err_set(e, ERR_USAGE, "listen",
			       "the path after unix: must have 1 to %zu bytes",
			       sizeof(sa->sun_path) - 1);
	sa->sun_family = AF_UNIX;
	memcpy(sa->sun_path, path.ptr, path.len);
	p->size = sizeof(*sa);
	p->is_local = true;
	return ERR_NONE;
}

static bool
address_take(struct str host, uint16_t port, struct listen_place *p)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&p->at.space;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&p->at.space;
	char z[INET6_ADDRSTRLEN];
	bool is_6 = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';

	if (is_6)
		host = (struct str){host.ptr + 1, host.len - 2};
	if (host.len >= sizeof(z))
		return false;
	(void)snprintf(z, sizeof(z), "%.*s", STR_ARG(host));
	if (is_6 && inet_pton(AF_INET6, z, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		p->size = sizeof(*v6);
		p->is_local = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
		return true;
	}
	if (is_6 || inet_pton(AF_INET, z, &v4->sin_addr) != 1)
		return false;
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	p->size = sizeof(*v4);
	p->is_local = ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return true;
}

enum err_code
listen_parse(const char *text, struct listen_place *ret_place, struct err *e)
{
	struct listen_place p = {0};
	const char *colon = strrchr(text, ':');
	int64_t port = -1;

	if (strncmp(text, "unix:", 5) == 0) {
		enum err_code rc = local_parse(str_of(text + 5), &p, e);

		if (!rc)
			*ret_place = p;
		return rc;
	}
	if (!colon || !str_int(str_of(colon + 1), &port) || port < 0 || port > UINT16_MAX ||
	    !address_take((struct str){text, (size_t)(colon - text)}, (uint16_t)port, &p))
		return err_set(e, ERR_USAGE, "listen",
			       "'%.80s' is no place to listen; write it as 127.0.0.1:8700, "
			       "[::1]:8700 or unix:/run/holdfast/http",
			       text);
	*ret_place = p;
	return ERR_NONE;
}

/* The file of a server that ended without taking it away. */
static bool
is_stale(const struct listen_place *p)
{
	struct stat st;
	int fd;
	bool stale;

	if (lstat(p->at.local.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	stale = connect(fd, &p->at.any, p->size) != 0 && errno == ECONNREFUSED;
	(void)close(fd);
	return stale;
}

static enum err_code
place_error(const struct listen_place *p, int error, struct err *e)
{
	enum err_code code = error == EADDRINUSE		 ? ERR_CONFLICT
			     : error == EACCES || error == EPERM ? ERR_DENIED
								 : ERR_IO;

	if (p->at.any.sa_family == AF_UNIX)
		return err_set(e, code, "listen", "cannot listen on %s: %s", p->at.local.sun_path,
			       strerror(error));
	return err_set(e, code, "listen", "cannot listen there: %s%s", strerror(error),
		       error == EADDRINUSE ? "; another program does, or choose another with "
					     "--listen"
					   : "");
}

static bool
place_bind(const struct listen_place *p, int fd)
{
	const int on = 1;
	mode_t old;
	int status;

	if (p->at.any.sa_family != AF_UNIX) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (p->at.any.sa_family == AF_INET6)
			(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		return bind(fd, &p->at.any, p->size) == 0;
	}
	if (is_stale(p))
		(void)unlink(p->at.local.sun_path);
	old = umask(0777 & ~LOCAL_MODE);
	status = bind(fd, &p->at.any, p->size);
	(void)umask(old);
	return status == 0;
}

enum err_code
listen_open(const struct listen_place *p, int *ret_listener, struct err *e)
{
	int fd = socket(p->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return place_error(p, errno, e);
	if (!place_bind(p, fd) || listen(fd, BACKLOG) != 0) {
		enum err_code rc = place_error(p, errno, e);

		(void)close(fd);
		return rc;
	}
	*ret_listener = fd;
	return ERR_NONE;
}

void
listen_text(int listener, char *text, size_t size)
{
	struct listen_place p = {.size = sizeof(p.at)};
	char host[INET6_ADDRSTRLEN] = "";

	(void)snprintf(text, size, "nowhere");
	if (getsockname(listener, &p.at.any, &p.size) != 0)
		return;
	if (p.at.any.sa_family == AF_UNIX) {
		(void)snprintf(text, size, "unix:%s", p.at.local.sun_path);
	} else if (p.at.any.sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)&p.at.space;

		(void)snprintf(text, size, "%s:%u",
			       inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host)),
			       ntohs(v4->sin_port));
	} else if (p.at.any.sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)&p.at.space;

		(void)snprintf(text, size, "[%s]:%u",
			       inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host)),
			       ntohs(v6->sin6_port));
	}
}
