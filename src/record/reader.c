#include "record/record.h"

#include "access/grant.h"
#include "model/sql.h"
#include "record/note.h"
#include "record/reader_priv.h"
#include "store/find.h"

#include <stdlib.h>
#include <string.h>

struct record_reader {
	struct ctx *ctx;
	const struct reg *reg;
	bool history;
	struct db_stmt *children[]; /* one a field; NULL where it has no table of its own */
};

static enum err_code
child_prepare(struct record_reader *rd, size_t field)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	sql_select_items(&rd->reg->fields[field], rd->history, &sql);
	return db_prepare(rd->ctx->db, sql.data, &rd->children[field], &rd->ctx->err);
}

enum err_code
record_reader_new(struct ctx *ctx, const struct reg *r, bool history,
		  struct record_reader **ret_reader)
{
	struct record_reader *rd =
		calloc(1, sizeof(*rd) + r->field_count * sizeof(struct db_stmt *));
	enum err_code rc = ERR_NONE;

	if (!rd)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for a reader");
	rd->ctx = ctx;
	rd->reg = r;
	rd->history = history;
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (!field_has_column(&r->fields[i]))
			rc = child_prepare(rd, i);
	}
	if (rc) {
		record_reader_free(rd);
		return rc;
	}
	*ret_reader = rd;
	return ERR_NONE;
}

void
record_reader_free(struct record_reader *rd)
{
	if (!rd)
		return;
	for (size_t i = 0; i < rd->reg->field_count; i++)
		db_stmt_free(rd->children[i]);
	free(rd);
}

void
record_reader_freep(struct record_reader **rd)
{
	record_reader_free(*rd);
}

struct value
cell_value(const struct db_cell *c)
{
	switch (c->kind) {
	case CELL_NULL:
		break;
	case CELL_INT:
		return (struct value){.kind = VALUE_INT, .number = c->number};
	case CELL_TEXT:
		return (struct value){.kind = VALUE_TEXT, .text = c->text};
	}
	return (struct value){0};
}

struct value
row_value(const struct db_stmt *row, int column)
{
	struct db_cell c;

	db_cells(row, column, 1, &c);
	return cell_value(&c);
}

int
row_recorded_to_column(const struct reg *r)
{
	return (int)r->history->column_count - 2;
}

struct record
row_record(const struct reg *r, const struct db_stmt *row, struct value *values)
{
	int column = SYSTEM_COLUMNS;

	for (size_t i = 0; i < r->field_count; i++) {
		if (field_has_column(&r->fields[i]))
			values[i] = row_value(row, column++);
	}
	return (struct record){.reg = r,
			       .id = db_int(row, COLUMN_ID),
			       .version = db_int(row, COLUMN_ROW_VERSION),
			       .organisation = db_int(row, COLUMN_ORGANISATION),
			       .feed = db_text(row, COLUMN_FEED),
			       .key = db_text(row, COLUMN_KEY),
			       .state = db_text(row, COLUMN_STATE),
			       .recorded_from = db_int(row, COLUMN_RECORDED_FROM),
			       .recorded_by = db_int(row, COLUMN_RECORDED_BY),
			       .delivered = db_int(row, COLUMN_DELIVERED),
			       .salt = db_text(row, COLUMN_SALT),
			       .leaf = db_int(row, COLUMN_LEAF),
			       .values = values};
}

static enum err_code
children_read(struct record_reader *rd, size_t field, const struct record *r, struct arena *a,
	      struct value *v)
{
	const struct field *f = &rd->reg->fields[field];
	size_t width = f->type == FIELD_REFS ? 1 : f->field_count;
	struct db_stmt *s = rd->children[field];
	size_t cap = 0;
	enum err_code rc;
	bool row;

	db_bind_int(s, 1, r->id);
	if (rd->history)
		db_bind_int(s, 2, r->version);
	while (!(rc = db_step(s, &row, &rd->ctx->err)) && row) {
		v->items = arena_room(a, v->items, v->count, &cap, width * sizeof(*v->items));
		for (size_t k = 0; k < width; k++) {
			struct value *item = &v->items[v->count * width + k];

			*item = row_value(s, (int)k);
			item->text = str_dup(a, item->text);
		}
		v->count++;
	}
	if (v->count > 0) {
		v->kind = VALUE_ITEMS;
		v->number = (int64_t)width;
	}
	return rc;
}

enum err_code
record_read(struct record_reader *rd, const struct db_stmt *row, struct arena *a,
	    struct record *ret_record)
{
	struct value *values = arena_alloc(a, (rd->reg->field_count + 1) * sizeof(*values));
	struct record r = row_record(rd->reg, row, values);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < rd->reg->field_count; i++) {
		if (!field_has_column(&rd->reg->fields[i]))
			rc = children_read(rd, i, &r, a, &values[i]);
	}
	if (rd->history)
		r.retired = db_int(row, row_recorded_to_column(rd->reg) + 1) != 0;
	if (!rc)
		*ret_record = r;
	return rc;
}

