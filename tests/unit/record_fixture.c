#include "record_fixture.h"

#include "engine_fixture.h"
#include "test.h"

enum { FIXTURE_MEMORY = 256 * 1024 * 1024 };

/* The time is held still: 2026-06-15T12:00:00Z. */
static const int64_t fixture_now = 1781524800000;

static int64_t
organisation_put(struct store_fixture *f, const char *key, const char *kind)
{
	struct record r = store_record(f, "organisation", key);

	store_set(f, &r, "name", key);
	store_set(f, &r, "kind", kind);
	r.feed = str_of("plan");
	r.organisation = 0;
	return store_put(f, &r);
}

void
store_open(struct store_fixture *f)
{
	const struct model_source from = {.content = HOLDFAST_CONTENT,
					  .plan = HOLDFAST_CONTENT "/plans/post-office-2015"};
	struct err e = {0};
	struct diags diags;

	*f = (struct store_fixture){0};
	arena_init(&f->arena, FIXTURE_MEMORY);
	diag_init(&diags, &f->arena);
	CHECK(!model_load(&from, &f->arena, &diags, &f->model, &e));
	CHECK(!workspace_scratch(engine_store(), f->model, fixture_now, &f->ws, &e));
	f->ctx = workspace_ctx(f->ws);
	f->home = organisation_put(f, "home", "integrator");
	f->away = organisation_put(f, "away", "member");
}

void
store_close(struct store_fixture *f)
{
	workspace_close(f->ws);
	arena_fini(&f->arena);
}

const struct reg *
store_reg(const struct store_fixture *f, const char *name)
{
	const struct reg *r = model_reg(f->model, str_of(name));

	CHECK(r);
	return r;
}

struct record
store_record(struct store_fixture *f, const char *reg, const char *key)
{
	const struct reg *r = store_reg(f, reg);

	return (struct record){
		.reg = r,
		.key = str_of(key),
		.feed = str_of("test"),
		.organisation = f->home,
		.values = arena_alloc(&f->arena, (r->field_count + 1) * sizeof(struct value))};
}

void
store_set(struct store_fixture *f, struct record *r, const char *field, const char *text)
{
	const struct field *at = reg_field(r->reg, str_of(field));
	struct err e = {0};

	CHECK(at);
	CHECK(!value_parse(at, str_of(text), &f->arena, &r->values[at - r->reg->fields], &e));
}

int64_t
store_put(struct store_fixture *f, struct record *r)
{
	WRITER *w = NULL;
	enum written written;

	CHECK(!writer_begin(f->ctx, &w));
	if (!r->id)
		CHECK(!writer_new_id(w, r->reg, &r->id));
	if (!r->organisation)
		r->organisation = r->id;
	CHECK(!writer_put(w, r, &written));
	CHECK(!writer_commit(w));
	return r->id;
}

void
store_retire(struct store_fixture *f, const char *reg, int64_t id)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_retire(w, store_reg(f, reg), id));
	CHECK(!writer_commit(w));
}

int64_t
store_count(struct store_fixture *f, const char *select)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->ctx->db, select, &s, &f->ctx->err));
	CHECK(!db_step(s, &row, &f->ctx->err) && row);
	return db_int(s, 0);
}
