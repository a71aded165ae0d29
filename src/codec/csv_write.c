#include "codec/csv.h"

#include <string.h>

/* Whether a spreadsheet would run the text, with any number of our apostrophes before it: those are
 * counted in, so that what was guarded once or was an apostrophe from the start both survive. */
static bool
is_formula(struct str text)
{
	while (text.len > 0 && text.ptr[0] == '\'') {
		text.ptr++;
		text.len--;
	}
	return text.len > 0 && memchr("=+-@\t\r", text.ptr[0], 6) != NULL;
}

/* Every delimiter that the reader may guess is quoted, and blanks at the ends, which others trim.
 */
static bool
needs_quotes(struct str field)
{
	if (field.len == 0)
		return false;
	if (field.ptr[0] == ' ' || field.ptr[field.len - 1] == ' ')
		return true;
	for (size_t i = 0; i < field.len; i++) {
		if (memchr("\",;\t\r\n", field.ptr[i], 6))
			return true;
	}
	return false;
}

void
csv_put(struct buf *out, struct str field, bool guard)
{
	bool quotes = needs_quotes(field);

	if (quotes)
		buf_add(out, "\"", 1);
	if (guard && is_formula(field))
		buf_add(out, "'", 1);
	while (field.len > 0) {
		const char *quote = memchr(field.ptr, '"', field.len);
		size_t len = quote ? (size_t)(quote - field.ptr) + 1 : field.len;

		buf_add(out, field.ptr, len);
		if (quote)
			buf_add(out, "\"", 1);
		field.ptr += len;
		field.len -= len;
	}
	if (quotes)
		buf_add(out, "\"", 1);
}

struct str
csv_unguard(struct str field)
{
	if (field.len < 2 || field.ptr[0] != '\'' || !is_formula(field))
		return field;
	return (struct str){field.ptr + 1, field.len - 1};
}
