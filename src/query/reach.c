#include "query/reach_priv.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { SQL_MAX = 65536 };

const struct reach_table *
reach_of(const struct reach *r, struct str table)
{
	for (size_t i = 0; i < r->count; i++) {
		if (str_eq(r->tables[i].name, table))
			return &r->tables[i];
	}
	return NULL;
}

static struct reach_table *
table_of(struct arena *a, struct reach *r, struct str table)
{
	for (size_t i = 0; i < r->count; i++) {
		if (str_eq(r->tables[i].name, table))
			return &r->tables[i];
	}
	r->tables = arena_room(a, r->tables, r->count, &r->cap, sizeof(*r->tables));
	r->tables[r->count] = (struct reach_table){.name = str_dup(a, table)};
	return &r->tables[r->count++];
}

static void
way_add(struct arena *a, struct reach_table *t, const struct buf *sql, bool itself)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->ways[i].sql, sql->data) == 0)
			return;
	}
	t->ways = arena_room(a, t->ways, t->count, &t->cap, sizeof(*t->ways));
	t->ways[t->count++] =
		(struct reach_way){str_z(a, (struct str){sql->data, sql->len}), itself};
}

/* The way from each place to the one that gives the record: the next place, by which equality. */
struct ways {
	int next[NODES_MAX]; /* -1: there is none, or none is known */
	bool reached[NODES_MAX];
	int order[NODES_MAX]; /* of reaching */
	int count;
};

/* The equality ties `from`, which must be where the equality has to hold, to `to`. */
static bool
ties(const struct graph *g, const struct edge *e, int from, int to)
{
	return ((e->a.node == from && e->b.node == to) || (e->b.node == from && e->a.node == to)) &&
	       graph_within(g, from, e->owner);
}

static void
ways_find(const struct graph *g, struct ways *w)
{
	*w = (struct ways){.count = 0};
	for (int i = 0; i < g->node_count; i++)
		w->next[i] = -1;
	if (g->record.node < 0)
		return;
	w->reached[g->record.node] = true;
	w->order[w->count++] = g->record.node;
	for (int at = 0; at < w->count; at++) {
		int to = w->order[at];

		for (int i = 0; i < g->edge_count; i++) {
			const struct edge *e = &g->edges[i];
			int from = e->a.node == to ? e->b.node : e->a.node;

			if (w->reached[from] || !ties(g, e, from, to))
				continue;
			w->reached[from] = true;
			w->next[from] = to;
			w->order[w->count++] = from;
		}
	}
}

static void
add(struct buf *out, const char *words)
{
	buf_add(out, words, strlen(words));
}

/* `step` counts from the changed rows on, so that the same way is written alike in every query. */
static void
place_add(struct buf *out, int step, struct str column)
{
	buf_addf(out, "n%d", step);
	if (column.ptr) {
		add(out, ".\"");
		buf_add(out, column.ptr, column.len);
		add(out, "\"");
	}
}

static void
table_add(struct buf *out, const char *before, const struct graph *g, int node, int step)
{
	add(out, "\"");
	add(out, before);
	buf_add(out, g->nodes[node].table.ptr, g->nodes[node].table.len);
	add(out, "\" ");
	place_add(out, step, (struct str){0});
}

/* Whether what stands at `spot` stands already in the place before; then `spot` is there. */
static bool
stands_before(const struct graph *g, int before, struct spot *spot)
{
	for (int i = 0; i < g->edge_count; i++) {
		const struct edge *e = &g->edges[i];

		if (!ties(g, e, before, spot->node))
			continue;
		if (e->a.node == spot->node && str_eq(e->a.column, spot->column)) {
			*spot = e->b;
			return true;
		}
		if (e->b.node == spot->node && str_eq(e->b.column, spot->column)) {
			*spot = e->a;
			return true;
		}
	}
	return false;
}

/* The first place from `node` on that has the record's number: those after it are left out. */
static struct spot
last_place(const struct graph *g, const struct ways *w, int node)
{
	struct spot end = g->record;
	int places[NODES_MAX];
	int count = 0;

	for (int at = node; w->next[at] >= 0; at = w->next[at])
		places[count++] = at;
	while (count > 0 && stands_before(g, places[count - 1], &end))
		count--;
	return end;
}

static void
conditions_add(struct buf *out, const struct graph *g, int from, int to, int step)
{
	bool first = step == 0;

	for (int i = 0; i < g->edge_count; i++) {
		const struct edge *e = &g->edges[i];

		if (!ties(g, e, from, to))
			continue;
		add(out, first ? " where " : " and ");
		place_add(out, step + (e->a.node == to), e->a.column);
		add(out, " = ");
		place_add(out, step + (e->b.node == to), e->b.column);
		first = false;
	}
}

/* From the changed rows of one place to the records. The engine is told the order: there are few
 * changed rows. */
