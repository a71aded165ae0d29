/* value.h -- one field's value, and how text from outside becomes one. */
#ifndef RECORD_VALUE_H
#define RECORD_VALUE_H

#include "codec/json.h"
#include "model/model.h"

enum value_kind {
	VALUE_NULL,
	VALUE_INT,   /* int, decimal (thousandths), bool, resolved reference */
	VALUE_TEXT,  /* text, date, datetime, enum, words as a JSON list, file */
	VALUE_KEY,   /* a reference as the file gave it, not resolved yet */
	VALUE_ITEMS, /* `count` rows of `number` items: one each for refs, the sub-fields for a list
		      */
};

struct value {
	enum value_kind kind;
	int64_t number;
	struct str text;
	struct value *items;
	size_t count;
};

/* Text as files give it; empty is null. The value's memory is the arena's or the text's own.
 * ERR_INVALID or ERR_TOO_BIG with the field's name. */
MUST_CHECK enum err_code value_parse(const struct field *f, struct str text, struct arena *a,
				     struct value *ret_value, struct err *e);
/* The same out of JSON. */
MUST_CHECK enum err_code value_from_json(const struct field *f, const json_t *json, struct arena *a,
					 struct value *ret_value, struct err *e);

/* Compact bytes for passing a row through a staging table, and back (pointing into `bytes`). */
void values_pack(const struct value *values, size_t count, struct buf *out);
MUST_CHECK enum err_code values_unpack(struct str bytes, struct arena *a, struct value *values,
				       size_t count, struct err *e);

/* "12.345" for 12345. */
void decimal_text(int64_t thousandths, struct buf *out);

#endif
