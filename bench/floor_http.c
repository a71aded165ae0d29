/* floor_http.c -- what the library alone does: the measure for the server.
 *
 * usage: floor_http BYTES
 *
 * Listens on a free port of this machine, prints it, and answers everything with as many bytes,
 * from libmicrohttpd with as many threads as the server has. Ends with its standard input.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 2, CONNECTIONS = 2000 };

typedef enum MHD_Result queue_function(struct MHD_Connection *, unsigned, struct MHD_Response *);

struct floor {
	struct MHD_Response *response;
	queue_function *queue;
};

static enum MHD_Result
answer(void *object, struct MHD_Connection *c, const char *url, const char *method,
       const char *version, const char *bytes, size_t *size, void **context)
{
	struct floor *f = object;

	(void)url;
	(void)method;
	(void)version;
	(void)bytes;
	if (!*context) {
		*context = f;
		return MHD_YES;
	}
	*size = 0;
	return f->queue(c, 200, f->response);
}

int
main(int argc, char **argv)
{
	size_t size = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	/* The server's own function of that name (http/queue.c) is linked in here, too. */
	void *queue = dlsym(RTLD_NEXT, "MHD_queue_response");
	struct floor f;
	struct MHD_Daemon *d;
	char *body;

	if (size == 0 || !queue || !(body = malloc(size))) {
		(void)fprintf(stderr, "usage: floor_http BYTES\n");
		return 2;
	}
	memcpy(&f.queue, &queue, sizeof(f.queue));
	memset(body, 'x', size);
	f.response = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_FREE);
	d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, &f,
			     MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at,
			     MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_CONNECTION_LIMIT,
			     CONNECTIONS, MHD_OPTION_END);
	if (!d)
		return 1;
	(void)printf("%u\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
	(void)fflush(stdout);
	while (getchar() != EOF)
		;
	MHD_stop_daemon(d);
	MHD_destroy_response(f.response);
	return 0;
}
