#include "sys/proc.h"

#include "base/buf.h"
#include "base/limits.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_BYTES = 16384, PATH_BYTES = 256, NOT_FOUND = 127, BY_SIGNAL = 128 };

/* A program that runs; its process group has its number. */
struct child {
	const char *name;
	pid_t pid;
	int pidfd;
	int output; /* -1 once it has ended */
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* Whoever calls must not choose which program runs by the PATH that he has. */
static bool
find_program(const char *name, char path[PATH_BYTES])
{
	static const char *const folders[] = {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

	if (name[0] == '\0' || strchr(name, '/'))
		return false;
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		int len = snprintf(path, PATH_BYTES, "%s%s", folders[i], name);

		if (len < PATH_BYTES && access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Only standard output leads anywhere; every other file of ours stays ours. */
static int
set_files(posix_spawn_file_actions_t *files, int output)
{
	int rc = posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);

	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY,
						      0);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY,
						      0);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
	return rc;
}

/* Signals that we ignore or block must work in the program, and a group of its own lets all that it
 * starts be ended. */
static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t all;
	int rc;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attributes, &all);
	return rc;
}

static int
spawn_child(pid_t *ret_pid, const char *path, const char *const *argv, int output)
{
	char *const environment[] = {(char[]){"LC_ALL=C"},
				     (char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, NULL};
	/* posix_spawn takes what is not const but changes nothing. */
	union {
		const char *const *in;
		char *const *out;
	} arguments = {.in = argv};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&files);

	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc != 0)
		goto out;
	rc = set_files(&files, output);
	if (rc == 0)
		rc = set_attributes(&attributes);
	if (rc == 0)
		rc = posix_spawn(ret_pid, path, &files, &attributes, arguments.out, environment);
	(void)posix_spawnattr_destroy(&attributes);
out:
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

static enum err_code
child_start(struct child *c, const char *path, const char *const *argv, struct err *e)
{
	int ends[2];
	int rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(e, ERR_IO, "", "cannot run %s: %s", c->name, strerror(errno));
	rc = spawn_child(&c->pid, path, argv, ends[1]);
	(void)close(ends[1]);
	c->output = ends[0];
	if (rc != 0) {
		c->pid = 0;
		return err_set(e, ERR_IO, "", "cannot run %s: %s", c->name, strerror(rc));
	}
	c->pidfd = pidfd_open(c->pid, 0);
	if (c->pidfd < 0)
		return err_set(e, ERR_IO, "", "cannot wait for %s: %s", c->name, strerror(errno));
	return ERR_NONE;
}

/* What the program left running goes with it. */
static void
child_end(struct child *c)
{
	if (c->pid > 0) {
		(void)kill(-c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	close_fd(&c->pidfd);
	close_fd(&c->output);
}

static enum err_code
take_output(struct child *c, struct buf *out, struct err *e)
{
	char chunk[CHUNK_BYTES];
	ssize_t n = read(c->output, chunk, sizeof(chunk));

	if (n < 0 && errno != EINTR)
		return err_set(e, ERR_IO, "", "cannot read from %s: %s", c->name, strerror(errno));
	if (n == 0)
		close_fd(&c->output);
	if (n > 0)
		buf_add(out, chunk, (size_t)n);
	if (out->failed)
		return err_set(e, ERR_TOO_BIG, "", "%s wrote more than %d bytes", c->name,
			       LIMIT_COMMAND_OUTPUT_BYTES);
	return ERR_NONE;
}

/* Until the program has ended and its output too. */
static enum err_code
child_follow(struct child *c, struct buf *out, struct err *e)
{
	int64_t deadline = clock_monotonic_ms() + (int64_t)LIMIT_COMMAND_SECONDS * 1000;
	bool ended = false;

	while (!ended || c->output >= 0) {
		struct pollfd wait[] = {
			{.fd = c->output,		  .events = POLLIN},
			{.fd = ended ? -1 : c->pidfd, .events = POLLIN}
		       };
		int64_t left = deadline - clock_monotonic_ms();

		if (left <= 0)
			return err_set(e, ERR_IO, "", "%s took longer than %d seconds", c->name,
				       LIMIT_COMMAND_SECONDS);
		if (poll(wait, COUNT_OF(wait), (int)left) < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "", "cannot wait for %s: %s", c->name,
				       strerror(errno));
		ended = ended || wait[1].revents != 0;
		if (wait[0].revents != 0 && take_output(c, out, e) != ERR_NONE)
			return e->code;
	}
	return ERR_NONE;
}

static int
exit_status(struct child *c)
{
	siginfo_t info = {0};

	/* It is left to child_end to reap it, so that its group cannot be another's by then. */
	(void)waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED | WNOWAIT);
	return info.si_code == CLD_EXITED ? info.si_status : BY_SIGNAL + info.si_status;
}

enum err_code
proc_run(const char *const *argv, struct arena *a, struct proc_result *ret_result, struct err *e)
{
	CLEANUP(child_end) struct child c = {.name = argv[0], .pidfd = -1, .output = -1};
	CLEANUP(buf_fini) struct buf out;
	char path[PATH_BYTES];
	enum err_code rc;

	buf_init(&out, (size_t)LIMIT_COMMAND_OUTPUT_BYTES + 1);
	if (!find_program(argv[0], path)) {
		*ret_result = (struct proc_result){.status = NOT_FOUND, .out = str_of("")};
		return ERR_NONE;
	}
	rc = child_start(&c, path, argv, e);
	if (rc == ERR_NONE)
		rc = child_follow(&c, &out, e);
	if (rc != ERR_NONE)
		return rc;
	ret_result->status = exit_status(&c);
	ret_result->out.ptr = arena_strndup(a, out.data ? out.data : "", out.len);
	ret_result->out.len = out.len;
	return ERR_NONE;
}
