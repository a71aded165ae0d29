/* moves.h -- what the clock can change in the answer of a query, while the day stays the same. */
#ifndef QUERY_MOVES_H
#define QUERY_MOVES_H

#include "model/model.h"

enum { MOVES_COLUMNS_MAX = 16 };

/* Columns that are compared with :now: the answer changes when one of their instants passes. */
struct moves {
	struct str columns[MOVES_COLUMNS_MAX];
	size_t count;
	bool always; /* :now is used in another way too: each moment may give another answer */
};

/* Adds those of a query to `m`. Names live in the text. */
void moves_find(const char *composed, struct moves *m);

#endif
