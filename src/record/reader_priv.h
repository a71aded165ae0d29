/* reader_priv.h -- what the readers of rows share, private to the records. */
#ifndef RECORD_READER_PRIV_H
#define RECORD_READER_PRIV_H

#include "record/record.h"

/* A record out of a row of its table, or history, made with sql_select(). `values` has room for
 * each field; those with a table of their own are left as they are. */
struct record row_record(const struct reg *r, const struct db_stmt *row, struct value *values);

/* The columns of a history after the fields'. */
int row_recorded_to_column(const struct reg *r);

#endif
