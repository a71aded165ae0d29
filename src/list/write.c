#include "list/list_priv.h"

#include "base/civil.h"
#include "base/limits.h"

#include <stdlib.h>

/* A piece of a text. */
struct piece {
	size_t from, to;
};

/* What a cell holds, told to programs. The names of the columns are put in quotes once, and each
 * record that is referred to is told once: many refer to the same. */
struct telling {
	const struct model *model;
	const struct list_page *page;
	struct json_writer *json;
	struct buf texts;
	struct piece keys[LIMIT_ROW_COLUMNS];
	struct piece *targets; /* as the page has them; one that is empty was not told yet */
};

static void
telling_begin(struct telling *t, struct json_writer *w, const struct model *m,
	      const struct list_page *p)
{
	t->model = m;
	t->page = p;
	t->json = w;
	buf_init(&t->texts, LIMIT_LIST_BYTES);
	for (size_t i = 0; i < p->column_count; i++) {
		t->keys[i].from = t->texts.len;
		json_key_add(&t->texts, p->columns[i]->field->name);
		t->keys[i].to = t->texts.len;
	}
	t->targets = calloc(p->target_count + 1, sizeof(*t->targets));
	t->texts.failed |= !t->targets;
}

static void
telling_end(struct telling *t)
{
	t->json->out->failed |= t->texts.failed;
	buf_fini(&t->texts);
	free(t->targets);
}

static struct str
piece_text(const struct telling *t, struct piece p)
{
	return (struct str){t->texts.data + p.from, p.to - p.from};
}

static void
column_key(const struct telling *t, size_t column)
{
	if (!t->texts.failed)
		jw_ready_key(t->json, piece_text(t, t->keys[column]));
}

static void
target_json(const struct telling *t, struct json_writer *w, int64_t id, struct str key)
{
	static const struct str id_key = {",\"id\":", 6};
	static const struct str register_key = {",\"register\":", 12};
	static const struct str key_key = {",\"key\":", 7};
	const struct reg *r = model_reg_of_id(t->model, id);
	char name[RECORD_NAME_SIZE];

	record_name(t->model, id, name);
	jw_object(w);
	jw_ready_key(w, id_key);
	jw_text(w, str_of(name));
	jw_ready_key(w, register_key);
	jw_text(w, r ? str_of(r->name) : (struct str){0});
	jw_ready_key(w, key_key);
	jw_text(w, key);
	jw_end_object(w);
}

/* Kept as it is written where all of it stands on one line. */
static void
reference_json(struct telling *t, int64_t id)
{
	const struct list_target *found = list_target_of(t->page, id);
	struct json_writer w;
	struct piece *p;

	if (!found || t->json->pretty || t->texts.failed) {
		target_json(t, t->json, id, found ? found->key : (struct str){0});
		return;
	}
	p = &t->targets[found - t->page->targets];
	if (p->to == 0) {
		p->from = t->texts.len;
		jw_begin(&w, &t->texts, false);
		target_json(t, &w, id, found->key);
		p->to = t->texts.len;
	}
	if (!t->texts.failed)
		jw_json(t->json, piece_text(t, *p));
}

static void
words_json(struct json_writer *w, struct str text)
{
	json_t *words = NULL;
	struct err e;

	if (json_is_plain_texts(text)) {
		jw_json(w, text);
		return;
	}
	if (json_read(text, &words, &e)) {
		jw_text(w, text);
		return;
	}
	jw_array(w);
	for (size_t i = 0; i < json_array_size(words); i++)
		jw_text(w, str_of(json_string_value(json_array_get(words, i))));
	jw_end_array(w);
	json_decref(words);
}

static void
decimal_json(struct json_writer *w, int64_t number)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};

	decimal_text(number, &text);
	jw_text(w, (struct str){text.data, text.len});
}

static void
scalar_json(struct telling *t, const struct field *f, const struct value *v)
{
	if (v->kind == VALUE_NULL)
		jw_null(t->json);
	else if (f->type == FIELD_WORDS)
		words_json(t->json, v->text);
	else if (v->kind == VALUE_TEXT)
		jw_text(t->json, v->text);
	else if (f->type == FIELD_REF || f->type == FIELD_REFS)
		reference_json(t, v->number);
	else if (f->type == FIELD_BOOL)
		jw_bool(t->json, v->number != 0);
	else if (f->type == FIELD_DECIMAL)
		decimal_json(t->json, v->number);
	else
		jw_int(t->json, v->number);
}

static void
items_json(struct telling *t, const struct field *f, const struct value *v)
{
	size_t width = (size_t)v->number;

	jw_array(t->json);
	for (size_t i = 0; v->kind == VALUE_ITEMS && i < v->count; i++) {
		if (f->type == FIELD_REFS) {
			scalar_json(t, f, &v->items[i]);
			continue;
		}
		jw_object(t->json);
		for (size_t k = 0; k < width; k++) {
			jw_key(t->json, f->fields[k].name);
			scalar_json(t, &f->fields[k], &v->items[i * width + k]);
		}
		jw_end_object(t->json);
	}
	jw_end_array(t->json);
}

