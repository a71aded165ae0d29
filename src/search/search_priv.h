/* search_priv.h -- what the index holds of a record; private to the search. */
#ifndef SEARCH_SEARCH_PRIV_H
#define SEARCH_SEARCH_PRIV_H

#include "base/limits.h"
#include "record/record.h"
#include "search/search.h"
#include "search/words.h"
#include "store/words.h"

/* Calls `take` for each text of the record, until that says false. */
void search_texts(const struct record *r,
		  bool (*take)(void *object, const struct field *f, struct str text), void *object);

/* What stands in `seen` of a row, by which those are found that somebody may see: "_12" for those
 * of a register, "_12_55" for those of an organisation in it; of retired records "_r12",
 * "_r12_55". */
void search_seen(const struct reg *r, int64_t organisation, bool retired, struct buf *out);
/* And of what register the record is that it is as restricted as (`follows`): a format. */
#define SEARCH_ABOUT "_f%lld"

/* One row of the index. */
struct search_row {
	struct buf head; /* words of the name, the key and the title */
	struct buf body; /* of the other texts */
	struct buf seen;
};
void search_row_fill(const struct model *m, const struct record *r, struct arena *a,
		     struct search_row *row);
/* Adds the words of a text as rows have them, no more than are left; false when there are more. */
bool search_words_put(struct str text, size_t *left, struct arena *a, struct buf *out);

/* score.c: what the words are worth where they stand, in what rows have; 0 when one is not there.
 * And whether what is found may go on after the word. */
int64_t search_score(const struct word_list *asked, struct str head, struct str body,
		     struct arena *a);
bool search_goes_on(struct str word);

/* tell.c: the record as a hit, by what whom the context serves may see: ERR_MISSING when that is
 * nothing. */
MUST_CHECK enum err_code search_tell(struct ctx *ctx, int64_t id, const struct word_list *asked,
				     struct search_hit *ret_hit);
/* Whether one of the words stands in the text of the field, and where. */
bool search_place_find(const struct word_list *asked, const char *field, struct str text,
		       struct arena *a, struct search_place *ret_place);

/* duty.c: what the duties of the plan have of words, a row for each, in the arena. And those that
 * have the words, for the page. */
struct duty_row {
	struct str head, body;
};
const struct duty_row *duty_rows(const struct model *m, struct arena *a);
void duties_find(struct ctx *ctx, const struct duty_row *rows, const struct word_list *asked,
		 const struct search_question *q, struct search_page *p);

/* index.c: lends a connection that reads the index, for one search; NULL where that is the store's
 * own, so that whom it serves is held by its wall. */
MUST_CHECK enum err_code index_reader(struct search_index *x, struct db **ret_db, struct err *e);
void index_reader_back(struct search_index *x, struct db *db);
/* Those of its model. */
const struct duty_row *index_duties(struct search_index *x);

#endif
