/* past_priv.h -- the statements of the past, private to the store. */
#ifndef STORE_PAST_PRIV_H
#define STORE_PAST_PRIV_H

#include "base/buf.h"
#include "store/past.h"

enum { PAST_SQL_LIMIT = 65536, PAST_VIEWS_LIMIT = 16 * 1024 * 1024 };

/* "select ..." of the rows that the table held then; `from` stands before each table's name. */
void past_rows(const struct past *p, const struct past_table *t, const char *from, struct buf *sql);
/* The same of its history: the versions that were superseded by then. */
void past_history_rows(const struct past *p, const struct past_table *t, const char *from,
		       struct buf *sql);

/* Makes views of this connection that stand before the tables and their histories; of the tables
 * only of those that are not put aside. */
enum past_aside { PAST_NONE_ASIDE, PAST_ASKED_ASIDE };
MUST_CHECK enum err_code past_views(struct db *db, const struct past *p, enum past_aside aside,
				    struct err *e);

/* A connection to the present becomes one to the past. One of those that do what much is asked of
 * puts the tables aside for itself, where the engine can. */
MUST_CHECK enum err_code past_reader(struct db *db, const struct past *p, bool much, struct err *e);

#endif
