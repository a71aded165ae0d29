#include "list/list_priv.h"

#include "base/limits.h"
#include "model/sql.h"
#include "record/note.h"

#include <stdio.h>
#include <string.h>

enum {
	LOOK_FIRST = 3, /* times the page's size */
	LOOK_MORE = 8,	/* times as many as before */
};

/* One page while it is read. */
struct reading {
	struct ctx *ctx;
	const struct list_question *question;
	struct asked *asked;
	struct list_page *page;
	struct value *last; /* the keys' values of the last row, and its number */
	int64_t look;	    /* records that the next statement looks at */
	bool few;	    /* all that the leader finds may be gathered */
	bool more;
	size_t bytes;
};

static enum err_code
prepare(struct ctx *ctx, const struct buf *sql, struct db_stmt **ret_stmt)
{
	if (sql->failed)
		return err_set(&ctx->err, ERR_TOO_BIG, "filter",
			       "the filter makes a statement that is too long; ask for less");
	return db_prepare(ctx->db, sql->data, ret_stmt, &ctx->err);
}

static void
bind_int(struct db_stmt *s, const char *name, int64_t value)
{
	int index = db_param(s, name);

	if (index)
		db_bind_int(s, index, value);
}

/* Of the records whose keys the list is sorted by. */
static void
sights_bind(const struct reading *rd, struct db_stmt *s)
{
	const struct page_query *q = &rd->asked->query;

	for (size_t i = 0; q->sights && i < q->key_count; i++) {
		for (size_t k = 0; k < q->keys[i].target_count; k++) {
			const struct reg *r = q->keys[i].targets[k];

			sql_sight_bind(r, &q->sights[r->index], s);
		}
	}
}

/* Every parameter that the statement has; what page.h names. */
static void
bind_all(const struct reading *rd, struct db_stmt *s)
{
	const struct asked *a = rd->asked;
	char name[32];
	int index;

	for (size_t i = 0; i < a->query.organisations && a->query.within; i++) {
		(void)snprintf(name, sizeof(name), "o%zu", i + 1);
		bind_int(s, name, a->organisations[i]);
	}
	sights_bind(rd, s);
	filter_bind(&a->filter, s);
	for (size_t i = 0; i < a->query.key_count && a->query.after_null; i++) {
		(void)snprintf(name, sizeof(name), "s%zu", i + 1);
		index = db_param(s, name);
		if (index && a->after[i].kind == VALUE_INT)
			db_bind_int(s, index, a->after[i].number);
		else if (index)
			db_bind_text(s, index, a->after[i].text);
	}
	bind_int(s, "after", a->after[a->query.key_count].number);
	bind_int(s, "code", rd->page->reg->code);
	bind_int(s, "look", rd->look);
	bind_int(s, "skip", rd->look - 1);
	bind_int(s, "limit", a->limit + 1 - (int64_t)rd->page->count);
}

/* One number. */
static enum err_code
ask(struct reading *rd, const struct buf *sql, int64_t *ret_number)
{
	DB_STMT *s = NULL;
	enum err_code rc = prepare(rd->ctx, sql, &s);
	bool row;

	if (rc)
		return rc;
	bind_all(rd, s);
	rc = db_step(s, &row, &rd->ctx->err);
	if (!rc)
		*ret_number = row ? db_int(s, 0) : 0;
	return rc;
}

/* How many the leader finds, or `most`. */
static enum err_code
found(struct reading *rd, int64_t most, int64_t *ret_found)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	rd->look = most;
	page_found_sql(&rd->asked->query, &sql);
	return ask(rd, &sql, ret_found);
}

/* Whether an index alone finds all of the list. */
static bool
is_led_alone(const struct page_query *q)
{
	return q->filter->count + q->within <= 1 && q->hidden_count == 0 &&
	       (q->filter->count == 0 || filter_can_lead(&q->filter->terms[0]));
}

/* Of what an index finds, that which finds the fewest; without any, the whole register. Engines
 * guess, and are wrong where values go together; this looks. */
static enum err_code
leader_choose(struct reading *rd, int64_t *ret_found)
{
	struct page_query *q = &rd->asked->query;
	const struct filter_term *best = NULL;
	bool organisations = false;
	int64_t least = 1 + (is_led_alone(q) ? LIMIT_LIST_COUNTED : LIMIT_LIST_GATHERED);
	int64_t n = 0;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < q->filter->count; i++) {
		if (!filter_can_lead(&q->filter->terms[i]))
			continue;
		q->leader = &q->filter->terms[i];
		rc = found(rd, least, &n);
		if (!rc && (!best || n < least)) {
			least = n;
			best = q->leader;
		}
	}
	q->leader = NULL;
	if (!rc && q->within) {
		q->organisations_lead = true;
		rc = found(rd, least, &n);
		organisations = !rc && (!best || n < least);
		least = organisations ? n : least;
	}
	q->organisations_lead = organisations;
	q->leader = organisations ? NULL : best;
	if (!rc && !q->leader && !organisations)
		rc = found(rd, least, &least);
	*ret_found = least;
	return rc;
}

