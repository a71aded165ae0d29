#include "model/model_priv.h"

#include "base/limits.h"
#include "base/text.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 200 };

static const struct type_name {
	const char *name;
	enum field_type type;
	enum { WORDS_NONE, WORDS_OWN, WORDS_ROLES, WORDS_CLASSES } words;
} type_names[] = {
	{"text",		 FIELD_TEXT,     WORDS_NONE   },
	{"int",		FIELD_INT,	   WORDS_NONE   },
	{"decimal",	    FIELD_DECIMAL,  WORDS_NONE   },
	{"bool",		 FIELD_BOOL,     WORDS_NONE   },
	{"date",		 FIELD_DATE,     WORDS_NONE   },
	{"datetime",	     FIELD_DATETIME, WORDS_NONE   },
	{"enum",		 FIELD_ENUM,     WORDS_OWN    },
	{"role",		 FIELD_ENUM,     WORDS_ROLES	},
	{"classification",	   FIELD_ENUM,     WORDS_CLASSES},
	{"enum_set",	     FIELD_WORDS,	  WORDS_OWN	   },
	{"role_set",	     FIELD_WORDS,	  WORDS_ROLES  },
	{"classification_set", FIELD_WORDS,    WORDS_CLASSES},
	{"text_list",	      FIELD_WORDS,	   WORDS_NONE   },
	{"ref",		FIELD_REF,	   WORDS_NONE   },
	{"refs",		 FIELD_REFS,     WORDS_NONE   },
	{"list",		 FIELD_LIST,     WORDS_NONE   },
	{"file",		 FIELD_FILE,     WORDS_NONE   },
};

/* Names that the tables of registers, JSON and CSV use themselves, ... */
static const char *const taken[] = {
	"id",	       "key",	      "organisation",  "state",
	"feed",	       "row_version", "recorded_from", "recorded_by",
	"recorded_to", "delivered",   "salt",	       "leaf",
	"retired",     "record",      "pos",	       "register",
};
/* ... the tables of lists, ... */
static const char *const taken_in_lists[] = {"record", "row_version", "pos"};
/* ... or that one of the engines reserves. */
static const char *const keywords[] = {
	"all",	  "and",     "as",	 "by",	    "case",	  "check",  "column", "constraint",
	"create", "default", "distinct", "do",	    "else",	  "end",    "except", "false",
	"fetch",  "for",     "foreign",	 "from",    "grant",	  "group",  "having", "in",
	"index",  "into",    "is",	 "join",    "limit",	  "not",    "null",   "offset",
	"on",	  "or",	     "order",	 "primary", "references", "select", "table",  "then",
	"to",	  "true",    "union",	 "unique",  "user",	  "using",  "values", "when",
	"where",  "window",  "with",
};

static struct words
role_words(const struct builder *b)
{
	const struct plan *p = &b->model->plan;
	struct words w = {arena_alloc(b->bind.arena, (p->role_count + 1) * sizeof(*w.words)),
			  p->role_count};

	for (size_t i = 0; i < p->role_count; i++)
		w.words[i] = p->roles[i].name;
	return w;
}

static bool
is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void
check_name(const struct builder *b, const struct yaml *at, const char *name, bool inside_list)
{
	if (!text_is_name(str_of(name)))
		bind_error(&b->bind, at,
			   "'%s' is no good name: use lower-case letters, digits and underscores",
			   name);
	if (is_among(name, keywords, COUNT_OF(keywords)) ||
	    (inside_list ? is_among(name, taken_in_lists, COUNT_OF(taken_in_lists))
			 : is_among(name, taken, COUNT_OF(taken))))
		bind_error(&b->bind, at, "'%s' is a reserved name; choose another", name);
}

static const struct type_name *
find_type(const struct builder *b, const struct yaml *map)
{
	const char *names[COUNT_OF(type_names)];

	for (size_t i = 0; i < COUNT_OF(type_names); i++)
		names[i] = type_names[i].name;
	return &type_names[bind_choice(&b->bind, map, "type", names, COUNT_OF(type_names))];
}

