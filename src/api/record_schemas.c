#include "api/describe_priv.h"
#include "base/limits.h"
#include "model/attribute.h"

#include <string.h>

/* Around the records of a page. */
static const char *const page_members[] = {"register text", "total int",   "total_is_exact bool",
					   "stopped bool",  "places bool", "next text?"};
/* The words that are allowed, where not any is; or null. */
static void
words_write(struct describer *d, const struct words *words, bool nullable)
{
	describe_type(d, "string", nullable);
	if (words->count == 0)
		return;
	describe_list(d, "enum");
	for (size_t i = 0; i < words->count; i++)
		jw_text(&d->w, str_of(words->words[i]));
	if (nullable)
		jw_null(&d->w);
	jw_end_array(&d->w);
}

/* As a record gives it, or as it is given for a record: then a reference may be a key. */
enum direction { OUT, IN };

static void
reference_write(struct describer *d, enum direction direction)
{
	describe_list(d, "anyOf");
	if (direction == IN)
		describe_word(d, str_of("text"));
	describe_word(d, str_of("reference"));
	describe_word(d, str_of("null"));
	jw_end_array(&d->w);
}

static void field_write(struct describer *d, const struct field *f, enum direction direction);

static void
item_write(struct describer *d, const struct field *f, enum direction direction)
{
	jw_object(&d->w);
	if (f->type == FIELD_WORDS) {
		words_write(d, &f->words, false);
	} else if (f->type == FIELD_REFS) {
		reference_write(d, direction);
	} else {
		describe_type(d, "object", false);
		jw_key(&d->w, "additionalProperties");
		jw_bool(&d->w, false);
		describe_object(d, "properties");
		for (size_t i = 0; i < f->field_count; i++)
			field_write(d, &f->fields[i], direction);
		jw_end_object(&d->w);
	}
	jw_end_object(&d->w);
}

/* Any value may be missing: what a field must have now was not always asked for. */
static void
field_kind(struct describer *d, const struct field *f, enum direction direction)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		describe_type(d, "string", true);
		break;
	case FIELD_INT:
		describe_type(d, "integer", true);
		break;
	case FIELD_DECIMAL:
		describe_type(d, "string", true);
		describe_text(d, "pattern", "^-?[0-9]+(\\.[0-9]{1,3})?$");
		break;
	case FIELD_BOOL:
		describe_type(d, "boolean", true);
		break;
	case FIELD_DATE:
		describe_type(d, "string", true);
		describe_text(d, "format", "date");
		break;
	case FIELD_DATETIME:
		describe_instant(d, true);
		break;
	case FIELD_ENUM:
		words_write(d, &f->words, true);
		break;
	case FIELD_REF:
		reference_write(d, direction);
		break;
	case FIELD_WORDS:
	case FIELD_REFS:
	case FIELD_LIST:
		describe_type(d, "array", direction == IN || f->type == FIELD_WORDS);
		jw_key(&d->w, "items");
		item_write(d, f, direction);
		break;
	}
}

/* For programs: the registers that a reference may point into; without them, any. */
static void
targets_write(struct describer *d, const struct field *f)
{
	describe_list(d, "x-registers");
	for (size_t i = 0; i < f->target_count; i++)
		jw_text(&d->w, str_of(f->targets[i]->name));
	jw_end_array(&d->w);
}

static void
field_begin(struct describer *d, const struct field *f, enum direction direction)
{
	describe_object(d, f->name);
	describe_text(d, "title", f->label);
	if (f->help && f->help[0])
		describe_text(d, "description", f->help);
	field_kind(d, f, direction);
	if ((f->type == FIELD_REF || f->type == FIELD_REFS) && f->target_count > 0)
		targets_write(d, f);
}

static void
field_write(struct describer *d, const struct field *f, enum direction direction)
{
	field_begin(d, f, direction);
	jw_end_object(&d->w);
}

static bool
is_signed(const struct transition *t, const struct field *f)
{
	return t->by == f || t->as == f;
}

/* For programs: the states that it is written with, and with nothing else. Steps to one state
 * follow one another. */
static void
signs_write(struct describer *d, const struct reg *r, const struct field *f)
{
	const char *last = NULL;

	for (size_t i = 0; i < r->transition_count; i++) {
		const struct transition *t = &r->transitions[i];

		if (!is_signed(t, f) || (last && strcmp(last, t->to) == 0))
			continue;
		if (!last)
			describe_list(d, "x-signs");
		jw_text(&d->w, str_of(t->to));
		last = t->to;
	}
	if (last)
		jw_end_array(&d->w);
}

