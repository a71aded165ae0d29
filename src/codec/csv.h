/* csv.h -- RFC 4180 rows, one at a time, from any source of bytes.
 *
 * Takes ',', ';' or tab between fields (found from the header line), CRLF or LF or CR line ends, a
 * UTF-8 BOM, quoted fields with doubled quotes and line breaks. The reader holds one row: its
 * memory does not grow with the file. A fault of one row (ragged, bad UTF-8, NUL byte, too long,
 * text after a closing quote) is reported for that row and reading goes on with the next; only a
 * fault of the source, or a quote never closed, ends it.
 */
#ifndef CODEC_CSV_H
#define CODEC_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Reads up to `size` bytes; *ret_len 0 is the end. */
struct byte_source {
	enum err_code (*read)(void *object, char *bytes, size_t size, size_t *ret_len,
			      struct err *e);
	void *object;
};

struct csv;

struct csv_row {
	const struct str *fields; /* valid until the next call; UTF-8 without NUL bytes */
	size_t count;
	long line; /* where the row starts, from 1 */
};

enum csv_result {
	CSV_ROW,
	CSV_BAD_ROW, /* `e` says why, `line` of the row says where; no fields; go on reading */
	CSV_END,
	CSV_FAILED, /* `e` says why; no more rows, the same answer from then on */
};

MUST_CHECK enum err_code csv_new(struct byte_source source, struct csv **ret_csv, struct err *e);
void csv_free(struct csv *c);
void csv_freep(struct csv **c);

/* The header row: names trimmed, never ragged. ERR_INVALID for an empty file. Call once, first. */
MUST_CHECK enum err_code csv_header(struct csv *c, struct csv_row *ret_row, struct err *e);

/* The next row; a blank line is skipped. A row whose number of fields differs from the header's is
 * bad. */
enum csv_result csv_next(struct csv *c, struct csv_row *ret_row, struct err *e);

/* For the writer: appends one field, quoted when needed. With `guard` a text that a spreadsheet
 * would run as a formula (first character = + - @ tab or CR, or apostrophes and then one of these)
 * gets a leading apostrophe; csv_unguard takes it off again: every text comes back as it was. */
void csv_put(struct buf *out, struct str field, bool guard);
struct str csv_unguard(struct str field);

#endif
