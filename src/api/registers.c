#include "api/routes.h"

static const char *const types[] = {
	[FIELD_TEXT] = "text",	     [FIELD_INT] = "integer", [FIELD_DECIMAL] = "decimal",
	[FIELD_BOOL] = "boolean",    [FIELD_DATE] = "date",   [FIELD_DATETIME] = "instant",
	[FIELD_ENUM] = "word",	     [FIELD_WORDS] = "words", [FIELD_REF] = "reference",
	[FIELD_REFS] = "references", [FIELD_LIST] = "list",   [FIELD_FILE] = "file",
};

static void
member(struct call *c, const char *name, const char *text)
{
	jw_key(&c->w, name);
	jw_text(&c->w, str_of(text));
}

static void
member_bool(struct call *c, const char *name, bool value)
{
	jw_key(&c->w, name);
	jw_bool(&c->w, value);
}

static void
targets_write(struct call *c, const struct field *f)
{
	size_t count = 0;
	const struct reg *const *targets = field_targets(c->ctx.model, f, &count);

	jw_key(&c->w, "to");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++)
		jw_text(&c->w, str_of(targets[i]->name));
	jw_end_array(&c->w);
}

static void
field_write(struct call *c, const struct field *f)
{
	jw_object(&c->w);
	member(c, "name", f->name);
	member(c, "label", f->label);
	member(c, "help", f->help);
	member(c, "type", types[f->type]);
	member_bool(c, "required", f->required);
	member_bool(c, "sortable", f->indexed);
	if (f->words.count > 0)
		call_words(c, "words", &f->words);
	if (f->type == FIELD_REF || f->type == FIELD_REFS)
		targets_write(c, f);
	if (f->type == FIELD_LIST) {
		jw_key(&c->w, "fields");
		jw_array(&c->w);
		for (size_t i = 0; i < f->field_count; i++)
			field_write(c, &f->fields[i]);
		jw_end_array(&c->w);
	}
	jw_end_object(&c->w);
}

static void
transitions_write(struct call *c, const struct reg *r)
{
	jw_key(&c->w, "transitions");
	jw_array(&c->w);
	for (size_t i = 0; i < r->transition_count; i++) {
		jw_object(&c->w);
		member(c, "from", r->transitions[i].from);
		member(c, "to", r->transitions[i].to);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

static void
register_write(struct call *c, const struct reg *r, bool whole)
{
	jw_object(&c->w);
	member(c, "name", r->name);
	member(c, "title", r->title);
	member(c, "about", r->about);
	member(c, "prefix", r->prefix);
	member_bool(c, "kernel", r->kernel);
	member_bool(c, "restricted", r->restricted);
	member_bool(c, "keeps", r->keeps);
	if (whole) {
		call_words(c, "states", &r->states);
		transitions_write(c, r);
		jw_key(&c->w, "fields");
		jw_array(&c->w);
		for (size_t i = 0; i < r->field_count; i++)
			field_write(c, &r->fields[i]);
		jw_end_array(&c->w);
	}
	jw_end_object(&c->w);
}

enum err_code
registers_list(struct call *c)
{
	const struct model *m = c->ctx.model;

	jw_object(&c->w);
	jw_key(&c->w, "registers");
	jw_array(&c->w);
	for (size_t i = 0; i < m->reg_count; i++)
		register_write(c, m->regs[i], false);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
registers_show(struct call *c)
{
	const struct reg *r = NULL;
	enum err_code rc = call_register(c, &r);

	if (!rc)
		register_write(c, r, true);
	return rc;
}
