/* resolve_priv.h -- one reference while it is looked up, private to the resolver. */
#ifndef RECORD_RESOLVE_PRIV_H
#define RECORD_RESOLVE_PRIV_H

#include "record/resolve.h"

struct lookup {
	const struct record *record;
	const struct field *field;
	struct str text;
	int64_t id; /* 0 until found */
	int rank;
	int64_t rival; /* not 0: it may mean this record as well */
};

/* resolve_refuse.c: what is wrong with it, without a value of a restricted record. */
enum err_code resolve_refuse_missing(struct ctx *ctx, const struct lookup *l);
enum err_code resolve_refuse_ambiguous(struct ctx *ctx, const struct lookup *l);

#endif
