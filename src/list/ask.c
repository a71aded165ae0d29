#include "list/list_priv.h"

#include "access/grant.h"
#include "base/limits.h"

/* The fields to show: those named, or all. The number is always known, so it is none of the columns
 * unless somebody names it. */
enum err_code
asked_fields(struct ctx *ctx, struct str text, struct asked *a)
{
	const struct attributes *all = &a->attributes;
	enum err_code rc = ERR_NONE;
	size_t most = text.ptr ? 1 : all->count;

	for (size_t i = 0; i < text.len; i++)
		most += text.ptr[i] == ',';
	if (most > LIMIT_ROW_COLUMNS)
		return err_set(&ctx->err, ERR_TOO_BIG, "fields", "a list has at most %d fields",
			       LIMIT_ROW_COLUMNS);
	a->columns = (const struct attribute **)arena_alloc(ctx->arena, most * sizeof(void *));
	for (size_t i = 1; !text.ptr && i < all->count; i++)
		a->columns[a->column_count++] = &all->list[i];
	while (!rc && text.ptr) {
		struct str name = str_trim(str_cut(&text, ','));
		const struct attribute *found = NULL;
		bool known = false;

		rc = attribute_named(all, name, &found, &ctx->err);
		for (size_t i = 0; !rc && i < a->column_count; i++)
			known = known || a->columns[i] == found;
		if (!rc && !known)
			a->columns[a->column_count++] = found;
	}
	return rc;
}

/* All records of the list agree in it, so it decides nothing. */
static bool
is_constant(const struct asked *a, const struct attribute *attribute)
{
	for (size_t i = 0; i < a->filter.count; i++) {
		const struct filter_term *t = &a->filter.terms[i];

		if (t->attribute == attribute && (filter_is_single(t) || filter_is_empty(t)))
			return true;
	}
	return false;
}

static void
key_add(struct ctx *ctx, struct asked *a, const struct attribute *at, bool descending)
{
	CLEANUP(buf_fini) struct buf name = {.limit = LIMIT_FIELD_BYTES};
	struct page_key *k = &a->keys[a->query.key_count++];

	*k = (struct page_key){
		.attribute = at, .descending = descending, .column = at->field->name};
	if (at->field->type != FIELD_REF)
		return;
	k->targets = field_targets(ctx->model, at->field, &k->target_count);
	/* No field has a blank in its name. */
	buf_addf(&name, "key of %s", at->field->name);
	k->column = str_z(ctx->arena, (struct str){name.data, name.len});
}

static enum err_code
sort_read(struct ctx *ctx, struct str text, struct asked *a)
{
	size_t count = 0;
	bool decided = false;

	while (text.ptr) {
		struct str name = str_trim(str_cut(&text, ','));
		bool descending = name.len > 0 && name.ptr[0] == '-';
		const struct attribute *found = NULL;
		enum err_code rc;

		if (descending)
			name = (struct str){name.ptr + 1, name.len - 1};
		rc = attribute_named(&a->attributes, name, &found, &ctx->err);
		if (rc)
			return rc;
		if (!field_has_column(found->field))
			return err_set(
				&ctx->err, ERR_INVALID, found->field->name,
				"a list cannot be sorted by '%s', which holds several values",
				found->field->name);
		if (count == LIMIT_SORT_FIELDS)
			return err_set(&ctx->err, ERR_TOO_BIG, "sort",
				       "a list is sorted by at most %d fields", LIMIT_SORT_FIELDS);
		/* The number goes the way of the first field that decides. */
		if (count++ == 0 || (!decided && a->query.key_count == 0))
			a->query.descending = descending;
		/* After the number there are no equals left. */
		if (found->kind == ATTRIBUTE_ID && !decided)
			a->query.descending = descending;
		decided = decided || found->kind == ATTRIBUTE_ID;
		if (!decided && !is_constant(a, found))
			key_add(ctx, a, found, descending);
	}
	a->query.keys = a->keys;
	return ERR_NONE;
}

