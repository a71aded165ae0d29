#include "query/narrow.h"

#include "query/sql_scan.h"

#include <string.h>

enum { ARMS_MAX = 32, ITEMS_MAX = 8 };

#define CONDITION " in (select held." NARROW_COLUMN " from " NARROW_TABLE " held)\n"
#define CONDITION_EACH " = " NARROW_TABLE "." NARROW_COLUMN "\n"

/* A piece of the text. */
struct piece {
	size_t from, to;
};

/* One select of the outermost union. */
struct arm {
	size_t from; /* its first word */
	struct piece items[ITEMS_MAX];
	size_t item_count;
	size_t where; /* just past the word; 0: it has none */
	size_t tail;  /* where its groups, or the next arm, begin */
	struct piece groups;
	bool grouped;
};

struct cutting {
	const char *sql;
	struct arm arms[ARMS_MAX];
	size_t count;
	size_t record; /* which item is the record */
	bool named;    /* the record's place is known */
	bool lost;     /* a shape that is not known */
};

enum part { PART_NONE, PART_ITEMS, PART_FROM, PART_WHERE, PART_GROUP, PART_REST };

/* An item that names its column: "expression as record", or a column of that name. */
static void
item_end(struct cutting *c, struct arm *a, size_t to, bool is_record, size_t as_at)
{
	struct piece *p = &a->items[a->item_count];

	p->to = as_at ? as_at : to;
	if (is_record && c->count == 1) {
		c->record = a->item_count;
		c->named = true;
	}
	if (++a->item_count == ITEMS_MAX) {
		a->item_count--;
		c->lost = true;
	}
	a->items[a->item_count].from = to + 1;
}

struct walk {
	struct cutting *cut;
	enum part part;
	size_t as_at;	/* of the item in hand */
	bool is_record; /* its last word is "record" */
};

static void
arm_begin(struct walk *w, const struct sql_token *t)
{
	struct cutting *c = w->cut;

	if (c->count == ARMS_MAX) {
		c->lost = true;
		return;
	}
	c->arms[c->count++] = (struct arm){.from = t->at, .items = {{.from = t->at + t->text.len}}};
	w->part = PART_ITEMS;
	w->as_at = 0;
	w->is_record = false;
}

static void
item_word(struct walk *w, struct arm *a, const struct sql_token *t)
{
	if (str_is(t->text, "from")) {
		item_end(w->cut, a, t->at, w->is_record, w->as_at);
		w->part = PART_FROM;
	} else if (str_is(t->text, ",")) {
		item_end(w->cut, a, t->at, w->is_record, w->as_at);
		w->as_at = 0;
		w->is_record = false;
	} else if (str_is(t->text, "distinct")) {
		a->items[a->item_count].from = t->at + t->text.len;
	} else {
		if (str_is(t->text, "as"))
			w->as_at = t->at;
		w->is_record = str_is(t->text, "record");
		w->cut->lost = w->cut->lost || str_is(t->text, "over");
	}
}

static void
arm_end(struct walk *w, size_t at)
{
	struct arm *a = &w->cut->arms[w->cut->count - 1];

	if (w->part == PART_GROUP)
		a->groups.to = at;
	if (!a->tail)
		a->tail = at;
	w->part = PART_NONE;
}

static void
clause_word(struct walk *w, struct arm *a, const struct sql_token *t)
{
	static const char *const unions[] = {"union", "except", "intersect", NULL};
	static const char *const unknown[] = {"order", "limit", "offset", "window", NULL};

	if (sql_word_in(t->text, unions)) {
		arm_end(w, t->at);
	} else if (sql_word_in(t->text, unknown)) {
		w->cut->lost = true;
	} else if (str_is(t->text, "where") && w->part == PART_FROM) {
		a->where = t->at + t->text.len;
		w->part = PART_WHERE;
	} else if (str_is(t->text, "group")) {
		a->tail = t->at;
		a->grouped = true;
		w->part = PART_GROUP;
	} else if (str_is(t->text, "by") && w->part == PART_GROUP) {
		a->groups.from = t->at + t->text.len;
	} else if (str_is(t->text, "having")) {
		if (w->part == PART_GROUP)
			a->groups.to = t->at;
		else
			w->cut->lost = true;
		w->part = PART_REST;
	}
}

/* Finds the arms of the outermost union: what stands in parentheses is no part of it. */
static void
cut(struct cutting *c)
{
	struct sql_scan scan = {.sql = c->sql};
	struct walk w = {.cut = c};
	struct sql_token t;

	while (sql_scan_next(&scan, &t) && !c->lost) {
		struct arm *a = c->count ? &c->arms[c->count - 1] : NULL;

		if (t.depth > 0)
			continue;
		if (t.kind == SQL_WORD && str_is(t.text, "select"))
			arm_begin(&w, &t);
		else if (w.part == PART_ITEMS)
			item_word(&w, a, &t);
		else if (w.part != PART_NONE && t.kind == SQL_WORD)
			clause_word(&w, a, &t);
	}
	if (w.part == PART_ITEMS || c->count == 0)
		c->lost = true;
	else if (w.part != PART_NONE)
		arm_end(&w, strlen(c->sql));
}

