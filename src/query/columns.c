#include "query/columns.h"

#include "model/sql.h"
#include "query/sql_scan.h"

#include <string.h>

enum { DEPTH_MAX = 64, BEFORE = 4 };

/* What stands between two parentheses, or around all of them. */
struct level {
	bool open;     /* "*" may stand here: nothing but names comes out of it */
	bool star;     /* it does */
	bool compared; /* rows are compared with each other, or put under each other */
};

struct naming {
	struct level levels[DEPTH_MAX];
	struct str before[BEFORE]; /* the words before, the latest first */
	bool lost;
};

/* Whether the parenthesis holds a view, a table made on the spot, or what need only exist. */
static bool
is_open(const struct naming *n)
{
	static const char *const words[] = {"from", "join", "exists", NULL};
	const struct str *before = n->before;

	if (str_is(*before, "materialized"))
		before += str_is(before[1], "not") ? 2 : 1;
	/* With its columns' names before it, it would give others to what "*" stands for. */
	return sql_word_in(*before, words) || (str_is(before[0], "as") && !str_is(before[1], ")"));
}

static bool
is_star(const struct naming *n, const struct sql_token *t)
{
	static const char *const words[] = {"select", "distinct", "all", ",", ".", NULL};

	return str_is(t->text, "*") && sql_word_in(n->before[0], words);
}

static bool
is_plain(const struct sql_token *t)
{
	static const char signs[] = "\"`[";

	for (size_t i = 0; t->kind == SQL_WORD && i < t->text.len; i++) {
		if (t->text.ptr[i] >= 'A' && t->text.ptr[i] <= 'Z')
			return false;
	}
	return !strchr(signs, *t->text.ptr) && !str_is(t->text, "natural");
}

static void
token_look(struct naming *n, const struct sql_token *t)
{
	static const char *const comparing[] = {"distinct", "union", "except", "intersect", NULL};
	struct level *l;

	if (t->depth < 0 || t->depth + 1 >= DEPTH_MAX || !is_plain(t)) {
		n->lost = true;
		return;
	}
	l = &n->levels[t->depth];
	if (str_is(t->text, "("))
		n->levels[t->depth + 1] = (struct level){.open = is_open(n)};
	l->star = l->star || is_star(n, t);
	l->compared = l->compared || (t->kind == SQL_WORD && sql_word_in(t->text, comparing));
	n->lost = n->lost || (l->star && (l->compared || !l->open));
	memmove(n->before + 1, n->before, (BEFORE - 1) * sizeof(*n->before));
	n->before[0] = t->text;
}

uint64_t
columns_named(const char *composed, const struct column *columns, size_t count)
{
	struct sql_scan scan = {.sql = composed};
	struct naming n = {.levels = {{.open = true}}};
	struct sql_token t;
	uint64_t named = 0;

	while (!n.lost && sql_scan_next(&scan, &t)) {
		token_look(&n, &t);
		for (size_t i = 0; t.kind == SQL_WORD && i < count; i++) {
			if (str_is(t.text, columns[i].name))
				named |= column_bit(i);
		}
	}
	return n.lost ? COLUMN_BITS_ALL : named;
}
