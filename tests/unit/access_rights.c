#include "access_rights.h"

#include "sys/file.h"
#include "test.h"

#include <glob.h>

#define PLAN HOLDFAST_CONTENT "/plans/post-office-2015"

enum { FILE_MOST = 1024 * 1024 };

static const struct yaml *
load(const char *path, struct arena *a)
{
	struct diags diags;
	struct str text;
	struct err e = {0};
	const struct yaml *y;

	diag_init(&diags, a);
	CHECK(!file_load(path, FILE_MOST, a, &text, &e));
	y = yaml_parse(text, path, a, &diags);
	CHECK(y);
	return y;
}

static const struct yaml **
load_all(const char *pattern, struct arena *a, size_t *ret_count)
{
	const struct yaml **all;
	glob_t found;

	CHECK(glob(pattern, 0, NULL, &found) == 0);
	all = arena_alloc(a, found.gl_pathc * sizeof(*all));
	for (size_t i = 0; i < found.gl_pathc; i++)
		all[i] = load(found.gl_pathv[i], a);
	*ret_count = found.gl_pathc;
	globfree(&found);
	return all;
}

void
rights_load(struct rights *r, struct arena *a)
{
	*r = (struct rights){.arena = a};
	r->roles = yaml_get(load(PLAN "/roles.yaml", a), "roles");
	CHECK(r->roles);
	r->registers = load_all(HOLDFAST_CONTENT "/registers/*.yaml", a, &r->register_count);
	r->sections = load_all(PLAN "/sections/*.yaml", a, &r->section_count);
}

/* One word, or a list of them. */
static bool
says(const struct yaml *map, const char *key, const char *word)
{
	const struct yaml *v = yaml_get(map, key);

	if (!v)
		return false;
	if (v->kind == YAML_TEXT)
		return str_is(v->text, word);
	for (v = v->first; v; v = v->next) {
		if (str_is(v->text, word))
			return true;
	}
	return false;
}

static bool
is_true(const struct yaml *map, const char *key)
{
	return says(map, key, "true");
}

static const struct yaml *
role_of(const struct rights *r, const char *name)
{
	const struct yaml *v = r->roles->first;

	while (v && !says(v, "name", name))
		v = v->next;
	CHECK(v);
	return v;
}

static const struct yaml *
register_of(const struct rights *r, const char *name)
{
	for (size_t i = 0; i < r->register_count; i++) {
		if (says(r->registers[i], "name", name))
			return r->registers[i];
	}
	CHECK(false); /* there is no such register */
	return NULL;
}

/* By the role's name or by one of the words of its `may`. */
static bool
named(const struct yaml *role, const struct yaml *map, const char *key)
{
	const struct yaml *v = yaml_get(map, key);
	const struct yaml *word = v && v->kind == YAML_LIST ? v->first : v;

	for (; word; word = word->next) {
		char text[128];

		(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(word->text));
		if (says(role, "name", text) || says(role, "may", text))
			return true;
	}
	return false;
}

static bool
has_duty(const struct rights *r, const char *role, const char *reg)
{
	for (size_t i = 0; i < r->section_count; i++) {
		const struct yaml *o = yaml_get(r->sections[i], "obligations");

		for (o = o ? o->first : NULL; o; o = o->next) {
			if (says(o, "owner", role) &&
			    (says(o, "applies_to", reg) || says(o, "feeds", reg)))
				return true;
		}
	}
	return false;
}

static bool
writes(const struct rights *r, const char *role_name, const char *reg_name)
{
	const struct yaml *role = role_of(r, role_name);
	const struct yaml *reg = register_of(r, reg_name);

	if (is_true(reg, "kernel") || says(role, "not_write", reg_name))
		return false;
	if (yaml_get(reg, "write"))
		return named(role, reg, "write");
	return says(role, "write", reg_name) || has_duty(r, role_name, reg_name);
}

bool
rights_allow(const struct rights *r, const char *role_name, const char *reg_name,
	     enum rights_act act)
{
	const struct yaml *role = role_of(r, role_name);
	const struct yaml *reg = register_of(r, reg_name);

	if (is_true(reg, "restricted") && !says(role, "may", "read_restricted"))
		return false;
	if (act == RIGHTS_RETIRE && is_true(reg, "keeps"))
		return false;
	if (writes(r, role_name, reg_name))
		return true;
	return act == RIGHTS_READ && (!yaml_get(role, "read") || says(role, "read", reg_name));
}

bool
rights_step(const struct rights *r, const char *role_name, const char *reg_name, size_t step)
{
	const struct yaml *reg = register_of(r, reg_name);
	const struct yaml *t = yaml_get(reg, "transitions")->first;

	while (step-- > 0)
		t = t->next;
	return rights_allow(r, role_name, reg_name, RIGHTS_WRITE) &&
	       (!yaml_get(t, "who") || named(role_of(r, role_name), t, "who")) &&
	       !says(t, "outside", role_name);
}

bool
rights_sees_all(const struct rights *r, const char *role)
{
	return says(role_of(r, role), "sees", "all");
}
