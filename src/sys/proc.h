/* proc.h -- other programs, run without a shell. */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct proc_result {
	int status; /* exit status; 127 when the program does not exist; 128 + n when signal n ended
		       it */
	struct str out; /* standard output, at most LIMIT_COMMAND_OUTPUT_BYTES, NUL after it */
};

/* Runs argv[0] (found on a fixed path: /usr/sbin:/usr/bin:/sbin:/bin) with LC_ALL=C, standard input
 * and error closed off; killed after LIMIT_COMMAND_SECONDS. */
MUST_CHECK enum err_code proc_run(const char *const *argv, struct arena *a,
				  struct proc_result *ret_result, struct err *e);

#endif
