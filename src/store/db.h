/* db.h -- one relational database, whichever engine serves it: SQLite or PostgreSQL.
 *
 * Statement text is the portable subset that docs/plan-format.md describes, with parameters as
 * :name. Values are always bound. Nothing above this floor knows the engine. A connection and its
 * statements belong to one thread at a time.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/zone.h"

struct db;
struct db_stmt;

enum db_access {
	DB_READ,    /* never writes */
	DB_WRITE,   /* the database must exist */
	DB_CREATE,  /* makes it when missing; on a server, its tables and functions' place */
	DB_SCRATCH, /* empty, and gone when it is closed */
};

/* `where` is a file's path, ":memory:", "" for a file without a name that is gone with its
 * connection, or a connection string of PostgreSQL (postgresql://… or
 * host=…). Waits LIMIT_BUSY_SECONDS for another writer, then ERR_BUSY. ERR_LOST when a server
 * cannot be reached. A connection that is lost is opened again when the next transaction begins. */
MUST_CHECK enum err_code db_open(const char *where, enum db_access access, struct db **ret_db,
				 struct err *e);
void db_close(struct db *db);
void db_closep(struct db **db);

/* Whether it is a connection string, and no path. */
bool db_is_remote(const char *where);
/* ERR_USAGE when a connection string cannot be read. */
MUST_CHECK enum err_code db_where_check(const char *where, struct err *e);
/* The place for people to read: without a password. */
void db_where_show(const char *where, struct buf *out);

/* The zone that date_of() uses; UTC until it is set. Must outlive the connection. */
MUST_CHECK enum err_code db_set_zone(struct db *db, const struct zone *zone, struct err *e);

/* Statements without parameters or rows; several may be parted by ';'. */
MUST_CHECK enum err_code db_exec(struct db *db, const char *sql, struct err *e);

MUST_CHECK enum err_code db_prepare(struct db *db, const char *sql, struct db_stmt **ret_stmt,
				    struct err *e);
/* For a statement whose rows may be too many for memory: they come in pieces. On a server it needs
 * a transaction for that. */
MUST_CHECK enum err_code db_prepare_scan(struct db *db, const char *sql, struct db_stmt **ret_stmt,
					 struct err *e);
void db_stmt_free(struct db_stmt *s);
void db_stmt_freep(struct db_stmt **s);
#define DB_STMT CLEANUP(db_stmt_freep) struct db_stmt

/* Parameters, from 1, in order of first appearance; 0 when there is none of that name. */
int db_param(const struct db_stmt *s, const char *name);
int db_param_count(const struct db_stmt *s);
const char *db_param_name(const struct db_stmt *s, int index);

/* Bytes must stay until the statement is reset or freed. {NULL, 0} binds null. */
void db_bind_int(struct db_stmt *s, int index, int64_t value);
void db_bind_text(struct db_stmt *s, int index, struct str value);
void db_bind_blob(struct db_stmt *s, int index, const void *bytes, size_t len);
void db_bind_null(struct db_stmt *s, int index);

/* The next row, if any. After an error or the last row the statement is reset by itself. */
MUST_CHECK enum err_code db_step(struct db_stmt *s, bool *ret_row, struct err *e);
/* For a statement that gives no rows: runs it and resets it. In a transaction on a server it is
 * only sent, so its failure may show at the next question or at the commit. */
MUST_CHECK enum err_code db_run(struct db_stmt *s, struct err *e);
void db_reset(struct db_stmt *s);

/* Columns of the present row, from 0. Bytes live until the next step or reset. */
int db_column_count(const struct db_stmt *s);
const char *db_column_name(const struct db_stmt *s, int column);
bool db_is_null(const struct db_stmt *s, int column);
bool db_is_int(const struct db_stmt *s, int column);
int64_t db_int(const struct db_stmt *s, int column);
struct str db_text(const struct db_stmt *s, int column); /* text or blob; {NULL, 0} for null */

/* The three in one, for readers of millions of rows. */
struct db_cell {
	enum { CELL_NULL, CELL_INT, CELL_TEXT } kind;
	int64_t number;
	struct str text; /* or blob */
};
/* So many of them from that column on. */
void db_cells(const struct db_stmt *s, int first, size_t count, struct db_cell *ret_cells);

/* About how many rows are read in a row in the time that a question for one takes: a server's
 * answer is long on its way. */
int64_t db_question_rows(const struct db *db);

/* Whether "cross join lateral (select ...)" may stand in a statement: asked anew for each row of
 * what stands before it. */
bool db_has_lateral(const struct db *db);

/* Rows that the last insert, update or delete touched; the failure of one that was only sent. */
MUST_CHECK enum err_code db_changes(struct db *db, int64_t *ret_count, struct err *e);

/* A transaction rolls back when it leaves its scope uncommitted. Not nested. One at a time writes,
 * among all processes; reading waits for nobody. After an error in it, only a statement behind the
 * guard leaves it usable. */