static void
read_words(const struct builder *b, const struct yaml *map, const struct type_name *t,
	   struct field *f)
{
	f->words = bind_words(&b->bind, map, "values");
	f->own_words = t->words == WORDS_OWN;
	if (t->words == WORDS_OWN && f->words.count == 0)
		bind_error(&b->bind, map, "field '%s' needs 'values'", f->name);
	if (t->words != WORDS_OWN && f->words.count > 0)
		bind_error(&b->bind, map, "field '%s' takes no 'values'", f->name);
	if (t->words == WORDS_ROLES)
		f->words = role_words(b);
	if (t->words == WORDS_CLASSES)
		f->words = b->model->plan.classification;
}

static void fields_read(struct builder *b, const struct yaml *map, bool inside_list,
			const struct field **ret_fields, size_t *ret_count);

static struct str
member_of(struct arena *a, const char *name)
{
	size_t len = strlen(name) + 4;
	char *text = arena_alloc(a, len + 1);

	(void)snprintf(text, len + 1, ",\"%s\":", name);
	return (struct str){text, len};
}

static void
field_read(struct builder *b, const struct yaml *map, bool inside_list, struct field *f)
{
	static const char *const keys[] = {"name",     "type", "values",  "to",	   "label",
					   "required", "help", "indexed", "fields"};
	const struct type_name *t;

	if (!bind_keys(&b->bind, map, keys, COUNT_OF(keys)))
		return;
	f->place = bind_place(&b->bind, map);
	f->name = bind_text(&b->bind, map, "name", NULL);
	if (f->name[0] != '\0')
		check_name(b, map, f->name, inside_list);
	f->member = member_of(b->bind.arena, f->name);
	f->label = bind_text(&b->bind, map, "label", f->name);
	f->help = bind_text(&b->bind, map, "help", "");
	f->required = bind_bool(&b->bind, map, "required");
	f->indexed = bind_bool(&b->bind, map, "indexed");
	t = find_type(b, map);
	f->type = t->type;
	read_words(b, map, t, f);
	if (f->type == FIELD_LIST && !inside_list)
		fields_read(b, map, true, &f->fields, &f->field_count);
	if (inside_list && (f->type == FIELD_LIST || f->type == FIELD_REFS))
		bind_error(&b->bind, map, "a list cannot hold another list");
	if ((f->type == FIELD_REF || f->type == FIELD_REFS) && !yaml_get(map, "to"))
		bind_error(&b->bind, map,
			   "field '%s' needs 'to', as in 'to: [person]' or 'to: [any]'", f->name);
}

static void
fields_read(struct builder *b, const struct yaml *map, bool inside_list,
	    const struct field **ret_fields, size_t *ret_count)
{
	const struct yaml *list = bind_list(&b->bind, map, "fields", true);
	struct field *fields;
	size_t n = 0;

	if (!list)
		return;
	if (list->count > FIELDS_MAX) {
		bind_error(&b->bind, list, "a register has at most %d fields", FIELDS_MAX);
		return;
	}
	fields = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*fields));
	for (const struct yaml *v = list->first; v; v = v->next) {
		field_read(b, v, inside_list, &fields[n]);
		for (size_t i = 0; i < n && fields[n].name; i++) {
			if (fields[i].name && strcmp(fields[i].name, fields[n].name) == 0)
				bind_error(&b->bind, v, "field '%s' is there twice",
					   fields[n].name);
		}
		n++;
	}
	*ret_fields = fields;
	*ret_count = n;
}