static void
attribute_write(struct describer *d, const struct attribute *at)
{
	bool always = at->always && at->kind != ATTRIBUTE_HOLDER;

	if (!always) {
		field_write(d, at->field, OUT);
		return;
	}
	describe_object(d, at->field->name);
	describe_text(d, "title", at->field->label);
	if (at->kind == ATTRIBUTE_RECORDED)
		describe_instant(d, false);
	else
		describe_type(d, at->field->type == FIELD_INT ? "integer" : "string", false);
	jw_end_object(&d->w);
}

/* Of a record, only its name is always there: a question may leave out the rest. */
static void
record_write(struct describer *d, const struct reg *r)
{
	static const char *const told_alone[] = {"recorded_by+ text", "retired+ bool"};
	struct attributes all = attributes_of(d->model, r, &d->scratch);

	describe_object(d, describe_name(d, "record_%s", r->name));
	describe_text(d, "title", r->title);
	describe_text(d, "description", r->about);
	describe_members(d, told_alone, COUNT_OF(told_alone));
	describe_object(d, "id");
	describe_type(d, "string", false);
	describe_text(d, "pattern", describe_name(d, "^%s-[1-9][0-9]*$", r->prefix));
	jw_end_object(&d->w);
	for (size_t i = 0; i < all.count; i++) {
		if (all.list[i].kind != ATTRIBUTE_ID)
			attribute_write(d, &all.list[i]);
	}
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static void
page_write(struct describer *d, const struct reg *r)
{
	describe_object(d, describe_name(d, "page_%s", r->name));
	describe_text(d, "description",
		      "A page of records; `next` is the cursor of the one after it.");
	describe_members(d, page_members, COUNT_OF(page_members));
	jw_key(&d->w, "records");
	describe_word(d, str_of(describe_name(d, "record_%s[]", r->name)));
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static void
text_limited(struct describer *d, const char *name, const char *about)
{
	describe_object(d, name);
	describe_text(d, "description", about);
	describe_type(d, "string", false);
	jw_key(&d->w, "minLength");
	jw_int(&d->w, 1);
	jw_key(&d->w, "maxLength");
	jw_int(&d->w, LIMIT_KEY_BYTES);
	jw_end_object(&d->w);
}

/* What is given to make a record or to change it. */
static void
values_write(struct describer *d, const struct reg *r)
{
	describe_object(d, describe_name(d, "values_%s", r->name));
	describe_text(d, "title", r->title);
	describe_type(d, "object", false);
	jw_key(&d->w, "additionalProperties");
	jw_bool(&d->w, false);
	describe_object(d, "properties");
	text_limited(d, "key", "Of a new record only; its name unless said.");
	text_limited(d, "organisation",
		     "Of a new record only: the key of the organisation whose it is.");
	if (r->states.count > 0) {
		describe_object(d, "state");
		words_write(d, &r->states, true);
		jw_end_object(&d->w);
	}
	for (size_t i = 0; i < r->field_count; i++) {
		field_begin(d, &r->fields[i], IN);
		signs_write(d, r, &r->fields[i]);
		jw_end_object(&d->w);
	}
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

void
describe_required(struct describer *d, const struct reg *r)
{
	describe_list(d, "required");
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].required)
			jw_text(&d->w, str_of(r->fields[i].name));
	}
	jw_end_array(&d->w);
}

/* Of whichever register. */
static void
either_write(struct describer *d, const char *name, bool kernel_too)
{
	describe_object(d, name);
	describe_list(d, "anyOf");
	for (size_t i = 0; i < d->model->reg_count; i++) {
		const struct reg *r = d->model->regs[i];

		if (!r->kernel || kernel_too)
			describe_word(d, str_of(describe_name(d, "%s_%s", name, r->name)));
	}
	jw_end_array(&d->w);
	jw_end_object(&d->w);
}

void
describe_records(struct describer *d)
{
	either_write(d, "record", true);
	either_write(d, "values", false);
	for (size_t i = 0; i < d->model->reg_count; i++) {
		const struct reg *r = d->model->regs[i];

		record_write(d, r);
		page_write(d, r);
		if (!r->kernel)
			values_write(d, r);
	}
}
