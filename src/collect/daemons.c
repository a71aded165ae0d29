/* daemons.c -- which of the programs that matter here are running. */
#include "collect/collection_priv.h"

#include <string.h>

/* The kernel keeps the first 15 bytes of a process's name. */
static const char *const daemon_names[DAEMONS] = {
	[DAEMON_CHRONYD] = "chronyd",	  [DAEMON_TIMESYNCD] = "systemd-timesyn",
	[DAEMON_NTPD] = "ntpd",		  [DAEMON_CLAMD] = "clamd",
	[DAEMON_CLAMONACC] = "clamonacc",
};

static void
process_seen(struct collection *c, struct str name)
{
	for (size_t i = 0; i < DAEMONS; i++) {
		if (name.ptr && str_is(name, daemon_names[i]))
			c->daemons[i] = YES;
	}
}

/* Where the processes of others are hidden (mount option hidepid), process 1 is hidden too: then
 * only what is seen is known. */
void
daemons_probe(struct collection *c)
{
	struct file_names folders;
	struct err e;

	if (file_list(collection_path(c, "/proc"), "", c->arena, &folders, &e)) {
		collection_gap(c, "running programs", "%s", e.message);
		return;
	}
	if (collection_first_line(c, "/proc/1/comm").ptr)
		for (size_t i = 0; i < DAEMONS; i++)
			c->daemons[i] = NO;
	else
		collection_gap(c, "running programs of others", "/proc hides them; run as root");
	for (size_t i = 0; i < folders.count && !arena_over(c->arena); i++) {
		const char *name = folders.names[i];

		if (strspn(name, "0123456789") == strlen(name))
			process_seen(c, collection_first_line(
						c, arena_format(c->arena, "/proc/%s/comm", name)));
	}
}
