/* list.h -- lists of records: filtered, sorted, a page at a time, with how many there are in all.
 *
 * Pages follow one another by a cursor that holds where the last one ended, so that a deep page
 * costs what the first does, and a record that comes or goes moves no other from one page to the
 * next. All memory is the context's arena's.
 *
 * Engines agree: text compares by its bytes, references by the keys that they stand for, records
 * without a value come last in either direction, and equals are in the order of their numbers.
 */
#ifndef LIST_LIST_H
#define LIST_LIST_H

#include "access/ctx.h"
#include "model/attribute.h"
#include "record/value.h"

struct list_question {
	const struct reg *reg;
	const struct str *terms; /* of the filter, one each (model/filter.h) */
	size_t term_count;
	struct str filter; /* more of them, in one line; may be {NULL, 0} */
	struct str sort;   /* "kind,-created_at"; {NULL, 0} is the order of the numbers */
	struct str fields; /* "key,state,person"; {NULL, 0} is all */
	struct str after;  /* the cursor of the page before; {NULL, 0} for the first page */
	int64_t limit;	   /* 0 for LIST_LIMIT */
	/* Instead of a cursor, with `placed`: the page begins after `skip` records, and the total
	 * is exact. That costs time with the length of the list, some tens of milliseconds for each
	 * million, and is taken of lists whose pages say `places`. */
	bool placed;
	int64_t skip;
	/* With `within`, of these organisations alone, as far as the asker sees them. */
	bool within;
	const int64_t *organisations;
	size_t organisation_count;
	/* Counts every record and sorts by any field, however long that takes. Else it is quick: it
	 * gathers LIMIT_LIST_GATHERED records at most, and sorts more only by what has an index; it
	 * counts those, or LIMIT_LIST_COUNTED by an index alone, and of more says that there are
	 * more than it found; and it looks at LIMIT_LIST_LOOKED for a page, or
	 * LIMIT_LIST_LOOKED_APART along an index, which may then be short, or empty, though more
	 * pages follow. */
	bool thorough;
};

enum { LIST_LIMIT = 50 };

struct list_row {
	int64_t id;
	struct value *cells; /* one a column */
	/* Where one record is told, or its versions. */
	int64_t version;
	bool retired;
	struct str by; /* the actor; {NULL, 0} when it is not asked for */
};

/* A record that a row refers to; its key is {NULL, 0} when it is not current any more. */
struct list_target {
	int64_t id;
	struct str key;
};

struct list_page {
	const struct reg *reg;
	const struct attribute *const *columns;
	size_t column_count;
	struct list_row *rows;
	size_t count;
	int64_t total;	     /* of the whole list */
	bool total_is_exact; /* else there are at least so many */
	bool stopped;	     /* short, as it looked at enough; the next page goes on there */
	bool places;	     /* any place of it can be asked for (`placed`) */
	struct str next;     /* cursor of the next page; {NULL, 0} after the last record */
	struct list_target *targets; /* by number */
	size_t target_count;
};

/* What is known of terms of filters that find many records: for how long after it was counted that
 * holds follows from the ledger. A context with them (ctx.h) need not count for each page; any
 * number of threads share them. NULL when there is no memory. */
struct counts *counts_new(void);
void counts_free(struct counts *t);

/* One page. The caller holds a read transaction, so that all of it is of one state. ERR_INVALID
 * says what is wrong with the filter, sort, fields or cursor; ERR_TOO_BIG past their limits. */
MUST_CHECK enum err_code list_read(struct ctx *ctx, const struct list_question *q,
				   struct list_page *ret_page);

/* The instant of the past that the list of the cursor reads, in milliseconds; 0 where it reads the
 * present, or is none. Whoever made it up says so: the list itself takes no cursor of another
 * instant than its context's. */
int64_t list_cursor_instant(struct str cursor, struct arena *a);

/* How many there are, without a page of them: `total` and `total_is_exact` alone. */
MUST_CHECK enum err_code list_total(struct ctx *ctx, const struct list_question *q,
				    struct list_page *ret_page);

/* The records that refer to one by a field, of those that the asker sees. */
struct list_related {
	const struct reg *reg; /* theirs */
	const struct field *field;
	const struct field *part; /* of a list field, which refers to it; else NULL */
	struct str filter;	  /* of the list of them */
	int64_t total;
	/* Else there are at least so many, as LIMIT_RELATED_LOOKED were looked at; where no index
	 * finds them that may be none. */
	bool total_is_exact;
};

/* By every field of every register that may be read and may refer to it, where there are any or
 * may be. ERR_MISSING when there is no such record for the asker. Lives in the context's arena. */
MUST_CHECK enum err_code list_related(struct ctx *ctx, int64_t id,
				      const struct list_related **ret_rows, size_t *ret_count);

/* One record as it is now, or ERR_MISSING. */
MUST_CHECK enum err_code list_one(struct ctx *ctx, int64_t id, struct str fields,
				  struct list_page *ret_page);
/* All of its versions, oldest first, with who made them; ERR_MISSING when there is none. */
MUST_CHECK enum err_code list_versions(struct ctx *ctx, int64_t id, struct list_page *ret_page);

/* Of the records that the page refers to; NULL where it is none of them. */
const struct list_target *list_target_of(const struct list_page *p, int64_t id);
struct str list_key(const struct list_page *p, int64_t id);

struct filter;
/* A filter in one line, understood for whoever reads the register's records in a way of his own
 * (model/filter.h). */
MUST_CHECK enum err_code list_filter(struct ctx *ctx, const struct reg *r, struct str line,
				     const struct filter **ret_filter);

/* {"register", "total", "total_is_exact", "records": [{"id", ...}], "stopped", "next"}. A reference
 * is an object of "id", "register" and "key". */
void list_json(struct json_writer *w, const struct model *m, const struct list_page *p);

/* One row of it: {"id", ...}; of a version "retired" and "recorded_by" too. */
void list_row_json(struct json_writer *w, const struct model *m, const struct list_page *p,
		   const struct list_row *row);

/* {"related": [{"register", "title", "field", "part", "label", "part_label", "filter", "total",
 * "total_is_exact"}]} */
void list_related_json(struct json_writer *w, const struct list_related *rows, size_t count);

/* A cell for people: a reference as its key, or its name when it has none any more. */
void list_text(const struct ctx *ctx, const struct list_page *p, const struct list_row *row,
	       size_t column, struct buf *out);

/* The fields that a list can be sorted by however long it is, as "id, key, organisation, kind". */
void list_sorts(const struct attributes *all, struct buf *out);

#endif
