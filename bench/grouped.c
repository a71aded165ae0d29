/* grouped.c -- what many clients gain when their changes are committed together.
 *
 * usage: grouped WORKSPACE CLIENTS SECONDS
 *
 * First one client changes one account after another, each in a commit of its own; then CLIENTS
 * threads do the same through one group. Prints: changes a second alone, changes a second
 * together, and the 99th percentile of how long a client waited for one, in milliseconds.
 */
#include "bench.h"

#include "base/civil.h"
#include "record/group.h"

#include <pthread.h>

enum {
	CLIENTS_MOST = 512,
	WAITS_MOST = 2000000,
	ACCOUNTS = 20000,
	MEMORY = 64 * 1024 * 1024,
	DAY_MS = 86400000
};

struct client {
	struct group *group;
	const struct reg *reg;
	const int64_t *ids; /* of its own */
	size_t count;
	size_t next;
	double end;
	double *waits;
	size_t done;
	struct arena arena;
};

/* Says of the next account that it was used at another time than before. */
static enum err_code
account_change(void *object, struct writer *w)
{
	struct client *c = object;
	char instant[CIVIL_INSTANT_LEN + 1];
	enum written written;
	struct record r;
	enum err_code rc;

	arena_reset(&c->arena);
	rc = writer_load(w, c->reg, c->ids[c->next % c->count], &c->arena, &r);
	if (rc)
		return rc;
	/* Each millisecond of the day gives a second of its own, and each round another. */
	civil_format_instant((writer_now(w) % DAY_MS + (int64_t)c->next) * 1000, instant);
	record_set_text(&r, "last_used_at", str_of(instant));
	r.delivered = 0;
	c->next++;
	return writer_put(w, &r, &written);
}

static void *
client_run(void *object)
{
	struct client *c = object;
	while (bench_now() < c->end && c->done < WAITS_MOST / CLIENTS_MOST) {
		struct group_change change = {.actor = str_of("bench"),
					      .write = account_change,
					      .object = c,
					      .about = c->ids[c->next % c->count]};
		double start = bench_now();
		struct err e;

		bench_demand(group_write(c->group, &change, &e), &e);
		c->waits[c->done++] = bench_now() - start;
	}
	return NULL;
}

/* Changes a second; all waits, sorted, in `waits`. */
static double
measure(struct ctx *ctx, const int64_t *ids, size_t clients, double seconds, double *waits,
	size_t *ret_count)
{
	static struct client all[CLIENTS_MOST];
	pthread_t threads[CLIENTS_MOST];
	struct group *g = NULL;
	double start = bench_now();
	size_t count = 0;

	bench_demand(group_new(ctx, &g, &ctx->err), &ctx->err);
	for (size_t i = 0; i < clients; i++) {
		all[i] =
			(struct client){.group = g,
					.reg = model_reg(ctx->model, str_of("account")),
					.ids = ids + i * (ACCOUNTS / clients),
					.count = ACCOUNTS / clients,
					.end = start + seconds,
					.waits = calloc(WAITS_MOST / CLIENTS_MOST, sizeof(double))};
		arena_init(&all[i].arena, MEMORY);
		if (!all[i].waits || pthread_create(&threads[i], NULL, client_run, &all[i]) != 0)
			exit(2);
	}
	for (size_t i = 0; i < clients; i++)
		(void)pthread_join(threads[i], NULL);
	seconds = bench_now() - start;
	group_free(g);
	for (size_t i = 0; i < clients; i++) {
		for (size_t k = 0; k < all[i].done; k++)
			waits[count++] = all[i].waits[k];
		free(all[i].waits);
		arena_fini(&all[i].arena);
	}
	qsort(waits, count, sizeof(*waits), bench_ascending);
	*ret_count = count;
	return (double)count / seconds;
}

int
main(int argc, char **argv)
{
	static int64_t ids[ACCOUNTS];
	static double waits[WAITS_MOST];
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	size_t clients = argc > 2 ? (size_t)atoi(argv[2]) : 0;
	double seconds = argc > 3 ? atof(argv[3]) : 0;
	struct workspace *ws = NULL;
	struct err e = {0};
	double alone, together;
	size_t count = 0;

	if (argc != 4 || clients == 0 || clients > CLIENTS_MOST || seconds <= 0) {
		(void)fprintf(stderr, "usage: grouped WORKSPACE CLIENTS SECONDS\n");
		return 2;
	}
	bench_demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	if (bench_accounts(workspace_ctx(ws), ids, ACCOUNTS) < ACCOUNTS) {
		(void)fprintf(stderr, "grouped: the workspace has fewer than %d accounts\n",
			      ACCOUNTS);
		return 2;
	}
	alone = measure(workspace_ctx(ws), ids, 1, seconds, waits, &count);
	together = measure(workspace_ctx(ws), ids, clients, seconds, waits, &count);
	(void)printf("%.0f %.0f %.3f\n", alone, together, waits[count * 99 / 100] * 1000);
	workspace_close(ws);
	return 0;
}
