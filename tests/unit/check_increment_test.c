#include "base/civil.h"
#include "check/check.h"
#include "check/increment.h"
#include "engine_fixture.h"
#include "record/workspace.h"
#include "record/writer.h"
#include "test.h"

#include <string.h>

/* Two stores get the same random writes over the shipped plan and registers. One is assessed from
 * where it stands, the other anew each time: after each step both must have recorded the same.
 * INCREMENT_STEPS asks for more steps, INCREMENT_SEED for others, INCREMENT_DUTIES for so many
 * obligations of the plan, chosen at random, instead of all: each step costs as much less. */

enum {
	STEPS = 30,
	SERVER_STEPS = 10, /* each statement is a journey there */
	PER_REGISTER = 6,
	MEMORY = 512 * 1024 * 1024,
	DAY_MS = 86400000
};

struct store {
	struct workspace *ws;
	struct ctx *ctx;
	struct assessor *assessor;
	struct assess_report last;
	struct arena arena; /* of one step */
};

struct world {
	struct arena arena;
	struct arena step;
	const struct model *model;
	struct store kept;
	struct store anew;
	uint64_t random;
	int64_t *ids; /* PER_REGISTER for each register; 0: none */
	unsigned long number;
	unsigned long seed;
	size_t parts; /* runs that did not decide all */
	size_t cut;   /* runs that were given hardly any time for that */
};

static unsigned
below(struct world *w, unsigned n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(w->random >> 33) % n;
}

static void
good(const struct world *w, enum err_code rc, const struct err *e)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "seed %lu, step %lu: %s: %s\n", w->seed, w->number, e->where,
		      e->message);
	abort();
}

static int64_t *
place(struct world *w, const struct reg *r)
{
	size_t i = 0;

	while (w->model->regs[i] != r)
		i++;
	return &w->ids[i * PER_REGISTER];
}

static int64_t
some_record(struct world *w, const struct reg *r)
{
	return place(w, r)[below(w, PER_REGISTER)];
}

static const struct reg *
some_register(struct world *w)
{
	return w->model->regs[below(w, (unsigned)w->model->reg_count)];
}

/* Words that checks compare with: figures that are text, and ids of obligations. */
static struct str
some_text(struct world *w)
{
	const struct plan *p = &w->model->plan;
	const struct param *q = &p->params[below(w, (unsigned)p->param_count)];
	const char *text = q->text;

	if (below(w, 4) == 0)
		return str_of(p->obligations[below(w, (unsigned)p->obligation_count)].id);
	if (q->kind == UNIT_TEXT)
		return str_of(text);
	if (q->kind == UNIT_WORDS && strchr(text, '"')) {
		const char *from = strchr(text, '"');

		for (unsigned n = below(w, 3); n > 0 && strchr(from + 1, ','); n--)
			from = strchr(strchr(from + 1, ','), '"');
		return (struct str){from + 1, strcspn(from + 1, "\"")};
	}
	return str_of(below(w, 2) ? "malware" : "hr");
}

static struct value
text_of(struct world *w, struct str text)
{
	return (struct value){.kind = VALUE_TEXT, .text = str_dup(&w->step, text)};
}

static struct value
some_time(struct world *w, bool instant)
{
	static const int spans[] = {1, 3, 35, 400, 1200};
	int span = spans[below(w, sizeof(spans) / sizeof(*spans))];
	int64_t now = w->kept.ctx->clock.fixed_ms;
	int64_t at = now + ((int64_t)below(w, (unsigned)(2 * span * 24)) - span * 24) * 3600000;
	char text[CIVIL_INSTANT_LEN + 1];

	at = at / 1000 * 1000;
	if (instant)
		civil_format_instant(at, text);
	else
		civil_format_date(at / DAY_MS, text);
	return text_of(w, str_of(text));
}

static struct value
some_words(struct world *w, const struct field *f)
{
	char text[256];
	struct str word = f->words.count
				  ? str_of(f->words.words[below(w, (unsigned)f->words.count)])
				  : some_text(w);

	(void)snprintf(text, sizeof(text), "[\"%.*s\"]", STR_ARG(word));
	return text_of(w, str_of(text));
}

static struct value
some_reference(struct world *w, const struct field *f)
{
	const struct reg *r = f->target_count ? f->targets[below(w, (unsigned)f->target_count)]
					      : some_register(w);
	int64_t id = some_record(w, r);

	return id ? (struct value){.kind = VALUE_INT, .number = id} : (struct value){0};
}

