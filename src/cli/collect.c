#include "cli/cli.h"

#include "collect/collect.h"
#include "sys/file.h"

#include <string.h>

enum { DELIVERY_LIMIT = 256 * 1024 * 1024 };

static enum err_code
save(struct cli *c, const char *path, const struct buf *delivery)
{
	if (strcmp(path, "-") == 0) {
		buf_add(&c->out, delivery->data, delivery->len);
		return ERR_NONE;
	}
	return file_save(path, (struct str){delivery->data, delivery->len}, 0600, &c->err);
}

static enum err_code
run(struct cli *c)
{
	CLEANUP(buf_fini) struct buf delivery = {.limit = DELIVERY_LIMIT};
	struct collect_options o = {.root = "", .host = cli_option(c, "host")};
	struct collect_summary s = {0};
	struct clock clock = {0};
	const char *path = cli_option(c, "output");
	enum err_code rc;

	o.now_ms = clock_now(&clock);
	rc = collect_run(&o, &c->arena, &delivery, &s, &c->err);
	if (!rc)
		rc = save(c, path ? path : "-", &delivery);
	if (rc)
		return rc;
	cli_note(c, "What %s is:", s.host);
	for (size_t i = 0; i < COLLECT_REGISTERS; i++)
		cli_note(c, "  %-16s %6zu", s.counts[i].register_name, s.counts[i].records);
	if (s.gap_count > 0)
		cli_note(c, "Not seen:");
	for (const struct collect_gap *g = s.gaps; g; g = g->next)
		cli_note(c, "  %s: %s", g->what, g->why);
	if (path && strcmp(path, "-") != 0)
		cli_note(c, "Next: %s", cli_command(c, "import %s", cli_quoted(c, str_of(path))));
	return ERR_NONE;
}

const struct command collect_command = {
	.name = "collect",
	.arguments = "",
	.about = "Look at this machine and write what it is as one delivery",
	.details = "Reads accounts, sudo rights, password ages, packages, disk encryption, "
		   "listening sockets,\n"
		   "clock and malware scanner. Changes nothing, runs without root with less, and "
		   "says what it\n"
		   "could not see. `holdfast import` takes the file in.\n",
	.options = {{"output", "FILE", "where to write; else standard output"},
		    {"host", "NAME", "name of the machine; else its own"}},
	.needs_no_home = true,
	.run = run,
};
