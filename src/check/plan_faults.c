#include "check/lint_priv.h"

#include "model/bind.h"

#include <string.h>

/* Counts a fault, and tells it with its place. */
#define FOUND(l, level, kind, at, ...)                                                             \
	((l)->report.kinds[kind]++, diag_add((l)->diags, level, at, __VA_ARGS__))

static bool
document_fits(const struct plan_document *d, const char *cited)
{
	return strcmp(d->reference, cited) == 0 || strcmp(d->title, cited) == 0 ||
	       words_have(&d->cited_as, str_of(cited));
}

static void
citation_check(struct lint *l, const struct obligation *o, const char *cited)
{
	const struct plan *p = &l->model->plan;
	const struct plan_document *found = NULL;
	size_t fits = 0;

	for (size_t i = 0; i < p->document_count; i++) {
		if (document_fits(&p->documents[i], cited)) {
			found = &p->documents[i];
			fits++;
		}
	}
	if (fits == 0)
		FOUND(l, DIAG_WARNING, LINT_CITES_NOTHING, o->cites_place,
		      "%s cites '%s', which documents.csv does not list", o->id, cited);
	else if (fits > 1)
		FOUND(l, DIAG_WARNING, LINT_CITES_SEVERAL, o->cites_place,
		      "%s cites '%s', which fits %zu documents of documents.csv", o->id, cited,
		      fits);
	else if (strcmp(found->status, "requested") == 0)
		FOUND(l, DIAG_WARNING, LINT_REQUESTED, o->cites_place,
		      "%s is blocked by a requested document: '%s' (entry %s, %s) is not there yet",
		      o->id, cited, found->number, found->title);
}

static void
owners_check(struct lint *l, const struct obligation *o)
{
	for (size_t i = 0; i < o->owners.count; i++) {
		const struct role *r = model_role(l->model, str_of(o->owners.words[i]));

		if (r && !words_have(&r->sections, str_of(o->section)))
			FOUND(l, DIAG_WARNING, LINT_ROLE_SECTION, o->place,
			      "%s is owned by '%s', to whom roles.yaml does not give section %s",
			      o->id, r->name, o->section);
	}
}

static bool
owns_any(const struct plan *p, const struct role *r)
{
	for (size_t i = 0; i < p->obligation_count; i++) {
		if (words_have(&p->obligations[i].owners, str_of(r->name)))
			return true;
	}
	return false;
}

static void
roles_check(struct lint *l)
{
	const struct plan *p = &l->model->plan;

	for (size_t i = 0; i < p->role_count; i++) {
		const struct role *r = &p->roles[i];

		if (r->sections.count == 0 && !owns_any(p, r))
			FOUND(l, DIAG_WARNING, LINT_ROLE_IDLE, r->place,
			      "role '%s' has no duty: it owns no obligation, and roles.yaml gives "
			      "it no section",
			      r->name);
		for (size_t k = 0; k < r->conflicts.count; k++) {
			const struct role *other =
				model_role(l->model, str_of(r->conflicts.words[k]));

			if (!other)
				diag_add(l->diags, DIAG_ERROR, r->place,
					 "role '%s' conflicts with '%s', which is no role", r->name,
					 r->conflicts.words[k]);
			else if (!words_have(&other->conflicts, str_of(r->name)))
				FOUND(l, DIAG_WARNING, LINT_CONFLICT, r->place,
				      "role '%s' conflicts with '%s', but not the other way round",
				      r->name, other->name);
		}
	}
}

static size_t
obligations_of(const struct plan *p, struct str section)
{
	size_t n = 0;

	for (size_t i = 0; i < p->obligation_count; i++)
		n += str_is(section, p->obligations[i].section);
	return n;
}

static void
params_check(struct lint *l)
{
	const struct plan *p = &l->model->plan;

	for (size_t i = 0; i < p->param_count; i++) {
		const struct param *n = &p->params[i];
		bool here = obligations_of(p, str_of(n->section)) > 0;

		if (l->params_used[i] && strcmp(n->origin, "proposed") == 0) {
			l->report.kinds[LINT_PROPOSED]++;
			if (l->options->all)
				diag_add(
					l->diags, DIAG_NOTE, n->place,
					"parameter '%s' is only proposed: agree it with the client",
					n->name);
		} else if (!l->params_used[i]) {
			l->report.kinds[LINT_UNUSED]++;
			if (here || l->options->all)
				diag_add(l->diags, DIAG_NOTE, n->place,
					 "no check uses parameter '%s'", n->name);
		}
	}
}

static bool
touches(const struct plan *p, const struct plan_fault *f)
{
	for (size_t i = 0; i < f->sections.count; i++) {
		if (obligations_of(p, str_of(f->sections.words[i])) > 0)
			return true;
	}
	return false;
}

/* False when the kind is none. */
static bool
fault_kind(const char *word, enum lint_kind *ret_kind)
{
	static const struct {
		const char *word;
		enum lint_kind kind;
	} words[] = {
		{"ref",	LINT_TEXT_REF },
		{"num",	LINT_TEXT_NUM },
		  {"conf", LINT_TEXT_CONF},
		{"gap",	LINT_TEXT_GAP },
		{"term", LINT_TEXT_TERM},
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		*ret_kind = words[i].kind;
		if (strcmp(words[i].word, word) == 0)
			return true;
	}
	return false;
}

static void
text_faults_check(struct lint *l)
{
	const struct plan *p = &l->model->plan;

	for (size_t i = 0; i < p->fault_count; i++) {
		const struct plan_fault *f = &p->faults[i];
		enum lint_kind kind;

		if (!fault_kind(f->kind, &kind))
			diag_add(l->diags, DIAG_ERROR, f->place,
				 "'%s' is no kind of fault (ref, num, conf, gap, term)", f->kind);
		else if (l->options->all || touches(p, f))
			FOUND(l,
			      kind == LINT_TEXT_NUM || kind == LINT_TEXT_TERM ? DIAG_NOTE
									      : DIAG_WARNING,
			      kind, f->place, "%s: %s", f->id, f->text);
	}
}

void
lint_plan_faults(struct lint *l)
{
	const struct plan *p = &l->model->plan;

	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		for (size_t k = 0; k < o->cites.count; k++)
			citation_check(l, o, o->cites.words[k]);
		owners_check(l, o);
	}
	for (size_t i = 0; i < p->section_count; i++) {
		const struct section *s = &p->sections[i];

		if (obligations_of(p, str_of(s->number)) == 0)
			FOUND(l, DIAG_WARNING, LINT_SECTION_EMPTY, s->place,
			      "section %s has no obligation", s->number);
	}
	roles_check(l);
	params_check(l);
	text_faults_check(l);
}
