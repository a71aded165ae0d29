/* one_assess.c -- how soon the posture is right again after writes, within one process.
 *
 * usage: one_assess WORKSPACE TIMES RECORDS
 *
 * TIMES times it changes when RECORDS accounts were last used and whether they are enabled, each
 * time others until all had their turn, in one transaction, and assesses what changed. Prints the
 * median of the assessments in seconds, that of the processor's time, and how many records were
 * decided in the last. Ends with 1 when one of them had to decide everything.
 */
#include "bench.h"

#include "base/civil.h"
#include "check/check.h"
#include "record/writer.h"

enum { MOST = 1000, RECORDS_MOST = 1000000, MEMORY = 256 * 1024 * 1024, DAY_MS = 86400000 };

static void
change(struct ctx *ctx, const int64_t *ids, size_t count, struct arena *a)
{
	const struct reg *reg = model_reg(ctx->model, str_of("account"));
	char instant[CIVIL_INSTANT_LEN + 1];
	WRITER *w = NULL;

	bench_demand(writer_begin(ctx, &w), &ctx->err);
	for (size_t i = 0; i < count; i++) {
		const struct value *enabled;
		enum written written;
		struct record r;

		bench_demand(writer_load(w, reg, ids[i], a, &r), &ctx->err);
		civil_format_instant(writer_now(w) - DAY_MS, instant);
		enabled = record_get(&r, "enabled");
		record_set_int(&r, "enabled", enabled->kind == VALUE_INT && enabled->number == 0);
		record_set_text(&r, "last_used_at", str_of(instant));
		r.delivered = 0;
		bench_demand(writer_put(w, &r, &written), &ctx->err);
	}
	bench_demand(writer_commit(w), &ctx->err);
}

int
main(int argc, char **argv)
{
	static double took[MOST];
	static double worked[MOST];
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	size_t times = argc > 2 ? (size_t)atoi(argv[2]) : 0;
	size_t records = argc > 3 ? (size_t)atoi(argv[3]) : 0;
	struct assess_options how = {0};
	struct assess_report report = {0};
	struct workspace *ws = NULL;
	struct err e = {0};
	struct arena arena;
	struct ctx *ctx;
	int64_t *ids;
	size_t all;

	if (argc != 4 || times == 0 || times > MOST || records == 0 || records > RECORDS_MOST) {
		(void)fprintf(stderr, "usage: one_assess WORKSPACE TIMES RECORDS\n");
		return 2;
	}
	bench_demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	bench_demand(assessor_new(ctx, &how.assessor), &ctx->err);
	ids = calloc(times * records, sizeof(*ids));
	if (!ids)
		return 2;
	all = bench_accounts(ctx, ids, times * records);
	if (all < records) {
		(void)fprintf(stderr, "one_assess: the workspace has only %zu accounts\n", all);
		return 2;
	}
	all -= all % records;
	arena_init(&arena, MEMORY);
	bench_demand(assess_run(ctx, &how, &report), &ctx->err);
	for (size_t i = 0; i < times; i++) {
		double start, work;

		change(ctx, ids + i * records % all, records, &arena);
		arena_reset(&arena);
		start = bench_now();
		work = bench_time(CLOCK_PROCESS_CPUTIME_ID);
		bench_demand(assess_run(ctx, &how, &report), &ctx->err);
		took[i] = bench_now() - start;
		worked[i] = bench_time(CLOCK_PROCESS_CPUTIME_ID) - work;
		if (report.full) {
			(void)fprintf(stderr, "one_assess: everything had to be decided\n");
			return 1;
		}
	}
	qsort(took, times, sizeof(*took), bench_ascending);
	qsort(worked, times, sizeof(*worked), bench_ascending);
	(void)printf("%.6f %.6f %lld\n", took[times / 2], worked[times / 2],
		     (long long)report.records);
	free(ids);
	arena_fini(&arena);
	assessor_free(how.assessor);
	workspace_close(ws);
	return 0;
}