void
record_keep(struct record *r, struct arena *a)
{
	r->feed = str_dup(a, r->feed);
	r->key = str_dup(a, r->key);
	r->state = str_dup(a, r->state);
	r->salt = str_dup(a, r->salt);
	for (size_t i = 0; i < r->reg->field_count; i++)
		r->values[i].text = str_dup(a, r->values[i].text);
}

struct record
record_copy(const struct record *r, struct arena *a)
{
	size_t count = r->reg->field_count;
	struct record copy = *r;

	copy.values = arena_alloc(a, (count + 1) * sizeof(*copy.values));
	memcpy(copy.values, r->values, count * sizeof(*copy.values));
	record_keep(&copy, a);
	for (size_t i = 0; i < count; i++) {
		struct value *v = &copy.values[i];
		const struct value *from = v->items;
		size_t items = v->kind == VALUE_ITEMS ? v->count * (size_t)v->number : 0;

		if (items == 0)
			continue;
		v->items = arena_alloc(a, items * sizeof(*v->items));
		for (size_t k = 0; k < items; k++) {
			v->items[k] = from[k];
			v->items[k].text = str_dup(a, from[k].text);
		}
	}
	return copy;
}

static enum err_code
not_there(struct ctx *ctx)
{
	return err_set(&ctx->err, ERR_MISSING, "", "there is no such record now");
}

/* What it is as restricted as. */
static bool
is_open(const struct ctx *ctx, const struct record *r)
{
	const struct field *f = r->reg->follows;

	return !f || grant_reads_about(ctx->model, ctx->who, r->reg,
				       r->values[f - r->reg->fields].number);
}

enum err_code
record_load(struct ctx *ctx, int64_t id, struct arena *a, struct record *ret_record)
{
	CLEANUP(record_reader_freep) struct record_reader *rd = NULL;
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg_of_id(ctx->model, id);
	struct record found;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!r)
		return not_there(ctx);
	sql_select(r->table, "where t.id = :id", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	rc = record_reader_new(ctx, r, false, &rd);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, &row, &ctx->err);
	if (rc)
		return rc;
	if (!row || !grant_reads(ctx->model, ctx->who, r, db_int(s, COLUMN_ORGANISATION)))
		return not_there(ctx);
	rc = note_read(ctx, r, &id, 1);
	if (!rc)
		rc = record_read(rd, s, a, &found);
	if (!rc && !is_open(ctx, &found))
		rc = not_there(ctx);
	if (rc)
		return rc;
	record_keep(&found, a);
	*ret_record = found;
	return ERR_NONE;
}

enum err_code
record_actor(struct ctx *ctx, int64_t id, struct arena *a, struct str *ret_name, struct err *e)
{
	const struct db_find f = {"select a.name from actor a where a.id = :id", {db_of_int(id)}};

	return db_find_text(ctx->db, &f, a, ret_name, e);
}

static enum err_code
versions_read(struct ctx *ctx, int64_t id, bool history, struct arena *a, struct versions *v)
{
	CLEANUP(record_reader_freep) struct record_reader *rd = NULL;
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg_of_id(ctx->model, id);
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	sql_select(history ? r->history : r->table,
		   history ? "where t.id = :id order by t.row_version" : "where t.id = :id", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (!rc)
		rc = record_reader_new(ctx, r, history, &rd);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		struct record *one;

		if (!grant_reads(ctx->model, ctx->who, r, db_int(s, COLUMN_ORGANISATION)))
			continue;
		v->rows = arena_room(a, v->rows, v->count, &v->cap, sizeof(*v->rows));
		one = &v->rows[v->count];
		rc = record_read(rd, s, a, one);
		if (rc)
			return rc;
		if (!is_open(ctx, one))
			continue;
		record_keep(one, a);
		v->count++;
	}
	return rc;
}

enum err_code
record_versions(struct ctx *ctx, int64_t id, struct arena *a, struct versions *ret_versions)
{
	const struct reg *r = model_reg_of_id(ctx->model, id);
	struct versions v = {0};
	enum err_code rc;

	if (!r)
		return not_there(ctx);
	rc = versions_read(ctx, id, true, a, &v);
	if (!rc)
		rc = versions_read(ctx, id, false, a, &v);
	if (!rc && v.count == 0)
		rc = not_there(ctx);
	if (!rc)
		rc = note_read(ctx, r, &id, 1);
	if (!rc)
		*ret_versions = v;
	return rc;
}
