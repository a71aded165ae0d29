#include "base/civil.h"
#include "base/limits.h"
#include "check/example.h"
#include "check/run.h"
#include "query/reach.h"
#include "test.h"

#include "record/parties.h"
#include "record/workspace.h"

#include <stdlib.h>
#include <string.h>

/* Every check of the shipped plan over its own example, whose rows then change at random: each
 * record whose answer is another afterwards must be among those that the reach names.
 *
 * The rows live in temporary tables that stand before the real ones, so that any row may become any
 * other without a writer. REACH_STEPS asks for more steps a check, REACH_SEED for other ones,
 * REACH_ONLY for one obligation. */

enum { STEPS = 16, TABLES_MAX = 80, ANSWERS_MAX = 4096, MEMORY = 512 * 1024 * 1024, TRIES_MAX = 3 };

struct answer {
	int64_t record;
	uint64_t is; /* of all rows that name the record, in no order */
};

struct answers {
	struct answer list[ANSWERS_MAX];
	size_t count;
};

struct shadow {
	const struct table *table;
	const struct reach_table *reach;
	bool changed;
};

struct world {
	struct arena arena;
	const struct model *model;
	struct workspace *ws;
	struct ctx *ctx;
	const struct obligation *o;
	const struct obligation *faulty; /* the last that was told of */
	struct reach reach;
	struct shadow shadows[TABLES_MAX];
	size_t shadow_count;
	struct db_stmt *queries[2];
	uint64_t random;
	unsigned long seed;
	bool small;	/* few values, so that rows meet often */
	char did[2048]; /* of one step, for who reads a failure */
	/* What came of it all. */
	size_t pairs, alls, steps, changes, faults;
};

static unsigned
below(struct world *w, size_t n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((w->random >> 33) % n);
}

static void
good(const struct world *w, enum err_code rc)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "%s: %s: %s\n%s\n", w->o ? w->o->id : "", w->ctx->err.where,
		      w->ctx->err.message, w->did);
	abort();
}

static void run(struct world *w, const char *format, ...) PRINTF(2, 3);

static void
run(struct world *w, const char *format, ...)
{
	char sql[1024];
	va_list args;
	size_t used = strlen(w->did);

	va_start(args, format);
	(void)vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	(void)snprintf(w->did + used, sizeof(w->did) - used, "%s;\n", sql);
	good(w, db_exec(w->ctx->db, sql, &w->ctx->err));
}

static int64_t number(struct world *w, const char *format, ...) PRINTF(2, 3);

static int64_t
number(struct world *w, const char *format, ...)
{
	char sql[1024];
	va_list args;
	DB_STMT *s = NULL;
	bool row;

	va_start(args, format);
	(void)vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	good(w, db_prepare(w->ctx->db, sql, &s, &w->ctx->err));
	good(w, db_step(s, &row, &w->ctx->err));
	return row ? db_int(s, 0) : 0;
}

static const struct table *
table_named(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->reg_count; i++) {
		if (strcmp(m->regs[i]->table->name, name) == 0)
			return m->regs[i]->table;
		for (size_t k = 0; k < m->regs[i]->field_count; k++) {
			const struct table *t = m->regs[i]->fields[k].table;

			if (t && strcmp(t->name, name) == 0)
				return t;
		}
	}
	return NULL;
}

/* A register has a number of its own in each row; a list's rows have their record's. */
static bool
is_register(const struct table *t)
{
	return strcmp(t->columns[0].name, "id") == 0;
}

/* What the plan does not name itself; the text lives until the next obligation. */
static struct str
text_for(struct world *w, const char *name)
{
	struct check_moment m = check_moment_at(w->ctx, w->model->plan.examples_at, w->o->cadence);
	char *text = arena_alloc(w->ctx->arena, CIVIL_INSTANT_LEN + 1);

	if (strcmp(name, "now") == 0)
		civil_format_instant(m.now, text);
	else if (strcmp(name, "today") == 0)
		civil_format_date(m.today, text);
	else if (strcmp(name, "period_from") == 0)
		civil_format_date(m.period.from, text);
	else
		civil_format_date(m.period.to, text);
	return str_of(text);
}

