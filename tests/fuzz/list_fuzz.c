#include "fuzz.h"

#include "list/list.h"
#include "record/parties.h"
#include "record/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "tests/golden/records"

enum { MEMORY = 64 * 1024 * 1024, ITEMS = 12 };

static const int64_t fixed_now = 1781524800000;

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static void
items_put(struct ctx *ctx, struct writer *w, int64_t organisation)
{
	const struct reg *reg = model_reg(ctx->model, str_of("item"));

	for (int i = 0; i < ITEMS; i++) {
		static const char *const notes[] = {"one", "Two, \"three\"", "100%", "x_y!"};
		char key[16];
		struct record r;
		enum written written;

		(void)snprintf(key, sizeof(key), "k%d", i);
		r = record_blank(reg, str_of(key), organisation, ctx->arena);
		r.feed = str_of("fuzz");
		demand(!writer_new_id(w, reg, &r.id));
		if (i % 4)
			record_set_text(&r, "note", str_of(notes[i % 4]));
		if (i % 3)
			record_set_int(&r, "size", i % 5);
		if (i % 5)
			record_set_int(&r, "parent", r.id);
		record_set_text(&r, "kind", i % 2 ? str_of("one") : (struct str){0});
		r.state = i % 2 ? str_of("open") : (struct str){0};
		demand(!writer_put(w, &r, &written));
	}
}

/* A store with a few items, made once. */
static struct ctx *
store(void)
{
	static const struct organisation_entry parties[] = {
		{.key = "alpha", .kind = "integrator", .name = "alpha"}
	       };
	static const struct model_source from = {.content = GOLDEN, .plan = GOLDEN "/plan"};
	static struct workspace *ws;
	static struct arena arena;
	const struct model *model;
	struct diags diags;
	struct ctx *ctx;
	struct err e;
	WRITER *w = NULL;
	int64_t organisation;

	if (ws)
		return workspace_ctx(ws);
	arena_init(&arena, MEMORY);
	diag_init(&diags, &arena);
	demand(!model_load(&from, &arena, &diags, &model, &e));
	demand(!workspace_scratch(NULL, model, fixed_now, &ws, &e));
	ctx = workspace_ctx(ws);
	demand(!writer_begin(ctx, &w));
	demand(!parties_put(w, parties, 1));
	demand(!organisation_find(ctx, "alpha", &organisation));
	items_put(ctx, w, organisation);
	demand(!writer_commit(w));
	return ctx;
}

/* Refused with the words of this program, and never by the engine, which names no field. */
static bool
answered(const struct ctx *ctx, enum err_code rc)
{
	demand(!rc || ((rc == ERR_INVALID || rc == ERR_TOO_BIG) && ctx->err.field[0]));
	return rc == ERR_NONE;
}

static void
json_is_whole(const struct model *m, const struct list_page *p)
{
	CLEANUP(buf_fini) struct buf out = {.limit = MEMORY};
	struct json_writer w;
	json_t *json = NULL;
	struct err e;

	jw_begin(&w, &out, false);
	list_json(&w, m, p);
	demand(!json_read((struct str){out.data, out.len}, &json, &e));
	json_decref(json);
}

/* Lines: the filter, the order, the fields, the cursor. However it is asked, the answer is the
 * same.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx *ctx = store();
	struct arena *whole = ctx->arena;
	struct str rest = {(const char *)data, size};
	struct list_question q = {.reg = model_reg(ctx->model, str_of("item")), .limit = 5};
	struct list_page quick, thorough, next;
	struct arena arena;

	arena_init(&arena, MEMORY);
	ctx->arena = &arena;
	q.filter = str_cut(&rest, '\n');
	q.sort = rest.len ? str_cut(&rest, '\n') : (struct str){0};
	q.fields = rest.len ? str_cut(&rest, '\n') : (struct str){0};
	q.sort = q.sort.len ? q.sort : (struct str){0};
	q.fields = q.fields.len ? q.fields : (struct str){0};
	q.after = rest.len ? rest : (struct str){0};
	ctx->err = (struct err){0};
	if (answered(ctx, list_read(ctx, &q, &quick))) {
		q.thorough = true;
		demand(!list_read(ctx, &q, &thorough));
		demand(quick.count == thorough.count && quick.total == thorough.total);
		demand(quick.total_is_exact && (int64_t)quick.count <= quick.total);
		for (size_t i = 0; i < quick.count; i++)
			demand(quick.rows[i].id == thorough.rows[i].id);
		json_is_whole(ctx->model, &quick);
		q.after = quick.next;
		if (q.after.ptr) {
			demand(!list_read(ctx, &q, &next) && next.count > 0);
			demand(next.rows[0].id != quick.rows[0].id);
		}
	}
	ctx->arena = whole;
	arena_fini(&arena);
	return 0;
}
