#include "sys/file.h"
#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 16384, FOLDERS_OPEN = 16 };

struct file {
	int fd;
	char path[]; /* for messages */
};

/* Says in words what errno says about `path`. */
static enum err_code
fail(const char *doing, const char *path, struct err *e)
{
	int cause = errno;

	if (cause == ENOENT)
		return err_set(e, ERR_MISSING, "", "cannot %s %s: it does not exist", doing, path);
	if (cause == EACCES || cause == EPERM)
		return err_set(e, ERR_DENIED, "", "cannot %s %s: permission denied", doing, path);
	if (cause == EISDIR)
		return err_set(e, ERR_INVALID, "", "cannot %s %s: it is a folder", doing, path);
	if (cause == ENOTDIR)
		return err_set(e, ERR_INVALID, "",
			       "cannot %s %s: it or a part of its path is no folder", doing, path);
	return err_set(e, ERR_IO, "", "cannot %s %s: %s", doing, path, strerror(cause));
}

enum err_code
file_open(const char *path, struct file **ret_file, struct err *e)
{
	bool standard_input = strcmp(path, "-") == 0;
	const char *name = standard_input ? "standard input" : path;
	size_t size = strlen(name) + 1;
	struct file *f = malloc(sizeof(*f) + size);
	struct stat about;

	if (!f)
		return err_set(e, ERR_INTERNAL, "", "no memory to open %s", path);
	memcpy(f->path, name, size);
	f->fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &about) != 0)
		goto fail;
	if (S_ISDIR(about.st_mode)) {
		errno = EISDIR;
		goto fail;
	}
	*ret_file = f;
	return ERR_NONE;
fail:
	(void)fail("read", name, e);
	file_close(f);
	return e->code;
}

void
file_close(struct file *f)
{
	if (!f)
		return;
	if (f->fd > STDIN_FILENO)
		(void)close(f->fd);
	free(f);
}

void
file_closep(struct file **f)
{
	file_close(*f);
}

bool
file_is_plain(const struct file *f)
{
	struct stat about;

	return fstat(f->fd, &about) == 0 && S_ISREG(about.st_mode);
}

enum err_code
file_read(void *file, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct file *f = file;
	ssize_t n;

	do
		n = read(f->fd, bytes, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail("read", f->path, e);
	*ret_len = (size_t)n;
	return ERR_NONE;
}

enum err_code
file_load(const char *path, size_t limit, struct arena *a, struct str *ret_text, struct err *e)
{
	CLEANUP(file_closep) struct file *f = NULL;
	CLEANUP(buf_fini) struct buf b;
	char chunk[CHUNK_BYTES];
	enum err_code rc;
	size_t len;

	buf_init(&b, limit + 1);
	rc = file_open(path, &f, e);
	while (rc == ERR_NONE) {
		rc = file_read(f, chunk, sizeof(chunk), &len, e);
		if (rc != ERR_NONE || len == 0)
			break;
		buf_add(&b, chunk, len);
		if (b.failed)
			rc = err_set(e, ERR_TOO_BIG, "", "%s is larger than %zu bytes", path,
				     limit);
	}
	if (rc != ERR_NONE)
		return rc;
	ret_text->ptr = arena_strndup(a, b.data ? b.data : "", b.len);
	ret_text->len = b.len;
	return ERR_NONE;
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

/* A rename is durable only once the folder that holds the name is. */
static bool
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX] = ".";
	bool synced;
	int fd;

	if (slash)
		(void)snprintf(parent, sizeof(parent), "%.*s",
			       (int)(slash > path ? slash - path : 1), path);
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	synced = fsync(fd) == 0;
	(void)close(fd);
	return synced;
}

struct file_out {
	int fd; /* -1 once it is done with */
	unsigned mode;
	char path[PATH_MAX];
	char temporary[PATH_MAX];
};

enum err_code
file_out_open(const char *path, unsigned mode, struct file_out **ret_out, struct err *e)
{
	struct file_out *out = malloc(sizeof(*out));
	int len;

	if (!out)
		return err_set(e, ERR_INTERNAL, "", "no memory to write %s", path);
	out->fd = -1;
	out->mode = mode;
	(void)snprintf(out->path, sizeof(out->path), "%s", path);
	len = snprintf(out->temporary, sizeof(out->temporary), "%s.XXXXXX", path);
	if (len < 0 || (size_t)len >= sizeof(out->temporary)) {
		file_out_close(out);
		return err_set(e, ERR_INVALID, "", "the path is too long: %s", path);
	}
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0) {
		(void)fail("write", path, e);
		file_out_close(out);
		return e->code;
	}
	*ret_out = out;
	return ERR_NONE;
}

