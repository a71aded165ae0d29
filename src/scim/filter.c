#include "scim/filter_priv.h"

#include "base/civil.h"
#include "base/limits.h"

#include <string.h>

/* What is being read: of a resource, or of the values of one attribute. */
struct reader {
	const struct scim_kind *kind;
	const struct scim_attribute *of; /* whose parts the names are; NULL: of a resource */
	struct str rest;
	struct arena *arena;
	struct err *e;
	int terms;
};

static enum err_code
fault(const struct reader *r, const char *what)
{
	size_t shown = r->rest.len < 40 ? r->rest.len : 40;

	return err_set(r->e, ERR_USAGE, "invalidFilter",
		       "the filter is not well formed: %s%s%.*s%s", what,
		       shown ? ", before '" : " at its end", (int)shown, shown ? r->rest.ptr : "",
		       shown ? "'" : "");
}

static void
skip(struct reader *r, size_t n)
{
	r->rest.ptr += n;
	r->rest.len -= n;
}

static bool
blanks(struct reader *r)
{
	size_t n = 0;

	while (n < r->rest.len && r->rest.ptr[n] == ' ')
		n++;
	skip(r, n);
	return n > 0;
}

static bool
take(struct reader *r, char c)
{
	if (r->rest.len == 0 || r->rest.ptr[0] != c)
		return false;
	skip(r, 1);
	return true;
}

static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr(":._-$", c));
}

static struct str
word(struct reader *r)
{
	struct str w = {.ptr = r->rest.ptr};

	while (w.len < r->rest.len && in_word(r->rest.ptr[w.len]))
		w.len++;
	skip(r, w.len);
	return w;
}

/* "and" or "or", which stand between blanks or brackets. */
static bool
take_word(struct reader *r, const char *text)
{
	struct reader before = *r;

	(void)blanks(r);
	if (scim_same(word(r), str_of(text)))
		return true;
	*r = before;
	return false;
}

static struct scim_filter *
node_new(struct reader *r, enum filter_node node)
{
	struct scim_filter *f = arena_alloc(r->arena, sizeof(*f));

	*f = (struct scim_filter){.node = node};
	return f;
}

static enum err_code
name_take(struct reader *r, struct str text, struct scim_name *ret_name)
{
	struct scim_name n = {0};

	if (r->of) {
		n.attribute = scim_attribute_find(r->of->parts, r->of->part_count, text);
	} else if (scim_name_read(r->kind, text, &n) == SCIM_KNOWN && n.attribute) {
		*ret_name = n;
		return ERR_NONE;
	}
	if (!r->of || !n.attribute)
		return err_set(r->e, ERR_USAGE, "invalidFilter",
			       "there is no attribute '%.*s' to ask for",
			       text.len < 80 ? (int)text.len : 80, text.ptr);
	*ret_name = n;
	return ERR_NONE;
}

/* What is compared: of a complex attribute its `value`. */
static const struct scim_attribute *
compared(const struct scim_name *n)
{
	const struct scim_attribute *at = n->part ? n->part : n->attribute;
	const struct scim_attribute *value =
		scim_attribute_find(at->parts, at->part_count, str_of("value"));

	return at->type == SCIM_COMPLEX && value ? value : at;
}

static enum err_code
sign_take(struct reader *r, enum filter_sign *ret_sign)
{
	static const char *const signs[] = {
		[SIGN_EQUAL] = "eq",	[SIGN_NOT_EQUAL] = "ne", [SIGN_CONTAINS] = "co",
		[SIGN_STARTS] = "sw",	[SIGN_ENDS] = "ew",	 [SIGN_MORE] = "gt",
		[SIGN_AT_LEAST] = "ge", [SIGN_LESS] = "lt",	 [SIGN_AT_MOST] = "le",
		[SIGN_PRESENT] = "pr",
	};
	struct str sign;

	if (!blanks(r))
		return fault(r, "a blank and a sign such as eq are missing");
	sign = word(r);
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		if (scim_same(sign, str_of(signs[i]))) {
			*ret_sign = (enum filter_sign)i;
			return ERR_NONE;
		}
	}
	return err_set(r->e, ERR_USAGE, "invalidFilter", "the filter has no such sign: '%.*s'",
		       sign.len < 80 ? (int)sign.len : 80, sign.ptr);
}

