/* list_page.c -- what a page of a list of accounts costs, with its total.
 *
 * usage: list_page WORKSPACE TIMES [ROWS]
 *
 * With ROWS the accounts are copied within their table until there are so many, past the one
 * writing path: the workspace is good for measuring lists and for nothing else after that. With
 * TIMES 0 that is all.
 *
 * Each list below is asked for its first page of fifty TIMES times, and for a page in its depths,
 * found by cursor, as often, after a few that are not counted; each in a read transaction of its
 * own. The first lists are what people ask. The others are the dearest there are: they look at as
 * many records as a page may, out of the order in which these stand in their table, and find
 * nothing; or find by an index as many as may be gathered, and sort them by what has none. Prints a
 * line for each, parted by tabs: what, page, median and 99th percentile in milliseconds, total, and
 * "exact", "more", or "refused" where there are too many to sort.
 */
#include "bench.h"

#include "base/limits.h"
#include "list/list.h"
#include "model/sql.h"
#include "record/record.h"

enum {
	TIMES_MOST = 100000,
	WARM_UP = 5,
	PAGES_DEEP = 40, /* of the largest size, before the deep page */
	LARGEST = 500,
	MEMORY = 256 * 1024 * 1024,
};

static const struct asked {
	const char *filter; /* "%s" in it is a key that as many as may be gathered stand before */
	const char *sort;
} lists[] = {
	{"",						"id"		 },
	{"",						"-key"		   },
	{"",						"kind"		   },
	{"kind=user state=active",			   "key"		},
	{"kind=user,service_desk enabled=yes",	       "-id"		    },
	{"organisation=quillstone",			    "key"		 },
	{"organisation=nimbusforth kind=user",	       "-id"		    },
	{"organisation=nimbusforth state!=deleted",	    "-kind"		   },
	{"kind=privileged",				 "-last_used_at"	   },
	{"kind=service",				    "login"		},
	{"state=active kind=service_desk",		   "login"		  },
	{"state=disabled",				  "-last_used_at"	  },
	{"state=deleted enabled=no",			     "-key"		   },
	{"organisation=nimbusforth",			     "person"	     },
	{"kind=remote_access",			       "person,-created_at"},
	{"login~nf-8 person!=",				"id"		    },
	{"login=no-one",				    "id"		     },
	{"login=no-one",				    "-key"	       },
	{"login=no-one",				    "kind"	       },
	{"login=no-one kind=user organisation=nimbusforth", "key"		 },
	{"key<%s",					  "last_used_at"	 },
	{"key<%s login!=no-one",				 "-created_at,login" },
};

/* One page in a transaction and memory of its own; what is kept of it stays in `keep`. False when
 * there are too many to sort. */
static bool
ask(struct ctx *ctx, const struct list_question *q, struct arena *keep, struct list_page *ret_page)
{
	struct arena *whole = ctx->arena;
	struct arena arena;
	DB_TXN txn = {0};
	enum err_code rc;

	arena_init(&arena, MEMORY);
	ctx->arena = &arena;
	bench_demand(db_begin_read(ctx->db, &txn, &ctx->err), &ctx->err);
	*ret_page = (struct list_page){0};
	rc = list_read(ctx, q, ret_page);
	if (rc != ERR_INVALID || strcmp(ctx->err.field, "sort") != 0)
		bench_demand(rc, &ctx->err);
	ret_page->next = keep ? str_dup(keep, ret_page->next) : (struct str){0};
	ctx->arena = whole;
	arena_fini(&arena);
	return !rc;
}

static void
measure(struct ctx *ctx, const struct list_question *q, const char *what, size_t times)
{
	static double took[TIMES_MOST];
	struct list_page p;
	bool taken = true;

	for (int i = 0; i < WARM_UP; i++)
		(void)ask(ctx, q, NULL, &p);
	for (size_t i = 0; i < times; i++) {
		double start = bench_now();

		taken = ask(ctx, q, NULL, &p);
		took[i] = (bench_now() - start) * 1000;
	}
	qsort(took, times, sizeof(*took), bench_ascending);
	(void)printf("%.*s by %.*s\t%s\t%.3f\t%.3f\t%lld\t%s\n",
		     STR_ARG(q->filter.len ? q->filter : str_of("all")), STR_ARG(q->sort), what,
		     took[times / 2], took[times * 99 / 100], (long long)p.total,
		     !taken		? "refused"
		     : p.total_is_exact ? "exact"
					: "more");
	(void)fflush(stdout);
}

