#include "store/sqlite_priv.h"

#include "store/past_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the tables of a store held then is copied into a file of its own, with the indexes that
 * questions need: a view over present rows and history cannot be looked into by a join. The file is
 * the connection's main database, the store itself stands behind it. Its name is gone before
 * anything is in it, so that nothing of it is left whatever happens. */

enum { PATH_LIMIT = 8192, NAME_SIZE = 4096 };

/* A file's path as sqlite3_open takes it: a path may hold what means something in a URI. */
static void
uri_add(struct buf *uri, const char *path)
{
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buf_addf(uri, "%%%02X", (unsigned)(unsigned char)*path);
		else
			buf_add(uri, path, 1);
	}
}

static enum err_code
attach(struct db *db, struct str name, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db, "attach :name as store", &s, e);

	if (rc)
		return rc;
	db_bind_text(s, 1, name);
	return db_run(s, e);
}

/* The store behind the file, for reading alone: for what never changes, or what nobody asks of the
 * past. A connection that only reads opens all it attaches so. */
static enum err_code
store_attach(struct sqlite_db *d, const char *path, struct err *e)
{
	CLEANUP(buf_fini) struct buf uri = {.limit = PATH_LIMIT};
	enum err_code rc = ERR_NONE;

	buf_addf(&uri, "file:");
	uri_add(&uri, path);
	buf_addf(&uri, "?mode=ro");
	if (uri.failed)
		return err_set(e, ERR_TOO_BIG, "", "the path of the workspace is too long");
	for (size_t i = 0; !rc && i < d->aside_count; i++)
		rc = attach(d->aside[i], str_of(path), e);
	return rc ? rc : attach(&d->base, (struct str){uri.data, uri.len}, e);
}

/* One table with its indexes: a plan's checks lean on all of them. */
static enum err_code
table_put_aside(struct sqlite_db *d, const struct past *p, const struct past_table *t,
		struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = PAST_SQL_LIMIT};
	struct table copy = *t->table;
	enum err_code rc;

	copy.guard = GUARD_NONE;
	rc = sqlite_create_table(&d->base, &copy, e);
	if (rc)
		return rc;
	buf_addf(&sql, "insert into main.\"%s\" ", copy.name);
	past_rows(p, t, "store.", &sql);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "a statement of the past is too long");
	rc = db_exec(&d->base, sql.data, e);
	for (size_t i = 0; !rc && i < copy.index_count; i++)
		rc = sqlite_add_index(&d->base, &copy, &copy.indexes[i], e);
	return rc;
}

/* Not as one who writes: that would ask the same of the store behind. What fails halfway is closed.
 */
static enum err_code
tables_put_aside(struct sqlite_db *d, const struct past *p, struct err *e)
{
	enum err_code rc = db_exec(&d->base, "begin", e);

	for (size_t i = 0; !rc && i < p->table_count; i++) {
		if (p->tables[i].asked)
			rc = table_put_aside(d, p, &p->tables[i], e);
	}
	return rc ? rc : db_exec(&d->base, "commit", e);
}

/* Room for the file beside the store, where only who may read the store can look. */
static enum err_code
file_make(const char *store, char path[NAME_SIZE], struct err *e)
{
	const char *slash = strrchr(store, '/');
	size_t folder = slash ? (size_t)(slash - store) + 1 : 0;
	int fd;

	if (folder + sizeof("past-XXXXXX") > NAME_SIZE)
		return err_set(e, ERR_TOO_BIG, "", "the path of the workspace is too long");
	memcpy(path, store, folder);
	memcpy(path + folder, "past-XXXXXX", sizeof("past-XXXXXX"));
	fd = mkstemp(path);
	if (fd < 0)
		return err_set(e, ERR_DENIED, "",
			       "the past needs a file beside '%s', and none can be made there",
			       store);
	(void)close(fd);
	return ERR_NONE;
}

/* Opens the file once for the connection itself and once for each reader there may be. */
static enum err_code
handles_open(struct sqlite_db *d, const char *path, struct err *e)
{
	enum err_code rc = sqlite_handle_open(d, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, e);

	while (!rc && d->aside_count < COUNT_OF(d->aside)) {
		rc = db_open(path, DB_READ, &d->aside[d->aside_count], e);
		d->aside_count += !rc;
	}
	return rc;
}

enum err_code
sqlite_put_aside(struct db *db, const struct past *p, bool *ret_done, struct err *e)
{
	struct sqlite_db *d = (struct sqlite_db *)(void *)db;
	const char *name = sqlite3_db_filename(d->handle, "main");
	char path[NAME_SIZE];
	char *store;
	enum err_code rc;

	/* A store in memory is small. */
	if (!name || !name[0])
		return ERR_NONE;
	store = strdup(name);
	if (!store)
		return err_set(e, ERR_INTERNAL, "", "no memory for the past");
	rc = file_make(store, path, e);
	if (!rc) {
		rc = handles_open(d, path, e);
		(void)unlink(path);
	}
	if (!rc)
		rc = sqlite3_exec(d->handle,
				  "pragma journal_mode = memory; pragma synchronous = off; "
				  "pragma temp_store = file",
				  NULL, NULL, NULL) == SQLITE_OK
			     ? ERR_NONE
			     : sqlite_fail(d, "the past", e);
	if (!rc)
		rc = store_attach(d, store, e);
	if (!rc)
		rc = tables_put_aside(d, p, e);
	free(store);
	d->store_behind = true;
	if (!rc)
		rc = past_views(db, p, PAST_ASKED_ASIDE, e);
	if (!rc)
		rc = db_exec(db, "pragma analysis_limit = 400; analyze main", e);
	if (!rc)
		*ret_done = true;
	return rc;
}

enum err_code
sqlite_only_read(struct db *db, struct err *e)
{
	return db_exec(db, "pragma query_only = on", e);
}

const char *
sqlite_real_tables(const struct db *db)
{
	return ((const struct sqlite_db *)(const void *)db)->store_behind ? "store." : "main.";
}

/* Those that were opened with the file; each reads what was put into it, which nobody changes. */
enum err_code
sqlite_past_readers(struct sqlite_db *d, struct db **ret_readers, size_t *count, struct err *e)
{
	size_t wanted = *count;
	enum err_code rc = ERR_NONE;

	*count = 0;
	while (!rc && *count < wanted && d->aside_count > 0) {
		struct db *reader = d->aside[--d->aside_count];

		((struct sqlite_db *)(void *)reader)->store_behind = true;
		/* It was opened when the file was empty, and must look at what tables it has. */
		rc = db_exec(reader,
			     "pragma temp_store = memory; begin; "
			     "select count(*) from main.sqlite_schema",
			     e);
		if (!rc)
			rc = past_views(reader, d->base.past, PAST_ASKED_ASIDE, e);
		ret_readers[(*count)++] = reader;
	}
	while (rc && *count > 0)
		db_close(ret_readers[--*count]);
	return rc;
}

void
sqlite_past_close(struct sqlite_db *d)
{
	while (d->aside_count > 0)
		db_close(d->aside[--d->aside_count]);
}
