/* list_page.c -- what a page of a list of accounts costs, with its total.
 *
 * usage: list_page WORKSPACE TIMES
 *
 * Each list below is asked for its first page of fifty TIMES times, and for a page in its depths,
 * found by cursor, as often, after a few that are not counted; each in a read transaction of its
 * own. Prints a line for each, parted by tabs: what, page, median and 99th percentile in
 * milliseconds, total, and "exact" or "more".
 */
#include "bench.h"

#include "list/list.h"

enum {
	TIMES_MOST = 100000,
	WARM_UP = 5,
	PAGES_DEEP = 40, /* of the largest size, before the deep page */
	LARGEST = 500,
	MEMORY = 256 * 1024 * 1024,
};

static const struct asked {
	const char *filter;
	const char *sort;
} lists[] = {
	{"",					"id"		 },
	{"",					"-key"	   },
	{"",					"kind"	   },
	{"kind=user state=active",		   "key"		},
	{"kind=user,service_desk enabled=yes",      "-id"	    },
	{"organisation=quillstone",		    "key"		 },
	{"organisation=nimbusforth kind=user",      "-id"	    },
	{"organisation=nimbusforth state!=deleted", "-person"	     },
	{"kind=privileged",			    "-last_used_at"},
	{"state=active kind=service_desk",	   "login"	  },
	{"login~nf-8 person!=",			"id"	    },
	{"state=deleted enabled=no",		     "-key"	   },
};

/* One page in a transaction and memory of its own; what is kept of it stays in `keep`. */
static struct list_page
ask(struct ctx *ctx, const struct list_question *q, struct arena *keep)
{
	struct arena *whole = ctx->arena;
	struct arena arena;
	struct list_page p;
	DB_TXN txn = {0};

	arena_init(&arena, MEMORY);
	ctx->arena = &arena;
	bench_demand(db_begin_read(ctx->db, &txn, &ctx->err), &ctx->err);
	bench_demand(list_read(ctx, q, &p), &ctx->err);
	p.next = keep ? str_dup(keep, p.next) : (struct str){0};
	ctx->arena = whole;
	arena_fini(&arena);
	return p;
}

static void
measure(struct ctx *ctx, const struct list_question *q, const char *what, size_t times)
{
	static double took[TIMES_MOST];
	struct list_page p = {0};

	for (int i = 0; i < WARM_UP; i++)
		p = ask(ctx, q, NULL);
	for (size_t i = 0; i < times; i++) {
		double start = bench_now();

		p = ask(ctx, q, NULL);
		took[i] = (bench_now() - start) * 1000;
	}
	qsort(took, times, sizeof(*took), bench_ascending);
	(void)printf("%.*s by %.*s\t%s\t%.3f\t%.3f\t%lld\t%s\n",
		     STR_ARG(q->filter.len ? q->filter : str_of("all")), STR_ARG(q->sort), what,
		     took[times / 2], took[times * 99 / 100], (long long)p.total,
		     p.total_is_exact ? "exact" : "more");
	(void)fflush(stdout);
}

static void
measure_list(struct ctx *ctx, const struct asked *asked, size_t times)
{
	struct list_question q = {.reg = model_reg(ctx->model, str_of("account")),
				  .filter = str_of(asked->filter),
				  .sort = str_of(asked->sort),
				  .fields =
					  str_of("key,organisation,state,login,kind,enabled,person,"
						 "last_used_at")};
	struct list_question deep = q;

	measure(ctx, &q, "first", times);
	deep.limit = LARGEST;
	for (int i = 0; i < PAGES_DEEP; i++) {
		struct list_page p = ask(ctx, &deep, ctx->arena);

		if (!p.next.ptr)
			break;
		deep.after = p.next;
	}
	deep.limit = 0;
	measure(ctx, &deep, "deep", times);
}

int
main(int argc, char **argv)
{
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	struct workspace *ws = NULL;
	struct err e = {0};
	size_t times = argc > 2 ? (size_t)atoi(argv[2]) : 0;

	if (argc != 3 || times == 0 || times > TIMES_MOST) {
		(void)fprintf(stderr, "usage: list_page WORKSPACE TIMES\n");
		return 2;
	}
	bench_demand(workspace_open(&o, DB_READ, &ws, &e), &e);
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		measure_list(workspace_ctx(ws), &lists[i], times);
	workspace_close(ws);
	return 0;
}
