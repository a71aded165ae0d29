/* make_history.c -- gives every record of a rehearsal's workspace one more version.
 *
 * usage: make_history WORKSPACE INSTANT
 *
 * Puts a mark at the end of the first text of each record that need not be given, or takes it
 * away, at that instant; through the one writing path, so that it verifies. Prints how many.
 */
#include "bench.h"

#include "model/sql.h"
#include "record/writer.h"

enum { RECORDS_A_TRANSACTION = 20000, MEMORY = 256 * 1024 * 1024 };
#define MARK " ~"

/* NULL when it has none. */
static const struct field *
text_field(const struct reg *r)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].type == FIELD_TEXT && !r->fields[i].required)
			return &r->fields[i];
	}
	return NULL;
}

static struct str
marked(struct str text, struct arena *a)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 1 << 16};
	size_t len = strlen(MARK);

	if (text.len >= len && memcmp(text.ptr + text.len - len, MARK, len) == 0)
		return (struct str){text.ptr, text.len - len};
	buf_addf(&out, "%.*s%s", STR_ARG(text), MARK);
	return str_dup(a, (struct str){out.data, out.len});
}

/* The numbers of some records after `last`. */
static size_t
ids_read(struct ctx *ctx, const struct reg *r, int64_t last, int64_t *ids)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	size_t n = 0;
	bool row = true;

	sql_from(r, "t.id", "where t.id > :last order by t.id limit :count", &sql);
	bench_demand(db_prepare(ctx->db, sql.data, &s, &ctx->err), &ctx->err);
	db_bind_int(s, 1, last);
	db_bind_int(s, 2, RECORDS_A_TRANSACTION);
	while (row) {
		bench_demand(db_step(s, &row, &ctx->err), &ctx->err);
		if (row)
			ids[n++] = db_int(s, 0);
	}
	return n;
}

static void
change(struct writer *w, struct ctx *ctx, const struct field *f, int64_t id)
{
	const struct reg *r = model_reg_of_id(ctx->model, id);
	struct arena a;
	struct record rec;
	enum written written;

	arena_init(&a, MEMORY);
	bench_demand(writer_load(w, r, id, &a, &rec), &ctx->err);
	record_set_text(&rec, f->name, marked(record_get(&rec, f->name)->text, &a));
	bench_demand(writer_put(w, &rec, &written), &ctx->err);
	arena_fini(&a);
}

static long
register_change(struct ctx *ctx, const struct reg *r)
{
	static int64_t ids[RECORDS_A_TRANSACTION];
	const struct field *f = text_field(r);
	int64_t last = 0;
	size_t n;
	long count = 0;

	while (f && (n = ids_read(ctx, r, last, ids)) > 0) {
		WRITER *w = NULL;

		bench_demand(writer_begin(ctx, &w), &ctx->err);
		for (size_t i = 0; i < n; i++)
			change(w, ctx, f, ids[i]);
		bench_demand(writer_commit(w), &ctx->err);
		last = ids[n - 1];
		count += (long)n;
	}
	return count;
}

int
main(int argc, char **argv)
{
	struct workspace_options o = {.home = argc > 1 ? argv[1] : "",
				      .rehearse = argc > 2 ? argv[2] : NULL};
	struct workspace *ws = NULL;
	struct err e = {0};
	struct ctx *ctx;
	long count = 0;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: make_history WORKSPACE INSTANT\n");
		return 2;
	}
	bench_demand(workspace_open(&o, DB_WRITE, &ws, &e), &e);
	ctx = workspace_ctx(ws);
	for (size_t i = 0; i < ctx->model->reg_count; i++) {
		if (!ctx->model->regs[i]->kernel)
			count += register_change(ctx, ctx->model->regs[i]);
	}
	(void)printf("%ld\n", count);
	workspace_close(ws);
	return 0;
}
