#include "list/list_priv.h"

#include "access/grant.h"
#include "base/limits.h"
#include "base/order.h"
#include "model/sql.h"

#include <stdlib.h>
#include <string.h>

/* What is read by numbers: the cells of a page, then the items of its lists, and the keys that it
 * refers to. */

/* Asked for in one statement. */
enum { AT_ONCE = 200, LATELY = 256, TEXT_ROOM = 8192 };

struct beside {
	struct ctx *ctx;
	struct list_page *page;
	struct list_row **by_id;     /* the rows by number */
	const struct field **fields; /* that have a column */
	size_t *places;		     /* where they are shown */
	size_t field_count;
	struct db_cell *cells; /* of the row in hand, by field */
	char *room;	       /* for the texts of some rows */
	size_t room_left;
	int64_t *ids; /* that the rows refer to */
	size_t id_count;
	size_t id_cap;
	int64_t lately[LATELY]; /* those that were added, each in its place */
	size_t bytes;		/* of cells and items */
};

static int
rows_by_id(const void *a, const void *b)
{
	const struct list_row *x = *(struct list_row *const *)a;
	const struct list_row *y = *(struct list_row *const *)b;

	return int_cmp(x->id, y->id);
}

/* Statements are for one of these many records, so that few of them are kept prepared. */
static size_t
room_for(size_t count)
{
	static const size_t rooms[] = {1, 10, LIST_LIMIT};

	for (size_t i = 0; i < COUNT_OF(rooms); i++) {
		if (count <= rooms[i])
			return rooms[i];
	}
	return AT_ONCE;
}

/* Nothing is found by what stands where there is more room. */
static void
bind_records(struct db_stmt *s, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		db_bind_int(s, (int)i + 1, ids[i]);
	for (size_t i = count; i < room_for(count); i++)
		db_bind_null(s, (int)i + 1);
}

/* For rows of the page. */
static enum err_code
rows_prepare(struct beside *b, const struct buf *sql, size_t first, size_t count,
	     struct db_stmt **ret_stmt)
{
	int64_t ids[AT_ONCE];
	enum err_code rc = db_prepare(b->ctx->db, sql->data, ret_stmt, &b->ctx->err);

	for (size_t i = 0; i < count; i++)
		ids[i] = b->by_id[first + i]->id;
	if (!rc)
		bind_records(*ret_stmt, ids, count);
	return rc;
}

static enum err_code
bytes_check(struct beside *b, const struct field *f)
{
	if (b->bytes <= LIMIT_LIST_BYTES)
		return ERR_NONE;
	return err_set(&b->ctx->err, ERR_TOO_BIG, f ? f->name : "limit",
		       "the page has more than %d bytes; ask for fewer records or fields",
		       LIMIT_LIST_BYTES);
}

/* A copy, in one piece with those of others. */
static struct str
text_keep(struct beside *b, struct str text)
{
	char *to;

	if (text.len > b->room_left) {
		b->room_left = text.len > TEXT_ROOM ? text.len : TEXT_ROOM;
		b->room = arena_raw(b->ctx->arena, b->room_left);
	}
	to = b->room;
	memcpy(to, text.ptr, text.len);
	b->room += text.len;
	b->room_left -= text.len;
	b->bytes += text.len;
	return (struct str){to, text.len};
}

static void
row_take(struct beside *b, const struct db_stmt *s, struct list_row *row)
{
	db_cells(s, 1, b->field_count, b->cells);
	for (size_t i = 0; i < b->field_count; i++) {
		struct value *v = &row->cells[b->places[i]];

		*v = cell_value(&b->cells[i]);
		if (v->kind == VALUE_TEXT)
			v->text = text_keep(b, v->text);
	}
}

/* The row of that number. Mostly they come in order: *next is the place to look at first. */
static struct list_row *
row_of(struct list_row **by_id, size_t count, size_t *next, int64_t id)
{
	const struct list_row wanted = {.id = id};
	const struct list_row *key = &wanted;
	struct list_row **at = *next < count && by_id[*next]->id == id
				       ? &by_id[*next]
				       : bsearch(&key, by_id, count, sizeof(*by_id), rows_by_id);

	if (!at)
		return NULL;
	*next = (size_t)(at - by_id) + 1;
	return *at;
}