/* A JSON string, from its first quotation mark to its last. */
static enum err_code
text_take(struct reader *r, struct str *ret_text)
{
	json_t *json = NULL;
	size_t n = 1;
	enum err_code rc;

	while (n < r->rest.len && r->rest.ptr[n] != '"')
		n += r->rest.ptr[n] == '\\' ? 2 : 1;
	if (n >= r->rest.len)
		return fault(r, "a text has no end");
	rc = json_read((struct str){r->rest.ptr, n + 1}, &json, r->e);
	if (rc)
		return fault(r, "a text is none of JSON");
	*ret_text = str_dup(r->arena, json_str(json));
	json_decref(json);
	skip(r, n + 1);
	return ERR_NONE;
}

static enum err_code
literal_take(struct reader *r, struct scim_filter *f)
{
	static const char *const words[] = {
		[LITERAL_TRUE] = "true", [LITERAL_FALSE] = "false", [LITERAL_NULL] = "null"};
	struct reader before = *r;
	struct str w;

	if (r->rest.len > 0 && r->rest.ptr[0] == '"')
		return text_take(r, &f->text);
	w = word(r);
	for (int i = LITERAL_TRUE; i <= LITERAL_NULL; i++) {
		if (scim_same(w, str_of(words[i]))) {
			f->literal = (enum filter_literal)i;
			return ERR_NONE;
		}
	}
	*r = before;
	return fault(r, "a value stands in double quotes, or is true, false or null");
}

/* Values of a type are compared as such; "True" is true, too, as some send it. */
static enum err_code
literal_fit(struct reader *r, struct scim_filter *f)
{
	const struct scim_attribute *at = compared(&f->name);
	bool whole = f->sign == SIGN_EQUAL || f->sign == SIGN_NOT_EQUAL;
	int64_t ms;

	if (at->type == SCIM_COMPLEX)
		return err_set(r->e, ERR_USAGE, "invalidFilter", "ask for a part of '%s'",
			       at->name);
	if (!whole && (f->literal != LITERAL_TEXT || at->type == SCIM_BOOLEAN))
		return fault(r, "only texts are compared so");
	if (f->literal == LITERAL_NULL)
		return ERR_NONE;
	if (at->type == SCIM_BOOLEAN && f->literal == LITERAL_TEXT) {
		if (!scim_same(f->text, str_of("true")) && !scim_same(f->text, str_of("false")))
			return fault(r, "what is true or false is compared with that");
		f->literal = scim_same(f->text, str_of("true")) ? LITERAL_TRUE : LITERAL_FALSE;
	}
	if (at->type != SCIM_BOOLEAN && f->literal != LITERAL_TEXT)
		return fault(r, "a text is compared with a text");
	if (at->type == SCIM_INSTANT && f->sign != SIGN_CONTAINS && f->sign != SIGN_STARTS &&
	    f->sign != SIGN_ENDS) {
		char *stamp = arena_alloc(r->arena, CIVIL_STAMP_LEN + 1);

		if (!civil_parse_instant(f->text, &ms))
			return fault(r, "an instant is one as in 2026-03-01T12:00:00Z");
		civil_format_stamp(ms, stamp);
		f->text = str_of(stamp);
	}
	return ERR_NONE;
}

static enum err_code read_any(struct reader *r, int depth, const struct scim_filter **ret_filter);

/* emails[type eq "work" and value co "@example.com"] */
static enum err_code
values_read(struct reader *r, int depth, struct scim_filter *f)
{
	const struct scim_attribute *of = f->name.attribute;
	enum err_code rc;

	if (r->of || f->name.part || !of->many || of->type != SCIM_COMPLEX)
		return fault(r, "brackets go with an attribute that has several values");
	f->node = FILTER_VALUES;
	r->of = of;
	rc = read_any(r, depth + 1, &f->left);
	r->of = NULL;
	(void)blanks(r);
	if (!rc && !take(r, ']'))
		rc = fault(r, "a bracket ']' is missing");
	return rc;
}

static enum err_code
term_read(struct reader *r, int depth, const struct scim_filter **ret_filter)
{
	struct scim_filter *f = node_new(r, FILTER_TERM);
	enum err_code rc;

	*ret_filter = f;
	if (++r->terms > LIMIT_SCIM_FILTER_TERMS)
		return err_set(r->e, ERR_USAGE, "invalidFilter",
			       "the filter has more than %d comparisons", LIMIT_SCIM_FILTER_TERMS);
	rc = name_take(r, word(r), &f->name);
	if (rc)
		return rc;
	if (take(r, '['))
		return values_read(r, depth, f);
	rc = sign_take(r, &f->sign);
	if (rc || f->sign == SIGN_PRESENT)
		return rc;
	if (!blanks(r))
		return fault(r, "a blank and a value are missing");
	rc = literal_take(r, f);
	return rc ? rc : literal_fit(r, f);
}

