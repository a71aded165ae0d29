/* one_change.c -- what it costs to change one record durably, through the one writing path.
 *
 * usage: one_change WORKSPACE TIMES
 *
 * Changes when an account was last used, TIMES times, each account once and each in a transaction
 * of its own: found by its key, validated, versioned, sealed in the ledger under a new signed
 * checkpoint, committed. Prints the median in seconds.
 */
#include "base/civil.h"
#include "record/workspace.h"
#include "record/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMES_MOST = 100000, MEMORY = 256 * 1024 * 1024, DAY_MS = 86400000 };

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
demand(enum err_code rc, const struct err *e)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "one_change: %s\n", e->message);
	exit(2);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static size_t
accounts_find(struct ctx *ctx, int64_t *ids, size_t count)
{
	DB_STMT *s = NULL;
	size_t n = 0;
	bool row;

	demand(db_prepare(ctx->db, "select a.id from account a order by a.id limit :count", &s,
			  &ctx->err),
	       &ctx->err);
	db_bind_int(s, 1, (int64_t)count);
	for (;;) {
		demand(db_step(s, &row, &ctx->err), &ctx->err);
		if (!row)
			return n;
		ids[n++] = db_int(s, 0);
	}
}

static void
change(struct ctx *ctx, const struct reg *reg, int64_t id, struct arena *a)
{
	char instant[CIVIL_INSTANT_LEN + 1];
	WRITER *w = NULL;
	enum written written;
	struct record r;
	int64_t found;

	demand(writer_begin(ctx, &w), &ctx->err);
	demand(writer_load(w, reg, id, a, &r), &ctx->err);
	demand(writer_find(w, &r, &found, NULL), &ctx->err);
	/* An instant has whole seconds, and a run of this takes less: each millisecond of the day
	 * gives one of its own, or nothing would change when it runs again at once. */
	civil_format_instant(writer_now(w) % DAY_MS * 1000, instant);
	record_set_text(&r, "last_used_at", str_of(instant));
	r.delivered = 0;
	demand(writer_put(w, &r, &written), &ctx->err);
	demand(writer_commit(w), &ctx->err);
	if (found != id || written != WRITTEN_CHANGED) {
		(void)fprintf(stderr, "one_change: the record was not changed\n");
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	static double took[TIMES_MOST];
	static int64_t ids[TIMES_MOST];
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	struct workspace *ws = NULL;
	struct err e = {0};
	struct arena arena;
	struct ctx *ctx;
	size_t times = argc > 2 ? (size_t)atoi(argv[2]) : 0;

	if (argc != 3 || times == 0 || times > TIMES_MOST) {
		(void)fprintf(stderr, "usage: one_change WORKSPACE TIMES\n");
		return 2;
	}
	demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	times = accounts_find(ctx, ids, times);
	if (times == 0) {
		(void)fprintf(stderr, "one_change: the workspace has no accounts\n");
		return 2;
	}
	arena_init(&arena, MEMORY);
	for (size_t i = 0; i < times; i++) {
		double start = now();

		change(ctx, model_reg(ctx->model, str_of("account")), ids[i], &arena);
		took[i] = now() - start;
		arena_reset(&arena);
	}
	qsort(took, times, sizeof(*took), ascending);
	(void)printf("%.6f\n", took[times / 2]);
	arena_fini(&arena);
	workspace_close(ws);
	return 0;
}
