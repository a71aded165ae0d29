#include "query/reach_priv.h"

#include <string.h>

static void select_read(struct graph *g, int from, int to, int frame, struct binding *result);
static void nested_read(struct graph *g, int from, int to, int frame);
static void condition_read(struct graph *g, int from, int to, int frame, int owner);

static bool
is(const struct graph *g, int at, const char *word)
{
	return at >= 0 && at < g->count && str_is(g->tokens[at].text, word);
}

static bool
is_one_of(const struct graph *g, int at, const char *const *words)
{
	for (; *words; words++) {
		if (is(g, at, *words))
			return true;
	}
	return false;
}

static bool
is_word(const struct graph *g, int at)
{
	return at >= 0 && at < g->count && g->tokens[at].kind == SQL_WORD;
}

/* One of several ways; each gets its turn. */
static int
choose(struct graph *g, int ways)
{
	if (ways <= 1)
		return 0;
	if (g->choice_count == CHOICES_MAX) {
		g->lost = true;
		return 0;
	}
	g->ways[g->choice_count] = ways;
	return g->taken[g->choice_count++];
}

/* The next token past a parenthesis and all within. */
static int
past(const struct graph *g, int at)
{
	return is(g, at, "(") ? g->pair[at] + 1 : at + 1;
}

/* The first of the words at this depth; `to` when there is none. */
static int
find(const struct graph *g, int from, int to, const char *const *words)
{
	while (from < to && !is_one_of(g, from, words))
		from = past(g, from);
	return from < to ? from : to;
}

static int
frame_new(struct graph *g, int up, bool is_from)
{
	if (g->frame_count == FRAMES_MAX) {
		g->lost = true;
		return 0;
	}
	g->frames[g->frame_count] = (struct frame){.up = up, .is_from = is_from};
	return g->frame_count++;
}

bool
graph_within(const struct graph *g, int node, int frame)
{
	int f = g->nodes[node].frame;

	while (f != frame) {
		if (f < 0 || !g->frames[f].is_from)
			return false;
		f = g->frames[f].up;
	}
	return true;
}

static void
edge_add(struct graph *g, struct spot a, struct spot b, int owner)
{
	if (a.node < 0 || b.node < 0 || a.node == b.node)
		return;
	if (g->edge_count == EDGES_MAX)
		g->lost = true;
	else
		g->edges[g->edge_count++] = (struct edge){a, b, owner};
}

static struct spot
column_of(const struct graph *g, const struct binding *b, struct str name)
{
	if (b->node >= 0)
		return (struct spot){b->node, name};
	for (int i = b->first; i < b->first + b->count; i++) {
		const struct column *c = &g->columns[i];

		if (c->star < 0 && str_eq(c->name, name))
			return c->spot;
		if (c->star >= 0) {
			struct spot s = column_of(g, &g->bindings[c->star], name);

			if (s.node >= 0)
				return s;
		}
	}
	return (struct spot){.node = -1};
}

/* What "alias" means in the select of the frame: its own from clause comes first, then those around
 * it. */
static int
binding_find(const struct graph *g, int frame, struct str alias)
{
	for (; frame >= 0; frame = g->frames[frame].up) {
		for (int i = g->binding_count - 1; i >= 0; i--) {
			if (g->bindings[i].frame == frame && str_eq(g->bindings[i].alias, alias))
				return i;
		}
	}
	return -1;
}

/* "alias.column" and nothing else. */
static bool
spot_read(const struct graph *g, int from, int to, int frame, struct spot *ret_spot)
{
	int b;

	if (to - from != 3 || !is_word(g, from) || !is(g, from + 1, ".") || !is_word(g, from + 2))
		return false;
	b = binding_find(g, frame, g->tokens[from].text);
	*ret_spot = (struct spot){.node = -1};
	if (b >= 0)
		*ret_spot = column_of(g, &g->bindings[b], g->tokens[from + 2].text);
	return true;
}

