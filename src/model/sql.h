/* sql.h -- the statements on a register's tables, written from the model: names come from it alone,
 * values are always bound. */
#ifndef MODEL_SQL_H
#define MODEL_SQL_H

#include "base/buf.h"
#include "model/model.h"
#include "store/db.h"

enum { SQL_LIMIT = 65536 };

/* Whether a field is a column of its register's table, not a table of its own. */
bool field_has_column(const struct field *f);

/* That a record is in another state than the register's usual one, in the words of its index: an
 * alias with its dot, the state. Engines use that index where the very same words stand. */
#define STATE_UNUSUAL "coalesce(%sstate, '') <> '%s'"

/* Whose rows of a register are read. */
struct sight {
	bool all;
	const int64_t *organisations; /* when it is not all */
	size_t count;
};
/* " and <alias>.organisation in (...)": the rest of a condition, nothing when all is seen; and what
 * it binds, by names that no other register's has. */
void sql_sight(const struct reg *r, const struct sight *s, const char *alias, struct buf *out);
void sql_sight_bind(const struct reg *r, const struct sight *s, struct db_stmt *stmt);
/* sql_select of the seen rows alone; `tail` goes on after a condition, as in "and ...". */
void sql_select_seen(const struct reg *r, const struct sight *s, const char *tail, struct buf *out);

/* "select <every column> from <table> t <tail>"; the columns in the table's order. `tail` is a
 * literal of the caller. */
void sql_select(const struct table *t, const char *tail, struct buf *out);
/* The same of as many records: one parameter for each number. */
void sql_select_many(const struct table *t, size_t count, struct buf *out);
/* The same for a list field's rows: without record and pos, by pos. Parameters :record and, in the
 * history, :version. */
void sql_select_items(const struct field *f, bool history, struct buf *out);
/* Every row of a list field: record, in the history row_version, pos and the rest, in that order.
 */
void sql_scan_items(const struct field *f, bool history, struct buf *out);
/* Every row of a table, whole, in the order of its primary key. */
void sql_scan(const struct table *t, struct buf *out);
/* The same of a register's table or history, and after each row whose leaf its own is, by record
 * and version; null where the ledger has none of that number. */
void sql_scan_leaves(const struct table *t, struct buf *out);
/* How many rows it has. */
void sql_count(const struct table *t, struct buf *out);
/* Whether an index of the table is about that column of it. */
bool sql_is_indexed(const struct table *t, size_t column);
/* "delete from <table> where <column> = :id". */
void sql_delete(const struct table *t, const char *column, struct buf *out);
/* Copies the present items of a list field of :record to its history as :version. */
void sql_supersede_items(const struct field *f, struct buf *out);
/* "select <columns> from <register> <tail>" with `columns` and `tail` literals of the caller. */
void sql_from(const struct reg *r, const char *columns, const char *tail, struct buf *out);
/* "select <column> from <register> where id = :id". */
void sql_column(const struct reg *r, const struct field *f, struct buf *out);

/* A bit for each column of a table, from 0; those past the last bit share it. */
#define COLUMN_BITS_ALL UINT64_MAX
uint64_t column_bit(size_t column);

/* "delete from <table>". */
void sql_empty(const struct table *t, struct buf *out);
/* Copies into a table of the same columns the rows of a register, or of a list field, whose records
 * stand in the table `changed`(record, version): the present ones, or out of the history those of
 * that version that were not retired. Parameters :low and :high bound the records. */
void sql_copy(const struct table *to, const struct table *from, const char *changed,
	      struct buf *out);
void sql_copy_version(const struct table *to, const struct table *history, const char *changed,
		      struct buf *out);
/* Copies one row; has the engine count what a table holds. */
void sql_sample(const struct table *to, const struct table *from, struct buf *out);
void sql_analyze(const struct table *t, struct buf *out);
/* Puts each record of `changed`, with its organisation of then and what differs between that
 * version and the present one, into the table `to`(record, organisation, columns): its bit for each
 * column, all bits where there are not both. Parameters likewise. */
void sql_differences(const struct reg *r, const char *to, const char *changed, struct buf *out);
/* Adds the bits `:bit` to the records whose rows of then and now in `items`, of a list field,
 * differ. */
void sql_differences_items(const struct table *items, const char *to, struct buf *out);
/* Each number of the table `records`(record) with the organisation of the present record, if any;
 * by number. */
void sql_owners(const struct reg *r, const char *records, struct buf *out);
/* The least value of a column from :from on; `prefix` stands before the table's name. */
void sql_least_from(const struct table *t, const char *prefix, const char *column, struct buf *out);

/* Each organisation: its number, who engages it, and the kind that it had in its first version,
 * when that came from the source :feed. Anybody in an organisation may say later what it is. */
void sql_parties(const struct reg *organisations, struct buf *out);

#endif
