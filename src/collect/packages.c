#include "base/limits.h"
#include "collect/packages_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char dpkg_status[] = "/var/lib/dpkg/status";

static const char *const rpm_databases[] = {"/var/lib/rpm", "/usr/lib/sysimage/rpm"};

/* What dpkg says of a package that has no files here. */
static const char *const gone[] = {"not-installed", "config-files"};

static void
add(struct packages *packages, struct package package, struct arena *a)
{
	struct package *kept;

	if (!text_is_clean(package.name, LIMIT_KEY_BYTES)) {
		packages->bad++;
		return;
	}
	kept = arena_alloc(a, sizeof(*kept));
	package.next = packages->first;
	*kept = package;
	packages->first = kept;
	packages->count++;
}

/* "install ok installed": what is wanted, a flag, and how it is. */
static bool
is_there(struct str status)
{
	struct str state;

	(void)text_word(&status);
	(void)text_word(&status);
	state = text_word(&status);
	for (size_t i = 0; i < COUNT_OF(gone); i++) {
		if (str_is(state, gone[i]))
			return false;
	}
	return state.ptr != NULL;
}

void
packages_read_dpkg(struct lines *l, struct arena *a, struct packages *packages)
{
	struct package package = {0};
	bool there = false, more;
	struct str line;

	do {
		more = !arena_over(a) && lines_next(l, &line);
		if (!more || line.len == 0) {
			if (there)
				add(packages, package, a);
			package = (struct package){0};
			there = false;
		} else if (text_skip(&line, "Package:")) {
			package.name = str_dup(a, str_trim(line));
		} else if (text_skip(&line, "Version:")) {
			package.version = str_dup(a, str_trim(line));
		} else if (text_skip(&line, "Architecture:")) {
			package.architecture = str_dup(a, str_trim(line));
		} else if (text_skip(&line, "Status:")) {
			there = is_there(line);
		}
	} while (more);
}

void
packages_read_rpm(struct lines *l, struct arena *a, struct packages *packages)
{
	struct str line;

	while (!arena_over(a) && lines_next(l, &line)) {
		struct str name = str_cut(&line, '\t');
		struct str version = str_cut(&line, '\t');
		int64_t seconds;

		/* rpm keeps the keys that it trusts as packages of this name. */
		if (name.len == 0 || str_is(name, "gpg-pubkey"))
			continue;
		if (version.len == 0 || !str_int(line, &seconds) || seconds < 0 ||
		    seconds > UINT32_MAX) {
			packages->bad++;
			continue;
		}
		add(packages,
		    (struct package){.name = str_dup(a, name),
				     .version = str_dup(a, version),
				     .installed_ms = seconds * MS_PER_SECOND},
		    a);
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct package *const *x = a, *const *y = b;
	int order = str_cmp((*x)->name, (*y)->name);

	return order != 0 ? order : str_cmp((*x)->version, (*y)->version);
}

/* Leaves each name and version once: dpkg lists a library once for each architecture. */
static void
index_packages(struct collection *c, const struct packages *packages)
{
	const struct package **list =
		arena_alloc(c->arena, (packages->count + 1) * sizeof(struct package *));
	size_t count = 0, kept = 0;

	for (const struct package *p = packages->first; p; p = p->next)
		list[count++] = p;
	qsort(list, count, sizeof(struct package *), by_name);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || by_name(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	}
	c->packages = list;
	c->package_count = kept;
}

static bool
same_name(const struct collection *c, size_t i, size_t j)
{
	return j < c->package_count && str_eq(c->packages[i]->name, c->packages[j]->name);
}

static void
write_installation(struct collection *c, const struct package *package, bool one_of_several)
{
	struct str version = one_of_several ? package->version : (struct str){0};
	const char *key = arena_format(c->arena, "%.*s%s%.*s@%s", STR_ARG(package->name),
				       one_of_several ? "-" : "", STR_ARG(version), c->host);

	if (!record_begin(c, IN_INSTALLATION, key))
		return;
	record_text(c, "software", package->name);
	record_text(c, "version", package->version);
	record_text(c, "asset", str_of(c->host));
	record_instant(c, "installed_at", package->installed_ms);
	record_end(c);
}

void
packages_write(struct collection *c, const struct packages *packages)
{
	index_packages(c, packages);
	for (size_t i = 0; i < c->package_count; i++) {
		if (i > 0 && same_name(c, i - 1, i))
			continue;
		if (!record_begin(c, IN_SOFTWARE, str_z(c->arena, c->packages[i]->name)))
			continue;
		record_text(c, "name", c->packages[i]->name);
		record_end(c);
	}
	for (size_t i = 0; i < c->package_count && !arena_over(c->arena); i++)
		write_installation(c, c->packages[i],
				   (i > 0 && same_name(c, i - 1, i)) || same_name(c, i, i + 1));
}

bool
packages_have(const struct collection *c, const char *name)
{
	size_t from = 0, to = c->package_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(c->packages[middle]->name, str_of(name));

		if (order == 0)
			return true;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/* dpkg rewrites a package's list of files whenever it unpacks it. */
static int64_t
dpkg_installed_at(struct collection *c, const struct package *package)
{
	struct stat st;

	if (stat(arena_format(c->arena, "%s/var/lib/dpkg/info/%.*s.list", c->root,
			      STR_ARG(package->name)),
		 &st) != 0 &&
	    stat(arena_format(c->arena, "%s/var/lib/dpkg/info/%.*s:%.*s.list", c->root,
			      STR_ARG(package->name), STR_ARG(package->architecture)),
		 &st) != 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND;
}

static void
read_dpkg(struct collection *c, struct packages *packages)
{
	CLEANUP(lines_fini) struct lines l = {0};

	if (!collection_open(c, dpkg_status, "installed packages", &l))
		return;
	packages_read_dpkg(&l, c->arena, packages);
	collection_read(c, dpkg_status, "installed packages", &l, packages->bad);
	for (struct package *p = packages->first; p; p = p->next)
		p->installed_ms = dpkg_installed_at(c, p);
}

static void
read_rpm(struct collection *c, struct packages *packages)
{
	static const char *const argv[] = {
		"rpm", "-qa", "--qf",
		"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\n", NULL};
	struct str out;
	struct lines l;

	if (!collection_run_program(c, argv, &out)) {
		collection_gap(c, "installed packages", "'rpm -qa' gave no answer");
		return;
	}
	lines_of(out, &l);
	packages_read_rpm(&l, c->arena, packages);
	if (packages->bad > 0)
		collection_gap(c, "installed packages", "%zu lines of 'rpm -qa' make no sense",
			       packages->bad);
}

void
packages_probe(struct collection *c)
{
	struct packages packages = {0};
	bool has_rpm = false;

	for (size_t i = 0; i < COUNT_OF(rpm_databases); i++)
		has_rpm = has_rpm || collection_has(c, rpm_databases[i]);
	if (collection_has(c, dpkg_status))
		read_dpkg(c, &packages);
	else if (has_rpm)
		read_rpm(c, &packages);
	else
		collection_gap(c, "installed packages", "neither dpkg's nor rpm's list is here");
	packages_write(c, &packages);
}
