#include "check/lint_priv.h"

#include "base/limits.h"
#include "check/example.h"
#include "check/run.h"
#include "record/parties.h"

#include <string.h>

enum { EXAMPLE_MEMORY = 32 * 1024 * 1024 };

/* One obligation's example in the store, and its check. */
struct proving {
	struct lint *lint;
	struct ctx *ctx;
	const struct obligation *obligation;
	struct example example;
	struct check *check;
	struct roster roster;
	struct check_moment moment;
};

static struct place
row_place(const struct proving *p, const struct example_row *row)
{
	return (struct place){p->obligation->place.file, row->at->line, row->at->column};
}

static struct place
example_place(const struct proving *p)
{
	const struct yaml *at = p->obligation->example;

	return (struct place){p->obligation->place.file, at->key_line, at->key_column};
}

static const struct check_failure *
failure_of(const struct check_result *r, int64_t record)
{
	for (size_t i = 0; i < r->failure_count; i++) {
		if (r->failures[i].record == record)
			return &r->failures[i];
	}
	return NULL;
}

static bool
contains(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++) {
		if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
			return true;
	}
	return false;
}

static void
row_compare(const struct proving *p, const struct example_row *row, const struct check_result *r)
{
	const struct check_failure *f = failure_of(r, row->record.id);
	struct diags *d = p->lint->diags;

	if (row->marked && row->record.reg != p->obligation->applies_to)
		diag_add(d, DIAG_ERROR, row->fails_at,
			 "'FAILS' stands on a row of register '%s', but the check is about '%s'",
			 row->record.reg->name, p->obligation->applies_to->name);
	else if (row->marked && !f)
		diag_add(d, DIAG_ERROR, row_place(p, row),
			 "%s: row '%.*s' is marked FAILS, and the check passes it",
			 p->obligation->id, STR_ARG(row->record.key));
	else if (row->marked && !contains(f->reason, row->fails))
		diag_add(d, DIAG_ERROR, row->fails_at,
			 "%s: row '%.*s' fails with '%.*s', which does not contain '%.*s'",
			 p->obligation->id, STR_ARG(row->record.key), STR_ARG(f->reason),
			 STR_ARG(row->fails));
	else if (!row->marked && f)
		diag_add(d, DIAG_ERROR, row_place(p, row),
			 "%s: row '%.*s' is not marked FAILS, and the check fails it: '%.*s'",
			 p->obligation->id, STR_ARG(row->record.key), STR_ARG(f->reason));
}

static void
scope_compare(const struct proving *p, const struct example_row *row, const struct check_result *r)
{
	struct diags *d = p->lint->diags;
	bool about = row->record.reg == p->obligation->applies_to;
	bool in = about && check_in_scope(r, row->record.id);

	if (row->out && !about)
		diag_add(d, DIAG_ERROR, row_place(p, row),
			 "'OUT' stands on a row of register '%s', but the check is about '%s'",
			 row->record.reg->name, p->obligation->applies_to->name);
	else if (row->out && in)
		diag_add(d, DIAG_ERROR, row_place(p, row),
			 "%s: row '%.*s' is marked OUT, and it is in scope", p->obligation->id,
			 STR_ARG(row->record.key));
	else if (about && !row->out && !in && p->lint->options->all)
		diag_add(d, DIAG_NOTE, row_place(p, row),
			 "%s: row '%.*s' is out of scope; mark it with OUT: true if it is meant so",
			 p->obligation->id, STR_ARG(row->record.key));
}

/* Organisations that are there for every example have no row unless the example names them. */
static void
rowless_compare(const struct proving *p, const struct check_result *r)
{
	for (size_t i = 0; i < r->failure_count; i++) {
		if (!example_row_of(&p->example, r->failures[i].record))
			diag_add(p->lint->diags, DIAG_ERROR, example_place(p),
				 "%s: the check fails an organisation that is always there "
				 "('%.*s'); name it in the example, marked FAILS",
				 p->obligation->id, STR_ARG(r->failures[i].reason));
	}
}

/* The numbers of scratch records mean nothing to a reader: says which row of the example it is. */
static const char *
row_named_in(const struct proving *p, const char *message)
{
	struct str rest = str_of(message);

	while (rest.ptr) {
		struct str word = str_cut(&rest, ' ');
		const struct example_row *row;

		if (word.len > 0 && word.ptr[word.len - 1] == ',')
			word.len--;
		row = example_row_of(&p->example, record_id_of_name(p->ctx->model, word));
		if (row)
			return str_z(p->ctx->arena, row->record.key);
	}
	return NULL;
}

/* Which of the two queries an error stands in. */
static struct place
query_at_fault(const struct proving *p, const struct err *e)
{
	const struct place scope = p->obligation->scope.place;
	struct err there = {0};

	err_at(&there, scope.file, scope.line, scope.column);
	return strcmp(there.where, e->where) == 0 ? scope : p->obligation->check.place;
}