static const struct field *
person_field(struct builder *b, const struct yaml *at, const struct reg *r, const char *name)
{
	const struct field *f = reg_field(r, str_of(name));
	const char *near;

	if (f && (f->type == FIELD_REF || f->type == FIELD_REFS))
		return f;
	near = f ? NULL : reg_nearest_field(r, str_of(name));
	bind_error(&b->bind, at, "'%s' is no field of register '%s' that names people%s%s%s", name,
		   r->name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return NULL;
}

static const char *
state_read(struct builder *b, const struct yaml *map, const struct reg *r, const char *key)
{
	if (r->states.count == 0)
		return "";
	return r->states.words[bind_choice(&b->bind, map, key, r->states.words, r->states.count)];
}

/* "when: {kind: [accreditor]}" */
static void
when_read(struct builder *b, const struct yaml *map, const struct reg *r, struct transition *t)
{
	const struct yaml *when = yaml_get(map, "when");
	const struct yaml *v = when && when->kind == YAML_MAP ? when->first : NULL;

	if (!when)
		return;
	if (!v || v->next) {
		bind_error(&b->bind, when,
			   "'when' names one field, as in 'when: {kind: [change]}'");
		return;
	}
	t->when = reg_field(r, v->key);
	if (!t->when || t->when->type != FIELD_ENUM) {
		const char *near = t->when ? NULL : reg_nearest_field(r, v->key);

		bind_error(&b->bind, v,
			   "'%.*s' is no field of register '%s' with a list of values%s%s%s",
			   STR_ARG(v->key), r->name, near ? "; did you mean '" : "",
			   near ? near : "", near ? "'?" : "");
		t->when = NULL;
		return;
	}
	t->when_words = bind_words(&b->bind, when, t->when->name);
	for (size_t i = 0; i < t->when_words.count; i++) {
		if (!words_have(&t->when->words, str_of(t->when_words.words[i])))
			bind_error(&b->bind, v, "'%s' is no value of field '%s'",
				   t->when_words.words[i], t->when->name);
	}
}

static void
transition_read(struct builder *b, const struct yaml *map, const struct reg *r,
		struct transition *t)
{
	struct words apart = bind_words(&b->bind, map, "not");
	const char *by = bind_text(&b->bind, map, "by", "");
	const char *as = bind_text(&b->bind, map, "as", "");

	t->source = map;
	t->from = state_read(b, map, r, "from");
	t->to = state_read(b, map, r, "to");
	when_read(b, map, r, t);
	t->who = bind_words(&b->bind, map, "who");
	t->outside = bind_words(&b->bind, map, "outside");
	t->apart = arena_alloc(b->bind.arena, (apart.count + 1) * sizeof(*t->apart));
	for (size_t i = 0; i < apart.count; i++) {
		bool writer =
			strcmp(apart.words[i], "writer") == 0 && !reg_field(r, str_of("writer"));
		const struct field *f =
			writer ? NULL : person_field(b, yaml_get(map, "not"), r, apart.words[i]);

		t->not_writer = t->not_writer || writer;
		if (f)
			t->apart[t->apart_count++] = f;
	}
	if (by[0])
		t->by = person_field(b, yaml_get(map, "by"), r, by);
	if (t->by && t->by->type != FIELD_REF)
		bind_error(&b->bind, yaml_get(map, "by"),
			   "'by' needs a field that names one person");
	if (as[0])
		t->as = reg_field(r, str_of(as));
	if (as[0] && (!t->as || t->as->type != FIELD_ENUM || t->as->own_words))
		bind_error(&b->bind, yaml_get(map, "as"),
			   "'as' needs a field of type 'role' of register '%s'", r->name);
}

static void
transitions_read(struct builder *b, const struct yaml *map, struct reg *r)
{
	static const char *const keys[] = {"from", "to",      "when", "who",
					   "not",  "outside", "by",   "as"};
	const struct yaml *list = bind_list(&b->bind, map, "transitions", false);
	struct transition *t;

	if (!list)
		return;
	t = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*t));
	for (const struct yaml *v = list->first; v; v = v->next) {
		if (bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
			transition_read(b, v, r, &t[r->transition_count++]);
	}
	r->transitions = t;
}