static void
params_bind(struct world *w, struct db_stmt *s)
{
	for (int i = 1; i <= db_param_count(s); i++) {
		const struct param *p = model_param(w->model, db_param_name(s, i));

		if (!p)
			db_bind_text(s, i, text_for(w, db_param_name(s, i)));
		else if (p->kind == UNIT_NUMBER)
			db_bind_int(s, i, p->number);
		else
			db_bind_text(s, i, str_of(p->text));
	}
}

static uint64_t
text_number(struct str text, uint64_t from)
{
	for (size_t i = 0; i < text.len; i++)
		from = (from ^ (unsigned char)text.ptr[i]) * 1099511628211u;
	return (from ^ text.len) * 1099511628211u;
}

static void
answer_add(struct answers *a, int64_t record, uint64_t is)
{
	size_t i = 0;

	while (i < a->count && a->list[i].record != record)
		i++;
	CHECK(i < ANSWERS_MAX);
	if (i == a->count)
		a->list[a->count++] = (struct answer){record, 0};
	a->list[i].is += is;
}

static void
answers_take(struct world *w, struct answers *a)
{
	a->count = 0;
	for (size_t k = 0; k < 2; k++) {
		struct db_stmt *s = w->queries[k];
		int column = 0;
		bool row;

		params_bind(w, s);
		while (strcmp(db_column_name(s, column), "record") != 0)
			column++;
		for (;;) {
			uint64_t is = 14695981039346656037u + k;

			good(w, db_step(s, &row, &w->ctx->err));
			if (!row)
				break;
			for (int i = 0; i < db_column_count(s); i++)
				is = text_number(db_text(s, i), is);
			answer_add(a, db_int(s, column), is);
		}
		db_reset(s);
	}
}

static uint64_t
answer_of(const struct answers *a, int64_t record)
{
	for (size_t i = 0; i < a->count; i++) {
		if (a->list[i].record == record)
			return a->list[i].is;
	}
	return 0;
}

/* An expression that gives a value for the column: of another row, none, or any record. */
static void
value_write(struct world *w, const struct table *t, const struct column *c, char *out, size_t size)
{
	static const char *const words[] = {"'hr'", "'malware'", "'keep'", "'revoke'", "'left'"};
	const struct table *other = w->shadows[below(w, w->shadow_count)].table;

	if (w->small) {
		if (below(w, 6) == 0)
			(void)snprintf(out, size, "null");
		else if (c->type == COLUMN_INT)
			(void)snprintf(out, size, "%u", 1 + below(w, 4));
		else
			(void)snprintf(out, size, "'%c'", 'a' + (int)below(w, 2));
		return;
	}
	switch (below(w, 8)) {
	case 0:
		(void)snprintf(out, size, "null");
		return;
	case 1:
		(void)snprintf(out, size, "%s",
			       c->type == COLUMN_INT ? (below(w, 2) ? "1" : "0")
						     : words[below(w, COUNT_OF(words))]);
		return;
	case 2:
	case 3:
		if (c->type == COLUMN_INT && is_register(other)) {
			(void)snprintf(out, size,
				       "(select id from \"%s\" order by id limit 1 offset %u)",
				       other->name, below(w, 8));
			return;
		}
		break;
	case 4:
		if (c->type == COLUMN_TEXT) {
			(void)snprintf(out, size,
				       "add_days((select \"%s\" from \"%s\" order by rowid limit 1 "
				       "offset %u), %d)",
				       c->name, t->name, below(w, 6), (int)below(w, 5) - 2);
			return;
		}
		break;
	default:
		break;
	}
	(void)snprintf(out, size, "(select \"%s\" from \"%s\" order by rowid limit 1 offset %u)",
		       c->name, t->name, below(w, 8));
}

static void
row_alter(struct world *w, const struct table *t, int64_t rowid)
{
	size_t first = is_register(t) ? 1 : 0;
	char value[256];

	for (unsigned n = 1 + below(w, 3); n > 0; n--) {
		const struct column *c = &t->columns[first + below(w, t->column_count - first)];

		/* A date that is none stays none; the rest of the row must still be readable. */
		if (c->type == COLUMN_BLOB)
			continue;
		value_write(w, t, c, value, sizeof(value));
		run(w, "update \"%s\" set \"%s\" = %s where rowid = %lld", t->name, c->name, value,
		    (long long)rowid);
	}
}

