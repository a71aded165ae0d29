#include "record/scan.h"

#include "base/limits.h"
#include "model/sql.h"
#include "record/reader_priv.h"

#include <stdlib.h>
#include <string.h>

/* One table of items, read beside its records. */
struct items {
	struct db_stmt *rows; /* NULL for a field that is a column */
	bool more;
};

/* The present rows, or the history. */
struct half {
	bool history;
	struct db_stmt *rows;
	bool more;
	struct items *items; /* one a field */
	struct value *values;
};

struct record_scan {
	struct ctx *ctx;
	const struct reg *reg;
	void (*stray)(void *object, const struct field *f, int64_t record);
	void *object;
	struct arena arena; /* items of the present row */
	struct half halves[2];
	struct half *last; /* whose row the caller holds */
};

static enum err_code
items_open(struct record_scan *s, struct half *h, size_t field)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	enum err_code rc;

	sql_scan_items(&s->reg->fields[field], h->history, &sql);
	rc = db_prepare_scan(s->ctx->db, sql.data, &h->items[field].rows, &s->ctx->err);
	if (!rc)
		rc = db_step(h->items[field].rows, &h->items[field].more, &s->ctx->err);
	return rc;
}

static enum err_code
half_open(struct record_scan *s, struct half *h, bool history)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = s->reg;
	enum err_code rc;

	h->history = history;
	h->items = calloc(r->field_count + 1, sizeof(*h->items));
	h->values = calloc(r->field_count + 1, sizeof(*h->values));
	if (!h->items || !h->values)
		return err_set(&s->ctx->err, ERR_INTERNAL, "", "no memory to read a register");
	sql_scan_leaves(history ? r->history : r->table, &sql);
	rc = db_prepare_scan(s->ctx->db, sql.data, &h->rows, &s->ctx->err);
	if (!rc)
		rc = db_step(h->rows, &h->more, &s->ctx->err);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (!field_has_column(&r->fields[i]))
			rc = items_open(s, h, i);
	}
	return rc;
}

enum err_code
record_scan_new(struct ctx *ctx, const struct reg *r,
		void (*stray)(void *object, const struct field *f, int64_t record), void *object,
		struct record_scan **ret_scan)
{
	struct record_scan *s = calloc(1, sizeof(*s));
	enum err_code rc;

	if (!s)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory to read a register");
	*s = (struct record_scan){.ctx = ctx, .reg = r, .stray = stray, .object = object};
	arena_init(&s->arena, LIMIT_IMPORT_MEMORY_BYTES);
	rc = half_open(s, &s->halves[0], false);
	if (!rc)
		rc = half_open(s, &s->halves[1], true);
	if (rc) {
		record_scan_free(s);
		return rc;
	}
	*ret_scan = s;
	return ERR_NONE;
}

void
record_scan_free(struct record_scan *s)
{
	if (!s)
		return;
	for (size_t n = 0; n < COUNT_OF(s->halves); n++) {
		struct half *h = &s->halves[n];

		for (size_t i = 0; h->items && i < s->reg->field_count; i++)
			db_stmt_free(h->items[i].rows);
		db_stmt_free(h->rows);
		free(h->items);
		free(h->values);
	}
	arena_fini(&s->arena);
	free(s);
}

void
record_scan_freep(struct record_scan **s)
{
	record_scan_free(*s);
}

/* -1, 0 or 1: whether the item in hand belongs to an earlier version, this one or a later one. */
static int
item_order(const struct half *h, const struct items *it, const struct record *r)
{
	int64_t record = db_int(it->rows, 0);
	int64_t version = h->history ? db_int(it->rows, 1) : r->version;

	if (record != r->id)
		return record < r->id ? -1 : 1;
	if (version != r->version)
		return version < r->version ? -1 : 1;
	return 0;
}

static enum err_code
item_stray(struct record_scan *s, struct items *it, size_t field)
{
	if (s->stray)
		s->stray(s->object, &s->reg->fields[field], db_int(it->rows, 0));
	return db_step(it->rows, &it->more, &s->ctx->err);
}

/* Room for one more item of `width` values. */
static struct value *
item_room(struct record_scan *s, struct value *v, size_t width, size_t *cap)
{
	if (v->count == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		struct value *items = arena_alloc(&s->arena, more * width * sizeof(*items));

		if (*cap)
			memcpy(items, v->items, *cap * width * sizeof(*items));
		v->items = items;
		*cap = more;
	}
	return &v->items[v->count++ * width];
}