/* A column, or one of those that coalesce() takes in turn. */
static bool
operand_read(struct graph *g, int from, int to, int frame, struct spot *ret_spot)
{
	static const char *const comma[] = {",", NULL};
	int ways = 0;
	int way;
	int at;

	if (spot_read(g, from, to, frame, ret_spot))
		return true;
	if (!is(g, from, "coalesce") || !is(g, from + 1, "(") || g->pair[from + 1] != to - 1)
		return false;
	for (at = from + 2; at < to - 1; at = find(g, at, to - 1, comma) + 1) {
		struct spot s;

		if (!spot_read(g, at, find(g, at, to - 1, comma), frame, &s) || s.node < 0)
			return false;
		ways++;
	}
	at = from + 2;
	for (way = choose(g, ways); way > 0; way--)
		at = find(g, at, to - 1, comma) + 1;
	return spot_read(g, at, find(g, at, to - 1, comma), frame, ret_spot);
}

static bool
starts_select(const struct graph *g, int at)
{
	return is(g, at, "(") && (is(g, at + 1, "select") || is(g, at + 1, "with"));
}

/* Selects that stand anywhere in an expression. */
static void
selects_read(struct graph *g, int from, int to, int frame)
{
	for (int at = from; at < to; at++) {
		if (is(g, at, "over") || is(g, at, "with"))
			g->lost = true;
		if (starts_select(g, at)) {
			nested_read(g, at, g->pair[at], frame);
			at = g->pair[at];
		}
	}
}

static void
nested_read(struct graph *g, int from, int to, int frame)
{
	struct binding result;

	select_read(g, from + 1, to, frame_new(g, frame, false), &result);
}

/* Whether the place is never null: it is a number that each row has, or a condition says so. A left
 * join may have no row. */
static bool
is_present(const struct graph *g, struct spot s)
{
	bool present = str_is(s.column, "id") || str_is(s.column, "record");

	if (s.node < 0)
		return false;
	for (int f = g->nodes[s.node].frame; f >= 0 && g->frames[f].is_from; f = g->frames[f].up) {
		if (g->frames[f].is_left)
			return false;
	}
	for (int i = 0; i < g->present_count && !present; i++) {
		const struct edge *e = &g->present[i];

		present = e->a.node == s.node && str_eq(e->a.column, s.column) &&
			  graph_within(g, s.node, e->owner);
	}
	return present;
}

/* "column is not null" as a condition of its own. */
static void
present_read(struct graph *g, int from, int to, int frame, int owner)
{
	struct spot s;

	if (to - from == 6 && is(g, from + 3, "is") && is(g, from + 4, "not") &&
	    is(g, from + 5, "null") && spot_read(g, from, from + 3, frame, &s) &&
	    g->present_count < EDGES_MAX)
		g->present[g->present_count++] = (struct edge){.a = s, .owner = owner};
}

/* "column in (select ...)": what the select gives must be the column's value. With "not", one that
 * is null would count for every column, and a column that is null for all that the select gives. */
static void
member_read(struct graph *g, int from, int in, int to, int frame)
{
	struct binding result = {.node = -1};
	int inner = frame_new(g, frame, false);
	int end = is(g, in - 1, "not") ? in - 1 : in;
	const struct column *c;
	struct spot s;

	select_read(g, in + 2, to - 1, inner, &result);
	if (!spot_read(g, from, end, frame, &s) || result.count != 1)
		return;
	c = &g->columns[result.first];
	if (c->star >= 0)
		return;
	if (end == in || (is_present(g, s) && is_present(g, c->spot)))
		edge_add(g, s, c->spot, inner);
}

/* Whether each of the alternatives ties columns together. */
static bool
all_tie(const struct graph *g, int from, int to)
{
	static const char *const ors[] = {"or", NULL};

	while (from < to) {
		int end = find(g, from, to, ors);
		bool ties = false;

		for (int at = from; at + 7 <= end && !ties; at++)
			ties = is_word(g, at) && is(g, at + 1, ".") && is(g, at + 3, "=") &&
			       is_word(g, at + 4) && is(g, at + 5, ".") &&
			       !str_eq(g->tokens[at].text, g->tokens[at + 4].text);
		if (!ties)
			return false;
		from = end + 1;
	}
	return true;
}

