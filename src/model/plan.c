#include "model/model_priv.h"

#include "base/buf.h"
#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

/* Loads one file of the plan; NULL and no complaint when it is absent and may be. */
static const struct yaml *
plan_file(struct builder *b, const char *name, bool required)
{
	const char *path = file_join(b->bind.arena, b->plan_folder, name);
	struct str text = {0};
	const struct yaml *map;

	if (!required && !files_exist(&b->bind, path))
		return NULL;
	map = bind_file(&b->bind, path, &text);
	builder_file(b, "plan", name, text);
	return map;
}

static const struct organisation_entry *
organisations_read(struct builder *b, const struct yaml *map, const char *name, size_t *ret_count)
{
	static const char *const keys[] = {"key", "kind", "name"};
	const struct yaml *list = bind_list(&b->bind, map, name, true);
	struct organisation_entry *o;

	if (!list)
		return NULL;
	o = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*o));
	for (const struct yaml *v = list->first; v; v = v->next) {
		if (!bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
			continue;
		o[*ret_count].kind = bind_text(&b->bind, v, "kind", NULL);
		o[*ret_count].key = bind_text(&b->bind, v, "key", o[*ret_count].kind);
		o[*ret_count].name = bind_text(&b->bind, v, "name", o[*ret_count].key);
		(*ret_count)++;
	}
	return o;
}

static void
head_read(struct builder *b)
{
	static const char *const keys[] = {
		"name",	       "title",		 "reference",	"version",
		"issued",      "time_zone",	 "marking",	"parties",
		"precedence",  "classification", "examples_at", "examples_organisations",
		"waiver_roles"};
	const struct yaml *map = plan_file(b, "plan.yaml", true);
	struct plan *p = &b->model->plan;
	const struct yaml *at;

	if (!map || !bind_keys(&b->bind, map, keys, COUNT_OF(keys)))
		return;
	p->place = bind_place(&b->bind, map);
	p->name = bind_text(&b->bind, map, "name", NULL);
	p->title = bind_text(&b->bind, map, "title", NULL);
	p->reference = bind_text(&b->bind, map, "reference", "");
	p->version = bind_text(&b->bind, map, "version", NULL);
	p->time_zone = bind_text(&b->bind, map, "time_zone", NULL);
	p->marking = bind_text(&b->bind, map, "marking", "");
	p->classification = bind_words(&b->bind, map, "classification");
	p->waiver_roles = bind_words(&b->bind, map, "waiver_roles");
	p->parties = organisations_read(b, map, "parties", &p->party_count);
	p->examples = organisations_read(b, map, "examples_organisations", &p->example_count);
	at = yaml_get(map, "examples_at");
	if (!at || at->kind != YAML_TEXT || !civil_parse_instant(at->text, &p->examples_at))
		bind_error(&b->bind, at ? at : map,
			   "'examples_at' must be an instant, as in \"2026-06-15T12:00:00Z\"");
}

static void
roles_read(struct builder *b)
{
	static const char *const top[] = {"roles"};
	static const char *const keys[] = {"name",	"title",     "sections", "clearance",
					   "training",	"conflicts", "may",	 "write",
					   "not_write", "read",	     "sees",	 "second_factor"};
	static const char *const sights[] = {"own", "all"};
	static const char *const factors[] = {"required"};
	const struct yaml *map = plan_file(b, "roles.yaml", true);
	const struct yaml *list;
	struct plan *p = &b->model->plan;
	struct role *roles;

	if (!map || !bind_keys(&b->bind, map, top, COUNT_OF(top)))
		return;
	list = bind_list(&b->bind, map, "roles", true);
	if (!list)
		return;
	roles = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*roles));
	for (const struct yaml *v = list->first; v; v = v->next) {
		struct role *r = &roles[p->role_count];

		if (!bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
			continue;
		r->place = bind_place(&b->bind, v);
		r->source = v;
		r->name = bind_text(&b->bind, v, "name", NULL);
		r->title = bind_text(&b->bind, v, "title", r->name);
		r->sections = bind_words(&b->bind, v, "sections");
		r->clearance = bind_text(&b->bind, v, "clearance", "");
		r->training = bind_words(&b->bind, v, "training");
		r->conflicts = bind_words(&b->bind, v, "conflicts");
		r->may = bind_words(&b->bind, v, "may");
		r->second_factor = yaml_get(v, "second_factor") != NULL;
		if (r->second_factor)
			(void)bind_choice(&b->bind, v, "second_factor", factors, COUNT_OF(factors));
		r->write = bind_words(&b->bind, v, "write");
		r->not_write = bind_words(&b->bind, v, "not_write");
		r->read = bind_words(&b->bind, v, "read");
		r->reads_some = yaml_get(v, "read") != NULL;
		if (yaml_get(v, "sees"))
			r->sees_all = bind_choice(&b->bind, v, "sees", sights, 2) == 1;
		p->roles = roles;
		if (model_role(b->model, str_of(r->name)))
			bind_error(&b->bind, v, "role '%s' is there twice", r->name);
		p->role_count++;
	}
}