static int64_t
row_new(struct world *w, const struct table *t)
{
	int64_t rowid;

	if (number(w, "select count(*) from \"%s\"", t->name) == 0)
		run(w, "insert into \"%s\" default values", t->name);
	else
		run(w,
		    "insert into \"%s\" select * from \"%s\" where rowid = (select rowid from "
		    "\"%s\" "
		    "order by rowid limit 1 offset %u)",
		    t->name, t->name, t->name,
		    below(w, (size_t)number(w, "select count(*) from \"%s\"", t->name)));
	rowid = number(w, "select max(rowid) from \"%s\"", t->name);
	if (is_register(t))
		run(w,
		    "update \"%s\" set id = (select coalesce(max(id), 77) + 1 from \"%s\") where "
		    "rowid = %lld",
		    t->name, t->name, (long long)rowid);
	return rowid;
}

/* One row comes, goes or changes; what it was and what it is stand in the delta. */
static void
row_change(struct world *w, struct shadow *s)
{
	const struct table *t = s->table;
	size_t count = (size_t)number(w, "select count(*) from \"%s\"", t->name);
	unsigned what = below(w, 6);
	int64_t rowid;

	s->changed = true;
	if (count == 0 || what == 0) {
		rowid = row_new(w, t);
		row_alter(w, t, rowid);
	} else {
		rowid = number(w, "select rowid from \"%s\" order by rowid limit 1 offset %u",
			       t->name, below(w, count));
		run(w, "insert into \"delta_%s\" select * from \"%s\" where rowid = %lld", t->name,
		    t->name, (long long)rowid);
		if (what == 1) {
			run(w, "delete from \"%s\" where rowid = %lld", t->name, (long long)rowid);
			return;
		}
		row_alter(w, t, rowid);
	}
	run(w, "insert into \"delta_%s\" select * from \"%s\" where rowid = %lld", t->name, t->name,
	    (long long)rowid);
}

static bool
is_reached(struct world *w, const struct reach_table *t, int64_t record)
{
	for (size_t i = 0; i < t->count; i++) {
		char sql[8192];
		DB_STMT *s = NULL;
		bool row;

		CHECK(snprintf(sql, sizeof(sql), "select 1 from (%s) r where r.record = :record",
			       t->ways[i].sql) < (int)sizeof(sql));
		good(w, db_prepare(w->ctx->db, sql, &s, &w->ctx->err));
		db_bind_int(s, 1, record);
		good(w, db_step(s, &row, &w->ctx->err));
		if (row)
			return true;
	}
	return false;
}

/* What differs must have been foretold. */
static void
record_agrees(struct world *w, int64_t record)
{
	bool reached = record == 0; /* null, which is no record */

	for (size_t i = 0; i < w->shadow_count && !reached; i++) {
		const struct shadow *s = &w->shadows[i];

		reached = s->changed && is_reached(w, s->reach, record);
	}
	w->changes++;
	if (reached)
		return;
	if (w->faulty != w->o)
		(void)fprintf(stderr, "%s, seed %lu: record %lld differs and is not reached:\n%s\n",
			      w->o->id, w->seed, (long long)record, w->did);
	w->faulty = w->o;
	w->faults++;
}

static void
step(struct world *w, struct answers *before, struct answers *after)
{
	bool all = false;

	w->did[0] = '\0';
	for (size_t i = 0; i < w->shadow_count; i++) {
		if (w->shadows[i].changed)
			run(w, "delete from \"delta_%s\"", w->shadows[i].table->name);
		w->shadows[i].changed = false;
	}
	w->did[0] = '\0';
	for (unsigned n = 1 + below(w, TRIES_MAX); n > 0; n--) {
		struct shadow *s = &w->shadows[below(w, w->shadow_count)];

		row_change(w, s);
		all = all || s->reach->all;
	}
	answers_take(w, after);
	w->steps++;
	for (size_t i = 0; i < before->count && !all; i++) {
		if (answer_of(after, before->list[i].record) != before->list[i].is)
			record_agrees(w, before->list[i].record);
	}
	for (size_t i = 0; i < after->count && !all; i++) {
		if (!answer_of(before, after->list[i].record))
			record_agrees(w, after->list[i].record);
	}
}

static void
shadow_make(struct world *w, const struct table *t, const struct reach_table *r)
{
	w->shadows[w->shadow_count++] = (struct shadow){.table = t, .reach = r};
	run(w, "create temp table \"%s\" as select * from main.\"%s\"", t->name, t->name);
	run(w, "create temp table \"delta_%s\" as select * from main.\"%s\" where 0", t->name,
	    t->name);
}

