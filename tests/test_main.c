#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_SECONDS = 30, MAX_SECONDS = 3600, JOBS_MAX = 16, LONG_SECONDS = 5 };

/* A test in a process of its own. */
struct job {
	const struct test *test; /* NULL: the place is free */
	pid_t pid;
	time_t begun;
};

struct jobs {
	struct job list[JOBS_MAX];
	int most;
	int busy;
	sigset_t chld;
	int passed, failed;
};

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

static time_t
now_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* One for each processor; on a server one for each of its stores, as a store is one test's at a
 * time. */
static int
jobs_wanted(void)
{
	const char *text = getenv("UNIT_JOBS");
	const char *stores = getenv("HOLDFAST_TEST_STORES");
	long jobs = text ? strtol(text, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);

	if (getenv("HOLDFAST_TEST_STORE")) {
		long most = 1;

		for (const char *c = stores ? stores : ""; *c; c++)
			most += *c == ' ';
		jobs = jobs > most ? most : jobs;
	}
	return jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : (int)jobs;
}

/* In the process of a test: its store is the one of the place that it runs in. */
static void
store_take(size_t place)
{
	const char *stores = getenv("HOLDFAST_TEST_STORES");
	char store[512];

	if (!stores)
		return;
	while (place > 0 && strchr(stores, ' ')) {
		stores = strchr(stores, ' ') + 1;
		place--;
	}
	(void)snprintf(store, sizeof(store), "%.*s", (int)strcspn(stores, " "), stores);
	(void)setenv("HOLDFAST_TEST_STORE", store, 1);
}

/* How long a test took is told where it is worth a look. */
static void
job_count(struct jobs *j, const struct test *t, time_t seconds, bool good)
{
	(void)printf("%s %s", good ? "ok" : "not ok", t->name);
	if (seconds >= LONG_SECONDS)
		(void)printf(", %lld s", (long long)seconds);
	(void)putchar('\n');
	(void)fflush(stdout);
	*(good ? &j->passed : &j->failed) += 1;
}

static void
job_start(struct jobs *j, const struct test *t)
{
	struct job *job = j->list;
	pid_t pid;

	while (job->test)
		job++;
	(void)fflush(NULL);
	pid = fork();
	if (pid < 0) {
		(void)fprintf(stderr, "cannot fork: %s\n", strerror(errno));
		job_count(j, t, 0, false);
		return;
	}
	if (pid == 0) {
		(void)setpgid(0, 0);
		(void)sigprocmask(SIG_UNBLOCK, &j->chld, NULL);
		store_take((size_t)(job - j->list));
		t->run();
		exit(0);
	}
	(void)setpgid(pid, pid);
	*job = (struct job){t, pid, now_seconds()};
	j->busy++;
}

static void
job_over(struct jobs *j, struct job *job, bool good)
{
	job_count(j, job->test, now_seconds() - job->begun, good);
	job->test = NULL;
	j->busy--;
}

/* What the test started and left running would outlive it, so its whole process group goes. */
static void
job_end(struct jobs *j, struct job *job, int status)
{
	(void)kill(-job->pid, SIGKILL);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
		(void)fprintf(stderr, "%s: %s\n", job->test->name, strsignal(WTERMSIG(status)));
	job_over(j, job, WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
job_give_up(struct jobs *j, struct job *job)
{
	int status;

	(void)kill(-job->pid, SIGKILL);
	(void)waitpid(job->pid, &status, 0);
	(void)fprintf(stderr, "%s: not done after %lld s\n", job->test->name,
		      (long long)seconds_allowed());
	job_over(j, job, false);
}

/* Waits until a place is free. SIGCHLD is blocked, so none is lost. */
static void
jobs_wait(struct jobs *j)
{
	const int before = j->busy;

	while (j->busy == before) {
		struct timespec left = {.tv_sec = 1};

		for (struct job *job = j->list; job < j->list + JOBS_MAX; job++) {
			int status;

			if (!job->test)
				continue;
			if (waitpid(job->pid, &status, WNOHANG) == job->pid)
				job_end(j, job, status);
			else if (now_seconds() >= job->begun + seconds_allowed())
				job_give_up(j, job);
		}
		if (j->busy == before)
			(void)sigtimedwait(&j->chld, NULL, &left);
	}
}

/* Folders of src/ whose tests have a store. */
static const char *const stored[] = {"store_",	  "search_", "duty_",	"model_",  "ledger_",
				     "list_",	  "verify_", "record_", "intake_", "check_",
				     "identity_", "access_", "scim_",	"job_"};

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
	struct jobs j = {.most = jobs_wanted()};

	(void)sigemptyset(&j.chld);
	(void)sigaddset(&j.chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &j.chld, NULL);
	for (struct test *t = list_reversed(test_list); t; t = t->next) {
		if (!runs_here(t) || !strstr(t->name, filter))
			continue;
		if (j.busy == j.most)
			jobs_wait(&j);
		job_start(&j, t);
	}
	while (j.busy > 0)
		jobs_wait(&j);
	if (j.passed + j.failed == 0)
		(void)fprintf(stderr, "no test has '%s' in its name\n", filter);
	(void)printf("%d passed, %d failed\n", j.passed, j.failed);
	return j.passed > 0 && j.failed == 0 ? 0 : 1;
}