static const char *
words_json(struct builder *b, const struct words *w)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_FIELD_BYTES};

	buf_add(&out, "[", 1);
	for (size_t i = 0; i < w->count; i++) {
		if (i)
			buf_add(&out, ",", 1);
		json_escape(&out, str_of(w->words[i]));
	}
	buf_add(&out, "]", 1);
	return str_z(b->bind.arena, (struct str){out.data, out.len});
}

static void
param_read(struct builder *b, const struct yaml *v, struct param *p)
{
	static const char *const keys[] = {"name", "value", "unit", "section", "origin", "about"};
	static const char *const units[] = {"minutes", "hours", "days",	 "months", "years",
					    "percent", "count", "level", "text",   "words"};
	static const char *const origins[] = {"fixed", "proposed", "agreed"};
	size_t unit;

	if (!bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
		return;
	p->place = bind_place(&b->bind, v);
	p->name = bind_text(&b->bind, v, "name", NULL);
	unit = bind_choice(&b->bind, v, "unit", units, COUNT_OF(units));
	p->unit = units[unit];
	p->section = bind_text(&b->bind, v, "section", NULL);
	p->origin = origins[bind_choice(&b->bind, v, "origin", origins, COUNT_OF(origins))];
	p->about = bind_text(&b->bind, v, "about", "");
	if (strcmp(p->unit, "words") == 0) {
		struct words w = bind_words(&b->bind, v, "value");

		p->kind = UNIT_WORDS;
		p->text = words_json(b, &w);
	} else if (strcmp(p->unit, "text") == 0) {
		p->kind = UNIT_TEXT;
		p->text = bind_text(&b->bind, v, "value", NULL);
	} else {
		p->kind = UNIT_NUMBER;
		p->number = bind_int(&b->bind, v, "value", 0, 1000000000);
	}
}

static void
params_read(struct builder *b)
{
	static const char *const top[] = {"parameters"};
	static const char *const always[] = {"today", "now", "period_from", "period_to"};
	const struct yaml *map = plan_file(b, "parameters.yaml", true);
	const struct yaml *list;
	struct plan *p = &b->model->plan;
	struct param *params;

	if (!map || !bind_keys(&b->bind, map, top, COUNT_OF(top)))
		return;
	list = bind_list(&b->bind, map, "parameters", true);
	if (!list)
		return;
	params = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*params));
	p->params = params;
	for (const struct yaml *v = list->first; v; v = v->next) {
		struct param *n = &params[p->param_count];

		param_read(b, v, n);
		if (!n->name)
			continue;
		if (model_param(b->model, n->name))
			bind_error(&b->bind, v, "parameter '%s' is there twice", n->name);
		for (size_t i = 0; i < COUNT_OF(always); i++) {
			if (strcmp(always[i], n->name) == 0)
				bind_error(&b->bind, v, "parameter '%s' is there by itself",
					   n->name);
		}
		p->param_count++;
	}
}

static void
faults_read(struct builder *b)
{
	static const char *const top[] = {"faults"};
	static const char *const keys[] = {"id", "section", "sections", "kind", "text"};
	const struct yaml *map = plan_file(b, "faults.yaml", false);
	const struct yaml *list;
	struct plan *p = &b->model->plan;
	struct plan_fault *faults;

	if (!map || !bind_keys(&b->bind, map, top, COUNT_OF(top)))
		return;
	list = bind_list(&b->bind, map, "faults", true);
	if (!list)
		return;
	faults = arena_alloc(b->bind.arena, (list->count + 1) * sizeof(*faults));
	for (const struct yaml *v = list->first; v; v = v->next) {
		struct plan_fault *f = &faults[p->fault_count];

		if (!bind_keys(&b->bind, v, keys, COUNT_OF(keys)))
			continue;
		f->place = bind_place(&b->bind, v);
		f->id = bind_text(&b->bind, v, "id", NULL);
		f->sections = bind_words(&b->bind, v, "sections");
		f->kind = bind_text(&b->bind, v, "kind", NULL);
		f->text = bind_text(&b->bind, v, "text", NULL);
		p->fault_count++;
	}
	p->faults = faults;
}

