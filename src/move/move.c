#include "move/move_priv.h"

#include "record/writer.h"
#include "sys/file.h"
#include "sys/folder.h"
#include "sys/random.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK_SIZE = 33 };

struct mover {
	struct workspace *ws;
	struct ctx *ctx;
	const struct move *m;
	const char *home;	 /* without a slash at its end */
	const char *partial;	 /* what has this name is no workspace yet */
	char mark[MARK_SIZE];	 /* on a server, while it is not finished; else "" */
	struct move_rows copied; /* the note in any case, the count of what went row by row */
	bool by_rows;
	struct move_report report;
};

static const char *
in_partial(struct mover *v, const char *name)
{
	return file_join(v->ctx->arena, v->partial, name);
}

static void
names_make(struct mover *v)
{
	struct str home = str_of(v->m->home);
	char *partial;

	while (home.len > 1 && home.ptr[home.len - 1] == '/')
		home.len--;
	v->home = str_z(v->ctx->arena, home);
	partial = arena_alloc(v->ctx->arena, home.len + sizeof(".partial"));
	memcpy(partial, home.ptr, home.len);
	memcpy(partial + home.len, ".partial", sizeof(".partial"));
	v->partial = partial;
}

/* A database is ours to fill when there is nothing, or what an interrupted copy left. */
static enum err_code
server_look(struct mover *v, bool *ret_left)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct err *e = &v->ctx->err;
	struct err fault = {0};
	struct str mark = {0};
	enum err_code rc = db_open(v->m->store, DB_WRITE, &db, e);

	*ret_left = false;
	if (rc)
		return rc;
	rc = schema_check_table(db, &kernel_tables[0], &fault);
	if (rc == ERR_MISSING)
		return ERR_NONE;
	/* One that was altered is there all the same. */
	if (rc && rc != ERR_FAILED) {
		*e = fault;
		return rc;
	}
	rc = meta_get(db, META_UNFINISHED, v->ctx->arena, &mark, e);
	if (!rc && !mark.ptr)
		rc = err_set(e, ERR_CONFLICT, "store",
			     "the database holds a workspace already; give an empty one");
	*ret_left = !rc;
	return rc ? rc : db_clear(db, e);
}

/* Whether the folder was named just before an interruption: its store was not finished. */
static bool
is_left(struct mover *v, bool store_left)
{
	const char *where = NULL;
	struct err none = {0};

	return store_left && !workspace_place(v->home, v->ctx->arena, &where, &none) &&
	       strcmp(where, v->m->store) == 0;
}

static enum err_code
target_check(struct mover *v)
{
	struct err *e = &v->ctx->err;
	bool left = false;
	enum err_code rc = ERR_NONE;

	if (v->m->store && !db_is_remote(v->m->store))
		return err_set(e, ERR_USAGE, "store",
			       "'%s' is no connection string of PostgreSQL, such as "
			       "postgresql://HOST/DATABASE",
			       v->m->store);
	if (v->m->store)
		rc = server_look(v, &left);
	if (rc || !file_exists(v->home) || folder_is_empty(v->home))
		return rc;
	if (is_left(v, left))
		return file_remove_folder(v->home, e);
	return err_set(e, ERR_CONFLICT, "home",
		       "'%s' is there already and is no empty folder; give a new one", v->home);
}

static enum err_code
to_file(struct mover *v)
{
	CLEANUP(db_closep) struct db *to = NULL;
	const char *path = in_partial(v, "holdfast.db");
	struct ctx *ctx = v->ctx;
	enum err_code rc;

	v->by_rows = !db_has_file(ctx->db);
	if (v->by_rows) {
		rc = db_open(path, DB_CREATE, &to, &ctx->err);
		return rc ? rc : move_tables(ctx, v->m, to, "", &v->copied);
	}
	rc = move_head(ctx->db, ctx->arena, &v->copied.note, &ctx->err);
	if (!rc)
		rc = db_save(ctx->db, path, &ctx->err);
	return rc ? rc : folder_sync_file(path, &ctx->err);
}

static enum err_code
to_server(struct mover *v)
{
	CLEANUP(db_closep) struct db *to = NULL;
	uint64_t words[2];
	enum err_code rc = db_open(v->m->store, DB_CREATE, &to, &v->ctx->err);

	random_bytes(words, sizeof(words));
	(void)snprintf(v->mark, sizeof(v->mark), "%016llx%016llx", (unsigned long long)words[0],
		       (unsigned long long)words[1]);
	v->by_rows = true;
	return rc ? rc : move_tables(v->ctx, v->m, to, v->mark, &v->copied);
}

