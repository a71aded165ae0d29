/* host.c -- name, operating system, kernel and kind of the machine.
 *
 * Kind: what the chassis type of the firmware (SMBIOS 3.6, 7.4.1) says, but a virtual machine that
 * is no laptop is a server, because hypervisors report a desktop or nothing.
 */
#include "base/limits.h"
#include "collect/collection_priv.h"

#include <string.h>

static const char *const chassis_kinds[] = {
	[3] = "workstation",  /* desktop */
	[4] = "workstation",  /* low profile desktop */
	[6] = "workstation",  /* mini tower */
	[7] = "workstation",  /* tower */
	[8] = "laptop",	      /* portable */
	[9] = "laptop",	      /* laptop */
	[10] = "laptop",      /* notebook */
	[13] = "workstation", /* all in one */
	[14] = "laptop",      /* sub notebook */
	[15] = "workstation", /* space-saving */
	[17] = "server",      /* main server chassis */
	[23] = "server",      /* rack mount */
	[24] = "workstation", /* sealed-case PC */
	[25] = "server",      /* multi-system */
	[26] = "server",      /* compact PCI */
	[27] = "server",      /* advanced TCA */
	[28] = "server",      /* blade */
	[29] = "server",      /* blade enclosure */
	[30] = "laptop",      /* tablet */
	[31] = "laptop",      /* convertible */
	[32] = "laptop",      /* detachable */
	[35] = "workstation", /* mini PC */
	[36] = "workstation", /* stick PC */
};

/* Names that thousands of machines share. */
static const char *const shared_names[] = {"", "(none)", "localhost", "localhost.localdomain"};

enum err_code
host_name(struct collection *c, const char *given, struct err *e)
{
	bool own = !given || given[0] == '\0';
	struct str seen =
		own ? collection_first_line(c, "/proc/sys/kernel/hostname") : str_of(given);
	char *name;

	if (own && !seen.ptr)
		seen = collection_first_line(c, "/etc/hostname");
	name = str_z(c->arena, seen);
	for (char *p = name; *p != '\0'; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
	for (size_t i = 0; own && i < COUNT_OF(shared_names); i++) {
		if (strcmp(name, shared_names[i]) == 0)
			return err_set(
				e, ERR_INVALID, "host",
				"this machine's name is '%s', which does not tell it from others; "
				"give one with --host NAME",
				name);
	}
	if (!text_is_clean(str_of(name), LIMIT_KEY_BYTES / 2) || strpbrk(name, " /@"))
		return err_set(
			e, ERR_INVALID, "host",
			"the host name must be at most %d bytes of UTF-8 text without blank, "
			"slash and @; give another with --host NAME",
			LIMIT_KEY_BYTES / 2);
	c->host = name;
	return ERR_NONE;
}

/* A value of os-release is written as a shell would read it. */
static struct str
unquoted(struct str value, struct arena *a)
{
	char *text = str_z(a, value);
	char quote = '\0';
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		char byte = value.ptr[i];

		if (quote == '\0' && (byte == '"' || byte == '\'')) {
			quote = byte;
		} else if (quote != '\0' && byte == quote) {
			break;
		} else {
			if (byte == '\\' && quote != '\'' && i + 1 < value.len)
				byte = value.ptr[++i];
			text[len++] = byte;
		}
	}
	text[len] = '\0';
	return (struct str){text, len};
}

struct str
host_pretty_name(struct lines *l, struct arena *a)
{
	struct str name = {0};
	struct str line;

	while (!arena_over(a) && lines_next(l, &line)) {
		if (text_skip(&line, "PRETTY_NAME="))
			name = unquoted(str_trim(line), a);
	}
	return name.len > 0 ? name : (struct str){0};
}

static void
read_build(struct collection *c)
{
	CLEANUP(lines_fini) struct lines l = {0};

	if (!collection_open(c, "/etc/os-release", NULL, &l) &&
	    !collection_open(c, "/usr/lib/os-release", "operating system", &l))
		return;
	c->build = host_pretty_name(&l, c->arena);
}

static void
read_uptime(struct collection *c)
{
	struct str text = collection_first_line(c, "/proc/uptime");
	int64_t seconds;

	if (text.ptr && str_int(str_cut(&text, '.'), &seconds) && seconds >= 0)
		c->uptime_s = seconds;
	else
		collection_gap(c, "uptime", "/proc/uptime does not say it");
}

/* The flag is set inside of every x86 virtual machine; other processors have no such sign in
 * cpuinfo. */
static bool
is_virtual(struct collection *c)
{
	CLEANUP(lines_fini) struct lines l = {0};
	struct str line, word;

	if (!collection_open(c, "/proc/cpuinfo", NULL, &l))
		return false;
	while (lines_next(&l, &line)) {
		if (!str_begins(line, "flags"))
			continue;
		while ((word = text_word(&line)).ptr) {
			if (str_is(word, "hypervisor"))
				return true;
		}
		return false;
	}
	return false;
}

static const char *
machine_kind(struct collection *c)
{
	struct str text = collection_first_line(c, "/sys/class/dmi/id/chassis_type");
	const char *kind = NULL;
	int64_t type;

	if (text.ptr && str_int(text, &type) && type >= 0 &&
	    type < (int64_t)COUNT_OF(chassis_kinds))
		kind = chassis_kinds[type];
	if ((!kind || strcmp(kind, "laptop") != 0) && is_virtual(c))
		kind = "server";
	return kind;
}

void
host_probe(struct collection *c)
{
	const char *kind = machine_kind(c);

	c->kernel = collection_first_line(c, "/proc/sys/kernel/osrelease");
	read_build(c);
	read_uptime(c);
	if (!c->kernel.ptr)
		collection_gap(c, "kernel", "/proc/sys/kernel/osrelease does not say it");
	if (!kind)
		collection_gap(
			c, "kind of machine",
			"/sys/class/dmi/id/chassis_type does not tell a server from a laptop");
	if (record_begin(c, IN_SYSTEM, c->host)) {
		record_text(c, "name",
			    str_of(c->build.ptr ? arena_format(c->arena, "%.*s on %s",
							       STR_ARG(c->build), c->host)
						: c->host));
		record_text(c, "kind", str_of("infrastructure"));
		record_end(c);
	}
	if (record_begin(c, IN_ASSET, c->host)) {
		record_text(c, "kind", str_of(kind));
		if (kind)
			record_flag(c, "portable", strcmp(kind, "laptop") == 0 ? YES : NO);
		record_end(c);
	}
}

void
host_facts(const struct collection *c, struct json_writer *w)
{
	if (text_is_clean(c->kernel, LIMIT_FIELD_BYTES)) {
		jw_key(w, "kernel");
		jw_text(w, c->kernel);
	}
	if (text_is_clean(c->build, LIMIT_FIELD_BYTES)) {
		jw_key(w, "build");
		jw_text(w, c->build);
	}
	if (c->uptime_s >= 0) {
		jw_key(w, "uptime_s");
		jw_int(w, c->uptime_s);
	}
}
