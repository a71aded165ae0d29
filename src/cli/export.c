#include "cli/cli.h"

#include "intake/extract.h"
#include "record/parties.h"
#include "sys/file.h"

#include <string.h>

static enum err_code
to_output(void *object, struct str bytes, struct err *e)
{
	struct cli *c = object;
	enum err_code rc;

	buf_add(&c->out, bytes.ptr, bytes.len);
	rc = cli_flush(c);
	if (rc)
		*e = c->err;
	return rc;
}

static enum err_code
to_file(void *object, struct str bytes, struct err *e)
{
	return file_out_put(object, bytes, e);
}

static enum err_code
format_find(struct cli *c, enum delivery_format *ret_format)
{
	const char *given = cli_option(c, "format");

	if (given && strcmp(given, "csv") != 0 && strcmp(given, "jsonl") != 0)
		return err_set(&c->err, ERR_USAGE, "format",
			       "'%s' is no format; it is csv or jsonl", given);
	*ret_format = given && strcmp(given, "jsonl") == 0 ? DELIVERY_JSON_LINES : DELIVERY_CSV;
	return ERR_NONE;
}

static enum err_code
options_find(struct cli *c, struct ctx *ctx, struct extract_options *o)
{
	const char *organisation = cli_option(c, "organisation");
	struct str name = str_of(c->arguments[0]);
	const char *near;
	enum err_code rc = format_find(c, &o->format);

	o->source = cli_option(c, "source");
	o->reg = model_reg(ctx->model, name);
	if (!rc && !o->reg) {
		near = model_nearest_reg(ctx->model, name);
		rc = err_set(&c->err, ERR_INVALID, "", "there is no register '%s'%s%s%s",
			     c->arguments[0], near ? "; did you mean '" : "", near ? near : "",
			     near ? "'?" : "");
	}
	if (!rc && organisation) {
		rc = organisation_find(ctx, organisation, &o->organisation);
		if (rc)
			c->err = ctx->err;
	}
	return rc;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(file_out_closep) struct file_out *out = NULL;
	CLEANUP(workspace_closep) struct workspace *now = NULL;
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	const char *path = cli_option(c, "output");
	bool to_a_file = path && strcmp(path, "-") != 0;
	struct extract_sink sink = {to_output, c};
	struct extract_options o = {0};
	int64_t rows = 0;
	bool past = cli_switch(c, "as-of");
	enum err_code rc = cli_open(c, past ? DB_READ : DB_WRITE, &ws);

	/* That something of the past leaves is an event of the present. */
	if (!rc && past)
		rc = cli_open(c, DB_WRITE, &now);
	if (!rc && past)
		o.noted = workspace_ctx(now);
	if (!rc)
		rc = options_find(c, workspace_ctx(ws), &o);
	if (!rc && to_a_file) {
		rc = file_out_open(path, 0600, &out, &c->err);
		sink = (struct extract_sink){to_file, out};
	}
	if (rc)
		return rc;
	rc = extract_run(workspace_ctx(ws), &o, sink, &rows);
	if (rc)
		return cli_failed(c, ws, rc);
	if (to_a_file)
		rc = file_out_commit(out, &c->err);
	if (!rc)
		cli_note(c, "%lld records of '%s'", (long long)rows, o.reg->name);
	return rc;
}

const struct command export_command = {
	.name = "export",
	.arguments = "REGISTER",
	.about = "Write a register's current records as CSV or JSON lines",
	.details = "`holdfast import` takes the file in again. In CSV, a text that a spreadsheet "
		   "would run as a\nformula gets an apostrophe before it, which the import takes "
		   "off. That an export was made\nstands in the ledger.\n"
		   "\n"
		   "  holdfast export account --output account.csv\n"
		   "  holdfast export person --organisation NORTHERN --format jsonl\n",
	.min_arguments = 1,
	.max_arguments = 1,
	.options = {{"format", "csv|jsonl", "how to write; csv unless said"},
		    {"output", "FILE", "where to write; else standard output"},
		    {"organisation", "KEY", "only records of this organisation"},
		    {"source", "NAME", "only records of this source"},
		    CLI_AS_OF},
	.run = run,
};
