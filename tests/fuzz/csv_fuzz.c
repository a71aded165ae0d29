#include "fuzz.h"

#include "base/limits.h"
#include "base/text.h"
#include "codec/csv.h"

#include <stdlib.h>
#include <string.h>

struct input {
	const uint8_t *data;
	size_t size;
	size_t at;
	size_t piece;
};

static enum err_code
input_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct input *in = object;
	size_t len = in->size - in->at;

	(void)e;
	len = len > in->piece ? in->piece : len;
	len = len > size ? size : len;
	memcpy(bytes, in->data + in->at, len);
	in->at += len;
	*ret_len = len;
	return ERR_NONE;
}

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* Every field that is given is clean text; the rows are the same in whatever pieces they come. */
static size_t
rows_read(const uint8_t *data, size_t size, size_t piece, size_t *ret_bytes)
{
	struct input in = {data, size, 0, piece};
	CLEANUP(csv_freep) struct csv *c = NULL;
	struct csv_row row;
	struct err e;
	size_t rows = 0;
	enum csv_result result;

	*ret_bytes = 0;
	demand(csv_new((struct byte_source){input_read, &in}, &c, &e) == ERR_NONE);
	if (csv_header(c, &row, &e))
		return 0;
	while ((result = csv_next(c, &row, &e)) == CSV_ROW || result == CSV_BAD_ROW) {
		rows++;
		for (size_t i = 0; result == CSV_ROW && i < row.count; i++) {
			struct str f = row.fields[i];

			demand(text_utf8_fault(f) < 0 && f.len <= LIMIT_FIELD_BYTES);
			demand(f.len == 0 || !memchr(f.ptr, '\0', f.len));
			*ret_bytes += f.len;
		}
	}
	return rows;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bytes, again;
	size_t rows = rows_read(data, size, size + 1, &bytes);

	demand(rows_read(data, size, 1, &again) == rows && again == bytes);
	return 0;
}
