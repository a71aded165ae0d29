#include "intake/extract.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "model/filter.h"
#include "model/sql.h"
#include "record/note.h"
#include "record/resolve.h"

#include <stdlib.h>
#include <string.h>

enum { FLUSH_AT = 65536, ROW_MOST = 8 * LIMIT_ROW_BYTES };

/* Where the target of a reference stands: its key and who holds it. */
struct extract {
	struct ctx *ctx;
	const struct extract_options *o;
	struct extract_sink sink;
	struct resolver *rs;
	struct db_stmt **by_id; /* as ctx->model->regs */
	struct arena arena;	/* emptied after each record */
	struct buf out;
	struct buf cell;
};

static enum err_code
target_statement(struct extract *x, const struct reg *r, struct db_stmt **ret_stmt)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct db_stmt **by_id = &x->by_id[r->index];
	enum err_code rc = ERR_NONE;

	if (!*by_id) {
		sql_from(r, "t.key, t.organisation", "where t.id = :id", &sql);
		rc = db_prepare(x->ctx->db, sql.data, by_id, &x->ctx->err);
	}
	*ret_stmt = *by_id;
	return rc;
}

static enum err_code
key_of(struct extract *x, int64_t id, struct str *ret_key, int64_t *ret_organisation)
{
	const struct reg *r = model_reg_of_id(x->ctx->model, id);
	struct db_stmt *s;
	bool row = false;
	enum err_code rc = ERR_NONE;

	*ret_key = (struct str){0};
	if (!r)
		return ERR_NONE;
	rc = target_statement(x, r, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, &row, &x->ctx->err);
	if (!rc && row && grant_reads(x->ctx->model, x->ctx->who, r, db_int(s, 1))) {
		*ret_key = str_dup(&x->arena, db_text(s, 0));
		*ret_organisation = db_int(s, 1);
	}
	db_reset(s);
	return rc;
}

static struct str
joined(struct extract *x, struct str a, const char *mark, struct str b)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_ROW_BYTES};

	buf_add(&text, a.ptr, a.len);
	buf_add(&text, mark, strlen(mark));
	buf_add(&text, b.ptr, b.len);
	return str_dup(&x->arena, (struct str){text.data, text.len});
}

static bool
means(struct extract *x, const struct record *r, const struct field *f, struct str text, int64_t id)
{
	struct err before = x->ctx->err;
	int64_t found = 0;
	bool same = resolve_key(x->rs, r, f, text, &found) == ERR_NONE && found == id;

	x->ctx->err = before;
	return same;
}

/* The shortest form that means the record; its name when none does, as when it was retired. */
static enum err_code
ref_text(struct extract *x, const struct record *r, const struct field *f, int64_t id,
	 struct str *ret_text)
{
	const struct reg *target = model_reg_of_id(x->ctx->model, id);
	char name[RECORD_NAME_SIZE];
	int64_t organisation = 0;
	struct str key, holder;
	enum err_code rc = key_of(x, id, &key, &organisation);

	if (rc)
		return rc;
	if (key.ptr) {
		*ret_text = f->target_count == 1 ? key : joined(x, str_of(target->name), ":", key);
		if (means(x, r, f, *ret_text, id))
			return ERR_NONE;
		rc = key_of(x, organisation, &holder, &organisation);
		if (rc)
			return rc;
		*ret_text = joined(x, holder, "/", key);
		if (f->target_count != 1)
			*ret_text = joined(x, str_of(target->name), ":", *ret_text);
		if (means(x, r, f, *ret_text, id))
			return ERR_NONE;
	}
	record_name(x->ctx->model, id, name);
	*ret_text = str_dup(&x->arena, str_of(name));
	return ERR_NONE;
}

