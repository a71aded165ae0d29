#include "fuzz.h"

#include "base/text.h"
#include "codec/ical.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 22, LINE_BYTES = 75 };

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* The text of the lines, put together again (RFC 5545 section 3.1). */
static void
unfold(const struct buf *from, struct buf *to)
{
	size_t used = 0;

	for (size_t i = 0; i < from->len; i++) {
		if (from->data[i] != '\r') {
			demand(from->data[i] != '\n' && ++used <= LINE_BYTES);
			buf_add(to, &from->data[i], 1);
			continue;
		}
		demand(from->data[++i] == '\n');
		used = 0;
		if (i + 1 == from->len)
			return;
		demand(from->data[++i] == ' ');
		demand(text_utf8_fault((struct str){from->data, i - 2}) < 0);
		used = 1;
	}
	abort(); /* its last line has no end */
}

/* What an escaped text is read as is what was written, but for ends of lines and what steers. */
static void
read_back(struct str text, const struct buf *line)
{
	size_t at = strlen("X:");

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
			continue;
		if (c == '\\' || c == ';' || c == ',' || c == '\n')
			demand(line->data[at++] == '\\');
		if (c == '\n')
			demand(line->data[at++] == 'n');
		else if (c < ' ' || c == 0x7f)
			demand(line->data[at++] == ' ');
		else
			demand(line->data[at++] == (char)c);
	}
	demand(at == line->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct buf written = {.limit = TEXT_LIMIT};
	struct buf line = {.limit = TEXT_LIMIT};

	if (text_utf8_fault(text) < 0) {
		ical_text(&written, "X", text);
		unfold(&written, &line);
		read_back(text, &line);
	}
	buf_fini(&written);
	buf_fini(&line);
	return 0;
}
