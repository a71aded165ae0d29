#include "model/page.h"

#include "model/sql.h"

#include <string.h>

/* Which of the conditions: those by which an engine finds the records, on a walk too, or the rest.
 */
enum part { PART_FINDS, PART_WALKS, PART_RESTS, PART_RESTS_ON_WALK, PART_EACH, PART_ALL };

/* On a walk an engine must not leave the index that is walked along for one that it takes to be
 * better, so only that index's conditions stand beside the order. A single value of an indexed
 * field gives its records in the order of their numbers, in every engine: that is the way when the
 * number alone decides. */
/* Within one organisation keys are in order, and numbers are not. */
static bool
walks_keys(const struct page_query *q)
{
	return q->key_count == 1 && q->keys[0].attribute->kind == ATTRIBUTE_KEY;
}

static bool
term_walks(const struct page_query *q, const struct filter_term *t)
{
	if (q->key_count > 0 && q->keys[0].attribute == t->attribute)
		return filter_is_bound(t);
	if (!filter_is_single(t))
		return false;
	if (t->attribute->kind == ATTRIBUTE_HOLDER)
		return walks_keys(q);
	return q->key_count == 0 && t == q->leader;
}

static bool
term_is_in(const struct page_query *q, const struct filter_term *t, enum part part)
{
	switch (part) {
	case PART_FINDS:
		return t == q->leader;
	case PART_WALKS:
		return term_walks(q, t);
	case PART_RESTS:
		return t != q->leader;
	case PART_RESTS_ON_WALK:
		return !term_walks(q, t);
	case PART_EACH:
	case PART_ALL:
		break;
	}
	return true;
}

static bool
organisations_are_in(const struct page_query *q, enum part part)
{
	bool walk = q->organisations == 1 && walks_keys(q);

	switch (part) {
	case PART_FINDS:
		return q->organisations_lead;
	case PART_WALKS:
		return walk;
	case PART_RESTS:
		return !q->organisations_lead;
	case PART_RESTS_ON_WALK:
		return !walk;
	case PART_EACH:
	case PART_ALL:
		break;
	}
	return true;
}

/* That a record is about nothing of a register that is not to be seen. */
static void
hidden_sql(const struct page_query *q, struct buf *out)
{
	const char *name = q->hidden_count ? q->reg->follows->name : "";

	if (q->hidden_count == 0)
		return;
	buf_addf(out, " and (t.\"%s\" is null or t.\"%s\" >> %d not in (", name, name,
		 ID_CODE_SHIFT);
	for (size_t i = 0; i < q->hidden_count; i++)
		buf_addf(out, "%s%lld", i ? ", " : "", (long long)q->hidden[i]);
	buf_addf(out, "))");
}

/* " and ..." of each. */
static void
conditions(const struct page_query *q, enum part part, struct buf *out)
{
	if (q->within && organisations_are_in(q, part)) {
		buf_addf(out, q->organisations ? " and t.organisation in (" : " and 1 = 0");
		for (size_t i = 0; i < q->organisations; i++)
			buf_addf(out, "%s:o%zu", i ? ", " : "", i + 1);
		buf_addf(out, q->organisations ? ")" : "");
	}
	if (part != PART_FINDS && part != PART_WALKS)
		hidden_sql(q, out);
	for (size_t i = 0; i < q->filter->count; i++) {
		const struct filter_term *t = &q->filter->terms[i];

		if (term_is_in(q, t, part))
			filter_sql(t,
				   t == q->leader && (part == PART_FINDS || part == PART_WALKS ||
						      part == PART_ALL),
				   out);
	}
}

static void
columns_sql(const struct field *const *fields, size_t count, struct buf *out)
{
	buf_adds(out, "select t.\"id\"");
	for (size_t i = 0; i < count; i++) {
		buf_adds(out, ", t.\"");
		buf_adds(out, fields[i]->name);
		buf_adds(out, "\"");
	}
}

