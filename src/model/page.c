#include "model/page.h"

#include "model/sql.h"

#include <string.h>

/* A single value of an indexed column gives its rows in the order of their numbers, in every engine
 * (tables_plan). So that is the way when the number alone decides the order. */
static bool
leads(const struct page_query *q, const struct filter_term *t)
{
	const struct field *f = t->attribute->field;

	if (q->key_count > 0)
		return q->keys[0].attribute == t->attribute;
	return f->indexed && filter_is_single(t);
}

/* "where ..." of all that the list is about. On a walk an engine must not leave the index that is
 * walked along for one that it takes to be better. */
static void
conditions(const struct page_query *q, bool walk, struct buf *out)
{
	size_t numbering = 0;
	bool hide = walk && (q->key_count > 0 || q->organisations > 1);

	buf_addf(out, "where 1 = 1");
	if (q->within && q->organisations == 0)
		buf_addf(out, " and 1 = 0");
	if (q->within && q->organisations > 0) {
		buf_addf(out, hide ? " and coalesce(t.organisation, t.organisation) in ("
				   : " and t.organisation in (");
		for (size_t i = 0; i < q->organisations; i++)
			buf_addf(out, "%s:o%zu", i ? ", " : "", i + 1);
		buf_addf(out, ")");
	}
	for (size_t i = 0; i < q->filter->count; i++) {
		const struct filter_term *t = &q->filter->terms[i];

		filter_sql(t, walk && !leads(q, t), &numbering, out);
	}
}

void
page_count_sql(const struct page_query *q, bool capped, struct buf *out)
{
	if (capped)
		buf_addf(out, "select count(*) from (select 1 from \"%s\" t ", q->reg->name);
	else
		buf_addf(out, "select count(*) from \"%s\" t ", q->reg->name);
	conditions(q, false, out);
	if (capped)
		buf_addf(out, " limit :cap) c");
}

bool
page_has_total(const struct page_query *q)
{
	for (size_t i = 0; i < q->filter->count; i++) {
		const struct filter_term *t = &q->filter->terms[i];
		const char *name = t->attribute->field->name;

		if (strcmp(name, "state") != 0 && strcmp(name, "organisation") != 0)
			return false;
	}
	return true;
}

void
page_total_sql(const struct page_query *q, struct buf *out)
{
	buf_addf(out,
		 "select cast(coalesce(sum(t.records), 0) as bigint) from (select organisation, "
		 "nullif(state, '') as state, records from record_total where code = :code) t ");
	conditions(q, false, out);
}

static void
columns_sql(const struct page_query *q, struct buf *out)
{
	buf_addf(out, "select t.\"id\"");
	for (size_t i = 0; i < q->column_count; i++)
		buf_addf(out, ", t.\"%s\"", q->columns[i]->name);
}

/* "order by": nulls last whichever way, as engines differ in where they put them. */
static void
order_sql(const struct page_query *q, struct buf *out)
{
	buf_addf(out, " order by ");
	for (size_t i = 0; i < q->key_count; i++) {
		const struct page_key *k = &q->keys[i];
		const char *name = k->attribute->field->name;

		if (!k->attribute->always)
			buf_addf(out, "case when t.\"%s\" is null then 1 else 0 end, ", name);
		buf_addf(out, "t.\"%s\"%s, ", name, k->descending ? " desc" : "");
	}
	buf_addf(out, "t.\"id\"%s limit :limit", q->descending ? " desc" : "");
}

/* " and (<beyond in the first key, or equal there and beyond in the second, ...>)". */
static void
after_sql(const struct page_query *q, struct buf *out)
{
	if (!q->after_null)
		return;
	buf_addf(out, " where (");
	for (size_t n = 0; n <= q->key_count; n++) {
		const struct page_key *k = &q->keys[n];

		/* Nothing is beyond a null. */
		if (n < q->key_count && q->after_null[n])
			continue;
		buf_addf(out, "(");
		for (size_t i = 0; i < n; i++) {
			const char *name = q->keys[i].attribute->field->name;

			if (q->after_null[i])
				buf_addf(out, "t.\"%s\" is null and ", name);
			else
				buf_addf(out, "t.\"%s\" = :s%zu and ", name, i + 1);
		}
		if (n == q->key_count)
			buf_addf(out, "t.\"id\" %s :after))", q->descending ? "<" : ">");
		else
			buf_addf(out, "(t.\"%s\" %s :s%zu or t.\"%s\" is null)) or ",
				 k->attribute->field->name, k->descending ? "<" : ">", n + 1,
				 k->attribute->field->name);
	}
}

