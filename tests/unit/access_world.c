#include "access_world.h"

#include "access/holding.h"
#include "access/serve.h"
#include "base/civil.h"
#include "engine_fixture.h"
#include "sys/file.h"
#include "test.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLAN HOLDFAST_CONTENT "/plans/post-office-2015"

enum { WORLD_MEMORY = 1024 * 1024 * 1024, CHANGES_MOST = 1024 * 1024 };

const char *const party_keys[PARTIES] = {"own", "sub", "other", "integrator", "client"};

static struct value
text(const char *words)
{
	return (struct value){.kind = VALUE_TEXT, .text = str_of(words)};
}

void
world_set_word(struct record *r, const struct field *f, const char *word)
{
	r->values[f - r->reg->fields] = text(word);
}

static struct value
least_value(const struct world *w, const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		return text("x");
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_BOOL:
		return (struct value){.kind = VALUE_INT, .number = 1};
	case FIELD_DATE:
		return text("2026-03-01");
	case FIELD_DATETIME:
		return text("2026-03-01T12:00:00Z");
	case FIELD_ENUM:
		return text(f->words.words[0]);
	case FIELD_REF:
		return (struct value){.kind = VALUE_INT, .number = w->parties[PARTY_OWN]};
	case FIELD_WORDS:
	case FIELD_REFS:
	case FIELD_LIST:
		break;
	}
	return (struct value){0};
}

struct record
world_record(struct world *w, const struct reg *r, const char *key, enum party_of of)
{
	struct record rec = record_blank(r, str_of(key), w->parties[of], &w->arena);

	rec.feed = str_of("test");
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].required)
			rec.values[i] = least_value(w, &r->fields[i]);
	}
	return rec;
}

static void
put(struct writer *w, struct record *r)
{
	enum written written;

	if (!r->id)
		CHECK(!writer_new_id(w, r->reg, &r->id));
	CHECK(!writer_put(w, r, &written));
}

static void
row_add(struct world *w, const struct record *r, enum party_of of, int step)
{
	w->rows = arena_room(&w->arena, w->rows, w->row_count, &w->row_cap, sizeof(*w->rows));
	w->rows[w->row_count++] = (struct world_row){*r, of, step};
}

static const char *
key_of(struct world *w, enum party_of of, int step)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "%s-%d", party_keys[of], step);
	return str_z(&w->arena, str_of(key));
}

static void
set_if(struct record *r, const char *field, const char *word)
{
	const struct field *f = reg_field(r->reg, str_of(field));

	if (f)
		world_set_word(r, f, word);
}

/* What the posture's own questions look for. */
static void
posture_fill(struct world *w, struct record *r)
{
	const struct obligation *first = &w->ctx->model->plan.obligations[0];

	if (!r->reg->kernel)
		return;
	set_if(r, "obligation", first->id);
	set_if(r, "result", "proven");
	set_if(r, "worst", "proven");
	set_if(r, "period", "2026-03");
	set_if(r, "register_name", "account");
	set_if(r, "source", "test");
	set_if(r, "first_failed_at", "2026-03-01T12:00:00Z");
	set_if(r, "delivered_at", "2026-03-01T12:00:00Z");
	if (reg_field(r->reg, str_of("complete"))) {
		record_set_int(r, "read", 1);
		record_set_int(r, "rejected", 0);
	}
}

/* What the calendar looks for: today, so that it is in every calendar. */
static void
due_fill(struct world *w, struct record *r)
{
	char date[CIVIL_DATE_LEN + 1];
	char instant[CIVIL_INSTANT_LEN + 1];
	const int64_t now = clock_now(&w->ctx->clock);

	civil_format_date(zone_date(w->ctx->zone, now), date);
	civil_format_instant(now, instant);
	for (size_t i = 0; i < r->reg->due_count; i++) {
		const struct field *f = r->reg->dues[i].field;

		world_set_word(r, f,
			       str_z(&w->arena, str_of(f->type == FIELD_DATE ? date : instant)));
	}
}

