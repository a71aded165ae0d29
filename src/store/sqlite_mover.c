#include "store/sqlite_priv.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Who commits again and again would stop now and then to move what stands in the log to its place
 * in the file, and everybody who waits for him would. Here a thread does it, with a connection of
 * its own, while the log goes on growing; so the log is never moved to its end and could never
 * begin anew. When it is long, and the thread has just moved nearly all of it, the one who commits
 * moves the rest. All of it is SQLite's own work: whenever it ends, the log still has what is not
 * in its place. */

enum {
	LOG_LITTLE = LOG_PAGES / 8,
	LOG_MOST = 12 * LOG_PAGES, /* who commits waits for the thread */
};

struct mover {
	sqlite3 *handle; /* only the thread uses it */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come;   /* something is to be moved, or the end */
	pthread_cond_t rested; /* it was */
	int pages;	       /* in the log after the last commit */
	int moved;	       /* of them, when the thread began last */
	int again;	       /* before so many, who commits moves no rest */
	bool moving;
	bool ending;
	bool failed; /* the last time */
	struct err why;
};

/* The index of the log, which all connections of the file share (sections 2.1 and 2.3 of SQLite's
 * "WAL-mode File Format"): how much of the log is in its place, and the lock of whoever moves it.
 */
enum { INDEX_BLOCK = 32768, INDEX_MOVED = 96 / sizeof(uint32_t), LOCK_MOVES = 1 };
enum { NS_A_TRY = 1000000 };

static sqlite3_file *
file_of(sqlite3 *handle)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    !file || !file->pMethods || file->pMethods->iVersion < 2)
		return NULL;
	return file;
}

static void
moves_lock(sqlite3_file *file)
{
	const struct timespec rest = {.tv_nsec = NS_A_TRY};

	while (file->pMethods->xShmLock(file, LOCK_MOVES, 1,
					SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) == SQLITE_BUSY)
		(void)nanosleep(&rest, NULL);
}

