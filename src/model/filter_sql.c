#include "model/filter.h"
#include "model/sql.h"

#include <stdio.h>

/* What the conditions of one term are about. */
struct subject {
	const char *alias;
	const char *name;
	bool words;
};

static void
column_sql(const struct subject *s, struct buf *out)
{
	buf_addf(out, "%s.\"%s\"", s->alias, s->name);
}

/* "column = :f1", "column in (:f1, :f2)", "(column >= :f1 and column < :f2)": any of the values. */
static void
any_sql(const struct filter_term *t, const struct subject *s, size_t *numbering, struct buf *out)
{
	bool ranges = false;

	for (size_t i = 0; i < t->value_count; i++)
		ranges = ranges || t->values[i].is_range;
	for (size_t i = 0; i < t->value_count; i++) {
		if (s->words)
			buf_addf(out, "%slist_has(%s.\"%s\", :f%zu) = 1", i ? " or " : "", s->alias,
				 s->name, ++*numbering);
		if (s->words)
			continue;
		if (i == 0 || ranges) {
			buf_addf(out, "%s", i ? " or " : "");
			column_sql(s, out);
		}
		if (t->values[i].is_range) {
			buf_addf(out, " >= :f%zu and ", ++*numbering);
			column_sql(s, out);
			buf_addf(out, " < :f%zu", ++*numbering);
		} else if (ranges || t->value_count == 1) {
			buf_addf(out, " = :f%zu", ++*numbering);
		} else {
			buf_addf(out, "%s:f%zu", i ? ", " : " in (", ++*numbering);
		}
	}
	if (!ranges && !s->words && t->value_count > 1)
		buf_addf(out, ")");
}

static void
has_sql(const struct filter_term *t, const struct subject *s, size_t *numbering, struct buf *out)
{
	for (size_t i = 0; i < t->value_count; i++)
		buf_addf(out, "%slower(%s.\"%s\") like :f%zu escape '!'", i ? " or " : "", s->alias,
			 s->name, ++*numbering);
}

static void
order_sql(const struct filter_term *t, const struct subject *s, size_t *numbering, struct buf *out)
{
	/* A day ends where the next begins: after it is from there on, up to it is before that. */
	static const char *const plain[] = {[FILTER_LESS] = "<",
					    [FILTER_AT_MOST] = "<=",
					    [FILTER_MORE] = ">",
					    [FILTER_AT_LEAST] = ">="};
	static const char *const day[] = {[FILTER_LESS] = "<",
					  [FILTER_AT_MOST] = "<",
					  [FILTER_MORE] = ">=",
					  [FILTER_AT_LEAST] = ">="};

	column_sql(s, out);
	buf_addf(out, " %s :f%zu", t->values[0].is_range ? day[t->op] : plain[t->op], ++*numbering);
}

/* That the subject is among the values, or has the order; without a thought for null. */
static void
values_sql(const struct filter_term *t, const struct subject *s, size_t *numbering, struct buf *out)
{
	buf_addf(out, "(");
	switch (t->op) {
	case FILTER_EQUAL:
	case FILTER_NOT_EQUAL:
		any_sql(t, s, numbering, out);
		break;
	case FILTER_HAS:
	case FILTER_HAS_NOT:
		has_sql(t, s, numbering, out);
		break;
	case FILTER_LESS:
	case FILTER_AT_MOST:
	case FILTER_MORE:
	case FILTER_AT_LEAST:
		order_sql(t, s, numbering, out);
		break;
	}
	buf_addf(out, ")");
}

static bool
is_negated(enum filter_op op)
{
	return op == FILTER_NOT_EQUAL || op == FILTER_HAS_NOT;
}

bool
filter_is_empty(const struct filter_term *t)
{
	return t->op == FILTER_EQUAL && t->or_null && t->value_count == 0;
}

bool
filter_takes_null(const struct filter_term *t)
{
	return is_negated(t->op) != t->or_null;
}

bool
filter_is_bound(const struct filter_term *t)
{
	return t->op == FILTER_LESS || t->op == FILTER_AT_MOST || t->op == FILTER_MORE ||
	       t->op == FILTER_AT_LEAST;
}

static void
scalar_sql(const struct filter_term *t, const struct subject *s, size_t *numbering, struct buf *out)
{
	bool negated = is_negated(t->op);

	if (t->value_count == 0) {
		column_sql(s, out);
		buf_addf(out, negated ? " is not null" : " is null");
		return;
	}
	/* "Not one of them" holds for a record without a value, unless "no value" is one of them.
	 */
	buf_addf(out, "(");
	if (negated && t->or_null)
		buf_addf(out, "%s.\"%s\" is not null and not ", s->alias, s->name);
	else if (negated || t->or_null)
		buf_addf(out, "%s.\"%s\" is null or %s", s->alias, s->name, negated ? "not " : "");
	values_sql(t, s, numbering, out);
	buf_addf(out, ")");
}

