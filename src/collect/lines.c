#include "base/limits.h"
#include "collect/lines_priv.h"

#include <stdlib.h>
#include <string.h>

enum err_code
lines_open(const char *path, struct lines *ret_lines, struct err *e)
{
	struct lines l = {0};
	enum err_code rc = file_open(path, &l.file, e);

	if (rc)
		return rc;
	l.bytes = malloc(LIMIT_ROW_BYTES);
	if (!l.bytes) {
		file_close(l.file);
		return err_set(e, ERR_INTERNAL, "", "no memory to read %s", path);
	}
	*ret_lines = l;
	return ERR_NONE;
}

void
lines_of(struct str text, struct lines *ret_lines)
{
	*ret_lines = (struct lines){.text = text};
}

void
lines_fini(struct lines *l)
{
	if (l->file)
		file_close(l->file);
	if (l->bytes)
		explicit_bzero(l->bytes, l->used);
	free(l->bytes);
	*l = (struct lines){0};
}

/* Makes room by moving the unfinished line to the front, or by dropping it when it fills
 * everything. */
static void
lines_fill(struct lines *l)
{
	size_t len = 0;

	memmove(l->bytes, l->bytes + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	if (l->end == LIMIT_ROW_BYTES) {
		l->dropping = true;
		l->end = 0;
	}
	if (file_read(l->file, l->bytes + l->end, LIMIT_ROW_BYTES - l->end, &len, &l->err)) {
		l->at_end = true;
		return;
	}
	l->at_end = len == 0;
	l->end += len;
	if (l->end > l->used)
		l->used = l->end;
}

/* Takes the next line out of the buffer, or what is left when no more comes; false when there is
 * none. */
static bool
lines_take(struct lines *l, struct str *ret_line)
{
	char *from = l->bytes + l->start;
	size_t held = l->end - l->start;
	char *stop = held > 0 ? memchr(from, '\n', held) : NULL;

	if (!stop && (!l->at_end || held == 0))
		return false;
	*ret_line = (struct str){from, stop ? (size_t)(stop - from) : held};
	l->start += ret_line->len + (stop != NULL);
	return true;
}

bool
lines_next(struct lines *l, struct str *ret_line)
{
	struct str line;

	if (!l->file) {
		if (l->text.len == 0)
			return false;
		*ret_line = str_cut(&l->text, '\n');
		return true;
	}
	for (;;) {
		bool took = lines_take(l, &line);

		if (took && !l->dropping) {
			*ret_line = line;
			return true;
		}
		if (l->dropping && (took || l->at_end)) {
			l->dropping = false;
			l->dropped++;
		} else if (l->at_end) {
			return false;
		} else {
			lines_fill(l);
		}
	}
}
