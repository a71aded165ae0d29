/* edit.h -- one record made, changed or retired by somebody, as JSON says it.
 *
 * What interfaces and jobs share: they give it to a group of writers (group.h), whose `write` is
 * edit_write.
 */
#ifndef RECORD_EDIT_H
#define RECORD_EDIT_H

#include "codec/json.h"
#include "record/writer.h"

enum edit_kind { EDIT_MAKE, EDIT_CHANGE, EDIT_RETIRE };

struct edit {
	enum edit_kind kind;
	const struct reg *reg;
	int64_t id; /* of the record; set by EDIT_MAKE */
	/* The version that whoever asks has seen: another one is ERR_STALE. 0: whichever it is. */
	int64_t version;
	/* Members are the register's fields, `state`, and for a new record `key` and
	 * `organisation`, which is its key or its number's name. What is not named stays as it is;
	 * null takes a value away (RFC 7396). References are keys, names of records, or objects
	 * with the name as `id`. */
	const json_t *values;
	int64_t organisation; /* of a new record that names none */
	int64_t written;      /* set: its version then; not by EDIT_RETIRE */
	const char *feed;     /* its source; NULL: somebody, by hand */
};

/* For struct group_change. ERR_INVALID names the field; ERR_MISSING when the record is none, or not
 * current. */
MUST_CHECK enum err_code edit_write(void *edit, struct writer *w);

#endif