static struct value some_value(struct world *w, const struct field *f);

static struct value
some_items(struct world *w, const struct field *f)
{
	size_t width = f->type == FIELD_LIST ? f->field_count : 1;
	struct value v = {.kind = VALUE_ITEMS,
			  .number = (int64_t)width,
			  .items = arena_alloc(&w->step, 3 * width * sizeof(*v.items))};

	for (unsigned n = below(w, 3); n > 0; n--) {
		struct value *row = &v.items[v.count * width];

		if (f->type == FIELD_REFS) {
			*row = some_reference(w, f);
			v.count += row->kind == VALUE_INT;
			continue;
		}
		for (size_t i = 0; i < width; i++)
			row[i] = some_value(w, &f->fields[i]);
		v.count++;
	}
	return v.count ? v : (struct value){0};
}

static struct value
some_value(struct world *w, const struct field *f)
{
	if (!f->required && below(w, 4) == 0 && f->type != FIELD_BOOL)
		return (struct value){0};
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		return text_of(w, some_text(w));
	case FIELD_INT:
	case FIELD_DECIMAL:
		return (struct value){.kind = VALUE_INT, .number = below(w, 12)};
	case FIELD_BOOL:
		return (struct value){.kind = VALUE_INT, .number = below(w, 2)};
	case FIELD_DATE:
		return some_time(w, false);
	case FIELD_DATETIME:
		return some_time(w, true);
	case FIELD_ENUM:
		return text_of(w,
			       f->words.count
				       ? str_of(f->words.words[below(w, (unsigned)f->words.count)])
				       : some_text(w));
	case FIELD_WORDS:
		return some_words(w, f);
	case FIELD_REF:
		return some_reference(w, f);
	case FIELD_REFS:
	case FIELD_LIST:
		return some_items(w, f);
	}
	return (struct value){0};
}

/* The same write to one of the stores; the number of a new record is the same in both. */
static int64_t
write_one(struct world *w, struct store *s, const struct record *wanted)
{
	struct record r = *wanted;
	enum written written;
	WRITER *wr = NULL;

	good(w, writer_begin(s->ctx, &wr), &s->ctx->err);
	if (!r.id)
		good(w, writer_new_id(wr, r.reg, &r.id), &s->ctx->err);
	if (!r.organisation)
		r.organisation = r.id;
	if (r.retired)
		good(w, writer_retire(wr, r.reg, r.id), &s->ctx->err);
	else
		good(w, writer_put(wr, &r, &written), &s->ctx->err);
	good(w, writer_commit(wr), &s->ctx->err);
	return r.id;
}

static int64_t
write_both(struct world *w, const struct record *r)
{
	int64_t id = write_one(w, &w->kept, r);

	CHECK(write_one(w, &w->anew, r) == id);
	return id;
}

static void
organisation_add(struct world *w, int i, const char *kind)
{
	const struct reg *r = model_reg(w->model, str_of("organisation"));
	char key[16];
	struct record o;

	(void)snprintf(key, sizeof(key), "org%d", i);
	o = record_blank(r, str_of(key), 0, &w->step);
	record_set_text(&o, "name", str_of(key));
	record_set_text(&o, "kind", str_of(kind));
	place(w, r)[i] = write_both(w, &o);
}

/* Some fields of a record that is there change; or one comes, or goes. */
static void
write_something(struct world *w)
{
	const struct reg *organisations = model_reg(w->model, str_of("organisation"));
	const struct reg *r = some_register(w);
	unsigned at = below(w, PER_REGISTER);
	int64_t *id = &place(w, r)[at];
	char key[32];
	struct record rec;

	if (r->kernel && strcmp(r->name, "delivery") != 0)
		return;
	if (r == organisations && (!*id || below(w, 8) > 0))
		return;
	(void)snprintf(key, sizeof(key), "%s%u", r->prefix, at);
	rec = record_blank(r, str_of(key), place(w, organisations)[below(w, 3)], &w->step);
	rec.id = *id;
	rec.retired = *id && r != organisations && below(w, 6) == 0;
	if (*id && !rec.retired) {
		good(w, record_load(w->kept.ctx, *id, &w->step, &rec), &w->kept.ctx->err);
		rec.delivered = 0;
		if (r != organisations && below(w, 12) == 0)
			rec.organisation = place(w, organisations)[below(w, 3)];
	}
	for (size_t i = 0; i < r->field_count; i++) {
		if (!*id || below(w, 4) == 0)
			rec.values[i] = some_value(w, &r->fields[i]);
	}
	if (r->states.count && (!*id || below(w, 3) == 0))
		rec.state = str_of(r->states.words[below(w, (unsigned)r->states.count)]);
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].required && rec.values[i].kind == VALUE_NULL)
			return;
	}
	*id = write_both(w, &rec);
	if (rec.retired)
		*id = 0;
}

