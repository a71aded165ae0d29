#include "intake/import_priv.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* In what is digested, cells shorter than this have a length of one byte. */
enum { LONG_CELL = 0xff };

enum column_kind {
	COLUMN_IS_KEY,
	COLUMN_IS_ORGANISATION,
	COLUMN_IS_FEED,
	COLUMN_IS_STATE,
	COLUMN_IS_FIELD,
	COLUMN_IS_ITEM, /* a sub-field of a list: "lines.subject" */
};

struct column_use {
	enum column_kind kind;
	const char *name;
	size_t field;
	const struct field *f; /* the sub-field of an item */
	size_t sub;
};

struct csv_file {
	struct import *im;
	size_t number;
	const struct reg *reg;
	struct column_use columns[LIMIT_ROW_COLUMNS];
	size_t count;
	size_t key; /* its column */
	bool has_items;
	size_t order[LIMIT_ROW_COLUMNS]; /* columns of the state and of fields, by field */
	size_t order_count;
	/* The record in hand, to which following rows may add items. */
	struct row row;
	bool open;
	struct str first[LIMIT_ROW_COLUMNS]; /* its cells, when there are items */
	size_t item_caps[LIMIT_ROW_COLUMNS]; /* by field */
};

static const char *const system_names[] = {"key", "organisation", "feed", "state"};

static const char *
nearest_column(const struct reg *reg, struct str name, struct arena *a)
{
	const char **names =
		arena_alloc(a, (reg->field_count + COUNT_OF(system_names)) * sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(system_names); i++)
		names[count++] = system_names[i];
	for (size_t i = 0; i < reg->field_count; i++)
		names[count++] = reg->fields[i].name;
	return text_nearest(name, names, count);
}

static enum err_code
column_unknown(struct csv_file *c, struct str name)
{
	struct err *e = &c->im->ctx->err;
	const char *near = nearest_column(c->reg, name, c->im->ctx->arena);

	if (name.len == 0)
		return err_set(e, ERR_INVALID, "", "a column has no name");
	return err_set(e, ERR_INVALID, "", "register '%s' has no field '%.*s'%s%s%s", c->reg->name,
		       name.len > 60 ? 60 : (int)name.len, name.ptr, near ? "; did you mean '" : "",
		       near ? near : "", near ? "'?" : "");
}

/* "lines.subject". */
static bool
item_find(const struct reg *reg, struct str name, struct column_use *use)
{
	struct str rest = name;
	const struct field *list = reg_field(reg, str_cut(&rest, '.'));

	if (!list || list->type != FIELD_LIST)
		return false;
	for (size_t i = 0; i < list->field_count; i++) {
		if (!str_is(rest, list->fields[i].name))
			continue;
		use->kind = COLUMN_IS_ITEM;
		use->field = (size_t)(list - reg->fields);
		use->f = &list->fields[i];
		use->sub = i;
		return true;
	}
	return false;
}

static enum err_code
column_find(struct csv_file *c, struct str name, struct column_use *use)
{
	const struct field *f = reg_field(c->reg, name);

	use->name = str_z(c->im->ctx->arena, name);
	for (size_t i = 0; i < COUNT_OF(system_names); i++) {
		if (str_is(name, system_names[i])) {
			use->kind = (enum column_kind)i;
			return ERR_NONE;
		}
	}
	if (f) {
		use->kind = COLUMN_IS_FIELD;
		use->field = (size_t)(f - c->reg->fields);
		use->f = f;
		return ERR_NONE;
	}
	return item_find(c->reg, name, use) ? ERR_NONE : column_unknown(c, name);
}

static bool
same_column(const struct column_use *a, const struct column_use *b)
{
	if (a->kind != b->kind)
		/* A list comes in one column or in one a sub-field. */
		return a->kind >= COLUMN_IS_FIELD && b->kind >= COLUMN_IS_FIELD &&
		       a->field == b->field;
	return a->kind < COLUMN_IS_FIELD ||
	       (a->field == b->field && (a->kind == COLUMN_IS_FIELD || a->sub == b->sub));
}

/* The state stands behind the fields. */
static size_t
place_of(const struct csv_file *c, size_t column)
{
	const struct column_use *use = &c->columns[column];

	return use->kind == COLUMN_IS_STATE ? c->reg->field_count : use->field;
}

/* So that a digest does not depend on the order in which a file has its columns. */
static void
columns_order(struct csv_file *c)
{
	for (size_t i = 0; i < c->count; i++) {
		size_t at = c->order_count;

		if (c->columns[i].kind != COLUMN_IS_STATE && c->columns[i].kind != COLUMN_IS_FIELD)
			continue;
		for (; at > 0 && place_of(c, c->order[at - 1]) > place_of(c, i); at--)
			c->order[at] = c->order[at - 1];
		c->order[at] = i;
		c->order_count++;
	}
}