/* The key of the record that a reference of `t` refers to. */
static void
target_sql(const struct page_query *q, const struct page_key *k, struct buf *out)
{
	const char *name = k->attribute->field->name;
	bool one = k->target_count == 1;

	if (!one)
		buf_addf(out, "case t.\"%s\" >> %d ", name, ID_CODE_SHIFT);
	for (size_t i = 0; i < k->target_count; i++) {
		if (!one)
			buf_addf(out, "when %lld then ", (long long)k->targets[i]->code);
		buf_addf(out, "(select k.\"key\" from \"%s\" k where k.\"id\" = t.\"%s\"",
			 k->targets[i]->name, name);
		if (q->sights)
			sql_sight(k->targets[i], &q->sights[k->targets[i]->index], "k", out);
		buf_addf(out, ") ");
	}
	if (!one)
		buf_addf(out, "end ");
}

/* ", case when ... then 1 else 0 end as fits": a row that is looked at brings the answer along,
 * which costs less than what is asked about. */
static void
fits_sql(const struct page_query *q, enum part part, struct buf *out)
{
	buf_adds(out, "case when 1 = 1");
	conditions(q, part, out);
	buf_adds(out, " then 1 else 0 end as fits");
}

/* "select id, <the keys> from (select id, <the keys>", with what is looked up. */
static void
page_begin(const struct page_query *q, struct buf *out)
{
	buf_adds(out, "select t.\"id\"");
	for (size_t i = 0; i < q->key_count; i++)
		buf_addf(out, ", t.\"%s\"", q->keys[i].column);
	buf_adds(out, " from (select t.\"id\"");
	for (size_t i = 0; i < q->key_count; i++) {
		const struct page_key *k = &q->keys[i];

		buf_adds(out, ", ");
		if (k->target_count == 0) {
			buf_addf(out, "t.\"%s\"", k->column);
			continue;
		}
		target_sql(q, k, out);
		buf_addf(out, "as \"%s\"", k->column);
	}
}

/* " from ... where ... order by": what the leader finds. In the order of the leader's index where
 * it has one, so that no engine looks for the first of them in the table itself, past all others;
 * which may be many, however common they are. */
static void
found_sql(const struct page_query *q, struct buf *out)
{
	const struct filter_term *t = q->leader;
	bool holder = q->organisations_lead && q->organisations == 1;

	buf_addf(out, " from \"%s\" t where 1 = 1", q->reg->name);
	conditions(q, PART_FINDS, out);
	if (holder || (t && filter_is_single(t) && t->attribute->kind == ATTRIBUTE_HOLDER))
		buf_addf(out, " order by t.\"key\", t.\"id\"");
	else if (t && filter_is_single(t))
		buf_addf(out, " order by t.\"id\"");
	else if (t && t->op != FILTER_EQUAL)
		buf_addf(out, " order by t.\"%s\"", t->attribute->field->name);
}

void
page_found_sql(const struct page_query *q, struct buf *out)
{
	buf_addf(out, "select count(*) from (select 1");
	found_sql(q, out);
	buf_addf(out, " limit :look) c");
}

void
page_count_sql(const struct page_query *q, bool bounded, struct buf *out)
{
	if (!bounded) {
		buf_addf(out, "select count(*) from \"%s\" t where 1 = 1", q->reg->name);
		conditions(q, PART_ALL, out);
		return;
	}
	buf_addf(out, "select coalesce(sum(c.fits), 0), count(*) from (select ");
	fits_sql(q, PART_RESTS, out);
	found_sql(q, out);
	buf_addf(out, " limit :look) c");
}

bool
page_key_always(const struct page_key *k)
{
	return k->attribute->always && k->target_count == 0;
}

/* "order by": nulls last whichever way, as engines differ in where they put them. */
static void
order_sql(const struct page_query *q, struct buf *out)
{
	buf_adds(out, " order by ");
	for (size_t i = 0; i < q->key_count; i++) {
		const struct page_key *k = &q->keys[i];

		buf_addf(out, "t.\"%s\"%s%s, ", k->column, k->descending ? " desc" : "",
			 page_key_always(k) ? "" : " nulls last");
	}
	buf_addf(out, "t.\"id\"%s", q->descending ? " desc" : "");
}