static enum err_code
cells_read(struct beside *b, size_t first, size_t count)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	size_t next = 0;
	size_t taken = 0;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_rows_sql(b->page->reg, b->fields, b->field_count, room_for(count), &sql);
	rc = rows_prepare(b, &sql, first, count, &s);
	while (!rc && !(rc = db_step(s, &row, &b->ctx->err)) && row) {
		struct list_row *at = row_of(&b->by_id[first], count, &next, db_int(s, 0));

		if (at) {
			row_take(b, s, at);
			taken++;
		}
		rc = bytes_check(b, NULL);
	}
	if (!rc && taken < count)
		rc = err_set(&b->ctx->err, ERR_INTERNAL, "",
			     "a page is read in one transaction, so that its rows are there");
	return rc;
}

/* Which columns the register's own table has; the number is known. */
static void
fields_find(struct beside *b)
{
	struct list_page *p = b->page;

	b->fields = (const struct field **)arena_alloc(b->ctx->arena,
						       (p->column_count + 1) * sizeof(void *));
	b->places = arena_alloc(b->ctx->arena, (p->column_count + 1) * sizeof(*b->places));
	b->cells = arena_alloc(b->ctx->arena, (p->column_count + 1) * sizeof(*b->cells));
	for (size_t i = 0; i < p->column_count; i++) {
		const struct attribute *at = p->columns[i];

		if (at->kind == ATTRIBUTE_ID || !field_has_column(at->field))
			continue;
		b->fields[b->field_count] = at->field;
		b->places[b->field_count++] = i;
	}
}

/* Those that the register's own table has are written when their rows are read. */
static void
cells_begin(struct list_page *p, struct arena *a)
{
	struct value *cells = arena_raw(a, (p->count * p->column_count + 1) * sizeof(*cells));

	for (size_t i = 0; i < p->count; i++)
		p->rows[i].cells = &cells[i * p->column_count];
	for (size_t c = 0; c < p->column_count; c++) {
		bool is_id = p->columns[c]->kind == ATTRIBUTE_ID;

		if (!is_id && field_has_column(p->columns[c]->field))
			continue;
		for (size_t i = 0; i < p->count; i++)
			p->rows[i].cells[c] =
				is_id ? (struct value){.kind = VALUE_INT, .number = p->rows[i].id}
				      : (struct value){0};
	}
}

/* One more item of a row. */
static enum err_code
item_take(struct beside *b, const struct field *f, const struct db_stmt *s, struct value *v)
{
	size_t width = f->type == FIELD_REFS ? 1 : f->field_count;
	struct arena *a = b->ctx->arena;
	/* The list doubles whenever its count is a power of two, so no room needs remembering. */
	size_t cap = (v->count & (v->count - 1)) == 0 ? v->count : v->count + 1;

	v->items = arena_room(a, v->items, v->count, &cap, width * sizeof(*v->items));
	for (size_t k = 0; k < width; k++) {
		struct value *item = &v->items[v->count * width + k];

		*item = row_value(s, (int)k + 1);
		item->text = str_dup(a, item->text);
		b->bytes += item->text.len + sizeof(*item);
	}
	v->kind = VALUE_ITEMS;
	v->number = (int64_t)width;
	v->count++;
	return bytes_check(b, f);
}

static enum err_code
items_read(struct beside *b, size_t column, size_t first, size_t count)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct field *f = b->page->columns[column]->field;
	size_t at = first;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_items_sql(f, room_for(count), &sql);
	rc = rows_prepare(b, &sql, first, count, &s);
	while (!rc && !(rc = db_step(s, &row, &b->ctx->err)) && row) {
		while (b->by_id[at]->id != db_int(s, 0))
			at++;
		rc = item_take(b, f, s, &b->by_id[at]->cells[column]);
	}
	return rc;
}

/* Records of a page often refer to the same ones. */
static void
id_add(struct beside *b, const struct field *f, const struct value *v)
{
	int64_t *lately = &b->lately[(uint64_t)v->number % LATELY];

	if ((f->type != FIELD_REF && f->type != FIELD_REFS) || v->kind != VALUE_INT ||
	    v->number == *lately)
		return;
	*lately = v->number;
	b->ids = arena_room(b->ctx->arena, b->ids, b->id_count, &b->id_cap, sizeof(*b->ids));
	b->ids[b->id_count++] = v->number;
}

static void
column_gather(struct beside *b, size_t column)
{
	const struct list_page *p = b->page;
	const struct field *f = p->columns[column]->field;

	if (f->type != FIELD_REF && f->type != FIELD_REFS && f->type != FIELD_LIST)
		return;
	for (size_t i = 0; i < p->count; i++) {
		const struct value *v = &p->rows[i].cells[column];
		size_t width = (size_t)v->number;

		if (v->kind != VALUE_ITEMS)
			id_add(b, f, v);
		for (size_t k = 0; v->kind == VALUE_ITEMS && k < v->count * width; k++)
			id_add(b, f->type == FIELD_LIST ? &f->fields[k % width] : f, &v->items[k]);
	}
}

