#include "demo/kind.h"

#include "codec/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 256 * 1024, TEXT_SIZE = 512 };

void
row_init(struct row *r, const struct kind *k)
{
	*r = (struct row){.columns = k->columns};
	while (r->count < ROW_COLUMNS && k->columns[r->count])
		r->count++;
	buf_init(&r->text, TEXT_LIMIT);
}

void
row_fini(struct row *r)
{
	buf_fini(&r->text);
}

void
row_clear(struct row *r)
{
	r->text.len = 0;
	r->cursor = 0;
	for (size_t i = 0; i < r->count; i++)
		r->cells[i].len = 0;
}

/* The cell to fill. A column that the kind has not is a fault of this folder alone. */
static size_t
cell_of(struct row *r, const char *column)
{
	for (size_t n = 0; n < r->count; n++) {
		size_t i = (r->cursor + n) % r->count;

		if (strcmp(r->columns[i], column) == 0) {
			r->cursor = i + 1;
			return i;
		}
	}
	(void)fprintf(stderr, "demo: no column '%s'\n", column);
	abort();
}

static void
cell_set(struct row *r, const char *column, const char *bytes, size_t len)
{
	size_t i = cell_of(r, column);

	r->cells[i].from = r->text.len;
	r->cells[i].len = len;
	buf_add(&r->text, bytes, len);
}

void
row_put(const struct row *r, struct buf *out)
{
	for (size_t i = 0; i < r->count; i++) {
		if (i > 0)
			buf_add(out, ",", 1);
		if (r->cells[i].len > 0)
			csv_put(out, (struct str){r->text.data + r->cells[i].from, r->cells[i].len},
				false);
	}
	buf_add(out, "\n", 1);
}

void
row_text(struct row *r, const char *column, const char *text)
{
	cell_set(r, column, text, strlen(text));
}

void
row_format(struct row *r, const char *column, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cell_set(r, column, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

void
row_int(struct row *r, const char *column, int64_t value)
{
	row_format(r, column, "%lld", (long long)value);
}

void
row_bool(struct row *r, const char *column, bool value)
{
	row_text(r, column, value ? "true" : "false");
}

void
row_date(struct row *r, const char *column, int64_t day)
{
	char text[CIVIL_DATE_LEN + 1];

	civil_format_date(day, text);
	cell_set(r, column, text, CIVIL_DATE_LEN);
}

void
row_at(struct row *r, const char *column, int64_t ms)
{
	char text[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(ms, text);
	cell_set(r, column, text, CIVIL_INSTANT_LEN);
}

void
row_list(struct row *r, const char *column)
{
	cell_set(r, column, "[", 1);
}

void
row_item(struct row *r, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;
	int len;

	if (r->text.data[r->text.len - 1] != '[')
		buf_add(&r->text, ",", 1);
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_add(&r->text, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

void
row_list_end(struct row *r)
{
	size_t i = r->cursor - 1;

	buf_add(&r->text, "]", 1);
	r->cells[i].len = r->text.len - r->cells[i].from;
}