/* Mostly the same day; now and then over midnight, the end of a month or year, or a change of the
 * clocks, and back. */
static void
time_passes(struct world *w)
{
	static const int64_t jumps[] = {0,    0,    1,	   60,	       3600, 3600,
					7200, 7200, 86400, 86400 * 31, -3600};
	int64_t *now = &w->kept.ctx->clock.fixed_ms;

	*now += jumps[below(w, sizeof(jumps) / sizeof(*jumps))] * 1000;
	if (below(w, 40) == 0) {
		static const char *const edges[] = {"2026-03-28T23:59:58Z", "2026-10-24T22:59:59Z",
						    "2026-12-31T23:59:59Z", "2027-03-27T23:30:00Z"};
		int64_t at;

		CHECK(civil_parse_instant(str_of(edges[below(w, sizeof(edges) / sizeof(*edges))]),
					  &at));
		*now = at > *now ? at : *now;
	}
	w->anew.ctx->clock.fixed_ms = *now;
}

static bool
ask(struct world *w, struct store *s, struct db_stmt *q)
{
	bool row = false;

	good(w, db_step(q, &row, &s->ctx->err), &s->ctx->err);
	return row;
}

static void
row_print(struct db_stmt *q, bool row)
{
	for (int i = 0; row && i < db_column_count(q); i++)
		(void)fprintf(stderr, "%.*s ", STR_ARG(db_text(q, i)));
	(void)fprintf(stderr, "%s\n", row ? "" : "no more");
}

/* Both say the same, in the same order. */
static void
same(struct world *w, const char *sql)
{
	DB_STMT *kept = NULL;
	DB_STMT *anew = NULL;

	good(w, db_prepare(w->kept.ctx->db, sql, &kept, &w->kept.ctx->err), &w->kept.ctx->err);
	good(w, db_prepare(w->anew.ctx->db, sql, &anew, &w->anew.ctx->err), &w->anew.ctx->err);
	for (;;) {
		bool a = ask(w, &w->kept, kept);
		bool b = ask(w, &w->anew, anew);
		bool equal = a == b;

		for (int i = 0; equal && a && i < db_column_count(kept); i++)
			equal = db_is_null(kept, i) == db_is_null(anew, i) &&
				str_eq(db_text(kept, i), db_text(anew, i));
		if (equal && !a)
			return;
		if (equal)
			continue;
		(void)fprintf(stderr,
			      "seed %lu, step %lu differs (%s):\nfrom what stood: ", w->seed,
			      w->number, sql);
		row_print(kept, a);
		(void)fprintf(stderr, "anew:            ");
		row_print(anew, b);
		abort();
	}
}

static void
assess(struct world *w, struct store *s, bool full)
{
	/* Now and then a single record is many, or others have waited for too long meanwhile. */
	struct assess_options o = {.full = full, .assessor = s->assessor, .many = below(w, 2)};

	if (!full && below(w, 6) == 0) {
		o.turn_ms = 1 + below(w, 20);
		w->cut++;
	}
	good(w, assess_run(s->ctx, &o, &s->last), &s->ctx->err);
}