static enum err_code
scalar_text(struct extract *x, const struct record *r, const struct field *f, const struct value *v,
	    struct str *ret_text)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_ROW_BYTES};

	*ret_text = v->text;
	if (v->kind != VALUE_INT)
		return ERR_NONE;
	if (f->type == FIELD_REF || f->type == FIELD_REFS)
		return ref_text(x, r, f, v->number, ret_text);
	if (f->type == FIELD_DECIMAL)
		decimal_text(v->number, &text);
	else if (f->type == FIELD_BOOL)
		buf_addf(&text, "%s", v->number ? "true" : "false");
	else
		buf_addf(&text, "%lld", (long long)v->number);
	*ret_text = str_dup(&x->arena, (struct str){text.data, text.len});
	return ERR_NONE;
}

/* Words stand in the store as the JSON that they are here. */
static enum err_code
scalar_json(struct extract *x, const struct record *r, const struct field *f, const struct value *v,
	    struct buf *out)
{
	struct str text;
	enum err_code rc = scalar_text(x, r, f, v, &text);
	bool bare = f->type == FIELD_INT || f->type == FIELD_BOOL || f->type == FIELD_WORDS;

	if (rc)
		return rc;
	if (v->kind == VALUE_NULL)
		buf_add(out, "null", 4);
	else if (bare)
		buf_add(out, text.ptr, text.len);
	else
		json_escape(out, text);
	return ERR_NONE;
}

static enum err_code
item_json(struct extract *x, const struct record *r, const struct field *f,
	  const struct value *items, struct buf *out)
{
	bool any = false;
	enum err_code rc = ERR_NONE;

	if (f->type == FIELD_REFS)
		return scalar_json(x, r, f, items, out);
	buf_add(out, "{", 1);
	for (size_t k = 0; !rc && k < f->field_count; k++) {
		if (items[k].kind == VALUE_NULL)
			continue;
		buf_add(out, any ? "," : "", any);
		any = true;
		json_escape(out, str_of(f->fields[k].name));
		buf_add(out, ":", 1);
		rc = scalar_json(x, r, &f->fields[k], &items[k], out);
	}
	buf_add(out, "}", 1);
	return rc;
}

static enum err_code
value_json(struct extract *x, const struct record *r, size_t field, struct buf *out)
{
	const struct field *f = &r->reg->fields[field];
	const struct value *v = &r->values[field];
	size_t width = (size_t)v->number;
	enum err_code rc = ERR_NONE;

	if (v->kind != VALUE_ITEMS)
		return scalar_json(x, r, f, v, out);
	buf_add(out, "[", 1);
	for (size_t i = 0; !rc && i < v->count; i++) {
		buf_add(out, ",", i > 0);
		rc = item_json(x, r, f, &v->items[i * width], out);
	}
	buf_add(out, "]", 1);
	return rc;
}

static enum err_code
csv_value(struct extract *x, const struct record *r, size_t field)
{
	const struct field *f = &r->reg->fields[field];
	struct str text;
	enum err_code rc;

	if (r->values[field].kind == VALUE_ITEMS) {
		x->cell.len = 0;
		rc = value_json(x, r, field, &x->cell);
		text = (struct str){x->cell.data, x->cell.len};
	} else {
		rc = scalar_text(x, r, f, &r->values[field], &text);
	}
	/* A number is none that a spreadsheet would run. */
	if (!rc)
		csv_put(&x->out, text, f->type != FIELD_INT && f->type != FIELD_DECIMAL);
	return rc;
}

static bool
is_wanted(const struct extract *x, size_t field)
{
	return !x->o->fields || x->o->fields[field];
}

static enum err_code
csv_record(struct extract *x, const struct record *r, struct str holder)
{
	enum err_code rc = ERR_NONE;

	csv_put(&x->out, r->key, true);
	buf_add(&x->out, ",", 1);
	csv_put(&x->out, holder, true);
	buf_add(&x->out, ",", 1);
	csv_put(&x->out, r->feed, true);
	if (r->reg->states.count > 0) {
		buf_add(&x->out, ",", 1);
		csv_put(&x->out, r->state, true);
	}
	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		if (!is_wanted(x, i))
			continue;
		buf_add(&x->out, ",", 1);
		rc = csv_value(x, r, i);
	}
	buf_add(&x->out, "\r\n", 2);
	return rc;
}

