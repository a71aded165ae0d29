#include "cli/show.h"

#include "base/limits.h"
#include "list/list.h"
#include "model/sql.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS_SHOWN = 5 /* of the register's own, when nobody says which */ };

static enum err_code
register_find(struct cli *c, const struct ctx *ctx, const struct reg **ret_reg)
{
	struct str name = str_of(c->arguments[0]);
	const char *near;

	*ret_reg = model_reg(ctx->model, name);
	if (*ret_reg)
		return ERR_NONE;
	near = model_nearest_reg(ctx->model, name);
	return err_set(&c->err, ERR_INVALID, "", "there is no register '%s'%s%s%s", c->arguments[0],
		       near ? "; did you mean '" : "; 'holdfast list' names them all",
		       near ? near : "", near ? "'?" : "");
}

/* Every register with its number of records. */
static enum err_code
registers_print(struct cli *c, struct ctx *ctx)
{
	static const struct grid_column columns[] = {
		{"register", false, false},
		    {"title",    false, true },
		    {"records",	true,  false}
	    };
	struct json_writer w;
	struct grid grid;
	enum err_code rc = ERR_NONE;

	grid_init(&grid, c, columns, COUNT_OF(columns));
	if (c->json) {
		cli_json(c, &w);
		jw_array(&w);
	}
	for (size_t i = 0; !rc && i < ctx->model->reg_count; i++) {
		const struct reg *r = ctx->model->regs[i];
		const struct list_question q = {.reg = r, .thorough = true};
		struct list_page p;

		rc = list_total(ctx, &q, &p);
		if (rc)
			return rc;
		if (c->json) {
			jw_object(&w);
			jw_key(&w, "register");
			jw_text(&w, str_of(r->name));
			jw_key(&w, "title");
			jw_text(&w, str_of(r->title));
			jw_key(&w, "records");
			jw_int(&w, p.total);
			jw_end_object(&w);
			continue;
		}
		grid_text(&grid, str_of(r->name));
		grid_text(&grid, str_of(r->title));
		grid_int(&grid, p.total);
	}
	if (c->json) {
		jw_end_array(&w);
		cli_json_end(c);
	} else {
		grid_print(&grid);
	}
	return ERR_NONE;
}

/* What fits a terminal: who the record is and whose, and the first few of its fields. */
static struct str
fields_for_people(struct cli *c, const struct reg *r)
{
	CLEANUP(buf_fini) struct buf names = {.limit = LIMIT_ROW_BYTES};
	size_t shown = 0;

	buf_addf(&names, "key,organisation%s", r->states.count > 0 ? ",state" : "");
	for (size_t i = 0; i < r->field_count && shown < FIELDS_SHOWN; i++) {
		if (!field_has_column(&r->fields[i]))
			continue;
		buf_addf(&names, ",%s", r->fields[i].name);
		shown++;
	}
	return str_dup(&c->arena, (struct str){names.data, names.len});
}

static struct str
option_text(const struct cli *c, const char *name)
{
	const char *text = cli_option(c, name);

	return text ? str_of(text) : (struct str){0};
}

static enum err_code
question_read(struct cli *c, struct list_question *q)
{
	struct str *terms = arena_alloc(&c->arena, c->argument_count * sizeof(*terms));
	const char *limit = cli_option(c, "limit");

	for (size_t i = 1; i < c->argument_count; i++)
		terms[i - 1] = str_of(c->arguments[i]);
	q->terms = terms;
	q->term_count = c->argument_count - 1;
	q->sort = option_text(c, "sort");
	q->fields = option_text(c, "fields");
	q->after = option_text(c, "after");
	q->thorough = !cli_switch(c, "quick");
	if (!q->fields.ptr && !c->json)
		q->fields = fields_for_people(c, q->reg);
	if (limit && (!str_int(str_of(limit), &q->limit) || q->limit < 1))
		return err_set(&c->err, ERR_USAGE, "limit", "'--limit' takes a number from 1 to %d",
			       LIMIT_LIST_ROWS);
	return ERR_NONE;
}

/* The same command for the page that follows. */
static void
next_print(struct cli *c, const struct list_page *p)
{
	CLEANUP(buf_fini) struct buf words = {.limit = LIMIT_ROW_BYTES};

	buf_addf(&words, "%s list", cli_quoted(c, str_of(c->program)));
	for (size_t i = 0; i < c->argument_count; i++)
		buf_addf(&words, " %s", cli_quoted(c, str_of(c->arguments[i])));
	for (size_t i = 0; i < COMMAND_OPTIONS && c->command->options[i].name; i++) {
		const struct command_option *o = &c->command->options[i];

		if (!c->values[i] || strcmp(o->name, "after") == 0)
			continue;
		buf_addf(&words, " --%s", o->name);
		if (o->value)
			buf_addf(&words, " %s", cli_quoted(c, str_of(c->values[i])));
	}
	if (c->home_typed)
		buf_addf(&words, " --home %s", cli_quoted(c, str_of(c->home)));
	cli_print(c, "\nNext page:\n  %s --after %.*s\n", words.data, STR_ARG(p->next));
}