/* " and (<beyond in the first key, or equal there and beyond in the second, ...>)". */
static void
after_sql(const struct page_query *q, struct buf *out)
{
	if (!q->after_null)
		return;
	buf_addf(out, " and (");
	for (size_t n = 0; n <= q->key_count; n++) {
		const struct page_key *k = &q->keys[n];

		/* Nothing is beyond a null. */
		if (n < q->key_count && q->after_null[n])
			continue;
		buf_addf(out, "(");
		for (size_t i = 0; i < n; i++) {
			const char *name = q->keys[i].column;

			if (q->after_null[i])
				buf_addf(out, "t.\"%s\" is null and ", name);
			else
				buf_addf(out, "t.\"%s\" = :s%zu and ", name, i + 1);
		}
		if (n == q->key_count)
			buf_addf(out, "t.\"id\" %s :after))", q->descending ? "<" : ">");
		else
			buf_addf(out, "(t.\"%s\" %s :s%zu or t.\"%s\" is null)) or ", k->column,
				 k->descending ? "<" : ">", n + 1, k->column);
	}
}

void
page_set_sql(const struct page_query *q, bool bounded, struct buf *out)
{
	page_begin(q, out);
	if (bounded) {
		buf_adds(out, ", ");
		fits_sql(q, PART_RESTS, out);
		found_sql(q, out);
		buf_addf(out, " limit :look) t where t.fits = 1");
	} else {
		buf_addf(out, " from \"%s\" t where 1 = 1", q->reg->name);
		conditions(q, PART_ALL, out);
		buf_addf(out, ") t where 1 = 1");
	}
	after_sql(q, out);
	order_sql(q, out);
	buf_adds(out, " limit :limit");
}

bool
page_can_walk(const struct page_query *q)
{
	return q->key_count == 0 ||
	       (q->key_count == 1 && attribute_is_sorted(q->keys[0].attribute) &&
		q->keys[0].descending == q->descending);
}

static bool
has_stretch(const struct page_query *q, enum page_stretch stretch)
{
	bool after_null = q->after_null && q->key_count > 0 && q->after_null[0];
	bool nulls = q->key_count > 0 && !page_key_always(&q->keys[0]);

	if (q->key_count == 0)
		return stretch == STRETCH_VALUES;
	for (size_t i = 0; i < q->filter->count; i++) {
		const struct filter_term *t = &q->filter->terms[i];

		nulls = nulls && (t->attribute != q->keys[0].attribute || filter_takes_null(t));
	}
	switch (stretch) {
	case STRETCH_EQUALS:
		return q->after_null && !after_null;
	case STRETCH_VALUES:
		return !after_null;
	case STRETCH_NULLS:
	case STRETCHES:
		break;
	}
	return nulls;
}

bool
page_walk_ties(const struct page_query *q, enum page_stretch stretch)
{
	return stretch == STRETCH_VALUES && walks_keys(q);
}

bool
page_walk_is_apart(const struct page_query *q)
{
	bool apart = q->key_count > 0;

	for (size_t i = 0; i < q->filter->count; i++)
		apart = apart || term_walks(q, &q->filter->terms[i]);
	return apart;
}

/* " from ... where ... order by": the records of a stretch, in order, whether they fit or not. No
 * index finds those without a value: among all records they are looked for by number. Where equals
 * come as the index has them, an engine would have to sort each few of them anew. */
static void
stretch_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out)
{
	const char *name = q->key_count > 0 ? q->keys[0].attribute->field->name : NULL;
	const char *beyond = q->descending ? "<" : ">";
	const char *order = q->descending ? " desc" : "";
	bool numbers = !name;

	buf_addf(out, " from \"%s\" t where 1 = 1", q->reg->name);
	if (stretch != STRETCH_NULLS)
		conditions(q, PART_WALKS, out);
	if (name && stretch == STRETCH_EQUALS) {
		buf_addf(out, " and t.\"%s\" = :s1", name);
		numbers = true;
	} else if (name && stretch == STRETCH_NULLS) {
		numbers = q->after_null && q->after_null[0];
	} else if (name && q->after_null) {
		buf_addf(out, " and t.\"%s\" %s :s1", name, beyond);
	} else if (name) {
		buf_addf(out, " and t.\"%s\" is not null", name);
	}
	if (numbers && q->after_null)
		buf_addf(out, " and t.\"id\" %s :after", beyond);
	buf_adds(out, " order by ");
	if (name && stretch == STRETCH_VALUES)
		buf_addf(out, "t.\"%s\"%s", name, order);
	if (!page_walk_ties(q, stretch))
		buf_addf(out, "%st.\"id\"%s", name && stretch == STRETCH_VALUES ? ", " : "", order);
}

