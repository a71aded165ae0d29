#include "check/increment.h"

#include "base/buf.h"
#include "base/civil.h"
#include "check/run.h"
#include "model/sql.h"

#include <string.h>

static const struct field *
field_of(const struct field *fields, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_is(name, fields[i].name))
			return &fields[i];
	}
	return NULL;
}

/* One question about the clock. */
struct looking {
	struct assessor *assessor;
	const struct obligation *obligation;
	int64_t now;
	bool changes; /* only at what changed */
	int64_t horizon;
};

static enum err_code
column_ask(struct looking *l, const struct table *t, const char *column, int64_t *ret_least)
{
	struct ctx *ctx = l->assessor->ctx;
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	char text[CIVIL_INSTANT_LEN + 1];
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc;

	*ret_least = HORIZON_NEVER;
	sql_least_from(t, l->changes ? DELTA_PREFIX : "", column, &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	civil_format_instant(l->now, text);
	db_bind_text(s, 1, str_of(text));
	rc = db_step(s, &row, &ctx->err);
	/* What is no instant compares as it will, so that nobody knows when. */
	if (!rc && row && !db_is_null(s, 0) && !civil_parse_instant(db_text(s, 0), ret_least))
		*ret_least = HORIZON_ALWAYS;
	return rc;
}

/* Asked once for all the checks that look at it. */
static enum err_code
column_least(struct looking *l, const struct table *t, const char *column)
{
	struct assessor *a = l->assessor;
	size_t i = 0;
	enum err_code rc;

	while (i < a->least_count && (a->least[i].table != t || a->least[i].column != column ||
				      a->least[i].changes != l->changes))
		i++;
	if (i == LEAST_MAX) {
		l->horizon = HORIZON_ALWAYS;
		return ERR_NONE;
	}
	if (i == a->least_count) {
		a->least[i] = (struct least){t, column, l->changes, HORIZON_NEVER};
		rc = column_ask(l, t, column, &a->least[i].instant);
		if (rc)
			return rc;
		a->least_count++;
	}
	l->horizon = a->least[i].instant < l->horizon ? a->least[i].instant : l->horizon;
	return ERR_NONE;
}

/* A name in the query stands for the column of every table that the check reads and that has one.
 */
static enum err_code
name_ask(struct looking *l, struct str name, bool *found)
{
	const struct model *m = l->assessor->ctx->model;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < m->reg_count; i++) {
		const struct reg *r = m->regs[i];
		const struct field *f;

		if (!assessor_reads_reg(l->assessor, l->obligation, r))
			continue;
		f = field_of(r->fields, r->field_count, name);
		*found = *found || f;
		if (f && field_has_column(f) && (!l->changes || l->assessor->changed[i].count > 0))
			rc = column_least(l, r->table, f->name);
		for (size_t k = 0; !rc && k < r->field_count; k++) {
			f = field_of(r->fields[k].fields, r->fields[k].field_count, name);
			*found = *found || f;
			if (f && (!l->changes || l->assessor->changed[i].count > 0))
				rc = column_least(l, r->fields[k].table, f->name);
		}
	}
	return rc;
}

enum err_code
assessor_horizon(struct assessor *a, const struct obligation *o, int64_t now, bool changes,
		 int64_t *ret_horizon)
{
	struct prepared *p = &a->checks[o - a->ctx->model->plan.obligations];
	struct looking l = {a, o, now, changes, HORIZON_NEVER};
	enum err_code rc = ERR_NONE;

	if (!p->moves_known) {
		moves_find(o->scope.composed, &p->moves);
		moves_find(o->check.composed, &p->moves);
		p->moves_known = true;
	}
	if (p->moves.always)
		l.horizon = HORIZON_ALWAYS;
	for (size_t i = 0; !rc && l.horizon != HORIZON_ALWAYS && i < p->moves.count; i++) {
		bool found = false;

		rc = name_ask(&l, p->moves.columns[i], &found);
		if (!found)
			l.horizon = HORIZON_ALWAYS;
	}
	if (!rc)
		*ret_horizon = l.horizon;
	return rc;
}
