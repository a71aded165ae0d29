/* access_matrix.h -- one role held in one party against the world of access_world.h, and what came
 * of all that was tried; access_rights.h says what should. */
#ifndef ACCESS_MATRIX_H
#define ACCESS_MATRIX_H

#include "access_rights.h"
#include "access_world.h"
#include "search/search.h"

struct matrix {
	struct world w;
	struct rights rights;
	const char *role;
	enum party_of holder;
	struct arena scratch; /* of one role */
	struct search_index *index;
	int64_t tried, allowed, refused, leaks, wrong;
};

bool matrix_may(const struct matrix *m, const struct reg *r, enum rights_act act, enum party_of of);
bool matrix_may_read(const struct matrix *m, const struct world_row *row);

/* One more cell: what was done, and what should have been. */
void matrix_tell(struct matrix *m, const char *way, const struct reg *r, bool done, bool should);

/* access_beside.c: what tells where a record stands in the ledger, or when it is due. */
void matrix_receipts_try(struct matrix *m, struct ctx *ctx);
void matrix_feeds_try(struct matrix *m, struct ctx *ctx);

#endif