struct memory_source {
	struct str rest;
};

static enum err_code
memory_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct memory_source *m = object;
	size_t len = m->rest.len < size ? m->rest.len : size;

	(void)e;
	if (len > 0)
		memcpy(bytes, m->rest.ptr, len);
	m->rest.ptr += len;
	m->rest.len -= len;
	*ret_len = len;
	return ERR_NONE;
}

static struct words
split_words(struct arena *a, struct str text)
{
	struct words w = {arena_alloc(a, 64 * sizeof(*w.words)), 0};

	while (text.ptr && w.count < 64) {
		struct str word = str_trim(str_cut(&text, ';'));

		if (word.len > 0)
			w.words[w.count++] = str_z(a, word);
	}
	return w;
}

static void
document_row(struct builder *b, const struct csv_row *header, const struct csv_row *row,
	     struct plan_document *d)
{
	struct arena *a = b->bind.arena;

	for (size_t i = 0; i < header->count; i++) {
		struct str name = header->fields[i];

		if (str_is(name, "no"))
			d->number = str_z(a, row->fields[i]);
		else if (str_is(name, "reference"))
			d->reference = str_z(a, row->fields[i]);
		else if (str_is(name, "title"))
			d->title = str_z(a, row->fields[i]);
		else if (str_is(name, "status"))
			d->status = str_z(a, row->fields[i]);
		else if (str_is(name, "cited_as"))
			d->cited_as = split_words(a, row->fields[i]);
	}
}

static void
documents_rows(struct builder *b, const char *path, struct csv *csv)
{
	enum { DOCUMENTS_MAX = 5000 };
	struct plan *p = &b->model->plan;
	struct plan_document *docs;
	struct csv_row header;
	struct csv_row row;
	struct str *names;
	struct err e = {0};

	if (csv_header(csv, &header, &e)) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){path, 1, 0}, "%s", e.message);
		return;
	}
	names = arena_alloc(b->bind.arena, header.count * sizeof(*names));
	for (size_t i = 0; i < header.count; i++)
		names[i] = str_dup(b->bind.arena, header.fields[i]);
	header.fields = names;
	docs = arena_alloc(b->bind.arena, DOCUMENTS_MAX * sizeof(*docs));
	p->documents = docs;
	while (p->document_count < DOCUMENTS_MAX) {
		enum csv_result r = csv_next(csv, &row, &e);

		if (r == CSV_END)
			return;
		if (r != CSV_ROW) {
			diag_add(b->bind.diags, DIAG_ERROR, (struct place){path, row.line, 0}, "%s",
				 e.message);
			if (r == CSV_FAILED)
				return;
			continue;
		}
		docs[p->document_count] = (struct plan_document){"", "", "", "", {0}};
		document_row(b, &header, &row, &docs[p->document_count++]);
	}
}

static void
documents_read(struct builder *b)
{
	const char *path = file_join(b->bind.arena, b->plan_folder, "documents.csv");
	CLEANUP(csv_freep) struct csv *csv = NULL;
	struct memory_source memory = {0};
	struct err e = {0};

	if (!files_exist(&b->bind, path))
		return;
	if (files_load(&b->bind, path, &memory.rest, &e)) {
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){path, 0, 0}, "%s", e.message);
		return;
	}
	builder_file(b, "plan", "documents.csv", memory.rest);
	if (csv_new((struct byte_source){memory_read, &memory}, &csv, &e))
		diag_add(b->bind.diags, DIAG_ERROR, (struct place){path, 0, 0}, "%s", e.message);
	else
		documents_rows(b, path, csv);
}

void
plan_read(struct builder *b)
{
	head_read(b);
	roles_read(b);
	params_read(b);
	documents_read(b);
	faults_read(b);
}
