/* reach.h -- which records the answer of a query can change for, when rows of a table change.
 *
 * A query names each record in its column `record`. A row of some table can change what the query
 * says of a record only where the conditions that tie the two together hold: `a.person = p.id` and
 * the like, from the place where the table is read to the place that gives the record. So the
 * records are found by walking these equalities from the changed rows, in their versions of then
 * and of now. All other conditions are left aside, so rather too many are found than too few. Where
 * nothing ties them, or a shape is not understood, the answer is "all".
 */
#ifndef QUERY_REACH_H
#define QUERY_REACH_H

#include "base/str.h"

/* A way from the changed rows of a table to records. */
struct reach_way {
	const char *sql; /* gives a column `record`, out of "delta_<name>" and present tables */
	bool itself;	 /* they are the rows' own `id` */
};

struct reach_table {
	struct str name;
	bool all;
	struct reach_way *ways;
	size_t count;
	size_t cap;
};

struct reach {
	bool all; /* nothing is known of any table */
	struct reach_table *tables;
	size_t count;
	size_t cap;
};

/* `composed` is a query with its views. Adds to what `r` holds already; all of it lives in `a`. */
void reach_find(const char *composed, struct arena *a, struct reach *r);
/* NULL when the query does not read the table. */
const struct reach_table *reach_of(const struct reach *r, struct str table);

#endif
