#include "check/lint_priv.h"

#include "record/workspace.h"

#include <string.h>

static const struct {
	const char *name;
	const char *about;
} kinds[] = {
#define LINT_KIND(id, name, about) {name, about},
#include "check/lint_kinds.def"
#undef LINT_KIND
};

const char *
lint_kind_name(enum lint_kind kind)
{
	return kinds[kind].name;
}

const char *
lint_kind_about(enum lint_kind kind)
{
	return kinds[kind].about;
}

/* Views first, so that a fault is told once, and those too that no obligation uses yet. What they
 * use is counted only where an obligation uses them. */
static void
views_check(struct lint *l)
{
	const struct plan *p = &l->model->plan;
	const struct query_use use = {l->diags, arena_alloc(l->diags->arena, p->param_count + 1)};

	for (size_t i = 0; i < p->view_count; i++)
		(void)query_check(l->ctx, &p->views[i].alone, QUERY_VIEW, &use);
}

static enum err_code
obligation_lint(struct lint *l, const struct obligation *o)
{
	const struct query_use use = {l->diags, l->params_used};
	bool proven = false;
	bool runs;
	enum err_code rc;

	if (!o->check.text)
		return ERR_NONE;
	l->report.checks++;
	runs = query_check(l->ctx, &o->scope, QUERY_SCOPE, &use);
	runs = query_check(l->ctx, &o->check, QUERY_CHECK, &use) && runs;
	if (!runs)
		return ERR_NONE;
	rc = lint_prove(l, o, &proven);
	l->report.proven += proven;
	return rc;
}

/* What every example stands on. */
static bool
ground_check(const struct lint *l)
{
	const struct plan *p = &l->model->plan;
	size_t integrators = 0;

	for (size_t i = 0; i < p->example_count; i++)
		integrators += strcmp(p->examples[i].kind, "integrator") == 0;
	if (!model_reg(l->model, str_of("organisation")))
		diag_add(l->diags, DIAG_ERROR, p->place,
			 "there is no register 'organisation', and every record belongs to one");
	else if (integrators != 1)
		diag_add(l->diags, DIAG_ERROR, p->place,
			 "'examples_organisations' must have one of kind integrator, and has %zu",
			 integrators);
	else
		return true;
	return false;
}

enum err_code
lint_run(const struct model *m, const struct lint_options *o, struct diags *d,
	 struct lint_report *ret_report, struct err *e)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct lint l = {.model = m, .options = o, .diags = d};
	enum err_code rc;

	if (!ground_check(&l))
		return ERR_NONE;
	rc = workspace_scratch(o->store, m, m->plan.examples_at, &ws, e);
	if (rc)
		return rc;
	l.ctx = workspace_ctx(ws);
	l.params_used = arena_alloc(d->arena, m->plan.param_count + 1);
	memset(l.params_used, 0, m->plan.param_count + 1);
	views_check(&l);
	for (size_t i = 0; !rc && i < m->plan.obligation_count; i++)
		rc = obligation_lint(&l, &m->plan.obligations[i]);
	if (rc) {
		*e = l.ctx->err;
		return rc;
	}
	lint_plan_faults(&l);
	*ret_report = l.report;
	return ERR_NONE;
}