/* Twice, so that it has a history. */
static void
plain_put(struct world *w, struct writer *writer, const struct reg *r, enum party_of of)
{
	struct record rec = world_record(w, r, key_of(w, of, STEP_NONE), of);

	posture_fill(w, &rec);
	due_fill(w, &rec);
	if (strcmp(r->name, "failure") == 0)
		record_set_int(&rec, "subject", w->parties[of]);
	put(writer, &rec);
	if (r->states.count > 0) {
		rec.state = str_of(r->states.words[0]);
		put(writer, &rec);
		rec.state = (struct str){0};
		put(writer, &rec);
	}
	row_add(w, &rec, of, STEP_NONE);
}

/* A failure of the party's record of that register, so far as there is one without a state. */
static void
failure_put(struct world *w, struct writer *writer, enum party_of of, int step)
{
	const struct model *m = w->ctx->model;
	const char *about = step == STEP_SECRET ? "personnel_case" : "person";
	struct record rec =
		world_record(w, model_reg(m, str_of("failure")), key_of(w, of, step), of);

	posture_fill(w, &rec);
	for (size_t i = 0; i < w->row_count; i++) {
		if (strcmp(w->rows[i].record.reg->name, about) == 0 && w->rows[i].of == of)
			record_set_int(&rec, "subject", w->rows[i].record.id);
	}
	put(writer, &rec);
	row_add(w, &rec, of, step);
}

static void
step_put(struct world *w, struct writer *writer, const struct reg *r, enum party_of of)
{
	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];
		struct record rec = world_record(w, r, key_of(w, of, (int)i), of);

		if (t->when)
			world_set_word(&rec, t->when, t->when_words.words[0]);
		rec.state = str_of(t->from);
		put(writer, &rec);
		row_add(w, &rec, of, (int)i);
	}
}

static void
organisation_put(struct world *w, struct writer *writer, enum party_of of)
{
	const struct reg *r = model_reg(w->ctx->model, str_of("organisation"));
	struct record rec = world_record(w, r, party_keys[of], of);
	int64_t id = 0;

	CHECK(!writer_find(writer, &rec, &id, NULL));
	if (id) {
		CHECK(!writer_load(writer, r, id, &w->arena, &rec));
		rec.state = (struct str){0};
	} else {
		CHECK(!writer_new_id(writer, r, &rec.id));
		rec.organisation = rec.id;
		/* As those that init makes. */
		if (of == PARTY_INTEGRATOR || of == PARTY_CLIENT)
			rec.feed = str_of(PLAN_FEED);
		if (of == PARTY_CLIENT)
			record_set_text(&rec, "kind", str_of("client"));
		if (of == PARTY_SUB)
			record_set_int(&rec, "engaged_by", w->parties[PARTY_OWN]);
		put(writer, &rec);
	}
	w->parties[of] = rec.id;
	row_add(w, &rec, of, STEP_NONE);
}

static void
rows_put(struct world *w)
{
	const struct model *m = w->ctx->model;
	struct record me;
	WRITER *writer = NULL;

	CHECK(!writer_begin(w->ctx, &writer));
	for (int of = 0; of < PARTIES; of++)
		organisation_put(w, writer, (enum party_of)of);
	for (size_t i = 0; i < m->reg_count; i++) {
		if (strcmp(m->regs[i]->name, "organisation") == 0)
			continue;
		for (int of = 0; of < PARTIES; of++) {
			plain_put(w, writer, m->regs[i], (enum party_of)of);
			step_put(w, writer, m->regs[i], (enum party_of)of);
		}
	}
	for (int of = 0; of < PARTIES; of++) {
		failure_put(w, writer, (enum party_of)of, STEP_OTHER);
		failure_put(w, writer, (enum party_of)of, STEP_SECRET);
	}
	me = world_record(w, model_reg(m, str_of("person")), "me", PARTY_OWN);
	put(writer, &me);
	row_add(w, &me, PARTY_OWN, STEP_OTHER);
	w->person = me.id;
	CHECK(!writer_commit(writer));
}

