/* narrow.h -- a query of a plan, held to the records that have to be decided again. */
#ifndef QUERY_NARROW_H
#define QUERY_NARROW_H

#include "base/buf.h"

/* The temporary table that says which records those are, and its only column. */
#define NARROW_TABLE "assess_affected"
#define NARROW_COLUMN "record"

/* Longest text of a query with its views. */
enum { NARROW_LIMIT = 1024 * 1024 };

/* Gives what `composed` gives for these records. Where it can, the condition goes into each part of
 * a union, before anything is gathered, so that the engine begins with those records; else around
 * the whole, which is right as well, but costs as much as the whole. `lateral`: the engine can be
 * told to ask for one record after another, and is. One that chooses by what it guesses of the
 * tables reads them whole for the sake of a few records, or again and again. */
void narrow_query(const char *composed, bool lateral, struct buf *out);

/* The same for many records, which an engine reads faster one behind another than it looks up each:
 * wherever the query reads `table`, it reads `rows` instead, a table with the same columns that
 * holds the rows of these records alone. Right only where each place that reads `table` reads the
 * row of the record itself (reach.h). Other records may be among what it gives. */
void narrow_to_rows(const char *composed, const char *table, const char *rows, struct buf *out);

#endif
