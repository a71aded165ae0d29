#include "api/routes.h"
#include "job/runs.h"

#include <string.h>

static void
list_begin(struct call *c, const char *name)
{
	jw_object(&c->w);
	jw_key(&c->w, name);
	jw_array(&c->w);
}

static void
list_end(struct call *c)
{
	jw_end_array(&c->w);
	jw_end_object(&c->w);
}

static void
obligation_write(struct call *c, const struct obligation *o)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "id", o->id);
	jw_key_word(&c->w, "section", o->section);
	jw_key_word(&c->w, "title", o->title);
	jw_key_word(&c->w, "duty", o->duty);
	words_tell(&c->w, "owners", &o->owners);
	jw_key_word(&c->w, "applies_to", o->applies_to ? o->applies_to->name : NULL);
	jw_key_word(&c->w, "cadence", cadence_names[o->cadence]);
	jw_key_word(&c->w, "proof", proof_names[o->proof]);
	jw_key_word(&c->w, "severity", o->severity);
	words_tell(&c->w, "binds", &o->binds);
	words_tell(&c->w, "controls", &o->controls);
	words_tell(&c->w, "cites", &o->cites);
	jw_key(&c->w, "feeds");
	jw_array(&c->w);
	for (size_t i = 0; i < o->feed_count; i++)
		jw_text(&c->w, str_of(o->feeds[i]->name));
	jw_end_array(&c->w);
	jw_key_word(&c->w, "scope", o->scope.text);
	jw_key_word(&c->w, "check", o->check.text);
	jw_end_object(&c->w);
}

enum err_code
plan_show(struct call *c)
{
	const struct model *m = c->ctx.model;
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&m->hash, hex);
	jw_object(&c->w);
	jw_key_word(&c->w, "name", m->plan.name);
	jw_key_word(&c->w, "title", m->plan.title);
	jw_key_word(&c->w, "reference", m->plan.reference);
	jw_key_word(&c->w, "version", m->plan.version);
	jw_key_word(&c->w, "time_zone", m->plan.time_zone);
	jw_key_word(&c->w, "marking", m->plan.marking);
	jw_key_word(&c->w, "hash", hex);
	words_tell(&c->w, "classification", &m->plan.classification);
	jw_end_object(&c->w);
	return ERR_NONE;
}

void
section_write(struct json_writer *w, const struct section *s)
{
	jw_object(w);
	jw_key_word(w, "number", s->number);
	jw_key_word(w, "title", s->title);
	jw_key_word(w, "iso", s->iso);
	jw_end_object(w);
}

enum err_code
plan_sections(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;

	list_begin(c, "sections");
	for (size_t i = 0; i < p->section_count; i++)
		section_write(&c->w, &p->sections[i]);
	list_end(c);
	return ERR_NONE;
}

enum err_code
call_section(struct call *c, struct str number, const char **ret_number)
{
	const struct section *s = model_section(c->ctx.model, number);

	if (s) {
		*ret_number = s->number;
		return ERR_NONE;
	}
	return err_set(&c->ctx.err, ERR_MISSING, "section", "the plan has no section '%.60s'",
		       str_z(c->r->arena, number));
}

enum err_code
plan_obligations(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;
	struct str section = http_query(c->r, "section");
	const char *number = NULL;
	enum err_code rc = section.ptr ? call_section(c, section, &number) : ERR_NONE;

	if (rc)
		return rc;
	list_begin(c, "obligations");
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		if (!number || strcmp(number, o->section) == 0)
			obligation_write(c, o);
	}
	list_end(c);
	return ERR_NONE;
}

enum err_code
plan_obligation(struct call *c)
{
	struct str id = http_parameter(c->r, "obligation");
	const struct obligation *o = model_obligation(c->ctx.model, id);

	if (!o)
		return err_set(&c->ctx.err, ERR_MISSING, "obligation",
			       "the plan has no obligation '%.60s'", id.ptr);
	obligation_write(c, o);
	return ERR_NONE;
}

enum err_code
plan_roles(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;

	list_begin(c, "roles");
	for (size_t i = 0; i < p->role_count; i++) {
		const struct role *role = &p->roles[i];

		jw_object(&c->w);
		jw_key_word(&c->w, "name", role->name);
		jw_key_word(&c->w, "title", role->title);
		words_tell(&c->w, "sections", &role->sections);
		words_tell(&c->w, "conflicts", &role->conflicts);
		words_tell(&c->w, "may", &role->may);
		jw_end_object(&c->w);
	}
	list_end(c);
	return ERR_NONE;
}

static void
param_write(struct call *c, const struct param *p)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "name", p->name);
	jw_key_word(&c->w, "about", p->about);
	jw_key_word(&c->w, "section", p->section);
	jw_key_word(&c->w, "origin", p->origin);
	jw_key_word(&c->w, "unit", p->unit);
	jw_key(&c->w, "number");
	if (p->kind == UNIT_NUMBER)
		jw_int(&c->w, p->number);
	else
		jw_null(&c->w);
	jw_key_word(&c->w, "text", p->kind == UNIT_TEXT ? p->text : NULL);
	jw_key(&c->w, "words");
	jw_json(&c->w, str_of(p->kind == UNIT_WORDS ? p->text : "[]"));
	jw_end_object(&c->w);
}

enum err_code
plan_parameters(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;

	list_begin(c, "parameters");
	for (size_t i = 0; i < p->param_count; i++)
		param_write(c, &p->params[i]);
	list_end(c);
	return ERR_NONE;
}

enum err_code
plan_versions(struct call *c)
{
	const struct job_asker a = {c->service->jobs, &c->who, c->r->arena, &c->ctx.err};
	struct runs_question q = {.w = &c->w};
	enum err_code rc = call_number(c, "before", INT64_MAX, &q.before);

	return rc ? rc : jobs_look(&a, plans_look, &q);
}
