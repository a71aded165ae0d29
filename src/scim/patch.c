#include "scim/patch.h"

#include "base/limits.h"

#include <string.h>

enum operation { OP_ADD, OP_REPLACE, OP_REMOVE };

struct patch {
	const struct scim_kind *kind;
	json_t *resource;
	struct arena *arena;
	struct err *e;
	enum operation op;
};

/* What a path leads to. */
struct place {
	const struct scim_path *path;
	const struct scim_attribute *at;
	json_t *now;   /* borrowed; NULL when there is nothing */
	json_t *value; /* of the operation; NULL with none */
};

static enum err_code
change_check(const struct patch *p, const struct scim_attribute *at)
{
	if (at->change != SCIM_READ_ONLY)
		return ERR_NONE;
	return err_set(p->e, ERR_USAGE, "mutability", "'%s' is written by Holdfast alone",
		       at->name);
}

/* Members of the one take the place of those of the other. */
static void
merge(json_t *into, const json_t *from)
{
	(void)json_object_update(into, (json_t *)(uintptr_t)from);
}

static bool
same_value(const json_t *a, const json_t *b)
{
	const json_t *one = json_object_get(a, "value");
	const json_t *other = json_object_get(b, "value");

	return one && other && scim_same(json_str(one), json_str(other));
}

static void
list_add(json_t *list, json_t *one)
{
	size_t at = json_array_size(list);

	for (size_t i = 0; i < json_array_size(list); i++) {
		if (same_value(json_array_get(list, i), one))
			at = i;
	}
	if (at < json_array_size(list))
		merge(json_array_get(list, at), one);
	else
		(void)json_array_append(list, one);
	if (json_is_true(json_object_get(one, "primary")))
		scim_primary(list, at);
}

/* The whole attribute: a list gets more, an object members. */
static enum err_code
attribute_add(struct patch *p, const struct place *place)
{
	json_t *value = NULL;
	enum err_code rc = scim_value(place->at, place->value, &value, p->e);

	if (rc)
		return rc;
	if (!value && p->op == OP_ADD)
		return ERR_NONE;
	if (value && place->now && place->at->many && p->op == OP_ADD) {
		for (size_t i = 0; i < json_array_size(value); i++)
			list_add(place->now, json_array_get(value, i));
		json_decref(value);
	} else if (value && place->now && place->at->type == SCIM_COMPLEX && !place->at->many) {
		merge(place->now, value);
		json_decref(value);
	} else {
		scim_set(p->resource, &place->path->name, value);
	}
	return ERR_NONE;
}

static void
part_set(json_t *object, const struct scim_attribute *part, json_t *value)
{
	if (value)
		(void)json_object_set(object, part->name, value);
	else
		(void)json_object_del(object, part->name);
}

/* A part of an object. */
static enum err_code
part_change(struct patch *p, const struct place *place)
{
	json_t *value = NULL;
	json_t *holder = place->now;
	enum err_code rc = change_check(p, place->path->name.part);

	if (!rc && place->value)
		rc = scim_value(place->path->name.part, place->value, &value, p->e);
	if (rc || (!holder && !value))
		return rc;
	if (!holder) {
		holder = json_object();
		scim_set(p->resource, &place->path->name, holder);
	}
	part_set(holder, place->path->name.part, value);
	json_decref(value);
	return ERR_NONE;
}

/* A part of those of a list that fit, or all that is given of them. */
static enum err_code
element_change(struct patch *p, const struct place *place, json_t *list, size_t at)
{
	const struct scim_attribute *part = place->path->name.part;
	struct scim_attribute one = *place->at;
	json_t *element = json_array_get(list, at);
	json_t *value = NULL;
	enum err_code rc;

	one.many = false;
	rc = part ? change_check(p, part) : ERR_NONE;
	if (!rc)
		rc = scim_value(part ? part : &one, place->value, &value, p->e);
	if (rc)
		return rc;
	if (part)
		part_set(element, part, value);
	else if (value)
		merge(element, value);
	json_decref(value);
	if (json_is_true(json_object_get(element, "primary")))
		scim_primary(list, at);
	return ERR_NONE;
}

static bool
is_chosen(const struct place *place, const json_t *element)
{
	return !place->path->which || scim_filter_fits_value(place->path->which, element);
}

/* Where none fits there is one afterwards, if the filter says what it is. */
static enum err_code
list_grow(struct patch *p, const struct place *place, json_t *list)
{
	json_t *one = place->path->which ? scim_filter_example(place->path->which) : NULL;

	if (!one)
		return err_set(p->e, ERR_USAGE, "noTarget",
			       "no value of '%s' is what the path says", place->at->name);
	(void)json_array_append_new(list, one);
	return element_change(p, place, list, json_array_size(list) - 1);
}

static enum err_code
elements_change(struct patch *p, const struct place *place)
{
	json_t *list = place->now;
	bool any = false;
	enum err_code rc = ERR_NONE;

	if (!list) {
		list = json_array();
		scim_set(p->resource, &place->path->name, list);
	}
	for (size_t i = 0; !rc && i < json_array_size(list); i++) {
		if (!is_chosen(place, json_array_get(list, i)))
			continue;
		any = true;
		rc = element_change(p, place, list, i);
	}
	if (!rc && !any)
		rc = list_grow(p, place, list);
	return rc;
}

/* Those that fit, or that are given as value, as Entra names members. */
static enum err_code
elements_remove(struct patch *p, const struct place *place)
{
	json_t *given = NULL;
	enum err_code rc = ERR_NONE;

	if (place->value && !place->path->which)
		rc = scim_value(place->at, place->value, &given, p->e);
	if (rc)
		return rc;
	for (size_t i = json_array_size(place->now); i-- > 0;) {
		json_t *element = json_array_get(place->now, i);
		bool gone = !given && is_chosen(place, element);

		for (size_t k = 0; !gone && k < json_array_size(given); k++)
			gone = same_value(element, json_array_get(given, k));
		if (gone && place->path->name.part)
			part_set(element, place->path->name.part, NULL);
		else if (gone)
			(void)json_array_remove(place->now, i);
	}
	json_decref(given);
	return ERR_NONE;
}

