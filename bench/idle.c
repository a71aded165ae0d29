/* idle.c -- connections that have been answered once, and wait.
 *
 * usage: idle PORT COUNT
 *
 * Prints a line when all of them wait, and ends with its standard input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int
ask(uint16_t port)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	char answer[4096];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    write(fd, request, sizeof(request) - 1) != (ssize_t)sizeof(request) - 1 ||
	    read(fd, answer, sizeof(answer)) < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0)
		return -1;
	return fd;
}

int
main(int argc, char **argv)
{
	unsigned long port = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct rlimit files = {count + 100, count + 100};

	if (port == 0 || port > UINT16_MAX || count == 0) {
		(void)fprintf(stderr, "usage: idle PORT COUNT\n");
		return 2;
	}
	(void)setrlimit(RLIMIT_NOFILE, &files);
	for (unsigned long i = 0; i < count; i++) {
		if (ask((uint16_t)port) < 0) {
			perror("idle");
			return 1;
		}
	}
	(void)printf("%lu wait\n", count);
	(void)fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
