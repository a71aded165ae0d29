/* past.h -- a connection that reads what was recorded at an instant of the past.
 *
 * Under the name of each table stands what it held then, so no statement knows of it. Nothing can
 * be written to the store on such a connection.
 */
#ifndef STORE_PAST_H
#define STORE_PAST_H

#include "store/schema.h"

enum past_kind {
	PAST_VERSIONS, /* rows with recorded_from, and their history with recorded_to and retired */
	PAST_ITEMS, /* rows that belong to versions, by `record`; in the history by row_version */
	PAST_LOG,   /* rows that stay, each with its time `at` */
};

struct past_table {
	enum past_kind kind;
	const struct table *table;
	const struct table *history;	      /* NULL for a log */
	const struct table *versions;	      /* of items: whose they are */
	const struct table *versions_history; /* likewise */
	bool asked; /* by the plan's queries or an assessment's, so that it is worth being put aside
		     */
};

struct past {
	int64_t instant; /* milliseconds; what was recorded in it is seen */
	const struct past_table *tables;
	size_t table_count;
	/* Much will be asked: it is worth an engine's while to put the tables of then aside. Takes
	 * the time of reading and sorting all of them. */
	bool many;
};

/* Before anything is prepared on the connection, and once. `p` must outlive it. */
MUST_CHECK enum err_code db_as_of(struct db *db, const struct past *p, struct err *e);

#endif
