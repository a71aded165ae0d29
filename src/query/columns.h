/* columns.h -- which columns of a table a query of a plan can tell apart.
 *
 * A query can tell apart only what it names. What is passed on by "*" without being named counts
 * nowhere, but where rows are compared with each other whole ("distinct", "union"), or where a
 * place is given another name.
 */
#ifndef QUERY_COLUMNS_H
#define QUERY_COLUMNS_H

#include "store/schema.h"

/* `composed` is a query with its views. Bits of column_bit; all of them when nobody knows. */
uint64_t columns_named(const char *composed, const struct column *columns, size_t count);

#endif
