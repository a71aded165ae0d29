/* search_priv.h -- what the index holds of a record; private to the search. */
#ifndef SEARCH_SEARCH_PRIV_H
#define SEARCH_SEARCH_PRIV_H

#include "base/limits.h"
#include "record/record.h"
#include "search/search.h"
#include "search/words.h"
#include "store/words.h"

/* Whether records of the register are searched at all. */
bool search_has(const struct reg *r);
/* Calls `take` for each text of the record, until that says false. */
void search_texts(const struct record *r,
		  bool (*take)(void *object, const struct field *f, struct str text), void *object);

/* What stands in `seen` of a row, by which those are found that somebody may see: "_" for all,
 * "_12" for those of a register, "_12_55" for those of an organisation in it; of retired records
 * "_r", "_r12", "_r12_55". */
void search_seen(const struct reg *r, int64_t organisation, bool retired, struct buf *out);

/* One row of the index. */
struct search_row {
	struct buf head; /* words of the name, the key and the title */
	struct buf body; /* of the other texts */
	struct buf seen;
};
void search_row_fill(const struct model *m, const struct record *r, struct arena *a,
		     struct search_row *row);

/* tell.c: the record as a hit, by what whom the context serves may see: ERR_MISSING when that is
 * nothing. */
MUST_CHECK enum err_code search_tell(struct ctx *ctx, int64_t id, const struct word_list *asked,
				     struct search_hit *ret_hit);

#endif
