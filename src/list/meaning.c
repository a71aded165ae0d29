#include "list/list_priv.h"

#include "access/grant.h"
#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/sql.h"
#include "record/resolve.h"

#include <stdio.h>
#include <string.h>

enum {
	DAYS_MOST = 366000, /* that may be added to today */
	SECOND_MS = 1000,
	SHOWN = 60, /* bytes of a value in a message about it */
};

/* What understands the texts of one term. */
struct reading {
	struct ctx *ctx;
	struct filter *filter;
	struct filter_term *term;
	size_t cap; /* of its values */
	struct str text;
	size_t before; /* values of the texts before this one */
};

static void
give(struct reading *rd, struct filter_value v)
{
	struct filter_term *t = rd->term;

	t->values =
		arena_room(rd->ctx->arena, t->values, t->value_count, &rd->cap, sizeof(*t->values));
	t->values[t->value_count++] = v;
}

static enum err_code
refuse(struct reading *rd, const char *what)
{
	struct str text = rd->text;

	if (text.len > SHOWN)
		text.len = text_whole((struct str){text.ptr, SHOWN});
	return err_set(&rd->ctx->err, ERR_INVALID, filter_field(rd->term)->name, "'%.*s' %s",
		       STR_ARG(text), what);
}

/* "2026-03-01", "today", "today-30", "today+7"; today is the plan's zone's. */
static bool
day_read(struct reading *rd, int64_t *ret_days)
{
	struct str rest = rd->text;
	int64_t more = 0;

	if (rest.len < 5 || memcmp(rest.ptr, "today", 5) != 0)
		return civil_parse_date(rest, ret_days);
	rest = (struct str){rest.ptr + 5, rest.len - 5};
	if (rest.len > 0 && rest.ptr[0] == '+')
		rest = (struct str){rest.ptr + 1, rest.len - 1};
	else if (rest.len > 0 && rest.ptr[0] != '-')
		return false;
	if ((rest.len > 0 && !str_int(rest, &more)) || more > DAYS_MOST || more < -DAYS_MOST)
		return false;
	*ret_days = zone_date(rd->ctx->zone, clock_now(&rd->ctx->clock)) + more;
	return true;
}

static struct str
instant_text(struct reading *rd, int64_t ms)
{
	char *text = arena_alloc(rd->ctx->arena, CIVIL_INSTANT_LEN + 1);

	civil_format_instant(ms, text);
	return (struct str){text, CIVIL_INSTANT_LEN};
}

static enum err_code
date_read(struct reading *rd)
{
	char *text = arena_alloc(rd->ctx->arena, CIVIL_DATE_LEN + 1);
	int64_t days;

	if (!day_read(rd, &days))
		return refuse(rd,
			      "is no date; write it as 2026-03-01, or today, today-30, today+7");
	civil_format_date(days, text);
	give(rd, (struct filter_value){
			 .low = {text, CIVIL_DATE_LEN}
	      });
	return ERR_NONE;
}

/* An instant, or a day in the plan's zone. */
static enum err_code
instant_read(struct reading *rd)
{
	bool recorded = !rd->term->item && rd->term->attribute->kind == ATTRIBUTE_RECORDED;
	int64_t low, high, days;
	bool is_day = day_read(rd, &days);

	if (is_day) {
		low = zone_day_start(rd->ctx->zone, days);
		high = zone_day_start(rd->ctx->zone, days + 1);
	} else if (civil_parse_instant(rd->text, &low)) {
		high = low + (low % SECOND_MS == 0 ? SECOND_MS : 1);
	} else {
		return refuse(rd, "is no date or instant; write it as 2026-03-01, "
				  "2026-03-01T12:00:00Z, or today, today-30, today+7");
	}
	if (recorded)
		give(rd, (struct filter_value){.is_number = true,
					       .is_range = true,
					       .low_number = low,
					       .high_number = high});
	else if (is_day)
		give(rd, (struct filter_value){.is_range = true,
					       .low = instant_text(rd, low),
					       .high = instant_text(rd, high)});
	else
		give(rd, (struct filter_value){.low = instant_text(rd, low)});
	return ERR_NONE;
}

