#include "store/sqlite_priv.h"

#include "base/limits.h"
#include "store/load_priv.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>

/* Virtual machine steps between two looks at the deadline. */
enum { PROGRESS_STEPS = 20000 };

/* Kilobytes of pages that a connection keeps. */
#define CACHE_KB "8192"

/* How often readers try to begin between two commits of others. */
enum { READERS_TRIES = 100 };

struct sqlite_stmt {
	struct db_stmt base;
	sqlite3_stmt *handle;
};

static struct sqlite_db *
of_db(const struct db *db)
{
	/* Every struct db of this engine is the first member of a sqlite_db. */
	return (struct sqlite_db *)(uintptr_t)db;
}

static sqlite3_stmt *
of_stmt(const struct db_stmt *s)
{
	return ((const struct sqlite_stmt *)(const void *)s)->handle;
}

static int
on_progress(void *object)
{
	const struct sqlite_db *d = object;

	return d->deadline_ns != 0 && clock_monotonic_ns() > d->deadline_ns;
}

enum err_code
sqlite_fail(struct sqlite_db *d, const char *what, struct err *e)
{
	int rc = sqlite3_errcode(d->handle);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY, "",
			       "%s: another process is writing to this workspace; try again when "
			       "it is done",
			       what);
	case SQLITE_FULL:
		d->full = true;
		return err_set(
			e, ERR_FULL, "",
			"%s: the disk is full; nothing was changed; free some space and repeat",
			what);
	case SQLITE_IOERR:
		return err_set(e, ERR_IO, "", "%s: the disk failed (%s); nothing was changed", what,
			       sqlite3_errmsg(d->handle));
	case SQLITE_INTERRUPT:
		return err_set(e, ERR_TOO_BIG, "", "%s: ran longer than allowed", what);
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, "", "%s: %s", what, sqlite3_errmsg(d->handle));
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_DENIED, "",
			       "%s: the workspace cannot be opened or written (%s); look at its "
			       "permissions",
			       what, sqlite3_errmsg(d->handle));
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return err_set(e, ERR_INVALID, "",
			       "%s: the database file is damaged or is none (%s); restore it from "
			       "a backup",
			       what, sqlite3_errmsg(d->handle));
	default:
		return err_set(e, ERR_INVALID, "", "%s: %s", what, sqlite3_errmsg(d->handle));
	}
}