bool
page_walk_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out)
{
	if (!has_stretch(q, stretch))
		return false;
	page_begin(q, out);
	buf_adds(out, ", ");
	fits_sql(q, stretch == STRETCH_NULLS ? PART_EACH : PART_RESTS_ON_WALK, out);
	stretch_sql(q, stretch, out);
	/* What is sifted out of it keeps its order, in every engine. */
	buf_addf(out, " limit :look) t where t.fits = 1");
	if (stretch == STRETCH_NULLS)
		buf_addf(out, " and t.\"%s\" is null", q->keys[0].column);
	return true;
}

void
page_reach_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out)
{
	buf_addf(out, "select t.\"id\"");
	if (stretch == STRETCH_NULLS)
		buf_addf(out, ", null");
	else if (q->key_count > 0)
		buf_addf(out, ", t.\"%s\"", q->keys[0].column);
	stretch_sql(q, stretch, out);
	buf_addf(out, " limit 1 offset :skip");
}

bool
page_walk_is_whole(const struct page_query *q)
{
	if (!page_can_walk(q) || (q->key_count > 0 && !page_key_always(&q->keys[0])))
		return false;
	if (q->hidden_count > 0 || (q->within && !organisations_are_in(q, PART_WALKS)))
		return false;
	for (size_t i = 0; i < q->filter->count; i++) {
		if (!term_walks(q, &q->filter->terms[i]))
			return false;
	}
	return true;
}

void
page_length_sql(const struct page_query *q, struct buf *out)
{
	buf_addf(out, "select count(*) from (select 1 from \"%s\" t where 1 = 1", q->reg->name);
	conditions(q, PART_WALKS, out);
	buf_adds(out, " limit :look) c");
}

void
page_rank_sql(const struct page_query *q, bool beyond, struct buf *out)
{
	const char *before = q->descending ? ">" : "<";
	const char *after = q->descending ? "<=" : ">=";

	buf_addf(out, "select count(*) from \"%s\" t where 1 = 1", q->reg->name);
	conditions(q, PART_WALKS, out);
	buf_addf(out, " and t.\"%s\" %s :s1", q->keys[0].attribute->field->name,
		 beyond ? after : before);
}

/* " from (values ...) r cross join "table" t where t.<column> = <each of them>". A list behind `in`
 * SQLite would put into an index first. */
static void
records_sql(const char *table, const char *column, size_t count, struct buf *out)
{
	char one[sizeof(", (:r)") + INT_TEXT_SIZE] = ", (:r";
	size_t len;

	buf_adds(out, " from (values (cast(:r1 as bigint))");
	for (size_t i = 1; i < count; i++) {
		len = 5 + int_text((int64_t)i + 1, one + 5);
		one[len++] = ')';
		buf_add(out, one, len);
	}
	buf_addf(out, ") r cross join \"%s\" t where t.\"%s\" = r.column1", table, column);
}

void
page_rows_sql(const struct reg *r, const struct field *const *fields, size_t field_count,
	      size_t count, struct buf *out)
{
	columns_sql(fields, field_count, out);
	records_sql(r->name, "id", count, out);
}

void
page_keys_sql(const struct reg *r, const struct sight *seen, size_t count, struct buf *out)
{
	buf_adds(out, "select t.id, t.key");
	records_sql(r->name, "id", count, out);
	sql_sight(r, seen, "t", out);
}

void
page_items_sql(const struct field *f, size_t count, struct buf *out)
{
	buf_addf(out, "select t.record");
	if (f->type == FIELD_REFS)
		buf_addf(out, ", t.\"value\"");
	for (size_t i = 0; i < f->field_count; i++)
		buf_addf(out, ", t.\"%s\"", f->fields[i].name);
	records_sql(f->table->name, "record", count, out);
	buf_addf(out, " order by t.record, t.pos");
}