static void
shadows_drop(struct world *w)
{
	for (size_t i = 0; i < w->shadow_count; i++) {
		run(w, "drop table temp.\"%s\"", w->shadows[i].table->name);
		run(w, "drop table temp.\"delta_%s\"", w->shadows[i].table->name);
	}
}

/* A table of one's own before each that the check reads. */
static void
shadows_make(struct world *w, const struct words *tables)
{
	w->shadow_count = 0;
	for (size_t i = 0; i < tables->count; i++) {
		const struct table *t = table_named(w->model, tables->words[i]);
		const struct reach_table *r = reach_of(&w->reach, str_of(tables->words[i]));

		w->pairs++;
		if (!r || r->all || w->reach.all)
			w->alls++;
		/* What is read and not found counts as all in use. */
		CHECK(t && (r || w->reach.all) && w->shadow_count < TABLES_MAX);
		if (w->reach.all)
			continue;
		shadow_make(w, t, r);
	}
}

static void
obligation_lives(struct world *w, unsigned long steps)
{
	static struct answers answers[2];
	struct diags diags;
	struct example example;
	struct check *check = NULL;
	struct arena own;
	WRITER *writer = NULL;

	arena_init(&own, MEMORY);
	diag_init(&diags, &own);
	w->ctx->arena = &own;
	w->did[0] = '\0';
	w->reach = (struct reach){0};
	reach_find(w->o->scope.composed, &own, &w->reach);
	reach_find(w->o->check.composed, &own, &w->reach);
	good(w, writer_begin(w->ctx, &writer));
	good(w, parties_put(writer, w->model->plan.examples, w->model->plan.example_count));
	good(w, example_load(w->ctx, writer, w->o, &diags, &example));
	good(w, check_new(w->ctx, w->o, &check));
	shadows_make(w, check_tables(check));
	check_free(check);
	good(w, db_prepare(w->ctx->db, w->o->scope.composed, &w->queries[0], &w->ctx->err));
	good(w, db_prepare(w->ctx->db, w->o->check.composed, &w->queries[1], &w->ctx->err));
	answers_take(w, &answers[0]);
	for (unsigned long i = 0; i < steps && w->shadow_count > 0; i++)
		step(w, &answers[i % 2], &answers[(i + 1) % 2]);
	db_stmt_free(w->queries[0]);
	db_stmt_free(w->queries[1]);
	shadows_drop(w);
	writer_end(writer);
	writer = NULL;
	arena_fini(&own);
}

static unsigned long
asked_for(const char *name, unsigned long unless)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : unless;
}

static void
world_open(struct world *w)
{
	const struct model_source from = {.content = HOLDFAST_CONTENT,
					  .plan = HOLDFAST_CONTENT "/plans/post-office-2015"};
	struct diags diags;
	struct err e = {0};

	arena_init(&w->arena, MEMORY);
	diag_init(&diags, &w->arena);
	w->seed = asked_for("REACH_SEED", 1);
	CHECK(!model_load(&from, &w->arena, &diags, &w->model, &e));
	CHECK(!workspace_scratch(NULL, w->model, w->model->plan.examples_at, &w->ws, &e));
	w->ctx = workspace_ctx(w->ws);
}

static void
world_close(struct world *w)
{
	workspace_close(w->ws);
	arena_fini(&w->arena);
}
#define WORLD CLEANUP(world_close) struct world

TEST(reach_names_each_record_whose_answer_a_changed_row_changes)
{
	WORLD w = {0};
	unsigned long steps = asked_for("REACH_STEPS", STEPS);
	const char *only = getenv("REACH_ONLY");

	world_open(&w);
	for (size_t i = 0; i < w.model->plan.obligation_count; i++) {
		w.o = &w.model->plan.obligations[i];
		w.random = w.seed * 7919 + i;
		if (w.o->check.text && w.o->scope.text && (!only || strcmp(only, w.o->id) == 0))
			obligation_lives(&w, steps);
	}
	if (steps != STEPS)
		(void)fprintf(stderr,
			      "%zu steps, %zu answers differed; %zu of %zu tables are all\n",
			      w.steps, w.changes, w.alls, w.pairs);
	CHECK(w.faults == 0);
	CHECK(only || w.changes > w.steps / 32);
}