static void
csv_head(struct extract *x)
{
	const struct reg *r = x->o->reg;

	buf_addf(&x->out, "key,organisation,feed%s", r->states.count > 0 ? ",state" : "");
	for (size_t i = 0; i < r->field_count; i++) {
		if (is_wanted(x, i))
			buf_addf(&x->out, ",%s", r->fields[i].name);
	}
	buf_add(&x->out, "\r\n", 2);
}

static void
json_member(struct extract *x, const char *name, struct str text)
{
	buf_addf(&x->out, ",\"%s\":", name);
	json_escape(&x->out, text);
}

static enum err_code
json_record(struct extract *x, const struct record *r, struct str holder)
{
	enum err_code rc = ERR_NONE;

	buf_addf(&x->out, "{\"register\":\"%s\"", r->reg->name);
	json_member(x, "key", r->key);
	json_member(x, "organisation", holder);
	json_member(x, "feed", r->feed);
	if (r->state.ptr)
		json_member(x, "state", r->state);
	else if (r->reg->states.count > 0)
		buf_addf(&x->out, ",\"state\":null");
	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		if (!is_wanted(x, i))
			continue;
		buf_addf(&x->out, ",\"%s\":", r->reg->fields[i].name);
		rc = value_json(x, r, i, &x->out);
	}
	buf_add(&x->out, "}\n", 2);
	return rc;
}

static enum err_code
flush(struct extract *x, size_t at_least)
{
	enum err_code rc;

	if (x->out.failed || x->cell.failed)
		return err_set(&x->ctx->err, ERR_TOO_BIG, "", "a record is too long to be written");
	if (x->out.len < at_least)
		return ERR_NONE;
	rc = x->sink.write(x->sink.object, (struct str){x->out.data, x->out.len}, &x->ctx->err);
	x->out.len = 0;
	return rc;
}

static enum err_code
statement(struct extract *x, struct db_stmt **ret_stmt)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf tail = {.limit = SQL_LIMIT};
	struct ctx *ctx = x->ctx;
	const struct sight seen = sight_of(ctx->model, ctx->who, x->o->reg, ctx->arena);
	const struct filter *f = x->o->filter;
	enum err_code rc;

	buf_addf(&tail, "and (t.organisation = :organisation or :organisation is null) "
			"and (t.feed = :feed or :feed is null)");
	for (size_t i = 0; f && i < f->count; i++)
		filter_sql(&f->terms[i], false, &tail);
	buf_addf(&tail, " order by t.key, t.organisation, t.feed");
	if (!tail.failed)
		sql_select_seen(x->o->reg, &seen, tail.data, &sql);
	if (tail.failed || sql.failed)
		return err_set(&ctx->err, ERR_TOO_BIG, "filter", "the filter is too long");
	rc = db_prepare_scan(ctx->db, sql.data, ret_stmt, &ctx->err);
	if (rc)
		return rc;
	sql_sight_bind(x->o->reg, &seen, *ret_stmt);
	if (f)
		filter_bind(f, *ret_stmt);
	return ERR_NONE;
}

static enum err_code
record_out(struct extract *x, const struct record *r)
{
	struct str holder;
	int64_t own;
	enum err_code rc = key_of(x, r->organisation, &holder, &own);

	if (rc)
		return rc;
	rc = x->o->format == DELIVERY_CSV ? csv_record(x, r, holder) : json_record(x, r, holder);
	return rc ? rc : flush(x, FLUSH_AT);
}

/* What it is as restricted as, he reads. */
static bool
is_open(const struct extract *x, const struct record *r)
{
	const struct field *f = r->reg->follows;

	return !f || grant_reads_about(x->ctx->model, x->ctx->who, r->reg,
				       r->values[f - r->reg->fields].number);
}

