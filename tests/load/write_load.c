/* write_load.c -- writes without end, and says of each write what became of it.
 *
 * usage: write_load WORKSPACE NAME THREADS SECONDS ANSWERS
 *
 * THREADS clients write through one group, until SIGTERM and for SECONDS at most, in a workspace
 * with the registers of tests/cli/small_plan.sh. Each write adds a thing with a key of its own,
 * NAME-thread-number, and raises the size of one thing that all share by one: so a lost or doubled
 * write shows in the sum, whoever wrote it. As soon as a write has its answer, a line is added to
 * the file ANSWERS:
 *
 *   kept KEY                 acknowledged: it must be there for ever
 *   CODE KEY MESSAGE         refused; a `busy` or `connection_lost` may be tried again
 *
 * The key is never tried again here, so that a write that was called lost, and stands all the same,
 * is found. Exit status 0 when each write was kept or may be tried again; 1 when another error came
 * up; 2 when it could not begin.
 */
#include "base/buf.h"
#include "record/group.h"
#include "record/workspace.h"
#include "sys/clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MOST = 64, MEMORY = 16 * 1024 * 1024, LINE_LIMIT = 1024, PAUSE_NS = 20000000 };

struct load {
	struct group *group;
	const struct model *model;
	const char *name;
	int64_t organisation;
	int answers;
	atomic_bool ended;
	atomic_bool bad; /* an error that no second try mends */
};

struct client {
	struct load *load;
	size_t number;
	struct arena arena;
};

struct attempt {
	struct client *by;
	char key[100];
};

static void
demand(enum err_code rc, const struct err *e)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "write_load: %s\n", e->message);
	exit(2);
}

static struct record
thing(struct client *c, const char *key)
{
	struct record r = record_blank(model_reg(c->load->model, str_of("thing")), str_of(key),
				       c->load->organisation, &c->arena);

	r.feed = str_of("load");
	return r;
}

/* Reads the sum and writes it back, one more. */
static enum err_code
sum_raise(struct client *c, struct writer *w)
{
	struct record sum = thing(c, "sum");
	enum written written;
	int64_t id = 0;
	enum err_code rc = writer_find(w, &sum, &id, NULL);

	if (!rc && id == 0) {
		record_set_int(&sum, "size", 0);
		rc = writer_new_id(w, sum.reg, &sum.id);
	} else if (!rc) {
		rc = writer_load(w, sum.reg, id, &c->arena, &sum);
	}
	if (rc)
		return rc;
	record_set_int(&sum, "size", record_get(&sum, "size")->number + 1);
	return writer_put(w, &sum, &written);
}

static enum err_code
attempt_write(void *object, struct writer *w)
{
	struct attempt *a = object;
	enum written written;
	struct record r;
	enum err_code rc;

	arena_reset(&a->by->arena);
	r = thing(a->by, a->key);
	record_set_text(&r, "title", str_of(a->key));
	rc = writer_new_id(w, r.reg, &r.id);
	if (!rc)
		rc = writer_put(w, &r, &written);
	return rc ? rc : sum_raise(a->by, w);
}

/* One line at a time, so that those of several threads do not mix. */
static void
answer_write(struct load *l, const char *key, enum err_code rc, const struct err *e)
{
	CLEANUP(buf_fini) struct buf line = {.limit = LINE_LIMIT};

	if (rc)
		buf_addf(&line, "%s %s %s\n", err_name(rc), key, e->message);
	else
		buf_addf(&line, "kept %s\n", key);
	if (line.failed || write(l->answers, line.data, line.len) != (ssize_t)line.len) {
		(void)fprintf(stderr, "write_load: an answer cannot be noted\n");
		exit(2);
	}
}

static void *
client_run(void *object)
{
	struct client *c = object;
	struct load *l = c->load;

	for (size_t i = 1; !l->ended && !l->bad; i++) {
		struct attempt a = {.by = c};
		struct group_change change = {
			.actor = str_of(l->name), .write = attempt_write, .object = &a};
		struct err e = {0};
		enum err_code rc;

		(void)snprintf(a.key, sizeof(a.key), "%s-%zu-%zu", l->name, c->number, i);
		rc = group_write(l->group, &change, &e);
		answer_write(l, a.key, rc, &e);
		if (rc && rc != ERR_BUSY && rc != ERR_LOST)
			l->bad = true;
		if (rc)
			(void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
	}
	return NULL;
}

static int64_t
organisation_find(struct ctx *ctx)
{
	DB_STMT *s = NULL;
	bool row = false;

	demand(db_prepare(ctx->db, "select id from organisation order by id limit 1", &s,
			  &ctx->err),
	       &ctx->err);
	demand(db_step(s, &row, &ctx->err), &ctx->err);
	return row ? db_int(s, 0) : 0;
}

/* SIGTERM, or when it has been long enough. */
static void
end_wait(const struct load *l, const sigset_t *signals, double seconds)
{
	int64_t end_ns = clock_monotonic_ns() + (int64_t)(seconds * 1e9);
	const struct timespec step = {.tv_nsec = PAUSE_NS};

	while (clock_monotonic_ns() < end_ns && !l->bad) {
		if (sigtimedwait(signals, NULL, &step) == SIGTERM)
			return;
	}
}

static void
load_run(struct load *l, size_t threads, const sigset_t *signals, double seconds)
{
	static struct client clients[THREADS_MOST];
	pthread_t running[THREADS_MOST];

	for (size_t i = 0; i < threads; i++) {
		clients[i] = (struct client){.load = l, .number = i};
		arena_init(&clients[i].arena, MEMORY);
		if (pthread_create(&running[i], NULL, client_run, &clients[i]) != 0)
			exit(2);
	}
	end_wait(l, signals, seconds);
	l->ended = true;
	for (size_t i = 0; i < threads; i++) {
		(void)pthread_join(running[i], NULL);
		arena_fini(&clients[i].arena);
	}
}

int
main(int argc, char **argv)
{
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	size_t threads = argc > 3 ? (size_t)atoi(argv[3]) : 0;
	double seconds = argc > 4 ? atof(argv[4]) : 0;
	struct workspace *ws = NULL;
	struct load l = {0};
	struct err e = {0};
	sigset_t signals;

	if (argc != 6 || threads == 0 || threads > THREADS_MOST || seconds <= 0) {
		(void)fprintf(stderr, "usage: write_load WORKSPACE NAME THREADS SECONDS ANSWERS\n");
		return 2;
	}
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	l.model = workspace_ctx(ws)->model;
	l.name = argv[2];
	l.organisation = organisation_find(workspace_ctx(ws));
	l.answers = open(argv[5], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (l.answers < 0 || !model_reg(l.model, str_of("thing")) || l.organisation == 0) {
		(void)fprintf(stderr, "write_load: no file for answers, or another plan\n");
		return 2;
	}
	demand(group_new(workspace_ctx(ws), &l.group, &e), &e);
	load_run(&l, threads, &signals, seconds);
	group_free(l.group);
	workspace_close(ws);
	(void)close(l.answers);
	return l.bad ? 1 : 0;
}
