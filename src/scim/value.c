/* value.c -- values as clients send them. */
#include "base/limits.h"
#include "scim/schema.h"

#include <string.h>

static enum err_code
wrong(const struct scim_attribute *at, const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, "invalidValue", "'%s' must be %s", at->name, what);
}

static enum err_code
text_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value, struct err *e)
{
	struct str text = json_str(json);

	if (!text.ptr)
		return wrong(at, "a text", e);
	if (text.len > LIMIT_SCIM_TEXT_BYTES)
		return err_set(e, ERR_USAGE, "invalidValue", "'%s' is longer than %d bytes",
			       at->name, LIMIT_SCIM_TEXT_BYTES);
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return wrong(at, "without control characters", e);
	}
	*ret_value = text.len > 0 ? json_stringn(text.ptr, text.len) : NULL;
	return ERR_NONE;
}

static enum err_code
boolean_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value,
	      struct err *e)
{
	bool yes = json_is_true(json) || scim_same(json_str(json), str_of("true"));
	bool no = json_is_false(json) || scim_same(json_str(json), str_of("false"));

	if (!yes && !no)
		return wrong(at, "true or false", e);
	*ret_value = json_boolean(yes);
	return ERR_NONE;
}

/* Parts that only Holdfast writes, or that it does not know, are left out. */
static enum err_code
part_take(const struct scim_attribute *at, const char *key, const json_t *json, json_t *value,
	  struct err *e)
{
	const struct scim_attribute *part =
		scim_attribute_find(at->parts, at->part_count, str_of(key));
	json_t *taken = NULL;
	enum err_code rc = ERR_NONE;

	if (!part || part->change == SCIM_READ_ONLY)
		return ERR_NONE;
	rc = scim_value(part, json, &taken, e);
	if (!rc && taken)
		(void)json_object_set_new(value, part->name, taken);
	return rc;
}

static enum err_code
parts_check(const struct scim_attribute *at, const json_t *value, struct err *e)
{
	for (size_t i = 0; i < at->part_count; i++) {
		if (at->parts[i].required && !json_object_get(value, at->parts[i].name))
			return err_set(e, ERR_USAGE, "invalidValue", "each of '%s' has a '%s'",
				       at->name, at->parts[i].name);
	}
	return ERR_NONE;
}

/* {"value": "x"} may stand as "x". */
static enum err_code
complex_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value,
	      struct err *e)
{
	bool alone = json_is_string(json) &&
		     scim_attribute_find(at->parts, at->part_count, str_of("value"));
	json_t *value;
	enum err_code rc = ERR_NONE;
	const char *key;
	json_t *member;

	if (!alone && !json_is_object(json))
		return wrong(at, "an object", e);
	value = json_object();
	if (alone)
		rc = part_take(at, "value", json, value, e);
	json_object_foreach((json_t *)(uintptr_t)json, key, member)
	{
		if (!rc)
			rc = part_take(at, key, member, value, e);
	}
	if (!rc)
		rc = parts_check(at, value, e);
	if (rc || json_object_size(value) == 0)
		json_decref(value);
	else
		*ret_value = value;
	return rc;
}

static enum err_code
one_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value, struct err *e)
{
	*ret_value = NULL;
	if (json_is_null(json))
		return ERR_NONE;
	if (at->type == SCIM_COMPLEX)
		return complex_value(at, json, ret_value, e);
	if (at->type == SCIM_BOOLEAN)
		return boolean_value(at, json, ret_value, e);
	return text_value(at, json, ret_value, e);
}

void
scim_primary(json_t *list, size_t at)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		if (i != at && json_is_true(json_object_get(one, "primary")))
			(void)json_object_set_new(one, "primary", json_false());
	}
}

static enum err_code
list_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value, struct err *e)
{
	json_t *list = json_array();
	size_t count = json_is_array(json) ? json_array_size(json) : 1;
	enum err_code rc = ERR_NONE;

	if (count > LIMIT_SCIM_VALUES)
		rc = err_set(e, ERR_TOO_BIG, "tooMany", "'%s' takes at most %d at one time",
			     at->name, LIMIT_SCIM_VALUES);
	for (size_t i = 0; !rc && i < count; i++) {
		json_t *one = NULL;

		rc = one_value(at, json_is_array(json) ? json_array_get(json, i) : json, &one, e);
		if (one)
			(void)json_array_append_new(list, one);
		if (one && json_is_true(json_object_get(one, "primary")))
			scim_primary(list, json_array_size(list) - 1);
	}
	if (rc || json_array_size(list) == 0)
		json_decref(list);
	else
		*ret_value = list;
	return rc;
}

enum err_code
scim_value(const struct scim_attribute *at, const json_t *json, json_t **ret_value, struct err *e)
{
	*ret_value = NULL;
	return at->many ? list_value(at, json, ret_value, e) : one_value(at, json, ret_value, e);
}

/* Attributes of the extension, or one of the resource itself. */
static enum err_code
member_take(const struct scim_name *name, const json_t *json, json_t *resource, struct err *e)
{
	json_t *value = NULL;
	enum err_code rc;

	if (name->part || name->attribute->change == SCIM_READ_ONLY)
		return ERR_NONE;
	rc = scim_value(name->attribute, json, &value, e);
	if (!rc && value)
		scim_set(resource, name, value);
	return rc;
}

static enum err_code
extension_take(const struct scim_kind *k, const json_t *json, json_t *resource, struct err *e)
{
	struct scim_name n = {.extension = k->extension};
	enum err_code rc = ERR_NONE;
	const char *key;
	json_t *member;

	if (!json_is_null(json) && !json_is_object(json))
		return err_set(e, ERR_USAGE, "invalidValue", "'%s' must be an object",
			       k->extension->id);
	json_object_foreach((json_t *)(uintptr_t)json, key, member)
	{
		n.attribute = scim_attribute_find(k->extension->attributes, k->extension->count,
						  str_of(key));
		if (!rc && n.attribute)
			rc = member_take(&n, member, resource, e);
	}
	return rc;
}

enum err_code
scim_clean(const struct scim_kind *k, const json_t *body, json_t **ret_resource, struct err *e)
{
	json_t *resource = json_object();
	enum err_code rc = ERR_NONE;
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)(uintptr_t)body, key, member)
	{
		struct scim_name n;

		if (rc || scim_name_read(k, str_of(key), &n) != SCIM_KNOWN)
			continue;
		rc = n.attribute ? member_take(&n, member, resource, e)
				 : extension_take(k, member, resource, e);
	}
	if (rc)
		json_decref(resource);
	else
		*ret_resource = resource;
	return rc;
}
