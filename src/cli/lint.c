#include "cli/content.h"

#include "check/lint.h"
#include "sys/file.h"

enum { LINT_MEMORY = 64 * 1024 * 1024 };

struct linting {
	struct model_source from;
	struct diags diags;
	const struct model *model; /* NULL when it did not load */
	struct lint_report report;
};

/* A folder by its path, or a name; else the workspace's plan, else the one that came with the
 * program. */
static enum err_code
plan_find(struct cli *c, struct linting *l)
{
	const char *name = c->argument_count ? c->arguments[0] : NULL;
	const char *content = cli_option(c, "content");
	enum err_code rc = ERR_NONE;

	l->from.content = content;
	if (!content && !name && c->home)
		l->from.content = file_join(&c->arena, c->home, "content");
	if (!l->from.content)
		l->from.content = HOLDFAST_CONTENT;
	rc = content_plan(c, l->from.content, name, &l->from.plan);
	if (rc)
		return rc;
	if (l->from.plan == name && !content)
		l->from.content = content_of_plan(c, name);
	if (!file_is_folder(l->from.plan))
		return err_set(&c->err, ERR_MISSING, "", "there is no plan in '%s'", l->from.plan);
	return ERR_NONE;
}

static void
summary_print(struct cli *c, const struct linting *l)
{
	const struct lint_report *r = &l->report;
	const struct diags *d = &l->diags;
	size_t listed = d->warnings + d->notes;
	size_t obligations = l->model ? l->model->plan.obligation_count : 0;

	if (l->model) {
		cli_print(c, "%s: %zu obligation%s, %zu with a check.\n", l->model->plan.name,
			  obligations, obligations == 1 ? "" : "s", r->checks);
		cli_print(c,
			  "%zu of %zu checks prove themselves on their examples; %zu edge%s "
			  "of figures tried.\n",
			  r->proven, r->checks, r->edges, r->edges == 1 ? "" : "s");
		for (int i = 0; i < LINT_KINDS; i++) {
			if (r->kinds[i] > 0)
				cli_print(c, "%5zu  %s\n", r->kinds[i],
					  lint_kind_about((enum lint_kind)i));
		}
	}
	cli_print(c, "%zu error%s, %zu warning%s, %zu note%s%s\n", d->errors,
		  d->errors == 1 ? "" : "s", d->warnings, d->warnings == 1 ? "" : "s", d->notes,
		  d->notes == 1 ? "" : "s",
		  listed ? " (warnings and notes do not count as failure)" : "");
}

static const char *const level_words[] = {"error", "warning", "note"};

static void
findings_print(struct cli *c, const struct diags *d)
{
	for (const struct diag *g = d->first; g; g = g->next) {
		if (g->line)
			cli_print(c, "%s:%ld:%ld: ", g->file, g->line, g->column);
		else if (g->file[0])
			cli_print(c, "%s: ", g->file);
		cli_print(c, "%s: %s\n", level_words[g->level], g->message);
	}
}

static void
json_count(struct json_writer *w, const char *name, size_t count)
{
	jw_key(w, name);
	jw_int(w, (int64_t)count);
}

static void
json_finding(struct json_writer *w, const struct diag *g)
{
	jw_object(w);
	jw_key(w, "level");
	jw_text(w, str_of(level_words[g->level]));
	jw_key(w, "file");
	jw_text(w, str_of(g->file));
	jw_key(w, "line");
	jw_int(w, g->line);
	jw_key(w, "column");
	jw_int(w, g->column);
	jw_key(w, "message");
	jw_text(w, str_of(g->message));
	jw_end_object(w);
}

static void
json_print(struct cli *c, const struct linting *l)
{
	struct json_writer w;

	cli_json(c, &w);
	jw_object(&w);
	jw_key(&w, "plan");
	jw_text(&w, l->model ? str_of(l->model->plan.name) : (struct str){0});
	json_count(&w, "obligations", l->model ? l->model->plan.obligation_count : 0);
	json_count(&w, "checks", l->report.checks);
	json_count(&w, "proven", l->report.proven);
	json_count(&w, "edges", l->report.edges);
	json_count(&w, "errors", l->diags.errors);
	json_count(&w, "warnings", l->diags.warnings);
	json_count(&w, "notes", l->diags.notes);
	jw_key(&w, "kinds");
	jw_object(&w);
	for (int i = 0; i < LINT_KINDS; i++)
		json_count(&w, lint_kind_name((enum lint_kind)i), l->report.kinds[i]);
	jw_end_object(&w);
	jw_key(&w, "findings");
	jw_array(&w);
	for (const struct diag *g = l->diags.first; g; g = g->next)
		json_finding(&w, g);
	jw_end_array(&w);
	jw_end_object(&w);
	cli_json_end(c);
}

/* That the plan has faults is what lint tells, not a failure of lint. */
static enum err_code
plan_lint(struct cli *c, struct linting *l, struct arena *a)
{
	const struct lint_options o = {.store = cli_option(c, "store"),
				       .all = cli_switch(c, "all")};
	struct err e = {0};
	enum err_code rc = model_load(&l->from, a, &l->diags, &l->model, &e);

	if (!rc)
		rc = lint_run(l->model, &o, &l->diags, &l->report, &e);
	if (rc && l->diags.errors == 0) {
		c->err = e;
		return rc;
	}
	if (c->json) {
		json_print(c, l);
	} else {
		findings_print(c, &l->diags);
		summary_print(c, l);
	}
	return l->diags.errors > 0 ? ERR_FAILED : ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	struct linting l = {0};
	struct arena arena;
	enum err_code rc = plan_find(c, &l);

	if (rc)
		return rc;
	arena_init(&arena, LINT_MEMORY);
	diag_init(&l.diags, &arena);
	rc = plan_lint(c, &l, &arena);
	arena_fini(&arena);
	return rc;
}

const struct command lint_command = {
	.name = "lint",
	.arguments = "[PLAN]",
	.about = "Check a plan: every check proves itself on its example",
	.details =
		"PLAN is a plan's folder (then registers/ is two levels up, unless --content says "
		"where), or\n"
		"the name of one below plans/. Without it: the plan of the workspace, else the "
		"only one that\n"
		"came with the program.\n"
		"\n"
		"Each example is loaded into an empty store; exactly the records marked FAILS must "
		"fail, one\n"
		"in scope must pass, and each figure is tried one higher and one lower. Warnings "
		"and notes are\n"
		"faults of the text that the plan was made from: they do not change the exit "
		"status.\n"
		"\n"
		"With --store the examples are tried on that PostgreSQL, in a schema that is "
		"dropped afterwards.\n"
		"\n"
		"  holdfast lint content/plans/post-office-2015\n"
		"  holdfast lint content/plans/post-office-2015 --store postgresql:///holdfast\n",
	.max_arguments = 1,
	.prints_json = true,
	.needs_no_home = true,
	.options = {{"content", "DIR", "the folder with registers/ and plans/"},
		    {"store", "WHERE",
		     "the PostgreSQL that tries the examples, in a place of its own"},
		    {"all", NULL, "list what touches no obligation of the plan, too"}},
	.run = run,
};
