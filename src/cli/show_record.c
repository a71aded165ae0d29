#include "cli/show.h"

#include "base/limits.h"
#include "model/sql.h"
#include "record/record.h"

#include <string.h>

enum { LABEL_WIDTH = 32 };

/* What the versions of one record need to be told. */
struct telling {
	struct cli *cli;
	struct ctx *ctx;
	size_t failures; /* told */
};

/* "PER-12 (jsmith)" for a reference. */
static void
reference_add(struct telling *t, int64_t id, struct buf *out)
{
	const struct reg *r = model_reg_of_id(t->ctx->model, id);
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	char name[RECORD_NAME_SIZE];
	DB_STMT *s = NULL;
	bool row = false;

	record_name(t->ctx->model, id, name);
	buf_addf(out, "%s", name);
	if (!r)
		return;
	sql_from(r, "t.key", "where t.id = :id", &sql);
	if (db_prepare(t->ctx->db, sql.data, &s, &t->ctx->err))
		return;
	db_bind_int(s, 1, id);
	if (!db_step(s, &row, &t->ctx->err))
		buf_addf(out, row ? " (%.*s)" : " (retired)%.*s",
			 STR_ARG(row ? db_text(s, 0) : (struct str){0}));
}

static void
scalar_add(struct telling *t, const struct field *f, const struct value *v, struct buf *out)
{
	if (v->kind == VALUE_NULL)
		buf_addf(out, "-");
	else if (v->kind == VALUE_TEXT)
		buf_add(out, v->text.ptr, v->text.len);
	else if (f->type == FIELD_REF || f->type == FIELD_REFS)
		reference_add(t, v->number, out);
	else if (f->type == FIELD_BOOL)
		buf_addf(out, "%s", v->number ? "yes" : "no");
	else if (f->type == FIELD_DECIMAL)
		decimal_text(v->number, out);
	else
		buf_addf(out, "%lld", (long long)v->number);
}

/* A field's value for people, in the command's arena. */
static struct str
value_text(struct telling *t, const struct field *f, const struct value *v)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_ROW_BYTES};
	size_t width = (size_t)v->number;

	if (v->kind != VALUE_ITEMS)
		scalar_add(t, f, v, &out);
	for (size_t i = 0; v->kind == VALUE_ITEMS && i < v->count * width; i++) {
		const struct field *item = f->type == FIELD_LIST ? &f->fields[i % width] : f;

		if (f->type == FIELD_LIST)
			buf_addf(&out, "%s%s=", i % width ? " " : i ? "; " : "", item->name);
		else if (i)
			buf_addf(&out, ", ");
		scalar_add(t, item, &v->items[i], &out);
	}
	return str_dup(&t->cli->arena, (struct str){out.data ? out.data : "", out.len});
}

static struct str
actor_name(struct telling *t, int64_t id)
{
	struct str name = {0};
	enum err_code rc = record_actor(t->ctx, id, &t->cli->arena, &name, &t->ctx->err);

	return !rc && name.ptr ? name : str_of("?");
}

static bool
same_text(struct str a, struct str b)
{
	return !a.ptr == !b.ptr && str_eq(a, b);
}

/* One line of what changed; `old` is {NULL, 0} for the first version. */
static void
change_print(struct cli *c, const char *label, struct str old, struct str new)
{
	if (old.ptr)
		cli_print(c, "      %-*s %.*s -> %.*s\n", LABEL_WIDTH, label, STR_ARG(old),
			  STR_ARG(new));
	else
		cli_print(c, "      %-*s %.*s\n", LABEL_WIDTH, label, STR_ARG(new));
}

static void
version_print(struct telling *t, const struct record *old, const struct record *r)
{
	struct cli *c = t->cli;

	cli_print(c, "\n  version %lld, %s by %.*s%s\n", (long long)r->version,
		  cli_instant(c, t->ctx->zone, r->recorded_from),
		  STR_ARG(actor_name(t, r->recorded_by)), r->retired ? ": retired" : "");
	if (r->retired)
		return;
	if (!old || !same_text(old->state, r->state))
		change_print(c, "state",
			     old ? (old->state.ptr ? old->state : str_of("-")) : (struct str){0},
			     r->state.ptr ? r->state : str_of("-"));
	for (size_t i = 0; i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];
		struct str new = value_text(t, f, &r->values[i]);
		struct str was = old ? value_text(t, f, &old->values[i]) : str_of("-");

		if (!str_eq(was, new))
			change_print(c, f->label, old ? was : (struct str){0}, new);
	}
}

static void
version_json(struct telling *t, struct json_writer *w, const struct record *r)
{
	char name[RECORD_NAME_SIZE];

	record_name(t->ctx->model, r->id, name);
	jw_object(w);
	jw_key(w, "record");
	jw_text(w, str_of(name));
	jw_key(w, "register");
	jw_text(w, str_of(r->reg->name));
	jw_key(w, "key");
	jw_text(w, r->key);
	jw_key(w, "version");
	jw_int(w, r->version);
	jw_key(w, "feed");
	jw_text(w, r->feed);
	jw_key(w, "state");
	jw_text(w, r->state);
	jw_key(w, "recorded_from");
	jw_int(w, r->recorded_from);
	jw_key(w, "recorded_by");
	jw_text(w, actor_name(t, r->recorded_by));
	jw_key(w, "retired");
	jw_bool(w, r->retired);
	jw_key(w, "fields");
	jw_object(w);
	for (size_t i = 0; i < r->reg->field_count; i++) {
		if (r->values[i].kind == VALUE_NULL)
			continue;
		jw_key(w, r->reg->fields[i].name);
		jw_text(w, value_text(t, &r->reg->fields[i], &r->values[i]));
	}
	jw_end_object(w);
	jw_end_object(w);
}

