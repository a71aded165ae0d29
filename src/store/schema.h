/* schema.h -- tables as data; each engine writes its own statements from them. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/db.h"

enum column_type { COLUMN_INT, COLUMN_TEXT, COLUMN_BLOB };

struct column {
	const char *name;
	enum column_type type;
	bool not_null;
};

struct index {
	const char *name;
	const char *columns; /* "organisation, key" */
	const char *where;   /* condition, or NULL */
	bool unique;
};

/* What the database itself refuses, below any program's code. */
enum table_guard {
	GUARD_NONE,
	GUARD_APPEND_ONLY, /* rows are neither changed nor deleted */
	GUARD_VERSIONED,   /* a row changes or goes only after its version stands in <table>_history
			    */
	GUARD_GROWING,	   /* like append-only, but `data` of a row may grow at its end */
};

struct table {
	const char *name;
	const struct column *columns;
	size_t column_count;
	const char *primary_key; /* "id" or "record, pos"; "" for none, of a temporary table */
	bool clustered;	 /* rows are kept in the order of the primary key; others, of one that
			  * is not a number alone, in the order in which they came */
	bool temporary;	 /* this connection's alone; gone when it ends or rolls back */
	bool if_missing; /* of a temporary one: that it is there already is no fault */
	enum table_guard guard;
	/* Whose rows they are, for the wall between organisations: of the column `organisation`, or
	 * of the rows of another table, by `record` and, in a history, by row_version too. */
	bool held;
	const char *held_by;
	bool held_by_version;
	const struct index *indexes;
	size_t index_count;
};

MUST_CHECK enum err_code schema_create(struct db *db, const struct table *t, struct err *e);
/* Of a temporary table alone; no statement on it may be in use. */
MUST_CHECK enum err_code schema_drop(struct db *db, const struct table *t, struct err *e);
/* A column that a table of an older program lacks, and an expression that says what it is in the
 * row `t`. */
struct schema_fill {
	const char *column;
	const char *value;
};
/* Brings a table of an older program, with its rows, to the order and the primary key that it says
 * now, and fills such a column; NULL when it has them all. */
MUST_CHECK enum err_code schema_rebuild(struct db *db, const struct table *t,
					const struct schema_fill *fill, struct err *e);
MUST_CHECK enum err_code schema_add_column(struct db *db, const struct table *t,
					   const struct column *column, struct err *e);
/* Nothing to do when it is there. */
MUST_CHECK enum err_code schema_add_index(struct db *db, const struct table *t,
					  const struct index *index, struct err *e);

/* Whether the table is there as it was made: ERR_MISSING when it is not, ERR_FAILED when its kind
 * or columns are others, or a trigger that is no guard hangs on it. */
MUST_CHECK enum err_code schema_check_table(struct db *db, const struct table *t, struct err *e);

/* Whether the table's guards stand as they were made: ERR_FAILED names the one that is missing or
 * altered. */
MUST_CHECK enum err_code schema_check_guards(struct db *db, const struct table *t, struct err *e);

#endif
