#include "model/model_priv.h"

#include "base/limits.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

enum { OBLIGATIONS_MAX = 5000 };

const char *const cadence_names[] = {"continuous", "daily", "monthly",	    "quarterly",
				     "annual",	   "event", "as_scheduled", "once"};
const char *const proof_names[] = {"computed", "evidence", "attested"};
static const char *const severity_names[] = {"low", "medium", "high", "critical"};
static const char *const empty_names[] = {"unproven", "quiet"};
static const char *const kind_names[] = {"integrator",	  "client",   "member",
					 "subcontractor", "supplier", "accrediting_body"};

static const struct reg *
reg_read(const struct builder *b, const struct yaml *at, const char *name)
{
	const struct reg *r = model_reg(b->model, str_of(name));
	const char *near;

	if (!r) {
		near = model_nearest_reg(b->model, str_of(name));
		bind_error(&b->bind, at, "register '%s' does not exist%s%s%s", name,
			   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	return r;
}

static void
owners_check(const struct builder *b, const struct yaml *map, const struct words *owners)
{
	const struct yaml *at = yaml_get(map, "owner");

	if (owners->count == 0)
		bind_error(&b->bind, map, "'owner' is missing: every duty has a role that owns it");
	for (size_t i = 0; i < owners->count; i++) {
		const char *near;

		if (model_role(b->model, str_of(owners->words[i])))
			continue;
		near = model_nearest_role(b->model, str_of(owners->words[i]));
		bind_error(&b->bind, at, "owner '%s' is no role of this plan%s%s%s",
			   owners->words[i], near ? "; did you mean '" : "", near ? near : "",
			   near ? "'?" : "");
	}
}

static void
binds_check(const struct builder *b, const struct yaml *map, const struct words *binds)
{
	for (size_t i = 0; i < binds->count; i++) {
		struct words kinds = {(const char **)(uintptr_t)kind_names, COUNT_OF(kind_names)};

		if (!words_have(&kinds, str_of(binds->words[i])))
			bind_error(&b->bind, yaml_get(map, "binds"),
				   "'%s' is no kind of organisation (integrator, client, member, "
				   "subcontractor, supplier, accrediting_body)",
				   binds->words[i]);
	}
}

static void
query_read(struct builder *b, const struct yaml *map, const char *name, struct query *q)
{
	const struct yaml *v = yaml_get(map, name);

	if (!v || v->kind == YAML_NULL)
		return;
	if (v->kind != YAML_TEXT || str_trim(v->text).len == 0) {
		bind_error(&b->bind, v, "'%s' must be one select statement", name);
		return;
	}
	q->text = str_z(b->bind.arena, v->text);
	q->place = bind_place(&b->bind, v);
	if (v->block) {
		q->place.line++;
		q->indent = (int)v->key_column + 1;
		q->place.column = q->indent + 1;
	} else {
		q->indent = (int)v->column - 1;
	}
	(void)views_compose(b, q);
}

static void
feeds_read(struct builder *b, const struct yaml *map, struct obligation *o)
{
	struct words feeds = bind_words(&b->bind, map, "feeds");

	o->feeds = arena_alloc(b->bind.arena, (feeds.count + 1) * sizeof(*o->feeds));
	for (size_t i = 0; i < feeds.count; i++) {
		const struct reg *r = reg_read(b, yaml_get(map, "feeds"), feeds.words[i]);

		if (r)
			o->feeds[o->feed_count++] = r;
	}
}

static void
proof_check(const struct builder *b, const struct yaml *map, const struct obligation *o)
{
	bool computed = o->proof == PROOF_COMPUTED;

	if (computed && (!o->scope.text || !o->check.text))
		bind_error(&b->bind, map, "a computed obligation needs both 'scope' and 'check'");
	if (!o->scope.text != !o->check.text)
		bind_error(&b->bind, map, "'scope' and 'check' go together");
	if (o->check.text && !o->example)
		bind_error(&b->bind, map, "a check needs an 'example' that it fails and passes");
	if (o->check.text && !o->applies_to)
		bind_error(&b->bind, map,
			   "'applies_to' must name the register of the records in scope");
}

static void
obligation_read(struct builder *b, const struct yaml *map, const char *section,
		struct obligation *o)
{
	static const char *const keys[] = {
		"id",	 "title",    "duty",  "owner", "applies_to", "cadence", "proof", "severity",
		"binds", "controls", "cites", "feeds", "empty",	     "scope",	"check", "example"};
	const char *applies;

	o->place = bind_place(&b->bind, map);
	o->section = section;
	o->id = bind_text(&b->bind, map, "id", NULL);
	if (!bind_keys(&b->bind, map, keys, COUNT_OF(keys)))
		return;
	o->title = bind_text(&b->bind, map, "title", NULL);
	o->duty = bind_text(&b->bind, map, "duty", NULL);
	o->owners = bind_words(&b->bind, map, "owner");
	owners_check(b, map, &o->owners);
	applies = bind_text(&b->bind, map, "applies_to", NULL);
	o->applies_to = applies[0] ? reg_read(b, yaml_get(map, "applies_to"), applies) : NULL;
	o->cadence = (enum cadence)bind_choice(&b->bind, map, "cadence", cadence_names,
					       COUNT_OF(cadence_names));
	o->proof =
		(enum proof)bind_choice(&b->bind, map, "proof", proof_names, COUNT_OF(proof_names));
	o->severity = severity_names[bind_choice(&b->bind, map, "severity", severity_names,
						 COUNT_OF(severity_names))];
	o->binds = bind_words(&b->bind, map, "binds");
	binds_check(b, map, &o->binds);
	o->controls = bind_words(&b->bind, map, "controls");
	o->cites = bind_words(&b->bind, map, "cites");
	o->cites_place = bind_place(&b->bind, yaml_get(map, "cites"));
	if (yaml_get(map, "empty"))
		o->quiet_when_empty = bind_choice(&b->bind, map, "empty", empty_names, 2) == 1;
	feeds_read(b, map, o);
	query_read(b, map, "scope", &o->scope);
	query_read(b, map, "check", &o->check);
	o->example = yaml_get(map, "example");
	if (strncmp(o->id, section, strlen(section)) != 0 || o->id[strlen(section)] != '-')
		bind_error(&b->bind, map,
			   "id '%s' must be the section's number and a letter, as in %s-a", o->id,
			   section);
	proof_check(b, map, o);
}

/* "9.1.3" before "9.2", "5.1-b" before "5.1-aa". */
static int
number_order(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		long x = strtol(a, NULL, 10);
		long y = strtol(b, NULL, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a += strspn(a, "0123456789");
		b += strspn(b, "0123456789");
		if (*a != '.' || *b != '.')
			break;
		a++;
		b++;
	}
	return *a == *b ? 0 : *a == '-' || *a == '\0' ? -1 : *b == '-' || *b == '\0' ? 1 : 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct obligation *x = a;
	const struct obligation *y = b;
	int order = number_order(x->section, y->section);
	size_t xl = strlen(x->id);
	size_t yl = strlen(y->id);

	if (order != 0)
		return order;
	if (xl != yl)
		return xl < yl ? -1 : 1;
	return strcmp(x->id, y->id);
}

static int
by_number(const void *a, const void *b)
{
	const struct section *x = a;
	const struct section *y = b;

	return number_order(x->number, y->number);
}

static void
section_read(struct builder *b, const struct yaml *map, struct section *s,
	     struct obligation *obligations)
{
	static const char *const keys[] = {"section", "title", "iso", "obligations"};
	struct plan *p = &b->model->plan;
	const struct yaml *list;

	if (!bind_keys(&b->bind, map, keys, COUNT_OF(keys)))
		return;
	s->place = bind_place(&b->bind, map);
	s->number = bind_text(&b->bind, map, "section", NULL);
	s->title = bind_text(&b->bind, map, "title", NULL);
	s->iso = bind_text(&b->bind, map, "iso", "");
	list = bind_list(&b->bind, map, "obligations", true);
	for (const struct yaml *v = list ? list->first : NULL; v; v = v->next) {
		struct obligation *o = &obligations[p->obligation_count];

		if (p->obligation_count == OBLIGATIONS_MAX) {
			bind_error(&b->bind, v, "a plan has at most %d obligations",
				   OBLIGATIONS_MAX);
			return;
		}
		obligation_read(b, v, s->number, o);
		if (model_obligation(b->model, str_of(o->id)))
			bind_error(&b->bind, v, "obligation '%s' is there twice", o->id);
		p->obligation_count++;
	}
}

void
obligations_read(struct builder *b)
{
	struct arena *a = b->bind.arena;
	const char *folder = file_join(a, b->plan_folder, "sections");
	struct plan *p = &b->model->plan;
	struct obligation *obligations = arena_alloc(a, OBLIGATIONS_MAX * sizeof(*obligations));
	struct file_names names;
	struct section *sections;
	struct err e = {0};

	if (files_list(&b->bind, folder, ".yaml", &names, &e)) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){folder, 0, 0}, "%s", e.message);
		return;
	}
	sections = arena_alloc(a, (names.count + 1) * sizeof(*sections));
	p->obligations = obligations;
	p->sections = sections;
	for (size_t i = 0; i < names.count && i < LIMIT_PLAN_FILES; i++) {
		struct str text = {0};
		const struct yaml *map =
			bind_file(&b->bind, file_join(a, folder, names.names[i]), &text);

		builder_file(b, "plan/sections", names.names[i], text);
		if (map) {
			sections[p->section_count] = (struct section){"", "", "", {0}};
			section_read(b, map, &sections[p->section_count++], obligations);
		}
	}
	qsort(obligations, p->obligation_count, sizeof(*obligations), by_id);
	qsort(sections, p->section_count, sizeof(*sections), by_number);
}
