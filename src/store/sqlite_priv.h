/* sqlite_priv.h -- the parts of the SQLite engine, private to the store. */
#ifndef STORE_SQLITE_PRIV_H
#define STORE_SQLITE_PRIV_H

#include "store/engine_priv.h"

#include <sqlite3.h>

/* Pages in the write-ahead log before they are moved to their places: those that change again and
 * again are moved once. One block of the log's index knows about 4,000. A thread that moves them
 * lets it grow to LOG_WHOLE before it begins anew, as long as nobody reads what is older. */
enum { LOG_PAGES = 4000, LOG_WHOLE = 3 * LOG_PAGES };

struct sqlite_db {
	struct db base;
	sqlite3 *handle;
	int64_t deadline_ns; /* of the monotonic clock; 0 for none */
	bool store_behind;   /* it reads the past from a file of its own, before the store */
	struct db *aside[2]; /* readers of that file that nobody has yet */
	size_t aside_count;
	struct mover *mover; /* or NULL */
	bool full;	     /* the disk was, since a transaction last began to write */
};

/* Opens a file in place of the one that the connection has, if any. */
enum err_code sqlite_handle_open(struct sqlite_db *d, const char *where, int flags, struct err *e);

/* sqlite_past.c */
enum err_code sqlite_only_read(struct db *db, struct err *e);
const char *sqlite_real_tables(const struct db *db);
enum err_code sqlite_put_aside(struct db *db, const struct past *p, bool *ret_done, struct err *e);
enum err_code sqlite_past_readers(struct sqlite_db *d, struct db **ret_readers, size_t *count,
				  struct err *e);
void sqlite_past_close(struct sqlite_db *d);

/* Turns the connection's last error into ours; `what` says what was tried. */
enum err_code sqlite_fail(struct sqlite_db *d, const char *what, struct err *e);

/* sqlite_log.c: the name of the way to files that writes the log in few large pieces. */
const char *sqlite_files(void);
/* Around a commit. What is left of one that failed is forgotten. */
void sqlite_log_gather(sqlite3 *handle, bool gathers);
enum err_code sqlite_check_room(struct db *db, int64_t bytes, struct err *e);

/* sqlite_mover.c. What of the log nobody reads any more is moved to its place, unless somebody else
 * does that now. False: the disk failed. Nothing is lost then, as the log has it still. */
bool sqlite_log_move(sqlite3 *handle);
/* From now on the connection does that itself after a commit that leaves a long log. */
void sqlite_log_keep_short(sqlite3 *handle);
enum err_code sqlite_mover_start(struct db *db, struct err *e);
void sqlite_mover_stop(struct db *db);
bool sqlite_mover_fails(const struct db *db, struct err *e);

/* sqlite_func.c: the functions of the plan format. */
enum err_code sqlite_add_functions(struct sqlite_db *d, struct err *e);

/* sqlite_guard.c: while it is on, statements may only read tables and call the functions of the
 * plan format. */
void sqlite_guard_on(struct sqlite_db *d, struct db_guard *guard);
void sqlite_guard_off(struct sqlite_db *d);
/* Only white space, comments and semicolons may follow a statement. */
bool sqlite_tail_is_empty(const char *tail);
/* What gives no column is no question, as "reindex" where there is nothing to index. */
bool sqlite_only_reads(sqlite3_stmt *handle);

/* sqlite_schema.c */
enum err_code sqlite_create_table(struct db *db, const struct table *t, struct err *e);
enum err_code sqlite_drop_table(struct db *db, const struct table *t, struct err *e);
enum err_code sqlite_rebuild_table(struct db *db, const struct table *t,
				   const struct schema_fill *fill, struct err *e);
enum err_code sqlite_add_column(struct db *db, const struct table *t, const struct column *c,
				struct err *e);
enum err_code sqlite_add_index(struct db *db, const struct table *t, const struct index *i,
			       struct err *e);
enum err_code sqlite_check_table(struct db *db, const struct table *t, struct err *e);
enum err_code sqlite_check_guards(struct db *db, const struct table *t, struct err *e);

#endif
