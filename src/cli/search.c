#include "cli/grid.h"

#include "base/limits.h"
#include "search/search.h"

#include <string.h>

enum { LEAVES = 20000 /* taken in between two words of progress */ };

static enum err_code
question_read(struct cli *c, struct search_question *q)
{
	CLEANUP(buf_fini) struct buf words = {.limit = LIMIT_ROW_BYTES};
	const char *limit = cli_option(c, "limit");
	const char *reg = cli_option(c, "register");
	const char *after = cli_option(c, "after");

	for (size_t i = 0; i < c->argument_count; i++)
		buf_addf(&words, "%s%s", i ? " " : "", c->arguments[i]);
	q->words = str_dup(&c->arena, (struct str){words.data ? words.data : "", words.len});
	q->reg = reg ? str_of(reg) : (struct str){0};
	q->after = after ? str_of(after) : (struct str){0};
	q->retired = cli_switch(c, "retired");
	if (limit && (!str_int(str_of(limit), &q->limit) || q->limit < 1))
		return err_set(&c->err, ERR_USAGE, "limit", "'--limit' takes a number from 1 to %d",
			       LIMIT_SEARCH_HITS);
	return ERR_NONE;
}

static enum err_code
catch_up(struct cli *c, struct search_index *x, bool *ret_all)
{
	int64_t before = INT64_MAX;
	int64_t left = INT64_MAX - 1;
	enum err_code rc = ERR_NONE;

	while (!rc && left > 0 && left < before) {
		before = left;
		rc = search_catch_up(x, LEAVES, &left, &c->err);
		if (!rc && left > 0)
			cli_progress(c, "indexing: %lld versions to go", (long long)left);
	}
	cli_progress(c, "%s", "");
	*ret_all = left == 0;
	return rc;
}

static void
row_print(struct grid *grid, const char *name, struct str key, struct str title)
{
	grid_text(grid, str_of(name));
	grid_text(grid, key);
	grid_text(grid, title);
}

static void
place_print(struct grid *grid, const struct search_place *place)
{
	CLEANUP(buf_fini) struct buf cell = {.limit = LIMIT_ROW_BYTES};

	if (place->field)
		buf_addf(&cell, "%s: %.*s", place->field, STR_ARG(place->snippet));
	grid_text(grid, (struct str){cell.data ? cell.data : "", cell.len});
}

static void
page_print(struct cli *c, const struct ctx *ctx, const struct search_page *p)
{
	static const struct grid_column columns[] = {
		{"found",	  false, false},
		{"key",	false, true },
		{"title",	  false, true },
		{"found in", false, true },
	};
	char name[RECORD_NAME_SIZE];
	struct grid grid;

	grid_init(&grid, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < p->duty_count; i++) {
		const struct search_duty *d = &p->duties[i];

		row_print(&grid, d->obligation->id, (struct str){0}, str_of(d->obligation->title));
		place_print(&grid, &d->place);
	}
	for (size_t i = 0; i < p->count; i++) {
		const struct search_hit *hit = &p->hits[i];

		record_name(ctx->model, hit->id, name);
		row_print(&grid, name, hit->key, hit->title);
		place_print(&grid, &hit->place);
	}
	if (p->count > 0 || p->duty_count > 0)
		grid_print(&grid);
	if (p->total == 0)
		cli_print(c, "No record has these words.\n");
	else if (p->total_is_exact)
		cli_print(c, "\n%lld record%s in all.\n", (long long)p->total,
			  p->total == 1 ? "" : "s");
	else
		cli_print(c,
			  "\nMore than %lld records have these words, and the best of so many are "
			  "shown; another word narrows that.\n",
			  (long long)p->total);
	if (p->next.ptr)
		cli_print(c, "Next page: --after %.*s\n", STR_ARG(p->next));
}

static enum err_code
search_print(struct cli *c, struct workspace *ws, const struct search_question *q)
{
	CLEANUP(search_closep) struct search_index *x = NULL;
	bool all = false;
	struct ctx *ctx = workspace_ctx(ws);
	DB_TXN txn = {0};
	struct search_page p = {0};
	struct json_writer w;
	enum err_code rc = search_open(ws, &x, &c->err);

	if (!rc)
		rc = catch_up(c, x, &all);
	if (rc)
		return rc;
	rc = db_begin_read(ctx->db, &txn, &ctx->err);
	if (!rc)
		rc = search_ask(ctx, x, q, &p);
	if (rc)
		return cli_failed(c, ws, rc);
	if (!c->json) {
		page_print(c, ctx, &p);
		return ERR_NONE;
	}
	cli_json(c, &w);
	search_json(&w, ctx->model, &p, all);
	cli_json_end(c);
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	struct search_question q = {0};
	enum err_code rc = c->argument_count
				   ? question_read(c, &q)
				   : err_set(&c->err, ERR_USAGE, "",
					     "it is 'search WORD ...'; what to search for?");

	if (!rc)
		rc = cli_open(c, DB_READ, &ws);
	return rc ? rc : search_print(c, ws, &q);
}

const struct command search_command = {
	.name = "search",
	.arguments = "WORD ...",
	.about = "Find duties of the plan, and records of all registers, by words of their texts",
	.details = "Every word must be there, as it is or as the beginning of another one. Accents "
		   "and "
		   "capitals\nmake no difference, nor do apostrophes and hyphens within a word: "
		   "O'Neill is oneill, db-01 is\ndb01. The best come first: duties, then records, "
		   "then what\n"
		   "Holdfast alone writes, such as cells and failures.\n"
		   "\n"
		   "  holdfast search oneill\n"
		   "  holdfast search --register asset db-01 north --json\n",
	.max_arguments = ARGUMENTS_ANY,
	.prints_json = true,
	.options = {{"register", "NAME", "only of this register"},
		    {"limit", "N", "records on a page; 20 unless said"},
		    {"after", "CURSOR", "the page that follows, as the page before names it"},
		    {"retired", NULL, "those too that are not current any more"}},
	.run = run,
};
