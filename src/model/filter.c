#include "model/filter.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/sql.h"

#include <string.h>

enum { SHOWN = 60 /* bytes of what was typed, in a message about it */ };

static const struct operator
{
	const char *text;
	enum filter_op op;
}
operators[] = {
	/* The longer ones first, as they begin alike. */
	{"!=", FILTER_NOT_EQUAL},
	  {"!~", FILTER_HAS_NOT  },
	  {"<=", FILTER_AT_MOST  },
	{">=", FILTER_AT_LEAST },
	  {"=",	FILTER_EQUAL    },
	  {"<",	FILTER_LESS	   },
	{">",  FILTER_MORE	 },
	  {"~",	FILTER_HAS	  },
};

void
filter_init(struct filter *f, const struct attributes *attributes, struct arena *a)
{
	*f = (struct filter){.attributes = attributes, .arena = a};
}

const struct field *
filter_field(const struct filter_term *t)
{
	return t->item ? t->item : t->attribute->field;
}

bool
filter_is_single(const struct filter_term *t)
{
	return t->op == FILTER_EQUAL && !t->or_null && t->value_count == 1 &&
	       !t->values[0].is_range && field_has_column(t->attribute->field) &&
	       t->attribute->field->type != FIELD_WORDS;
}

static struct str
shown(struct str text)
{
	if (text.len > SHOWN)
		text.len = text_whole((struct str){text.ptr, SHOWN});
	return text;
}

