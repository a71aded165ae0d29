/* command.h -- one verb of the program: name, arguments, options, help and code in one row.
 *
 * A row lives in cli/<verb>.c as `const struct command <verb>_command`, with a line in
 * commands.def.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct cli;

struct command_option {
	const char *name; /* "organisation" for --organisation */
	/* "KEY", as help shows it; NULL for a switch. "KEY...": may be given again, and is a list
	 * parted by commas. */
	const char *value;
	const char *about; /* one line */
};

/* Of commands that can look into the past. */
#define CLI_AS_OF                                                                                  \
	{                                                                                          \
		"as-of", "INSTANT",                                                                \
			"as it was then: an instant as 2026-03-31T12:00:00Z, or the end of a day"  \
	}

enum { COMMAND_OPTIONS = 12, ARGUMENTS_ANY = 1000 };

struct command {
	const char *name;
	const char *arguments; /* "REGISTER [FILE]", as help shows it */
	const char *about;     /* one line, no full stop */
	const char *details;   /* paragraphs of `holdfast VERB --help`, examples among them */
	size_t min_arguments;
	size_t max_arguments;
	bool prints_json;      /* takes --json */
	bool needs_no_home;    /* works without a workspace */
	bool may_need_no_home; /* with some of its options it does */
	struct command_option options[COMMAND_OPTIONS];
	enum err_code (*run)(struct cli *c); /* leaves the detail of an error in c->err */
};

#define COMMAND(verb) extern const struct command verb##_command;
#include "cli/commands.def"
#undef COMMAND

/* NULL-terminated. */
extern const struct command *const commands[];

#endif
