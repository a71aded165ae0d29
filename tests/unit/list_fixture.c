#include "list_fixture.h"

#include "engine_fixture.h"
#include "record/parties.h"
#include "test.h"

#include <string.h>

#define GOLDEN "tests/golden/records"

enum { FIXTURE_MEMORY = 1024 * 1024 * 1024, KEYS_LIMIT = 16 * 1024 * 1024, PAGES_MOST = 100000 };

static const int64_t fixture_now = 1781524800000;

void
list_open(struct list_fixture *f)
{
	const struct model_source from = {.content = GOLDEN, .plan = GOLDEN "/plan"};
	static const struct organisation_entry parties[] = {
		{.key = "alpha", .kind = "integrator", .name = "alpha"},
		{.key = "beta",	.kind = "member",	  .name = "beta" }
	 };
	struct err e = {0};
	struct diags diags;
	WRITER *w = NULL;

	*f = (struct list_fixture){0};
	arena_init(&f->arena, FIXTURE_MEMORY);
	diag_init(&diags, &f->arena);
	CHECK(!model_load(&from, &f->arena, &diags, &f->model, &e));
	CHECK(!workspace_scratch(engine_store(), f->model, fixture_now, &f->ws, &e));
	f->ctx = workspace_ctx(f->ws);
	f->item = model_reg(f->model, str_of("item"));
	CHECK(f->item);
	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!parties_put(w, parties, COUNT_OF(parties)));
	CHECK(!writer_commit(w));
	CHECK(!organisation_find(f->ctx, "alpha", &f->alpha));
	CHECK(!organisation_find(f->ctx, "beta", &f->beta));
}

void
list_close(struct list_fixture *f)
{
	workspace_close(f->ws);
	arena_fini(&f->arena);
}

static struct record
item(struct list_fixture *f, const char *key)
{
	struct record r =
		record_blank(f->item, str_of(key), key[0] == 'b' ? f->beta : f->alpha, &f->arena);

	r.feed = str_of("test");
	return r;
}

/* References are names of records here, as nothing resolves keys. */
static void
resolve(struct list_fixture *f, struct value *v)
{
	if (v->kind == VALUE_KEY)
		*v = (struct value){.kind = VALUE_INT,
				    .number = record_id_of_name(f->model, v->text)};
	for (size_t i = 0; v->kind == VALUE_ITEMS && i < v->count * (size_t)v->number; i++)
		resolve(f, &v->items[i]);
}

static void
item_set(struct list_fixture *f, struct record *r, struct str text)
{
	struct str name = str_cut(&text, '=');
	const struct field *at = reg_field(r->reg, name);
	struct err e = {0};

	if (str_is(name, "state")) {
		r->state = text;
		return;
	}
	CHECK(at);
	CHECK(!value_parse(at, text, &f->arena, &r->values[at - r->reg->fields], &e));
	resolve(f, &r->values[at - r->reg->fields]);
}

int64_t
item_put(struct list_fixture *f, const char *key, const char *values)
{
	struct record r = item(f, key);
	struct str rest = str_of(values);
	enum written written;
	WRITER *w = NULL;

	while (rest.len > 0)
		item_set(f, &r, str_cut(&rest, '|'));
	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_new_id(w, f->item, &r.id));
	CHECK(!writer_put(w, &r, &written));
	CHECK(!writer_commit(w));
	return r.id;
}

void
items_put(struct list_fixture *f, size_t count)
{
	WRITER *w = NULL;
	int64_t first = 0;

	CHECK(!writer_begin(f->ctx, &w));
	for (size_t i = 0; i < count; i++) {
		struct arena scratch;
		struct record r;
		enum written written;
		char key[32];

		arena_init(&scratch, KEYS_LIMIT);
		(void)snprintf(key, sizeof(key), "%c%zu", i % 2 ? 'a' : 'b', i * 7919 % count);
		r = item(f, key);
		r.values = arena_alloc(&scratch, (f->item->field_count + 1) * sizeof(*r.values));
		CHECK(!writer_new_id(w, f->item, &r.id));
		first = first ? first : r.id;
		if (i % 100)
			r.state = str_of(i % 50 ? "open" : "closed");
		record_set_int(&r, "size", (int64_t)(i * 31 % 17));
		record_set_text(&r, "kind",
				i % 3 ? str_of(i % 2 ? "one" : "other") : (struct str){0});
		if (i % 4)
			record_set_int(&r, "parent", first + (int64_t)(i * 13 % 5));
		CHECK(!writer_put(w, &r, &written));
		arena_fini(&scratch);
	}
	CHECK(!writer_commit(w));
}

void
twins_put(struct list_fixture *f, const char *key, size_t count)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	for (size_t i = 0; i < count; i++) {
		struct record r = item(f, key);
		enum written written;
		char feed[16];

		(void)snprintf(feed, sizeof(feed), "f%zu", 9999 - i);
		r.feed = str_of(feed);
		CHECK(!writer_new_id(w, f->item, &r.id));
		CHECK(!writer_put(w, &r, &written));
	}
	CHECK(!writer_commit(w));
}

const char *
list_keys(struct list_fixture *f, const struct list_question *question)
{
	CLEANUP(buf_fini) struct buf keys = {.limit = KEYS_LIMIT};
	struct list_question q = *question;
	struct list_page p;
	size_t pages = 0;

	q.reg = f->item;
	if (!q.fields.ptr)
		q.fields = str_of("key");
	do {
		if (list_read(f->ctx, &q, &p)) {
			buf_addf(&keys, "!%s", f->ctx->err.message);
			break;
		}
		CHECK((int64_t)p.count <= (q.limit ? q.limit : LIST_LIMIT));
		/* A quick list may have found nothing yet. */
		CHECK(!p.next.ptr || p.count > 0 || !q.thorough);
		for (size_t i = 0; i < p.count; i++)
			buf_addf(&keys, "%s%.*s", keys.len ? " " : "",
				 STR_ARG(p.rows[i].cells[0].text));
		q.after = p.next;
	} while (q.after.ptr && ++pages < PAGES_MOST);
	CHECK(!keys.failed && pages < PAGES_MOST);
	return str_z(&f->arena, (struct str){keys.data ? keys.data : "", keys.len});
}

const char *
keys_of(struct list_fixture *f, const char *filter, const char *sort)
{
	const struct list_question q = {.filter = str_of(filter),
					.sort = sort ? str_of(sort) : (struct str){0},
					.limit = 2};

	return list_keys(f, &q);
}
