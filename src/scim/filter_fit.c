/* filter_fit.c -- whether a resource is what a filter asks for. */
#include "scim/filter_priv.h"

#include <string.h>
#include <strings.h>

static int
order(struct str a, struct str b, bool exact)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int sign = exact ? memcmp(a.ptr, b.ptr, shorter) : strncasecmp(a.ptr, b.ptr, shorter);

	return sign ? sign : (a.len > b.len) - (a.len < b.len);
}

static bool
begins(struct str text, struct str with, bool exact)
{
	return text.len >= with.len && order((struct str){text.ptr, with.len}, with, exact) == 0;
}

static bool
contains(struct str text, struct str what, bool exact)
{
	for (size_t i = 0; i + what.len <= text.len; i++) {
		if (begins((struct str){text.ptr + i, text.len - i}, what, exact))
			return true;
	}
	return false;
}

static bool
text_fits(struct str text, const struct scim_filter *f, bool exact)
{
	switch (f->sign) {
	case SIGN_EQUAL:
		return order(text, f->text, exact) == 0;
	case SIGN_NOT_EQUAL:
		return order(text, f->text, exact) != 0;
	case SIGN_CONTAINS:
		return contains(text, f->text, exact);
	case SIGN_STARTS:
		return begins(text, f->text, exact);
	case SIGN_ENDS:
		return text.len >= f->text.len &&
		       begins((struct str){text.ptr + text.len - f->text.len, f->text.len}, f->text,
			      exact);
	case SIGN_MORE:
		return order(text, f->text, exact) > 0;
	case SIGN_AT_LEAST:
		return order(text, f->text, exact) >= 0;
	case SIGN_LESS:
		return order(text, f->text, exact) < 0;
	case SIGN_AT_MOST:
		return order(text, f->text, exact) <= 0;
	case SIGN_PRESENT:
		break;
	}
	return true;
}

/* One value, which is there. */
static bool
value_fits(const json_t *value, const struct scim_attribute *at, const struct scim_filter *f)
{
	if (f->sign == SIGN_PRESENT)
		return true;
	if (f->literal == LITERAL_NULL)
		return f->sign == SIGN_NOT_EQUAL;
	if (f->literal != LITERAL_TEXT)
		return (json_is_true(value) == (f->literal == LITERAL_TRUE)) ==
		       (f->sign == SIGN_EQUAL);
	return json_is_string(value) && text_fits(json_str(value), f, at->exact);
}

/* Where there is no value: nothing is null, and nothing else. */
static bool
nothing_fits(const struct scim_filter *f)
{
	return f->literal == LITERAL_NULL ? f->sign == SIGN_EQUAL : f->sign == SIGN_NOT_EQUAL;
}

static bool
term_fits_one(const json_t *value, const struct scim_filter *f)
{
	const struct scim_attribute *at = f->name.attribute;
	const struct scim_attribute *part = f->name.part;

	if (at->type == SCIM_COMPLEX && !part && f->sign != SIGN_PRESENT)
		part = scim_attribute_find(at->parts, at->part_count, str_of("value"));
	if (part)
		value = json_object_get(value, part->name);
	return value ? value_fits(value, part ? part : at, f) : nothing_fits(f);
}

/* Of several values one must fit; but none may be what it must not be. */
static bool
term_fits(const json_t *value, const struct scim_filter *f)
{
	bool all = f->sign == SIGN_NOT_EQUAL;
	size_t count = json_array_size(value);

	if (!json_is_array(value) || count == 0)
		return value && !json_is_array(value) ? term_fits_one(value, f) : nothing_fits(f);
	for (size_t i = 0; i < count; i++) {
		if (term_fits_one(json_array_get(value, i), f) != all)
			return !all;
	}
	return all;
}

static bool
any_fits(const json_t *list, const struct scim_filter *f)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (scim_filter_fits_value(f, json_array_get(list, i)))
			return true;
	}
	return false;
}

/* The depth is limited when it is read. */
bool
scim_filter_fits(const struct scim_filter *f, const json_t *resource)
{
	switch (f->node) {
	case FILTER_AND:
		return scim_filter_fits(f->left, resource) && scim_filter_fits(f->right, resource);
	case FILTER_OR:
		return scim_filter_fits(f->left, resource) || scim_filter_fits(f->right, resource);
	case FILTER_NOT:
		return !scim_filter_fits(f->left, resource);
	case FILTER_VALUES:
		return any_fits(scim_get(resource, &f->name), f->left);
	case FILTER_TERM:
		break;
	}
	return term_fits(scim_get(resource, &f->name), f);
}

bool
scim_filter_fits_value(const struct scim_filter *f, const json_t *value)
{
	/* Names of parts are those of the value, as if it were a resource. */
	return scim_filter_fits(f, value);
}

bool
scim_filter_asks(const struct scim_filter *f, const char *attribute)
{
	if (f->node == FILTER_TERM || f->node == FILTER_VALUES)
		return !f->name.extension && strcmp(f->name.attribute->name, attribute) == 0;
	return scim_filter_asks(f->left, attribute) ||
	       (f->right && scim_filter_asks(f->right, attribute));
}

struct str
scim_filter_equal(const struct scim_filter *f, const char *attribute)
{
	struct str text = {0};

	if (f->node == FILTER_AND) {
		text = scim_filter_equal(f->left, attribute);
		return text.ptr ? text : scim_filter_equal(f->right, attribute);
	}
	if (f->node == FILTER_TERM && f->sign == SIGN_EQUAL && f->literal == LITERAL_TEXT &&
	    !f->name.part && scim_filter_asks(f, attribute))
		return f->text;
	return text;
}

json_t *
scim_filter_example(const struct scim_filter *f)
{
	json_t *value;

	if (f->node != FILTER_TERM || f->sign != SIGN_EQUAL || f->literal != LITERAL_TEXT)
		return NULL;
	value = json_object();
	(void)json_object_set_new(value, f->name.attribute->name,
				  json_stringn(f->text.ptr, f->text.len));
	return value;
}