/* A fault of the plan becomes a finding at its place; anything else ends the run. */
static enum err_code
run_failed(const struct proving *p, enum err_code rc)
{
	struct err *e = &p->ctx->err;
	const char *key = row_named_in(p, e->message);

	if (rc != ERR_INVALID && rc != ERR_TOO_BIG)
		return rc;
	if (rc == ERR_TOO_BIG)
		diag_add(p->lint->diags, DIAG_ERROR, query_at_fault(p, e),
			 "%s: %s; on an example it may take %d seconds", p->obligation->id,
			 e->message, LIMIT_EXAMPLE_SECONDS);
	else
		diag_add(p->lint->diags, DIAG_ERROR, query_at_fault(p, e), "%s: %s%s%s%s",
			 p->obligation->id, e->message, key ? " (row '" : "", key ? key : "",
			 key ? "' of the example)" : "");
	*e = (struct err){0};
	return ERR_NONE;
}

static bool
same_failures(const struct check_result *a, const struct check_result *b)
{
	if (a->failure_count != b->failure_count)
		return false;
	for (size_t i = 0; i < a->failure_count; i++) {
		if (a->failures[i].record != b->failures[i].record)
			return false;
	}
	return true;
}

/* With the figure moved by one, other records must fail: else the example does not show where the
 * limit is. */
static enum err_code
edge_try(struct proving *p, const struct param *param, int step, const struct check_result *plain)
{
	struct check_moment moment = p->moment;
	struct check_result moved;
	enum err_code rc;

	moment.tried = param;
	moment.tried_figure = param->number + step;
	rc = check_run(p->check, &p->roster, &moment, p->ctx->arena, &moved);
	if (rc)
		return run_failed(p, rc);
	if (same_failures(plain, &moved))
		diag_add(p->lint->diags, DIAG_ERROR, example_place(p),
			 "%s: with :%s %lld instead of %lld the same records fail; add a record "
			 "that %s",
			 p->obligation->id, param->name, (long long)moment.tried_figure,
			 (long long)param->number,
			 step > 0 ? "fails or passes by one" : "is exactly at the limit");
	return ERR_NONE;
}

static enum err_code
edges_try(struct proving *p, const struct check_result *plain)
{
	const struct plan *plan = &p->ctx->model->plan;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < plan->param_count; i++) {
		const struct param *param = &plan->params[i];

		if (param->kind != UNIT_NUMBER || !check_uses(p->check, param->name))
			continue;
		p->lint->report.edges++;
		rc = edge_try(p, param, 1, plain);
		if (!rc)
			rc = edge_try(p, param, -1, plain);
	}
	return rc;
}

static enum err_code
example_run(struct proving *p)
{
	struct check_result result;
	struct diags *d = p->lint->diags;
	enum err_code rc = check_new(p->ctx, p->obligation, &p->check);

	if (!rc)
		rc = roster_load(p->ctx, p->obligation->applies_to, &p->roster);
	if (!rc)
		rc = check_run(p->check, &p->roster, &p->moment, p->ctx->arena, &result);
	if (rc)
		return run_failed(p, rc);
	for (size_t i = 0; i < p->example.row_count; i++) {
		row_compare(p, &p->example.rows[i], &result);
		scope_compare(p, &p->example.rows[i], &result);
	}
	rowless_compare(p, &result);
	if (result.failure_count == 0)
		diag_add(d, DIAG_ERROR, example_place(p),
			 "%s: no record of the example fails; add one that does, marked FAILS",
			 p->obligation->id);
	if (result.tested_total == (int64_t)result.failure_count)
		diag_add(d, DIAG_ERROR, example_place(p),
			 "%s: no record in scope passes; add one that is in scope and passes",
			 p->obligation->id);
	return edges_try(p, &result);
}

static enum err_code
example_prove(struct proving *p)
{
	WRITER *w = NULL;
	const struct plan *plan = &p->ctx->model->plan;
	size_t errors = p->lint->diags->errors;
	enum err_code rc = writer_begin(p->ctx, &w);

	if (!rc)
		rc = parties_put(w, plan->examples, plan->example_count);
	if (!rc)
		rc = example_load(p->ctx, w, p->obligation, p->lint->diags, &p->example);
	if (!rc && p->lint->diags->errors == errors)
		rc = example_run(p);
	/* Its statements must be gone before the writer rolls back. */
	check_free(p->check);
	roster_fini(&p->roster);
	return rc;
}

enum err_code
lint_prove(struct lint *l, const struct obligation *o, bool *ret_proven)
{
	struct proving p = {.lint = l, .ctx = l->ctx, .obligation = o};
	struct arena *outer = l->ctx->arena;
	size_t errors = l->diags->errors;
	struct arena own;
	enum err_code rc;

	p.moment = check_moment_at(l->ctx, l->model->plan.examples_at, o->cadence);
	p.moment.limit_ms = LIMIT_EXAMPLE_SECONDS * 1000;
	arena_init(&own, EXAMPLE_MEMORY);
	l->ctx->arena = &own;
	rc = example_prove(&p);
	l->ctx->arena = outer;
	arena_fini(&own);
	*ret_proven = !rc && l->diags->errors == errors;
	return rc;
}
