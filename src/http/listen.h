/* listen.h -- the socket that a server listens on. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct listen_place {
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_storage space;
	} at;
	socklen_t size;
	bool is_local; /* a socket of this machine, or its loopback address */
};

/* ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH. Names are not looked up. ERR_USAGE says what is wrong.
 * Port 0 is any free one. */
MUST_CHECK enum err_code listen_parse(const char *text, struct listen_place *ret_place,
				      struct err *e);
/* ERR_CONFLICT when another listens there, ERR_DENIED when this user may not. A socket file that
 * nobody listens on any more is replaced; the file is open to owner and group. */
MUST_CHECK enum err_code listen_open(const struct listen_place *p, int *ret_listener,
				     struct err *e);
/* Where it listens, as listen_parse takes it, with the port that was free. */
void listen_text(int listener, char *text, size_t size);

#endif