static void
ids_gather(struct beside *b)
{
	size_t n = 0;

	for (size_t c = 0; c < b->page->column_count; c++)
		column_gather(b, c);
	if (b->id_count == 0)
		return;
	qsort(b->ids, b->id_count, sizeof(*b->ids), ints_order);
	for (size_t i = 0; i < b->id_count; i++) {
		if (i == 0 || b->ids[i] != b->ids[i - 1])
			b->ids[n++] = b->ids[i];
	}
	b->id_count = n;
}

/* Of records of one register. */
static enum err_code
keys_read(struct beside *b, const struct reg *r, size_t first, size_t count)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct sight seen = sight_of(b->ctx->model, b->ctx->who, r, b->ctx->arena);
	struct list_page *p = b->page;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_keys_sql(r, &seen, room_for(count), &sql);
	rc = db_prepare(b->ctx->db, sql.data, &s, &b->ctx->err);
	if (rc)
		return rc;
	bind_records(s, &b->ids[first], count);
	sql_sight_bind(r, &seen, s);
	while (!(rc = db_step(s, &row, &b->ctx->err)) && row) {
		const struct list_target *found = list_target_of(p, db_int(s, 0));

		if (found)
			p->targets[found - p->targets].key = str_dup(b->ctx->arena, db_text(s, 1));
	}
	return rc;
}

static enum err_code
targets_read(struct beside *b)
{
	const struct model *m = b->ctx->model;
	struct list_page *p = b->page;
	enum err_code rc = ERR_NONE;
	size_t next;

	p->targets = arena_alloc(b->ctx->arena, (b->id_count + 1) * sizeof(*p->targets));
	p->target_count = b->id_count;
	for (size_t i = 0; i < b->id_count; i++)
		p->targets[i].id = b->ids[i];
	for (size_t i = 0; !rc && i < b->id_count; i = next) {
		const struct reg *r = model_reg_of_id(m, b->ids[i]);

		for (next = i + 1; next < b->id_count && next - i < AT_ONCE; next++) {
			if (model_reg_of_id(m, b->ids[next]) != r)
				break;
		}
		if (r)
			rc = keys_read(b, r, i, next - i);
	}
	return rc;
}

enum err_code
beside_read(struct ctx *ctx, struct list_page *p)
{
	struct beside b = {.ctx = ctx, .page = p};
	enum err_code rc = ERR_NONE;

	cells_begin(p, ctx->arena);
	fields_find(&b);
	b.by_id = (struct list_row **)arena_alloc(ctx->arena, (p->count + 1) * sizeof(*b.by_id));
	for (size_t i = 0; i < p->count; i++)
		b.by_id[i] = &p->rows[i];
	qsort(b.by_id, p->count, sizeof(*b.by_id), rows_by_id);
	for (size_t i = 0; !rc && b.field_count > 0 && i < p->count; i += AT_ONCE)
		rc = cells_read(&b, i, p->count - i < AT_ONCE ? p->count - i : AT_ONCE);
	for (size_t c = 0; !rc && c < p->column_count; c++) {
		if (field_has_column(p->columns[c]->field))
			continue;
		for (size_t i = 0; !rc && i < p->count; i += AT_ONCE)
			rc = items_read(&b, c, i, p->count - i < AT_ONCE ? p->count - i : AT_ONCE);
	}
	if (rc)
		return rc;
	ids_gather(&b);
	return targets_read(&b);
}

enum err_code
beside_keys(struct ctx *ctx, struct list_page *p)
{
	struct beside b = {.ctx = ctx, .page = p};

	ids_gather(&b);
	return targets_read(&b);
}

const struct list_target *
list_target_of(const struct list_page *p, int64_t id)
{
	size_t from = 0;
	size_t to = p->target_count;

	while (from < to) {
		size_t at = (from + to) / 2;

		if (p->targets[at].id == id)
			return &p->targets[at];
		if (p->targets[at].id < id)
			from = at + 1;
		else
			to = at;
	}
	return NULL;
}

struct str
list_key(const struct list_page *p, int64_t id)
{
	const struct list_target *found = list_target_of(p, id);

	return found ? found->key : (struct str){0};
}