static enum err_code
sqlite_exec(struct db *db, const char *sql, struct err *e)
{
	struct sqlite_db *d = of_db(db);

	if (sqlite3_exec(d->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(d, "database", e);
	return ERR_NONE;
}

static void
sqlite_close(struct db *db)
{
	struct sqlite_db *d = of_db(db);

	sqlite_mover_stop(db);
	sqlite_past_close(d);
	(void)sqlite3_close_v2(d->handle);
	free(d);
}

static enum err_code
set_up(struct sqlite_db *d, struct err *e)
{
	enum err_code rc;

	(void)sqlite3_extended_result_codes(d->handle, 1);
	(void)sqlite3_busy_timeout(d->handle, LIMIT_BUSY_SECONDS * 1000);
	(void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_progress_handler(d->handle, PROGRESS_STEPS, on_progress, d);
	rc = sqlite_add_functions(d, e);
	if (rc)
		return rc;
	/* The system keeps the file's pages for all connections, and each throws its own away when
	 * another commits: with more than these few nothing is quicker, and a server has dozens of
	 * connections. Recursive triggers let a table's guard see the row that "insert or replace"
	 * removes. */
	return sqlite_exec(&d->base,
			   "pragma cache_size = -" CACHE_KB "; pragma temp_store = file; "
			   "pragma recursive_triggers = on",
			   e);
}

enum err_code
sqlite_handle_open(struct sqlite_db *d, const char *where, int flags, struct err *e)
{
	(void)sqlite3_close_v2(d->handle);
	d->handle = NULL;
	if (sqlite3_open_v2(where, &d->handle, flags | SQLITE_OPEN_NOMUTEX, sqlite_files()) ==
	    SQLITE_OK)
		return set_up(d, e);
	return d->handle ? sqlite_fail(d, where, e)
			 : err_set(e, ERR_INTERNAL, "", "no memory for the database");
}

/* Its functions ask the connection. */
static enum err_code
sqlite_set_zone(struct db *db, struct err *e)
{
	(void)db;
	(void)e;
	return ERR_NONE;
}

static enum err_code
sqlite_open(const char *where, enum db_access access, struct db **ret_db, struct err *e)
{
	int flags = access == DB_READ	 ? SQLITE_OPEN_READONLY
		    : access == DB_WRITE ? SQLITE_OPEN_READWRITE
					 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct sqlite_db *d = calloc(1, sizeof(*d));
	enum err_code rc;

	if (!d)
		return err_set(e, ERR_INTERNAL, "", "no memory for the database handle");
	/* Nobody asks how much memory it has, for which each piece would be counted under a lock.
	 * Before the first connection of the process; later it says no, and nothing changes. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	d->base.engine = &sqlite_engine;
	rc = sqlite_handle_open(d, where, flags, e);
	if (!rc && access != DB_READ)
		rc = sqlite_exec(&d->base, "pragma journal_mode = wal; pragma synchronous = full",
				 e);
	if (!rc && access != DB_READ)
		sqlite_log_keep_short(d->handle);
	if (rc) {
		sqlite_close(&d->base);
		return rc;
	}
	*ret_db = &d->base;
	return ERR_NONE;
}

/* What each transaction says is kept, as all that is asked is. */
static enum err_code
say(struct db *db, const char *sql, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db, sql, &s, e);

	return rc ? rc : db_run(s, e);
}

/* After a full disk what the log has is moved first: then it may begin anew where it has its room
 * already. */
static enum err_code
sqlite_begin(struct db *db, enum db_aim aim, struct err *e)
{
	struct sqlite_db *d = of_db(db);

	if (d->full && aim != AIM_READ)
		(void)sqlite_log_move(d->handle);
	d->full = d->full && aim == AIM_READ;
	return say(db, aim != AIM_READ ? "begin immediate" : "begin", e);
}

static enum err_code
sqlite_commit(struct db *db, struct err *e)
{
	struct sqlite_db *d = of_db(db);
	enum err_code rc;

	sqlite_log_gather(d->handle, true);
	rc = say(db, "commit", e);
	sqlite_log_gather(d->handle, false);
	return rc;
}

static void
sqlite_rollback(struct db *db)
{
	struct sqlite_db *d = of_db(db);
	struct err none;

	/* After some errors SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(d->handle) && say(db, "rollback", &none))
		(void)sqlite3_exec(d->handle, "rollback", NULL, NULL, NULL);
}

static enum err_code
reader_open(struct sqlite_db *d, struct db **ret_reader, struct err *e)
{
	struct db *reader = NULL;
	enum err_code rc = sqlite_open(sqlite3_db_filename(d->handle, "main"), DB_READ, &reader, e);

	/* What a check puts aside is small beside what it reads, and is read again and again. */
	if (!rc)
		rc = sqlite_exec(reader, "pragma temp_store = memory", e);
	if (rc) {
		db_close(reader);
		return rc;
	}
	*ret_reader = reader;
	return ERR_NONE;
}

/* A number that is another one after each commit of any other connection. */
static enum err_code
data_version(struct db *db, int64_t *ret_version, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db, "pragma data_version", &s, e);
	bool row;

	if (!rc)
		rc = db_step(s, &row, e);
	if (!rc)
		*ret_version = db_int(s, 0);
	return rc;
}

/* All begin to read; whether nobody committed meanwhile, so that they see one state. What a
 * transaction sees is fixed by its first read. */
static enum err_code
readers_begin(struct db *db, struct db **readers, size_t count, bool *ret_same, struct err *e)
{
	int64_t before = 0;
	int64_t after = 0;
	enum err_code rc = data_version(db, &before, e);

	for (size_t i = 0; !rc && i < count; i++)
		rc = sqlite_exec(readers[i], "begin; select count(*) from sqlite_schema", e);
	if (!rc)
		rc = data_version(db, &after, e);
	*ret_same = before == after;
	for (size_t i = 0; !rc && !*ret_same && i < count; i++)
		sqlite_rollback(readers[i]);
	return rc;
}

static enum err_code
sqlite_readers(struct db *db, struct db **ret_readers, size_t *count, struct err *e)
{
	struct sqlite_db *d = of_db(db);
	const char *path = sqlite3_db_filename(d->handle, "main");
	size_t wanted = path && path[0] ? *count : 0;
	enum err_code rc = ERR_NONE;
	bool same = false;

	if (db->past)
		return sqlite_past_readers(d, ret_readers, count, e);
	*count = 0;
	while (!rc && *count < wanted) {
		rc = reader_open(d, &ret_readers[*count], e);
		*count += !rc;
	}
	for (int tries = 0; !rc && *count > 0 && !same && tries < READERS_TRIES; tries++)
		rc = readers_begin(db, ret_readers, *count, &same, e);
	while ((rc || !same) && *count > 0)
		db_close(ret_readers[--*count]);
	return rc;
}

/* A few hundred rows an index are enough to tell a good index from a poor one. */
static enum err_code
sqlite_learn(struct db *db, struct err *e)
{
	return sqlite_exec(db, "pragma analysis_limit = 400; analyze", e);
}

/* Other connections read and write meanwhile. SQLite does not force the new file to the disk. */
static enum err_code
sqlite_save(struct db *db, const char *path, struct err *e)
{
	struct sqlite_db *d = of_db(db);
	sqlite3_stmt *s = NULL;
	enum err_code rc = ERR_NONE;

	if (sqlite3_prepare_v2(d->handle, "vacuum into ?", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_DONE)
		rc = sqlite_fail(d, path, e);
	(void)sqlite3_finalize(s);
	return rc;
}

static enum err_code
sqlite_changes(struct db *db, int64_t *ret_count, struct err *e)
{
	(void)e;
	*ret_count = sqlite3_changes64(of_db(db)->handle);
	return ERR_NONE;
}

static void
sqlite_deadline(struct db *db, int64_t ms)
{
	of_db(db)->deadline_ns = ms ? clock_monotonic_ns() + ms * 1000000 : 0;
}

static enum err_code
prepare_failed(struct sqlite_db *d, const struct db_guard *guard, struct err *e)
{
	if (guard && guard->denied)
		return err_set(
			e, ERR_INVALID, "",
			"a plan may only read registers and call the functions of the format (%s)",
			sqlite3_errmsg(d->handle));
	if (guard)
		return err_set(e, ERR_INVALID, "", "%s", sqlite3_errmsg(d->handle));
	return sqlite_fail(d, "database", e);
}

static void
sqlite_stmt_free(struct db_stmt *s)
{
	(void)sqlite3_finalize(of_stmt(s));
	free(s->sql);
	free(s);
}

static enum err_code
sqlite_prepare(struct db *db, const char *sql, const struct db_how *how, struct db_stmt **ret_stmt,
	       struct err *e)
{
	struct sqlite_db *d = of_db(db);
	struct db_guard *guard = how->guard;
	struct sqlite_stmt *s = calloc(1, sizeof(*s));
	const char *tail = NULL;
	enum err_code rc;
	int status;

	if (!s)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	s->base = (struct db_stmt){
		.db = db, .sql = strdup(sql), .guarded = guard != NULL, .scan = how->scan};
	if (guard)
		sqlite_guard_on(d, guard);
	status = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle,
				    &tail);
	if (guard)
		sqlite_guard_off(d);
	if (status != SQLITE_OK) {
		if (guard)
			guard->offset = sqlite3_error_offset(d->handle);
		rc = prepare_failed(d, guard, e);
	} else if (!s->handle) {
		rc = err_set(e, ERR_INVALID, "", "the statement is empty");
	} else if (!s->base.sql) {
		rc = err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	} else if (!sqlite_tail_is_empty(tail) || (guard && !sqlite_only_reads(s->handle))) {
		if (guard)
			guard->offset = tail ? tail + strspn(tail, " \t\r\n;") - sql : -1;
		rc = err_set(e, ERR_INVALID, "", "one statement that only reads is allowed here");
	} else {
		*ret_stmt = &s->base;
		return ERR_NONE;
	}
	sqlite_stmt_free(&s->base);
	return rc;
}

static void
sqlite_stmt_clear(struct db_stmt *s)
{
	(void)sqlite3_reset(of_stmt(s));
	(void)sqlite3_clear_bindings(of_stmt(s));
}

static int
sqlite_param(const struct db_stmt *s, const char *name)
{
	char colon[68] = ":";

	if (strlen(name) > sizeof(colon) - 2)
		return 0;
	memcpy(colon + 1, name, strlen(name) + 1);
	return sqlite3_bind_parameter_index(of_stmt(s), colon);
}

static int
sqlite_param_count(const struct db_stmt *s)
{
	return sqlite3_bind_parameter_count(of_stmt(s));
}

static const char *
sqlite_param_name(const struct db_stmt *s, int index)
{
	const char *name = sqlite3_bind_parameter_name(of_stmt(s), index);

	return name ? name + 1 : "?";
}

static void
sqlite_bind_int(struct db_stmt *s, int index, int64_t value)
{
	(void)sqlite3_bind_int64(of_stmt(s), index, value);
}

static void
sqlite_bind_bytes(struct db_stmt *s, int index, struct str value, bool text)
{
	if (!value.ptr)
		(void)sqlite3_bind_null(of_stmt(s), index);
	else if (text)
		(void)sqlite3_bind_text64(of_stmt(s), index, value.ptr, value.len, SQLITE_STATIC,
					  SQLITE_UTF8);
	else
		(void)sqlite3_bind_blob64(of_stmt(s), index, value.ptr, value.len, SQLITE_STATIC);
}

static enum err_code
sqlite_step(struct db_stmt *s, bool *ret_row, struct err *e)
{
	struct sqlite_db *d = of_db(s->db);
	int status = sqlite3_step(of_stmt(s));
	enum err_code rc;

	if (status == SQLITE_ROW || status == SQLITE_DONE) {
		*ret_row = status == SQLITE_ROW;
		if (status == SQLITE_DONE)
			(void)sqlite3_reset(of_stmt(s));
		return ERR_NONE;
	}
	rc = sqlite_fail(d, "database", e);
	(void)sqlite3_reset(of_stmt(s));
	return rc;
}

static enum err_code
sqlite_run(struct db_stmt *s, struct err *e)
{
	bool row;
	enum err_code rc = sqlite_step(s, &row, e);

	(void)sqlite3_reset(of_stmt(s));
	return rc;
}

static void
sqlite_reset(struct db_stmt *s)
{
	(void)sqlite3_reset(of_stmt(s));
}

static int
sqlite_column_count(const struct db_stmt *s)
{
	return sqlite3_column_count(of_stmt(s));
}

static const char *
sqlite_column_name(const struct db_stmt *s, int column)
{
	return sqlite3_column_name(of_stmt(s), column);
}

static bool
sqlite_is_null(const struct db_stmt *s, int column)
{
	return sqlite3_column_type(of_stmt(s), column) == SQLITE_NULL;
}

static bool
sqlite_is_int(const struct db_stmt *s, int column)
{
	return sqlite3_column_type(of_stmt(s), column) == SQLITE_INTEGER;
}

static int64_t
sqlite_get_int(const struct db_stmt *s, int column)
{
	return sqlite3_column_int64(of_stmt(s), column);
}

/* What a value is stays as it is while only the connection's own thread asks, so that the column
 * need not be looked up for each question about it. */
static struct str
bytes_of(sqlite3_value *v, int type)
{
	const void *bytes =
		type == SQLITE_BLOB ? sqlite3_value_blob(v) : (const void *)sqlite3_value_text(v);

	return (struct str){bytes ? bytes : "", (size_t)sqlite3_value_bytes(v)};
}

static struct str
sqlite_get_text(const struct db_stmt *s, int column)
{
	sqlite3_value *v = sqlite3_column_value(of_stmt(s), column);
	int type = sqlite3_value_type(v);

	if (type == SQLITE_NULL)
		return (struct str){0};
	return bytes_of(v, type);
}

static void
sqlite_get_cells(const struct db_stmt *s, int first, size_t count, struct db_cell *ret_cells)
{
	sqlite3_stmt *handle = of_stmt(s);

	for (size_t i = 0; i < count; i++) {
		sqlite3_value *v = sqlite3_column_value(handle, first + (int)i);
		struct db_cell *c = &ret_cells[i];
		int type = sqlite3_value_type(v);

		if (type == SQLITE_NULL)
			*c = (struct db_cell){.kind = CELL_NULL};
		else if (type == SQLITE_INTEGER)
			*c = (struct db_cell){.kind = CELL_INT, .number = sqlite3_value_int64(v)};
		else
			*c = (struct db_cell){.kind = CELL_TEXT, .text = bytes_of(v, type)};
	}
}

const struct db_engine sqlite_engine = {
	.name = "sqlite",
	.question_rows = 32,
	.loader = &insert_loader,
	.save = sqlite_save,
	.check_room = sqlite_check_room,
	.open = sqlite_open,
	.close = sqlite_close,
	.set_zone = sqlite_set_zone,
	.exec = sqlite_exec,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.readers = sqlite_readers,
	.real_tables = sqlite_real_tables,
	.only_read = sqlite_only_read,
	.put_aside = sqlite_put_aside,
	.learn = sqlite_learn,
	.changes = sqlite_changes,
	.deadline = sqlite_deadline,
	.mover_start = sqlite_mover_start,
	.mover_stop = sqlite_mover_stop,
	.mover_fails = sqlite_mover_fails,
	.prepare = sqlite_prepare,
	.stmt_free = sqlite_stmt_free,
	.stmt_clear = sqlite_stmt_clear,
	.param = sqlite_param,
	.param_count = sqlite_param_count,
	.param_name = sqlite_param_name,
	.bind_int = sqlite_bind_int,
	.bind_bytes = sqlite_bind_bytes,
	.step = sqlite_step,
	.run = sqlite_run,
	.reset = sqlite_reset,
	.column_count = sqlite_column_count,
	.column_name = sqlite_column_name,
	.is_null = sqlite_is_null,
	.is_int = sqlite_is_int,
	.get_int = sqlite_get_int,
	.get_text = sqlite_get_text,
	.get_cells = sqlite_get_cells,
	.create_table = sqlite_create_table,
	.drop_table = sqlite_drop_table,
	.rebuild_table = sqlite_rebuild_table,
	.add_column = sqlite_add_column,
	.add_index = sqlite_add_index,
	.check_table = sqlite_check_table,
	.check_guards = sqlite_check_guards,
};
