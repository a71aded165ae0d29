#include "base/limits.h"
#include "codec/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_MAX = 17,     /* that tell any double from its neighbours */
	INTEGER_DIGITS = 21, /* ECMAScript writes whole numbers up to these without an exponent */
	LEADING_ZEROS = 6,
};

#define EXACT_MAX (INT64_C(1) << 53)

/* value = 0.d1d2d3... * 10^point, `count` digits, the first and last not zero. */
struct decimal {
	char digits[DIGITS_MAX + 1];
	int count;
	int point;
};

/* The correctly rounded decimal of `count` digits. */
static struct decimal
decimal_rounded(double value, int count)
{
	char text[DIGITS_MAX + 16];
	struct decimal d = {.count = count};

	/* "d.ddde+xx", and without a point when there is one digit. */
	(void)snprintf(text, sizeof(text), "%.*e", count - 1, value);
	d.digits[0] = text[0];
	if (count > 1)
		memcpy(d.digits + 1, text + 2, (size_t)count - 1);
	d.point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	return d;
}

/* The next larger decimal of as many digits. */
static struct decimal
decimal_above(struct decimal d)
{
	int i = d.count - 1;

	while (i >= 0 && d.digits[i] == '9')
		d.digits[i--] = '0';
	if (i >= 0) {
		d.digits[i]++;
	} else {
		d.digits[0] = '1';
		d.point++;
	}
	return d;
}

static double
decimal_value(const struct decimal *d)
{
	char text[DIGITS_MAX + 16];

	(void)snprintf(text, sizeof(text), "0.%se%d", d->digits, d->point);
	return strtod(text, NULL);
}

/* The fewest digits that read back as `value`, and of those the nearest (ECMA-262,
 * Number::toString). Below a power of two doubles lie closer together than above it, so there the
 * rounded decimal can miss where the next larger one of the same length does not. */
static struct decimal
decimal_shortest(double value)
{
	struct decimal d = {0};

	for (int count = 1; count <= DIGITS_MAX; count++) {
		d = decimal_rounded(value, count);
		if (decimal_value(&d) == value)
			break;
		d = decimal_above(d);
		if (decimal_value(&d) == value)
			break;
	}
	while (d.count > 1 && d.digits[d.count - 1] == '0')
		d.digits[--d.count] = '\0';
	return d;
}

static void
add_zeros(struct buf *out, int count)
{
	for (int i = 0; i < count; i++)
		buf_add(out, "0", 1);
}

static void
add_double(struct buf *out, double value)
{
	struct decimal d;

	if (value == 0) {
		buf_add(out, "0", 1); /* minus zero too */
		return;
	}
	if (value < 0)
		buf_add(out, "-", 1);
	d = decimal_shortest(fabs(value));
	if (d.point >= d.count && d.point <= INTEGER_DIGITS) {
		buf_addf(out, "%s", d.digits);
		add_zeros(out, d.point - d.count);
	} else if (d.point > 0 && d.point <= INTEGER_DIGITS) {
		buf_addf(out, "%.*s.%s", d.point, d.digits, d.digits + d.point);
	} else if (d.point > -LEADING_ZEROS && d.point <= 0) {
		buf_add(out, "0.", 2);
		add_zeros(out, -d.point);
		buf_addf(out, "%s", d.digits);
	} else {
		buf_addf(out, "%c%s%se%+d", d.digits[0], d.count > 1 ? "." : "", d.digits + 1,
			 d.point - 1);
	}
}

/* RFC 8785 knows doubles alone: a larger integer would be written as another number. */
static enum err_code
add_integer(struct buf *out, int64_t value, struct err *e)
{
	if (value >= -EXACT_MAX && value <= EXACT_MAX) {
		buf_addf(out, "%" PRId64, value);
		return ERR_NONE;
	}
	if ((double)value >= 0x1p63 || (int64_t)(double)value != value)
		return err_set(e, ERR_INVALID, "",
			       "%" PRId64
			       " has no canonical form: it is no double; write it as text",
			       value);
	add_double(out, (double)value);
	return ERR_NONE;
}

struct member {
	struct str key;
	json_t *value;
};

static void
members_free(struct member **members)
{
	free(*members);
}

static int
member_order(const void *a, const void *b)
{
	return json_key_order(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static enum err_code add_value(const json_t *json, struct buf *out, int depth, struct err *e);

/* jansson's iterators take what is not const but change nothing. */
static json_t *
mutable_json(const json_t *json)
{
	union {
		const json_t *in;
		json_t *out;
	} u = {.in = json};

	return u.out;
}

static enum err_code
add_object(const json_t *json, struct buf *out, int depth, struct err *e)
{
	size_t size = json_object_size(json);
	CLEANUP(members_free) struct member *members = calloc(size ? size : 1, sizeof(*members));
	enum err_code rc = ERR_NONE;
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!members)
		return err_set(e, ERR_INTERNAL, "", "no memory for canonical JSON");
	json_object_foreach(mutable_json(json), key, value)
	{
		if (n < size)
			members[n++] = (struct member){str_of(key), value};
	}
	qsort(members, n, sizeof(*members), member_order);
	buf_add(out, "{", 1);
	for (size_t i = 0; i < n && rc == ERR_NONE; i++) {
		if (i > 0)
			buf_add(out, ",", 1);
		json_escape(out, members[i].key);
		buf_add(out, ":", 1);
		rc = add_value(members[i].value, out, depth + 1, e);
	}
	buf_add(out, "}", 1);
	return rc;
}

static enum err_code
add_array(const json_t *json, struct buf *out, int depth, struct err *e)
{
	enum err_code rc = ERR_NONE;

	buf_add(out, "[", 1);
	for (size_t i = 0; i < json_array_size(json) && rc == ERR_NONE; i++) {
		if (i > 0)
			buf_add(out, ",", 1);
		rc = add_value(json_array_get(json, i), out, depth + 1, e);
	}
	buf_add(out, "]", 1);
	return rc;
}

static enum err_code
add_value(const json_t *json, struct buf *out, int depth, struct err *e)
{
	if (depth >= LIMIT_JSON_DEPTH && (json_is_object(json) || json_is_array(json)))
		return err_set(e, ERR_INVALID, "", "JSON has more than %d levels of nesting",
			       LIMIT_JSON_DEPTH);
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return add_object(json, out, depth, e);
	case JSON_ARRAY:
		return add_array(json, out, depth, e);
	case JSON_STRING:
		json_escape(out, json_str(json));
		break;
	case JSON_INTEGER:
		return add_integer(out, json_integer_value(json), e);
	case JSON_REAL:
		if (!isfinite(json_real_value(json)))
			return err_set(e, ERR_INVALID, "", "a number in JSON must be finite");
		add_double(out, json_real_value(json));
		break;
	case JSON_TRUE:
		buf_add(out, "true", 4);
		break;
	case JSON_FALSE:
		buf_add(out, "false", 5);
		break;
	case JSON_NULL:
		buf_add(out, "null", 4);
		break;
	}
	return ERR_NONE;
}

enum err_code
json_canonical(const json_t *json, struct buf *out, struct err *e)
{
	return add_value(json, out, 0, e);
}
