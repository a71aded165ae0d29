#include "check/query_check.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 4096 };

struct checking {
	struct ctx *ctx;
	const struct query *query;
	struct diags *diags;
};

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Offset of the word in the text, as a whole word; -1 when it is not there. `before` is what must
 * stand before it, or 0. */
static long
word_offset(const char *text, struct str word, char before)
{
	for (const char *p = text; word.len > 0 && *p != '\0'; p++) {
		if (strncmp(p, word.ptr, word.len) == 0 && !is_word(p[word.len]) &&
		    (p == text || !is_word(p[-1])) && (!before || (p > text && p[-1] == before)))
			return p - text;
	}
	return -1;
}

/* The obligation's own text first: a view may use the same word rightly. */
static long
offset_of_word(const struct query *q, struct str word, char before)
{
	long own = word_offset(q->text, word, before);

	return own >= 0 ? own + (long)q->prefix : word_offset(q->composed, word, before);
}

/* The name that the database complains of: what stands after the last colon, or in quotes. */
static struct str
word_of_message(const char *message)
{
	const char *colon = strrchr(message, ':');
	const char *quote = strchr(message, '"');
	const char *start = NULL;
	struct str word = {0};

	if (quote)
		start = quote + 1;
	else if (colon)
		start = colon + 1 + strspn(colon + 1, " ");
	if (!start)
		return word;
	word.ptr = start;
	while (is_word(start[word.len]) || start[word.len] == '.')
		word.len++;
	for (size_t i = 0; i < word.len; i++) {
		/* Of "a.leave_date" the last part is the field. */
		if (start[i] == '.')
			word.ptr = start + i + 1;
	}
	word.len = (size_t)(start + word.len - word.ptr);
	return word;
}

static size_t
fields_add(const char **names, size_t n, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count && n < NAMES_MAX; i++)
		names[n++] = fields[i].name;
	return n;
}

/* Names of registers, their lists, and views. */
static size_t
tables_add(const struct model *m, const char **names, size_t n)
{
	for (size_t i = 0; i < m->plan.view_count && n < NAMES_MAX; i++)
		names[n++] = m->plan.views[i].name;
	for (size_t i = 0; i < m->reg_count && n < NAMES_MAX; i++) {
		const struct reg *r = m->regs[i];

		names[n++] = r->name;
		for (size_t k = 0; k < r->field_count && n < NAMES_MAX; k++) {
			if (r->fields[k].table)
				names[n++] = r->fields[k].table->name;
		}
	}
	return n;
}

static size_t
columns_add(const struct model *m, const char **names, size_t n)
{
	static const char *const system[] = {"id",   "key",    "organisation", "state",
					     "feed", "record", "pos",	       "value"};

	for (size_t i = 0; i < COUNT_OF(system) && n < NAMES_MAX; i++)
		names[n++] = system[i];
	for (size_t i = 0; i < m->reg_count; i++) {
		const struct reg *r = m->regs[i];

		n = fields_add(names, n, r->fields, r->field_count);
		for (size_t k = 0; k < r->field_count; k++)
			n = fields_add(names, n, r->fields[k].fields, r->fields[k].field_count);
	}
	return n;
}

/* The nearest name of the kind that the message speaks of; NULL when none is near. */
static const char *
nearest_name(const struct model *m, const char *message, struct str word)
{
	const char *names[NAMES_MAX];
	size_t n = 0;
	const char *near;

	if (strstr(message, "function")) {
		while (db_functions[n])
			n++;
		return text_nearest(word, db_functions, n);
	}
	if (strstr(message, "column"))
		n = columns_add(m, names, n);
	else
		n = tables_add(m, names, n);
	near = text_nearest(word, names, n);
	return near && !str_is(word, near) ? near : NULL;
}

/* A finding of this place that is there already, as a view's is for all that use the view. */
static bool
is_told(const struct diags *d, struct place at)
{
	for (const struct diag *g = d->first; g; g = g->next) {
		if (g->line == at.line && g->column == at.column && strcmp(g->file, at.file) == 0)
			return true;
	}
	return false;
}

