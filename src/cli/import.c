#include "cli/grid.h"

#include "base/limits.h"
#include "base/text.h"
#include "intake/intake.h"
#include "job/report.h"
#include "record/parties.h"
#include "sys/file.h"

#include <string.h>

/* Rejections that are shown to people; the delivery's record has more. */
enum { SHOWN = 10, PEEKED = 4 };

/* A file whose first bytes were looked at to see what it is. */
struct peeked_file {
	struct file *file;
	char bytes[PEEKED];
	size_t len;
	size_t at;
};

static enum err_code
peeked_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct peeked_file *f = object;
	size_t len = f->len - f->at < size ? f->len - f->at : size;

	if (len == 0)
		return file_read(f->file, bytes, size, ret_len, e);
	memcpy(bytes, f->bytes + f->at, len);
	f->at += len;
	*ret_len = len;
	return ERR_NONE;
}

static enum err_code
peek(struct peeked_file *f, struct err *e)
{
	size_t len = 1;
	enum err_code rc = ERR_NONE;

	while (!rc && len > 0 && f->len < PEEKED) {
		rc = file_read(f->file, f->bytes + f->len, PEEKED - f->len, &len, e);
		f->len += rc ? 0 : len;
	}
	return rc;
}

static bool
ends_in(const char *text, const char *tail)
{
	size_t len = strlen(text);
	size_t tail_len = strlen(tail);

	return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

static bool
is_json(const struct peeked_file *f, const char *path)
{
	bool marked = f->len >= 3 && memcmp(f->bytes, "\xef\xbb\xbf", 3) == 0;
	size_t first = marked ? 3 : 0;

	return ends_in(path, ".jsonl") || ends_in(path, ".json") ||
	       (f->len > first && f->bytes[first] == '{');
}

static enum err_code
register_unknown(struct cli *c, const struct model *m, struct str name, bool guessed)
{
	const char *near = model_nearest_reg(m, name);

	return err_set(&c->err, ERR_INVALID, "register", "there is no register '%.*s'%s%s%s%s",
		       STR_ARG(name), near ? "; did you mean '" : "", near ? near : "",
		       near ? "'?" : "", guessed ? "; say which one with --register" : "");
}

/* The register of --register, or the start of the file's name: account-2026-06.csv. JSON lines may
 * name their own. */
static enum err_code
register_find(struct cli *c, const struct model *m, const char *path, struct delivery_file *file)
{
	const char *given = cli_option(c, "register");
	const char *slash = strrchr(path, '/');
	struct str stem = str_of(slash ? slash + 1 : path);

	stem.len = strcspn(stem.ptr, "-.");
	if (given)
		stem = str_of(given);
	else if (file->format == DELIVERY_JSON_LINES)
		return ERR_NONE;
	if (!given && strcmp(path, "-") == 0)
		return err_set(&c->err, ERR_USAGE, "register",
			       "say with --register what standard input holds");
	file->reg = model_reg(m, stem);
	if (!file->reg)
		return register_unknown(c, m, stem, !given);
	if (file->reg->kernel)
		return err_set(&c->err, ERR_INVALID, "register",
			       "register '%s' is written by Holdfast itself only", file->reg->name);
	return ERR_NONE;
}

static void
file_release(void *file)
{
	file_close(file);
}

static enum err_code
file_take(struct cli *c, const struct model *m, const char *path, struct delivery_file *ret_file)
{
	struct peeked_file *f = arena_alloc(&c->arena, sizeof(*f));
	struct delivery_file file = {
		.name = strcmp(path, "-") ? path : "standard input", .source = {peeked_read, f}
	       };
	enum err_code rc = file_open(path, &f->file, &c->err);

	if (rc)
		return rc == ERR_DENIED ? err_set(&c->err, ERR_INVALID, "", "%s",
						  str_z(&c->arena, str_of(c->err.message)))
					: rc;
	arena_defer(&c->arena, file_release, f->file);
	file.at_hand = file_is_plain(f->file);
	rc = peek(f, &c->err);
	if (rc)
		return rc;
	file.format = is_json(f, path) ? DELIVERY_JSON_LINES : DELIVERY_CSV;
	rc = register_find(c, m, path, &file);
	if (!rc)
		*ret_file = file;
	return rc;
}

static void
on_progress(void *object, int64_t rows)
{
	cli_progress(object, "%lld rows read", (long long)rows);
}

static void
grid_counts(struct grid *g, const char *name, const struct delivery_counts *n)
{
	grid_text(g, str_of(name));
	grid_int(g, n->read);
	grid_int(g, n->added);
	grid_int(g, n->changed);
	grid_int(g, n->unchanged);
	grid_int(g, n->retired);
	grid_int(g, n->rejected);
}

static void
rejections_print(struct cli *c, const struct model *m, const struct delivery_report *r)
{
	char name[RECORD_NAME_SIZE];

	if (r->total.rejected == 0)
		return;
	cli_print(c, "\nNot taken in:\n");
	for (size_t i = 0; i < r->rejection_count && i < SHOWN; i++) {
		const struct delivery_rejection *x = &r->rejections[i];

		cli_print(c, "  %s:%ld: %s%s%s\n", x->file, x->line, x->column,
			  x->column[0] ? ": " : "", x->reason);
	}
	if (r->total.rejected <= SHOWN)
		return;
	cli_print(c, "  and %lld more", (long long)(r->total.rejected - SHOWN));
	for (size_t i = 0; i < r->part_count; i++) {
		if (r->parts[i].counts.rejected == 0 || !r->parts[i].delivery)
			continue;
		record_name(m, r->parts[i].delivery, name);
		cli_print(c, "; holdfast show record %s lists those of '%s'", name,
			  r->parts[i].reg->name);
	}
	cli_print(c, "\n");
}

static void
report_print(struct cli *c, const struct model *m, const struct delivery_report *r)
{
	static const struct grid_column columns[] = {
		{.title = "Register",  .shrink = true},
		       {.title = "Read",	 .right = true },
		{.title = "Added",	   .right = true },
		       {.title = "Changed",   .right = true },
		{.title = "Unchanged", .right = true },
		       {.title = "Retired",   .right = true },
		{.title = "Rejected",  .right = true },
	};
	struct grid g;

	grid_init(&g, c, columns, COUNT_OF(columns));
	for (size_t i = 0; i < r->part_count; i++)
		grid_counts(&g, r->parts[i].reg->name, &r->parts[i].counts);
	if (r->part_count > 1)
		grid_counts(&g, "all", &r->total);
	grid_print(&g);
	rejections_print(c, m, r);
	if (r->kept_back)
		cli_print(c,
			  "\nNothing was retired: rows could not be read, and they may be any.\n");
	if (cli_switch(c, "dry-run"))
		cli_print(c, "\nThis was a trial: nothing was changed.\n");
	else if (r->total.rejected == r->total.read && r->total.read > 0)
		cli_print(c, "\nNo row could be taken in. Mend the file and import it again.\n");
	else if (r->total.rejected > 0)
		cli_print(c, "\nThe other rows are in. Mend these and import the file again.\n");
	else
		cli_print(c, "\nNext: %s\n", cli_command(c, "assess"));
}

static enum err_code
import(struct cli *c, struct workspace *ws)
{
	struct ctx *ctx = workspace_ctx(ws);
	struct delivery_file *files = arena_alloc(&c->arena, c->argument_count * sizeof(*files));
	struct delivery_options o = {.source = cli_option(c, "source"),
				     .full = cli_switch(c, "full"),
				     .dry_run = cli_switch(c, "dry-run"),
				     .progress = on_progress,
				     .object = c};
	struct delivery_report report;
	enum err_code rc = organisation_find(ctx, cli_option(c, "organisation"), &o.organisation);

	if (rc)
		return cli_failed(c, ws, rc);
	for (size_t i = 0; !rc && i < c->argument_count; i++)
		rc = file_take(c, ctx->model, c->arguments[i], &files[i]);
	if (rc)
		return rc;
	rc = delivery_import(ctx, &o, files, c->argument_count, &report);
	if (rc)
		return cli_failed(c, ws, rc);
	if (c->json) {
		struct json_writer w;

		cli_json(c, &w);
		delivery_json(&w, ctx->model, &report, o.dry_run);
		cli_json_end(c);
	} else {
		report_print(c, ctx->model, &report);
	}
	rc = cli_flush(c);
	return rc ? rc : report.total.rejected > 0 ? ERR_INVALID : ERR_NONE;
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(workspace_closep) struct workspace *ws = NULL;
	enum err_code rc = cli_open(c, DB_WRITE, &ws);

	if (!rc)
		rc = import(c, ws);
	return rc;
}

const struct command import_command = {
	.name = "import",
	.arguments = "FILE...",
	.about = "Take in files of records: CSV, or JSON lines",
	.details =
		"The register is the start of the file's name: account.csv, account-2026-06.csv. "
		"The "
		"first line\nnames the columns: key, and fields of the register. All files of one "
		"command are one\ndelivery: rows may refer to each other in any order. Rows that "
		"cannot be taken in are listed\nwith line, column and reason; the others are in.\n"
		"\n"
		"  holdfast import organisation.csv person.csv account.csv\n"
		"  holdfast import --organisation NORTHERN --source hr --full person.csv\n"
		"  holdfast collect --output m.jsonl; holdfast import m.jsonl\n"
		"\n"
		"FILE may be - for standard input. docs/import.md says all about the files.\n",
	.min_arguments = 1,
	.max_arguments = ARGUMENTS_ANY,
	.prints_json = true,
	.options = {{"register", "NAME", "the register; else the start of the file's name"},
		    {"organisation", "KEY", "whose records they are; else the integrator's"},
		    {"source", "NAME", "where they come from; else what the file says, or 'file'"},
		    {"full", NULL, "the delivery is complete: retire what it does not hold"},
		    {"dry-run", NULL, "say what would happen, and change nothing"}},
	.run = run,
};