static enum err_code
note(void *object, const char *kind, struct str detail, struct err *e)
{
	struct world *w = object;

	(void)e;
	CHECK(strcmp(kind, "read") == 0 || strcmp(kind, "export") == 0);
	CHECK(detail.len > 0);
	w->noted++;
	return ERR_NONE;
}

/* The past has no parts of a second. */
static const char *
this_second(struct world *w)
{
	char at[CIVIL_INSTANT_LEN + 1];
	int64_t now;

	CHECK(sleep(2) == 0);
	now = (int64_t)time(NULL) * 1000;
	civil_format_instant(now - 1000, at);
	return str_z(&w->arena, str_of(at));
}

void
world_open(struct world *w)
{
	struct workspace_options o = {.content = HOLDFAST_CONTENT, .plan = PLAN};
	struct workspace_report report = {.changes = {.limit = CHANGES_MOST}};
	char folder[] = "/tmp/holdfast-unit.XXXXXX";
	struct diags diags;
	struct err e = {0};

	*w = (struct world){0};
	arena_init(&w->arena, WORLD_MEMORY);
	diag_init(&diags, &w->arena);
	CHECK(mkdtemp(folder) != NULL);
	w->folder = str_z(&w->arena, str_of(folder));
	w->home = o.home = file_join(&w->arena, w->folder, "home");
	if (engine_is_server()) {
		engine_clear();
		o.store = engine_store();
	}
	CHECK(!workspace_init(&o, &diags, &report, &e));
	buf_fini(&report.changes);
	w->walled = !report.roles_missing;
	o = (struct workspace_options){.home = w->home};
	CHECK(!workspace_open(&o, DB_WRITE, &w->ws, &e));
	w->ctx = workspace_ctx(w->ws);
	rows_put(w);
	CHECK(!workspace_open(&o, DB_READ, &w->reads, &e));
	o.as_of = this_second(w);
	CHECK(!workspace_open(&o, DB_READ, &w->past, &e));
}

void
world_close(struct world *w)
{
	struct err e = {0};

	if (w->walled)
		CHECK(!ctx_serve_nobody(workspace_ctx(w->reads)));
	workspace_close(w->past);
	workspace_close(w->reads);
	workspace_close(w->ws);
	if (engine_is_server())
		engine_clear();
	CHECK(!file_remove_folder(w->folder, &e));
	arena_fini(&w->arena);
}

static void
serve(struct world *w, struct workspace *ws)
{
	struct ctx *ctx = workspace_ctx(ws);

	ctx->who = &w->who;
	ctx->actor = str_of("user:me");
	ctx->actor_id = 0;
	ctx->note = (struct ctx_note){note, w};
}

void
world_serve(struct world *w, const char *role_name, enum party_of holder)
{
	const struct role *role = model_role(w->ctx->model, str_of(role_name));
	const struct holdings *all;
	struct holding h;

	CHECK(role);
	CHECK(!holdings_load(w->ctx->db, w->ctx->model, &w->arena, &all, &w->ctx->err));
	h = holding_of(all, role, w->parties[holder], &w->arena);
	CHECK(h.all || (h.count > 0 && h.count <= PARTIES));
	for (size_t i = 0; i < (h.all ? 1 : h.count); i++)
		w->held[i] = (struct who_role){.role = role,
					       .organisation = h.all ? 0 : h.organisations[i]};
	w->who = (struct who){.model = w->ctx->model,
			      .person = w->person,
			      .organisation = w->parties[holder],
			      .roles = w->held,
			      .role_count = h.all ? 1 : h.count,
			      .organisations = h.all ? w->parties : h.organisations,
			      .organisation_count = h.all ? PARTIES : h.count,
			      .writes = true,
			      .all_registers = true};
	serve(w, w->ws);
	serve(w, w->reads);
	/* Its connection sees no more than he does, where the server lets it have the roles. */
	if (w->walled)
		CHECK(!ctx_serve(workspace_ctx(w->reads), &w->who));
	serve(w, w->past);
}
