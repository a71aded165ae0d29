/* query_check.h -- whether a scope or check can run at all: its words, its columns, its parameters.
 */
#ifndef CHECK_QUERY_CHECK_H
#define CHECK_QUERY_CHECK_H

#include "access/ctx.h"

enum query_kind { QUERY_SCOPE, QUERY_CHECK, QUERY_VIEW };

struct query_use {
	struct diags *diags;
	bool *params; /* one for each of the plan's: set when the query uses it */
};

/* Tells what is wrong, with its place; a fault of a view once, however many queries use it. False
 * when anything is wrong. */
bool query_check(struct ctx *ctx, const struct query *q, enum query_kind kind,
		 const struct query_use *use);

#endif
