#include "query/moves.h"

#include "query/sql_scan.h"

/* A window over the words: :now stands in the middle. */
enum { BEFORE = 8, AFTER = 2, WINDOW = BEFORE + 1 + AFTER };

struct window {
	struct sql_token tokens[WINDOW]; /* those that are not there have no text */
};

/* The word so many before :now; after it when negative. */
static struct str
word_at(const struct window *w, int before)
{
	return w->tokens[BEFORE - before].text;
}

/* date_of(:now) and date_of(coalesce(column, :now)) change with the day alone. */
static bool
is_of_the_day(const struct window *w)
{
	int before = 1;

	if (str_is(word_at(w, 1), ",")) {
		before = str_is(word_at(w, 3), ".") ? 5 : 3;
		if (!str_is(word_at(w, before), "(") ||
		    !str_is(word_at(w, before + 1), "coalesce") || !str_is(word_at(w, -2), ")"))
			return false;
		before += 2;
	}
	return str_is(word_at(w, -1), ")") && str_is(word_at(w, before), "(") &&
	       str_is(word_at(w, before + 1), "date_of");
}

/* "column < :now", whole: what stands on either side is no part of a longer expression. */
static bool
is_comparison(const struct window *w, struct str *ret_column)
{
	static const char *const signs[] = {"<", ">", "<=", ">=", NULL};
	static const char *const starts[] = {"and", "or", "where", "on", "when", "not", "(", NULL};
	static const char *const ends[] = {
		"and",	 "or",	   "then", ")",	   "group", "order", "union", "except", "intersect",
		"limit", "having", "join", "left", "cross", "inner", "when",  NULL};
	bool dotted = str_is(word_at(w, 3), ".");

	*ret_column = word_at(w, 2);
	return sql_word_in(word_at(w, 1), signs) && w->tokens[BEFORE - 2].kind == SQL_WORD &&
	       sql_word_in(word_at(w, dotted ? 5 : 3), starts) &&
	       (!word_at(w, -1).ptr || sql_word_in(word_at(w, -1), ends));
}

static void
column_add(struct moves *m, struct str column)
{
	for (size_t i = 0; i < m->count; i++) {
		if (str_eq(m->columns[i], column))
			return;
	}
	if (m->count == MOVES_COLUMNS_MAX)
		m->always = true;
	else
		m->columns[m->count++] = column;
}

static void
window_look(const struct window *w, struct moves *m)
{
	struct str column;

	if (!str_is(w->tokens[BEFORE].text, ":now") || is_of_the_day(w))
		return;
	if (is_comparison(w, &column))
		column_add(m, column);
	else
		m->always = true;
}

/* What a query names so need not be the column of that name. */
static void
names_look(const char *composed, struct moves *m)
{
	struct sql_scan scan = {.sql = composed};
	struct sql_token t;
	bool named = false;

	while (sql_scan_next(&scan, &t)) {
		for (size_t i = 0; named && i < m->count; i++)
			m->always = m->always || str_eq(t.text, m->columns[i]);
		named = str_is(t.text, "as");
	}
}

void
moves_find(const char *composed, struct moves *m)
{
	struct sql_scan scan = {.sql = composed};
	struct window w = {0};
	int left = AFTER;

	while (left > 0) {
		for (int i = 0; i + 1 < WINDOW; i++)
			w.tokens[i] = w.tokens[i + 1];
		w.tokens[WINDOW - 1] = (struct sql_token){0};
		if (!sql_scan_next(&scan, &w.tokens[WINDOW - 1]))
			left--;
		window_look(&w, m);
	}
	names_look(composed, m);
}
