/* json.h -- JSON out of a buffer, and canonical JSON (RFC 8785).
 *
 * Reading is jansson's (json_read sets its strict flags). Writing goes straight to a buffer.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <jansson.h>

/* The text; {NULL, 0} when it is none, or nothing. */
struct str json_str(const json_t *json);

/* Writes with commas set by itself. Keys in the order of the calls. `pretty` indents by two spaces.
 */
struct json_writer {
	struct buf *out;
	bool pretty;
	bool first;
	bool after_key;
	int depth;
};

void jw_begin(struct json_writer *w, struct buf *out, bool pretty);
void jw_object(struct json_writer *w);
void jw_end_object(struct json_writer *w);
void jw_array(struct json_writer *w);
void jw_end_array(struct json_writer *w);
void jw_key(struct json_writer *w, const char *name);
/* One that was made ready by json_key_add, for what has many of the same. */
void json_key_add(struct buf *out, const char *name);
void jw_ready_key(struct json_writer *w, struct str ready);
void jw_text(struct json_writer *w, struct str text); /* {NULL, 0} writes null */
void jw_int(struct json_writer *w, int64_t value);
void jw_bool(struct json_writer *w, bool value);
void jw_null(struct json_writer *w);
void jw_json(struct json_writer *w, struct str json); /* a value that is JSON already */
/* A member of an object: its name and its value. */
void jw_key_text(struct json_writer *w, const char *name, struct str text);
void jw_key_word(struct json_writer *w, const char *name, const char *word); /* NULL writes null */
void jw_key_int(struct json_writer *w, const char *name, int64_t value);
void jw_key_bool(struct json_writer *w, const char *name, bool value);

/* A JSON string with quotes, escaped as RFC 8785 section 3.2.2.2 asks. */
void json_escape(struct buf *out, struct str text);

/* Parses one JSON text: no duplicate keys, nothing after it, at most LIMIT_JSON_DEPTH levels.
 * ERR_INVALID says line and column. The caller json_decref()s. */
MUST_CHECK enum err_code json_read(struct str text, json_t **ret_json, struct err *e);

/* Whether it is a list of texts, without white space, and nothing in them had to be escaped: then
 * it is JSON as it stands. Most lists that are kept are so. */
bool json_is_plain_texts(struct str text);

/* RFC 8785: keys sorted by UTF-16 code units, ECMAScript numbers, no white space. ERR_INVALID for a
 * number that is no finite double. Reals from 2^53 to 1e21 get no exponent, as the RFC asks;
 * read again they are integers, which are refused where they are no double or have over 64 bits. */
MUST_CHECK enum err_code json_canonical(const json_t *json, struct buf *out, struct err *e);

/* Keys by UTF-16 code units (RFC 8785 section 3.2.3), for sorting. */
int json_key_order(struct str a, struct str b);

#endif
