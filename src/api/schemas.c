#include "api/describe_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MEMBERS = 20, NAME_SIZE = 200 };

struct schema {
	const char *name;
	const char *about;
	const char *members[MEMBERS];
};

/* What replies are made of, beside records. clang-format would put each on a dozen lines. */
/* clang-format off */
static const struct schema schemas[] = {
	{"reference", "Another record: its name, its register, and its key as long as it is current.",
	 {"id text", "register text?", "key text?"}},
	{"plan", "A plan. `hash` names it: it is made of every file of the plan.",
	 {"name text", "title text", "reference text?", "version text?", "time_zone text", "marking text?",
	  "hash text", "classification text[]"}},
	{"section", "A section of the plan, with the clause of ISO 27001 that it answers, if it names one.",
	 {"number text", "title text", "iso text"}},
	{"sections", "All sections.",
	 {"sections section[]"}},
	{"role", "A role: the sections it answers for, the roles it goes not with, and what it may do.",
	 {"name text", "title text", "sections text[]", "conflicts text[]", "may text[]"}},
	{"roles", "All roles.",
	 {"roles role[]"}},
	{"obligation", "What somebody must do, how often, and how it is proven. `check` and `scope` are SQL.",
	 {"id text", "section text", "title text", "duty text", "owners text[]", "applies_to text?",
	  "cadence continuous|daily|monthly|quarterly|annual|event|as_scheduled|once",
	  "proof computed|evidence|attested", "severity low|medium|high|critical", "binds text[]",
	  "controls text[]", "cites text[]", "feeds text[]", "scope text?", "check text?"}},
	{"obligations", "Obligations, in the plan's order.",
	 {"obligations obligation[]"}},
	{"field", "A field of a register: the words that it takes, the registers that it refers to, the fields of its items.",
	 {"name text", "label text", "help text",
	  "type text|integer|decimal|boolean|date|instant|word|words|reference|references|list|file",
	  "required bool", "sortable bool", "words+ text[]", "to+ text[]", "fields+ field[]"}},
	{"transition", "A step from one state to another.",
	 {"from text", "to text"}},
	{"register_head", "A register. Only Holdfast itself writes one of the `kernel`.",
	 {"name text", "title text", "about text", "prefix text", "kernel bool", "restricted bool"}},
	{"registers", "All registers.",
	 {"registers register_head[]"}},
	{"register", "A register with its fields.",
	 {"name text", "title text", "about text", "prefix text", "kernel bool", "restricted bool",
	  "states text[]", "transitions transition[]", "fields field[]"}},
	{"versions", "Versions of a record, oldest first.",
	 {"versions record[]"}},
	{"cell", "Where an obligation stands for an organisation in a period.",
	 {"id text", "obligation text", "organisation text?", "period text", "period_to text",
	  "state not_applicable|quiet|proven|waived|unproven|failing|missed",
	  "reason text?", "tested int", "failing int", "first_failed_at instant?",
	  "worst not_applicable|quiet|proven|waived|unproven|failing|missed",
	  "failed_hours int", "changed_at instant?", "proven_late_at instant?", "plan_hash text?"}},
	{"cells", "Cells, and when the last assessment was.",
	 {"assessed_at instant?", "cells cell[]"}},
	{"failure", "A record that fails an obligation's check, or did.",
	 {"id text", "obligation text", "record text", "register text", "key text?", "organisation text?",
	  "reason text?", "first_failed_at instant", "fixed_at instant?", "waiver text?"}},
	{"failures", "Failures, by obligation.",
	 {"failures failure[]"}},
	{"feed", "The last delivery of one source into one register, and how old it may get.",
	 {"register text", "source text", "delivered_at instant?", "age_days int", "max_age_days int"}},
	{"feeds", "All sources of an organisation.",
	 {"feeds feed[]"}},
	{"proof", "Proof that the leaf `index` stands in the tree of that size (RFC 6962), from the leaf upwards.",
	 {"index int", "size int", "hashes text[]"}},
	{"consistency", "Proof that a tree extends an earlier one (RFC 6962).",
	 {"from int", "to int", "hashes text[]"}},
	{"problem", "What went wrong (RFC 9457). `type` is stable, for programs; `detail` is for people, and may change. "
	 "`field` is what was at fault, `instance` names the request, as the log does.",
	 {"type text", "title text", "status int", "detail text", "field+ text", "instance+ text"}},
};
/* clang-format on */