/* The words of a piece are those of another. */
static bool
same_words(const char *sql, struct piece a, struct piece b)
{
	struct sql_scan x = {.sql = sql, .at = a.from};
	struct sql_scan y = {.sql = sql, .at = b.from};
	struct sql_token t, u;

	for (;;) {
		bool more = sql_scan_next(&x, &t) && t.at < a.to;

		if (more != (sql_scan_next(&y, &u) && u.at < b.to))
			return false;
		if (!more || !str_eq(t.text, u.text))
			return !more;
	}
}

/* Whether all rows of a group are of one record: then to leave rows out leaves whole groups out. */
static bool
groups_by_record(const char *sql, const struct arm *a, struct piece record)
{
	struct sql_scan scan = {.sql = sql, .at = a->groups.from};
	struct piece group = {.from = a->groups.from};
	struct sql_token t;

	while (sql_scan_next(&scan, &t) && t.at < a->groups.to) {
		if (t.depth > 0 || !str_is(t.text, ","))
			continue;
		group.to = t.at;
		if (same_words(sql, group, record))
			return true;
		group.from = t.at + 1;
	}
	group.to = a->groups.to;
	return same_words(sql, group, record);
}

static bool
gathers(const char *sql, struct piece record)
{
	static const char *const words[] = {"min", "max", "count", "sum", "select", NULL};
	struct sql_scan scan = {.sql = sql, .at = record.from};
	struct sql_token t;

	while (sql_scan_next(&scan, &t) && t.at < record.to) {
		if (t.kind == SQL_WORD && sql_word_in(t.text, words))
			return true;
	}
	return false;
}

static bool
arm_fits(const struct cutting *c, const struct arm *a)
{
	struct piece record;

	if (c->record >= a->item_count)
		return false;
	record = a->items[c->record];
	return !gathers(c->sql, record) && (!a->grouped || groups_by_record(c->sql, a, record));
}

static void
words_add(struct buf *out, const char *words)
{
	buf_add(out, words, strlen(words));
}

static void
part_add(struct buf *out, const char *sql, size_t from, size_t to)
{
	buf_add(out, sql + from, to - from);
}

static void
arm_write(const struct cutting *c, const struct arm *a, const char *condition, size_t *from,
	  struct buf *out)
{
	struct piece record = a->items[c->record];

	if (a->where) {
		part_add(out, c->sql, *from, a->where);
		words_add(out, " (");
		part_add(out, c->sql, a->where, a->tail);
		words_add(out, "\n) and (");
	} else {
		part_add(out, c->sql, *from, a->tail);
		words_add(out, "\nwhere (");
	}
	part_add(out, c->sql, record.from, record.to);
	words_add(out, ")");
	words_add(out, condition);
	*from = a->tail;
}

/* A query that calls something else by the table's name is left as it is. */
static bool
fits(const struct cutting *c)
{
	bool fit = !c->lost && c->named && !strstr(c->sql, NARROW_TABLE);

	for (size_t i = 0; i < c->count && fit; i++)
		fit = arm_fits(c, &c->arms[i]);
	return fit;
}

void
narrow_query(const char *composed, bool lateral, struct buf *out)
{
	struct cutting c = {.sql = composed};
	size_t from = 0;

	cut(&c);
	if (!fits(&c)) {
		words_add(out, "select * from (\n");
		words_add(out, composed);
		words_add(out, "\n) held_to where held_to.record" CONDITION);
		return;
	}
	if (lateral) {
		part_add(out, composed, 0, c.arms[0].from);
		words_add(out, "select held_to.* from " NARROW_TABLE " cross join lateral (\n");
		from = c.arms[0].from;
	}
	for (size_t i = 0; i < c.count; i++)
		arm_write(&c, &c.arms[i], lateral ? CONDITION_EACH : CONDITION, &from, out);
	part_add(out, composed, from, strlen(composed));
	/* Behind an offset the engine does not make a join of it again. */
	if (lateral)
		words_add(out, "\noffset 0) held_to");
}

void
narrow_to_rows(const char *composed, const char *table, const char *rows, struct buf *out)
{
	struct sql_scan scan = {.sql = composed};
	struct sql_token t;
	bool named = sql_scan_next(&scan, &t) && str_is(t.text, "with");
	size_t from = named ? t.at + t.text.len : 0;

	words_add(out, "with \"");
	words_add(out, table);
	words_add(out, "\" as not materialized (select * from \"");
	words_add(out, rows);
	words_add(out, named ? "\")," : "\")\n");
	part_add(out, composed, from, strlen(composed));
}