static enum err_code
header_use(struct csv_file *c, const struct csv_row *header)
{
	struct err *e = &c->im->ctx->err;
	bool has_key = false;
	enum err_code rc = ERR_NONE;

	c->count = header->count;
	for (size_t i = 0; !rc && i < c->count; i++) {
		rc = column_find(c, header->fields[i], &c->columns[i]);
		for (size_t k = 0; !rc && k < i; k++) {
			if (same_column(&c->columns[i], &c->columns[k]))
				rc = err_set(e, ERR_INVALID, "",
					     "the columns '%s' and '%s' both give %s",
					     c->columns[k].name, c->columns[i].name,
					     c->columns[k].name);
		}
		if (c->columns[i].kind == COLUMN_IS_KEY) {
			has_key = true;
			c->key = i;
		}
		c->has_items = c->has_items || c->columns[i].kind == COLUMN_IS_ITEM;
	}
	if (!rc && !has_key)
		rc = err_set(e, ERR_INVALID, "",
			     "there is no column 'key', by which a record is known again");
	if (!rc)
		columns_order(c);
	return rc;
}

static void
refuse_value(struct csv_file *c, const struct column_use *use, const char *reason)
{
	if (c->row.rejected)
		return;
	c->row.rejected = true;
	reject(c->im, &c->row, NULL, use ? use->name : "", reason);
}

/* A value that its field cannot take rejects the row; only what is no fault of the row is an error.
 */
static void
value_take(struct csv_file *c, const struct column_use *use, struct str text, struct value *v)
{
	/* Only filled on a fault: to clear it for each of millions of values takes time. */
	struct err e;

	if (value_parse(use->f, text, &c->im->row_arena, v, &e))
		refuse_value(c, use, c->reg->restricted ? field_rule(use->f) : e.message);
}

static void
state_take(struct csv_file *c, struct str text)
{
	struct row *row = &c->row;

	text = str_trim(text);
	row->given[c->reg->field_count] = 1;
	if (text.len > 0)
		row->values[c->reg->field_count] = (struct value){.kind = VALUE_TEXT, .text = text};
}

/* Room for one more item, whose sub-fields are null. */
static struct value *
item_add(struct csv_file *c, size_t field)
{
	struct value *v = &c->row.values[field];
	size_t width = c->reg->fields[field].field_count;

	v->items = arena_room(&c->im->row_arena, v->items, v->count, &c->item_caps[field],
			      width * sizeof(*v->items));
	v->kind = VALUE_ITEMS;
	v->number = (int64_t)width;
	return &v->items[v->count++ * width];
}

/* The cells of one row that are sub-fields of lists: one item of each list that has any. */
static void
items_take(struct csv_file *c, const struct str *cells)
{
	struct value *items[LIMIT_ROW_COLUMNS] = {0};

	for (size_t i = 0; i < c->count && !c->row.rejected; i++) {
		const struct column_use *use = &c->columns[i];
		struct str text = csv_unguard(cells[i]);

		if (use->kind != COLUMN_IS_ITEM)
			continue;
		c->row.given[use->field] = 1;
		if (str_trim(text).len == 0)
			continue;
		if (!items[use->field] && c->row.values[use->field].count >= LIMIT_LIST_ITEMS)
			refuse_value(c, use, "the list has too many items");
		else if (!items[use->field])
			items[use->field] = item_add(c, use->field);
		if (items[use->field])
			value_take(c, use, str_dup(&c->im->row_arena, text),
				   &items[use->field][use->sub]);
	}
}

static void
cell_take(struct csv_file *c, const struct column_use *use, struct str text)
{
	struct row *row = &c->row;

	switch (use->kind) {
	case COLUMN_IS_KEY:
	case COLUMN_IS_ITEM:
		break;
	case COLUMN_IS_ORGANISATION:
		text = str_trim(text);
		row->organisation = text.len ? text : row->organisation;
		break;
	case COLUMN_IS_FEED:
		text = str_trim(text);
		row->feed = text.len ? text : row->feed;
		break;
	case COLUMN_IS_STATE:
		state_take(c, text);
		break;
	case COLUMN_IS_FIELD:
		row->given[use->field] = 1;
		if (text.len > 0)
			value_take(c, use, text, &row->values[use->field]);
		break;
	}
}

/* Of the cells that give something, as they stand. */
static void
cells_digest(struct csv_file *c, const struct str *cells)
{
	struct buf *out = &c->im->bytes;

	out->len = 0;
	for (size_t i = 0; i < c->order_count; i++) {
		size_t column = c->order[i];
		struct str text = csv_unguard(cells[column]);
		size_t place = place_of(c, column);
		bool is_long = text.len >= LONG_CELL;
		const char head[] = {(char)(place >> 8), (char)(place & 0xff),
				     (char)(is_long ? LONG_CELL : text.len)};

		buf_add(out, head, sizeof(head));
		if (is_long)
			buf_add(out, (const char *)&text.len, sizeof(text.len));
		if (text.len > 0)
			buf_add(out, text.ptr, text.len);
	}
	if (!out->failed)
		digest_cells(c->im, &c->row, (struct str){out->data, out->len});
}

/* References alone are enough to tell that a row says nothing new. One that is at fault is left to
 * the reading of the whole row. */
