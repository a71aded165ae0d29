#include "cli/cli.h"

#include "base/civil.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	ARENA_LIMIT = 256 * 1024 * 1024,
	OUTPUT_LIMIT = 256 * 1024 * 1024,
	FLUSH_AT = 65536,
	COLUMNS_DEFAULT = 100,
	COLUMNS_LEAST = 60,
	LINE_SIZE = 1024,
	NOTE_SIZE = 2048,
};

const struct command *const commands[] = {
#define COMMAND(verb) &verb##_command,
#include "cli/commands.def"
#undef COMMAND
	NULL,
};

static size_t
option_index(const struct command *command, struct str name)
{
	size_t i = 0;

	while (i < COMMAND_OPTIONS && command->options[i].name &&
	       !str_is(name, command->options[i].name))
		i++;
	return i < COMMAND_OPTIONS && command->options[i].name ? i : COMMAND_OPTIONS;
}

const char *
cli_option(const struct cli *c, const char *name)
{
	size_t i = option_index(c->command, str_of(name));

	return i < COMMAND_OPTIONS ? c->values[i] : NULL;
}

bool
cli_switch(const struct cli *c, const char *name)
{
	return cli_option(c, name) != NULL;
}

static enum err_code
home_check(struct cli *c)
{
	if (c->home && c->home[0])
		return ERR_NONE;
	return err_set(&c->err, ERR_USAGE, "home",
		       "say which workspace: --home DIR, or HOLDFAST_HOME in the environment");
}

enum err_code
cli_open(struct cli *c, enum db_access access, struct workspace **ret_ws)
{
	struct workspace_options o = {.home = c->home, .rehearse = c->clock};
	enum err_code rc = home_check(c);

	if (rc)
		return rc;
	/* Who writes does so now, whatever time is asked about. */
	if (access == DB_READ) {
		o.as_of = cli_option(c, "as-of");
		o.as_of_kept = c->as_of_kept;
	}
	return workspace_open(&o, access, ret_ws, &c->err);
}

enum err_code
cli_failed(struct cli *c, const struct workspace *ws, enum err_code code)
{
	if (code)
		c->err = workspace_ctx((struct workspace *)(uintptr_t)ws)->err;
	return code;
}

enum err_code
cli_flush(struct cli *c)
{
	size_t done = 0;

	if (c->out.failed)
		return err_set(&c->err, ERR_TOO_BIG, "", "the output is too large");
	while (done < c->out.len) {
		ssize_t n = write(STDOUT_FILENO, c->out.data + done, c->out.len - done);

		if (n < 0 && errno != EINTR)
			return err_set(&c->err, ERR_IO, "", "cannot write to standard output: %s",
				       strerror(errno));
		done += n > 0 ? (size_t)n : 0;
	}
	c->out.len = 0;
	return ERR_NONE;
}

void
cli_print(struct cli *c, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < LINE_SIZE) {
		buf_add(&c->out, line, (size_t)len);
	} else {
		char *all = arena_alloc(&c->arena, (size_t)len + 1);

		va_start(args, format);
		(void)vsnprintf(all, (size_t)len + 1, format, args);
		va_end(args);
		buf_add(&c->out, all, (size_t)len);
	}
}

void
cli_note(struct cli *c, const char *format, ...)
{
	char note[NOTE_SIZE];
	struct str text = {.ptr = note};
	va_list args;

	cli_progress(c, "%s", "");
	va_start(args, format);
	(void)vsnprintf(note, sizeof(note), format, args);
	va_end(args);
	text.len = strlen(note);
	text.len = text_whole(text);
	text_tame(note, text.len);
	(void)fprintf(stderr, "%.*s\n", STR_ARG(text));
}

void
cli_progress(struct cli *c, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	if (!c->progress)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	(void)fprintf(stderr, "\r\033[K%.*s", (int)c->columns - 1, line);
	(void)fflush(stderr);
}

void
cli_diags(struct cli *c, const struct diags *d)
{
	static const char *const words[] = {"error", "warning", "note"};

	for (const struct diag *i = d->first; i; i = i->next) {
		if (!i->file[0])
			cli_note(c, "%s: %s", words[i->level], i->message);
		else if (!i->line)
			cli_note(c, "%s: %s: %s", i->file, words[i->level], i->message);
		else
			cli_note(c, "%s:%ld:%ld: %s: %s", i->file, i->line, i->column,
				 words[i->level], i->message);
	}
}

void
cli_json(struct cli *c, struct json_writer *ret_writer)
{
	jw_begin(ret_writer, &c->out, true);
}

void
cli_json_end(struct cli *c)
{
	buf_add(&c->out, "\n", 1);
}

