#include "check/example.h"

#include "base/text.h"
#include "model/bind.h"
#include "record/parties.h"
#include "record/resolve.h"

#include <string.h>

enum { NAMES_MAX = 512 };

struct loading {
	struct ctx *ctx;
	struct writer *writer;
	struct bind bind;
	const struct reg *organisations;
	int64_t integrator;
	struct example *example;
};

struct example_row *
example_row_of(const struct example *ex, int64_t id)
{
	for (size_t i = 0; i < ex->row_count; i++) {
		if (ex->rows[i].record.id == id)
			return &ex->rows[i];
	}
	return NULL;
}

/* A complaint of the store, told at the value or row of the example that caused it. */
static void
complain(const struct loading *l, const struct yaml *at, const struct err *e)
{
	const struct yaml *value = at->kind == YAML_MAP ? yaml_get(at, e->field) : NULL;

	bind_error(&l->bind, value ? value : at, "%s%s%s", e->field, e->field[0] ? ": " : "",
		   e->message);
}

static bool
is_plain_text(const struct yaml *v)
{
	return v && v->kind == YAML_TEXT;
}

/* The organisation with that key: one of the example's own, or one that is always there. */
static enum err_code
organisation_of(struct loading *l, const struct yaml *at, int64_t *ret_id)
{
	const char *key = str_z(l->ctx->arena, at->text);
	enum err_code rc;

	for (size_t i = 0; i < l->example->row_count; i++) {
		const struct record *r = &l->example->rows[i].record;

		if (r->reg == l->organisations && str_eq(r->key, at->text)) {
			*ret_id = r->id;
			return ERR_NONE;
		}
	}
	rc = organisation_find(l->ctx, key, ret_id);
	if (rc != ERR_MISSING)
		return rc;
	bind_error(&l->bind, at,
		   "organisation '%s' is neither in the example nor one of the plan's "
		   "'examples_organisations'",
		   key);
	l->ctx->err = (struct err){0};
	return ERR_NONE;
}

static bool
key_is_taken(const struct loading *l, const struct record *r)
{
	for (size_t i = 0; i < l->example->row_count; i++) {
		const struct record *o = &l->example->rows[i].record;

		if (o->reg == r->reg && o->organisation == r->organisation &&
		    str_eq(o->key, r->key))
			return true;
	}
	return false;
}

/* An organisation that the plan's examples always have keeps its number and what is known of it. */
static enum err_code
organisation_number(struct loading *l, struct record *r)
{
	const char *key = str_z(l->ctx->arena, r->key);
	enum err_code rc = organisation_find(l->ctx, key, &r->id);

	if (rc == ERR_NONE)
		return record_load(l->ctx, r->id, l->ctx->arena, r);
	if (rc != ERR_MISSING)
		return rc;
	l->ctx->err = (struct err){0};
	rc = writer_new_id(l->writer, r->reg, &r->id);
	r->organisation = r->id;
	return rc;
}

/* Who the row is: key, organisation, number and mark. Its values follow once all have a number. */
static enum err_code
row_name(struct loading *l, const struct reg *reg, const struct yaml *v, struct example_row *row)
{
	const struct yaml *key = yaml_get(v, "key");
	const struct yaml *organisation = yaml_get(v, "organisation");
	const struct yaml *fails = yaml_get(v, "FAILS");
	struct record *r = &row->record;
	size_t errors = l->bind.diags->errors;
	enum err_code rc = ERR_NONE;

	row->at = v;
	*r = (struct record){.reg = reg, .feed = str_of("example")};
	r->organisation = l->integrator;
	r->values = arena_alloc(l->ctx->arena, (reg->field_count + 1) * sizeof(*r->values));
	memset(r->values, 0, (reg->field_count + 1) * sizeof(*r->values));
	if (!is_plain_text(key) || key->text.len == 0) {
		bind_error(&l->bind, key ? key : v, "each row of an example needs a 'key'");
		return ERR_NONE;
	}
	r->key = key->text;
	if (fails && (!is_plain_text(fails) || str_trim(fails->text).len == 0)) {
		bind_error(&l->bind, fails, "'FAILS' must be a text that the reason contains");
	} else if (fails) {
		row->marked = true;
		row->fails = str_trim(fails->text);
		row->fails_at = bind_place(&l->bind, fails);
	}
	row->out = bind_bool(&l->bind, v, "OUT");
	if (reg == l->organisations)
		rc = organisation_number(l, r);
	else if (is_plain_text(organisation))
		rc = organisation_of(l, organisation, &r->organisation);
	if (!rc && key_is_taken(l, r))
		bind_error(&l->bind, key, "key '%.*s' is there twice in register '%s'",
			   STR_ARG(r->key), reg->name);
	if (!rc && r->id == 0 && l->bind.diags->errors == errors)
		rc = writer_new_id(l->writer, reg, &r->id);
	return rc;
}

