/* lines_priv.h -- a text file, or a text in memory, line by line; memory does not grow with the
 * file.
 *
 * A line longer than LIMIT_ROW_BYTES is dropped and counted. Lines end with LF; the last may lack
 * it. What was read is wiped from memory at the end, because a line may hold a password's hash.
 */
#ifndef COLLECT_LINES_PRIV_H
#define COLLECT_LINES_PRIV_H

#include "base/err.h"
#include "base/str.h"
#include "sys/file.h"

struct lines {
	struct file *file; /* NULL: `text` is read instead */
	struct str text;
	char *bytes;
	size_t start;
	size_t end;
	size_t used; /* most bytes ever in `bytes` */
	bool at_end;
	bool dropping;
	size_t dropped;
	struct err err; /* code ERR_NONE unless reading failed midway */
};

MUST_CHECK enum err_code lines_open(const char *path, struct lines *ret_lines, struct err *e);
void lines_of(struct str text, struct lines *ret_lines);
void lines_fini(struct lines *l);

/* False at the end, or when reading failed. The line is valid until the next call. */
bool lines_next(struct lines *l, struct str *ret_line);

#endif