struct db_txn {
	struct db *db;
	bool committed;
};
MUST_CHECK enum err_code db_begin(struct db *db, struct db_txn *ret_txn, struct err *e);
/* For what is derived from the store and beside it: it waits for no writer and none for it. Who
 * writes the same rows waits, as rows do. */
MUST_CHECK enum err_code db_begin_beside(struct db *db, struct db_txn *ret_txn, struct err *e);
/* A snapshot: every read in it sees the same state. */
MUST_CHECK enum err_code db_begin_read(struct db *db, struct db_txn *ret_txn, struct err *e);
/* ERR_LOST: the connection went while committing, and whether it was kept is not known. */
MUST_CHECK enum err_code db_commit(struct db_txn *txn, struct err *e);
void db_txn_end(struct db_txn *txn);
bool db_in_txn(const struct db *db);
#define DB_TXN CLEANUP(db_txn_end) struct db_txn

/* Up to *count more connections of the same store that all read its state of this moment, each for
 * a thread of its own; *count 0 where there cannot be any, as in memory. Their read transactions
 * are open; closing ends them. */
MUST_CHECK enum err_code db_readers(struct db *db, struct db **ret_readers, size_t *count,
				    struct err *e);

/* From now on the connection serves a user: it only reads, and only rows of these organisations,
 * whatever it is asked. Not in a transaction. A server refuses (ERR_DENIED) until db_roles has made
 * the roles for it; a file has no such wall, and nothing happens. */
MUST_CHECK enum err_code db_see(struct db *db, const int64_t *organisations, size_t count,
				struct err *e);
/* It serves nobody any more, and is as it was opened. */
MUST_CHECK enum err_code db_see_all(struct db *db, struct err *e);
/* Makes the roles that serve users and run checks, and lets them see each table that they should;
 * again after tables were added. *ret_made false: the server does not let this user make roles. */
MUST_CHECK enum err_code db_roles(struct db *db, bool *ret_made, struct err *e);

/* Lets the engine learn how the values of large tables are spread, after many rows were written. */
MUST_CHECK enum err_code db_learn(struct db *db, struct err *e);

/* Whether the store is one file, which db_save can write a copy of: as it is at one moment, while
 * others read and write. `path` must not be there, and is not forced to the disk yet. Not in a
 * transaction. */
bool db_has_file(const struct db *db);
MUST_CHECK enum err_code db_save(struct db *db, const char *path, struct err *e);
/* Whether so many bytes more have room on the disk of such a file, with what else is written
 * meanwhile: ERR_FULL. Once a disk is full to its end, nothing can be deleted either. Of a server,
 * which has its own disk, nothing is known before. */
MUST_CHECK enum err_code db_check_room(struct db *db, int64_t bytes, struct err *e);

/* Drops every table and function of ours on a server, for a store that was never finished; the
 * connection is of no use then but to be closed. */
MUST_CHECK enum err_code db_clear(struct db *db, struct err *e);

/* The functions that a plan may call (docs/plan-format.md), on every engine; ends with NULL. */
extern const char *const db_functions[];

/* For statements that a plan brings: it may only read tables, and call the functions of the format.
 */
struct db_guard {
	/* Called for each table that the statement reads; may be called twice for one. */
	void (*reads)(void *object, const char *table);
	void *object;
	/* The plan's own text, where the statement is made of it with words that only the engine
	 * knows; else NULL. An engine that cannot judge its own words judges this. */
	const char *judged;
	/* What it begins with is little beside the tables that it looks into, and these are looked
	 * into along their indexes: an engine that chooses by what it guesses shall not read them
	 * whole. */
	bool along;
	/* Filled on a failed prepare: offset of the fault in the text, or -1. */
	long offset;
	bool denied; /* set when the statement does what a plan may not */
};
MUST_CHECK enum err_code db_prepare_guarded(struct db *db, const char *sql, struct db_guard *guard,
					    struct db_stmt **ret_stmt, struct err *e);
/* Ends any statement that runs past the time (milliseconds from now) with ERR_TOO_BIG; 0 lifts it.
 */
void db_deadline(struct db *db, int64_t ms);
/* For one that others wait behind: from now on a connection that is lost is opened again at the
 * first try, or ERR_LOST. */
void db_hurry(struct db *db);

/* For one that will commit again and again: what an engine would otherwise do now and then in the
 * middle of a commit, a thread of its own does, until it is stopped or the connection is closed.
 * Both by the connection's own thread, outside a transaction. */
MUST_CHECK enum err_code db_mover_start(struct db *db, struct err *e);
void db_mover_stop(struct db *db);
/* Whether it could not do that the last time, and why: what is committed is safe, and commits go
 * on. From any thread, between start and stop. */
bool db_mover_fails(const struct db *db, struct err *e);

#endif
