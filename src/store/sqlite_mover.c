#include "store/sqlite_priv.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>

/* Who commits again and again would stop now and then to move what stands in the log to its place
 * in the file, and everybody who waits for him would. Here a thread does it, with a connection of
 * its own, while the log goes on growing; so the log is never moved to its end and could never
 * begin anew. When it is long, and the thread has just moved nearly all of it, the one who commits
 * moves the rest. All of it is SQLite's own work: whenever it ends, the log still has what is not
 * in its place. */

enum {
	LOG_WHOLE = 3 * LOG_PAGES, /* so long a log is to begin anew */
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
	bool broken; /* the disk failed: it moves nothing any more */
};

void
sqlite_log_move(sqlite3 *handle)
{
	(void)sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* SQLite forces the file to the disk only when all of the log is in it, and whoever moves the rest
 * would wait for what was moved before. The system tells of what it could not write once to each
 * who has the file open: who has heard of it must not be the one who calls the log moved. */
static bool
force(sqlite3 *handle)
{
	sqlite3_file *file = NULL;

	return !sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) && file &&
	       file->pMethods && !file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
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
			sqlite_log_move(m->handle);
			well = force(m->handle);
			(void)pthread_mutex_lock(&m->lock);
		} while (well && m->moved >= LOG_WHOLE && m->pages >= m->moved + LOG_LITTLE &&
			 !m->ending);
		m->broken = m->broken || !well;
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
	if (m->broken)
		return pages >= LOG_PAGES;
	if (!m->moving && pages >= m->moved + LOG_PAGES && pages < LOG_MOST) {
		m->moving = true;
		(void)pthread_cond_signal(&m->come);
	}
	if (m->moving || pages < m->again || (m->moved < LOG_WHOLE && pages < LOG_MOST))
		return false;
	m->again = pages + LOG_LITTLE;
	return true;
}

static int
on_commit(void *object, sqlite3 *handle, const char *schema, int pages)
{
	struct mover *m = object;
	bool mine;

	(void)schema;
	(void)pthread_mutex_lock(&m->lock);
	mine = rest_is_mine(m, pages);
	(void)pthread_mutex_unlock(&m->lock);
	if (mine)
		sqlite_log_move(handle);
	return SQLITE_OK;
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
	(void)sqlite3_wal_autocheckpoint(d->handle, LOG_PAGES);
	(void)pthread_mutex_lock(&m->lock);
	m->ending = true;
	(void)pthread_cond_signal(&m->come);
	(void)pthread_mutex_unlock(&m->lock);
	(void)pthread_join(m->thread, NULL);
	mover_free(m);
	d->mover = NULL;
}