/* It becomes part of an index's name and condition. */
static const char *
usual_read(struct builder *b, const struct yaml *map, const struct words *states)
{
	const struct yaml *v = yaml_get(map, "usual");
	const char *usual;

	if (!v)
		return NULL;
	if (states->count == 0) {
		bind_error(&b->bind, v, "a register without states has no usual one");
		return NULL;
	}
	usual = states->words[bind_choice(&b->bind, map, "usual", states->words, states->count)];
	if (!text_is_name(str_of(usual)))
		bind_error(&b->bind, v, "'%s' must be small letters, digits and _ to be usual",
			   usual);
	return usual;
}

static void
follows_read(struct builder *b, const struct yaml *map, struct reg *r)
{
	const char *name = bind_text(&b->bind, map, "follows", "");

	if (!name[0])
		return;
	r->follows = reg_field(r, str_of(name));
	if (!r->follows || r->follows->type != FIELD_REF)
		bind_error(&b->bind, yaml_get(map, "follows"),
			   "'follows' needs a field of register '%s' that refers to one record",
			   r->name);
}

static struct reg *
register_read(struct builder *b, const struct yaml *map)
{
	static const char *const keys[] = {"name",   "code",	   "prefix", "title",
					   "about",  "fields",	   "states", "transitions",
					   "kernel", "restricted", "usual",  "write",
					   "keeps",  "follows",	   "due"};
	struct reg *r = arena_alloc(b->bind.arena, sizeof(*r));

	if (!bind_keys(&b->bind, map, keys, COUNT_OF(keys)))
		return NULL;
	r->place = bind_place(&b->bind, map);
	r->source = map;
	r->name = bind_text(&b->bind, map, "name", NULL);
	if (!text_is_name(str_of(r->name)))
		bind_error(&b->bind, map, "'%s' is no good name for a register", r->name);
	r->code = bind_int(&b->bind, map, "code", 1, REG_CODE_MAX);
	r->prefix = bind_text(&b->bind, map, "prefix", NULL);
	r->title = bind_text(&b->bind, map, "title", NULL);
	r->about = bind_text(&b->bind, map, "about", "");
	r->kernel = bind_bool(&b->bind, map, "kernel");
	r->restricted = bind_bool(&b->bind, map, "restricted");
	r->write = bind_words(&b->bind, map, "write");
	r->keeps = bind_bool(&b->bind, map, "keeps");
	r->states = bind_words(&b->bind, map, "states");
	r->usual = usual_read(b, map, &r->states);
	fields_read(b, map, false, &r->fields, &r->field_count);
	follows_read(b, map, r);
	dues_read(b, map, r);
	transitions_read(b, map, r);
	return r;
}

static void
check_unique(const struct builder *b, const struct reg *r)
{
	for (size_t i = 0; i < b->model->reg_count; i++) {
		const struct reg *o = b->model->regs[i];

		if (strcmp(o->name, r->name) == 0)
			diag_add(b->bind.diags, DIAG_ERROR, r->place,
				 "register '%s' stands in %s too", r->name, o->place.file);
		else if (o->code == r->code)
			diag_add(b->bind.diags, DIAG_ERROR, r->place,
				 "code %lld belongs to register '%s' already", (long long)r->code,
				 o->name);
		else if (strcmp(o->prefix, r->prefix) == 0)
			diag_add(b->bind.diags, DIAG_ERROR, r->place,
				 "prefix '%s' belongs to register '%s' already", r->prefix,
				 o->name);
	}
}

