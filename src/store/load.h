/* load.h -- many rows into one table, as fast as the engine takes them.
 *
 * PostgreSQL takes them through COPY, or a statement for many, in pieces; elsewhere each is a
 * statement. Guards, keys and constraints hold as for any other. A load may stay open for many
 * transactions, beside other loads and statements: whichever statement names the table, or comes
 * from a plan, finds all rows given before it, and so does the commit. An error names the table
 * and, where it is known, the row, counted from 1; it may show at a later row, at such a statement,
 * at the end or at the commit, and then the transaction can only be rolled back.
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "store/schema.h"

struct db_load;

MUST_CHECK enum err_code db_load_open(struct db *db, const struct table *t,
				      struct db_load **ret_load, struct err *e);
/* The same for rows that take the place of those with their key, which is the first column; where
 * there is none, nothing happens. `left`, one a column, says which columns stay as they are; NULL:
 * none do. It must outlive the load. Between two statements that name the table a key comes once.
 */
MUST_CHECK enum err_code db_load_open_over(struct db *db, const struct table *t, const bool *left,
					   struct db_load **ret_load, struct err *e);
/* Inside a write transaction. One cell a column, in the table's order. What is CELL_TEXT is bytes
 * where the column is a blob. The bytes are copied or used up at once. ERR_INVALID for a cell that
 * its column cannot hold. */
MUST_CHECK enum err_code db_load_row(struct db_load *l, const struct db_cell *cells, struct err *e);
/* All rows are in the table now: of a server's refusal of one of them nothing may be known before.
 * Without it, rows given since the last end or commit may be dropped by the close. */
MUST_CHECK enum err_code db_load_end(struct db_load *l, struct err *e);
void db_load_close(struct db_load *l);
void db_load_closep(struct db_load **l);
#define DB_LOAD CLEANUP(db_load_closep) struct db_load

/* Rows given so far. */
int64_t db_load_rows(const struct db_load *l);

/* The table with its guards but without its indexes, which are cheaper to make when its rows are
 * there: schema_add_index. */
MUST_CHECK enum err_code schema_create_bare(struct db *db, const struct table *t, struct err *e);

#endif
