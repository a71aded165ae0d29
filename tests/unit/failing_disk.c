#include "failing_disk.h"

#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 65536 };

/* A page of the file as the disk has it, while the system has something else. */
struct page {
	char *bytes; /* NULL: it has the same */
	bool lost;   /* and takes it for written */
};

/* The file of the system's own lies behind it. */
struct disk_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_vfs disk_vfs;
static atomic_bool failing;
static atomic_int failures;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct page pages[PAGES]; /* of one file, whoever has it open */
static char path[4096];

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return ((struct disk_file *)(void *)file)->real;
}

static int
disk_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int
disk_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, count, at);
}

static int
disk_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
	sqlite3_file *real = real_of(file);
	struct page *p = &pages[at / PAGE];
	int rc;

	CHECK(count == PAGE && at % PAGE == 0 && at / PAGE < PAGES);
	(void)pthread_mutex_lock(&lock);
	if (!p->bytes) {
		p->bytes = calloc(1, PAGE);
		CHECK(p->bytes);
		rc = real->pMethods->xRead(real, p->bytes, count, at);
		CHECK(rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ);
	}
	p->lost = false;
	rc = real->pMethods->xWrite(real, bytes, count, at);
	(void)pthread_mutex_unlock(&lock);
	return rc;
}

static int
disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
disk_sync(sqlite3_file *file, int flags)
{
	bool fails = atomic_load(&failing);

	(void)pthread_mutex_lock(&lock);
	for (size_t i = 0; i < PAGES; i++) {
		if (!pages[i].bytes || pages[i].lost)
			continue;
		if (!fails) {
			free(pages[i].bytes);
			pages[i].bytes = NULL;
		}
		pages[i].lost = fails;
	}
	(void)pthread_mutex_unlock(&lock);
	if (fails)
		atomic_fetch_add(&failures, 1);
	return fails ? SQLITE_IOERR_FSYNC : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int
disk_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int
disk_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
disk_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
disk_is_reserved(sqlite3_file *file, int *ret_is)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_is);
}

static int
disk_control(sqlite3_file *file, int what, void *value)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), what, value);
}

static int
disk_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
disk_device(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
disk_map(sqlite3_file *file, int block, int size, int extend, void volatile **ret_memory)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), block, size, extend, ret_memory);
}

static int
disk_map_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void
disk_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
disk_unmap(sqlite3_file *file, int remove)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods disk_methods = {
	.iVersion = 2,
	.xClose = disk_close,
	.xRead = disk_read,
	.xWrite = disk_write,
	.xTruncate = disk_truncate,
	.xSync = disk_sync,
	.xFileSize = disk_size,
	.xLock = disk_lock,
	.xUnlock = disk_unlock,
	.xCheckReservedLock = disk_is_reserved,
	.xFileControl = disk_control,
	.xSectorSize = disk_sector,
	.xDeviceCharacteristics = disk_device,
	.xShmMap = disk_map,
	.xShmLock = disk_map_lock,
	.xShmBarrier = disk_barrier,
	.xShmUnmap = disk_unmap,
};

static int
disk_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
	sqlite3_vfs *real = sqlite3_vfs_find("unix");
	struct disk_file *f = (struct disk_file *)(void *)file;
	int rc;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return real->xOpen(real, name, file, flags, ret_flags);
	(void)snprintf(path, sizeof(path), "%s", name);
	*f = (struct disk_file){.real = (sqlite3_file *)(void *)(f + 1)};
	rc = real->xOpen(real, name, f->real, flags, ret_flags);
	if (f->real->pMethods)
		f->base.pMethods = &disk_methods;
	return rc;
}

void
failing_disk_use(void)
{
	CHECK(sqlite3_initialize() == SQLITE_OK);
	disk_vfs = *sqlite3_vfs_find("unix");
	disk_vfs.pNext = NULL;
	disk_vfs.zName = "failing";
	disk_vfs.szOsFile += (int)sizeof(struct disk_file);
	disk_vfs.xOpen = disk_open;
	CHECK(sqlite3_vfs_register(&disk_vfs, 1) == SQLITE_OK);
}

void
failing_disk_set(bool fails)
{
	atomic_store(&failing, fails);
}

int
failing_disk_count(void)
{
	return atomic_load(&failures);
}

void
failing_disk_cut(void)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	for (size_t i = 0; i < PAGES; i++) {
		if (!pages[i].bytes)
			continue;
		CHECK(pwrite(fd, pages[i].bytes, PAGE, (off_t)i * PAGE) == PAGE);
		free(pages[i].bytes);
		pages[i] = (struct page){0};
	}
	CHECK(close(fd) == 0);
}
