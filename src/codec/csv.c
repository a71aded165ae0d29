#include "codec/csv.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	READ_BYTES = 65536,
	/* A row is given up at the first read past the limit, so one read more always fits. */
	CAPACITY = LIMIT_ROW_BYTES + READ_BYTES,
};

enum fault {
	FAULT_NONE,
	FAULT_AFTER_QUOTE,
	FAULT_FIELD_BYTES,
	FAULT_COLUMNS,
	FAULT_ROW_BYTES,
};

/* What a byte ends. */
enum { ENDS_PLAIN = 1, ENDS_QUOTED = 2 };

/* data[start, pos) is the row in hand, data[pos, end) was read but not looked at. A quoted field is
 * unescaped in place: `out` is where its next byte goes, never past `pos`. When the row must move
 * to make room, what points into it moves along. Once a row is too long its bytes are dropped as
 * they come, and only its end is looked for. */
struct csv {
	struct byte_source source;
	char *data;
	size_t start;
	size_t pos;
	size_t end;
	size_t out;
	size_t field_start;
	struct str fields[LIMIT_ROW_COLUMNS];
	size_t count;	/* of the row in hand, also past the limit */
	size_t columns; /* of the header */
	long line;
	long row_line;
	enum fault fault;
	size_t fault_column;
	unsigned char class[256];
	char delimiter;
	bool source_ended;
	bool source_failed;
	bool dropping;
	bool unescaped; /* the row's bytes were moved within it */
	bool after_cr;	/* a line feed that comes next belongs to the line before */
	struct err failure;
};

enum err_code
csv_new(struct byte_source source, struct csv **ret_csv, struct err *e)
{
	struct csv *c = calloc(1, sizeof(*c));
	char *data = malloc(CAPACITY);

	if (!c || !data) {
		free(c);
		free(data);
		return err_set(e, ERR_INTERNAL, "", "no memory to read CSV");
	}
	c->source = source;
	c->data = data;
	c->line = 1;
	c->class['\n'] = ENDS_PLAIN | ENDS_QUOTED;
	c->class['\r'] = ENDS_PLAIN | ENDS_QUOTED;
	c->class['"'] = ENDS_QUOTED;
	*ret_csv = c;
	return ERR_NONE;
}

void
csv_free(struct csv *c)
{
	if (!c)
		return;
	free(c->data);
	free(c);
}

void
csv_freep(struct csv **c)
{
	csv_free(*c);
}

static void
fault_set(struct csv *c, enum fault fault)
{
	if (c->fault != FAULT_NONE)
		return;
	c->fault = fault;
	c->fault_column = c->count + 1;
}

/* Makes room behind `end`: moves the row in hand to the front, or drops it when it is too long. */
static void
make_room(struct csv *c)
{
	size_t shift = c->start;
	size_t kept = c->count < LIMIT_ROW_COLUMNS ? c->count : LIMIT_ROW_COLUMNS;

	if (c->dropping || c->end - c->start > LIMIT_ROW_BYTES) {
		c->dropping = true;
		c->start = c->pos = c->end = c->out = c->field_start = 0;
		return;
	}
	if (shift == 0)
		return;
	memmove(c->data, c->data + shift, c->end - shift);
	for (size_t i = 0; i < kept; i++)
		c->fields[i].ptr -= shift;
	c->start = 0;
	c->pos -= shift;
	c->end -= shift;
	c->out -= shift;
	c->field_start -= shift;
}

/* Reads more; false at the end of the source or when it failed. Called with nothing left to look
 * at, or while the header line is searched for its delimiter. */
static bool
refill(struct csv *c)
{
	size_t len = 0;

	if (c->source_ended || c->source_failed)
		return false;
	make_room(c);
	if (c->source.read(c->source.object, c->data + c->end, READ_BYTES, &len, &c->failure) !=
	    ERR_NONE) {
		c->source_failed = true;
		return false;
	}
	c->source_ended = len == 0;
	c->end += len;
	return len > 0;
}

static bool
reach(struct csv *c)
{
	return c->pos < c->end || refill(c);
}

static const char *
next_stop(const struct csv *c, unsigned char stops)
{
	const char *p = c->data + c->pos;
	const char *end = c->data + c->end;

	while (p < end && !(c->class[(unsigned char)*p] & stops))
		p++;
	return p;
}

/* Stands at a delimiter, a line end or the end of the source afterwards. */
static void
scan_plain(struct csv *c)
{
	do
		c->pos = (size_t)(next_stop(c, ENDS_PLAIN) - c->data);
	while (c->pos == c->end && refill(c));
}