static void
measure_list(struct ctx *ctx, const struct asked *asked, struct str key, size_t times)
{
	CLEANUP(buf_fini) struct buf filter = {.limit = LIMIT_FILTER_BYTES};
	const char *place = strstr(asked->filter, "%s");
	struct list_question q = {.reg = model_reg(ctx->model, str_of("account")),
				  .sort = str_of(asked->sort),
				  .fields =
					  str_of("key,organisation,state,login,kind,enabled,person,"
						 "last_used_at")};
	struct list_question deep;
	struct list_page p;

	buf_addf(&filter, "%.*s", place ? (int)(place - asked->filter) : (int)LIMIT_FILTER_BYTES,
		 asked->filter);
	if (place)
		buf_addf(&filter, "%.*s%s", STR_ARG(key), place + strlen("%s"));
	q.filter = (struct str){filter.data, filter.len};
	measure(ctx, &q, "first", times);
	deep = q;
	deep.limit = LARGEST;
	for (int i = 0; i < PAGES_DEEP && ask(ctx, &deep, ctx->arena, &p) && p.next.ptr; i++)
		deep.after = p.next;
	deep.limit = 0;
	measure(ctx, &deep, "deep", times);
}

/* The one number or text that a statement gives. */
static struct value
ask_one(struct ctx *ctx, const char *sql)
{
	DB_STMT *s = NULL;
	struct value v;
	bool row;

	bench_demand(db_prepare(ctx->db, sql, &s, &ctx->err), &ctx->err);
	if (db_param(s, "n"))
		db_bind_int(s, 1, LIMIT_LIST_GATHERED);
	bench_demand(db_step(s, &row, &ctx->err), &ctx->err);
	if (!row)
		return (struct value){0};
	v = row_value(s, 0);
	v.text = str_dup(ctx->arena, v.text);
	return v;
}

/* The same accounts once more, with other numbers, keys and logins. */
static void
copy_once(struct ctx *ctx, int64_t span, int round)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct table *t = model_reg(ctx->model, str_of("account"))->table;

	buf_addf(&sql, "insert into account select t.id + %lld", (long long)span * round);
	for (size_t i = 1; i < t->column_count; i++) {
		const char *name = t->columns[i].name;
		bool changed = strcmp(name, "key") == 0 || strcmp(name, "login") == 0;

		buf_addf(&sql, ", t.\"%s\"", name);
		if (changed)
			buf_addf(&sql, " || '-%d'", round);
	}
	buf_addf(&sql, " from account t where t.id < (select min(a.id) from account a) + %lld",
		 (long long)span);
	bench_demand(db_exec(ctx->db, sql.data, &ctx->err), &ctx->err);
}

static void
grow(struct ctx *ctx, int64_t rows)
{
	int64_t count = ask_one(ctx, "select count(*) from account").number;
	int64_t span = ask_one(ctx, "select max(t.id) - min(t.id) + 1 from account t").number;
	DB_TXN txn = {0};

	bench_demand(db_begin(ctx->db, &txn, &ctx->err), &ctx->err);
	for (int round = 1; count > 0 && round * count < rows; round++)
		copy_once(ctx, span, round);
	bench_demand(db_commit(&txn, &ctx->err), &ctx->err);
	bench_demand(db_learn(ctx->db, &ctx->err), &ctx->err);
}

int
main(int argc, char **argv)
{
	struct workspace_options o = {.home = argc > 1 ? argv[1] : ""};
	struct workspace *ws = NULL;
	struct ctx *ctx;
	struct err e = {0};
	struct str key;
	size_t times = argc > 2 ? (size_t)atoi(argv[2]) : 0;
	int64_t rows = argc > 3 ? atoll(argv[3]) : 0;

	if (argc < 3 || argc > 4 || (times == 0 && rows == 0) || times > TIMES_MOST || rows < 0) {
		(void)fprintf(stderr, "usage: list_page WORKSPACE TIMES [ROWS]\n");
		return 2;
	}
	bench_demand(workspace_open(&o, rows ? DB_WRITE : DB_READ, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	if (rows)
		grow(ctx, rows);
	key = ask_one(ctx, "select t.key from account t order by t.key limit 1 offset :n").text;
	for (size_t i = 0; times > 0 && i < COUNT_OF(lists); i++)
		measure_list(ctx, &lists[i], key, times);
	workspace_close(ws);
	return 0;
}