void
page_set_sql(const struct page_query *q, bool capped, struct buf *out)
{
	columns_sql(q, out);
	buf_addf(out, " from (");
	columns_sql(q, out);
	buf_addf(out, " from \"%s\" t ", q->reg->name);
	conditions(q, false, out);
	/* The limit also keeps an engine from merging the two into one. */
	buf_addf(out, "%s) t", capped ? " limit :cap" : "");
	after_sql(q, out);
	order_sql(q, out);
}

bool
page_can_walk(const struct page_query *q)
{
	return q->key_count == 0 || (q->key_count == 1 && q->keys[0].attribute->field->indexed &&
				     field_has_column(q->keys[0].attribute->field));
}

/* By number alone. */
static bool
walk_by_number(const struct page_query *q, enum page_stretch stretch, struct buf *out)
{
	if (stretch != STRETCH_VALUES)
		return false;
	columns_sql(q, out);
	buf_addf(out, " from \"%s\" t ", q->reg->name);
	conditions(q, true, out);
	if (q->after_null)
		buf_addf(out, " and t.\"id\" %s :after", q->descending ? "<" : ">");
	order_sql(q, out);
	return true;
}

bool
page_walk_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out)
{
	const struct page_key *k = &q->keys[0];
	const char *beyond = q->descending ? "<" : ">";
	bool after_value = q->after_null && q->key_count > 0 && !q->after_null[0];
	const char *name;

	if (q->key_count == 0)
		return walk_by_number(q, stretch, out);
	if ((stretch == STRETCH_EQUALS && !after_value) ||
	    (stretch == STRETCH_VALUES && q->after_null && q->after_null[0]) ||
	    (stretch == STRETCH_NULLS && k->attribute->always))
		return false;
	name = k->attribute->field->name;
	columns_sql(q, out);
	buf_addf(out, " from \"%s\" t ", q->reg->name);
	conditions(q, true, out);
	switch (stretch) {
	case STRETCH_EQUALS:
		buf_addf(out, " and t.\"%s\" = :s1 and t.\"id\" %s :after", name, beyond);
		break;
	case STRETCH_VALUES:
		buf_addf(out, after_value ? " and t.\"%s\" %s :s1" : " and t.\"%s\" is not null",
			 name, k->descending ? "<" : ">");
		break;
	case STRETCH_NULLS:
		buf_addf(out, " and t.\"%s\" is null", name);
		if (q->after_null && q->after_null[0])
			buf_addf(out, " and t.\"id\" %s :after", beyond);
		break;
	}
	if (stretch == STRETCH_VALUES)
		buf_addf(out, " order by t.\"%s\"%s, t.\"id\"%s limit :limit", name,
			 k->descending ? " desc" : "", q->descending ? " desc" : "");
	else
		buf_addf(out, " order by t.\"id\"%s limit :limit", q->descending ? " desc" : "");
	return true;
}

static void
records_sql(size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s:r%zu", i ? ", " : " in (", i + 1);
	buf_addf(out, ")");
}

void
page_keys_sql(const struct reg *r, size_t count, struct buf *out)
{
	buf_addf(out, "select t.id, t.key from \"%s\" t where t.id", r->name);
	records_sql(count, out);
}

void
page_items_sql(const struct field *f, size_t count, struct buf *out)
{
	buf_addf(out, "select t.record");
	if (f->type == FIELD_REFS)
		buf_addf(out, ", t.\"value\"");
	for (size_t i = 0; i < f->field_count; i++)
		buf_addf(out, ", t.\"%s\"", f->fields[i].name);
	buf_addf(out, " from \"%s\" t where t.record", f->table->name);
	records_sql(count, out);
	buf_addf(out, " order by t.record, t.pos");
}
