#include "intake/import_priv.h"

#include "base/limits.h"
#include "model/sql.h"

#include <string.h>

/* A walk up one tree. */
struct walk {
	struct import *im;
	const struct reg *reg;
	size_t field;
	int64_t number; /* of the tree, among all */
};

enum err_code
drop(struct import *im, const struct staged *st, const char *column, const char *reason)
{
	int64_t changed = 0;
	struct db_stmt *s;
	enum err_code rc = tables_statement(im, DROPPED_ADD, &s);

	if (rc)
		return rc;
	db_bind_int(s, 1, im->dropped + 1);
	db_bind_int(s, 2, st->id);
	db_bind_int(s, 3, !st->exists);
	db_bind_text(s, 4, str_of(column));
	db_bind_text(s, 5, str_of(reason));
	rc = db_run(s, &im->ctx->err);
	if (!rc)
		rc = db_changes(im->notes, &changed, &im->ctx->err);
	if (!rc && changed > 0)
		im->dropped++;
	return rc;
}

enum err_code
drop_check(struct import *im, const struct staged *st, bool *ret_dropped)
{
	struct db_stmt *s;
	enum err_code rc;

	*ret_dropped = false;
	if (im->dropped == 0)
		return ERR_NONE;
	rc = tables_statement(im, DROPPED_FIND, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, st->id);
	rc = db_step(s, ret_dropped, &im->ctx->err);
	if (!rc && *ret_dropped) {
		st->part->counts.rejected++;
		reject(im, &st->row, st->part, str_z(&im->row_arena, db_text(s, 0)),
		       str_z(&im->row_arena, db_text(s, 1)));
	}
	db_reset(s);
	return rc;
}

static enum err_code
edge_add(struct import *im, const struct staged *st, int64_t target, const char *field)
{
	struct db_stmt *s;
	bool fresh;
	enum err_code rc = is_fresh(im, target, &fresh);

	if (rc || !fresh || target == st->id)
		return rc;
	rc = tables_statement(im, EDGE_ADD, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, target);
	db_bind_int(s, 2, st->id);
	db_bind_int(s, 3, !st->exists);
	db_bind_text(s, 4, str_of(field));
	return db_run(s, &im->ctx->err);
}

static enum err_code
edges_of_row(struct import *im, const struct staged *st, const struct record *r)
{
	enum err_code rc = edge_add(im, st, r->organisation, "organisation");

	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[i];
		const struct value *v = &r->values[i];
		size_t items = v->count * (size_t)v->number;

		if (f->type == FIELD_REF && v->kind == VALUE_INT)
			rc = edge_add(im, st, v->number, f->name);
		for (size_t k = 0; !rc && v->kind == VALUE_ITEMS && k < items; k++) {
			bool is_ref = f->type == FIELD_REFS ||
				      f->fields[k % f->field_count].type == FIELD_REF;

			if (is_ref && v->items[k].kind == VALUE_INT)
				rc = edge_add(im, st, v->items[k].number, f->name);
		}
	}
	return rc;
}

/* Who refers to whom, for the rows that are still to be written. */
static enum err_code
edges_make(struct import *im)
{
	struct staged st;
	struct record r;
	bool found;
	enum err_code rc = spool_rewind(im->settled, &im->ctx->err);

	while (!rc && !(rc = settled_next(im, &st, &r, &found)) && found)
		rc = edges_of_row(im, &st, &r);
	return rc;
}

static enum err_code
drop_sources(struct import *im, int64_t target)
{
	struct db_stmt *s;
	bool row;
	enum err_code rc = tables_statement(im, EDGES_OF, &s);

	if (rc)
		return rc;
	db_bind_int(s, 1, target);
	while (!(rc = db_step(s, &row, &im->ctx->err)) && row) {
		struct staged source = {.id = db_int(s, 0), .exists = db_int(s, 1) == 0};
		char field[LIMIT_KEY_BYTES];
		struct str name = db_text(s, 2);

		if (name.len >= sizeof(field))
			name.len = sizeof(field) - 1;
		memcpy(field, name.ptr, name.len);
		field[name.len] = '\0';
		rc = drop(im, &source, field, "the record that it refers to was rejected itself");
		if (rc)
			break;
	}
	db_reset(s);
	return rc;
}