/* Reads behind the opening quote to behind the closing one; false when there is none. */
static bool
scan_quoted(struct csv *c)
{
	bool after_cr = false;

	while (reach(c)) {
		const char *from = c->data + c->pos;
		size_t len = (size_t)(next_stop(c, ENDS_QUOTED) - from);
		char stop;

		if (c->out != c->pos)
			memmove(c->data + c->out, from, len);
		c->out += len;
		c->pos += len;
		after_cr = after_cr && len == 0;
		if (c->pos == c->end)
			continue;
		stop = c->data[c->pos++];
		if (stop == '"') {
			if (!reach(c) || c->data[c->pos] != '"')
				return true;
			c->pos++;
		}
		c->line += stop == '\r' || (stop == '\n' && !after_cr);
		after_cr = stop == '\r';
		c->data[c->out++] = stop;
	}
	return false;
}

static void
field_end(struct csv *c, size_t end)
{
	size_t len = end - c->field_start;

	if (len > LIMIT_FIELD_BYTES)
		fault_set(c, FAULT_FIELD_BYTES);
	if (c->count >= LIMIT_ROW_COLUMNS)
		fault_set(c, FAULT_COLUMNS);
	else
		c->fields[c->count] = (struct str){c->data + c->field_start, len};
	c->count++;
}

/* Reads one field; false when its quote is never closed. */
static bool
scan_field(struct csv *c)
{
	long line = c->line;

	if (!reach(c) || c->data[c->pos] != '"') {
		c->field_start = c->pos;
		scan_plain(c);
		field_end(c, c->pos);
		return true;
	}
	c->pos++;
	c->field_start = c->out = c->pos;
	if (!scan_quoted(c)) {
		if (!c->source_failed)
			(void)err_set(&c->failure, ERR_INVALID, "",
				      "column %zu: the quote opened in line %ld is never closed; "
				      "close it, or double it if it is part of the text",
				      c->count + 1, line);
		return false;
	}
	c->unescaped = true;
	if (reach(c) && !(c->class[(unsigned char)c->data[c->pos]] & ENDS_PLAIN)) {
		fault_set(c, FAULT_AFTER_QUOTE);
		scan_plain(c);
	}
	field_end(c, c->out);
	return true;
}

/* Reads the fields of one line and its end; false as scan_field. */
static bool
scan_row(struct csv *c)
{
	c->start = c->field_start = c->out = c->pos;
	c->count = 0;
	c->fault = FAULT_NONE;
	c->dropping = false;
	c->unescaped = false;
	for (;;) {
		if (!scan_field(c))
			return false;
		if (!reach(c))
			break;
		if (c->data[c->pos] != c->delimiter)
			break;
		c->pos++;
	}
	if (c->dropping || c->pos - c->start > LIMIT_ROW_BYTES) {
		c->fault = FAULT_ROW_BYTES;
		c->dropping = true;
	}
	if (c->pos < c->end) {
		c->after_cr = c->data[c->pos] == '\r';
		c->line++;
		c->pos++;
	}
	return true;
}

/* Skips blank lines; false at the end. */
static bool
find_row(struct csv *c)
{
	for (;; c->pos++) {
		c->start = c->pos;
		c->count = 0;
		c->row_line = c->line;
		if (!reach(c))
			return false;
		if (c->data[c->pos] == '\n') {
			c->line += !c->after_cr;
			c->after_cr = false;
		} else if (c->data[c->pos] == '\r') {
			c->line++;
			c->after_cr = true;
		} else {
			c->after_cr = false;
			return true;
		}
	}
}

static enum err_code
fault_err(const struct csv *c, struct err *e)
{
	switch (c->fault) {
	case FAULT_AFTER_QUOTE:
		return err_set(e, ERR_INVALID, "",
			       "column %zu: text follows the closing quote; double the quotes that "
			       "are part of the text",
			       c->fault_column);
	case FAULT_FIELD_BYTES:
		return err_set(e, ERR_INVALID, "", "column %zu: longer than %d bytes",
			       c->fault_column, LIMIT_FIELD_BYTES);
	case FAULT_COLUMNS:
		return err_set(e, ERR_INVALID, "",
			       "the row has %zu columns; at most %d can be read", c->count,
			       LIMIT_ROW_COLUMNS);
	case FAULT_ROW_BYTES:
		return err_set(e, ERR_INVALID, "",
			       "the row is longer than %d bytes; is a quote missing?",
			       LIMIT_ROW_BYTES);
	case FAULT_NONE:
		break;
	}
	return ERR_NONE;
}