/* not (...), (...), or a comparison. */
static enum err_code
one_read(struct reader *r, int depth, const struct scim_filter **ret_filter)
{
	struct scim_filter *negation = NULL;
	const struct scim_filter **inner = ret_filter;
	enum err_code rc;

	if (depth > LIMIT_SCIM_FILTER_DEPTH)
		return err_set(r->e, ERR_USAGE, "invalidFilter",
			       "the filter has more than %d levels", LIMIT_SCIM_FILTER_DEPTH);
	if (take_word(r, "not")) {
		negation = node_new(r, FILTER_NOT);
		*ret_filter = negation;
		inner = &negation->left;
	}
	(void)blanks(r);
	if (!take(r, '(')) {
		if (negation)
			return fault(r, "what is not so stands in brackets ( )");
		return term_read(r, depth, ret_filter);
	}
	rc = read_any(r, depth + 1, inner);
	(void)blanks(r);
	if (!rc && !take(r, ')'))
		rc = fault(r, "a bracket ')' is missing");
	return rc;
}

/* `and` binds more than `or`. */
static enum err_code
all_read(struct reader *r, int depth, const struct scim_filter **ret_filter)
{
	enum err_code rc = one_read(r, depth, ret_filter);

	while (!rc && take_word(r, "and")) {
		struct scim_filter *both = node_new(r, FILTER_AND);

		both->left = *ret_filter;
		*ret_filter = both;
		rc = one_read(r, depth, &both->right);
	}
	return rc;
}

static enum err_code
read_any(struct reader *r, int depth, const struct scim_filter **ret_filter)
{
	enum err_code rc = all_read(r, depth, ret_filter);

	while (!rc && take_word(r, "or")) {
		struct scim_filter *either = node_new(r, FILTER_OR);

		either->left = *ret_filter;
		*ret_filter = either;
		rc = all_read(r, depth, &either->right);
	}
	return rc;
}

static enum err_code
length_check(struct str text, struct err *e)
{
	return text.len <= LIMIT_SCIM_FILTER_BYTES
		       ? ERR_NONE
		       : err_set(e, ERR_USAGE, "invalidFilter",
				 "the filter is longer than %d bytes", LIMIT_SCIM_FILTER_BYTES);
}

enum err_code
scim_filter_read(const struct scim_kind *k, struct str text, struct arena *a,
		 const struct scim_filter **ret_filter, struct err *e)
{
	struct reader r = {.kind = k, .rest = text, .arena = a, .e = e};
	const struct scim_filter *f = NULL;
	enum err_code rc = length_check(text, e);

	if (!rc)
		rc = read_any(&r, 1, &f);
	(void)blanks(&r);
	if (!rc && r.rest.len > 0)
		rc = fault(&r, "something stands after its end");
	if (!rc)
		*ret_filter = f;
	return rc;
}

/* The part of a path after the brackets: ".value". */
static enum err_code
part_read(struct reader *r, struct scim_path *path)
{
	const struct scim_attribute *at = path->name.attribute;

	if (r->rest.len == 0)
		return ERR_NONE;
	if (take(r, '.'))
		path->name.part = scim_attribute_find(at->parts, at->part_count, r->rest);
	return path->name.part
		       ? ERR_NONE
		       : err_set(r->e, ERR_USAGE, "invalidPath", "'%s' has no part '%.*s'",
				 at->name, r->rest.len < 80 ? (int)r->rest.len : 80, r->rest.ptr);
}

enum err_code
scim_path_read(const struct scim_kind *k, struct str text, struct arena *a,
	       struct scim_path *ret_path, struct err *e)
{
	struct reader r = {.kind = k, .rest = str_trim(text), .arena = a, .e = e};
	struct scim_path p = {0};
	struct scim_filter f = {0};
	struct str name;
	enum err_code rc = length_check(text, e);

	if (rc)
		return rc;
	name = word(&r);
	p.known = scim_name_read(k, name, &p.name);
	if (p.known == SCIM_UNKEPT) {
		*ret_path = p;
		return ERR_NONE;
	}
	if (p.known == SCIM_UNKNOWN || (r.rest.len > 0 && !take(&r, '[')))
		return err_set(e, ERR_USAGE, "invalidPath", "there is no attribute '%.*s'",
			       text.len < 80 ? (int)text.len : 80, text.ptr);
	if (r.rest.ptr > name.ptr + name.len) {
		f.name = p.name;
		if (!f.name.attribute)
			return fault(&r, "brackets go with an attribute that has several values");
		rc = values_read(&r, 1, &f);
		p.which = f.left;
		if (!rc)
			rc = part_read(&r, &p);
	}
	if (!rc)
		*ret_path = p;
	return rc;
}