/* How many there are, as far as a quick list may know. */
static enum err_code
total_find(struct reading *rd)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct page_query *q = &rd->asked->query;
	struct list_page *p = rd->page;
	int64_t least = 0;
	enum err_code rc = leader_choose(rd, &least);

	if (rc)
		return rc;
	rd->few = least <= LIMIT_LIST_GATHERED;
	p->total = least;
	if (is_led_alone(q) && !rd->question->thorough) {
		p->total_is_exact = least <= LIMIT_LIST_COUNTED;
		p->total -= !p->total_is_exact;
		return ERR_NONE;
	}
	p->total_is_exact = rd->few || rd->question->thorough;
	rd->look = rd->few ? LIMIT_LIST_GATHERED : LIMIT_LIST_SAMPLED;
	page_count_sql(q, !rd->question->thorough, &sql);
	rc = ask(rd, &sql, &p->total);
	rd->few = rd->few || (p->total_is_exact && p->total <= LIMIT_LIST_GATHERED);
	return rc;
}

/* Place of the field among the columns that were read, counted from 1: the number is 0. */
static int
column_of(const struct page_query *q, const struct field *f)
{
	int i = 0;

	while (q->columns[i] != f)
		i++;
	return i + 1;
}

static void
row_take(struct reading *rd, const struct db_stmt *s)
{
	const struct page_query *q = &rd->asked->query;
	struct list_page *p = rd->page;
	struct list_row *row = &p->rows[p->count++];
	struct arena *a = rd->ctx->arena;
	int looked_up = (int)q->column_count + 1;

	row->id = db_int(s, 0);
	row->cells = arena_alloc(a, (p->column_count + 1) * sizeof(*row->cells));
	for (size_t i = 0; i < p->column_count; i++) {
		const struct attribute *at = p->columns[i];

		if (at->kind == ATTRIBUTE_ID)
			row->cells[i] = (struct value){.kind = VALUE_INT, .number = row->id};
		else if (field_has_column(at->field))
			row->cells[i] = row_value(s, column_of(q, at->field));
		row->cells[i].text = str_dup(a, row->cells[i].text);
		rd->bytes += row->cells[i].text.len;
	}
	if ((int64_t)p->count < rd->asked->limit)
		return;
	for (size_t i = 0; i < q->key_count; i++) {
		rd->last[i] = row_value(s, q->keys[i].target_count
						   ? looked_up++
						   : column_of(q, q->keys[i].attribute->field));
		rd->last[i].text = str_dup(a, rd->last[i].text);
	}
	rd->last[q->key_count] = (struct value){.kind = VALUE_INT, .number = row->id};
}

static enum err_code
rows_take(struct reading *rd, const struct buf *sql)
{
	struct ctx *ctx = rd->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = prepare(ctx, sql, &s);
	bool row;

	if (rc)
		return rc;
	bind_all(rd, s);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		if ((int64_t)rd->page->count == rd->asked->limit) {
			rd->more = true;
			return ERR_NONE;
		}
		row_take(rd, s);
		if (rd->bytes > LIMIT_LIST_BYTES)
			return err_set(&ctx->err, ERR_TOO_BIG, "limit",
				       "the page has more than %d bytes; ask for fewer records or "
				       "fields",
				       LIMIT_LIST_BYTES);
	}
	return rc;
}

static enum err_code
set_read(struct reading *rd)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	rd->look = LIMIT_LIST_GATHERED;
	page_set_sql(&rd->asked->query, !rd->question->thorough, &sql);
	return rows_take(rd, &sql);
}

/* Moves on to the last record that was looked at; *ret_reached false when the stretch ends before.
 */
static enum err_code
reach(struct reading *rd, enum page_stretch stretch, bool *ret_reached)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct asked *a = rd->asked;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_reach_sql(&a->query, stretch, &sql);
	rc = prepare(rd->ctx, &sql, &s);
	if (rc)
		return rc;
	bind_all(rd, s);
	rc = db_step(s, &row, &rd->ctx->err);
	if (rc)
		return rc;
	*ret_reached = row;
	if (!row)
		return ERR_NONE;
	a->after[a->query.key_count] = row_value(s, 0);
	if (a->query.key_count > 0) {
		a->after[0] = row_value(s, 1);
		a->after[0].text = str_dup(rd->ctx->arena, a->after[0].text);
		a->after_null[0] = a->after[0].kind == VALUE_NULL;
	}
	a->query.after_null = a->after_null;
	return ERR_NONE;
}

/* The stretches from where the walk stands, `look` records in each. *ret_reached false when all are
 * at their end. */
