#include "search/search_priv.h"

static bool
items_take(const struct field *f, const struct value *v,
	   bool (*take)(void *object, const struct field *f, struct str text), void *object)
{
	size_t width = (size_t)v->number;

	for (size_t i = 0; f->type == FIELD_LIST && i < v->count * width; i++) {
		const struct value *item = &v->items[i];

		if (f->fields[i % width].type == FIELD_TEXT && item->kind == VALUE_TEXT &&
		    !take(object, f, item->text))
			return false;
	}
	return true;
}

void
search_texts(const struct record *r,
	     bool (*take)(void *object, const struct field *f, struct str text), void *object)
{
	for (size_t i = 0; i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];
		const struct value *v = &r->values[i];
		bool more = true;

		if (f->type == FIELD_TEXT && v->kind == VALUE_TEXT)
			more = take(object, f, v->text);
		else if (v->kind == VALUE_ITEMS)
			more = items_take(f, v, take, object);
		if (!more)
			return;
	}
}

void
search_seen(const struct reg *r, int64_t organisation, bool retired, struct buf *out)
{
	const char *kind = retired ? "r" : "";

	if (!organisation)
		buf_addf(out, "_%s%lld", kind, (long long)r->code);
	else
		buf_addf(out, "_%s%lld_%lld", kind, (long long)r->code, (long long)organisation);
}

/* Each part, and of more than one what they make together. */
bool
search_words_put(struct str text, size_t *left, struct arena *a, struct buf *out)
{
	struct word_list l = {0};
	bool all = words_add(&l, text, *left, a);

	*left -= l.count;
	for (size_t i = 0; i < l.count; i++) {
		size_t end = words_compound(&l, i);
		struct str part = l.words[i].text;

		buf_addf(out, "%s%.*s", out->len ? " " : "", STR_ARG(part));
		if (end - i < 2 || (i > 0 && l.words[i - 1].compound == l.words[i].compound))
			continue;
		part = words_joined(&l, i, end, a);
		buf_addf(out, " %.*s", STR_ARG(part));
	}
	return all;
}

/* While a row is made. */
struct filling {
	struct search_row *row;
	const struct field *title;
	struct arena *arena;
	size_t left; /* words that it may still have */
};

static bool
text_put(void *object, const struct field *field, struct str text)
{
	struct filling *f = object;

	return field == f->title || search_words_put(text, &f->left, f->arena, &f->row->body);
}

void
search_row_fill(const struct model *m, const struct record *r, struct arena *a,
		struct search_row *row)
{
	struct filling f = {.row = row,
			    .title = reg_title(r->reg),
			    .arena = a,
			    .left = LIMIT_SEARCH_RECORD_WORDS};
	const struct field *about = r->reg->follows;
	const struct value *follows = about ? &r->values[about - r->reg->fields] : NULL;
	const struct value *title = f.title ? &r->values[f.title - r->reg->fields] : NULL;
	char name[RECORD_NAME_SIZE];

	row->head.len = row->body.len = row->seen.len = 0;
	record_name(m, r->id, name);
	(void)search_words_put(str_of(name), &f.left, a, &row->head);
	if (!str_is(r->key, name))
		(void)search_words_put(r->key, &f.left, a, &row->head);
	if (title && title->kind == VALUE_TEXT)
		(void)search_words_put(title->text, &f.left, a, &row->head);
	search_texts(r, text_put, &f);
	search_seen(r->reg, 0, r->retired, &row->seen);
	buf_addf(&row->seen, " ");
	search_seen(r->reg, r->organisation, r->retired, &row->seen);
	if (follows)
		buf_addf(&row->seen, " " SEARCH_ABOUT,
			 (long long)(follows->number >> ID_CODE_SHIFT));
}