/* Holds the question to what the asker sees. */
static void
sight_take(struct ctx *ctx, const struct list_question *q, struct asked *a)
{
	struct page_query *query = &a->query;
	struct sight *sights;
	int64_t *both;

	a->organisations = q->organisations;
	if (!ctx->who)
		return;
	query->hidden =
		grant_hidden(ctx->model, ctx->who, q->reg, ctx->arena, &query->hidden_count);
	query->sights = sights = arena_alloc(ctx->arena, ctx->model->reg_count * sizeof(*sights));
	for (size_t i = 0; i < ctx->model->reg_count; i++)
		sights[i] = sight_of(ctx->model, ctx->who, ctx->model->regs[i], ctx->arena);
	sights += q->reg->index;
	if (sights->all)
		return;
	both = arena_alloc(ctx->arena, (sights->count + 1) * sizeof(*both));
	query->organisations = 0;
	for (size_t i = 0; i < sights->count; i++) {
		bool asked_for = !q->within;

		for (size_t k = 0; !asked_for && k < q->organisation_count; k++)
			asked_for = q->organisations[k] == sights->organisations[i];
		if (asked_for)
			both[query->organisations++] = sights->organisations[i];
	}
	query->within = true;
	a->organisations = both;
}

/* With the rest of its terms. */
static enum err_code
filter_end(struct ctx *ctx, struct filter *f, struct str line)
{
	enum err_code rc = filter_add_line(f, line, &ctx->err);

	if (!rc)
		rc = meanings_find(ctx, f);
	filter_number(f);
	return rc;
}

enum err_code
list_filter(struct ctx *ctx, const struct reg *r, struct str line, const struct filter **ret_filter)
{
	struct attributes *all = arena_alloc(ctx->arena, sizeof(*all));
	struct filter *f = arena_alloc(ctx->arena, sizeof(*f));
	enum err_code rc;

	*all = attributes_of(ctx->model, r, ctx->arena);
	filter_init(f, all, ctx->arena);
	rc = filter_end(ctx, f, line);
	if (!rc)
		*ret_filter = f;
	return rc;
}

enum err_code
asked_read(struct ctx *ctx, const struct list_question *q, struct asked *a)
{
	enum err_code rc = ERR_NONE;

	*a = (struct asked){.limit = q->limit ? q->limit : LIST_LIMIT};
	a->attributes = attributes_of(ctx->model, q->reg, ctx->arena);
	a->query = (struct page_query){.reg = q->reg,
				       .filter = &a->filter,
				       .within = q->within,
				       .organisations = q->organisation_count};
	rc = grant_some(ctx->model, ctx->who, q->reg, ACT_READ, &ctx->err);
	if (rc)
		return rc;
	sight_take(ctx, q, a);
	if (a->limit < 1 || a->limit > LIMIT_LIST_ROWS)
		return err_set(&ctx->err, ERR_INVALID, "limit", "the limit must be from 1 to %d",
			       LIMIT_LIST_ROWS);
	if (q->placed && (q->after.ptr || q->skip < 0 || q->skip > LIMIT_LIST_PASSED))
		return err_set(&ctx->err, ERR_INVALID, "skip",
			       "'skip' is a number from 0 to %d, and goes without 'after'",
			       LIMIT_LIST_PASSED);
	filter_init(&a->filter, &a->attributes, ctx->arena);
	for (size_t i = 0; !rc && i < q->term_count; i++)
		rc = filter_add(&a->filter, q->terms[i], &ctx->err);
	if (!rc)
		rc = filter_end(ctx, &a->filter, q->filter);
	if (!rc)
		rc = asked_fields(ctx, q->fields, a);
	if (!rc)
		rc = sort_read(ctx, q->sort, a);
	if (rc)
		return rc;
	return q->after.ptr ? cursor_read(ctx, q->after, a) : ERR_NONE;
}
