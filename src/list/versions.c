#include "list/list_priv.h"

#include <string.h>

/* One record, told as a list tells it. */
struct telling {
	struct ctx *ctx;
	struct list_page page;
	size_t cap;
};

static struct value
text_value(struct str text)
{
	return (struct value){.kind = text.ptr ? VALUE_TEXT : VALUE_NULL, .text = text};
}

static struct value
int_value(int64_t number)
{
	return (struct value){.kind = VALUE_INT, .number = number};
}

/* What the attribute is of that version. */
static struct value
attribute_value(const struct record *r, const struct attribute *at)
{
	const struct reg *reg = r->reg;

	if (at->field >= reg->fields && at->field < reg->fields + reg->field_count)
		return r->values[at->field - reg->fields];
	switch (at->kind) {
	case ATTRIBUTE_ID:
		return int_value(r->id);
	case ATTRIBUTE_KEY:
		return text_value(r->key);
	case ATTRIBUTE_HOLDER:
		return int_value(r->organisation);
	case ATTRIBUTE_RECORDED:
		return int_value(r->recorded_from);
	case ATTRIBUTE_FIELD:
		break;
	}
	if (strcmp(at->field->name, "state") == 0)
		return text_value(r->state);
	if (strcmp(at->field->name, "feed") == 0)
		return text_value(r->feed);
	return int_value(r->version);
}

static struct list_row *
row_add(struct telling *t, const struct record *r)
{
	struct list_page *p = &t->page;
	struct list_row *row;

	p->rows = arena_room(t->ctx->arena, p->rows, p->count, &t->cap, sizeof(*p->rows));
	row = &p->rows[p->count++];
	*row = (struct list_row){.id = r->id, .version = r->version};
	row->cells = arena_alloc(t->ctx->arena, (p->column_count + 1) * sizeof(*row->cells));
	for (size_t i = 0; i < p->column_count; i++)
		row->cells[i] = attribute_value(r, p->columns[i]);
	return row;
}

static enum err_code
page_begin(struct telling *t, const struct reg *r, struct str fields)
{
	struct asked asked = {.attributes = attributes_of(t->ctx->model, r, t->ctx->arena)};
	enum err_code rc = asked_fields(t->ctx, fields, &asked);

	t->page = (struct list_page){
		.reg = r, .columns = asked.columns, .column_count = asked.column_count};
	return rc;
}

static void
page_end(struct telling *t, struct list_page *ret_page)
{
	t->page.total = (int64_t)t->page.count;
	t->page.total_is_exact = true;
	*ret_page = t->page;
}

enum err_code
list_one(struct ctx *ctx, int64_t id, struct str fields, struct list_page *ret_page)
{
	struct telling t = {.ctx = ctx};
	const struct reg *reg = model_reg_of_id(ctx->model, id);
	struct record r;
	enum err_code rc = record_load(ctx, id, ctx->arena, &r);

	if (!rc)
		rc = page_begin(&t, reg, fields);
	if (rc)
		return rc;
	(void)row_add(&t, &r);
	rc = beside_keys(ctx, &t.page);
	if (!rc)
		page_end(&t, ret_page);
	return rc;
}

enum err_code
list_versions(struct ctx *ctx, int64_t id, struct list_page *ret_page)
{
	struct telling t = {.ctx = ctx};
	struct versions all = {0};
	enum err_code rc = record_versions(ctx, id, ctx->arena, &all);

	if (!rc)
		rc = page_begin(&t, model_reg_of_id(ctx->model, id), (struct str){0});
	for (size_t i = 0; !rc && i < all.count; i++) {
		struct list_row *row = row_add(&t, &all.rows[i]);

		row->retired = all.rows[i].retired;
		rc = record_actor(ctx, all.rows[i].recorded_by, ctx->arena, &row->by, &ctx->err);
	}
	if (!rc)
		rc = beside_keys(ctx, &t.page);
	if (!rc)
		page_end(&t, ret_page);
	return rc;
}