/* From the dropped row at place `from` on, each takes with it what refers to it. */
static enum err_code
drop_on(struct import *im, int64_t from)
{
	struct db_stmt *s;
	enum err_code rc = ERR_NONE;

	for (int64_t at = from; !rc && at <= im->dropped; at++) {
		int64_t id = 0;
		bool row;

		rc = tables_statement(im, DROPPED_AT, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, at);
		rc = db_step(s, &row, &im->ctx->err);
		if (!rc && row && db_int(s, 1) != 0)
			id = db_int(s, 0);
		db_reset(s);
		if (!rc && id)
			rc = drop_sources(im, id);
	}
	return rc;
}

/* A reference to records of the own kind alone, such as a manager or a parent. */
static bool
makes_tree(const struct reg *r, size_t field)
{
	const struct field *f = &r->fields[field];

	return f->type == FIELD_REF && f->target_count == 1 && f->targets[0] == r;
}

static int64_t
tree_number(const struct reg *r, size_t field)
{
	return r->code << 16 | (int64_t)field;
}

static enum err_code
parents_add(struct import *im, const struct record *r)
{
	struct db_stmt *s;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		if (!makes_tree(r->reg, i))
			continue;
		rc = tables_statement(im, PARENT_ADD, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, tree_number(r->reg, i));
		db_bind_int(s, 2, r->id);
		if (r->values[i].kind == VALUE_INT)
			db_bind_int(s, 3, r->values[i].number);
		else
			db_bind_null(s, 3);
		rc = db_run(s, &im->ctx->err);
		im->trees = true;
	}
	return rc;
}

static enum err_code
column_of(struct walk *w, struct db_stmt **ret_stmt)
{
	struct reg_state *state = import_state(w->im, w->reg);
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	enum err_code rc = ERR_NONE;

	if (!state->columns)
		state->columns = arena_alloc(w->im->ctx->arena,
					     w->reg->field_count * sizeof(*state->columns));
	if (!state->columns[w->field]) {
		sql_column(w->reg, &w->reg->fields[w->field], &sql);
		rc = db_prepare(w->im->ctx->db, sql.data, &state->columns[w->field],
				&w->im->ctx->err);
	}
	*ret_stmt = state->columns[w->field];
	return rc;
}

/* What is above the record once the delivery is in: by its row, unless that was dropped, else as
 * now. 0 at the top. */
static enum err_code
above(struct walk *w, int64_t id, int64_t *ret_above)
{
	struct err *e = &w->im->ctx->err;
	struct db_stmt *s;
	bool dropped = false;
	bool row = false;
	enum err_code rc = ERR_NONE;

	*ret_above = 0;
	if (w->im->dropped > 0) {
		rc = tables_statement(w->im, DROPPED_FIND, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, id);
		rc = db_step(s, &dropped, e);
		db_reset(s);
	}
	if (!rc && !dropped) {
		rc = tables_statement(w->im, PARENT_FIND, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, w->number);
		db_bind_int(s, 2, id);
		rc = db_step(s, &row, e);
	}
	if (!rc && !row) {
		rc = column_of(w, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, id);
		rc = db_step(s, &row, e);
	}
	if (!rc && row)
		*ret_above = db_int(s, 0);
	db_reset(s);
	return rc;
}

/* Whether the way up from `from` leads to `to` within so many steps. */
static enum err_code
leads_to(struct walk *w, int64_t from, int64_t to, int64_t *ret_end)
{
	int64_t at = from;
	enum err_code rc = ERR_NONE;

	for (int steps = 0; !rc && at && steps <= LIMIT_TREE_DEPTH; steps++) {
		rc = above(w, at, &at);
		if (at == to)
			break;
	}
	*ret_end = at;
	return rc;
}