static void
step(struct world *w)
{
	for (unsigned n = 1 + below(w, 4); n > 0; n--)
		write_something(w);
	time_passes(w);
	/* As after many more steps: the tables that it keeps are worn. */
	if (below(w, 4) == 0)
		delta_tables_note(w->kept.assessor->tables, DELTA_WORN_ROWS + 1);
	assess(w, &w->kept, false);
	assess(w, &w->anew, true);
	w->parts += !w->kept.last.full;
	same(w, "select f.id, f.row_version, f.organisation, f.key, f.obligation, f.subject, "
		"f.reason, f.waiver, f.first_failed_at, f.fixed_at from failure f order by f.id");
	same(w, "select c.id, c.row_version, c.organisation, c.key, c.result, c.reason, c.tested, "
		"c.failing, c.first_failed_at, c.worst, c.failed_hours, c.changed_at, "
		"c.proven_late_at from cell c order by c.id");
	same(w, "select f.id, f.row_version, f.key, f.state, f.summary, f.source from finding f "
		"order by f.id");
	/* How it was decided is another matter. */
	same(w, "select e.id, substr(e.detail, 1, 40) from event e order by e.id desc limit 1");
	CHECK(memcmp(&w->kept.last.totals, &w->anew.last.totals, sizeof(w->kept.last.totals)) == 0);
	CHECK(w->kept.last.failures_open == w->anew.last.failures_open);
	arena_reset(&w->step);
	arena_reset(&w->kept.arena);
	arena_reset(&w->anew.arena);
	w->kept.ctx->arena = &w->kept.arena;
	w->anew.ctx->arena = &w->anew.arena;
}

static void
store_open(struct world *w, struct store *s)
{
	struct err e = {0};

	arena_init(&s->arena, MEMORY);
	good(w, workspace_scratch(engine_store(), w->model, 1, &s->ws, &e), &e);
	s->ctx = workspace_ctx(s->ws);
	CHECK(civil_parse_instant(str_of("2026-03-26T09:00:00Z"), &s->ctx->clock.fixed_ms));
	good(w, assessor_new(s->ctx, &s->assessor), &s->ctx->err);
}

static void
store_close(struct store *s)
{
	assessor_free(s->assessor);
	workspace_close(s->ws);
	arena_fini(&s->arena);
}

static unsigned long
asked(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

/* The plan with so many of its checks alone. */
static const struct model *
with_few_duties(struct world *w, const struct model *whole, unsigned long count)
{
	struct model *m = arena_alloc(&w->arena, sizeof(*m));
	const struct plan *p = &whole->plan;
	struct obligation *few = arena_alloc(&w->arena, p->obligation_count * sizeof(*few));
	size_t left = 0;

	*m = *whole;
	m->plan.obligations = few;
	m->plan.obligation_count = 0;
	for (size_t i = 0; i < p->obligation_count; i++)
		left += p->obligations[i].check.text != NULL;
	for (size_t i = 0; i < p->obligation_count; i++) {
		if (!p->obligations[i].check.text)
			continue;
		/* As likely as those still wanted are among those that are left. */
		if (below(w, (unsigned)left--) < count - m->plan.obligation_count)
			few[m->plan.obligation_count++] = p->obligations[i];
	}
	CHECK(m->plan.obligation_count == count);
	return m;
}

static void
world_lives(unsigned long seed)
{
	struct model_source from = {.content = HOLDFAST_CONTENT,
				    .plan = HOLDFAST_CONTENT "/plans/post-office-2015"};
	unsigned long steps = asked("INCREMENT_STEPS", engine_is_server() ? SERVER_STEPS : STEPS);
	unsigned long duties = asked("INCREMENT_DUTIES", 0);
	struct world w = {.seed = asked("INCREMENT_SEED", 0) + seed};
	struct diags diags;
	struct err e = {0};

	w.random = w.seed * 7919;
	arena_init(&w.arena, MEMORY);
	arena_init(&w.step, MEMORY);
	diag_init(&diags, &w.arena);
	good(&w, model_load(&from, &w.arena, &diags, &w.model, &e), &e);
	if (duties > 0)
		w.model = with_few_duties(&w, w.model, duties);
	w.ids = arena_alloc(&w.arena, w.model->reg_count * PER_REGISTER * sizeof(*w.ids));
	store_open(&w, &w.kept);
	store_open(&w, &w.anew);
	organisation_add(&w, 0, "integrator");
	organisation_add(&w, 1, "member");
	organisation_add(&w, 2, "subcontractor");
	for (int i = 0; i < 200; i++)
		write_something(&w);
	for (w.number = 1; w.number <= steps; w.number++)
		step(&w);
	CHECK(w.parts > (steps - w.cut) / 4);
	store_close(&w.kept);
	store_close(&w.anew);
	arena_fini(&w.step);
	arena_fini(&w.arena);
}

TEST(what_changed_decided_again_is_all_decided_anew)
{
	world_lives(1);
}

TEST(what_changed_decided_again_is_all_decided_anew_with_other_records)
{
	world_lives(2);
}
