/* measure.c -- how long a command takes and how much memory it holds at most.
 *
 * usage: measure RESULT COMMAND ...
 *
 * Runs the command and writes "SECONDS MEGABYTES" to the file RESULT: wall time, and the largest
 * resident set of the command itself. Ends with the command's exit status.
 */
#include "seconds.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
demand(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	FILE *result;
	double start;
	int status;
	pid_t child;

	demand(argc > 2, "usage: measure RESULT COMMAND ...");
	start = bench_now();
	child = fork();
	demand(child >= 0, "fork");
	if (child == 0) {
		(void)execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	demand(wait4(child, &status, 0, &usage) == child, "wait4");
	start = bench_now() - start;
	result = fopen(argv[1], "w");
	demand(result != NULL, argv[1]);
	(void)fprintf(result, "%.6f %.1f\n", start, (double)usage.ru_maxrss / 1024);
	demand(fclose(result) == 0, argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
