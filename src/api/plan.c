#include "api/routes.h"

static const char *const cadences[] = {
	[CADENCE_CONTINUOUS] = "continuous",
	[CADENCE_DAILY] = "daily",
	[CADENCE_MONTHLY] = "monthly",
	[CADENCE_QUARTERLY] = "quarterly",
	[CADENCE_ANNUAL] = "annual",
	[CADENCE_EVENT] = "event",
	[CADENCE_AS_SCHEDULED] = "as_scheduled",
	[CADENCE_ONCE] = "once",
};
static const char *const proofs[] = {
	[PROOF_COMPUTED] = "computed",
	[PROOF_EVIDENCE] = "evidence",
	[PROOF_ATTESTED] = "attested",
};

static void
member(struct call *c, const char *name, const char *text)
{
	jw_key(&c->w, name);
	jw_text(&c->w, text ? str_of(text) : (struct str){0});
}

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
	member(c, "id", o->id);
	member(c, "section", o->section);
	member(c, "title", o->title);
	member(c, "duty", o->duty);
	call_words(c, "owners", &o->owners);
	member(c, "applies_to", o->applies_to ? o->applies_to->name : NULL);
	member(c, "cadence", cadences[o->cadence]);
	member(c, "proof", proofs[o->proof]);
	member(c, "severity", o->severity);
	call_words(c, "binds", &o->binds);
	call_words(c, "controls", &o->controls);
	call_words(c, "cites", &o->cites);
	jw_key(&c->w, "feeds");
	jw_array(&c->w);
	for (size_t i = 0; i < o->feed_count; i++)
		jw_text(&c->w, str_of(o->feeds[i]->name));
	jw_end_array(&c->w);
	member(c, "scope", o->scope.text);
	member(c, "check", o->check.text);
	jw_end_object(&c->w);
}

enum err_code
plan_show(struct call *c)
{
	const struct model *m = c->ctx.model;
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&m->hash, hex);
	jw_object(&c->w);
	member(c, "name", m->plan.name);
	member(c, "title", m->plan.title);
	member(c, "reference", m->plan.reference);
	member(c, "version", m->plan.version);
	member(c, "time_zone", m->plan.time_zone);
	member(c, "marking", m->plan.marking);
	member(c, "hash", hex);
	call_words(c, "classification", &m->plan.classification);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
plan_sections(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;

	list_begin(c, "sections");
	for (size_t i = 0; i < p->section_count; i++) {
		jw_object(&c->w);
		member(c, "number", p->sections[i].number);
		member(c, "title", p->sections[i].title);
		member(c, "iso", p->sections[i].iso);
		jw_end_object(&c->w);
	}
	list_end(c);
	return ERR_NONE;
}

static bool
has_section(const struct plan *p, struct str number)
{
	for (size_t i = 0; i < p->section_count; i++) {
		if (str_is(number, p->sections[i].number))
			return true;
	}
	return false;
}

enum err_code
plan_obligations(struct call *c)
{
	const struct plan *p = &c->ctx.model->plan;
	struct str section = http_query(c->r, "section");

	if (section.ptr && !has_section(p, section))
		return err_set(&c->ctx.err, ERR_MISSING, "section",
			       "the plan has no section '%.60s'", str_z(c->r->arena, section));
	list_begin(c, "obligations");
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		if (!section.ptr || str_is(section, o->section))
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
		member(c, "name", role->name);
		member(c, "title", role->title);
		call_words(c, "sections", &role->sections);
		call_words(c, "conflicts", &role->conflicts);
		call_words(c, "may", &role->may);
		jw_end_object(&c->w);
	}
	list_end(c);
	return ERR_NONE;
}
