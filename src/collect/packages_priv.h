/* packages_priv.h -- installed packages, out of dpkg's status file or rpm's answer. */
#ifndef COLLECT_PACKAGES_PRIV_H
#define COLLECT_PACKAGES_PRIV_H

#include "collect/collection_priv.h"

struct package {
	struct package *next;
	struct str name;
	struct str version; /* {NULL, 0}: not known */
	struct str architecture;
	int64_t installed_ms; /* when this version was put there; 0: not known */
};

struct packages {
	struct package *first;
	size_t count;
	size_t bad; /* entries that made no sense */
};

/* Adds the packages whose files are there: neither removed ones nor those of which only settings
 * are left. */
void packages_read_dpkg(struct lines *l, struct arena *a, struct packages *packages);

/* Lines of name, version and seconds since 1970, parted by tabs. */
void packages_read_rpm(struct lines *l, struct arena *a, struct packages *packages);

/* Sorts into c->packages, each name and version once, and writes the records. */
void packages_write(struct collection *c, const struct packages *packages);

#endif
