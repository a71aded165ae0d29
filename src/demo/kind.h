/* kind.h -- one kind of row: the register it goes to, its columns, and how the row of any number is
 * made. */
#ifndef DEMO_KIND_H
#define DEMO_KIND_H

#include "base/buf.h"
#include "demo/world.h"

enum { ROW_COLUMNS = 28 };

/* One row being made. Fields are set by name, best in the order of the columns; what is not set is
 * empty. */
struct row {
	const char *const *columns; /* NULL after the last */
	size_t count;
	size_t cursor;
	struct {
		size_t from;
		size_t len;
	} cells[ROW_COLUMNS];
	struct buf text;
};

struct kind {
	const char *reg;
	const char *columns[ROW_COLUMNS]; /* "key" first */
	/* Numbers from 0; not each has a row in each month. */
	int64_t (*count)(const struct scene *v);
	/* False when there is no such row in the view. */
	bool (*make)(const struct scene *v, int64_t index, struct row *r);
};

void row_init(struct row *r, const struct kind *k);
void row_fini(struct row *r);
void row_clear(struct row *r);
/* Appends the row as a line of CSV. */
void row_put(const struct row *r, struct buf *out);

void row_text(struct row *r, const char *column, const char *text);
void row_format(struct row *r, const char *column, const char *format, ...) PRINTF(3, 4);
void row_int(struct row *r, const char *column, int64_t value);
void row_bool(struct row *r, const char *column, bool value);
void row_date(struct row *r, const char *column, int64_t day);
void row_at(struct row *r, const char *column, int64_t ms);
/* Adds one more word, or object, to a list in JSON; row_list begins it. */
void row_list(struct row *r, const char *column);
void row_item(struct row *r, const char *format, ...) PRINTF(2, 3);
void row_list_end(struct row *r);

#endif
