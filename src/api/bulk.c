/* bulk.c -- many changes in one request: all of them are made, or none is. */
#include "api/routes.h"
#include "base/limits.h"
#include "record/edit.h"

struct item {
	struct edit edit;
	struct err fault; /* of what it says itself */
	struct err err;	  /* that it was refused with; code ERR_NONE: it was not */
};

struct bulk {
	struct item *items;
	size_t count;
	bool dry_run;
	bool would_do; /* a dry run found nothing to refuse */
};

static enum err_code
made_read(struct call *c, const json_t *json, struct item *it)
{
	struct str name = json_str(json_object_get(json, "register"));

	if (json_object_get(json, "version") || json_object_get(json, "retire"))
		return err_set(&it->fault, ERR_INVALID, "register",
			       "a new record has no version, and is not retired");
	it->edit.kind = EDIT_MAKE;
	it->edit.organisation = c->who.organisation;
	it->edit.reg = model_reg(c->ctx.model, name);
	if (!it->edit.reg)
		return err_set(&it->fault, ERR_MISSING, "register", "there is no register '%.60s'",
			       name.ptr);
	return ERR_NONE;
}

static enum err_code
present_read(struct call *c, const json_t *json, struct item *it)
{
	struct str name = json_str(json_object_get(json, "record"));

	it->edit.kind = json_is_true(json_object_get(json, "retire")) ? EDIT_RETIRE : EDIT_CHANGE;
	it->edit.version = json_integer_value(json_object_get(json, "version"));
	it->edit.id = record_id_of_name(c->ctx.model, name);
	it->edit.reg = it->edit.id ? model_reg_of_id(c->ctx.model, it->edit.id) : NULL;
	if (!it->edit.reg)
		return err_set(&it->fault, ERR_MISSING, "record", "there is no record '%.60s'",
			       name.ptr);
	if (it->edit.version < 1)
		return err_set(&it->fault, ERR_UNTAGGED, "version",
			       "say the version of the record as you read it, so that nobody's "
			       "change is lost");
	return ERR_NONE;
}

/* One of the two names what it is about; what is retired takes no values, all else does. */
static enum err_code
item_read(struct call *c, const json_t *json, struct item *it)
{
	bool makes = json_object_get(json, "register") != NULL;
	bool retires = json_is_true(json_object_get(json, "retire"));
	enum err_code rc = call_check_members(c, "change", json, &it->fault);

	if (rc)
		return rc;
	it->edit.values = json_object_get(json, "values");
	if (makes == (json_object_get(json, "record") != NULL))
		return err_set(&it->fault, ERR_INVALID, "record",
			       "name either a register, for a new record, or a record");
	if (retires == (it->edit.values != NULL))
		return err_set(&it->fault, ERR_INVALID, "values",
			       "give values, or say 'retire': true");
	return makes ? made_read(c, json, it) : present_read(c, json, it);
}

static enum err_code
bulk_read(struct call *c, struct bulk *b)
{
	const json_t *changes = json_object_get(c->body, "changes");

	b->count = json_array_size(changes);
	b->dry_run = json_is_true(json_object_get(c->body, "dry_run"));
	if (b->count > LIMIT_BULK_ITEMS)
		return err_set(&c->ctx.err, ERR_TOO_BIG, "changes",
			       "at most %d changes go into one request; send the others after it",
			       LIMIT_BULK_ITEMS);
	b->items = arena_alloc(c->r->arena, (b->count + 1) * sizeof(*b->items));
	/* What is wrong is told of all of them together. */
	for (size_t i = 0; i < b->count; i++)
		(void)!item_read(c, json_array_get(changes, i), &b->items[i]);
	return ERR_NONE;
}

/* Of the request, or the store; not of what an item says. */
static bool
is_common(enum err_code rc)
{
	return rc == ERR_LOST || rc == ERR_BUSY || rc == ERR_FULL || rc == ERR_IO ||
	       rc == ERR_INTERNAL;
}

/* After a refusal it goes on, to tell all that is wrong, unless the store refused it: then nothing
 * more can be asked in this transaction. */
static enum err_code
bulk_write(void *object, struct writer *w)
{
	struct bulk *b = object;
	struct ctx *ctx = writer_ctx(w);
	size_t refused = 0;
	bool goes_on = true;

	b->would_do = false;
	for (size_t i = 0; i < b->count; i++)
		b->items[i].err = b->items[i].fault;
	for (size_t i = 0; goes_on && i < b->count; i++) {
		struct item *it = &b->items[i];
		enum err_code rc = it->err.code ? ERR_NONE : edit_write(&it->edit, w);

		if (is_common(rc))
			return rc;
		if (rc)
			it->err = ctx->err;
		refused += it->err.code != ERR_NONE;
		goes_on = !writer_torn(w) && rc != ERR_CONFLICT;
	}
	if (refused)
		return err_set(&ctx->err, ERR_ITEMS, "changes",
			       "%zu of the changes cannot be made, so none is; `items` says which "
			       "and why",
			       refused);
	b->would_do = b->dry_run;
	/* So that it is rolled back. */
	return b->dry_run ? err_set(&ctx->err, ERR_FAILED, "", "this is a dry run") : ERR_NONE;
}

static enum err_code
bulk_tell(struct call *c, struct ctx *ctx, const void *object)
{
	const struct bulk *b = object;
	char name[RECORD_NAME_SIZE];

	jw_object(&c->w);
	jw_key_bool(&c->w, "dry_run", b->dry_run);
	jw_key(&c->w, "results");
	jw_array(&c->w);
	for (size_t i = 0; i < b->count; i++) {
		const struct edit *ed = &b->items[i].edit;
		bool has_version = ed->kind != EDIT_RETIRE && !b->dry_run;
		bool has_name = ed->kind != EDIT_MAKE || !b->dry_run;

		record_name(ctx->model, ed->id, name);
		jw_object(&c->w);
		jw_key_int(&c->w, "index", (int64_t)i);
		jw_key_text(&c->w, "record", has_name ? str_of(name) : (struct str){0});
		jw_key(&c->w, "version");
		if (has_version)
			jw_int(&c->w, ed->written);
		else
			jw_null(&c->w);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The problem of the whole, with one for each item that was refused. */
static enum err_code
bulk_refuse(struct call *c, const struct bulk *b)
{
	struct http_problems all = {.count = 0};

	all.items = arena_alloc(c->r->arena, (b->count + 1) * sizeof(*all.items));
	for (size_t i = 0; i < b->count; i++) {
		if (b->items[i].err.code)
			all.items[all.count++] = (struct http_item){i, &b->items[i].err};
	}
	http_fail_items(c->r, c->reply, &c->ctx.err, &all);
	return ERR_NONE;
}

enum err_code
records_bulk(struct call *c)
{
	struct bulk b = {.count = 0};
	const struct deed d = {.write = bulk_write, .tell = bulk_tell, .object = &b};
	enum err_code rc = bulk_read(c, &b);

	if (rc)
		return rc;
	rc = call_do(c, &d);
	if (rc && b.would_do) {
		call_tell_anew(c);
		return bulk_tell(c, &c->ctx, &b);
	}
	if (rc != ERR_ITEMS)
		return rc;
	call_tell_anew(c);
	return bulk_refuse(c, &b);
}
