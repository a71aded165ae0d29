/* dues.c -- what a register's file says under `due`. */
#include "model/model_priv.h"

static const struct field *
field_named(const struct builder *b, const struct yaml *at, const struct reg *r, const char *name)
{
	const struct field *f = reg_field(r, str_of(name));
	const char *near = f ? NULL : reg_nearest_field(r, str_of(name));

	if (!f)
		bind_error(&b->bind, at, "register '%s' has no field '%s'%s%s%s", r->name, name,
			   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return f;
}

/* Calendars look for what is due between two days, in registers of any length. */
static void
field_check(const struct builder *b, const struct yaml *at, const struct field *f)
{
	if (f->type != FIELD_DATE && f->type != FIELD_DATETIME)
		bind_error(&b->bind, at, "'%s' can be no due date: it holds no date or datetime",
			   f->name);
	else if (!f->indexed)
		bind_error(&b->bind, at, "a due date is looked for: give '%s' 'indexed: true'",
			   f->name);
}

static void
owners_read(const struct builder *b, const struct yaml *map, const struct reg *r, struct due *d)
{
	struct words names = bind_words(&b->bind, map, "owner");

	d->owners = (const struct field **)arena_alloc(b->bind.arena,
						       (names.count + 1) * sizeof(*d->owners));
	for (size_t i = 0; i < names.count; i++) {
		const struct yaml *at = yaml_get(map, "owner");
		const struct field *f = field_named(b, at, r, names.words[i]);

		if (f && f->type != FIELD_REF)
			bind_error(&b->bind, at,
				   "'owner' needs fields that name one person; '%s' "
				   "does not",
				   f->name);
		else if (f)
			d->owners[d->owner_count++] = f;
	}
}

static void
due_read(const struct builder *b, const struct yaml *map, const struct reg *r, struct due *d)
{
	const char *name = bind_text(&b->bind, map, "field", NULL);

	d->field = name[0] ? field_named(b, yaml_get(map, "field"), r, name) : NULL;
	if (d->field)
		field_check(b, yaml_get(map, "field"), d->field);
	d->met = bind_words(&b->bind, map, "met");
	if (d->met.count == 0)
		bind_error(&b->bind, map,
			   "a due date needs 'met', the states in which nothing is owed any more");
	for (size_t i = 0; i < d->met.count; i++) {
		if (!words_have(&r->states, str_of(d->met.words[i])))
			bind_error(&b->bind, yaml_get(map, "met"),
				   "'%s' is no state of register '%s'", d->met.words[i], r->name);
	}
	owners_read(b, map, r, d);
}

void
dues_read(struct builder *b, const struct yaml *map, struct reg *r)
{
	static const char *const keys[] = {"field", "met", "owner"};
	const struct yaml *list = bind_list(&b->bind, map, "due", false);
	struct due *dues;

	if (!list)
		return;
	dues = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*dues));
	for (const struct yaml *v = list->first; v; v = v->next) {
		if (bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
			due_read(b, v, r, &dues[r->due_count++]);
	}
	r->dues = dues;
}