/* On a table of the field's own: some row of the record has it. */
static void
items_sql(const struct filter_term *t, size_t *numbering, struct buf *out)
{
	const struct field *f = t->attribute->field;
	bool negated = is_negated(t->op);
	struct subject s = {.alias = "i",
			    .name = t->item ? t->item->name : "value",
			    .words = t->item && t->item->type == FIELD_WORDS};

	if (t->value_count > 0)
		buf_addf(out, "(");
	if (t->value_count > 0 && t->or_null)
		buf_addf(out, "%sexists (select 1 from \"%s\" i where i.record = t.id%s%s%s) %s ",
			 negated ? "" : "not ", f->table->name, t->item ? " and i.\"" : "",
			 t->item ? t->item->name : "", t->item ? "\" is not null" : "",
			 negated ? "and" : "or");
	/* Without a value: no row has any. */
	buf_addf(out, "%sexists (select 1 from \"%s\" i where i.record = t.id",
		 negated == (t->value_count > 0) ? "not " : "", f->table->name);
	if (t->value_count > 0) {
		buf_addf(out, " and ");
		values_sql(t, &s, numbering, out);
		buf_addf(out, "))");
		return;
	}
	if (t->item)
		buf_addf(out, " and i.\"%s\" is not null", t->item->name);
	buf_addf(out, ")");
}

/* The same by way of the index that the items have on their value. */
static void
leading_items_sql(const struct filter_term *t, struct buf *out)
{
	const struct subject s = {.alias = "i", .name = t->item ? t->item->name : "value"};
	size_t numbering = t->first - 1;

	buf_addf(out, "t.id in (select i.record from \"%s\" i where ",
		 t->attribute->field->table->name);
	values_sql(t, &s, &numbering, out);
	buf_addf(out, ")");
}

/* Whether no record in the usual state passes. */
static bool
is_unusual(const struct filter_term *t)
{
	bool named = false;

	if (t->op != FILTER_EQUAL && t->op != FILTER_NOT_EQUAL)
		return false;
	for (size_t i = 0; i < t->value_count; i++)
		named = named || str_is(t->values[i].low, t->attribute->usual);
	return named == (t->op == FILTER_NOT_EQUAL);
}

bool
filter_can_lead(const struct filter_term *t)
{
	const struct field *f = t->attribute->field;

	if (t->attribute->usual)
		return is_unusual(t);
	if (t->op == FILTER_NOT_EQUAL || t->op == FILTER_HAS || t->op == FILTER_HAS_NOT ||
	    t->or_null || t->value_count == 0)
		return false;
	if (field_has_column(f))
		return f->indexed || t->attribute->kind == ATTRIBUTE_ID;
	return t->op == FILTER_EQUAL && filter_field(t)->type != FIELD_LIST &&
	       (f->type == FIELD_REFS || filter_field(t)->type == FIELD_REF);
}

void
filter_sql(const struct filter_term *t, bool leads, struct buf *out)
{
	const struct field *f = t->attribute->field;
	const struct subject s = {.alias = "t", .name = f->name, .words = f->type == FIELD_WORDS};
	size_t numbering = t->first - 1;

	buf_addf(out, " and ");
	if (leads && t->attribute->usual)
		buf_addf(out, STATE_UNUSUAL " and ", "t.", t->attribute->usual);
	if (field_has_column(f))
		scalar_sql(t, &s, &numbering, out);
	else if (leads)
		leading_items_sql(t, out);
	else
		items_sql(t, &numbering, out);
}

/* How many parameters a value takes. */
static size_t
width(const struct filter_term *t, const struct filter_value *v)
{
	return v->is_range && (t->op == FILTER_EQUAL || t->op == FILTER_NOT_EQUAL) ? 2 : 1;
}

void
filter_number(struct filter *f)
{
	size_t next = 1;

	for (size_t i = 0; i < f->count; i++) {
		f->terms[i].first = next;
		for (size_t k = 0; k < f->terms[i].value_count; k++)
			next += width(&f->terms[i], &f->terms[i].values[k]);
	}
}

static void
bind_one(struct db_stmt *s, size_t number, const struct filter_value *v, bool high)
{
	char name[32];
	int index;

	(void)snprintf(name, sizeof(name), "f%zu", number);
	index = db_param(s, name);
	if (index && v->is_number)
		db_bind_int(s, index, high ? v->high_number : v->low_number);
	else if (index)
		db_bind_text(s, index, high ? v->high : v->low);
}

void
filter_bind(const struct filter *f, struct db_stmt *s)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct filter_term *t = &f->terms[i];
		bool after = t->op == FILTER_AT_MOST || t->op == FILTER_MORE;
		size_t number = t->first;

		for (size_t k = 0; k < t->value_count; k++) {
			const struct filter_value *v = &t->values[k];

			bind_one(s, number++, v, v->is_range && after);
			if (width(t, v) == 2)
				bind_one(s, number++, v, true);
		}
	}
}
