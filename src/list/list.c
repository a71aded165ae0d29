#include "list/list_priv.h"

#include "base/limits.h"
#include "base/order.h"
#include "model/sql.h"
#include "record/note.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LOOK_FIRST = 3, /* times the page's size */
	LOOK_MORE = 8,	/* times as many as before */
};

enum err_code
list_prepare(struct ctx *ctx, const struct buf *sql, struct db_stmt **ret_stmt)
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
sights_bind(const struct page_reading *rd, struct db_stmt *s)
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
void
list_bind(const struct page_reading *rd, struct db_stmt *s)
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
	bind_int(s, "limit", a->limit + 1);
}

static struct found
found_of(const struct page_reading *rd, const struct db_stmt *s)
{
	size_t count = rd->asked->query.key_count;
	struct found f = {.id = db_int(s, 0),
			  .keys = arena_alloc(rd->ctx->arena, (count + 1) * sizeof(*f.keys))};

	for (size_t i = 0; i < count; i++) {
		f.keys[i] = row_value(s, (int)i + 1);
		f.keys[i].text = str_dup(rd->ctx->arena, f.keys[i].text);
	}
	f.keys[count] = (struct value){.kind = VALUE_INT, .number = f.id};
	return f;
}

static int
numbers_ascending(const void *a, const void *b)
{
	return int_cmp(((const struct found *)a)->id, ((const struct found *)b)->id);
}

static int
numbers_descending(const void *a, const void *b)
{
	return numbers_ascending(b, a);
}

static bool
is_tie(const struct found *a, const struct found *b)
{
	return str_eq(a->keys[0].text, b->keys[0].text);
}

/* Equals that were found in any order, from `first` on, in that of their numbers. */
static void
ties_sort(struct page_reading *rd, size_t first)
{
	size_t end;

	for (; first < rd->count; first = end) {
		for (end = first + 1; end < rd->count; end++) {
			if (!is_tie(&rd->found[first], &rd->found[end]))
				break;
		}
		if (end > first + 1)
			qsort(&rd->found[first], end - first, sizeof(*rd->found),
			      rd->asked->query.descending ? numbers_descending : numbers_ascending);
	}
}

/* The numbers of records for the page. Where equals come in any order, all of those that share the
 * last one's key, which may be more than the page holds. */
static enum err_code
numbers_take(struct page_reading *rd, const struct buf *sql, bool ties)
{
	struct ctx *ctx = rd->ctx;
	const size_t first = rd->count;
	const size_t limit = (size_t)rd->asked->limit;
	DB_STMT *s = NULL;
	enum err_code rc = list_prepare(ctx, sql, &s);
	bool row;

	if (rc)
		return rc;
	list_bind(rd, s);
	while (!(rc = db_step(s, &row, &ctx->err)) && row && !rd->more) {
		struct found f = found_of(rd, s);

		if (rd->count >= limit &&
		    !(ties && rd->count > first && is_tie(&rd->found[rd->count - 1], &f))) {
			rd->more = true;
			continue;
		}
		rd->found =
			arena_room(ctx->arena, rd->found, rd->count, &rd->cap, sizeof(*rd->found));
		rd->found[rd->count++] = f;
	}
	if (ties)
		ties_sort(rd, first);
	return rc;
}

static enum err_code
set_read(struct page_reading *rd)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};

	rd->look = LIMIT_LIST_GATHERED;
	page_set_sql(&rd->asked->query, !rd->question->thorough, &sql);
	return numbers_take(rd, &sql, false);
}

/* Moves on to the last record that was looked at; *ret_reached false when the stretch ends before.
 */
static enum err_code
reach(struct page_reading *rd, enum page_stretch stretch, bool *ret_reached)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct asked *a = rd->asked;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_reach_sql(&a->query, stretch, &sql);
	rc = list_prepare(rd->ctx, &sql, &s);
	if (rc)
		return rc;
	list_bind(rd, s);
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

/* The last that was looked at may share its key with others that were not: all of them are left to
 * the next statements, which find them by their numbers. */
static void
ties_leave(struct page_reading *rd)
{
	struct asked *a = rd->asked;

	while (rd->count > 0 && str_eq(rd->found[rd->count - 1].keys[0].text, a->after[0].text))
		rd->count--;
	a->after[1].number = a->query.descending ? INT64_MAX : 0;
}

/* The stretches from where the walk stands, `look` records in each. *ret_reached false when all are
 * at their end. */
static enum err_code
stretches_read(struct page_reading *rd, bool *ret_reached)
{
	const struct page_query *q = &rd->asked->query;
	enum err_code rc = ERR_NONE;

	*ret_reached = false;
	for (int i = 0; !rc && !rd->more && !*ret_reached && i < STRETCHES; i++) {
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
		bool ties = page_walk_ties(q, (enum page_stretch)i);

		if (!page_walk_sql(q, (enum page_stretch)i, &sql))
			continue;
		rc = numbers_take(rd, &sql, ties);
		if (!rc && !rd->more)
			rc = reach(rd, (enum page_stretch)i, ret_reached);
		if (!rc && ties && *ret_reached)
			ties_leave(rd);
		rd->more = rd->more || rd->count > (size_t)rd->asked->limit;
	}
	return rc;
}

/* Looks at few records first, and at more and more where few of them fit. A quick list that has
 * looked at enough gives what it has, and the next page goes on from there. */
