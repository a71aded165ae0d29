#include "fuzz.h"

#include "base/text.h"
#include "codec/csv.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 24 };

struct feed {
	struct str text;
	size_t step;
};

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static enum err_code
feed_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct feed *f = object;
	size_t len = f->text.len < f->step ? f->text.len : f->step;

	(void)e;
	len = len < size ? len : size;
	if (len > 0)
		memcpy(bytes, f->text.ptr, len);
	f->text.ptr += len;
	f->text.len -= len;
	*ret_len = len;
	return ERR_NONE;
}

/* Each field is UTF-8 without NUL, and comes back from what the writer makes of it. */
static void
add_row(const struct csv_row *row, struct buf *told, struct buf *rewritten)
{
	for (size_t i = 0; i < row->count; i++) {
		struct str field = row->fields[i];

		demand(text_utf8_fault(field) < 0);
		demand(field.len == 0 || !memchr(field.ptr, '\0', field.len));
		buf_addf(told, "%zu:", field.len);
		buf_add(told, field.ptr, field.len);
		buf_add(rewritten, ",", i > 0);
		csv_put(rewritten, field, true);
	}
	/* A row of one empty field would be a blank line, which readers skip. */
	if (row->count == 1 && row->fields[0].len == 0)
		buf_addf(rewritten, "\"\"");
	buf_addf(rewritten, "\r\n");
	buf_addf(told, "\n");
}

/* Tells all rows; with `unguard` of a file that was written with the guard. */
static void
tell(struct str text, size_t step, struct buf *told, struct buf *rewritten)
{
	struct feed f = {.text = text, .step = step};
	CLEANUP(csv_freep) struct csv *c = NULL;
	struct csv_row row = {0};
	struct err e = {0};
	enum csv_result result = CSV_ROW;
	long line = 0;

	demand(csv_new((struct byte_source){feed_read, &f}, &c, &e) == ERR_NONE);
	if (csv_header(c, &row, &e) != ERR_NONE) {
		buf_addf(told, "%s", e.message);
		return;
	}
	while (result == CSV_ROW || result == CSV_BAD_ROW) {
		if (result == CSV_ROW)
			add_row(&row, told, rewritten);
		else
			buf_addf(told, "%ld: %s\n", row.line, e.message);
		demand(row.line > line);
		line = row.line;
		result = csv_next(c, &row, &e);
	}
	buf_addf(told, "%s", result == CSV_END ? "end" : e.message);
}

/* The rewritten file holds the same rows, once the guard is off. */
static void
compare(struct str original, struct str rewritten)
{
	struct feed f1 = {.text = original, .step = 65536};
	struct feed f2 = {.text = rewritten, .step = 65536};
	CLEANUP(csv_freep) struct csv *c1 = NULL;
	CLEANUP(csv_freep) struct csv *c2 = NULL;
	struct csv_row r1 = {0};
	struct csv_row r2 = {0};
	struct err e = {0};

	demand(csv_new((struct byte_source){feed_read, &f1}, &c1, &e) == ERR_NONE);
	demand(csv_new((struct byte_source){feed_read, &f2}, &c2, &e) == ERR_NONE);
	/* Names of a header are trimmed, so that what is guarded there may differ. */
	if (csv_header(c1, &r1, &e) != ERR_NONE)
		return;
	demand(csv_header(c2, &r2, &e) == ERR_NONE && r1.count == r2.count);
	for (;;) {
		enum csv_result result = csv_next(c1, &r1, &e);

		while (result == CSV_BAD_ROW)
			result = csv_next(c1, &r1, &e);
		if (result != CSV_ROW) {
			demand(csv_next(c2, &r2, &e) == CSV_END);
			return;
		}
		demand(csv_next(c2, &r2, &e) == CSV_ROW && r1.count == r2.count);
		for (size_t i = 0; i < r1.count; i++)
			demand(str_eq(r1.fields[i], csv_unguard(r2.fields[i])));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};
	size_t small = size ? 1 + data[size - 1] % 7 : 1;
	struct buf whole = {.limit = TEXT_LIMIT};
	struct buf pieces = {.limit = TEXT_LIMIT};
	struct buf rewritten = {.limit = TEXT_LIMIT};
	struct buf again = {.limit = TEXT_LIMIT};

	/* A file may begin with a mark, and its first name with another. */
	buf_addf(&rewritten, "\xef\xbb\xbf");
	tell(input, 65536, &whole, &rewritten);
	tell(input, small, &pieces, &again);
	demand(!whole.failed && whole.len == pieces.len);
	demand(memcmp(whole.data, pieces.data, whole.len) == 0);
	if (rewritten.len > 3)
		compare(input, (struct str){rewritten.data, rewritten.len});
	buf_fini(&whole);
	buf_fini(&pieces);
	buf_fini(&rewritten);
	buf_fini(&again);
	return 0;
}
