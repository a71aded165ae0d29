#include "record/edit.h"

#include "base/limits.h"
#include "record/parties.h"
#include "record/resolve.h"
#include "record/writer_priv.h"

#include <string.h>

/* The source of what people and programs enter one by one. */
static const char manual_feed[] = "manual";

static enum err_code
name_unknown(const struct edit *ed, const char *name, struct err *e)
{
	static const char *const own[] = {
		"id", "register", "feed", "row_version", "recorded_from", "recorded_by", "retired"};

	for (size_t i = 0; i < COUNT_OF(own); i++) {
		if (strcmp(name, own[i]) == 0)
			return err_set(e, ERR_INVALID, name, "'%s' is set by Holdfast alone", name);
	}
	return reg_no_field(ed->reg, str_of(name), e);
}

static enum err_code
state_take(struct record *r, const json_t *json, struct err *e)
{
	struct str state = json_str(json);

	if (!json_is_null(json) && state.len == 0)
		return err_set(e, ERR_INVALID, "state", "the state must be a word");
	r->state = state;
	return ERR_NONE;
}

/* Key and organisation make a record what it is: they are given once. */
static enum err_code
identity_take(struct writer *w, const struct edit *ed, const char *name, const json_t *json,
	      struct record *r)
{
	struct err *e = &w->ctx->err;
	struct str text = str_trim(json_str(json));

	if (ed->kind != EDIT_MAKE)
		return err_set(e, ERR_INVALID, name, "the %s of a record stays what it was", name);
	if (text.len == 0 || text.len > LIMIT_KEY_BYTES)
		return err_set(e, ERR_INVALID, name, "the %s must be a text of 1 to %d bytes", name,
			       LIMIT_KEY_BYTES);
	if (strcmp(name, "key") == 0) {
		r->key = text;
		return ERR_NONE;
	}
	r->organisation = record_id_of_name(w->ctx->model, text);
	return r->organisation
		       ? ERR_NONE
		       : organisation_find(w->ctx, str_z(w->ctx->arena, text), &r->organisation);
}

static enum err_code
member_take(struct writer *w, const struct edit *ed, const char *name, const json_t *json,
	    struct record *r)
{
	const struct field *f = reg_field(ed->reg, str_of(name));

	if (f)
		return value_from_json(f, json, w->ctx->arena, &r->values[f - ed->reg->fields],
				       &w->ctx->err);
	if (strcmp(name, "state") == 0)
		return state_take(r, json, &w->ctx->err);
	if (strcmp(name, "key") == 0 || strcmp(name, "organisation") == 0)
		return identity_take(w, ed, name, json, r);
	return name_unknown(ed, name, &w->ctx->err);
}

static enum err_code
members_take(struct writer *w, const struct edit *ed, struct record *r)
{
	/* jansson asks for an object that may be changed, to walk through it. */
	json_t *values = (json_t *)(uintptr_t)ed->values;
	enum err_code rc = ERR_NONE;

	for (void *at = json_object_iter(values); !rc && at; at = json_object_iter_next(values, at))
		rc = member_take(w, ed, json_object_iter_key(at), json_object_iter_value(at), r);
	return rc;
}

static enum err_code
put(struct writer *w, struct edit *ed, struct record *r)
{
	CLEANUP(resolver_freep) struct resolver *rs = NULL;
	enum written written;
	enum err_code rc = resolver_new(w->ctx, NULL, &rs);

	if (!rc)
		rc = resolve_record(rs, r);
	if (!rc)
		rc = record_validate(r, &w->ctx->err);
	if (!rc)
		rc = writer_put(w, r, &written);
	ed->written = r->version;
	return rc;
}

/* A record without a key of its own goes by its name. */
static enum err_code
key_give(struct writer *w, struct record *r)
{
	char name[RECORD_NAME_SIZE];
	int64_t other = 0;
	enum err_code rc;

	record_name(w->ctx->model, r->id, name);
	if (!r->key.ptr)
		r->key = str_dup(w->ctx->arena, str_of(name));
	rc = writer_find(w, r, &other, NULL);
	if (!rc && other)
		rc = err_set(&w->ctx->err, ERR_CONFLICT, "key",
			     "there is a record with the key '%.*s' already", STR_ARG(r->key));
	return rc;
}

static enum err_code
make(struct writer *w, struct edit *ed)
{
	struct record r = record_blank(ed->reg, (struct str){0}, ed->organisation, w->ctx->arena);
	enum err_code rc = members_take(w, ed, &r);

	r.feed = str_of(ed->feed ? ed->feed : manual_feed);
	if (!r.state.ptr && ed->reg->states.count > 0)
		r.state = str_of(ed->reg->states.words[0]);
	if (!rc && !r.organisation)
		rc = err_set(&w->ctx->err, ERR_INVALID, "organisation",
			     "say whose record it is: the key of an organisation");
	if (!rc)
		rc = writer_new_id(w, ed->reg, &r.id);
	if (!rc)
		rc = key_give(w, &r);
	ed->id = r.id;
	return rc ? rc : put(w, ed, &r);
}

static enum err_code
load(struct writer *w, const struct edit *ed, struct record *ret_record)
{
	enum err_code rc = writer_load(w, ed->reg, ed->id, w->ctx->arena, ret_record);

	if (!rc && ed->version && ed->version != ret_record->version)
		rc = err_set(
			&w->ctx->err, ERR_STALE, "",
			"the record was changed meanwhile: its version is %lld now; read it again",
			(long long)ret_record->version);
	return rc;
}

enum err_code
edit_write(void *object, struct writer *w)
{
	struct edit *ed = object;
	struct record r;
	enum err_code rc;

	if (ed->reg->kernel)
		return err_set(&w->ctx->err, ERR_DENIED, "",
			       "only Holdfast itself writes the register '%s'", ed->reg->name);
	if (ed->kind == EDIT_MAKE)
		return make(w, ed);
	rc = load(w, ed, &r);
	if (!rc && ed->kind == EDIT_RETIRE)
		return writer_retire(w, ed->reg, ed->id);
	if (!rc)
		rc = members_take(w, ed, &r);
	/* What it was delivered as last it is no more. */
	r.delivered = 0;
	return rc ? rc : put(w, ed, &r);
}
