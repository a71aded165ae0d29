#include "list/list_priv.h"

#include "access/grant.h"
#include "base/limits.h"
#include "model/sql.h"

#include <stdlib.h>

/* Asked for in one statement. */
enum { AT_ONCE = 200 };

struct beside {
	struct ctx *ctx;
	struct list_page *page;
	struct list_row **by_id; /* the rows by number */
	int64_t *ids;		 /* that the rows refer to */
	size_t id_count;
	size_t id_cap;
	size_t bytes; /* of the items */
};

static int
rows_by_id(const void *a, const void *b)
{
	const struct list_row *x = *(struct list_row *const *)a;
	const struct list_row *y = *(struct list_row *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static int
ids_ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
bind_records(struct db_stmt *s, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		db_bind_int(s, (int)i + 1, ids[i]);
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
	if (b->bytes > LIMIT_LIST_BYTES)
		return err_set(&b->ctx->err, ERR_TOO_BIG, f->name,
			       "the page has more than %d bytes; ask for fewer records or fields",
			       LIMIT_LIST_BYTES);
	return ERR_NONE;
}

static enum err_code
items_read(struct beside *b, size_t column, size_t first, size_t count)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct field *f = b->page->columns[column]->field;
	int64_t ids[AT_ONCE];
	size_t at = first;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_items_sql(f, count, &sql);
	rc = db_prepare(b->ctx->db, sql.data, &s, &b->ctx->err);
	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++)
		ids[i] = b->by_id[first + i]->id;
	bind_records(s, ids, count);
	while (!(rc = db_step(s, &row, &b->ctx->err)) && row) {
		while (b->by_id[at]->id != db_int(s, 0))
			at++;
		rc = item_take(b, f, s, &b->by_id[at]->cells[column]);
		if (rc)
			return rc;
	}
	return rc;
}

static void
id_add(struct beside *b, const struct field *f, const struct value *v)
{
	if ((f->type != FIELD_REF && f->type != FIELD_REFS) || v->kind != VALUE_INT)
		return;
	b->ids = arena_room(b->ctx->arena, b->ids, b->id_count, &b->id_cap, sizeof(*b->ids));
	b->ids[b->id_count++] = v->number;
}

static void
ids_gather(struct beside *b)
{
	struct list_page *p = b->page;
	size_t n = 0;

	for (size_t i = 0; i < p->count * p->column_count; i++) {
		const struct value *v = &p->rows[i / p->column_count].cells[i % p->column_count];
		const struct field *f = p->columns[i % p->column_count]->field;
		size_t width = (size_t)v->number;

		if (v->kind != VALUE_ITEMS)
			id_add(b, f, v);
		for (size_t k = 0; v->kind == VALUE_ITEMS && k < v->count * width; k++)
			id_add(b, f->type == FIELD_LIST ? &f->fields[k % width] : f, &v->items[k]);
	}
	if (b->id_count == 0)
		return;
	qsort(b->ids, b->id_count, sizeof(*b->ids), ids_ascending);
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

	page_keys_sql(r, &seen, count, &sql);
	rc = db_prepare(b->ctx->db, sql.data, &s, &b->ctx->err);
	if (rc)
		return rc;
	bind_records(s, &b->ids[first], count);
	sql_sight_bind(r, &seen, s);
	while (!(rc = db_step(s, &row, &b->ctx->err)) && row) {
		int64_t id = db_int(s, 0);
		int64_t *at = bsearch(&id, b->ids, b->id_count, sizeof(*b->ids), ids_ascending);

		if (at)
			p->targets[at - b->ids].key = str_dup(b->ctx->arena, db_text(s, 1));
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

	b.by_id = (struct list_row **)arena_alloc(ctx->arena, (p->count + 1) * sizeof(*b.by_id));
	for (size_t i = 0; i < p->count; i++)
		b.by_id[i] = &p->rows[i];
	qsort(b.by_id, p->count, sizeof(*b.by_id), rows_by_id);
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

static int
target_order(const void *a, const void *b)
{
	return ids_ascending(&((const struct list_target *)a)->id,
			     &((const struct list_target *)b)->id);
}

struct str
list_key(const struct list_page *p, int64_t id)
{
	const struct list_target wanted = {.id = id};
	const struct list_target *found;

	if (p->target_count == 0)
		return (struct str){0};
	found = bsearch(&wanted, p->targets, p->target_count, sizeof(wanted), target_order);
	return found ? found->key : (struct str){0};
}
