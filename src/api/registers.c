#include "access/grant.h"
#include "api/routes.h"

static const char *const types[] = {
	[FIELD_TEXT] = "text",	     [FIELD_INT] = "integer", [FIELD_DECIMAL] = "decimal",
	[FIELD_BOOL] = "boolean",    [FIELD_DATE] = "date",   [FIELD_DATETIME] = "instant",
	[FIELD_ENUM] = "word",	     [FIELD_WORDS] = "words", [FIELD_REF] = "reference",
	[FIELD_REFS] = "references", [FIELD_LIST] = "list",   [FIELD_FILE] = "file",
};

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
	jw_key_word(&c->w, "name", f->name);
	jw_key_word(&c->w, "label", f->label);
	jw_key_word(&c->w, "help", f->help);
	jw_key_word(&c->w, "type", types[f->type]);
	jw_key_bool(&c->w, "required", f->required);
	jw_key_bool(&c->w, "sortable", f->indexed);
	if (f->words.count > 0)
		words_tell(&c->w, "words", &f->words);
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
name_write(struct json_writer *w, const char *name, const struct field *f)
{
	jw_key_text(w, name, f ? str_of(f->name) : (struct str){0});
}

static void
transition_write(struct json_writer *w, const struct transition *t)
{
	jw_object(w);
	jw_key_word(w, "from", t->from);
	jw_key_word(w, "to", t->to);
	name_write(w, "when", t->when);
	words_tell(w, "when_words", &t->when_words);
	words_tell(w, "who", &t->who);
	words_tell(w, "outside", &t->outside);
	jw_key(w, "not");
	jw_array(w);
	for (size_t i = 0; i < t->apart_count; i++)
		jw_text(w, str_of(t->apart[i]->name));
	if (t->not_writer)
		jw_text(w, str_of("writer"));
	jw_end_array(w);
	name_write(w, "by", t->by);
	name_write(w, "as", t->as);
	jw_end_object(w);
}

static void
transitions_write(struct call *c, const struct reg *r)
{
	jw_key(&c->w, "transitions");
	jw_array(&c->w);
	for (size_t i = 0; i < r->transition_count; i++)
		transition_write(&c->w, &r->transitions[i]);
	jw_end_array(&c->w);
}

static void
dues_write(struct call *c, const struct reg *r)
{
	jw_key(&c->w, "due");
	jw_array(&c->w);
	for (size_t i = 0; i < r->due_count; i++) {
		const struct due *d = &r->dues[i];

		jw_object(&c->w);
		jw_key_word(&c->w, "field", d->field->name);
		words_tell(&c->w, "met", &d->met);
		jw_key(&c->w, "owner");
		jw_array(&c->w);
		for (size_t k = 0; k < d->owner_count; k++)
			jw_text(&c->w, str_of(d->owners[k]->name));
		jw_end_array(&c->w);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

/* What whoever asks may do with some of its records or other. */
static void
rights_write(struct call *c, const struct reg *r)
{
	static const struct {
		const char *word;
		enum act act;
	} rights[] = {
		{"read",	 ACT_READ	 },
		{"add",	ACT_CREATE},
		{"change", ACT_UPDATE},
		{"retire", ACT_RETIRE},
		{"import", ACT_IMPORT},
		{"export", ACT_EXPORT},
	};
	const struct grant_row row = {.any = true};

	jw_key(&c->w, "may");
	jw_array(&c->w);
	for (size_t i = 0; i < COUNT_OF(rights); i++) {
		if (!grant_refusal(c->ctx.model, c->ctx.who, r, rights[i].act, &row))
			jw_text(&c->w, str_of(rights[i].word));
	}
	jw_end_array(&c->w);
}

/* Whether its records say which duty of the plan they are about. */
static bool
names_duty(const struct reg *r)
{
	const struct field *f = reg_field(r, str_of("obligation"));

	return f && f->type == FIELD_TEXT;
}

static void
register_write(struct call *c, const struct reg *r, bool whole)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "name", r->name);
	jw_key_word(&c->w, "title", r->title);
	jw_key_word(&c->w, "about", r->about);
	jw_key_word(&c->w, "prefix", r->prefix);
	jw_key_bool(&c->w, "kernel", r->kernel);
	jw_key_bool(&c->w, "restricted", r->restricted);
	jw_key_bool(&c->w, "keeps", r->keeps);
	jw_key_bool(&c->w, "names_duty", names_duty(r));
	rights_write(c, r);
	if (whole) {
		name_write(&c->w, "named_by", reg_title(r));
		words_tell(&c->w, "states", &r->states);
		transitions_write(c, r);
		dues_write(c, r);
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