static enum err_code
stretches_read(struct reading *rd, bool *ret_reached)
{
	enum err_code rc = ERR_NONE;

	*ret_reached = false;
	for (int i = 0; !rc && !rd->more && !*ret_reached && i < STRETCHES; i++) {
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

		if (!page_walk_sql(&rd->asked->query, (enum page_stretch)i, &sql))
			continue;
		rc = rows_take(rd, &sql);
		if (!rc && !rd->more)
			rc = reach(rd, (enum page_stretch)i, ret_reached);
	}
	return rc;
}

/* Looks at few records first, and at more and more where few of them fit. A quick list that has
 * looked at enough gives what it has, and the next page goes on from there. */
static enum err_code
walk_read(struct reading *rd)
{
	int64_t left = rd->question->thorough ? INT64_MAX : LIMIT_LIST_LOOKED;
	bool reached = true;
	enum err_code rc = ERR_NONE;

	rd->look = LOOK_FIRST * (rd->asked->limit + 1);
	while (!rc && !rd->more && reached) {
		rc = stretches_read(rd, &reached);
		left -= rd->look;
		if (!rc && !rd->more && reached && left <= 0) {
			rd->more = true;
			rd->page->stopped = true;
			memcpy(rd->last, rd->asked->after, sizeof(rd->asked->after));
		}
		rd->look *= LOOK_MORE;
		rd->look = rd->look < left ? rd->look : left;
	}
	return rc;
}

void
list_sorts(const struct attributes *all, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct field *f = all->list[i].field;

		if (attribute_is_sorted(&all->list[i]))
			buf_addf(out, "%s%s", count++ ? ", " : "", f->name);
	}
}

static enum err_code
refuse_sort(struct reading *rd)
{
	CLEANUP(buf_fini) struct buf sorts = {.limit = SQL_LIMIT};
	const struct page_query *q = &rd->asked->query;
	/* One that has an index was asked for with the number the other way round. */
	bool several = q->key_count > 1 || attribute_is_sorted(q->keys[0].attribute);

	list_sorts(&rd->asked->attributes, &sorts);
	return err_set(
		&rd->ctx->err, ERR_INVALID, "sort",
		"more than %d records are too many to sort by %s; narrow the filter, or sort "
		"by one of: %s",
		LIMIT_LIST_GATHERED, several ? "several fields" : q->keys[0].attribute->field->name,
		sorts.data);
}

static enum err_code
rows_read(struct reading *rd)
{
	const struct page_query *q = &rd->asked->query;
	struct list_page *p = rd->page;
	bool everything = q->filter->count == 0 && !q->within && q->hidden_count == 0;
	enum err_code rc;

	if (page_can_walk(q) && (everything || !rd->few))
		rc = walk_read(rd);
	else
		rc = rd->few || rd->question->thorough ? set_read(rd) : refuse_sort(rd);
	/* The page may have found more than those that it was counted among. */
	if (p->total < (int64_t)p->count)
		p->total = (int64_t)p->count;
	return rc;
}

/* Of a restricted register the ledger says who read which records. */
static enum err_code
page_note(struct ctx *ctx, const struct list_page *p)
{
	int64_t *ids;

	if (!ctx->who)
		return ERR_NONE;
	ids = arena_alloc(ctx->arena, (p->count + 1) * sizeof(*ids));
	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->rows[i].id;
	return note_read(ctx, p->reg, ids, p->count);
}

enum err_code
list_read(struct ctx *ctx, const struct list_question *q, struct list_page *ret_page)
{
	struct asked asked;
	struct value last[LIMIT_SORT_FIELDS + 1];
	struct list_page p = {.reg = q->reg};
	struct reading rd = {.ctx = ctx, .question = q, .asked = &asked, .page = &p, .last = last};
	enum err_code rc = asked_read(ctx, q, &asked);

	if (rc)
		return rc;
	p.columns = asked.columns;
	p.column_count = asked.column_count;
	p.rows = arena_alloc(ctx->arena, (size_t)asked.limit * sizeof(*p.rows));
	rc = total_find(&rd);
	if (!rc)
		rc = rows_read(&rd);
	if (!rc)
		rc = beside_read(ctx, &p);
	if (!rc && rd.more)
		rc = cursor_write(ctx, &asked, last, &p.next);
	if (!rc)
		rc = page_note(ctx, &p);
	if (!rc)
		*ret_page = p;
	return rc;
}

enum err_code
list_total(struct ctx *ctx, const struct list_question *q, struct list_page *ret_page)
{
	struct asked asked;
	struct list_page p = {.reg = q->reg};
	struct reading rd = {.ctx = ctx, .question = q, .asked = &asked, .page = &p};
	enum err_code rc = asked_read(ctx, q, &asked);

	if (!rc)
		rc = total_find(&rd);
	if (!rc)
		rc = page_note(ctx, &p);
	if (!rc)
		*ret_page = p;
	return rc;
}