static bool
has_case(const struct graph *g, int from, int to)
{
	static const char *const words[] = {"case", NULL};

	return find(g, from, to, words) < to;
}

/* A side of an equality that can be a column, or one of several. */
static bool
may_be_operand(const struct graph *g, int from, int to)
{
	return to - from == 3 || is(g, from, "coalesce");
}

static void
one_read(struct graph *g, int from, int to, int frame, int owner)
{
	static const char *const ors[] = {"or", NULL};
	static const char *const equals[] = {"=", NULL};
	static const char *const ins[] = {"in", NULL};
	int at = find(g, from, to, ors);
	struct spot a, b;

	if (at < to) {
		int ways = 0;

		if (has_case(g, from, to) || !all_tie(g, from, to)) {
			selects_read(g, from, to, frame);
			return;
		}
		for (at = from; at < to; at = find(g, at, to, ors) + 1)
			ways++;
		at = from;
		for (int way = choose(g, ways); way > 0; way--)
			at = find(g, at, to, ors) + 1;
		condition_read(g, at, find(g, at, to, ors), frame, owner);
		return;
	}
	if (is(g, from, "(") && g->pair[from] == to - 1 && !starts_select(g, from)) {
		condition_read(g, from + 1, to - 1, frame, owner);
		return;
	}
	at = find(g, from, to, ins);
	if (at < to && starts_select(g, at + 1) && g->pair[at + 1] == to - 1) {
		selects_read(g, from, at, frame);
		member_read(g, from, at, to, frame);
		return;
	}
	present_read(g, from, to, frame, owner);
	at = find(g, from, to, equals);
	if (at < to && may_be_operand(g, from, at) && may_be_operand(g, at + 1, to) &&
	    operand_read(g, from, at, frame, &a) && operand_read(g, at + 1, to, frame, &b))
		edge_add(g, a, b, owner);
	selects_read(g, from, to, frame);
}

/* A condition whose parts must all hold. */
static void
condition_read(struct graph *g, int from, int to, int frame, int owner)
{
	static const char *const words[] = {"and", "between", "case", "end", NULL};
	int start = from;
	int at = from;
	int cases = 0;
	bool between = false;

	/* "and" parts them, but not that of "between", nor one within a case. */
	while (at < to) {
		at = find(g, at, to, words);
		if (at < to && is(g, at, "and") && !between && cases == 0) {
			static const char *const ors[] = {"or", NULL};

			if (find(g, from, to, ors) < to)
				break;
			one_read(g, start, at, frame, owner);
			start = at + 1;
		}
		cases += at < to && is(g, at, "case");
		cases -= at < to && is(g, at, "end") && cases > 0;
		between = at < to && cases == 0 && is(g, at, "between");
		at++;
	}
	one_read(g, at < to ? from : start, to, frame, owner);
}

static void
table_bind(struct graph *g, struct binding *b, struct str name, int item)
{
	if (g->node_count == NODES_MAX) {
		g->lost = true;
		return;
	}
	g->nodes[g->node_count] = (struct node){name, item};
	b->node = g->node_count++;
}

/* A table, or a name of the with clause, whose select is read anew for each use. */
static void
name_bind(struct graph *g, struct binding *b, struct str name, int item)
{
	for (int i = 0; i < g->named_count; i++) {
		int inner;

		if (!str_eq(g->named[i].name, name))
			continue;
		/* Names of the query around it mean nothing within. */
		inner = frame_new(g, item, true);
		select_read(g, g->named[i].from, g->named[i].to, inner, b);
		return;
	}
	table_bind(g, b, name, item);
}

static const char *const join_words[] = {"join",  "left", "inner",   "cross", "full",
					 "right", ",",	  "natural", NULL};

