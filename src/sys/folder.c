#include "sys/folder.h"

#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDERS_OPEN = 16, POLL_MS = 20, POLLS_A_SECOND = 1000 / POLL_MS };

static enum err_code
fail(const char *doing, const char *path, struct err *e)
{
	int cause = errno;
	enum err_code code = cause == EACCES || cause == EPERM ? ERR_DENIED : ERR_IO;

	return err_set(e, code, "", "cannot %s %s: %s", doing, path, strerror(cause));
}

/* Whether the folder that is held is still the one of that name. */
static bool
is_named(int fd, const char *path)
{
	struct stat held;
	struct stat named;

	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
	       held.st_ino == named.st_ino;
}

static enum err_code
lock_once(const char *path, unsigned mode, int *ret_lock, struct err *e)
{
	enum err_code rc = file_make_folder(path, mode, e);
	int fd;

	if (rc)
		return rc;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail("open", path, e);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_named(fd, path)) {
		*ret_lock = fd;
		return ERR_NONE;
	}
	(void)close(fd);
	return err_set(e, ERR_BUSY, "",
		       "another process is working on the folder '%s'; try again when it is done",
		       path);
}

enum err_code
folder_lock(const char *path, unsigned mode, int seconds, int *ret_lock, struct err *e)
{
	const struct timespec pause = {0, POLL_MS * 1000000L};
	enum err_code rc = lock_once(path, mode, ret_lock, e);

	for (int i = 0; rc == ERR_BUSY && i < seconds * POLLS_A_SECOND; i++) {
		(void)nanosleep(&pause, NULL);
		rc = lock_once(path, mode, ret_lock, e);
	}
	return rc;
}

void
folder_unlock(int *lock)
{
	if (*lock >= 0)
		(void)close(*lock);
	*lock = -1;
}

static int
remove_below(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)kind;
	return place->level == 0 ? 0 : remove(path);
}

enum err_code
folder_empty(const char *path, struct err *e)
{
	if (nftw(path, remove_below, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		return fail("empty the folder", path, e);
	return ERR_NONE;
}

static int
is_below(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)path;
	(void)about;
	(void)kind;
	return place->level > 0;
}

bool
folder_is_empty(const char *path)
{
	return file_is_folder(path) && nftw(path, is_below, FOLDERS_OPEN, FTW_PHYS) == 0;
}

static bool
sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return synced;
}

static void
parent_of(const char *path, char parent[PATH_MAX])
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	(void)snprintf(parent, PATH_MAX, "%.*s", len > 0 ? (int)len : 1, len > 0 ? path : ".");
}

enum err_code
folder_rename(const char *from, const char *to, struct err *e)
{
	char parent[PATH_MAX];

	parent_of(to, parent);
	if (!sync_path(from, O_RDONLY | O_DIRECTORY))
		return fail("write", from, e);
	if (rename(from, to) != 0) {
		if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
			return err_set(e, ERR_CONFLICT, "", "'%s' is there already", to);
		return fail("make the folder", to, e);
	}
	if (!sync_path(parent, O_RDONLY | O_DIRECTORY))
		return fail("sync the folder of", to, e);
	return ERR_NONE;
}

enum err_code
folder_sync_file(const char *path, struct err *e)
{
	return sync_path(path, O_RDONLY) ? ERR_NONE : fail("write", path, e);
}
