/* disk_priv.h -- mounted file systems out of mountinfo (proc(5)). */
#ifndef COLLECT_DISK_PRIV_H
#define COLLECT_DISK_PRIV_H

#include "collect/collection_priv.h"

struct mount {
	const char *point;  /* "swap" for a swap area */
	const char *device; /* "major:minor"; major 0 belongs to no device */
	const char *source;
	struct mount *next;
};

struct mounts {
	struct mount *first;
	struct mount *last;
};

/* Each returns how many lines made no sense. */
size_t disk_read_mounts(struct lines *l, struct arena *a, struct mounts *mounts);
size_t disk_read_swaps(struct lines *l, struct arena *a, struct mounts *mounts);

#endif