/* Shapes in which it is easy to believe too much. */
static const char *const shapes[] = {
	/* A join, a left join, and what follows from either. */
	"select a.id as record from account a join person p on p.id = a.person where p.site = 1",
	"select a.id as record from account a left join person p on p.id = a.person "
	"where p.site is null",
	"select a.id as record from account a left join person p on p.id = a.person "
	"left join ticket t on t.requester = p.line_manager where t.id is null",
	"select a.id as record from person p cross join account a "
	"left join ticket t on t.id = a.ticket and t.requester = p.id where t.id is null",
	"select a.id as record from account a left join ticket t on t.id = a.ticket "
	"left join person p on p.id = coalesce(t.requester, a.person) where p.site = 2",
	/* The same table twice, and a name used again further in. */
	"select p.id as record from person p join person m on m.id = p.line_manager "
	"where m.state = 'a'",
	"select a.id as record from account a where exists (select 1 from person a "
	"where a.id = 1 and exists (select 1 from ticket t where t.requester = a.id))",
	"select a.id as record from account a where exists (select 1 from account b "
	"where b.person = a.person and b.id <> a.id and b.enabled = 1)",
	/* Nothing, something, and none of a list. */
	"select a.id as record from account a where not exists (select 1 from ticket t "
	"where t.source_event = a.id and t.state = 'a')",
	"select a.id as record from account a where not exists (select 1 from ticket t "
	"where t.id = a.ticket and not exists (select 1 from person p "
	"where p.id = t.requester and p.site = a.system))",
	"select a.id as record from account a where a.person in (select p.id from person p "
	"where p.site = 1)",
	"select a.id as record from account a where a.person in (select t.requester from ticket t)",
	"select a.id as record from account a where a.id not in (select t.source_event from ticket "
	"t)",
	"select a.id as record from account a where a.id not in (select t.source_event from ticket "
	"t "
	"where t.source_event is not null)",
	"select a.id as record from account a where a.person not in (select p.id from person p "
	"where p.site = 1)",
	"select a.id as record from account a where a.person not in (select t.requester from "
	"ticket t "
	"where t.id = 1 or t.requester is not null)",
	"select a.id as record from account a where a.id not in (select p.id from ticket t "
	"left join person p on p.id = t.requester)",
	"select a.id as record from account a where a.id not in (select t.source_event from ticket "
	"t "
	"join person p on p.id = t.requester where p.site is not null)",
	/* One or the other. */
	"select a.id as record from account a join person p on p.id = a.person or p.site = "
	"a.system",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where (t.source_event = a.id or t.id = a.ticket) and t.state = 'a')",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where t.source_event = a.id or t.state = 'a')",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where t.source_event = a.id and t.state = 'a' or t.id = a.ticket and t.state = 'b')",
	"select a.id as record from account a where not exists (select 1 from ticket t "
	"where not (t.source_event = a.id and t.state = 'a'))",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where case when t.source_event = a.id or t.state = 'a' then 1 else 0 end = 0)",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where case when t.source_event = a.id and t.state = 'a' then 1 else 0 end = 0)",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where t.id between 1 and 2 and t.source_event = a.id)",
	"select a.id as record from account a where exists (select 1 from organisation o "
	"where o.id = coalesce(a.system, a.organisation) and o.kind = 'a')",
	/* Gathered. */
	"select a.id as record from account a join (select t.source_event as about, count(*) as n "
	"from ticket t group by t.source_event) c on c.about = a.id where c.n > 1",
	"select a.id as record from account a join (select t.state as state, max(t.source_event) "
	"as about from ticket t group by t.state) c on c.about = a.id",
	"select a.id as record from account a where a.id = (select max(t.source_event) from ticket "
	"t "
	"where t.requester = a.person)",
	"select a.id as record from account a where (select count(*) from ticket t) > a.person",
	"select a.id as record from account a where a.id in (select t.source_event from ticket t "
	"group by t.source_event having count(*) > 1)",
	"select p.id as record from person p join account a on a.person = p.id group by p.id "
	"having count(*) > 1",
	/* Put together. */
	"select p.id as record from person p where p.site = 1 union all "
	"select a.person as record from account a where a.enabled = 1",
	"select p.id as record from person p where exists (select 1 from (select t.source_event as "
	"about, t.state from ticket t union all select a.person as x, a.state from account a) w "
	"where w.about = p.id and w.state = 'a')",
	"select p.id as record from person p left join (select t.requester as who, t.state from "
	"ticket "
	"t union select a.person, a.state from account a) w on w.who = p.id where w.state is null",
	"select p.id as record from person p where p.id not in (select a.person from account a "
	"where a.person is not null union all select t.requester from ticket t "
	"where t.requester is not null)",
	/* Named, in names. */
	"with live as not materialized (select a.* from account a where a.enabled = 1), "
	"held as (select l.id as account, p.id as holder, p.site from live l "
	"join person p on p.id = l.person) select h.account as record from held h "
	"join person m on m.line_manager = h.holder where m.site = h.site",
	"with held as (select distinct a.person as holder from account a) "
	"select p.id as record from person p left join held h on h.holder = p.id "
	"where h.holder is null",
	/* Lists of a record, and texts that look like something else. */
	"select r.id as record from review r where exists (select 1 from review_lines l "
	"join account a on a.id = l.subject where l.record = r.id and a.enabled = 1)",
	"select a.id as record from account a where exists (select 1 from review_lines l "
	"join review r on r.id = l.record where l.subject = a.id and r.state = 'a')",
	"select a.id as record from account a -- or t.source_event = 1\n where exists (select 1 "
	"from ticket t where t.state <> ' or t.id = a.id' and t.source_event = a.id)",
	/* Written in other ways. */
	"select a.id as record from account a where exists (SELECT 1 FROM account b "
	"WHERE b.person = 1 AND b.enabled = 1)",
	"select a.id as record from account a LEFT join person p on p.id = a.person "
	"LEFT join ticket t on t.requester = p.id where t.id is null",
	"select a.id as record from account a where exists (select 1 from ticket t "
	"where t.source_event = a.id OR t.state = 'a')",
	"select a.id as record from account a, person p where p.id = a.person and p.site = 1",
	"select a.id as record from account a where exists (select 1 from person A "
	"where exists (select 1 from ticket t where t.requester = a.id))",
};

