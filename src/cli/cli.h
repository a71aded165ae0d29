/* cli.h -- one run of a command: what was asked, and the only way to print.
 *
 * Data goes to standard output, everything else to standard error. Output is buffered; the edge
 * flushes what is left and reports a failure to write. A command returns an error; the edge prints
 * it and sets the exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/command.h"
#include "codec/json.h"
#include "record/workspace.h"

struct cli {
	const struct command *command;
	const char **arguments;
	size_t argument_count;
	const char *values[COMMAND_OPTIONS]; /* as command->options: text given, "" for a switch, or
						NULL */
	const char *home;		     /* NULL when nobody said */
	bool home_typed;		     /* with --home, not in the environment */
	const char *program;		     /* as it was called */
	const char *clock;		     /* of a rehearsal, or NULL */
	int64_t as_of_kept;		     /* of a cursor (record/workspace.h), or 0 */
	bool json;
	bool progress;	/* standard error is a terminal */
	size_t columns; /* of the terminal; 100 when there is none */
	struct arena arena;
	struct buf out;
	struct err err;
};

/* Runs the command line; the exit status of the program. */
int cli_main(int argc, char **argv);

/* The option's text, NULL when it was not given; a switch gives "". `name` must be in the command's
 * row. */
const char *cli_option(const struct cli *c, const char *name);
bool cli_switch(const struct cli *c, const char *name);

/* For "did you mean ...": NULL when no command is near. */
const char *cli_nearest_command(const char *name);

/* Opens the workspace that the user named. */
MUST_CHECK enum err_code cli_open(struct cli *c, enum db_access access, struct workspace **ret_ws);
/* Takes over the detail of a failed call that left it in the workspace's context. */
enum err_code cli_failed(struct cli *c, const struct workspace *ws, enum err_code code);

void cli_print(struct cli *c, const char *format, ...) PRINTF(2, 3);
/* Writes out what is buffered; for long output, now and then. */
MUST_CHECK enum err_code cli_flush(struct cli *c);
/* For people only: to standard error. */
void cli_note(struct cli *c, const char *format, ...) PRINTF(2, 3);
/* Overwrites itself on a terminal, and is silent elsewhere. An empty text clears it. */
void cli_progress(struct cli *c, const char *format, ...) PRINTF(2, 3);

/* Shows findings about files, one a line: file:line:column: error: message. */
void cli_diags(struct cli *c, const struct diags *d);

/* Begins a pretty JSON text in c->out; cli_json_end closes it with a newline. */
void cli_json(struct cli *c, struct json_writer *ret_writer);
void cli_json_end(struct cli *c);

/* A command as it can be typed or pasted next: the program as it was called, the words, and --home
 * when that was typed too. `words` is a format; what may hold blanks goes through cli_quoted. */
const char *cli_command(struct cli *c, const char *words, ...) PRINTF(2, 3);
/* The text as the shell takes it for one word. */
const char *cli_quoted(struct cli *c, struct str text);

/* "2026-03-01 12:00" in the plan's zone, or "-" for 0. */
const char *cli_instant(struct cli *c, const struct zone *zone, int64_t ms);

#endif