/* An item of a from clause, up to what joins the next; ret_item is its frame. */
static int
item_read(struct graph *g, int at, int to, int frame, int *ret_item)
{
	struct binding b = {.frame = frame, .node = -1};
	int item = frame_new(g, frame, true);

	if (starts_select(g, at)) {
		select_read(g, at + 1, g->pair[at], frame_new(g, item, true), &b);
		at = g->pair[at] + 1;
	} else if (is_word(g, at)) {
		b.alias = g->tokens[at].text;
		name_bind(g, &b, b.alias, item);
		at++;
	} else {
		g->lost = true;
	}
	if (at < to && is(g, at, "as"))
		at++;
	if (at < to && is_word(g, at) && !is_one_of(g, at, join_words) && !is(g, at, "on"))
		b.alias = g->tokens[at++].text;
	b.frame = frame;
	if (g->binding_count == NODES_MAX)
		g->lost = true;
	else
		g->bindings[g->binding_count++] = b;
	*ret_item = item;
	return at;
}

static void
from_read(struct graph *g, int at, int to, int frame)
{
	bool left = false;

	while (at < to && !g->lost) {
		int item;
		int end;

		at = item_read(g, at, to, frame, &item);
		g->frames[item].is_left = left;
		end = find(g, at, to, join_words);
		/* What is joined from the left counts only where its condition holds, while the
		 * others count without it. */
		if (is(g, at, "on"))
			condition_read(g, at + 1, end, frame, left ? item : frame);
		else if (at < end)
			g->lost = true;
		left = false;
		for (at = end; at < to && is_one_of(g, at, join_words); at++) {
			left = left || is(g, at, "left");
			if (is(g, at, "full") || is(g, at, "right") || is(g, at, "natural"))
				g->lost = true;
		}
		at += is(g, at, "outer") ? 2 : 0;
	}
}

/* One column of the result. */
static void
result_add(struct graph *g, int from, int to, int frame)
{
	struct column c = {.spot = {.node = -1}, .star = -1};
	static const char *const as[] = {"as", NULL};
	int end = find(g, from, to, as);

	if (g->column_count == COLUMNS_MAX) {
		g->lost = true;
		return;
	}
	if (end < to)
		c.name = g->tokens[end + 1].text;
	else if (is_word(g, to - 1))
		c.name = g->tokens[to - 1].text;
	if (to - from == 3 && is(g, from + 1, ".") && is(g, from + 2, "*"))
		c.star = binding_find(g, frame, g->tokens[from].text);
	else if (is(g, from, "*"))
		g->lost = true;
	else
		(void)spot_read(g, from, end, frame, &c.spot);
	g->columns[g->column_count++] = c;
}

/* The columns are named as in the first arm of a union, in the same order. */
static void
result_read(struct graph *g, int from, int to, int frame, struct binding *result)
{
	static const char *const comma[] = {",", NULL};

	result->first = g->column_count;
	for (int at = from; at < to;) {
		int end = find(g, at, to, comma);

		result_add(g, at, end, frame);
		at = end + 1;
	}
	result->count = g->column_count - result->first;
}

static void
names_take(struct graph *g, int from, int to, struct binding *result)
{
	static const char *const words[] = {"from", "union", "except", "intersect", NULL};
	static const char *const comma[] = {",", NULL};
	static const char *const as[] = {"as", NULL};
	int end = find(g, from + 1, to, words);
	int i = result->first;

	for (int at = from + 1; at < end && i < result->first + result->count; i++) {
		int next = find(g, at, end, comma);
		int name = find(g, at, next, as);

		/* Columns that are not counted have no place by which to find them. */
		if (is(g, next - 1, "*") || g->columns[i].star >= 0)
			g->lost = true;
		g->columns[i].name = g->tokens[name < next ? name + 1 : next - 1].text;
		at = next + 1;
	}
}

/* Whether rows that are gathered by these all have the same value there. */
static bool
is_of_group(const struct graph *g, int from, int to, int frame, struct spot s)
{
	static const char *const comma[] = {",", NULL};

	for (int at = from; at < to; at = find(g, at, to, comma) + 1) {
		struct spot by;

		if (spot_read(g, at, find(g, at, to, comma), frame, &by) && by.node == s.node &&
		    (str_eq(by.column, s.column) || str_is(by.column, "id")))
			return true;
	}
	return false;
}

