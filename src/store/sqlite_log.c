#include "store/sqlite_priv.h"

#include "sys/file.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* SQLite writes each page of its log by two small writes, and each of those touches pages of the
 * system's that the next touches again. While a transaction is committed, what follows on one
 * another is gathered here and written at once: when its last page comes, and before the log is
 * cut, measured or forced to the disk. Nobody else may write the log then, and others read of it
 * only what transactions that ended have written. At any other time all is written as it comes: a
 * transaction that is rolled back must leave nothing here, for others to find their log overwritten
 * with. */

/* SQLite's own way to files takes less than 128 KiB at a time. */
enum { GATHER_BYTES = 127 * 1024, FRAME_HEAD = 24 };

/* The file of the system's own lies behind it. */
struct log_file {
	sqlite3_file base;
	sqlite3_file *real;
	char *bytes;
	size_t count;
	sqlite3_int64 at; /* where in the file the first of them belongs */
	bool gathers;
	bool ending; /* the page to come is the last of its transaction */
};

static struct log_file *
of_file(sqlite3_file *file)
{
	/* SQLite hands out what log_open was given, whose first member it is. */
	return (struct log_file *)(void *)file;
}

/* SQLite itself takes only a full disk for one, and not a user's share of it or a limit on files.
 */
static int
real_write(const struct log_file *f, const void *bytes, size_t count, sqlite3_int64 at)
{
	int rc = f->real->pMethods->xWrite(f->real, bytes, (int)count, at);

	return rc == SQLITE_IOERR_WRITE && file_is_full(errno) ? SQLITE_FULL : rc;
}

/* What cannot be written is a transaction that fails, so it is not kept. */
static int
flush(struct log_file *f)
{
	size_t count = f->count;

	f->count = 0;
	return count ? real_write(f, f->bytes, count, f->at) : SQLITE_OK;
}

/* What is left is of no transaction that ended. */
static int
log_close(sqlite3_file *file)
{
	struct log_file *f = of_file(file);

	free(f->bytes);
	return f->real->pMethods->xClose(f->real);
}

static int
log_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at)
{
	struct log_file *f = of_file(file);
	bool overlaps = at < f->at + (sqlite3_int64)f->count && f->at < at + count;
	int rc = overlaps ? flush(f) : SQLITE_OK;

	return rc ? rc : f->real->pMethods->xRead(f->real, bytes, count, at);
}

/* Before a page stands its head, with how large the database is then where a transaction ends, or
 * zero (section 4.1 of SQLite's file format). */
static bool
ends_transaction(const char *bytes, int count)
{
	return count == FRAME_HEAD && memcmp(bytes + 4, "\0\0\0\0", 4) != 0;
}

static int
log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
	struct log_file *f = of_file(file);
	size_t more = (size_t)count;
	bool last = f->ending;
	int rc = SQLITE_OK;

	if (!f->bytes && f->gathers)
		f->bytes = malloc(GATHER_BYTES);
	if (f->at + (sqlite3_int64)f->count != at || f->count + more > GATHER_BYTES)
		rc = flush(f);
	if (rc)
		return rc;
	if (!f->bytes || !f->gathers || more > GATHER_BYTES)
		return real_write(f, bytes, more, at);
	if (f->count == 0)
		f->at = at;
	memcpy(f->bytes + f->count, bytes, more);
	f->count += more;
	f->ending = ends_transaction(bytes, count);
	return last ? flush(f) : SQLITE_OK;
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log_file *f = of_file(file);
	int rc = flush(f);

	return rc ? rc : f->real->pMethods->xTruncate(f->real, size);
}

static int
log_sync(sqlite3_file *file, int flags)
{
	struct log_file *f = of_file(file);
	int rc = flush(f);

	return rc ? rc : f->real->pMethods->xSync(f->real, flags);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	struct log_file *f = of_file(file);
	int rc = flush(f);

	return rc ? rc : f->real->pMethods->xFileSize(f->real, ret_size);
}

static int
log_lock(sqlite3_file *file, int lock)
{
	return of_file(file)->real->pMethods->xLock(of_file(file)->real, lock);
}

static int
log_unlock(sqlite3_file *file, int lock)
{
	return of_file(file)->real->pMethods->xUnlock(of_file(file)->real, lock);
}

static int
log_is_reserved(sqlite3_file *file, int *ret_is)
{
	return of_file(file)->real->pMethods->xCheckReservedLock(of_file(file)->real, ret_is);
}

static int
log_control(sqlite3_file *file, int what, void *value)
{
	return of_file(file)->real->pMethods->xFileControl(of_file(file)->real, what, value);
}

static int
log_sector(sqlite3_file *file)
{
	return of_file(file)->real->pMethods->xSectorSize(of_file(file)->real);
}

static int
log_device(sqlite3_file *file)
{
	return of_file(file)->real->pMethods->xDeviceCharacteristics(of_file(file)->real);
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_is_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_device,
};

/* Every other file is the system's own. */
static int
log_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);
	struct log_file *f = of_file(file);
	int rc;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return real->xOpen(real, name, file, flags, ret_flags);
	*f = (struct log_file){.real = (sqlite3_file *)(void *)(f + 1)};
	rc = real->xOpen(real, name, f->real, flags, ret_flags);
	if (f->real->pMethods)
		f->base.pMethods = &log_methods;
	return rc;
}

/* SQLite wants one that stays, and changes it: it links those it knows. */
static sqlite3_vfs log_vfs;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
vfs_make(void)
{
	log_vfs = *sqlite3_vfs_find(NULL);
	log_vfs.pNext = NULL;
	log_vfs.zName = "gathered";
	log_vfs.szOsFile += (int)sizeof(struct log_file);
	log_vfs.xOpen = log_open;
	(void)sqlite3_vfs_register(&log_vfs, 0);
}

const char *
sqlite_files(void)
{
	(void)pthread_once(&once, vfs_make);
	return log_vfs.zName;
}

void
sqlite_log_gather(sqlite3 *handle, bool gathers)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) || !file ||
	    file->pMethods != &log_methods)
		return;
	of_file(file)->gathers = gathers;
	of_file(file)->ending = false;
	of_file(file)->count = 0;
}

/* What is written is in the log first, and then in its place too. The log itself has about so many
 * bytes before it begins anew, of pages as large as SQLite makes them. */
enum { PAGE_BYTES = 4096, LOG_BYTES = LOG_WHOLE * (FRAME_HEAD + PAGE_BYTES) };

enum err_code
sqlite_check_room(struct db *db, int64_t bytes, struct err *e)
{
	const struct sqlite_db *d = (const void *)db;
	const char *path = sqlite3_db_filename(d->handle, "main");
	struct statvfs disk;

	/* One that does not say how much it has says when it is full. */
	if (!path || !path[0] || statvfs(path, &disk) != 0 || disk.f_blocks == 0)
		return ERR_NONE;
	if (disk.f_bavail * disk.f_frsize >= (uint64_t)bytes * 2 + LOG_BYTES)
		return ERR_NONE;
	return err_set(e, ERR_FULL, "",
		       "the disk is full: %lld bytes more would not fit; nothing was changed; free "
		       "some space and repeat",
		       (long long)bytes);
}