static void
prepare_failed(const struct checking *c, long offset, const struct err *e)
{
	struct str word = word_of_message(e->message);
	const char *near = nearest_name(c->ctx->model, e->message, word);
	long at = offset >= 0 ? offset : offset_of_word(c->query, word, 0);
	struct place place;

	if (at < 0)
		at = (long)c->query->prefix + (long)strspn(c->query->text, " \t\r\n");
	place = query_place(c->ctx->model, c->query, (size_t)at);
	if (!is_told(c->diags, place))
		diag_add(c->diags, DIAG_ERROR, place, "%s%s%s%s", e->message,
			 near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool
has_column(const struct db_stmt *s, const char *name)
{
	for (int i = 0; i < db_column_count(s); i++) {
		if (strcmp(db_column_name(s, i), name) == 0)
			return true;
	}
	return false;
}

static void
columns_check(const struct checking *c, const struct db_stmt *s, enum query_kind kind)
{
	static const char *const names[] = {"record", "reason", "since", "organisation"};
	const char *what = kind == QUERY_SCOPE ? "scope" : "check";
	size_t needed = kind == QUERY_SCOPE ? 1 : 2;
	size_t allowed = kind == QUERY_SCOPE ? 1 : COUNT_OF(names);

	for (size_t i = 0; i < needed; i++) {
		if (!has_column(s, names[i]))
			diag_add(c->diags, DIAG_ERROR, c->query->place,
				 "the %s gives no column '%s'; name it with 'as %s'", what,
				 names[i], names[i]);
	}
	for (int i = 0; i < db_column_count(s); i++) {
		const char *name = db_column_name(s, i);
		size_t k = 0;

		while (k < allowed && strcmp(names[k], name) != 0)
			k++;
		if (k == allowed)
			diag_add(c->diags, DIAG_ERROR, c->query->place,
				 "the %s gives a column '%s'; it may give %s", what, name,
				 kind == QUERY_SCOPE
					 ? "'record' alone"
					 : "'record', 'reason', 'since' and 'organisation'");
	}
}

static const char *
nearest_param(const struct plan *p, const char *name)
{
	static const char *const always[] = {"today", "now", "period_from", "period_to"};
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(always); i++) {
		if (strcmp(always[i], name) == 0)
			return name;
		names[n++] = always[i];
	}
	for (size_t i = 0; i < p->param_count && n < NAMES_MAX; i++)
		names[n++] = p->params[i].name;
	return text_nearest(str_of(name), names, n);
}

static bool
params_check(const struct checking *c, const struct db_stmt *s, bool *used)
{
	const struct plan *p = &c->ctx->model->plan;
	bool good = true;

	for (int i = 1; i <= db_param_count(s); i++) {
		const char *name = db_param_name(s, i);
		long at = offset_of_word(c->query, str_of(name), ':');
		const struct param *known = model_param(c->ctx->model, name);
		const char *near = known ? NULL : nearest_param(p, name);
		struct place place;

		if (known)
			used[known - p->params] = true;
		if (at >= 0 && (known || (near && strcmp(near, name) == 0)))
			continue;
		good = false;
		place = query_place(c->ctx->model, c->query,
				    at > 0 ? (size_t)at - 1 : c->query->prefix);
		if (is_told(c->diags, place))
			continue;
		if (at < 0)
			diag_add(c->diags, DIAG_ERROR, place,
				 "parameters are written as a colon and a name, as in :today");
		else
			diag_add(c->diags, DIAG_ERROR, place,
				 "parameter ':%s' is not in parameters.yaml%s%s%s", name,
				 near ? "; did you mean ':" : "", near ? near : "",
				 near ? "'?" : "");
	}
	return good;
}

bool
query_check(struct ctx *ctx, const struct query *q, enum query_kind kind,
	    const struct query_use *use)
{
	struct checking c = {ctx, q, use->diags};
	struct db_guard guard = {.offset = -1};
	size_t errors = use->diags->errors;
	DB_STMT *s = NULL;
	struct err e = {0};

	if (db_prepare_guarded(ctx->db, q->composed, &guard, &s, &e)) {
		prepare_failed(&c, guard.offset, &e);
		return false;
	}
	if (kind != QUERY_VIEW)
		columns_check(&c, s, kind);
	return params_check(&c, s, use->params) && use->diags->errors == errors;
}
