#include "duty/calendar.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "duty/work.h"
#include "list/list.h"
#include "model/bind.h"

#include <stdio.h>
#include <stdlib.h>

const char *const calendar_kind_names[CALENDAR_KINDS] = {
	[CALENDAR_DUTY] = "duty",
	[CALENDAR_RECORD] = "record",
	[CALENDAR_DECISION] = "decision",
};
const char *const calendar_state_names[CALENDAR_STATES] = {
	[CALENDAR_MET] = "met",
	[CALENDAR_DUE] = "due",
	[CALENDAR_LATE] = "late",
};

enum { TITLE_BYTES = 300 };
enum { KEY_NUMBERS = 5, CURSOR_SIZE = KEY_NUMBERS * INT_TEXT_SIZE, SOURCE_SHIFT = 16 };

struct gathering {
	struct ctx *ctx;
	const struct calendar_question *question;
	struct who person; /* who is served, whatever his token may do: what waits for him waits */
	struct calendar calendar;
	size_t cap;
	int64_t from; /* days that are looked at */
	int64_t now;
	int64_t decisions; /* records that were looked at whether they wait for him */
	/* Beyond it some of what is due was not looked at. */
	struct calendar_key whole_to;
	bool cut;
};

static int
keys_compare(const struct calendar_key *x, const struct calendar_key *y)
{
	const int64_t a[KEY_NUMBERS] = {x->day, x->at, x->source, x->of, x->organisation};
	const int64_t b[KEY_NUMBERS] = {y->day, y->at, y->source, y->of, y->organisation};

	for (int i = 0; i < KEY_NUMBERS; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct calendar_entry *x = a;
	const struct calendar_entry *y = b;

	return keys_compare(&x->key, &y->key);
}

static struct str
cursor_write(struct arena *a, const struct calendar_key *k)
{
	char text[CURSOR_SIZE];

	(void)snprintf(text, sizeof(text), "%lld.%lld.%lld.%lld.%lld", (long long)k->day,
		       (long long)k->at, (long long)k->source, (long long)k->of,
		       (long long)k->organisation);
	return str_dup(a, str_of(text));
}

static enum err_code
cursor_read(struct ctx *ctx, struct str text, struct calendar_key *ret_key)
{
	int64_t n[KEY_NUMBERS];
	struct str rest = text;
	bool good = true;

	for (int i = 0; i < KEY_NUMBERS; i++)
		good = good && rest.ptr && str_int(str_cut(&rest, '.'), &n[i]);
	if (!good || rest.ptr)
		return err_set(&ctx->err, ERR_INVALID, "after",
			       "'after' takes the member 'next' of the page before");
	*ret_key = (struct calendar_key){n[0], n[1], n[2], n[3], n[4]};
	return ERR_NONE;
}

static void
add(struct gathering *g, const struct calendar_entry *e)
{
	struct calendar *c = &g->calendar;

	c->entries = arena_room(g->ctx->arena, c->entries, c->count, &g->cap, sizeof(*e));
	c->entries[c->count++] = *e;
}

static bool
is_his(const void *object, const struct obligation *o, int64_t organisation)
{
	const struct gathering *g = object;

	return work_owns(&g->person, o, organisation);
}

/* A missing answer is no pass: what is not shown to be met is due, and then late. */
static enum calendar_state
cell_stands(const struct posture_cell *c, bool over)
{
	if (c->id) {
		switch (c->state) {
		case CELL_NOT_APPLICABLE:
		case CELL_QUIET:
		case CELL_PROVEN:
		case CELL_WAIVED:
			return CALENDAR_MET;
		case CELL_MISSED:
			return CALENDAR_LATE;
		case CELL_UNPROVEN:
		case CELL_FAILING:
		case CELL_STATES:
			break;
		}
	}
	return over ? CALENDAR_LATE : CALENDAR_DUE;
}

static void
cells_add(struct gathering *g, const struct posture_list *l)
{
	const struct plan *p = &g->ctx->model->plan;

	for (size_t i = 0; i < l->count; i++) {
		const struct posture_cell *c = &l->cells[i];
		struct calendar_entry e = {
			.kind = CALENDAR_DUTY,
			.title = str_of(c->obligation->title),
			.organisation_key = c->organisation_key,
			.obligation = c->obligation,
			.period = c->period,
			.proven_late_at = c->proven_late_at,
			.key = {.of = c->obligation - p->obligations,
				.organisation = c->organisation}
		};

		if (!civil_parse_date(c->period_to, &e.key.day))
			continue;
		e.state = cell_stands(c, e.key.day < g->calendar.today);
		if (c->id)
			e.stands = str_of(cell_state_names[c->state]);
		if (c->changed_at.ptr)
			(void)civil_parse_instant(c->changed_at, &e.changed_at);
		add(g, &e);
	}
}

static enum err_code
duties_gather(struct gathering *g)
{
	char from[CIVIL_DATE_LEN + 1], to[CIVIL_DATE_LEN + 1];
	const struct posture_question q = {.ends_from = from,
					   .ends_to = to,
					   .wants = g->question->all ? NULL : is_his,
					   .object = g};
	struct posture_list there = {0}, ahead = {0};
	enum err_code rc;

	civil_format_date(g->from, from);
	civil_format_date(g->question->to, to);
	rc = posture_cells(g->ctx, &q, g->ctx->arena, &there);
	if (!rc)
		rc = posture_ahead(g->ctx, &q, &there, &ahead);
	if (rc)
		return rc;
	cells_add(g, &there);
	cells_add(g, &ahead);
	return ERR_NONE;
}

/* One of the columns that were asked for. */
static const struct value *
cell_of(const struct list_page *p, const struct list_row *row, const char *name)
{
	static const struct value none;

	for (size_t i = 0; i < p->column_count; i++) {
		if (str_is(str_of(name), p->columns[i]->field->name))
			return &row->cells[i];
	}
	return &none;
}

/* Whether the record names anybody who answers for it, and whether that is he. */
static bool
names_owner(const struct gathering *g, const struct due *d, const struct list_page *p,
	    const struct list_row *row, bool *ret_is_his)
{
	bool named = false;

	*ret_is_his = false;
	for (size_t i = 0; i < d->owner_count; i++) {
		const struct value *v = cell_of(p, row, d->owners[i]->name);

		if (v->kind != VALUE_INT)
			continue;
		named = true;
		*ret_is_his = *ret_is_his || (v->number == g->person.person && v->number != 0);
	}
	return named;
}

static bool
is_for_him(const struct gathering *g, const struct due *d, const struct list_page *p,
	   const struct list_row *row)
{
	const struct grant_row about = {.organisation = cell_of(p, row, "organisation")->number,
					.about = &row->id,
					.about_count = 1};
	bool his;

	if (names_owner(g, d, p, row, &his))
		return his;
	return grant_refusal(g->ctx->model, &g->person, p->reg, ACT_UPDATE, &about) == REFUSAL_NONE;
}

/* The steps by which he may decide, where the record waits for that; of a token that only reads,
 * too. */
static enum err_code
decision_look(struct gathering *g, struct calendar_entry *e)
{
	struct ctx *ctx = g->ctx;
	const struct who *served = ctx->who;
	struct record r;
	enum err_code rc;

	if (e->state == CALENDAR_MET || !work_waits(e->reg, e->stands) ||
	    !work_may_decide(served, e->reg, e->stands) || g->decisions == LIMIT_WORK_LOOKED)
		return ERR_NONE;
	g->decisions++;
	ctx->who = &g->person;
	rc = work_decision(ctx, e->record, &r, &e->steps);
	ctx->who = served;
	if (!rc && e->steps.count > 0)
		e->kind = CALENDAR_DECISION;
	return rc;
}

static struct calendar_key
record_key(const struct gathering *g, const struct calendar_entry *e, const struct value *due)
{
	struct calendar_key k = {.source = e->reg->code << SOURCE_SHIFT | (e->due - e->reg->dues),
				 .of = e->record};

	if (e->due->field->type == FIELD_DATE)
		(void)civil_parse_date(due->text, &k.day);
	else if (civil_parse_instant(due->text, &k.at))
		k.day = zone_date(g->ctx->zone, k.at);
	return k;
}

static enum calendar_state
record_stands(const struct gathering *g, const struct calendar_entry *e)
{
	bool over = e->key.at ? e->key.at < g->now : e->key.day < g->calendar.today;

	if (words_have(&e->due->met, e->stands))
		return CALENDAR_MET;
	return over ? CALENDAR_LATE : CALENDAR_DUE;
}

static enum err_code
record_look(struct gathering *g, const struct due *d, const struct list_page *p,
	    const struct list_row *row, struct calendar_key *ret_key)
{
	const struct field *title = reg_title(p->reg);
	struct calendar_entry e = {.kind = CALENDAR_RECORD,
				   .record = row->id,
				   .reg = p->reg,
				   .due = d,
				   .record_key = cell_of(p, row, "key")->text,
				   .stands = cell_of(p, row, "state")->text,
				   .changed_at = cell_of(p, row, "recorded_from")->number};
	enum err_code rc;

	e.organisation_key = list_key(p, cell_of(p, row, "organisation")->number);
	e.title = title ? cell_of(p, row, title->name)->text : (struct str){0};
	if (e.title.len == 0)
		e.title = e.record_key;
	if (e.title.len > TITLE_BYTES)
		e.title.len = text_whole((struct str){e.title.ptr, TITLE_BYTES});
	e.key = record_key(g, &e, cell_of(p, row, d->field->name));
	e.state = record_stands(g, &e);
	*ret_key = e.key;
	rc = decision_look(g, &e);
	if (!rc && (g->question->all || e.kind == CALENDAR_DECISION || is_for_him(g, d, p, row)))
		add(g, &e);
	return rc;
}

/* Beyond that record of a register nothing was looked at. */
static void
cut_at(struct gathering *g, const struct calendar_key *last)
{
	if (!g->cut || keys_compare(last, &g->whole_to) < 0)
		g->whole_to = *last;
	g->cut = true;
}

/* What is asked of the register's list: "due_on>=2026-03-01". */
static struct str
term(struct gathering *g, const struct due *d, const char *sign, int64_t day)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FILTER_BYTES};
	char date[CIVIL_DATE_LEN + 1];

	civil_format_date(day, date);
	buf_addf(&text, "%s%s%s", d->field->name, sign, date);
	return str_dup(g->ctx->arena, (struct str){text.data, text.len});
}

