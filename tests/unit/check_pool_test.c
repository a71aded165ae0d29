#include "check/check.h"
#include "record/workspace.h"
#include "sys/file.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static const char plan[] = HOLDFAST_CONTENT "/plans/post-office-2015";

struct installed {
	struct arena arena;
	const char *home;
	struct workspace *ws;
	struct ctx *ctx;
};

static void
installed_close(struct installed *i)
{
	struct err e = {0};

	workspace_close(i->ws);
	CHECK(!file_remove_folder(i->home, &e));
	arena_fini(&i->arena);
}

/* A workspace in a file with the shipped plan: only there have threads connections of their own. */
static void
installed_open(struct installed *i)
{
	struct workspace_options o = {.content = HOLDFAST_CONTENT, .plan = plan, .rehearsal = true};
	struct workspace_report report = {.changes = {.limit = 65536}};
	char folder[] = "/tmp/holdfast-unit.XXXXXX";
	struct diags diags;
	struct err e = {0};

	*i = (struct installed){0};
	arena_init(&i->arena, 64 * 1024 * 1024);
	diag_init(&diags, &i->arena);
	CHECK(mkdtemp(folder) != NULL);
	o.home = i->home = str_z(&i->arena, str_of(folder));
	CHECK(!workspace_init(&o, &diags, &report, &e));
	buf_fini(&report.changes);
	CHECK(!workspace_open(&o, DB_WRITE, &i->ws, &e));
	i->ctx = workspace_ctx(i->ws);
}
#define INSTALLED CLEANUP(installed_close) struct installed

/* Callers of the progress never run side by side, so what they count needs no lock. */
static void
count_up(void *object, const struct obligation *o, size_t done, size_t all)
{
	size_t *count = object;

	CHECK(o->check.text && done < all);
	(*count)++;
}

static size_t
checks_of(const struct model *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->plan.obligation_count; i++)
		count += m->plan.obligations[i].check.text != NULL;
	return count;
}

TEST(threads_share_the_checks_and_leave_none_out)
{
	INSTALLED i;
	struct assess_report r = {0};
	size_t told = 0;
	struct assess_options o = {.progress = count_up, .object = &told};

	installed_open(&i);
	CHECK(!assess_run(i.ctx, &o, &r));
	CHECK(told == checks_of(i.ctx->model) && r.time_count == told);
	for (size_t n = 0; n < r.time_count; n++) {
		CHECK(r.times[n].error == NULL);
		CHECK(n == 0 || r.times[n].obligation > r.times[n - 1].obligation);
	}
	memset(&r, 0, sizeof(r));
	o.full = true;
	CHECK(!assess_run(i.ctx, &o, &r));
	CHECK(told == 2 * r.time_count && r.failures_opened == 0);
}

/* The state that the readers see is that of one moment, whatever is written meanwhile. */
TEST(readers_see_one_state_whatever_is_written_meanwhile)
{
	INSTALLED i;
	struct db *readers[3];
	size_t count = COUNT_OF(readers);
	struct err e = {0};

	installed_open(&i);
	CHECK(!db_readers(i.ctx->db, readers, &count, &e) && count == COUNT_OF(readers));
	CHECK(!meta_set(i.ctx->db, "trial", str_of("later"), &e));
	for (size_t n = 0; n < count; n++) {
		struct str value;

		CHECK(!meta_get(readers[n], "trial", &i.arena, &value, &e) && !value.ptr);
		CHECK(meta_set(readers[n], "trial", str_of("mine"), &e) != ERR_NONE);
		db_close(readers[n]);
	}
}

TEST(readers_are_none_in_memory_and_refused_in_a_transaction)
{
	struct db *db = NULL;
	struct db *reader = NULL;
	size_t count = 1;
	DB_TXN txn = {0};
	struct err e = {0};

	CHECK(!db_open(":memory:", DB_CREATE, &db, &e));
	CHECK(!db_readers(db, &reader, &count, &e) && count == 0);
	CHECK(!db_begin(db, &txn, &e));
	count = 1;
	CHECK(db_readers(db, &reader, &count, &e) == ERR_INTERNAL);
	db_txn_end(&txn);
	db_close(db);
}
