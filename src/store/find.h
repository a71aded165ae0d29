/* find.h -- one question with one answer: the first column of the first row. */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "base/arena.h"
#include "store/db.h"

enum { DB_FIND_VALUES = 4 };

/* `sql` is kept prepared, as with db_prepare; as many values are bound as it has parameters, in the
 * order of their first appearance. */
struct db_find {
	const char *sql;
	struct db_cell values[DB_FIND_VALUES];
};

static inline struct db_cell
db_of_int(int64_t number)
{
	return (struct db_cell){.kind = CELL_INT, .number = number};
}

/* {NULL, 0} is null. */
static inline struct db_cell
db_of_text(struct str text)
{
	return (struct db_cell){.kind = text.ptr ? CELL_TEXT : CELL_NULL, .text = text};
}

/* The number; where there is no row, or it is null, *ret_number is 0. ret_found may be NULL. */
MUST_CHECK enum err_code db_find_int(struct db *db, const struct db_find *f, int64_t *ret_number,
				     bool *ret_found, struct err *e);
/* Whether there is a row at all. */
MUST_CHECK enum err_code db_find_any(struct db *db, const struct db_find *f, bool *ret_found,
				     struct err *e);
/* The text or bytes, in the arena; {NULL, 0} where there is no row, or they are null. */
MUST_CHECK enum err_code db_find_text(struct db *db, const struct db_find *f, struct arena *a,
				      struct str *ret_text, struct err *e);

#endif