static struct str
fields_of(struct gathering *g, const struct reg *r, const struct due *d)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FILTER_BYTES};
	const struct field *title = reg_title(r);

	buf_addf(&text, "key,organisation,state,recorded_from,%s", d->field->name);
	if (title)
		buf_addf(&text, ",%s", title->name);
	for (size_t i = 0; i < d->owner_count; i++)
		buf_addf(&text, ",%s", d->owners[i]->name);
	return str_dup(g->ctx->arena, (struct str){text.data, text.len});
}

/* In the order in which they are due, as many as may be looked at. */
static enum err_code
due_gather(struct gathering *g, const struct reg *r, const struct due *d)
{
	const struct str terms[] = {term(g, d, ">=", g->from), term(g, d, "<=", g->question->to)};
	struct list_question q = {.reg = r,
				  .terms = terms,
				  .term_count = COUNT_OF(terms),
				  .fields = fields_of(g, r, d),
				  .sort = str_of(d->field->name),
				  .limit = LIMIT_LIST_ROWS};
	struct calendar_key last = {.day = g->from, .at = -1};
	int pages = LIMIT_CALENDAR_LOOKED / LIMIT_LIST_ROWS;
	struct list_page p;
	enum err_code rc;

	do {
		rc = list_read(g->ctx, &q, &p);
		for (size_t i = 0; !rc && i < p.count; i++)
			rc = record_look(g, d, &p, &p.rows[i], &last);
		if (rc)
			return rc;
		q.after = p.next;
	} while (p.next.ptr && --pages > 0);
	if (p.next.ptr)
		cut_at(g, &last);
	return ERR_NONE;
}