/* All rows of the delivery that stand in the circle are wrong alike. */
static enum err_code
circle_drop(struct walk *w, int64_t start)
{
	struct import *im = w->im;
	const char *name = w->reg->fields[w->field].name;
	int64_t members[LIMIT_TREE_DEPTH + 1];
	size_t count = 0;
	struct err e;
	enum err_code rc = ERR_NONE;

	(void)err_set(&e, ERR_INVALID, "",
		      "it stands in a circle: following '%s' leads back to this record", name);
	for (int64_t at = start; !rc && count < COUNT_OF(members) && (count == 0 || at != start);) {
		members[count++] = at;
		rc = above(w, at, &at);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		struct db_stmt *s;
		struct staged st = {.id = members[i]};
		bool delivered = false;
		bool fresh = false;

		rc = tables_statement(im, PARENT_FIND, &s);
		if (rc)
			return rc;
		db_bind_int(s, 1, w->number);
		db_bind_int(s, 2, members[i]);
		rc = db_step(s, &delivered, &im->ctx->err);
		db_reset(s);
		if (!rc)
			rc = is_fresh(im, members[i], &fresh);
		st.exists = !fresh;
		if (!rc && delivered)
			rc = drop(im, &st, name, e.message);
	}
	return rc;
}

/* Drops the row when it stands in a circle, or too far from the top. One that only leads into a
 * circle of others is left to them. */
static enum err_code
tree_check(struct walk *w, const struct staged *st)
{
	const char *name = w->reg->fields[w->field].name;
	int64_t end, again;
	struct err e;
	enum err_code rc = leads_to(w, st->id, st->id, &end);

	if (rc || !end)
		return rc;
	if (end == st->id)
		return circle_drop(w, st->id);
	rc = leads_to(w, end, end, &again);
	if (rc || again == end)
		return rc;
	(void)err_set(&e, ERR_INVALID, "", "there are more than %d records above this one by '%s'",
		      LIMIT_TREE_DEPTH, name);
	return drop(w->im, st, name, e.message);
}

static enum err_code
trees_check(struct import *im)
{
	struct staged st;
	struct record r;
	bool found;
	enum err_code rc = spool_rewind(im->settled, &im->ctx->err);

	while (!rc && !(rc = settled_next(im, &st, &r, &found)) && found) {
		for (size_t i = 0; !rc && i < r.reg->field_count; i++) {
			struct walk w = {im, r.reg, i, tree_number(r.reg, i)};

			if (makes_tree(r.reg, i) && r.values[i].kind == VALUE_INT)
				rc = tree_check(&w, &st);
		}
	}
	return rc;
}

static enum err_code
trees_make(struct import *im)
{
	struct staged st;
	struct record r;
	bool found;
	enum err_code rc = spool_rewind(im->settled, &im->ctx->err);

	while (!rc && !(rc = settled_next(im, &st, &r, &found)) && found)
		rc = parents_add(im, &r);
	return rc;
}

enum err_code
cascade(struct import *im)
{
	bool edges = im->dropped > 0;
	int64_t before;
	enum err_code rc = ERR_NONE;

	if (edges)
		rc = edges_make(im);
	if (!rc && edges)
		rc = drop_on(im, 1);
	if (!rc)
		rc = trees_make(im);
	/* A row that is dropped leaves its record as it was, and that may close a circle again. */
	do {
		before = im->dropped;
		if (!rc && im->trees)
			rc = trees_check(im);
		if (!rc && im->dropped > before && !edges) {
			edges = true;
			rc = edges_make(im);
		}
		if (!rc)
			rc = drop_on(im, before + 1);
	} while (!rc && im->dropped > before);
	return rc;
}
