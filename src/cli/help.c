#include "cli/cli.h"

#include "base/limits.h"

#include <string.h>

static void
overview(struct cli *c)
{
	cli_print(c, "Holdfast makes a security management plan executable.\n\n"
		     "usage: holdfast COMMAND [OPTIONS] ...\n\n");
	for (size_t i = 0; commands[i]; i++)
		cli_print(c, "  %-10s%s\n", commands[i]->name, commands[i]->about);
	cli_print(c, "\n'holdfast COMMAND --help' tells more. Options of every command:\n"
		     "  --home DIR       the workspace; else HOLDFAST_HOME in the environment\n"
		     "  --clock INSTANT  the time, in a workspace made with 'init --rehearsal'\n"
		     "Data goes to standard output, all else to standard error. Exit status:\n"
		     "  0 done   1 ran, and what it checks does not hold   2 wrong usage\n"
		     "  3 bad input   4 refused   5 internal\n");
}

static void
limits(struct cli *c)
{
	static const struct {
		const char *name;
		const char *about;
		long long value;
	} rows[] = {
#define LIMIT(name, value, about) {#name, about, value},
#include "base/limits.def"
#undef LIMIT
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		cli_print(c, "%12lld  %s\n", rows[i].value, rows[i].about);
}

static void
one_command(struct cli *c, const struct command *k)
{
	cli_print(c, "%s.\n\nusage: holdfast %s%s%s [OPTIONS]\n", k->about, k->name,
		  k->arguments[0] ? " " : "", k->arguments);
	if (k->details[0])
		cli_print(c, "\n%s", k->details);
	cli_print(c, "\nOptions:\n");
	for (size_t i = 0; i < COMMAND_OPTIONS && k->options[i].name; i++) {
		const struct command_option *o = &k->options[i];
		int used = (int)(strlen(o->name) + (o->value ? strlen(o->value) + 1 : 0));

		cli_print(c, "  --%s%s%s%*s  %s\n", o->name, o->value ? " " : "",
			  o->value ? o->value : "", used < 22 ? 22 - used : 0, "", o->about);
	}
	if (k->prints_json)
		cli_print(c, "  --json                    print one JSON object\n");
	if (!k->needs_no_home)
		cli_print(c, "  --home DIR                the workspace\n");
}

static enum err_code
run(struct cli *c)
{
	const char *topic = c->argument_count ? c->arguments[0] : "";
	const char *near;

	if (!topic[0] || strcmp(topic, "help") == 0) {
		overview(c);
		return ERR_NONE;
	}
	if (strcmp(topic, "limits") == 0) {
		limits(c);
		return ERR_NONE;
	}
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, topic) == 0) {
			one_command(c, commands[i]);
			return ERR_NONE;
		}
	}
	near = cli_nearest_command(topic);
	return err_set(&c->err, ERR_USAGE, "", "there is no help on '%s'%s%s%s", topic,
		       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

const struct command help_command = {
	.name = "help",
	.arguments = "[COMMAND | limits]",
	.about = "Tell what the program, a command, or the limits are",
	.details = "",
	.max_arguments = 1,
	.needs_no_home = true,
	.run = run,
};
