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

static sqlite3_vfs disk_vfs;
static const sqlite3_io_methods *real;	/* what the system does with a file */
static sqlite3_io_methods disk_methods; /* the same but for what fails */
static atomic_bool failing;
static atomic_int failures;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct page pages[PAGES]; /* of one file, whoever has it open */
static char path[4096];

static int
disk_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
	struct page *p = &pages[at / PAGE];
	int rc;

	CHECK(count == PAGE && at % PAGE == 0 && at / PAGE < PAGES);
	(void)pthread_mutex_lock(&lock);
	if (!p->bytes) {
		p->bytes = calloc(1, PAGE);
		CHECK(p->bytes);
		rc = real->xRead(file, p->bytes, count, at);
		CHECK(rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ);
	}
	p->lost = false;
	rc = real->xWrite(file, bytes, count, at);
	(void)pthread_mutex_unlock(&lock);
	return rc;
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
	return fails ? SQLITE_IOERR_FSYNC : real->xSync(file, flags);
}

static int
disk_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
	sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");
	int rc = unix_vfs->xOpen(unix_vfs, name, file, flags, ret_flags);

	(void)vfs;
	if (rc || !(flags & SQLITE_OPEN_MAIN_DB))
		return rc;
	(void)pthread_mutex_lock(&lock);
	(void)snprintf(path, sizeof(path), "%s", name);
	if (!real) {
		real = file->pMethods;
		disk_methods = *real;
		/* Nobody reads past it through memory. */
		disk_methods.iVersion = 2;
		disk_methods.xWrite = disk_write;
		disk_methods.xSync = disk_sync;
	}
	file->pMethods = &disk_methods;
	(void)pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

void
failing_disk_use(void)
{
	CHECK(sqlite3_initialize() == SQLITE_OK);
	disk_vfs = *sqlite3_vfs_find("unix");
	disk_vfs.pNext = NULL;
	disk_vfs.zName = "failing";
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