/* Cuts "field" off *term and says which operator followed. */
static enum err_code
operator_take(struct str *term, struct str *ret_name, enum filter_op *ret_op, struct err *e)
{
	size_t at = 0;

	while (at < term->len && !memchr("!<>=~", term->ptr[at], 5))
		at++;
	for (size_t i = 0; i < COUNT_OF(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (at + len > term->len || memcmp(term->ptr + at, operators[i].text, len) != 0)
			continue;
		*ret_name = str_trim((struct str){term->ptr, at});
		*ret_op = operators[i].op;
		*term = (struct str){term->ptr + at + len, term->len - at - len};
		return ERR_NONE;
	}
	return err_set(e, ERR_INVALID, "filter",
		       "'%.*s' is no filter; write FIELD=VALUE, as in state=active; there are also "
		       "!= < <= > >= ~ and !~",
		       STR_ARG(shown(*term)));
}

static enum err_code
item_find(const struct field *list, struct str name, struct filter_term *t, struct err *e)
{
	const char *near;
	const char *names[LIMIT_ROW_COLUMNS];
	size_t count = 0;

	for (size_t i = 0; i < list->field_count && count < LIMIT_ROW_COLUMNS; i++) {
		names[count++] = list->fields[i].name;
		if (str_is(name, list->fields[i].name)) {
			t->item = &list->fields[i];
			return ERR_NONE;
		}
	}
	near = text_nearest(name, names, count);
	return err_set(e, ERR_INVALID, list->name, "'%s' has no part '%.*s'%s%s%s", list->name,
		       STR_ARG(shown(name)), near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

/* "field" or "list.part". */
static enum err_code
name_take(const struct filter *f, struct str name, struct filter_term *t, struct err *e)
{
	struct str part = name;
	struct str first = str_cut(&part, '.');
	enum err_code rc = attribute_named(f->attributes, first, &t->attribute, e);
	const struct field *field;

	if (rc || !part.ptr)
		return rc;
	field = t->attribute->field;
	if (field->type != FIELD_LIST)
		return err_set(e, ERR_INVALID, field->name,
			       "'%s' has no parts; only list fields have", field->name);
	return item_find(field, part, t, e);
}

static const char *
type_takes(const struct filter_term *t)
{
	switch (filter_field(t)->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		return "= != < <= > >= ~ !~";
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_DATE:
	case FIELD_DATETIME:
		return t->attribute->kind == ATTRIBUTE_ID && !t->item ? "= !=" : "= != < <= > >=";
	case FIELD_BOOL:
	case FIELD_ENUM:
	case FIELD_WORDS:
	case FIELD_REF:
	case FIELD_REFS:
	case FIELD_LIST:
		return "= !=";
	}
	return "";
}

static const char *
op_text(enum filter_op op)
{
	for (size_t i = 0; i < COUNT_OF(operators); i++) {
		if (operators[i].op == op)
			return operators[i].text;
	}
	return "";
}

/* Whether the field can be asked so, and with so many values. */
static enum err_code
term_fits(const struct filter_term *t, struct err *e)
{
	const char *takes = type_takes(t);
	const char *name = filter_field(t)->name;
	bool many = t->op == FILTER_EQUAL || t->op == FILTER_NOT_EQUAL;
	CLEANUP(buf_fini) struct buf wanted = {.limit = SHOWN};
	CLEANUP(buf_fini) struct buf have = {.limit = SHOWN};

	/* Blanks around both, so that < is not found in <=. */
	buf_addf(&wanted, " %s ", op_text(t->op));
	buf_addf(&have, " %s ", takes);
	if (!strstr(have.data, wanted.data))
		return err_set(e, ERR_INVALID, name, "'%s' cannot be asked with %s; there are %s",
			       name, op_text(t->op), takes);
	if (!many && (t->or_null || t->text_count == 0))
		return err_set(e, ERR_INVALID, name, "'%s%s' needs a value", name, op_text(t->op));
	if (!many && t->op != FILTER_HAS && t->op != FILTER_HAS_NOT && t->text_count > 1)
		return err_set(e, ERR_INVALID, name,
			       "'%s%s' takes one value; put it in double quotes when it has a "
			       "comma in it",
			       name, op_text(t->op));
	if (filter_field(t)->type == FIELD_LIST && t->text_count > 0)
		return err_set(e, ERR_INVALID, name,
			       "'%s' is a list: ask one of its parts, as in %s.%s=VALUE", name,
			       name, filter_field(t)->fields[0].name);
	return ERR_NONE;
}

/* One value off *rest, up to a comma: bare, or in double quotes. */
static enum err_code
value_take(struct filter *f, const struct filter_term *t, struct str *rest, struct str *ret_text,
	   struct err *e)
{
	const char *name = filter_field(t)->name;
	size_t n = 0;
	size_t i = 1;
	char *text;

	if (rest->len == 0 || rest->ptr[0] != '"') {
		*ret_text = str_trim(str_cut(rest, ','));
		return ERR_NONE;
	}
	text = arena_alloc(f->arena, rest->len);
	for (; i < rest->len; i++) {
		if (rest->ptr[i] == '"' && (i + 1 == rest->len || rest->ptr[i + 1] != '"'))
			break;
		i += rest->ptr[i] == '"';
		text[n++] = rest->ptr[i];
	}
	if (i >= rest->len)
		return err_set(e, ERR_INVALID, name,
			       "the value of '%s' begins with a double quote and has none at its "
			       "end",
			       name);
	if (i + 1 < rest->len && rest->ptr[i + 1] != ',')
		return err_set(e, ERR_INVALID, name,
			       "after the double quote that ends a value of '%s' there must be a "
			       "comma or nothing",
			       name);
	*ret_text = (struct str){text, n};
	*rest = i + 1 < rest->len ? (struct str){rest->ptr + i + 2, rest->len - i - 2}
				  : (struct str){0};
	return ERR_NONE;
}

static enum err_code
values_take(struct filter *f, struct filter_term *t, struct str rest, struct err *e)
{
	const char *name = filter_field(t)->name;
	size_t cap = 0;
	enum err_code rc = ERR_NONE;

	while (!rc && rest.ptr) {
		struct str text = {0};

		rc = value_take(f, t, &rest, &text, e);
		if (!rc && text.len == 0) {
			t->or_null = true;
			continue;
		}
		if (!rc && ++f->texts > LIMIT_FILTER_VALUES)
			rc = err_set(e, ERR_TOO_BIG, name, "a filter has at most %d values",
				     LIMIT_FILTER_VALUES);
		t->texts = arena_room(f->arena, t->texts, t->text_count, &cap, sizeof(*t->texts));
		t->texts[t->text_count++] = text;
	}
	return rc;
}

enum err_code
filter_add(struct filter *f, struct str term, struct err *e)
{
	struct filter_term t = {0};
	struct str name;
	enum err_code rc;

	f->bytes += term.len;
	if (f->bytes > LIMIT_FILTER_BYTES)
		return err_set(e, ERR_TOO_BIG, "filter", "a filter has at most %d bytes",
			       LIMIT_FILTER_BYTES);
	if (f->count == LIMIT_FILTER_TERMS)
		return err_set(e, ERR_TOO_BIG, "filter", "a filter has at most %d terms",
			       LIMIT_FILTER_TERMS);
	if (text_utf8_fault(term) >= 0 || memchr(term.ptr, '\0', term.len))
		return err_set(e, ERR_INVALID, "filter", "a filter must be text in UTF-8");
	rc = operator_take(&term, &name, &t.op, e);
	if (!rc)
		rc = name_take(f, name, &t, e);
	if (!rc)
		rc = values_take(f, &t, term, e);
	if (!rc)
		rc = term_fits(&t, e);
	if (rc)
		return rc;
	f->terms = arena_room(f->arena, f->terms, f->count, &f->cap, sizeof(*f->terms));
	f->terms[f->count++] = t;
	return ERR_NONE;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum err_code
filter_add_line(struct filter *f, struct str line, struct err *e)
{
	enum err_code rc = ERR_NONE;

	while (!rc) {
		size_t start = 0;
		size_t end;
		bool quoted = false;

		while (start < line.len && is_blank(line.ptr[start]))
			start++;
		if (start == line.len)
			return ERR_NONE;
		for (end = start; end < line.len && (quoted || !is_blank(line.ptr[end])); end++)
			quoted ^= line.ptr[end] == '"';
		rc = filter_add(f, (struct str){line.ptr + start, end - start}, e);
		line = (struct str){line.ptr + end, line.len - end};
	}
	return rc;
}