const char *
cli_instant(struct cli *c, const struct zone *zone, int64_t ms)
{
	char *text;

	if (!ms)
		return "-";
	text = arena_alloc(&c->arena, CIVIL_INSTANT_LEN + 1);
	civil_format_instant(ms + (int64_t)zone_offset(zone, ms) * 1000, text);
	text[CIVIL_DATE_LEN] = ' ';
	text[CIVIL_DATE_LEN + 6] = '\0';
	return text;
}

const char *
cli_quoted(struct cli *c, struct str text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-_./:@%+,=";
	const char *z = str_z(&c->arena, text);
	char *quoted;
	size_t n = 0;

	if (z[0] && z[strspn(z, plain)] == '\0')
		return z;
	/* An apostrophe becomes '\'': the quotes end, stand alone and begin anew. */
	quoted = arena_alloc(&c->arena, 4 * strlen(z) + 3);
	quoted[n++] = '\'';
	for (; *z; z++) {
		if (*z == '\'') {
			memcpy(quoted + n, "'\\'", 3);
			n += 3;
		}
		quoted[n++] = *z;
	}
	quoted[n++] = '\'';
	return quoted;
}

const char *
cli_command(struct cli *c, const char *words, ...)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LINE_SIZE};
	char line[LINE_SIZE / 2];
	va_list args;

	va_start(args, words);
	(void)vsnprintf(line, sizeof(line), words, args);
	va_end(args);
	buf_addf(&text, "%s %s", cli_quoted(c, str_of(c->program)), line);
	if (c->home_typed)
		buf_addf(&text, " --home %s", cli_quoted(c, str_of(c->home)));
	return text.failed ? "holdfast" : str_z(&c->arena, (struct str){text.data, text.len});
}

static void
usage_hint(struct cli *c)
{
	c->err.code = ERR_USAGE;
	if (c->command)
		cli_note(c, "Try 'holdfast %s --help'.", c->command->name);
	else
		cli_note(c, "Try 'holdfast --help'.");
}

static const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

const char *
cli_nearest_command(const char *name)
{
	enum { NAMES_MAX = 64 };
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; commands[i] && n < NAMES_MAX; i++)
		names[n++] = commands[i]->name;
	return text_nearest(str_of(name), names, n);
}

static enum err_code
command_unknown(struct cli *c, const char *name)
{
	const char *near = cli_nearest_command(name);

	return err_set(&c->err, ERR_USAGE, "", "'%s' is no command%s%s%s", name,
		       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Options that every command takes. NULL when it is none of them. */
static const char **
common_option(struct cli *c, struct str name)
{
	if (str_is(name, "home"))
		return &c->home;
	if (str_is(name, "clock"))
		return &c->clock;
	return NULL;
}

static enum err_code
option_unknown(struct cli *c, struct str name)
{
	const char *names[COMMAND_OPTIONS + 4] = {"home", "clock", "help"};
	const char *near;
	size_t n = 3;

	if (c->command->prints_json)
		names[n++] = "json";
	for (size_t i = 0; i < COMMAND_OPTIONS && c->command->options[i].name; i++)
		names[n++] = c->command->options[i].name;
	near = text_nearest(name, names, n);
	return err_set(&c->err, ERR_USAGE, "", "'--%.*s' is no option of '%s'%s%s%s", STR_ARG(name),
		       c->command->name, near ? "; did you mean '--" : "", near ? near : "",
		       near ? "'?" : "");
}

/* An option that can be given more than once gets all of its values as one list. */
static void
option_set(struct cli *c, const char **target, size_t option, const char *value)
{
	CLEANUP(buf_fini) struct buf list = {.limit = LINE_SIZE};
	const char *shown = option < COMMAND_OPTIONS ? c->command->options[option].value : "";

	if (!*target || !strstr(shown, "...")) {
		*target = value;
		return;
	}
	buf_addf(&list, "%s,%s", *target, value);
	*target = list.failed ? value : str_z(&c->arena, (struct str){list.data, list.len});
}

/* One option: --name, --name=value or --name value. `argv` is what follows; *ret_used says how many
 * it took. */
static enum err_code
option_take(struct cli *c, const char *text, char **argv, int *ret_used)
{
	struct str value = {text, strlen(text)};
	struct str name = str_cut(&value, '=');
	size_t i = option_index(c->command, name);
	const char **target = common_option(c, name);
	bool takes_value = target || (i < COMMAND_OPTIONS && c->command->options[i].value);

	*ret_used = 0;
	if (str_is(name, "json") && c->command->prints_json && !value.ptr) {
		c->json = true;
		return ERR_NONE;
	}
	if (!target && i == COMMAND_OPTIONS)
		return option_unknown(c, name);
	if (!target)
		target = &c->values[i];
	if (!takes_value && value.ptr)
		return err_set(&c->err, ERR_USAGE, "", "'--%.*s' takes no value", STR_ARG(name));
	if (!takes_value) {
		*target = "";
	} else if (value.ptr || argv[0]) {
		*ret_used = value.ptr ? 0 : 1;
		option_set(c, target, i, value.ptr ? value.ptr : argv[0]);
	} else {
		return err_set(&c->err, ERR_USAGE, "", "'--%.*s' needs a value", STR_ARG(name));
	}
	return ERR_NONE;
}

static enum err_code
line_read(struct cli *c, char **argv)
{
	bool options = true;

	for (; *argv; argv++) {
		enum err_code rc;
		int used = 0;

		if (options && strcmp(*argv, "--") == 0) {
			options = false;
		} else if (options && (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)) {
			c->arguments = (const char **)arena_alloc(&c->arena, sizeof(char *));
			c->arguments[0] = c->command->name;
			c->argument_count = 1;
			c->command = &help_command;
			return ERR_NONE;
		} else if (options && strncmp(*argv, "--", 2) == 0) {
			rc = option_take(c, *argv + 2, argv + 1, &used);
			if (rc)
				return rc;
			argv += used;
		} else if (options && (*argv)[0] == '-' && (*argv)[1] != '\0') {
			return err_set(&c->err, ERR_USAGE, "",
				       "'%s' is no option; options are written in full, as --home",
				       *argv);
		} else {
			c->arguments[c->argument_count++] = *argv;
		}
	}
	if (c->argument_count < c->command->min_arguments)
		return err_set(&c->err, ERR_USAGE, "", "'%s' needs %s", c->command->name,
			       c->command->arguments);
	if (c->argument_count > c->command->max_arguments)
		return err_set(&c->err, ERR_USAGE, "", "'%s' is one argument too many for '%s'",
			       c->arguments[c->command->max_arguments], c->command->name);
	c->home_typed = c->home != NULL;
	if (!c->home)
		c->home = getenv("HOLDFAST_HOME");
	if (c->command->needs_no_home || c->command->may_need_no_home)
		return ERR_NONE;
	return home_check(c);
}

/* A standard stream that is closed would give its number to the next file that is opened, and
 * output would go there. */
static void
streams_hold(void)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDONLY);
	if (fd >= 0)
		(void)close(fd);
}