static void
rows_fill(struct world *w)
{
	for (size_t i = 0; i < w->shadow_count; i++) {
		const struct table *t = w->shadows[i].table;

		for (int n = 1; n <= 4; n++) {
			run(w, "insert into \"%s\" (\"%s\") values (%d)", t->name,
			    t->columns[0].name, n);
			for (size_t k = 1; k < t->column_count; k++) {
				char value[256];

				if (t->columns[k].type == COLUMN_BLOB)
					continue;
				value_write(w, t, &t->columns[k], value, sizeof(value));
				run(w, "update \"%s\" set \"%s\" = %s where rowid = %d", t->name,
				    t->columns[k].name, value, n);
			}
			w->did[0] = '\0';
		}
	}
}

static void
shape_lives(struct world *w, const char *sql, unsigned long steps)
{
	static struct answers answers[2];
	struct arena own;

	arena_init(&own, MEMORY);
	w->did[0] = '\0';
	w->ctx->arena = &own;
	w->reach = (struct reach){0};
	w->shadow_count = 0;
	reach_find(sql, &own, &w->reach);
	for (size_t i = 0; i < w->reach.count && !w->reach.all; i++)
		shadow_make(w, table_named(w->model, str_z(&own, w->reach.tables[i].name)),
			    &w->reach.tables[i]);
	w->alls += w->reach.all;
	rows_fill(w);
	good(w, db_prepare(w->ctx->db, sql, &w->queries[0], &w->ctx->err));
	good(w, db_prepare(w->ctx->db, sql, &w->queries[1], &w->ctx->err));
	answers_take(w, &answers[0]);
	for (unsigned long i = 0; i < steps && w->shadow_count > 0; i++)
		step(w, &answers[i % 2], &answers[(i + 1) % 2]);
	db_stmt_free(w->queries[0]);
	db_stmt_free(w->queries[1]);
	shadows_drop(w);
	arena_fini(&own);
}

TEST(reach_never_names_too_few_records_whatever_the_shape_of_the_query)
{
	static struct obligation shaped[COUNT_OF(shapes)];
	WORLD w = {.small = true};
	unsigned long steps = asked_for("REACH_STEPS", 8 * (unsigned long)STEPS);

	world_open(&w);
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct obligation *o = &shaped[i];

		o->id = shapes[i];
		w.o = o;
		w.random = w.seed * 7919 + i;
		shape_lives(&w, shapes[i], steps);
	}
	CHECK(w.faults == 0);
	CHECK(w.changes > w.steps / 20);
}
