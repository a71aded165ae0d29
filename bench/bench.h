/* bench.h -- what the programs that measure Holdfast itself share. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "record/workspace.h"
#include "seconds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A measurement that fails ends the program with 2. */
static inline void
bench_demand(enum err_code rc, const struct err *e)
{
	if (!rc)
		return;
	(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, e->message);
	exit(2);
}

/* The numbers of the first accounts; how many there are, `count` at most. */
static inline size_t
bench_accounts(struct ctx *ctx, int64_t *ids, size_t count)
{
	DB_STMT *s = NULL;
	size_t n = 0;
	bool row;

	bench_demand(db_prepare(ctx->db, "select a.id from account a order by a.id limit :count",
				&s, &ctx->err),
		     &ctx->err);
	db_bind_int(s, 1, (int64_t)count);
	for (;;) {
		bench_demand(db_step(s, &row, &ctx->err), &ctx->err);
		if (!row)
			return n;
		ids[n++] = db_int(s, 0);
	}
}

#endif
