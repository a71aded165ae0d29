#include "model/attribute.h"

#include "base/text.h"
#include "model/sql.h"

#include <string.h>

enum {
	BEFORE = 5,  /* attributes before the register's own fields */
	AFTER = 2,   /* and after them */
	NAMES = 256, /* more than any register has */
	SHOWN = 60,  /* bytes of a name in a message */
};

static const struct field id_field = {
	.name = "id", .label = "Record", .type = FIELD_INT, .indexed = true};
static const struct field key_field = {
	.name = "key", .label = "Key", .type = FIELD_TEXT, .indexed = true};
static const struct field feed_field = {.name = "feed", .label = "Source", .type = FIELD_TEXT};
static const struct field recorded_field = {
	.name = "recorded_from", .label = "Recorded", .type = FIELD_INT};
static const struct field version_field = {
	.name = "row_version", .label = "Version", .type = FIELD_INT};

static const struct field *
organisation_field(const struct model *m, struct arena *a)
{
	const struct reg *r = model_reg(m, str_of("organisation"));
	struct field *f = arena_alloc(a, sizeof(*f));

	*f = (struct field){.name = "organisation",
			    .label = "Organisation",
			    .type = r ? FIELD_REF : FIELD_INT,
			    .indexed = true,
			    .target_count = 1};
	f->targets = (const struct reg **)arena_alloc(a, sizeof(struct reg *));
	f->targets[0] = r;
	return f;
}

static const struct field *
state_field(const struct reg *r, struct arena *a)
{
	struct field *f = arena_alloc(a, sizeof(*f));

	*f = (struct field){
		.name = "state", .label = "State", .type = FIELD_ENUM, .words = r->states};
	return f;
}

struct attributes
attributes_of(const struct model *m, const struct reg *r, struct arena *a)
{
	struct attribute *list = arena_alloc(a, (BEFORE + r->field_count + AFTER) * sizeof(*list));
	size_t n = 0;

	list[n++] = (struct attribute){ATTRIBUTE_ID, &id_field, true, NULL};
	list[n++] = (struct attribute){ATTRIBUTE_KEY, &key_field, true, NULL};
	list[n++] = (struct attribute){ATTRIBUTE_HOLDER, organisation_field(m, a), true, NULL};
	if (r->states.count > 0)
		list[n++] = (struct attribute){ATTRIBUTE_FIELD, state_field(r, a), false, r->usual};
	list[n++] = (struct attribute){ATTRIBUTE_FIELD, &feed_field, true, NULL};
	for (size_t i = 0; i < r->field_count; i++)
		list[n++] = (struct attribute){ATTRIBUTE_FIELD, &r->fields[i], false, NULL};
	list[n++] = (struct attribute){ATTRIBUTE_RECORDED, &recorded_field, true, NULL};
	list[n++] = (struct attribute){ATTRIBUTE_FIELD, &version_field, true, NULL};
	return (struct attributes){r, list, n};
}

bool
attribute_is_sorted(const struct attribute *at)
{
	return at->kind != ATTRIBUTE_HOLDER && at->field->indexed && at->field->type != FIELD_REF &&
	       field_has_column(at->field);
}

const struct attribute *
attribute_find(const struct attributes *all, struct str name)
{
	for (size_t i = 0; i < all->count; i++) {
		if (str_is(name, all->list[i].field->name))
			return &all->list[i];
	}
	return NULL;
}

enum err_code
attribute_named(const struct attributes *all, struct str name,
		const struct attribute **ret_attribute, struct err *e)
{
	const struct attribute *found = attribute_find(all, name);
	const char *names[NAMES];
	const char *near;
	size_t count = 0;

	if (found) {
		*ret_attribute = found;
		return ERR_NONE;
	}
	for (size_t i = 0; i < all->count && count < NAMES; i++)
		names[count++] = all->list[i].field->name;
	near = text_nearest(name, names, count);
	if (name.len > SHOWN)
		name.len = text_whole((struct str){name.ptr, SHOWN});
	return err_set(e, ERR_INVALID, "field", "register '%s' has no field '%.*s'%s%s%s",
		       all->reg->name, STR_ARG(name), near ? "; did you mean '" : "",
		       near ? near : "", near ? "'?" : "");
}