static enum err_code
walk_read(struct page_reading *rd)
{
	bool apart = page_walk_is_apart(&rd->asked->query);
	int64_t most = apart ? LIMIT_LIST_LOOKED_APART : LIMIT_LIST_LOOKED;
	int64_t left = rd->question->thorough ? INT64_MAX : most;
	bool reached = true;
	enum err_code rc = ERR_NONE;

	rd->look = LOOK_FIRST * (rd->asked->limit + 1);
	while (!rc && !rd->more && reached) {
		rc = stretches_read(rd, &reached);
		left -= rd->look;
		if (!rc && !rd->more && reached && left <= 0) {
			rd->more = true;
			rd->page->stopped = true;
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
refuse_sort(struct page_reading *rd)
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

/* How many records of a walked list stand before the first that has the key of the one that was
 * reached, counted from the nearer end. */
static enum err_code
rank_find(struct page_reading *rd, bool from_end, int64_t *ret_rank)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	page_rank_sql(&rd->asked->query, from_end, &sql);
	rc = list_prepare(rd->ctx, &sql, &s);
	if (rc)
		return rc;
	list_bind(rd, s);
	rc = db_step(s, &row, &rd->ctx->err);
	if (!rc && row)
		*ret_rank = from_end ? rd->page->total - db_int(s, 0) : db_int(s, 0);
	return rc;
}

/* Goes to the last record before the page, from the nearer end of a list that is walked whole.
 * Equals come as the index has them there, so that it goes on among them by their numbers. */
static enum err_code
place_find(struct page_reading *rd)
{
	struct asked *a = rd->asked;
	struct page_query *q = &a->query;
	const int64_t total = rd->page->total;
	const int64_t skip = rd->question->skip < total ? rd->question->skip : total;
	bool from_end = skip > total / 2;
	bool reached = false;
	int64_t rank = 0;
	enum err_code rc;

	if (skip == 0)
		return ERR_NONE;
	q->descending = q->descending != from_end;
	rd->look = from_end ? total - skip + 1 : skip;
	rc = reach(rd, STRETCH_VALUES, &reached);
	q->descending = q->descending != from_end;
	if (rc || !reached || !page_walk_ties(q, STRETCH_VALUES))
		return rc;
	rc = rank_find(rd, from_end, &rank);
	a->after[1].number = q->descending ? INT64_MAX : 0;
	rd->look = skip - rank;
	return rc ? rc : reach(rd, STRETCH_EQUALS, &reached);
}

static enum err_code
placed_read(struct page_reading *rd)
{
	const int64_t limit = rd->asked->limit;
	size_t skip = (size_t)rd->question->skip;
	enum err_code rc;

	if (!rd->few) {
		rc = place_find(rd);
		return rc ? rc : walk_read(rd);
	}
	rd->asked->limit += rd->question->skip;
	rc = set_read(rd);
	rd->asked->limit = limit;
	skip = skip < rd->count ? skip : rd->count;
	rd->count -= skip;
	rd->found += skip;
	return rc;
}

static enum err_code
rows_read(struct page_reading *rd)
{
	const struct page_query *q = &rd->asked->query;
	struct list_page *p = rd->page;
	bool everything = q->filter->count == 0 && !q->within && q->hidden_count == 0;
	int64_t least;
	enum err_code rc;

	if (rd->question->placed)
		rc = placed_read(rd);
	else if (page_can_walk(q) && (everything || !rd->few))
		rc = walk_read(rd);
	else
		rc = rd->few || rd->question->thorough ? set_read(rd) : refuse_sort(rd);
	if (rd->count > (size_t)rd->asked->limit)
		rd->count = (size_t)rd->asked->limit;
	/* The page may have found more than were counted. */
	least = (int64_t)rd->count + (rd->more && !p->stopped);
	if (!rd->question->placed && p->total < least)
		p->total = least;
	return rc;
}

static void
rows_make(struct page_reading *rd)
{
	struct list_page *p = rd->page;

	p->rows = arena_alloc(rd->ctx->arena, (rd->count + 1) * sizeof(*p->rows));
	for (; p->count < rd->count; p->count++)
		p->rows[p->count].id = rd->found[p->count].id;
}

/* Where the next page goes on: after the last row, or where it stopped to look. */
static enum err_code
next_write(struct page_reading *rd)
{
	const struct value *place =
		rd->page->stopped ? rd->asked->after : rd->found[rd->count - 1].keys;

	return cursor_write(rd->ctx, rd->asked, place, &rd->page->next);
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
	struct list_page p = {.reg = q->reg};
	struct page_reading rd = {.ctx = ctx, .question = q, .asked = &asked, .page = &p};
	enum err_code rc = asked_read(ctx, q, &asked);

	if (rc)
		return rc;
	p.columns = asked.columns;
	p.column_count = asked.column_count;
	rc = total_find(&rd);
	if (!rc)
		rc = rows_read(&rd);
	if (!rc) {
		rows_make(&rd);
		rc = beside_read(ctx, &p);
	}
	if (!rc && rd.more)
		rc = next_write(&rd);
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
	struct page_reading rd = {.ctx = ctx, .question = q, .asked = &asked, .page = &p};
	enum err_code rc = asked_read(ctx, q, &asked);

	if (!rc)
		rc = total_find(&rd);
	if (!rc)
		rc = page_note(ctx, &p);
	if (!rc)
		*ret_page = p;
	return rc;
}