static void
moves_unlock(sqlite3_file *file)
{
	(void)file->pMethods->xShmLock(file, LOCK_MOVES, 1,
				       SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
}

/* What the system could not write to the disk it takes for written from then on, and says so once
 * to each who has the file open: the next time it would say that all is well. So nothing of the log
 * counts as being in its place any more, and whoever moves it next moves all of it. The log itself
 * is whole. */
static void
unmove(sqlite3_file *file)
{
	void volatile *index = NULL;

	if (file->pMethods->xShmMap(file, 0, INDEX_BLOCK, 0, &index) == SQLITE_OK && index)
		__atomic_store_n((volatile uint32_t *)index + INDEX_MOVED, 0, __ATOMIC_SEQ_CST);
}

bool
sqlite_log_move(sqlite3 *handle)
{
	int rc = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	sqlite3_file *file = (rc & 0xff) == SQLITE_IOERR ? file_of(handle) : NULL;

	if (file) {
		moves_lock(file);
		unmove(file);
		moves_unlock(file);
	}
	return rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED;
}

/* SQLite forces the file to the disk only when all of the log is in it, and whoever moves the rest
 * would wait for what was moved before. */
static bool
force(sqlite3 *handle)
{
	sqlite3_file *file = file_of(handle);
	int rc;

	if (!file)
		return false;
	moves_lock(file);
	rc = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
	if (rc)
		unmove(file);
	moves_unlock(file);
	return rc == SQLITE_OK;
}

/* What became of moving it, by the thread or by whoever commits. */
static void
tell(struct mover *m, bool well)
{
	m->failed = !well;
	if (!well)
		(void)err_set(&m->why, ERR_IO, "",
			      "the disk failed when what is written was to be moved from the log "
			      "into the file: all of it stays in the log, which grows until that "
			      "works again; look at the disk and at the room that it has");
}

static void *
move_on(void *object)
{
	struct mover *m = object;
	bool well;

	(void)pthread_mutex_lock(&m->lock);
	for (;;) {
		while (!m->moving && !m->ending)
			(void)pthread_cond_wait(&m->come, &m->lock);
		if (m->ending)
			break;
		/* Of a long log little is to be left to whoever commits. */
		do {
			m->moved = m->pages;
			(void)pthread_mutex_unlock(&m->lock);
			well = sqlite_log_move(m->handle) && force(m->handle);
			(void)pthread_mutex_lock(&m->lock);
		} while (well && m->moved >= LOG_WHOLE && m->pages >= m->moved + LOG_LITTLE &&
			 !m->ending);
		tell(m, well);
		m->moving = false;
		(void)pthread_cond_signal(&m->rested);
	}
	(void)pthread_mutex_unlock(&m->lock);
	return NULL;
}

/* Whether the one who has just committed is to move what is left. */
static bool
rest_is_mine(struct mover *m, int pages)
{
	/* It began anew. */
	if (pages < m->pages)
		m->moved = m->again = 0;
	m->pages = pages;
	while (m->moving && pages >= LOG_MOST)
		(void)pthread_cond_wait(&m->rested, &m->lock);
	if (!m->moving && pages >= m->moved + LOG_PAGES && (pages < LOG_MOST || m->failed)) {
		m->moving = true;
		(void)pthread_cond_signal(&m->come);
	}
	if (m->moving || m->failed || pages < m->again ||
	    (m->moved < LOG_WHOLE && pages < LOG_MOST))
		return false;
	m->again = pages + LOG_LITTLE;
	return true;
}

static int
on_commit(void *object, sqlite3 *handle, const char *schema, int pages)
{
	struct mover *m = object;
	bool mine, well;

	(void)schema;
	(void)pthread_mutex_lock(&m->lock);
	mine = rest_is_mine(m, pages);
	(void)pthread_mutex_unlock(&m->lock);
	if (!mine)
		return SQLITE_OK;
	well = sqlite_log_move(handle);
	(void)pthread_mutex_lock(&m->lock);
	tell(m, well);
	(void)pthread_mutex_unlock(&m->lock);
	return SQLITE_OK;
}

static int
on_own_commit(void *object, sqlite3 *handle, const char *schema, int pages)
{
	(void)object;
	(void)schema;
	if (pages >= LOG_PAGES)
		(void)sqlite_log_move(handle);
	return SQLITE_OK;
}

void
sqlite_log_keep_short(sqlite3 *handle)
{
	(void)sqlite3_wal_hook(handle, on_own_commit, NULL);
}

static void
mover_free(struct mover *m)
{
	(void)sqlite3_close_v2(m->handle);
	(void)pthread_cond_destroy(&m->come);
	(void)pthread_cond_destroy(&m->rested);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

/* A connection that moves need not know what tables there are, but must have seen that there is a
 * log. */
static enum err_code
mover_open(struct mover *m, const char *path, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(path, &m->handle, flags, sqlite_files()) == SQLITE_OK &&
	    sqlite3_busy_timeout(m->handle, LIMIT_BUSY_SECONDS * 1000) == SQLITE_OK &&
	    sqlite3_exec(m->handle, "pragma data_version", NULL, NULL, NULL) == SQLITE_OK)
		return ERR_NONE;
	return sqlite_fail(&(struct sqlite_db){.handle = m->handle}, path, e);
}

enum err_code
sqlite_mover_start(struct db *db, struct err *e)
{
	struct sqlite_db *d = (struct sqlite_db *)(void *)db;
	const char *path = sqlite3_db_filename(d->handle, "main");
	struct mover *m;
	enum err_code rc;

	if (!path || !path[0])
		return ERR_NONE;
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_set(e, ERR_INTERNAL, "", "no memory for a thread of the store");
	(void)pthread_mutex_init(&m->lock, NULL);
	(void)pthread_cond_init(&m->come, NULL);
	(void)pthread_cond_init(&m->rested, NULL);
	rc = mover_open(m, path, e);
	if (!rc && pthread_create(&m->thread, NULL, move_on, m) != 0)
		rc = err_set(e, ERR_INTERNAL, "", "the store's thread cannot be started");
	if (rc) {
		mover_free(m);
		return rc;
	}
	d->mover = m;
	(void)sqlite3_wal_hook(d->handle, on_commit, m);
	return ERR_NONE;
}

void
sqlite_mover_stop(struct db *db)
{
	struct sqlite_db *d = (struct sqlite_db *)(void *)db;
	struct mover *m = d->mover;

	if (!m)
		return;
	sqlite_log_keep_short(d->handle);
	(void)pthread_mutex_lock(&m->lock);
	m->ending = true;
	(void)pthread_cond_signal(&m->come);
	(void)pthread_mutex_unlock(&m->lock);
	(void)pthread_join(m->thread, NULL);
	mover_free(m);
	d->mover = NULL;
}

bool
sqlite_mover_fails(const struct db *db, struct err *e)
{
	struct mover *m = ((const struct sqlite_db *)(const void *)db)->mover;
	bool failed;

	if (!m)
		return false;
	(void)pthread_mutex_lock(&m->lock);
	failed = m->failed;
	if (failed)
		*e = m->why;
	(void)pthread_mutex_unlock(&m->lock);
	return failed;
}
