#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_SECONDS = 30, MAX_SECONDS = 3600 };

struct test *test_list;

/* Registration pushes to the front, so the list is turned round to run in the order of the files.
 */
static struct test *
list_reversed(struct test *list)
{
	struct test *done = NULL;

	while (list) {
		struct test *next = list->next;

		list->next = done;
		done = list;
		list = next;
	}
	return done;
}

/* valgrind needs more patience than the default: UNIT_SECONDS gives it. */
static time_t
seconds_allowed(void)
{
	const char *text = getenv("UNIT_SECONDS");
	long seconds = text ? strtol(text, NULL, 10) : DEFAULT_SECONDS;

	return seconds > 0 && seconds <= MAX_SECONDS ? seconds : DEFAULT_SECONDS;
}

/* Waits until the deadline for the child to end. The caller has blocked SIGCHLD, so none is lost.
 */
static bool
child_ends(pid_t pid, const sigset_t *chld, int *ret_status)
{
	struct timespec now;
	time_t deadline;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	deadline = now.tv_sec + seconds_allowed();
	while (waitpid(pid, ret_status, WNOHANG) != pid) {
		struct timespec left = {.tv_sec = 1};

		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= deadline)
			return false;
		(void)sigtimedwait(chld, NULL, &left);
	}
	return true;
}

/* What the test started and left running would outlive it, so its whole process group goes. */
static bool
test_passes(const struct test *t, const sigset_t *chld)
{
	int status = 0;
	bool ended;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid < 0) {
		(void)fprintf(stderr, "cannot fork: %s\n", strerror(errno));
		return false;
	}
	if (pid == 0) {
		(void)setpgid(0, 0);
		(void)sigprocmask(SIG_UNBLOCK, chld, NULL);
		t->run();
		exit(0);
	}
	(void)setpgid(pid, pid);
	ended = child_ends(pid, chld, &status);
	(void)kill(-pid, SIGKILL);
	if (!ended) {
		(void)waitpid(pid, &status, 0);
		(void)fprintf(stderr, "%s: not done after %lld s\n", t->name,
			      (long long)seconds_allowed());
		return false;
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
		(void)fprintf(stderr, "%s: %s\n", t->name, strsignal(WTERMSIG(status)));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Folders of src/ whose tests have a store. */
static const char *const stored[] = {"store_",	"model_",  "ledger_", "list_",	   "verify_",
				     "record_", "intake_", "check_",  "identity_", "access_"};

static bool
runs_here(const struct test *t)
{
	const char *slash = strrchr(t->file, '/');
	const char *file = slash ? slash + 1 : t->file;

	if (!getenv("HOLDFAST_TEST_STORE"))
		return t->engine != TEST_SERVER_ONLY;
	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		if (strncmp(file, stored[i], strlen(stored[i])) == 0)
			return t->engine != TEST_SQLITE_ONLY;
	}
	return false;
}

int
main(int argc, char **argv)
{
	const char *filter = argc > 1 ? argv[1] : "";
	int passed = 0, failed = 0;
	sigset_t chld;

	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, NULL);
	for (struct test *t = list_reversed(test_list); t; t = t->next) {
		bool good;

		if (!runs_here(t) || !strstr(t->name, filter))
			continue;
		good = test_passes(t, &chld);
		(void)printf("%s %s\n", good ? "ok" : "not ok", t->name);
		passed += good;
		failed += !good;
	}
	if (passed + failed == 0)
		(void)fprintf(stderr, "no test has '%s' in its name\n", filter);
	(void)printf("%d passed, %d failed\n", passed, failed);
	return passed > 0 && failed == 0 ? 0 : 1;
}