/* Second step: what a reference may point at, once all registers are known. */
static void
targets_find(const struct builder *b, struct field *f, const struct yaml *map)
{
	struct words to = bind_words(&b->bind, map, "to");

	if (f->type != FIELD_REF && f->type != FIELD_REFS)
		return;
	f->targets = arena_alloc(b->bind.arena, (to.count + 1) * sizeof(*f->targets));
	for (size_t i = 0; i < to.count; i++) {
		const struct reg *t = model_reg(b->model, str_of(to.words[i]));
		const char *near;

		if (strcmp(to.words[i], "any") == 0 && to.count == 1)
			return;
		if (t) {
			f->targets[f->target_count++] = t;
			continue;
		}
		near = model_nearest_reg(b->model, str_of(to.words[i]));
		bind_error(&b->bind, map,
			   "field '%s' refers to register '%s', which does not exist%s%s%s",
			   f->name, to.words[i], near ? "; did you mean '" : "", near ? near : "",
			   near ? "'?" : "");
	}
}

static void
all_targets_find(const struct builder *b, const struct field *fields, const struct yaml *map)
{
	const struct yaml *list = yaml_get(map, "fields");
	size_t n = 0;

	for (const struct yaml *v = list ? list->first : NULL; v; v = v->next, n++) {
		/* The model is still being built: its fields may be written. */
		struct field *f = (struct field *)(uintptr_t)&fields[n];

		targets_find(b, f, v);
		if (f->field_count > 0)
			all_targets_find(b, f->fields, v);
	}
}

static int
by_name(const void *a, const void *b, void *fields)
{
	const struct field *f = fields;

	return strcmp(f[*(const size_t *)a].name, f[*(const size_t *)b].name);
}

static void
sort_fields(const struct builder *b, struct reg *r)
{
	size_t *sorted = arena_alloc(b->bind.arena, (r->field_count + 1) * sizeof(*sorted));

	for (size_t i = 0; i < r->field_count; i++)
		sorted[i] = i;
	qsort_r(sorted, r->field_count, sizeof(*sorted), by_name, (void *)(uintptr_t)r->fields);
	r->sorted = sorted;
}

static void
registers_finish(struct builder *b, const struct yaml **maps)
{
	struct model *m = b->model;

	for (size_t i = 0; i < m->reg_count; i++) {
		struct reg *r = (struct reg *)(uintptr_t)m->regs[i];

		b->bind.file = r->place.file;
		all_targets_find(b, r->fields, maps[i]);
	}
	if (b->bind.diags->errors > 0)
		return;
	for (size_t i = 0; i < m->reg_count; i++) {
		struct reg *r = (struct reg *)(uintptr_t)m->regs[i];

		sort_fields(b, r);
		tables_plan(b, r);
	}
}

void
registers_read(struct builder *b, const char *folder)
{
	struct file_names names;
	const struct yaml **maps;
	struct err e = {0};

	b->model->by_code = (const struct reg **)arena_alloc(
		b->bind.arena, (REG_CODE_MAX + 1) * sizeof(*b->model->by_code));
	if (files_list(&b->bind, folder, ".yaml", &names, &e)) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){folder, 0, 0}, "%s", e.message);
		return;
	}
	if (names.count == 0 || names.count > LIMIT_PLAN_FILES) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){folder, 0, 0},
			 "the folder must hold registers (*.yaml), at most %d", LIMIT_PLAN_FILES);
		return;
	}
	b->model->regs = arena_alloc(b->bind.arena, names.count * sizeof(*b->model->regs));
	maps = arena_alloc(b->bind.arena, names.count * sizeof(*maps));
	for (size_t i = 0; i < names.count; i++) {
		struct str text = {0};
		const struct yaml *map = bind_file(
			&b->bind, file_join(b->bind.arena, folder, names.names[i]), &text);
		struct reg *r = map ? register_read(b, map) : NULL;

		builder_file(b, "registers", names.names[i], text);
		if (!r)
			continue;
		check_unique(b, r);
		maps[b->model->reg_count] = map;
		r->index = b->model->reg_count;
		b->model->by_code[r->code] = r;
		b->model->regs[b->model->reg_count++] = r;
	}
	registers_finish(b, maps);
}
