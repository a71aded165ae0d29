#include "check/increment.h"

#include "check/run.h"
#include "model/bind.h"
#include "model/sql.h"
#include "query/columns.h"

#include <stdlib.h>
#include <string.h>

enum { ASSESSOR_MEMORY = 64 * 1024 * 1024 };

enum err_code
assessor_new(struct ctx *ctx, struct assessor **ret_assessor)
{
	struct assessor *a = calloc(1, sizeof(*a));
	size_t regs = ctx->model->reg_count;
	size_t duties = ctx->model->plan.obligation_count;
	enum err_code rc;

	if (!a)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for an assessment");
	a->ctx = ctx;
	arena_init(&a->arena, ASSESSOR_MEMORY);
	a->checks = arena_alloc(&a->arena, (duties + 1) * sizeof(*a->checks));
	a->reads = arena_alloc(&a->arena, (duties + 1) * sizeof(*a->reads));
	a->reads_cap = arena_alloc(&a->arena, (duties + 1) * sizeof(*a->reads_cap));
	a->wanted = arena_alloc(&a->arena, (regs + 1) * sizeof(*a->wanted));
	a->few = arena_alloc(&a->arena, (regs + 1) * sizeof(*a->few));
	a->rosters = arena_alloc(&a->arena, (regs + 1) * sizeof(*a->rosters));
	for (size_t i = 0; i < regs; i++)
		a->few[i].reg = ctx->model->regs[i];
	rc = delta_tables_new(ctx, &a->tables);
	if (rc) {
		assessor_free(a);
		return rc;
	}
	*ret_assessor = a;
	return ERR_NONE;
}

void
assessor_free(struct assessor *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->ctx->model->plan.obligation_count; i++)
		check_free(a->checks[i].all);
	assessor_forget_narrow(a);
	for (size_t i = 0; i < a->ctx->model->reg_count; i++)
		roster_fini(&a->few[i]);
	assessor_run_ends(a);
	delta_tables_free(a->tables);
	arena_fini(&a->arena);
	free(a);
}

void
assessor_forget_narrow(struct assessor *a)
{
	for (size_t i = 0; i < a->ctx->model->plan.obligation_count; i++) {
		check_free(a->checks[i].narrow);
		check_free(a->checks[i].rows);
		a->checks[i].narrow = NULL;
		a->checks[i].rows = NULL;
	}
}

void
assessor_freep(struct assessor **a)
{
	assessor_free(*a);
}

static size_t
index_of(const struct assessor *a, const struct obligation *o)
{
	return (size_t)(o - a->ctx->model->plan.obligations);
}

static void
read_add(struct assessor *a, const struct obligation *o, struct str table)
{
	size_t i = index_of(a, o);
	struct words *w = &a->reads[i];

	w->words = arena_room(&a->arena, w->words, w->count, &a->reads_cap[i], sizeof(*w->words));
	w->words[w->count++] = str_z(&a->arena, table);
}

bool
assessor_is_of_reg(const struct reg *r, const char *table)
{
	bool is = strcmp(r->name, table) == 0;

	for (size_t i = 0; !is && i < r->field_count; i++)
		is = r->fields[i].table && strcmp(r->fields[i].table->name, table) == 0;
	return is;
}

bool
assessor_reads_reg(const struct assessor *a, const struct obligation *o, const struct reg *r)
{
	const struct words *w = &a->reads[index_of(a, o)];

	for (size_t i = 0; i < w->count; i++) {
		if (assessor_is_of_reg(r, w->words[i]))
			return true;
	}
	return false;
}

const struct words *
assessor_tables(const struct assessor *a, const struct obligation *o)
{
	return &a->reads[index_of(a, o)];
}