/* As a pattern of `like`, with ! before what would be a sign of it. */
static void
pattern_give(struct reading *rd)
{
	char *text = arena_alloc(rd->ctx->arena, 2 * rd->text.len + 3);
	size_t n = 0;

	text[n++] = '%';
	for (size_t i = 0; i < rd->text.len; i++) {
		char c = rd->text.ptr[i];

		if (c == '%' || c == '_' || c == '!')
			text[n++] = '!';
		text[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	text[n++] = '%';
	give(rd, (struct filter_value){
			 .low = {text, n}
	 });
}

/* What files may give for the field, and nothing else. */
static enum err_code
plain_read(struct reading *rd)
{
	struct field f = *filter_field(rd->term);
	struct value v = {0};
	enum err_code rc;

	if (f.type == FIELD_WORDS)
		f.type = f.words.count > 0 ? FIELD_ENUM : FIELD_TEXT;
	rc = value_parse(&f, rd->text, rd->ctx->arena, &v, &rd->ctx->err);
	if (rc)
		return rc;
	if (v.kind == VALUE_NULL)
		return refuse(rd, "is empty; write nothing at all to ask for no value");
	give(rd, (struct filter_value){
			 .is_number = v.kind == VALUE_INT, .low_number = v.number, .low = v.text});
	return ERR_NONE;
}

static enum err_code
id_give(struct reading *rd, int64_t id)
{
	const char *name = filter_field(rd->term)->name;

	if (rd->term->value_count - rd->before == LIMIT_FILTER_MEANINGS)
		return err_set(&rd->ctx->err, ERR_TOO_BIG, name,
			       "a key given for '%s' means more than %d records; write "
			       "ORGANISATION/KEY, or a record's name",
			       name, LIMIT_FILTER_MEANINGS);
	give(rd, (struct filter_value){.is_number = true, .low_number = id});
	return ERR_NONE;
}

/* Every record of `target` with the key; of the organisation `holder` alone when that is given. */
static enum err_code
keyed_give(struct reading *rd, const struct reg *target, struct str key, struct str holder)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct ctx *ctx = rd->ctx;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	sql_from(target, "t.id, t.organisation",
		 holder.ptr ? "join organisation o on o.id = t.organisation "
			      "where t.key = :key and o.key = :holder order by t.id"
			    : "where t.key = :key order by t.id",
		 &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	db_bind_text(s, 1, key);
	if (holder.ptr)
		db_bind_text(s, 2, holder);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		if (grant_reads(ctx->model, ctx->who, target, db_int(s, 1)))
			rc = id_give(rd, db_int(s, 0));
		if (rc)
			return rc;
	}
	return rc;
}

/* The same in each register that the field allows, or in `only` one. */
static enum err_code
targets_give(struct reading *rd, const struct reg *only, struct str key, struct str holder)
{
	size_t count;
	const struct reg *const *targets =
		field_targets(rd->ctx->model, filter_field(rd->term), &count);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < count; i++) {
		if (!only || targets[i] == only)
			rc = keyed_give(rd, targets[i], key, holder);
	}
	return rc;
}

/* Nothing has the key: the words are those of an import. */
static enum err_code
refuse_key(struct reading *rd)
{
	CLEANUP(resolver_freep) struct resolver *rs = NULL;
	struct ctx *ctx = rd->ctx;
	struct record r = record_blank(rd->filter->attributes->reg, (struct str){0}, 0, ctx->arena);
	int64_t id;
	enum err_code rc = resolver_new(ctx, NULL, &rs);

	if (!rc)
		rc = resolve_key(rs, &r, filter_field(rd->term), rd->text, &id);
	return rc ? rc : refuse(rd, "means no record now");
}

/* A record's name, or else a key, "register:key" or "ORG/key": every record that is meant. */
static enum err_code
reference_read(struct reading *rd)
{
	const struct field *f = filter_field(rd->term);
	const struct model *m = rd->ctx->model;
	struct str key = rd->text;
	struct str name = str_cut(&key, ':');
	const struct reg *only = key.len > 0 ? model_reg(m, name) : NULL;
	int64_t id = record_id_of_name(m, rd->text);
	enum err_code rc;

	if (id && field_allows(f, model_reg_of_id(m, id)))
		return id_give(rd, id);
	if (!only || !field_allows(f, only)) {
		only = NULL;
		key = rd->text;
	}
	rc = targets_give(rd, only, key, (struct str){0});
	for (size_t i = 1; !rc && rd->term->value_count == rd->before && i + 1 < key.len; i++) {
		if (key.ptr[i] == '/')
			rc = targets_give(rd, only, (struct str){key.ptr + i + 1, key.len - i - 1},
					  (struct str){key.ptr, i});
	}
	return rc || rd->term->value_count > rd->before ? rc : refuse_key(rd);
}

static enum err_code
name_read(struct reading *rd)
{
	const struct reg *r = rd->filter->attributes->reg;
	int64_t id = record_id_of_name(rd->ctx->model, rd->text);
	char example[RECORD_NAME_SIZE + 64];

	if (id && model_reg_of_id(rd->ctx->model, id) == r)
		return id_give(rd, id);
	(void)snprintf(example, sizeof(example), "is no record of '%s'; write it as %s-1042",
		       r->name, r->prefix);
	return refuse(rd, example);
}

static enum err_code
text_read(struct reading *rd)
{
	const struct filter_term *t = rd->term;

	if (!t->item && t->attribute->kind == ATTRIBUTE_ID)
		return name_read(rd);
	if (!t->item && t->attribute->kind == ATTRIBUTE_RECORDED)
		return instant_read(rd);
	switch (filter_field(t)->type) {
	case FIELD_DATE:
		return date_read(rd);
	case FIELD_DATETIME:
		return instant_read(rd);
	case FIELD_REF:
	case FIELD_REFS:
		return reference_read(rd);
	case FIELD_TEXT:
	case FIELD_FILE:
		if (t->op == FILTER_HAS || t->op == FILTER_HAS_NOT) {
			pattern_give(rd);
			return ERR_NONE;
		}
		return plain_read(rd);
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_BOOL:
	case FIELD_ENUM:
	case FIELD_WORDS:
	case FIELD_LIST:
		return plain_read(rd);
	}
	return ERR_NONE;
}

enum err_code
meanings_find(struct ctx *ctx, struct filter *f)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < f->count; i++) {
		struct reading rd = {.ctx = ctx, .filter = f, .term = &f->terms[i]};

		for (size_t k = 0; !rc && k < rd.term->text_count; k++) {
			rd.text = rd.term->texts[k];
			rd.before = rd.term->value_count;
			rc = text_read(&rd);
		}
	}
	return rc;
}