static enum err_code
items_take(struct record_scan *s, struct half *h, size_t field, struct scan_row *row)
{
	const struct field *f = &s->reg->fields[field];
	const size_t width = f->type == FIELD_REFS ? 1 : f->field_count;
	const int pos = h->history ? 2 : 1;
	struct items *it = &h->items[field];
	struct value *v = &h->values[field];
	size_t cap = 0;
	enum err_code rc = ERR_NONE;
	int order = 1;

	*v = (struct value){0};
	while (!rc && it->more && (order = item_order(h, it, &row->record)) < 0)
		rc = item_stray(s, it, field);
	while (!rc && it->more && (order = item_order(h, it, &row->record)) == 0) {
		struct value *item = item_room(s, v, width, &cap);

		for (size_t k = 0; k < width; k++) {
			item[k] = row_value(it->rows, pos + 1 + (int)k);
			item[k].text = str_dup(&s->arena, item[k].text);
		}
		if (db_int(it->rows, pos) != (int64_t)v->count)
			row->items_count = false;
		if (arena_over(&s->arena))
			return err_set(&s->ctx->err, ERR_TOO_BIG, f->name,
				       "a list of register '%s' is too long to be read",
				       s->reg->name);
		rc = db_step(it->rows, &it->more, &s->ctx->err);
	}
	if (v->count > 0) {
		v->kind = VALUE_ITEMS;
		v->number = (int64_t)width;
	}
	return rc;
}

static enum err_code
row_take(struct record_scan *s, struct half *h, struct scan_row *row)
{
	const struct table *t = h->history ? s->reg->history : s->reg->table;
	const int last = (int)t->column_count;
	enum err_code rc = ERR_NONE;

	*row = (struct scan_row){.record = row_record(s->reg, h->rows, h->values),
				 .present = !h->history,
				 .items_count = true};
	row->named = db_int(h->rows, last) == row->record.id &&
		     db_int(h->rows, last + 1) == row->record.version;
	if (h->history) {
		row->recorded_to = db_int(h->rows, row_recorded_to_column(s->reg));
		row->retired = db_int(h->rows, row_recorded_to_column(s->reg) + 1);
		row->record.retired = row->retired != 0;
	}
	for (size_t i = 0; !rc && i < s->reg->field_count; i++) {
		if (h->items[i].rows)
			rc = items_take(s, h, i, row);
	}
	return rc;
}

/* The half with the lower number and version; NULL at the end. */
static struct half *
half_next(struct record_scan *s)
{
	struct half *now = &s->halves[0];
	struct half *then = &s->halves[1];
	int64_t a, b;

	if (!now->more || !then->more)
		return now->more ? now : then->more ? then : NULL;
	a = db_int(now->rows, COLUMN_ID);
	b = db_int(then->rows, COLUMN_ID);
	if (a == b) {
		a = db_int(now->rows, COLUMN_ROW_VERSION);
		b = db_int(then->rows, COLUMN_ROW_VERSION);
	}
	return a < b ? now : then;
}

/* What no record has taken. */
static enum err_code
strays_left(struct record_scan *s)
{
	enum err_code rc = ERR_NONE;

	for (size_t n = 0; n < COUNT_OF(s->halves); n++) {
		for (size_t i = 0; i < s->reg->field_count; i++) {
			struct items *it = &s->halves[n].items[i];

			while (!rc && it->rows && it->more)
				rc = item_stray(s, it, i);
		}
	}
	return rc;
}

enum err_code
record_scan_next(struct record_scan *s, struct scan_row *ret_row, bool *ret_more)
{
	struct scan_row row;
	enum err_code rc = ERR_NONE;

	if (s->last)
		rc = db_step(s->last->rows, &s->last->more, &s->ctx->err);
	if (rc)
		return rc;
	if (s->arena.used > 0)
		arena_reset(&s->arena);
	s->last = half_next(s);
	if (!s->last) {
		*ret_more = false;
		return strays_left(s);
	}
	rc = row_take(s, s->last, &row);
	if (rc)
		return rc;
	*ret_row = row;
	*ret_more = true;
	return ERR_NONE;
}