static enum err_code
field_bytes_err(struct str field, size_t column, struct err *e)
{
	long fault = text_utf8_fault(field);

	if (field.len > 0 && memchr(field.ptr, '\0', field.len))
		return err_set(e, ERR_INVALID, "",
			       "column %zu: a NUL byte; the file must be UTF-8 text", column);
	if (fault >= 0)
		return err_set(e, ERR_INVALID, "",
			       "column %zu: byte 0x%02X at offset %ld of the field is not UTF-8; "
			       "save the file as UTF-8",
			       column, (unsigned char)field.ptr[fault], fault);
	return ERR_NONE;
}

/* Looks at the row as one piece first: nearly all rows are clean. Not when a quoted field was
 * moved, which can leave half a character between two fields. */
static enum err_code
bytes_err(const struct csv *c, struct err *e)
{
	struct str row = {c->data + c->start, c->pos - c->start};
	enum err_code rc = ERR_NONE;

	if (!c->unescaped && !memchr(row.ptr, '\0', row.len) && text_utf8_fault(row) < 0)
		return ERR_NONE;
	for (size_t i = 0; i < c->count && rc == ERR_NONE; i++)
		rc = field_bytes_err(c->fields[i], i + 1, e);
	return rc;
}

static enum err_code
row_err(const struct csv *c, struct err *e)
{
	enum err_code rc = fault_err(c, e);

	if (rc == ERR_NONE)
		rc = bytes_err(c, e);
	if (rc == ERR_NONE && c->columns > 0 && c->count != c->columns)
		rc = err_set(e, ERR_INVALID, "", "the row has %zu columns, the header has %zu",
			     c->count, c->columns);
	return rc;
}

enum csv_result
csv_next(struct csv *c, struct csv_row *ret_row, struct err *e)
{
	bool found = c->failure.code == ERR_NONE && find_row(c);

	/* An unclosed quote has swallowed the rest of the file: there is no next row then either.
	 */
	if (found && !scan_row(c))
		found = false;
	*ret_row = (struct csv_row){.line = c->row_line};
	if (c->failure.code != ERR_NONE) {
		*e = c->failure;
		return CSV_FAILED;
	}
	if (!found)
		return CSV_END;
	if (row_err(c, e) != ERR_NONE)
		return CSV_BAD_ROW;
	ret_row->fields = c->fields;
	ret_row->count = c->count;
	return CSV_ROW;
}

/* Files of spreadsheets start with a byte order mark. */
static enum err_code
skip_mark(struct csv *c, struct err *e)
{
	while (c->end < 3 && refill(c))
		continue;
	if (c->end >= 2 &&
	    (memcmp(c->data, "\xff\xfe", 2) == 0 || memcmp(c->data, "\xfe\xff", 2) == 0))
		return err_set(e, ERR_INVALID, "", "the file is UTF-16; save it as UTF-8");
	if (c->end >= 3 && memcmp(c->data, "\xef\xbb\xbf", 3) == 0)
		c->pos = 3;
	return ERR_NONE;
}

static bool
starts_field(char before)
{
	return before == ',' || before == ';' || before == '\t' || before == '"';
}

/* The delimiter is the one that the header line has most of outside quotes. */
static char
guess_delimiter(struct csv *c)
{
	static const char candidates[] = {',', ';', '\t'};
	size_t counts[COUNT_OF(candidates)] = {0};
	bool quoted = false;
	size_t best = 0;

	for (size_t i = 0; c->pos + i < c->end || (i <= LIMIT_ROW_BYTES && refill(c)); i++) {
		char byte = c->data[c->pos + i];

		if (byte == '"' && (quoted || i == 0 || starts_field(c->data[c->pos + i - 1])))
			quoted = !quoted;
		if (quoted)
			continue;
		if (byte == '\n' || byte == '\r')
			break;
		for (size_t j = 0; j < COUNT_OF(candidates); j++)
			counts[j] += byte == candidates[j];
	}
	for (size_t j = 1; j < COUNT_OF(candidates); j++) {
		if (counts[j] > counts[best])
			best = j;
	}
	return candidates[best];
}

enum err_code
csv_header(struct csv *c, struct csv_row *ret_row, struct err *e)
{
	enum err_code rc = skip_mark(c, e);
	struct csv_row row;

	if (rc != ERR_NONE)
		return rc;
	if (find_row(c)) {
		c->delimiter = guess_delimiter(c);
		c->class[(unsigned char)c->delimiter] |= ENDS_PLAIN;
	}
	switch (csv_next(c, &row, e)) {
	case CSV_END:
		return err_set(e, ERR_INVALID, "", "the file is empty: a header line is missing");
	case CSV_BAD_ROW:
	case CSV_FAILED:
		return e->code;
	case CSV_ROW:
		break;
	}
	for (size_t i = 0; i < c->count; i++)
		c->fields[i] = str_trim(c->fields[i]);
	c->columns = row.count;
	*ret_row = row;
	return ERR_NONE;
}