static enum err_code
records_out(struct extract *x, int64_t *ret_rows)
{
	CLEANUP(record_reader_freep) struct record_reader *reader = NULL;
	DB_STMT *s = NULL;
	int64_t rows = 0;
	bool row;
	enum err_code rc = statement(x, &s);

	if (!rc)
		rc = record_reader_new(x->ctx, x->o->reg, false, &reader);
	if (rc)
		return rc;
	if (x->o->organisation)
		db_bind_int(s, db_param(s, "organisation"), x->o->organisation);
	if (x->o->source)
		db_bind_text(s, db_param(s, "feed"), str_of(x->o->source));
	if (x->o->format == DELIVERY_CSV)
		csv_head(x);
	while (!rc && !(rc = db_step(s, &row, &x->ctx->err)) && row) {
		struct record r;

		arena_reset(&x->arena);
		rc = ctx_go_on(x->ctx);
		if (!rc)
			rc = record_read(reader, s, &x->arena, &r);
		if (!rc && !is_open(x, &r))
			continue;
		if (!rc)
			rc = record_out(x, &r);
		rows++;
	}
	if (!rc)
		rc = flush(x, 1);
	*ret_rows = rows;
	return rc;
}

static enum err_code
leave_noted(struct ctx *read, const struct extract_options *o)
{
	struct ctx *ctx = o->noted && !read->note.note ? o->noted : read;
	char as_of[CIVIL_INSTANT_LEN + 1];
	CLEANUP(buf_fini) struct buf detail = {.limit = LIMIT_FIELD_BYTES};

	civil_format_instant(read->as_of, as_of);
	buf_addf(&detail, "{");
	if (read->as_of)
		buf_addf(&detail, "\"as_of\":\"%s\",", as_of);
	if (o->filter || o->fields)
		buf_addf(&detail, "\"filtered\":true,");
	buf_addf(&detail, "\"format\":\"%s\"", o->format == DELIVERY_CSV ? "csv" : "jsonl");
	if (o->organisation)
		buf_addf(&detail, ",\"organisation\":%lld", (long long)o->organisation);
	buf_addf(&detail, ",\"register\":\"%s\"", o->reg->name);
	if (o->source) {
		buf_addf(&detail, ",\"source\":");
		json_escape(&detail, str_of(o->source));
	}
	buf_addf(&detail, "}");
	if (detail.failed)
		return err_set(&ctx->err, ERR_TOO_BIG, "source", "the source's name is too long");
	return note_event(ctx, "export", (struct str){detail.data, detail.len});
}

enum err_code
extract_run(struct ctx *ctx, const struct extract_options *o, struct extract_sink sink,
	    int64_t *ret_rows)
{
	struct extract x = {.ctx = ctx, .o = o, .sink = sink};
	DB_TXN txn = {0};
	enum err_code rc = grant_some(ctx->model, ctx->who, o->reg, ACT_EXPORT, &ctx->err);

	if (rc)
		return rc;
	rc = leave_noted(ctx, o);
	if (rc && o->noted && o->noted->err.code)
		ctx->err = o->noted->err;
	if (rc)
		return rc;
	arena_init(&x.arena, ROW_MOST);
	buf_init(&x.out, ROW_MOST);
	buf_init(&x.cell, ROW_MOST);
	x.by_id = calloc(ctx->model->reg_count, sizeof(*x.by_id));
	if (!x.by_id)
		rc = err_set(&ctx->err, ERR_INTERNAL, "", "no memory to export");
	if (!rc)
		rc = db_begin_read(ctx->db, &txn, &ctx->err);
	if (!rc)
		rc = resolver_new(ctx, NULL, &x.rs);
	if (!rc)
		rc = records_out(&x, ret_rows);
	resolver_free(x.rs);
	for (size_t i = 0; x.by_id && i < ctx->model->reg_count; i++)
		db_stmt_free(x.by_id[i]);
	free(x.by_id);
	arena_fini(&x.arena);
	buf_fini(&x.out);
	buf_fini(&x.cell);
	return rc;
}