const char *
describe_name(struct describer *d, const char *format, ...)
{
	char name[NAME_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	return str_z(&d->scratch, str_of(name));
}

void
describe_text(struct describer *d, const char *name, const char *text)
{
	jw_key(&d->w, name);
	jw_text(&d->w, str_of(text));
}

void
describe_object(struct describer *d, const char *name)
{
	jw_key(&d->w, name);
	jw_object(&d->w);
}

void
describe_list(struct describer *d, const char *name)
{
	jw_key(&d->w, name);
	jw_array(&d->w);
}

void
describe_ref(struct describer *d, const char *kind, const char *name)
{
	describe_text(d, "$ref", describe_name(d, "#/components/%s/%s", kind, name));
}

void
describe_media(struct describer *d, const char *type)
{
	describe_object(d, type);
	describe_object(d, "schema");
}

void
describe_media_end(struct describer *d)
{
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

void
describe_content(struct describer *d, const char *type)
{
	describe_object(d, "content");
	describe_media(d, type);
}

void
describe_content_end(struct describer *d)
{
	describe_media_end(d);
	jw_end_object(&d->w);
}

void
describe_type(struct describer *d, const char *type, bool nullable)
{
	if (!nullable) {
		describe_text(d, "type", type);
		return;
	}
	jw_key(&d->w, "type");
	jw_array(&d->w);
	jw_text(&d->w, str_of(type));
	jw_text(&d->w, str_of("null"));
	jw_end_array(&d->w);
}

void
describe_instant(struct describer *d, bool nullable)
{
	describe_type(d, "string", nullable);
	describe_text(d, "format", "date-time");
}

static void
schema_ref(struct describer *d, const char *schema, bool nullable)
{
	if (!nullable) {
		describe_ref(d, "schemas", schema);
		return;
	}
	describe_list(d, "anyOf");
	describe_word(d, str_of(schema));
	describe_word(d, str_of("null"));
	jw_end_array(&d->w);
}

static void
choice(struct describer *d, struct str words)
{
	describe_type(d, "string", false);
	describe_list(d, "enum");
	while (words.ptr)
		jw_text(&d->w, str_cut(&words, '|'));
	jw_end_array(&d->w);
}

static bool
ends_with(struct str *type, const char *end)
{
	struct str last = str_of(end);

	if (type->len <= last.len ||
	    !str_is((struct str){type->ptr + type->len - last.len, last.len}, end))
		return false;
	type->len -= last.len;
	return true;
}

static void
one_word(struct describer *d, struct str type, bool nullable)
{
	if (str_is(type, "text"))
		describe_type(d, "string", nullable);
	else if (str_is(type, "int"))
		describe_type(d, "integer", nullable);
	else if (str_is(type, "bool"))
		describe_type(d, "boolean", nullable);
	else if (str_is(type, "object"))
		describe_type(d, "object", nullable);
	else if (str_is(type, "instant"))
		describe_instant(d, nullable);
	else if (str_is(type, "null"))
		describe_type(d, "null", false);
	else if (memchr(type.ptr, '|', type.len))
		choice(d, type);
	else
		schema_ref(d, str_z(&d->scratch, type), nullable);
}

void
describe_word(struct describer *d, struct str type)
{
	jw_object(&d->w);
	if (ends_with(&type, "[]")) {
		describe_type(d, "array", false);
		jw_key(&d->w, "items");
		describe_word(d, type);
	} else {
		bool nullable = ends_with(&type, "?");

		one_word(d, type, nullable);
	}
	jw_end_object(&d->w);
}

/* The name in "name type", whether it is always there, and the type. */
static bool
member_take(const char *text, struct str *ret_name, struct str *ret_type)
{
	struct str name;

	*ret_type = str_of(text);
	name = str_cut(ret_type, ' ');
	*ret_name = name;
	return !ends_with(ret_name, "+");
}

void
describe_members(struct describer *d, const char *const *members, size_t count)
{
	struct str name;
	struct str type;

	describe_type(d, "object", false);
	jw_key(&d->w, "additionalProperties");
	jw_bool(&d->w, false);
	describe_list(d, "required");
	for (size_t i = 0; i < count; i++) {
		if (member_take(members[i], &name, &type))
			jw_text(&d->w, name);
	}
	jw_end_array(&d->w);
	describe_object(d, "properties");
	for (size_t i = 0; i < count; i++) {
		(void)member_take(members[i], &name, &type);
		jw_key(&d->w, str_z(&d->scratch, name));
		describe_word(d, type);
	}
}

static void
schema_write(struct describer *d, const struct schema *s)
{
	size_t count = 0;

	while (count < MEMBERS && s->members[count])
		count++;
	describe_object(d, s->name);
	describe_text(d, "description", s->about);
	describe_members(d, s->members, count);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

void
describe_schemas(struct describer *d)
{
	for (size_t i = 0; i < COUNT_OF(schemas); i++)
		schema_write(d, &schemas[i]);
	describe_records(d);
}
