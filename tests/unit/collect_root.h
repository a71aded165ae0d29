/* collect_root.h -- a folder that stands for / while a test of src/collect runs. */
#ifndef COLLECT_ROOT_H
#define COLLECT_ROOT_H

#include "base/limits.h"
#include "collect/collection_priv.h"
#include "test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 2026-06-15T12:00:00Z */
#define COLLECT_NOW INT64_C(1781524800000)

enum { COLLECT_ARENA = 64 * 1024 * 1024 };

struct root {
	char path[64];
	struct arena arena;
};

static inline void
root_init(struct root *r)
{
	const char *text = "/tmp/holdfast-collect.XXXXXX";

	memcpy(r->path, text, strlen(text) + 1);
	CHECK(mkdtemp(r->path));
	CHECK(chmod(r->path, 0755) == 0);
	arena_init(&r->arena, COLLECT_ARENA);
}

static inline int
root_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static inline void
root_fini(struct root *r)
{
	CHECK(nftw(r->path, root_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
	arena_fini(&r->arena);
}

/* Writes a file and makes the folders above it. */
static inline void
root_put_bytes(struct root *r, const char *path, const void *bytes, size_t len)
{
	const char *name = arena_format(&r->arena, "%s%s", r->path, path);
	char *folder = str_z(&r->arena, str_of(name));
	struct err e = {0};

	*strrchr(folder, '/') = '\0';
	CHECK(file_make_folder(folder, 0755, &e) == ERR_NONE);
	CHECK(file_save(name, (struct str){bytes, len}, 0644, &e) == ERR_NONE);
}

static inline void
root_put(struct root *r, const char *path, const char *text)
{
	root_put_bytes(r, path, text, strlen(text));
}

/* A collection as collect_run makes it, for calling one probe. */
static inline void
root_collection(struct root *r, struct collection *ret_c)
{
	*ret_c = (struct collection){.root = r->path,
				     .host = "h1",
				     .now_ms = COLLECT_NOW,
				     .arena = &r->arena,
				     .uptime_s = -1};
	ret_c->gap_end = &ret_c->gaps;
	buf_init(&ret_c->body, COLLECT_ARENA);
}

static inline bool
has_gap(const struct collection *c, const char *what)
{
	for (const struct collect_gap *g = c->gaps; g; g = g->next) {
		if (strcmp(g->what, what) == 0)
			return true;
	}
	return false;
}

static inline bool
body_has(const struct collection *c, const char *text)
{
	return c->body.data && strstr(c->body.data, text);
}

#endif