static enum err_code
records_gather(struct gathering *g)
{
	const struct ctx *ctx = g->ctx;
	const struct grant_row any = {.any = true};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < ctx->model->reg_count; i++) {
		const struct reg *r = ctx->model->regs[i];

		if (r->due_count == 0 || grant_refusal(ctx->model, ctx->who, r, ACT_READ, &any))
			continue;
		for (size_t k = 0; !rc && k < r->due_count; k++)
			rc = due_gather(g, r, &r->dues[k]);
	}
	return rc;
}

/* The page of what was gathered: what comes after the cursor, as far as all was looked at. */
static void
page_cut(struct gathering *g, const struct calendar_key *after)
{
	struct calendar *c = &g->calendar;
	const size_t limit = g->question->limit ? (size_t)g->question->limit : SIZE_MAX;
	size_t first = 0, end;

	if (c->count > 0)
		qsort(c->entries, c->count, sizeof(*c->entries), by_key);
	while (first < c->count && keys_compare(&c->entries[first].key, after) <= 0)
		first++;
	end = first;
	while (end < c->count && end - first < limit &&
	       !(g->cut && keys_compare(&c->entries[end].key, &g->whole_to) > 0))
		end++;
	if (end - first == limit && end < c->count)
		c->next = cursor_write(g->ctx->arena, &c->entries[end - 1].key);
	else if (g->cut)
		c->next = cursor_write(g->ctx->arena, &g->whole_to);
	c->entries += first;
	c->count = end - first;
}

/* More are due on one day than are looked at: it goes on with the day after. */
static void
day_pass(struct gathering *g, const struct calendar_key *after)
{
	if (!g->cut || keys_compare(&g->whole_to, after) > 0)
		return;
	g->whole_to = (struct calendar_key){.day = after->day + 1, .at = -1};
	g->calendar.leaves_out = true;
}

enum err_code
calendar_read(struct ctx *ctx, const struct calendar_question *q, struct calendar *ret_calendar)
{
	struct gathering g = {.ctx = ctx, .question = q, .from = q->from, .person = *ctx->who};
	struct calendar_key after = {.day = q->from, .at = -1};
	enum err_code rc = q->after.ptr ? cursor_read(ctx, q->after, &after) : ERR_NONE;

	g.person.writes = true;
	g.now = clock_now(&ctx->clock);
	g.calendar.today = zone_date(ctx->zone, g.now);
	if (after.day > g.from)
		g.from = after.day;
	if (!rc && g.from <= q->to)
		rc = duties_gather(&g);
	if (!rc && g.from <= q->to)
		rc = records_gather(&g);
	if (rc)
		return rc;
	day_pass(&g, &after);
	page_cut(&g, &after);
	*ret_calendar = g.calendar;
	return ERR_NONE;
}
