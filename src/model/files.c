#include "model/files.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* Below the root that kept files are named by. */
static const char *
below_root(const char *path)
{
	size_t len = strlen(PLAN_KEPT_ROOT);

	return strncmp(path, PLAN_KEPT_ROOT, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

static const struct plan_file *
kept_find(const struct plan_files *kept, const char *path)
{
	const char *name = below_root(path);

	for (size_t i = 0; i < kept->count; i++) {
		if (strcmp(kept->files[i].path, name) == 0)
			return &kept->files[i];
	}
	return NULL;
}

/* The name within the folder; NULL when the file lies elsewhere or deeper. */
static const char *
name_in(const struct plan_file *f, const char *folder)
{
	size_t len = strlen(folder);

	if (strncmp(f->path, folder, len) != 0 || f->path[len] != '/')
		return NULL;
	return strchr(f->path + len + 1, '/') ? NULL : f->path + len + 1;
}

enum err_code
files_load(const struct bind *b, const char *path, struct str *ret_text, struct err *e)
{
	const struct plan_file *f;

	if (!b->kept)
		return file_load(path, LIMIT_PLAN_FILE_BYTES, b->arena, ret_text, e);
	f = kept_find(b->kept, path);
	if (!f)
		return err_set(e, ERR_MISSING, "", "the kept plan lacks the file '%s'",
			       below_root(path));
	*ret_text = f->bytes;
	return ERR_NONE;
}

bool
files_exist(const struct bind *b, const char *path)
{
	return b->kept ? kept_find(b->kept, path) != NULL : file_exists(path);
}

bool
files_folder_exists(const struct bind *b, const char *folder)
{
	if (!b->kept)
		return file_is_folder(folder);
	for (size_t i = 0; i < b->kept->count; i++) {
		if (name_in(&b->kept->files[i], below_root(folder)))
			return true;
	}
	return false;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum err_code
files_list(const struct bind *b, const char *folder, const char *suffix,
	   struct file_names *ret_names, struct err *e)
{
	struct file_names names = {0};

	if (!b->kept)
		return file_list(folder, suffix, b->arena, ret_names, e);
	names.names = arena_alloc(b->arena, (b->kept->count + 1) * sizeof(*names.names));
	for (size_t i = 0; i < b->kept->count; i++) {
		const char *name = name_in(&b->kept->files[i], below_root(folder));
		size_t len = name ? strlen(name) : 0;

		if (len >= strlen(suffix) && strcmp(name + len - strlen(suffix), suffix) == 0)
			names.names[names.count++] = name;
	}
	if (names.count > 0)
		qsort(names.names, names.count, sizeof(*names.names), by_name);
	*ret_names = names;
	return ERR_NONE;
}