static enum err_code
place_remove(struct patch *p, struct place *place)
{
	if (place->at->required && !place->path->name.part)
		return err_set(p->e, ERR_USAGE, "mutability", "'%s' must stay", place->at->name);
	if (place->at->many)
		return elements_remove(p, place);
	place->value = NULL;
	if (place->path->name.part)
		return part_change(p, place);
	scim_set(p->resource, &place->path->name, NULL);
	return ERR_NONE;
}

/* What is written by Holdfast alone may be given back as it is. */
static bool
is_given_back(const struct place *place)
{
	return place->at->change == SCIM_READ_ONLY && !place->path->name.part && place->value &&
	       (strcmp(place->at->name, "meta") == 0 ||
		(place->now && json_equal(place->now, place->value)));
}

static enum err_code
place_change(struct patch *p, const struct scim_path *path, json_t *value)
{
	struct place place = {.path = path,
			      .at = path->name.attribute,
			      .now = scim_get(p->resource, &path->name),
			      .value = value};
	enum err_code rc;

	if (is_given_back(&place))
		return ERR_NONE;
	rc = change_check(p, place.at);
	if (rc)
		return rc;
	if (p->op == OP_REMOVE)
		return place_remove(p, &place);
	if (place.at->many && (path->which || path->name.part))
		return elements_change(p, &place);
	return path->name.part ? part_change(p, &place) : attribute_add(p, &place);
}

static enum err_code members_change(struct patch *p, const struct scim_schema *of, json_t *value);

static enum err_code
path_change(struct patch *p, struct str text, json_t *value)
{
	struct scim_path path;
	enum err_code rc = scim_path_read(p->kind, text, p->arena, &path, p->e);

	if (rc || path.known == SCIM_UNKEPT)
		return rc;
	if (path.name.attribute)
		return place_change(p, &path, value);
	if (p->op != OP_REMOVE)
		return members_change(p, path.name.extension, value);
	(void)json_object_del(p->resource, path.name.extension->id);
	return ERR_NONE;
}

/* Without a path the value's members say what is changed; so do those of an extension. */
static enum err_code
members_change(struct patch *p, const struct scim_schema *of, json_t *value)
{
	enum err_code rc = ERR_NONE;
	const char *key;
	json_t *member;

	if (!json_is_object(value))
		return err_set(p->e, ERR_USAGE, "invalidSyntax",
			       "an operation without a path has an object as value");
	json_object_foreach(value, key, member)
	{
		CLEANUP(buf_fini) struct buf path = {.limit = LIMIT_SCIM_FILTER_BYTES};

		buf_addf(&path, "%s%s%s", of ? of->id : "", of ? ":" : "", key);
		if (path.failed)
			return err_set(p->e, ERR_USAGE, "invalidPath", "a name is too long");
		if (!rc && of && strchr(key, ':'))
			rc = err_set(p->e, ERR_USAGE, "invalidPath",
				     "there is no attribute '%.80s'", key);
		if (!rc)
			rc = path_change(p, str_dup(p->arena, (struct str){path.data, path.len}),
					 member);
	}
	return rc;
}

/* A member of an operation, whose name counts in any case. */
static json_t *
member(const json_t *operation, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)operation, key, value)
	{
		if (scim_same(str_of(key), str_of(name)))
			return value;
	}
	return NULL;
}

static enum err_code
operation_take(struct patch *p, const json_t *operation)
{
	static const char *const names[] = {
		[OP_ADD] = "add", [OP_REPLACE] = "replace", [OP_REMOVE] = "remove"};
	const json_t *path = member(operation, "path");
	json_t *value = member(operation, "value");
	struct str op = json_str(member(operation, "op"));
	size_t i = 0;

	while (i < COUNT_OF(names) && !scim_same(op, str_of(names[i])))
		i++;
	if (i == COUNT_OF(names))
		return err_set(p->e, ERR_USAGE, "invalidSyntax",
			       "an operation's op is add, replace or remove");
	p->op = (enum operation)i;
	if (path && !json_is_string(path))
		return err_set(p->e, ERR_USAGE, "invalidPath", "a path is a text");
	if (p->op == OP_REMOVE && !path)
		return err_set(p->e, ERR_USAGE, "noTarget", "what is removed has a path");
	if (p->op != OP_REMOVE && !value)
		return err_set(p->e, ERR_USAGE, "invalidValue", "the operation has no value");
	return path ? path_change(p, json_str(path), value) : members_change(p, NULL, value);
}

enum err_code
scim_patch(const struct scim_kind *k, const json_t *body, json_t *resource, struct arena *a,
	   struct err *e)
{
	struct patch p = {.kind = k, .resource = resource, .arena = a, .e = e};
	const json_t *operations = member(body, "Operations");
	enum err_code rc = ERR_NONE;

	if (!json_is_array(operations) || json_array_size(operations) == 0)
		return err_set(e, ERR_USAGE, "invalidSyntax", "a PATCH has 'Operations'");
	if (json_array_size(operations) > LIMIT_SCIM_OPERATIONS)
		return err_set(e, ERR_TOO_BIG, "tooMany", "a PATCH has at most %d operations",
			       LIMIT_SCIM_OPERATIONS);
	for (size_t i = 0; !rc && i < json_array_size(operations); i++)
		rc = operation_take(&p, json_array_get(operations, i));
	return rc;
}