static void
cli_init(struct cli *c, int argc)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t wanted = 0;

	arena_init(&c->arena, ARENA_LIMIT);
	buf_init(&c->out, OUTPUT_LIMIT);
	c->arguments = (const char **)arena_alloc(&c->arena, ((size_t)argc + 1) * sizeof(char *));
	c->progress = isatty(STDERR_FILENO) == 1;
	c->columns = COLUMNS_DEFAULT;
	if (columns && str_int(str_of(columns), &wanted) && wanted > 0 && wanted < LINE_SIZE)
		c->columns = (size_t)wanted;
	else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		c->columns = size.ws_col;
	if (c->columns < COLUMNS_LEAST)
		c->columns = COLUMNS_LEAST;
	if (c->columns > LINE_SIZE / 2)
		c->columns = LINE_SIZE / 2;
}

static enum err_code
cli_run(struct cli *c, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "help";
	enum err_code rc;

	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)
		verb = "help";
	if (strcmp(verb, "--version") == 0)
		verb = "version";
	c->command = command_find(verb);
	rc = c->command ? line_read(c, argv + (argc > 1 ? 2 : 1)) : command_unknown(c, verb);
	if (rc)
		return rc;
	return c->command->run(c);
}

int
cli_main(int argc, char **argv)
{
	struct cli c = {0};
	enum err_code rc;
	enum err_code flushed;

	streams_hold();
	/* A reader that went away is an error of writing, which is told, and no sudden end. */
	(void)signal(SIGPIPE, SIG_IGN);
	/* Too large a file is an error like any other, too. */
	(void)signal(SIGXFSZ, SIG_IGN);
	cli_init(&c, argc);
	c.program = argc > 0 && strchr(argv[0], '/') ? argv[0] : "holdfast";
	rc = cli_run(&c, argc, argv);
	cli_progress(&c, "%s", "");
	flushed = rc == ERR_NONE || rc == ERR_FAILED ? cli_flush(&c) : ERR_NONE;
	if (flushed)
		rc = flushed;
	if (rc && c.err.message[0])
		cli_note(&c, "holdfast: %s%s%s", c.err.where, c.err.where[0] ? ": " : "",
			 c.err.message);
	if (rc == ERR_USAGE)
		usage_hint(&c);
	buf_fini(&c.out);
	arena_fini(&c.arena);
	return err_exit_status(rc);
}