/* What gathered rows give hangs on all of them, unless they were gathered by it. */
static void
gathered_forget(struct graph *g, int group, int group_end, int frame, const struct binding *result)
{
	for (int i = result->first; i < result->first + result->count; i++) {
		struct column *c = &g->columns[i];

		if (c->star >= 0)
			g->lost = true;
		else if (c->spot.node >= 0 && !is_of_group(g, group + 2, group_end, frame, c->spot))
			c->spot = (struct spot){.node = -1};
	}
}

/* Whether the list gathers all rows into one. */
static bool
is_gathering(const struct graph *g, int from, int to)
{
	static const char *const names[] = {"max", "min", "count", "sum", NULL};

	for (int at = from; at < to; at = starts_select(g, at) ? past(g, at) : at + 1) {
		if (is_one_of(g, at, names) && is(g, at + 1, "("))
			return true;
	}
	return false;
}

static void
arm_read(struct graph *g, int from, int to, int frame, struct binding *result)
{
	static const char *const clauses[] = {"from",  "where", "group", "having",
					      "order", "limit", NULL};
	int at = find(g, from + 1, to, clauses);
	int list = from + 1 + (is(g, from + 1, "distinct") ? 1 : 0);
	int list_end = at;
	int group = -1;
	int group_end = -1;

	if (!is(g, from, "select"))
		g->lost = true;
	while (at < to && !g->lost) {
		int end = find(g, at + 1, to, clauses);

		if (is(g, at, "from"))
			from_read(g, at + 1, end, frame);
		else if (is(g, at, "where"))
			condition_read(g, at + 1, end, frame, frame);
		else if (is(g, at, "limit"))
			g->lost = true;
		else
			selects_read(g, at + 1, end, frame);
		if (is(g, at, "group")) {
			group = at;
			group_end = end;
		}
		at = end;
	}
	selects_read(g, list, list_end, frame);
	if (!g->lost)
		result_read(g, list, list_end, frame, result);
	if (!g->lost && (group >= 0 || is_gathering(g, list, list_end)))
		gathered_forget(g, group, group_end, frame, result);
}

static void
select_read(struct graph *g, int from, int to, int frame, struct binding *result)
{
	static const char *const unions[] = {"union", "except", "intersect", NULL};
	int ways = 1;
	int at;

	result->node = -1;
	result->first = g->column_count;
	result->count = 0;
	if (++g->nesting > NESTING_MAX)
		g->lost = true;
	for (at = find(g, from, to, unions); at < to; at = find(g, at + 1, to, unions))
		ways++;
	at = from;
	for (int way = choose(g, ways); way > 0; way--)
		at = find(g, at, to, unions) + 1;
	at += is(g, at, "all") || is(g, at, "distinct") ? 1 : 0;
	if (!g->lost)
		arm_read(g, at, find(g, at, to, unions), frame, result);
	if (!g->lost && at != from)
		names_take(g, from, to, result);
	g->nesting--;
}

void
graph_read(struct graph *g)
{
	struct binding result = {0};
	int at = 0;

	g->node_count = g->edge_count = g->frame_count = 0;
	g->binding_count = g->column_count = g->choice_count = g->nesting = 0;
	g->present_count = 0;
	g->named_count = 0;
	if (is(g, 0, "with"))
		at = 1;
	if (is(g, at, "recursive"))
		g->lost = true;
	while (at > 0 && !g->lost && !is(g, at, "select")) {
		struct named *n = &g->named[g->named_count++];

		n->name = g->tokens[at].text;
		at += is(g, at + 2, "not") ? 4 : 2;
		if (!is(g, at, "(")) {
			g->lost = true;
			break;
		}
		n->from = at + 1;
		n->to = g->pair[at];
		at = n->to + 1;
		at += is(g, at, ",") ? 1 : 0;
	}
	if (!g->lost)
		select_read(g, at, g->count, frame_new(g, -1, false), &result);
	g->record = (struct spot){.node = -1};
	for (int i = result.first; i < result.first + result.count; i++) {
		if (g->columns[i].star < 0 && str_is(g->columns[i].name, "record"))
			g->record = g->columns[i].spot;
	}
}