static void
failure_take(void *object, const struct posture_failure *f)
{
	struct telling *t = object;

	if (t->failures++ == 0)
		cli_print(t->cli, "\nDuties that it fails or failed:\n");
	cli_print(t->cli, "  %.*s since %s%s%s: %.*s\n", STR_ARG(f->obligation_id),
		  show_day(t->cli, t->ctx, f->first_failed_at), f->fixed_at.ptr ? " to " : "",
		  f->fixed_at.ptr ? show_day(t->cli, t->ctx, f->fixed_at) : "", STR_ARG(f->reason));
}

static enum err_code
present_print(struct telling *t, const struct record *r)
{
	struct posture_question q = {.record = r->id, .fixed_too = true, .waived_too = true};
	struct cli *c = t->cli;
	char name[RECORD_NAME_SIZE];
	CLEANUP(buf_fini) struct buf whose = {.limit = LIMIT_ROW_BYTES};

	record_name(t->ctx->model, r->id, name);
	reference_add(t, r->organisation, &whose);
	cli_print(c, "%s  %s %.*s\n\n", name, r->reg->title, STR_ARG(r->key));
	cli_print(c, "  %-*s %.*s\n", LABEL_WIDTH, "Organisation", (int)whose.len, whose.data);
	cli_print(c, "  %-*s %.*s\n", LABEL_WIDTH, "Source", STR_ARG(r->feed));
	cli_print(c, "  %-*s %.*s\n", LABEL_WIDTH, "State",
		  STR_ARG(r->state.ptr ? r->state : str_of("not said")));
	for (size_t i = 0; i < r->reg->field_count; i++) {
		if (r->values[i].kind != VALUE_NULL)
			cli_print(c, "  %-*s %.*s\n", LABEL_WIDTH, r->reg->fields[i].label,
				  STR_ARG(value_text(t, &r->reg->fields[i], &r->values[i])));
	}
	cli_print(c, "  %-*s %lld, %s by %.*s%s\n", LABEL_WIDTH, "Version", (long long)r->version,
		  cli_instant(c, t->ctx->zone, r->recorded_from),
		  STR_ARG(actor_name(t, r->recorded_by)), r->retired ? ", retired" : "");
	return posture_failures(t->ctx, &q, failure_take, t);
}

static enum err_code
print_all(struct telling *t, const struct versions *v)
{
	struct cli *c = t->cli;
	bool history = cli_switch(c, "history");
	struct json_writer w;
	enum err_code rc;

	if (c->json) {
		cli_json(c, &w);
		jw_array(&w);
		for (size_t i = history ? 0 : v->count - 1; i < v->count; i++)
			version_json(t, &w, &v->rows[i]);
		jw_end_array(&w);
		cli_json_end(c);
		return ERR_NONE;
	}
	rc = present_print(t, &v->rows[v->count - 1]);
	if (rc || !history)
		return rc;
	cli_print(c, "\nHistory:\n");
	for (size_t i = 0; i < v->count; i++)
		version_print(t, i ? &v->rows[i - 1] : NULL, &v->rows[i]);
	return ERR_NONE;
}

/* "register:key", when only one record has it. */
static enum err_code
id_of_key(struct ctx *ctx, struct str text, int64_t *ret_id)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct str key = text;
	const struct reg *r = model_reg(ctx->model, str_cut(&key, ':'));
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!r || !key.ptr)
		return err_set(
			&ctx->err, ERR_MISSING, "",
			"'%.*s' is no record: write its number, as in ACC-1042, or register:key",
			STR_ARG(text));
	sql_from(r, "t.id", "where t.key = :key", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	db_bind_text(s, 1, key);
	rc = db_step(s, &row, &ctx->err);
	if (!rc && !row)
		return err_set(&ctx->err, ERR_MISSING, "",
			       "register '%s' has no record with key '%.*s'", r->name,
			       STR_ARG(key));
	if (rc)
		return rc;
	*ret_id = db_int(s, 0);
	rc = db_step(s, &row, &ctx->err);
	if (!rc && row)
		return err_set(
			&ctx->err, ERR_INVALID, "",
			"several records of register '%s' have the key '%.*s'; write the number",
			r->name, STR_ARG(key));
	return rc;
}

static enum err_code
run(struct cli *c, struct ctx *ctx, const char *argument)
{
	struct telling t = {.cli = c, .ctx = ctx};
	int64_t id = record_id_of_name(ctx->model, str_of(argument));
	struct versions v = {0};
	enum err_code rc = id ? ERR_NONE : id_of_key(ctx, str_of(argument), &id);

	if (rc)
		return rc;
	rc = record_versions(ctx, id, &c->arena, &v);
	if (rc == ERR_MISSING)
		rc = err_set(&ctx->err, ERR_MISSING, "", "there is no record '%s'", argument);
	return rc ? rc : print_all(&t, &v);
}

const struct show_topic show_record = {
	.name = "record",
	.arguments = "ACC-1042",
	.about = "a record",
	.needs_argument = true,
	.options = " history ",
	.run = run,
};