static enum err_code
verify(struct mover *v, struct ctx *copy)
{
	const struct verify_options o = {
		.earlier = v->m->earlier.ptr	    ? v->m->earlier
			   : v->copied.note.len > 0 ? v->copied.note
						    : (struct str){0},
		.found = v->m->found,
		.progress = v->m->verifying,
		.object = v->m->object,
	};
	struct verification *proof = &v->report.proof;
	struct err *e = &v->ctx->err;
	enum err_code rc = record_verify(copy, &o, proof);

	if (rc) {
		*e = copy->err;
		return rc;
	}
	proof->note = str_dup(v->ctx->arena, proof->note);
	if (proof->faults > 0)
		return err_set(e, ERR_FAILED, "",
			       "the copy does not verify: %llu fault%s; nothing was made",
			       (unsigned long long)proof->faults, proof->faults == 1 ? "" : "s");
	if (v->by_rows && !str_eq(proof->note, v->copied.note))
		return err_set(e, ERR_FAILED, "",
			       "the copy ends with another checkpoint than the workspace; nothing "
			       "was made");
	return ERR_NONE;
}

/* Readers leave these behind; with nothing in them they are not needed. */
static void
journal_remove(struct mover *v)
{
	struct stat about;
	const char *journal = in_partial(v, "holdfast.db-wal");

	if (stat(journal, &about) == 0 && about.st_size == 0) {
		(void)unlink(journal);
		(void)unlink(in_partial(v, "holdfast.db-shm"));
	}
}

static enum err_code
prove(struct mover *v)
{
	const struct workspace_options o = {.home = v->partial, .unfinished = true};
	struct workspace *copy = NULL;
	enum err_code rc = workspace_open(&o, DB_READ, &copy, &v->ctx->err);

	if (!rc)
		rc = verify(v, workspace_ctx(copy));
	workspace_close(copy);
	journal_remove(v);
	v->report.rows = v->copied.count;
	v->report.has_key = file_exists(in_partial(v, "ledger.key"));
	return rc;
}

static enum err_code
mark_remove(struct mover *v)
{
	CLEANUP(db_closep) struct db *db = NULL;
	DB_STMT *s = NULL;
	DB_TXN txn = {0};
	int64_t changed = 0;
	struct err *e = &v->ctx->err;
	enum err_code rc = db_open(v->m->store, DB_WRITE, &db, e);

	if (!rc)
		rc = db_begin(db, &txn, e);
	if (!rc)
		rc = db_prepare(db, "delete from meta where name = :name and value = :value", &s,
				e);
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(META_UNFINISHED));
	db_bind_text(s, 2, str_of(v->mark));
	rc = db_run(s, e);
	if (!rc)
		rc = db_changes(db, &changed, e);
	if (!rc && changed != 1)
		rc = err_set(e, ERR_CONFLICT, "store",
			     "another process copies to the same database; only one may");
	return rc ? rc : db_commit(&txn, e);
}

/* What was copied to a server is taken away again, if it is still ours. */
static void
server_undo(struct mover *v)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct str mark = {0};
	struct err none = {0};

	if (v->mark[0] == '\0' || db_open(v->m->store, DB_WRITE, &db, &none))
		return;
	if (schema_check_table(db, &kernel_tables[0], &none) ||
	    meta_get(db, META_UNFINISHED, v->ctx->arena, &mark, &none))
		return;
	if (str_is(mark, v->mark) && db_clear(db, &none))
		return;
}

/* What stays behind is in nobody's way: the next one clears it. */
static void
undo(struct mover *v)
{
	struct err none = {0};

	server_undo(v);
	if (file_remove_folder(v->partial, &none))
		return;
}

static enum err_code
make(struct mover *v)
{
	const struct move *m = v->m;
	struct err *e = &v->ctx->err;
	enum err_code rc = folder_empty(v->partial, e);

	if (!rc)
		rc = target_check(v);
	if (!rc)
		rc = workspace_furnish(v->ws, v->partial, m->store, !m->without_key, e);
	if (!rc)
		rc = m->store ? to_server(v) : to_file(v);
	if (!rc)
		rc = prove(v);
	if (!rc)
		rc = folder_rename(v->partial, v->home, e);
	return rc;
}

enum err_code
move_workspace(struct workspace *ws, const struct move *m, struct move_report *ret_report)
{
	struct mover v = {.ws = ws, .ctx = workspace_ctx(ws), .m = m};
	FOLDER_LOCK lock = -1;
	enum err_code rc;

	names_make(&v);
	rc = folder_lock(v.partial, 0700, 0, &lock, &v.ctx->err);
	if (rc)
		return rc;
	rc = make(&v);
	if (!rc && m->store)
		rc = mark_remove(&v);
	else if (rc)
		undo(&v);
	if (!rc)
		*ret_report = v.report;
	return rc;
}
