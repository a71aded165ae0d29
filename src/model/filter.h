/* filter.h -- which records a list holds: terms that people type and an interface carries.
 *
 *   state=active              one value; kind=privileged,service any of several
 *   kind!=user                none of them (a record without a value is not one of them either)
 *   login=                    no value; login!= any value; kind=,user none or that one
 *   leave_date<2026-01-01     also <= > >=
 *   note~printer              the text holds it, in any case of the letters A to Z; !~ does not
 *   lines.decision=keep       a row of the list field `lines` has it
 *
 * A value with a comma or a quotation mark stands in double quotes, a mark in it twice. All terms
 * must hold. What a field can be asked follows from its type. This file knows names and types;
 * values are understood above, where references can be looked up (list/value.h).
 */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include "base/buf.h"
#include "model/attribute.h"

enum filter_op {
	FILTER_EQUAL,
	FILTER_NOT_EQUAL,
	FILTER_LESS,
	FILTER_AT_MOST,
	FILTER_MORE,
	FILTER_AT_LEAST,
	FILTER_HAS,
	FILTER_HAS_NOT,
};

/* What a value is compared as: [low, high) for a day of an instant, else `low` alone. Numbers where
 * the column holds numbers. */
struct filter_value {
	bool is_number;
	bool is_range;
	int64_t low_number, high_number;
	struct str low, high;
};

struct filter_term {
	const struct attribute *attribute;
	const struct field *item; /* of a list field; else NULL */
	enum filter_op op;
	bool or_null;	   /* an empty value stands among them */
	struct str *texts; /* the others, as typed */
	size_t text_count;
	struct filter_value *values; /* set by whoever understands the texts */
	size_t value_count;
	size_t first; /* of its parameters; filter_number */
};

struct filter {
	const struct attributes *attributes;
	struct arena *arena;
	struct filter_term *terms;
	size_t count;
	size_t cap;
	size_t bytes; /* of all terms */
	size_t texts; /* of all terms */
};

void filter_init(struct filter *f, const struct attributes *attributes, struct arena *a);

/* One term; blanks in its value belong to it. The text must live as long as the filter. ERR_INVALID
 * names the field, what is wrong and the nearest name; ERR_TOO_BIG past LIMIT_FILTER_*. */
MUST_CHECK enum err_code filter_add(struct filter *f, struct str term, struct err *e);

/* Terms parted by blanks, where blanks in a value stand in double quotes. */
MUST_CHECK enum err_code filter_add_line(struct filter *f, struct str line, struct err *e);

/* The field that the values of a term belong to. */
const struct field *filter_field(const struct filter_term *t);

/* Whether the term asks for one single value, so that all records of the list agree in it. */
bool filter_is_single(const struct filter_term *t);

/* Whether it asks for no value. */
bool filter_is_empty(const struct filter_term *t);

/* Whether it lets through records without a value. */
bool filter_takes_null(const struct filter_term *t);

/* Whether it bounds the values from one side, so that an index in their order need not pass any
 * others. */
bool filter_is_bound(const struct filter_term *t);

/* Gives every term the numbers of its parameters, :f1, :f2 ..., once all values are set. */
void filter_number(struct filter *f);

/* Whether the records that a term lets through can be found by an index. */
bool filter_can_lead(const struct filter_term *t);

/* Writes " and <condition>" on the row `t` for one term. `leads`: in the form by which engines find
 * rows through an index; else in the form that is good for looking at rows one by one. */
void filter_sql(const struct filter_term *t, bool leads, struct buf *out);
/* Binds those of the parameters that the statement has. */
void filter_bind(const struct filter *f, struct db_stmt *s);

#endif
