/* reach_priv.h -- a query as a graph: the places where it reads a table, and the equalities that
 * tie them; private to reach. */
#ifndef QUERY_REACH_PRIV_H
#define QUERY_REACH_PRIV_H

#include "query/reach.h"
#include "query/sql_scan.h"

enum {
	NODES_MAX = 200,
	EDGES_MAX = 600,
	FRAMES_MAX = 600,
	CHOICES_MAX = 64,
	ALTERNATIVES_MAX = 512,
	COLUMNS_MAX = 2000,
	NESTING_MAX = 40,
};

/* A column at one place; node -1 when it is computed, or nobody knows. */
struct spot {
	int node;
	struct str column;
};

/* One place where a table is read. */
struct node {
	struct str table;
	int frame;
};

/* An equality that must hold wherever a row at a place below its owner counts. */
struct edge {
	struct spot a, b;
	int owner;
};

/* A select, or one item of its from clause. */
struct frame {
	int up;
	bool is_from; /* its rows are part of the rows above; else it is nested in a condition */
	bool is_left; /* joined from the left: there may be no row, and all its columns null */
};

/* What a name in a from clause stands for. */
struct binding {
	struct str alias;
	int frame; /* of the select that it belongs to */
	int node;  /* a table; -1 for the result of a select */
	int first; /* its columns, in graph.columns */
	int count;
};

/* A column of the result of a select; without a name it stands for all of a binding's. */
struct column {
	struct str name;
	struct spot spot;
	int star; /* a binding, or -1 */
};

struct named {
	struct str name;
	int from, to; /* tokens of its body */
};

/* One reading of a query: of each union one arm is taken, of some alternatives one. */
struct graph {
	struct arena *arena;
	const struct sql_token *tokens;
	const int *pair; /* of a parenthesis, the other */
	int count;
	struct named *named; /* the with clause */
	int named_count;

	struct node nodes[NODES_MAX];
	int node_count;
	struct edge edges[EDGES_MAX];
	int edge_count;
	struct edge present[EDGES_MAX]; /* `a` is said not to be null */
	int present_count;
	struct frame frames[FRAMES_MAX];
	int frame_count;
	struct binding bindings[NODES_MAX];
	int binding_count;
	struct column columns[COLUMNS_MAX];
	int column_count;
	struct spot record;
	int nesting;
	bool lost; /* a shape that is not known */

	/* Which way was taken where there are several; goes through all like an odometer. */
	int taken[CHOICES_MAX];
	int ways[CHOICES_MAX];
	int choice_count;
};

/* Reads the query in the ways that are taken. */
void graph_read(struct graph *g);
/* Whether the place is below the frame, its rows part of the frame's. */
bool graph_within(const struct graph *g, int node, int frame);

#endif