enum err_code
file_out_put(struct file_out *out, struct str bytes, struct err *e)
{
	return write_all(out->fd, bytes) ? ERR_NONE : fail("write", out->path, e);
}

enum err_code
file_out_commit(struct file_out *out, struct err *e)
{
	int fd = out->fd;

	if (fchmod(fd, (mode_t)out->mode) != 0 || fsync(fd) != 0)
		return fail("write", out->path, e);
	/* Closed even when close says that it failed. */
	out->fd = -1;
	if (close(fd) != 0 || rename(out->temporary, out->path) != 0) {
		(void)fail("write", out->path, e);
		(void)unlink(out->temporary);
		return e->code;
	}
	if (!sync_parent(out->path))
		return fail("sync the folder of", out->path, e);
	return ERR_NONE;
}

void
file_out_close(struct file_out *out)
{
	if (!out)
		return;
	if (out->fd >= 0) {
		(void)close(out->fd);
		(void)unlink(out->temporary);
	}
	free(out);
}

void
file_out_closep(struct file_out **out)
{
	file_out_close(*out);
}

enum err_code
file_save(const char *path, struct str bytes, unsigned mode, struct err *e)
{
	CLEANUP(file_out_closep) struct file_out *out = NULL;
	enum err_code rc = file_out_open(path, mode, &out, e);

	if (!rc)
		rc = file_out_put(out, bytes, e);
	return rc ? rc : file_out_commit(out, e);
}

static void
close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static bool
is_listed(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t tail = strlen(suffix);

	return name[0] != '.' && len >= tail && strcmp(name + len - tail, suffix) == 0;
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **
names_grown(struct arena *a, const char **names, size_t count, size_t size)
{
	const char **grown = arena_alloc(a, size * sizeof(*grown));

	if (count > 0)
		memcpy(grown, names, count * sizeof(*grown));
	return grown;
}

enum err_code
file_list(const char *folder, const char *suffix, struct arena *a, struct file_names *ret_names,
	  struct err *e)
{
	CLEANUP(close_folder) DIR *d = opendir(folder);
	struct file_names list = {0};
	struct dirent *entry;
	size_t size = 0;

	if (!d)
		return fail("list", folder, e);
	for (errno = 0; (entry = readdir(d)) != NULL; errno = 0) {
		if (!is_listed(entry->d_name, suffix))
			continue;
		if (list.count == size) {
			size = size ? size * 2 : 32;
			list.names = names_grown(a, list.names, list.count, size);
		}
		list.names[list.count++] = str_z(a, str_of(entry->d_name));
		if (arena_over(a))
			return err_set(e, ERR_TOO_BIG, "", "%s holds too many files", folder);
	}
	if (errno != 0)
		return fail("list", folder, e);
	if (list.count > 0)
		qsort(list.names, list.count, sizeof(*list.names), name_order);
	*ret_names = list;
	return ERR_NONE;
}

bool
file_is_full(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

bool
file_exists(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0;
}

bool
file_is_folder(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool
folder_made(const char *path, unsigned mode)
{
	if (mkdir(path, (mode_t)mode) == 0 || (errno == EEXIST && file_is_folder(path)))
		return true;
	if (errno == EEXIST)
		errno = ENOTDIR;
	return false;
}

enum err_code
file_make_folder(const char *path, unsigned mode, struct err *e)
{
	char prefix[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(prefix))
		return err_set(e, ERR_INVALID, "", "'%s' is no name for a folder", path);
	memcpy(prefix, path, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (prefix[i] != '/')
			continue;
		prefix[i] = '\0';
		if (!folder_made(prefix, mode))
			return fail("make the folder", prefix, e);
		prefix[i] = '/';
	}
	if (!folder_made(path, mode))
		return fail("make the folder", path, e);
	return ERR_NONE;
}

static int
remove_entry(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)kind;
	(void)place;
	return remove(path);
}

enum err_code
file_remove_folder(const char *path, struct err *e)
{
	struct stat about;

	if (lstat(path, &about) != 0)
		return errno == ENOENT ? ERR_NONE : fail("remove the folder", path, e);
	errno = S_ISDIR(about.st_mode) ? 0 : ENOTDIR;
	if (errno != 0 || nftw(path, remove_entry, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		return fail("remove the folder", path, e);
	return ERR_NONE;
}

char *
file_join(struct arena *a, const char *dir, const char *name)
{
	size_t dir_len = strlen(dir);
	size_t name_len = strlen(name);
	char *path = arena_alloc(a, dir_len + name_len + 2);

	memcpy(path, dir, dir_len);
	path[dir_len] = '/';
	memcpy(path + dir_len + 1, name, name_len);
	return path;
}