static enum err_code
row_look(struct csv_file *c, const struct csv_row *in, bool *ret_taken)
{
	struct row *row = &c->row;
	struct err e;

	for (size_t i = 0; i < c->count; i++) {
		const struct column_use *use = &c->columns[i];
		struct str text = csv_unguard(in->fields[i]);

		if (use->kind == COLUMN_IS_ORGANISATION || use->kind == COLUMN_IS_FEED)
			cell_take(c, use, text);
		if (use->kind == COLUMN_IS_FIELD && text.len > 0 &&
		    (use->f->type == FIELD_REF || use->f->type == FIELD_REFS ||
		     use->f->type == FIELD_LIST) &&
		    value_parse(use->f, text, &c->im->row_arena, &row->values[use->field], &e))
			row->content = 0;
	}
	return early_take(c->im, row, ret_taken);
}

static enum err_code
row_close(struct csv_file *c)
{
	enum err_code rc = ERR_NONE;

	if (c->open)
		rc = stage_add(c->im, &c->row);
	c->open = false;
	return rc;
}

static enum err_code
row_open(struct csv_file *c, struct str key, const struct csv_row *in)
{
	struct import *im = c->im;
	bool taken = false;
	enum err_code rc = ERR_NONE;

	arena_reset(&im->row_arena);
	row_begin(im, c->reg, &c->row);
	c->row.file = c->number;
	c->row.line = in->line;
	c->row.feed = im->files[c->number].feed;
	c->row.key = c->has_items ? str_dup(&im->row_arena, key) : key;
	row_count(im);
	if (key.len == 0 || key.len > LIMIT_KEY_BYTES)
		return row_lost(im, &c->row, "key",
				key.len ? "the key is too long" : "the key is empty");
	if (c->has_items)
		memset(c->item_caps, 0, sizeof(c->item_caps));
	else
		cells_digest(c, in->fields);
	if (!c->has_items && import_state(im, c->reg)->early)
		rc = row_look(c, in, &taken);
	if (rc || taken)
		return rc;
	c->open = true;
	for (size_t i = 0; i < c->count; i++) {
		struct str text = csv_unguard(in->fields[i]);

		if (c->has_items)
			text = c->first[i] = str_dup(&im->row_arena, text);
		cell_take(c, &c->columns[i], text);
	}
	return ERR_NONE;
}

/* A row that adds items says nothing else that is new. */
static void
same_take(struct csv_file *c, const struct csv_row *in)
{
	for (size_t i = 0; i < c->count; i++) {
		struct str text = csv_unguard(in->fields[i]);

		if (c->columns[i].kind != COLUMN_IS_ITEM && i != c->key && text.len > 0 &&
		    !str_eq(text, c->first[i]))
			refuse_value(c, &c->columns[i],
				     "the rows of this key give different values; they may only "
				     "add items to a list");
	}
}

static enum err_code
row_take(struct csv_file *c, const struct csv_row *in)
{
	struct str key = str_trim(csv_unguard(in->fields[c->key]));
	enum err_code rc = ERR_NONE;

	if (c->open && c->has_items && str_eq(key, c->row.key)) {
		same_take(c, in);
	} else {
		rc = row_close(c);
		if (!rc)
			rc = row_open(c, key, in);
	}
	if (!rc && c->open && c->has_items)
		items_take(c, in->fields);
	if (!rc && c->open && !c->has_items)
		rc = row_close(c);
	return rc;
}

static enum err_code
row_bad(struct csv_file *c, const struct csv_row *in, const char *reason)
{
	enum err_code rc = row_close(c);

	if (rc)
		return rc;
	arena_reset(&c->im->row_arena);
	row_begin(c->im, c->reg, &c->row);
	c->row.file = c->number;
	c->row.line = in->line;
	c->row.feed = c->im->files[c->number].feed;
	row_count(c->im);
	return row_lost(c->im, &c->row, "", reason);
}

static enum err_code
rows_read(struct csv_file *c, struct csv *csv)
{
	struct err *e = &c->im->ctx->err;
	struct err bad;
	struct csv_row in;
	enum err_code rc = csv_header(csv, &in, e);

	if (!rc)
		rc = header_use(c, &in);
	if (rc)
		err_at(e, c->im->files[c->number].in->name, 1, 0);
	while (!rc) {
		switch (csv_next(csv, &in, &bad)) {
		case CSV_ROW:
			rc = row_take(c, &in);
			break;
		case CSV_BAD_ROW:
			rc = row_bad(c, &in, bad.message);
			break;
		case CSV_END:
			return row_close(c);
		case CSV_FAILED:
			*e = bad;
			err_at(e, c->im->files[c->number].in->name, in.line, 0);
			return e->code;
		}
	}
	return rc;
}

enum err_code
csv_rows(struct import *im, size_t file, struct byte_source source)
{
	struct csv_file *c = arena_alloc(im->ctx->arena, sizeof(*c));
	CLEANUP(csv_freep) struct csv *csv = NULL;
	enum err_code rc;

	c->im = im;
	c->number = file;
	c->reg = im->files[file].in->reg;
	rc = csv_new(source, &csv, &im->ctx->err);
	if (!rc)
		rc = reg_ready(im, c->reg);
	return rc ? rc : rows_read(c, csv);
}
