/* face.h -- the web application, whose files are part of the program.
 *
 * `make` builds them (tools/face.mjs), packs each twice, and writes the table of them. A file below
 * assets/ has its content's hash in its name, so that browsers keep it; every other path that a
 * person can have in his browser is a place in the application, which is its one page.
 */
#ifndef FACE_FACE_H
#define FACE_FACE_H

#include "http/http.h"

struct face_file {
	const char *path; /* "/assets/index-5f3a.js" */
	const char *type;
	const char *tag; /* names its content */
	struct str bytes[HTTP_CODINGS];
};

/* The table, made when the program is built; the page comes first. Without the application it is
 * empty. */
extern const struct face_file face_files[];
extern const size_t face_file_count;

/* The file at the path, or the page; ERR_MISSING says that there is neither. */
MUST_CHECK enum err_code face_answer(const struct http_request *r, struct http_reply *reply,
				     struct err *e);

#endif