static void
row_json(struct telling *t, const struct list_row *row)
{
	const struct list_page *p = t->page;
	char name[RECORD_NAME_SIZE];
	char stamp[CIVIL_STAMP_LEN + 1];

	record_name(t->model, row->id, name);
	jw_object(t->json);
	jw_key(t->json, "id");
	jw_text(t->json, str_of(name));
	for (size_t i = 0; i < p->column_count; i++) {
		const struct field *f = p->columns[i]->field;

		switch (p->columns[i]->kind) {
		case ATTRIBUTE_ID:
			break;
		case ATTRIBUTE_RECORDED:
			civil_format_stamp(row->cells[i].number, stamp);
			column_key(t, i);
			jw_text(t->json, str_of(stamp));
			break;
		case ATTRIBUTE_KEY:
		case ATTRIBUTE_HOLDER:
		case ATTRIBUTE_FIELD:
			column_key(t, i);
			if (field_has_column(f))
				scalar_json(t, f, &row->cells[i]);
			else
				items_json(t, f, &row->cells[i]);
			break;
		}
	}
	if (row->by.ptr) {
		jw_key(t->json, "recorded_by");
		jw_text(t->json, row->by);
		jw_key(t->json, "retired");
		jw_bool(t->json, row->retired);
	}
	jw_end_object(t->json);
}

void
list_row_json(struct json_writer *w, const struct model *m, const struct list_page *p,
	      const struct list_row *row)
{
	struct telling t;

	telling_begin(&t, w, m, p);
	row_json(&t, row);
	telling_end(&t);
}

void
list_json(struct json_writer *w, const struct model *m, const struct list_page *p)
{
	struct telling t;

	telling_begin(&t, w, m, p);
	jw_object(w);
	jw_key(w, "register");
	jw_text(w, str_of(p->reg->name));
	jw_key(w, "total");
	jw_int(w, p->total);
	jw_key(w, "total_is_exact");
	jw_bool(w, p->total_is_exact);
	jw_key(w, "records");
	jw_array(w);
	for (size_t i = 0; i < p->count; i++)
		row_json(&t, &p->rows[i]);
	jw_end_array(w);
	jw_key(w, "stopped");
	jw_bool(w, p->stopped);
	jw_key(w, "places");
	jw_bool(w, p->places);
	jw_key(w, "next");
	jw_text(w, p->next);
	jw_end_object(w);
	telling_end(&t);
}

static void
scalar_text(const struct ctx *ctx, const struct list_page *p, const struct field *f,
	    const struct value *v, struct buf *out)
{
	char name[RECORD_NAME_SIZE];
	struct str key;

	if (v->kind == VALUE_NULL) {
		return;
	} else if (v->kind == VALUE_TEXT) {
		buf_add(out, v->text.ptr, v->text.len);
	} else if (f->type == FIELD_REF || f->type == FIELD_REFS) {
		key = list_key(p, v->number);
		record_name(ctx->model, v->number, name);
		buf_addf(out, "%.*s", STR_ARG(key.ptr ? key : str_of(name)));
	} else if (f->type == FIELD_BOOL) {
		buf_addf(out, "%s", v->number ? "yes" : "no");
	} else if (f->type == FIELD_DECIMAL) {
		decimal_text(v->number, out);
	} else {
		buf_addf(out, "%lld", (long long)v->number);
	}
}

void
list_text(const struct ctx *ctx, const struct list_page *p, const struct list_row *row,
	  size_t column, struct buf *out)
{
	const struct attribute *at = p->columns[column];
	const struct field *f = at->field;
	const struct value *v = &row->cells[column];
	size_t width = (size_t)v->number;
	char text[CIVIL_STAMP_LEN + RECORD_NAME_SIZE];

	switch (at->kind) {
	case ATTRIBUTE_ID:
		record_name(ctx->model, row->id, text);
		buf_addf(out, "%s", text);
		return;
	case ATTRIBUTE_RECORDED:
		civil_format_instant(v->number, text);
		buf_addf(out, "%s", text);
		return;
	case ATTRIBUTE_KEY:
	case ATTRIBUTE_HOLDER:
	case ATTRIBUTE_FIELD:
		break;
	}
	if (v->kind != VALUE_ITEMS)
		scalar_text(ctx, p, f, v, out);
	for (size_t i = 0; v->kind == VALUE_ITEMS && i < v->count * width; i++) {
		const struct field *item = f->type == FIELD_LIST ? &f->fields[i % width] : f;

		if (v->items[i].kind == VALUE_NULL)
			continue;
		if (f->type == FIELD_LIST)
			buf_addf(out, "%s%s=", i % width ? " " : i ? "; " : "", item->name);
		else
			buf_addf(out, "%s", i ? ", " : "");
		scalar_text(ctx, p, item, &v->items[i], out);
	}
}
