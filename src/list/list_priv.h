/* list_priv.h -- one question, understood; private to the lists. */
#ifndef LIST_LIST_PRIV_H
#define LIST_LIST_PRIV_H

#include "base/limits.h"
#include "list/list.h"
#include "model/page.h"
#include "model/sql.h"
#include "record/record.h"

struct asked {
	struct attributes attributes;
	struct filter filter;
	struct page_query query;
	const struct attribute **columns; /* what the page shows */
	size_t column_count;
	struct page_key keys[LIMIT_SORT_FIELDS];
	struct value after[LIMIT_SORT_FIELDS + 1]; /* of the cursor: the keys' values, the number */
	bool after_null[LIMIT_SORT_FIELDS];
	int64_t limit;
	const int64_t *organisations; /* those that it is held to, with query.within */
};

/* A record for the page: its number, and the values of the keys that it is sorted by; the number
 * again is the last of them. */
struct found {
	int64_t id;
	struct value *keys;
};

/* One page while it is read. */
struct page_reading {
	struct ctx *ctx;
	const struct list_question *question;
	struct asked *asked;
	struct list_page *page;
	struct found *found;
	size_t count;
	size_t cap;
	int64_t look; /* records that the next statement looks at */
	bool few;     /* all that the leader finds may be gathered */
	bool more;
};

/* list.c: a statement of page.h, and every parameter that it has. */
MUST_CHECK enum err_code list_prepare(struct ctx *ctx, const struct buf *sql,
				      struct db_stmt **ret_stmt);
void list_bind(const struct page_reading *rd, struct db_stmt *s);

/* count.c: chooses what finds the fewest, and tells how many there are. */
MUST_CHECK enum err_code total_find(struct page_reading *rd);
/* How many there are among the first `most` that the query's leader finds; exact when it finds no
 * more. */
MUST_CHECK enum err_code total_among(struct page_reading *rd, int64_t most);

/* ask.c: the whole question, checked. */
MUST_CHECK enum err_code asked_read(struct ctx *ctx, const struct list_question *q,
				    struct asked *ret_asked);

/* The fields to show: those named, or all. */
MUST_CHECK enum err_code asked_fields(struct ctx *ctx, struct str text, struct asked *a);

/* meaning.c: understands every value of the filter. */
MUST_CHECK enum err_code meanings_find(struct ctx *ctx, struct filter *f);

/* cursor.c: the text that stands for a place in a list, and back. It fits only the list that it was
 * made for: register, filter and order. */
MUST_CHECK enum err_code cursor_write(struct ctx *ctx, const struct asked *a,
				      const struct value *place, struct str *ret_cursor);
MUST_CHECK enum err_code cursor_read(struct ctx *ctx, struct str cursor, struct asked *a);

/* beside.c: what stands in other tables: items of the rows, and the keys that they refer to. */
MUST_CHECK enum err_code beside_read(struct ctx *ctx, struct list_page *p);
/* The keys alone, where the items are there. */
MUST_CHECK enum err_code beside_keys(struct ctx *ctx, struct list_page *p);

#endif
