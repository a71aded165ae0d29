/* one_change.c -- what it costs to change one record durably, through the one writing path.
 *
 * usage: one_change WORKSPACE TIMES
 *
 * Changes when an account was last used, TIMES times, each account once and each in a transaction
 * of its own: found by its key, validated, versioned, sealed in the ledger under a new signed
 * checkpoint, committed. Prints the median in seconds.
 */
#include "bench.h"

#include "base/civil.h"
#include "record/writer.h"

enum { TIMES_MOST = 100000, MEMORY = 256 * 1024 * 1024, DAY_MS = 86400000 };

static void
change(struct ctx *ctx, const struct reg *reg, int64_t id, struct arena *a)
{
	char instant[CIVIL_INSTANT_LEN + 1];
	WRITER *w = NULL;
	enum written written;
	struct record r;
	int64_t found;

	bench_demand(writer_begin(ctx, &w), &ctx->err);
	bench_demand(writer_load(w, reg, id, a, &r), &ctx->err);
	bench_demand(writer_find(w, &r, &found, NULL), &ctx->err);
	/* An instant has whole seconds, and a run of this takes less: each millisecond of the day
	 * gives one of its own, or nothing would change when it runs again at once. */
	civil_format_instant(writer_now(w) % DAY_MS * 1000, instant);
	record_set_text(&r, "last_used_at", str_of(instant));
	r.delivered = 0;
	bench_demand(writer_put(w, &r, &written), &ctx->err);
	bench_demand(writer_commit(w), &ctx->err);
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
	bench_demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	times = bench_accounts(ctx, ids, times);
	if (times == 0) {
		(void)fprintf(stderr, "one_change: the workspace has no accounts\n");
		return 2;
	}
	arena_init(&arena, MEMORY);
	for (size_t i = 0; i < times; i++) {
		double start = bench_now();

		change(ctx, model_reg(ctx->model, str_of("account")), ids[i], &arena);
		took[i] = bench_now() - start;
		arena_reset(&arena);
	}
	qsort(took, times, sizeof(*took), bench_ascending);
	(void)printf("%.6f\n", took[times / 2]);
	arena_fini(&arena);
	workspace_close(ws);
	return 0;
}