static void
page_print(struct cli *c, const struct ctx *ctx, const struct list_page *p)
{
	struct grid_column columns[GRID_COLUMNS] = {
		{"record", false, false}
	};
	CLEANUP(buf_fini) struct buf cell = {.limit = LIMIT_LIST_BYTES};
	struct grid grid;
	size_t count = 1;

	for (size_t i = 0; i < p->column_count; i++) {
		const struct field *f = p->columns[i]->field;
		bool number = f->type == FIELD_INT || f->type == FIELD_DECIMAL;

		if (p->columns[i]->kind == ATTRIBUTE_ID)
			continue;
		columns[count++] = (struct grid_column){
			f->name, number && p->columns[i]->kind != ATTRIBUTE_RECORDED, true};
	}
	grid_init(&grid, c, columns, count);
	for (size_t i = 0; i < p->count; i++) {
		char name[RECORD_NAME_SIZE];

		record_name(ctx->model, p->rows[i].id, name);
		grid_text(&grid, str_of(name));
		for (size_t k = 0; k < p->column_count; k++) {
			if (p->columns[k]->kind == ATTRIBUTE_ID)
				continue;
			cell.len = 0;
			list_text(ctx, p, &p->rows[i], k, &cell);
			grid_text(&grid, (struct str){cell.data ? cell.data : "", cell.len});
		}
	}
	if (p->count > 0)
		grid_print(&grid);
	if (p->total == 0 && p->total_is_exact)
		cli_print(c, "No such records.\n");
	else if (p->total_is_exact)
		cli_print(c, "\n%lld record%s in all.\n", (long long)p->total,
			  p->total == 1 ? "" : "s");
	else if (p->total > 0)
		cli_print(c, "\nAt least %lld record%s in all.\n", (long long)p->total,
			  p->total == 1 ? "" : "s");
	if (p->stopped)
		cli_print(c,
			  "\nThis page is short, as it looked at as many records as one page may "
			  "and not all of them fit; the next one looks further.\n");
	if (p->next.ptr)
		next_print(c, p);
}

static enum err_code
list_print(struct cli *c, struct ctx *ctx)
{
	struct list_question q = {0};
	struct list_page p;
	struct json_writer w;
	enum err_code rc = register_find(c, ctx, &q.reg);

	if (!rc)
		rc = question_read(c, &q);
	if (rc)
		return rc;
	rc = list_read(ctx, &q, &p);
	if (rc) {
		c->err = ctx->err;
		return rc;
	}
	if (c->json) {
		cli_json(c, &w);
		list_json(&w, ctx->model, &p);
		cli_json_end(c);
		return ERR_NONE;
	}
	if (p.column_count >= GRID_COLUMNS)
		return err_set(&c->err, ERR_USAGE, "fields",
			       "a table shows at most %d fields; --json has no such limit",
			       GRID_COLUMNS - 1);
	page_print(c, ctx, &p);
	return ERR_NONE;
}

/* Without a register there is nothing that an option could be about. */
static enum err_code
options_refuse(struct cli *c)
{
	for (size_t i = 0; i < COMMAND_OPTIONS && c->command->options[i].name; i++) {
		if (c->values[i] && strcmp(c->command->options[i].name, "as-of") != 0)
			return err_set(&c->err, ERR_USAGE, "", "'--%s' needs a register",
				       c->command->options[i].name);
	}
	return ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	DB_TXN txn = {0};
	struct ctx *ctx;
	enum err_code rc = c->argument_count ? ERR_NONE : options_refuse(c);

	c->as_of_kept = list_cursor_instant(option_text(c, "after"), &c->arena);
	if (!rc)
		rc = cli_open(c, DB_READ, &ws);
	if (rc)
		return rc;
	ctx = workspace_ctx(ws);
	/* Page and total belong to one state. */
	rc = db_begin_read(ctx->db, &txn, &ctx->err);
	if (rc)
		return cli_failed(c, ws, rc);
	show_as_of(c, ctx);
	if (c->argument_count) {
		rc = list_print(c, ctx);
	} else {
		rc = registers_print(c, ctx);
		rc = cli_failed(c, ws, rc);
	}
	db_txn_end(&txn);
	return rc;
}

const struct command list_command = {
	.name = "list",
	.arguments = "[REGISTER [FILTER ...]]",
	.about = "List a register's records: filtered, sorted, a page at a time",
	.details =
		"Without a register it names all registers and how many records each has.\n"
		"\n"
		"A filter is FIELD=VALUE; every one given must hold. Put it in quotes where the "
		"shell would\nread < > ! or blanks itself.\n"
		"\n"
		"  state=active            one value; kind=user,service is any of several\n"
		"  kind!=user              none of them\n"
		"  login=   login!=        has no value; has one\n"
		"  leave_date<2026-01-01   also <= > >=; a day may be today, today-30 or today+7\n"
		"  note~printer            the text holds it; !~ is the contrary\n"
		"  person=ann              a reference by key, ORGANISATION/KEY or name (PER-12)\n"
		"  lines.decision=keep     a row of the list field 'lines' has it\n"
		"\n"
		"  holdfast list account state=active kind=privileged,service\n"
		"  holdfast list account 'last_used_at<today-90' --sort -last_used_at\n"
		"  holdfast list person organisation=northern --fields key,name,leave_date "
		"--json\n",
	.max_arguments = ARGUMENTS_ANY,
	.prints_json = true,
	.options = {{"sort", "FIELD,-FIELD", "order; - turns it round; by number unless said"},
		    {"fields", "FIELD,FIELD", "what to show"},
		    {"limit", "N", "records on a page; 50 unless said"},
		    {"after", "CURSOR", "the page that follows, as the page before names it"},
		    {"quick", NULL, "count and search only as far as a moment goes"},
		    CLI_AS_OF},
	.run = run,
};