static json_t *
to_json(const struct yaml *v)
{
	json_t *json;

	switch (v->kind) {
	case YAML_NULL:
		return json_null();
	case YAML_TEXT:
		return json_stringn(v->text.ptr ? v->text.ptr : "", v->text.len);
	case YAML_LIST:
		json = json_array();
		for (const struct yaml *i = v->first; i; i = i->next)
			(void)json_array_append_new(json, to_json(i));
		return json;
	case YAML_MAP:
		json = json_object();
		for (const struct yaml *i = v->first; i; i = i->next)
			(void)json_object_setn_new(json, i->key.ptr, i->key.len, to_json(i));
		return json;
	}
	return json_null();
}

static void
value_read(const struct loading *l, const struct field *f, const struct yaml *v,
	   struct value *value)
{
	struct err e = {0};
	enum err_code rc = ERR_NONE;

	if (v->kind == YAML_TEXT) {
		rc = value_parse(f, v->text, l->ctx->arena, value, &e);
	} else if (v->kind != YAML_NULL) {
		json_t *json = to_json(v);

		rc = value_from_json(f, json, l->ctx->arena, value, &e);
		json_decref(json);
	}
	if (rc)
		complain(l, v, &e);
}

static void
field_unknown(const struct loading *l, const struct reg *r, const struct yaml *v)
{
	const char *near = reg_nearest_field(r, v->key);

	diag_add(l->bind.diags, DIAG_ERROR,
		 (struct place){l->bind.file, v->key_line, v->key_column},
		 "register '%s' has no field '%.*s'%s%s%s", r->name, STR_ARG(v->key),
		 near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void
values_read(const struct loading *l, struct example_row *row)
{
	struct record *r = &row->record;

	for (const struct yaml *v = row->at->first; v; v = v->next) {
		const struct field *f = reg_field(r->reg, v->key);

		if (f)
			value_read(l, f, v, &r->values[f - r->reg->fields]);
		else if (str_is(v->key, "state") && is_plain_text(v))
			r->state = v->text;
		else if (!str_is(v->key, "key") && !str_is(v->key, "organisation") &&
			 !str_is(v->key, "state") && !str_is(v->key, "FAILS") &&
			 !str_is(v->key, "OUT"))
			field_unknown(l, r->reg, v);
	}
	for (size_t i = 0; i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];

		if (f->required && f->type == FIELD_TEXT && r->values[i].kind == VALUE_NULL)
			r->values[i] = (struct value){.kind = VALUE_TEXT, .text = r->key};
	}
}

/* Rows that are numbered but not written yet. */
static enum err_code
pending_each(void *object, const struct reg *target, struct str key, struct resolve_found *found)
{
	const struct loading *l = object;

	for (size_t i = 0; i < l->example->row_count; i++) {
		const struct record *r = &l->example->rows[i].record;

		if (r->reg == target && str_eq(r->key, key))
			resolve_offer(found, r->id, r->organisation, r->feed);
	}
	return ERR_NONE;
}

static const struct reg *
register_of(const struct loading *l, const struct yaml *v)
{
	const struct reg *r = model_reg(l->ctx->model, v->key);
	struct place at = {l->bind.file, v->key_line, v->key_column};
	const char *near = model_nearest_reg(l->ctx->model, v->key);

	if (!r)
		diag_add(l->bind.diags, DIAG_ERROR, at, "register '%.*s' does not exist%s%s%s",
			 STR_ARG(v->key), near ? "; did you mean '" : "", near ? near : "",
			 near ? "'?" : "");
	else if (v->kind != YAML_LIST)
		diag_add(l->bind.diags, DIAG_ERROR, at,
			 "the rows of register '%s' must be a list, as in [{key: a}, {key: b}]",
			 r->name);
	return r && v->kind == YAML_LIST ? r : NULL;
}

/* Numbers the rows of one register, or of all others. */
static enum err_code
rows_number(struct loading *l, bool organisations)
{
	const struct yaml *top = l->example->obligation->example;
	enum err_code rc = ERR_NONE;

	for (const struct yaml *v = top->first; !rc && v; v = v->next) {
		const struct reg *reg;

		if (str_is(v->key, "organisation") != organisations)
			continue;
		reg = register_of(l, v);
		for (const struct yaml *i = reg ? v->first : NULL; !rc && i; i = i->next) {
			struct example_row row = {0};

			if (i->kind != YAML_MAP) {
				bind_error(&l->bind, i,
					   "a row must be names and values, as in "
					   "{key: a1, state: active}");
				continue;
			}
			rc = row_name(l, reg, i, &row);
			if (!rc && row.record.id != 0)
				l->example->rows[l->example->row_count++] = row;
		}
	}
	return rc;
}

/* A row that is wrong by itself is a finding; that the store fails is an error. */
static enum err_code
row_write(struct loading *l, struct resolver *rs, struct example_row *row)
{
	struct err e = {0};
	enum written written;
	enum err_code rc = resolve_record(rs, &row->record);

	if (rc == ERR_INVALID || rc == ERR_MISSING || rc == ERR_TOO_BIG) {
		complain(l, row->at, &l->ctx->err);
		l->ctx->err = (struct err){0};
		return ERR_NONE;
	}
	if (rc)
		return rc;
	if (record_validate(&row->record, &e)) {
		complain(l, row->at, &e);
		return ERR_NONE;
	}
	return writer_put(l->writer, &row->record, &written);
}

static size_t
rows_count(const struct yaml *top)
{
	size_t n = 0;

	for (const struct yaml *v = top->first; v; v = v->next)
		n += v->count;
	return n;
}

enum err_code
example_load(struct ctx *ctx, struct writer *w, const struct obligation *o, struct diags *d,
	     struct example *ret_example)
{
	CLEANUP(resolver_freep) struct resolver *rs = NULL;
	struct loading l = {
		.ctx = ctx,
		.writer = w,
		.bind = {.file = o->place.file, .arena = ctx->arena, .diags = d},
		.organisations = model_reg(ctx->model, str_of("organisation")),
		.example = ret_example
	      };
	struct resolve_pending pending = {pending_each, &l};
	size_t errors = d->errors;
	enum err_code rc;

	*ret_example = (struct example){.obligation = o};
	if (o->example->kind != YAML_MAP) {
		bind_error(&l.bind, o->example, "an example maps registers to rows");
		return ERR_NONE;
	}
	ret_example->rows =
		arena_alloc(ctx->arena, (rows_count(o->example) + 1) * sizeof(*ret_example->rows));
	rc = organisation_find(ctx, NULL, &l.integrator);
	if (!rc)
		rc = rows_number(&l, true);
	if (!rc)
		rc = rows_number(&l, false);
	if (!rc)
		rc = resolver_new(ctx, &pending, &rs);
	for (size_t i = 0; !rc && i < ret_example->row_count; i++)
		values_read(&l, &ret_example->rows[i]);
	for (size_t i = 0; !rc && d->errors == errors && i < ret_example->row_count; i++)
		rc = row_write(&l, rs, &ret_example->rows[i]);
	return rc;
}
