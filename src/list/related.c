/* related.c -- which records refer to one: how many, field by field. */
#include "list/list_priv.h"

#include "access/grant.h"

struct relating {
	struct ctx *ctx;
	int64_t id;
	const struct reg *to; /* the register that it is of */
	struct list_related *rows;
	size_t count;
	size_t cap;
};

static bool
refers_to(const struct field *f, const struct reg *r)
{
	return (f->type == FIELD_REF || f->type == FIELD_REFS) && field_allows(f, r);
}

static struct str
term_of(struct ctx *ctx, const struct list_related *row, int64_t id)
{
	CLEANUP(buf_fini) struct buf term = {.limit = LIMIT_FILTER_BYTES};
	char name[RECORD_NAME_SIZE];

	record_name(ctx->model, id, name);
	buf_addf(&term, "%s%s%s=%s", row->field->name, row->part ? "." : "",
		 row->part ? row->part->name : "", name);
	return str_dup(ctx->arena, (struct str){term.data, term.len});
}

/* Of those that the reference finds by its index; where it has none, of those that the asker's
 * organisations have, or all. */
static enum err_code
total_of(struct ctx *ctx, struct list_related *row)
{
	const struct list_question q = {
		.reg = row->reg, .terms = &row->filter, .term_count = 1, .fields = str_of("id")};
	struct asked asked;
	struct list_page p = {.reg = row->reg};
	struct page_reading rd = {.ctx = ctx, .question = &q, .asked = &asked, .page = &p};
	enum err_code rc = asked_read(ctx, &q, &asked);

	if (rc)
		return rc;
	if (filter_can_lead(&asked.filter.terms[0]))
		asked.query.leader = &asked.filter.terms[0];
	asked.query.organisations_lead = !asked.query.leader && asked.query.within;
	rc = total_among(&rd, LIMIT_RELATED_LOOKED);
	row->total = p.total;
	row->total_is_exact = p.total_is_exact;
	return rc;
}

/* With the row where there are any, or may be. */
static enum err_code
field_look(struct relating *g, const struct reg *from, const struct field *f,
	   const struct field *part)
{
	struct list_related row = {.reg = from, .field = f, .part = part};
	enum err_code rc;

	if (!refers_to(part ? part : f, g->to))
		return ERR_NONE;
	row.filter = term_of(g->ctx, &row, g->id);
	rc = total_of(g->ctx, &row);
	if (rc || (row.total == 0 && row.total_is_exact))
		return rc;
	g->rows = arena_room(g->ctx->arena, g->rows, g->count, &g->cap, sizeof(*g->rows));
	g->rows[g->count++] = row;
	return ERR_NONE;
}

static enum err_code
register_look(struct relating *g, const struct reg *from)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < from->field_count; i++) {
		const struct field *f = &from->fields[i];

		rc = field_look(g, from, f, NULL);
		for (size_t k = 0; !rc && k < f->field_count; k++)
			rc = field_look(g, from, f, &f->fields[k]);
	}
	return rc;
}

enum err_code
list_related(struct ctx *ctx, int64_t id, const struct list_related **ret_rows, size_t *ret_count)
{
	const struct grant_row any = {.any = true};
	const struct model *m = ctx->model;
	struct relating g = {.ctx = ctx, .id = id};
	struct record r;
	enum err_code rc = record_load(ctx, id, ctx->arena, &r);

	if (rc)
		return rc;
	g.to = r.reg;
	for (size_t i = 0; !rc && i < m->reg_count; i++) {
		if (!grant_refusal(m, ctx->who, m->regs[i], ACT_READ, &any))
			rc = register_look(&g, m->regs[i]);
	}
	if (rc)
		return rc;
	*ret_rows = g.rows;
	*ret_count = g.count;
	return ERR_NONE;
}

void
list_related_json(struct json_writer *w, const struct list_related *rows, size_t count)
{
	jw_object(w);
	jw_key(w, "related");
	jw_array(w);
	for (size_t i = 0; i < count; i++) {
		const struct list_related *r = &rows[i];

		jw_object(w);
		jw_key_word(w, "register", r->reg->name);
		jw_key_word(w, "title", r->reg->title);
		jw_key_word(w, "field", r->field->name);
		jw_key_text(w, "part", r->part ? str_of(r->part->name) : (struct str){0});
		jw_key_word(w, "label", r->field->label);
		jw_key_text(w, "part_label", r->part ? str_of(r->part->label) : (struct str){0});
		jw_key_text(w, "filter", r->filter);
		jw_key_int(w, "total", r->total);
		jw_key_bool(w, "total_is_exact", r->total_is_exact);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}