enum err_code
assessor_reads(struct assessor *a)
{
	struct ctx *ctx = a->ctx;
	const struct plan *p = &ctx->model->plan;
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (a->reads_known)
		return ERR_NONE;
	rc = db_prepare(ctx->db, "select t.obligation, t.name from check_table t", &s, &ctx->err);
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct obligation *o = model_obligation(ctx->model, db_text(s, 0));

		if (o)
			read_add(a, o, db_text(s, 1));
	}
	for (size_t i = 0; !rc && i < p->obligation_count; i++) {
		for (size_t k = 0; k < ctx->model->reg_count; k++)
			a->wanted[k] = a->wanted[k] || assessor_reads_reg(a, &p->obligations[i],
									  ctx->model->regs[k]);
	}
	a->reads_known = !rc;
	return rc;
}

const struct reach_table *
assessor_reach(struct assessor *a, const struct obligation *o, const char *table)
{
	struct prepared *p = &a->checks[index_of(a, o)];

	if (!p->reach_known) {
		reach_find(o->scope.composed, &a->arena, &p->reach);
		reach_find(o->check.composed, &a->arena, &p->reach);
		p->reach_known = true;
	}
	return p->reach.all ? NULL : reach_of(&p->reach, str_of(table));
}

uint64_t
assessor_columns(struct assessor *a, const struct obligation *o, const struct reg *r)
{
	struct prepared *p = &a->checks[index_of(a, o)];
	const struct table *t = r->table;
	uint64_t columns;

	if (!p->columns)
		p->columns = arena_alloc(&a->arena, a->ctx->model->reg_count * sizeof(*p->columns));
	columns = p->columns[r->index];
	if (columns)
		return columns;
	/* Whoever it belongs to answers for it, whatever the check asks. */
	columns = column_bit(COLUMN_ORGANISATION) |
		  columns_named(o->scope.composed, t->columns, t->column_count) |
		  columns_named(o->check.composed, t->columns, t->column_count);
	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->table && words_have(assessor_tables(a, o), str_of(f->table->name)))
			columns |= delta_items_bit(r, f);
	}
	p->columns[r->index] = columns;
	return columns;
}

bool
assessor_takes_rows(struct assessor *a, const struct obligation *o)
{
	const struct reach_table *t = assessor_reach(a, o, o->applies_to->name);
	bool takes = t && !t->all && db_has_lateral(a->ctx->db);

	for (size_t i = 0; takes && i < t->count; i++)
		takes = t->ways[i].itself;
	return takes;
}

static enum err_code
check_of_rows(struct ctx *ctx, const struct obligation *o, struct check **ret_check)
{
	CLEANUP(buf_fini) struct buf rows = {.limit = SQL_LIMIT};

	buf_addf(&rows, HELD_PREFIX "%s", o->applies_to->name);
	return rows.failed ? err_set(&ctx->err, ERR_INTERNAL, "", "no memory for a name")
			   : check_new_narrow(ctx, o, rows.data, ret_check);
}

enum err_code
assessor_check(struct assessor *a, const struct obligation *o, enum hold hold,
	       struct check **ret_check)
{
	struct prepared *p = &a->checks[index_of(a, o)];
	struct check **const places[] = {&p->all, &p->narrow, &p->rows};
	struct check **place = places[hold];
	enum err_code rc = ERR_NONE;

	if (!*place && hold == HOLD_ROWS)
		rc = check_of_rows(a->ctx, o, place);
	else if (!*place && hold == HOLD_RECORDS)
		rc = check_new_narrow(a->ctx, o, NULL, place);
	else if (!*place)
		rc = check_new(a->ctx, o, place);
	if (!rc)
		*ret_check = *place;
	return rc;
}

enum err_code
assessor_roster(struct assessor *a, const struct reg *r, struct roster **ret_roster)
{
	struct roster *roster = &a->rosters[r->index];
	enum err_code rc = roster->reg ? ERR_NONE : roster_load(a->ctx, r, roster);

	if (!rc)
		*ret_roster = roster;
	return rc;
}

void
assessor_run_ends(struct assessor *a)
{
	for (size_t i = 0; i < a->ctx->model->reg_count; i++)
		roster_fini(&a->rosters[i]);
	a->least_count = 0;
	a->changed = NULL;
}