static void
way_write(const struct graph *g, const struct ways *w, int node, struct spot end, struct buf *out)
{
	int steps = 0;

	for (int at = node; at != end.node; at = w->next[at])
		steps++;
	add(out, "select ");
	place_add(out, steps, end.column);
	add(out, " as record from ");
	table_add(out, "delta_", g, node, 0);
	for (int at = node, step = 1; at != end.node; at = w->next[at], step++) {
		add(out, " cross join ");
		table_add(out, "", g, w->next[at], step);
	}
	for (int at = node, step = 0; at != end.node; at = w->next[at], step++)
		conditions_add(out, g, at, w->next[at], step);
}

static bool
is_same_row(const struct graph *g, int from, int to)
{
	bool same = false;

	for (int i = 0; i < g->edge_count && !same; i++) {
		const struct edge *e = &g->edges[i];

		same = ties(g, e, from, to) && str_is(e->a.column, "id") &&
		       str_is(e->b.column, "id");
	}
	return same && str_eq(g->nodes[from].table, g->nodes[to].table);
}

/* The changed rows of a table are there in their version of now as well. So the way from one place
 * of a record to another place of the same finds nothing that the way from there does not. */
static int
first_place(const struct graph *g, const struct ways *w, int node)
{
	while (w->next[node] >= 0 && is_same_row(g, node, w->next[node]))
		node = w->next[node];
	return node;
}

static void
ways_take(const struct graph *g, struct arena *a, struct reach *r)
{
	struct ways w;

	ways_find(g, &w);
	for (int i = 0; i < g->node_count; i++) {
		struct reach_table *t = table_of(a, r, g->nodes[i].table);
		struct buf sql = {.limit = SQL_MAX};
		struct spot end = {0};
		int first = first_place(g, &w, i);

		if (w.reached[i]) {
			end = last_place(g, &w, first);
			way_write(g, &w, first, end, &sql);
		}
		if (!w.reached[i] || sql.failed)
			t->all = true;
		else
			way_add(a, t, &sql, end.node == first && str_is(end.column, "id"));
		buf_fini(&sql);
	}
}

/* Whether the word is written as it is looked for: all of them in small letters, and what stands
 * after "in" in parentheses. */
static bool
is_plain(const struct sql_token *t, const struct sql_token *before)
{
	for (size_t i = 0; t->kind == SQL_WORD && i < t->text.len; i++) {
		if (t->text.ptr[i] >= 'A' && t->text.ptr[i] <= 'Z')
			return false;
	}
	return !before || !str_is(before->text, "in") || str_is(t->text, "(");
}

static bool
tokens_read(const char *composed, struct arena *a, struct graph *g)
{
	struct sql_scan scan = {.sql = composed};
	int most = (int)strlen(composed) + 1;
	struct sql_token *tokens = arena_alloc(a, (size_t)most * sizeof(*tokens));
	int *pair = arena_alloc(a, (size_t)most * sizeof(*pair));
	int open[64];
	int depth = 0;

	while (g->count < most && sql_scan_next(&scan, &tokens[g->count])) {
		const struct sql_token *t = &tokens[g->count];

		if (!is_plain(t, g->count > 0 ? t - 1 : NULL))
			return false;
		if (str_is(t->text, "(")) {
			if (depth == (int)(sizeof(open) / sizeof(*open)))
				return false;
			open[depth++] = g->count;
		} else if (str_is(t->text, ")")) {
			if (depth == 0)
				return false;
			pair[open[--depth]] = g->count;
			pair[g->count] = open[depth];
		}
		g->count++;
	}
	g->tokens = tokens;
	g->pair = pair;
	g->named = arena_alloc(a, ((size_t)g->count + 1) * sizeof(*g->named));
	return depth == 0;
}

/* Moves on to the next way of reading; false after the last. */
static bool
ways_turn(struct graph *g)
{
	int last = g->choice_count - 1;

	while (last >= 0 && g->taken[last] + 1 == g->ways[last])
		last--;
	if (last < 0)
		return false;
	g->taken[last]++;
	for (int i = last + 1; i < CHOICES_MAX; i++)
		g->taken[i] = 0;
	return true;
}

void
reach_find(const char *composed, struct arena *a, struct reach *r)
{
	struct arena work;
	struct graph *g = calloc(1, sizeof(*g));
	bool lost = !g;
	int count = 0;

	arena_init(&work, SIZE_MAX);
	lost = lost || !tokens_read(composed, &work, g);
	while (!lost) {
		graph_read(g);
		lost = g->lost || ++count > ALTERNATIVES_MAX;
		if (!lost)
			ways_take(g, a, r);
		if (lost || !ways_turn(g))
			break;
	}
	r->all = r->all || lost;
	free(g);
	arena_fini(&work);
}
