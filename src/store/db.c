#include "store/db.h"
#include "store/engine_priv.h"
#include "store/load.h"
#include "store/past_priv.h"

#include <string.h>

const char *const db_functions[] = {
	"days_between", "hours_between", "add_days", "add_months", "add_years",	 "add_hours",
	"add_minutes",	"date_of",	 "month_of", "list_has",   "list_count", "list_minus",
	"coalesce",	"nullif",	 "min",	     "max",	   "count",	 "sum",
	"lower",	"upper",	 "trim",     "length",	   "substr",	 "replace",
	"abs",		"row_number",	 "rank",     NULL};

enum err_code
db_open(const char *where, enum db_access access, struct db **ret_db, struct err *e)
{
	const struct db_engine *engine = db_is_remote(where) ? &pg_engine : &sqlite_engine;

	return engine->open(where, access, ret_db, e);
}

bool
db_is_remote(const char *where)
{
	static const char *const starts[] = {"postgresql://", "postgres://"};
	size_t word = strspn(where, "abcdefghijklmnopqrstuvwxyz_");

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		if (strncmp(where, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	/* host=… dbname=… */
	return word > 0 && where[word] == '=';
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	stmt_cache_empty(&db->idle);
	db->engine->close(db);
}

void
db_closep(struct db **db)
{
	db_close(*db);
}

enum err_code
db_set_zone(struct db *db, const struct zone *zone, struct err *e)
{
	db->zone = zone;
	return db->engine->set_zone(db, e);
}

enum err_code
db_exec(struct db *db, const char *sql, struct err *e)
{
	return db->engine->exec(db, sql, e);
}

static enum err_code
prepare(struct db *db, const char *sql, const struct db_how *how, struct db_stmt **ret_stmt,
	struct err *e)
{
	uint64_t hash = how->guard ? 0 : stmt_hash(sql);
	struct db_stmt *s = how->guard ? NULL : stmt_cache_take(&db->idle, sql, hash, how->scan);
	enum err_code rc = s ? ERR_NONE : db->engine->prepare(db, sql, how, &s, e);

	if (rc)
		return rc;
	s->hash = hash;
	*ret_stmt = s;
	return ERR_NONE;
}

enum err_code
db_prepare(struct db *db, const char *sql, struct db_stmt **ret_stmt, struct err *e)
{
	return prepare(db, sql, &(struct db_how){0}, ret_stmt, e);
}

enum err_code
db_prepare_scan(struct db *db, const char *sql, struct db_stmt **ret_stmt, struct err *e)
{
	return prepare(db, sql, &(struct db_how){.scan = true}, ret_stmt, e);
}

enum err_code
db_prepare_guarded(struct db *db, const char *sql, struct db_guard *guard,
		   struct db_stmt **ret_stmt, struct err *e)
{
	return prepare(db, sql, &(struct db_how){.guard = guard}, ret_stmt, e);
}

void
db_stmt_free(struct db_stmt *s)
{
	if (!s)
		return;
	if (s->guarded) {
		s->db->engine->stmt_free(s);
		return;
	}
	s->db->engine->stmt_clear(s);
	stmt_cache_put(&s->db->idle, s);
}

void
db_stmt_freep(struct db_stmt **s)
{
	db_stmt_free(*s);
}

int
db_param(const struct db_stmt *s, const char *name)
{
	return s->db->engine->param(s, name);
}

int
db_param_count(const struct db_stmt *s)
{
	return s->db->engine->param_count(s);
}

const char *
db_param_name(const struct db_stmt *s, int index)
{
	return s->db->engine->param_name(s, index);
}

void
db_bind_int(struct db_stmt *s, int index, int64_t value)
{
	s->db->engine->bind_int(s, index, value);
}

void
db_bind_text(struct db_stmt *s, int index, struct str value)
{
	s->db->engine->bind_bytes(s, index, value, true);
}

void
db_bind_blob(struct db_stmt *s, int index, const void *bytes, size_t len)
{
	s->db->engine->bind_bytes(s, index, (struct str){bytes, len}, false);
}

void
db_bind_null(struct db_stmt *s, int index)
{
	s->db->engine->bind_bytes(s, index, (struct str){0}, true);
}

enum err_code
db_step(struct db_stmt *s, bool *ret_row, struct err *e)
{
	return s->db->engine->step(s, ret_row, e);
}

enum err_code
db_run(struct db_stmt *s, struct err *e)
{
	return s->db->engine->run(s, e);
}

void
db_reset(struct db_stmt *s)
{
	s->db->engine->reset(s);
}

int
db_column_count(const struct db_stmt *s)
{
	return s->db->engine->column_count(s);
}

const char *
db_column_name(const struct db_stmt *s, int column)
{
	return s->db->engine->column_name(s, column);
}

bool
db_is_null(const struct db_stmt *s, int column)
{
	return s->db->engine->is_null(s, column);
}

bool
db_is_int(const struct db_stmt *s, int column)
{
	return s->db->engine->is_int(s, column);
}

int64_t
db_int(const struct db_stmt *s, int column)
{
	return s->db->engine->get_int(s, column);
}

struct str
db_text(const struct db_stmt *s, int column)
{
	return s->db->engine->get_text(s, column);
}

void
db_cells(const struct db_stmt *s, int first, size_t count, struct db_cell *ret_cells)
{
	s->db->engine->get_cells(s, first, count, ret_cells);
}

int64_t
db_question_rows(const struct db *db)
{
	return db->engine->question_rows;
}

bool
db_has_lateral(const struct db *db)
{
	return db->engine->lateral;
}

enum err_code
db_changes(struct db *db, int64_t *ret_count, struct err *e)
{
	return db->engine->changes(db, ret_count, e);
}

static enum err_code
txn_begin(struct db *db, enum db_aim aim, struct db_txn *ret_txn, struct err *e)
{
	enum err_code rc;

	if (db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "a transaction is open already");
	if (aim != AIM_READ && db->past)
		return err_set(e, ERR_DENIED, "",
			       "what was recorded in the past is not to be changed");
	rc = db->engine->begin(db, aim, e);
	if (rc)
		return rc;
	db->in_txn = true;
	*ret_txn = (struct db_txn){.db = db};
	return ERR_NONE;
}

enum err_code
db_begin(struct db *db, struct db_txn *ret_txn, struct err *e)
{
	return txn_begin(db, AIM_WRITE, ret_txn, e);
}

enum err_code
db_begin_beside(struct db *db, struct db_txn *ret_txn, struct err *e)
{
	return txn_begin(db, AIM_BESIDE, ret_txn, e);
}

enum err_code
db_begin_read(struct db *db, struct db_txn *ret_txn, struct err *e)
{
	return txn_begin(db, AIM_READ, ret_txn, e);
}

enum err_code
db_commit(struct db_txn *txn, struct err *e)
{
	enum err_code rc = txn->db->engine->commit(txn->db, e);

	if (rc)
		return rc;
	txn->committed = true;
	txn->db->in_txn = false;
	return ERR_NONE;
}

void
db_txn_end(struct db_txn *txn)
{
	if (txn->db && !txn->committed) {
		txn->db->engine->rollback(txn->db);
		txn->db->in_txn = false;
	}
	*txn = (struct db_txn){0};
}

bool
db_in_txn(const struct db *db)
{
	return db->in_txn;
}

enum err_code
db_readers(struct db *db, struct db **ret_readers, size_t *count, struct err *e)
{
	enum err_code rc;

	if (db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "a transaction is open already");
	rc = db->engine->readers(db, ret_readers, count, e);
	for (size_t i = 0; !rc && db->zone && i < *count; i++)
		rc = db_set_zone(ret_readers[i], db->zone, e);
	for (size_t i = 0; !rc && db->past && !db->past_aside && i < *count; i++)
		rc = past_reader(ret_readers[i], db->past, true, e);
	while (rc && *count > 0)
		db_close(ret_readers[--*count]);
	for (size_t i = 0; i < *count; i++)
		ret_readers[i]->past = db->past;
	return rc;
}

enum err_code
db_see(struct db *db, const int64_t *organisations, size_t count, struct err *e)
{
	if (db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "a transaction is open already");
	return db->engine->see ? db->engine->see(db, organisations, count, e) : ERR_NONE;
}

enum err_code
db_see_all(struct db *db, struct err *e)
{
	if (db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "a transaction is open already");
	return db->engine->see_all ? db->engine->see_all(db, e) : ERR_NONE;
}

enum err_code
db_roles(struct db *db, bool *ret_made, struct err *e)
{
	*ret_made = true;
	return db->engine->roles ? db->engine->roles(db, ret_made, e) : ERR_NONE;
}

enum err_code
db_learn(struct db *db, struct err *e)
{
	return db->engine->learn(db, e);
}

bool
db_has_file(const struct db *db)
{
	return db->engine->save != NULL;
}

enum err_code
db_save(struct db *db, const char *path, struct err *e)
{
	return db->engine->save ? db->engine->save(db, path, e)
				: err_set(e, ERR_INTERNAL, "", "this store is no file");
}

enum err_code
db_check_room(struct db *db, int64_t bytes, struct err *e)
{
	return db->engine->check_room ? db->engine->check_room(db, bytes, e) : ERR_NONE;
}

enum err_code
db_clear(struct db *db, struct err *e)
{
	stmt_cache_empty(&db->idle);
	return db->engine->clear ? db->engine->clear(db, e)
				 : err_set(e, ERR_INTERNAL, "", "this store is on no server");
}

void
db_deadline(struct db *db, int64_t ms)
{
	db->engine->deadline(db, ms);
}

void
db_hurry(struct db *db)
{
	db->hurried = true;
}

enum err_code
db_mover_start(struct db *db, struct err *e)
{
	return db->engine->mover_start ? db->engine->mover_start(db, e) : ERR_NONE;
}

void
db_mover_stop(struct db *db)
{
	if (db->engine->mover_stop)
		db->engine->mover_stop(db);
}

bool
db_mover_fails(const struct db *db, struct err *e)
{
	return db->engine->mover_fails && db->engine->mover_fails(db, e);
}

enum err_code
schema_create_bare(struct db *db, const struct table *t, struct err *e)
{
	stmt_cache_empty(&db->idle);
	return db->engine->create_table(db, t, e);
}

enum err_code
schema_create(struct db *db, const struct table *t, struct err *e)
{
	enum err_code rc = schema_create_bare(db, t, e);

	for (size_t i = 0; !rc && i < t->index_count; i++)
		rc = db->engine->add_index(db, t, &t->indexes[i], e);
	return rc;
}

enum err_code
schema_drop(struct db *db, const struct table *t, struct err *e)
{
	if (!t->temporary)
		return err_set(e, ERR_INTERNAL, t->name, "table '%s' is not to be dropped",
			       t->name);
	stmt_cache_empty(&db->idle);
	return db->engine->drop_table(db, t, e);
}

enum err_code
schema_rebuild(struct db *db, const struct table *t, const struct schema_fill *fill, struct err *e)
{
	enum err_code rc;

	stmt_cache_empty(&db->idle);
	rc = db->engine->rebuild_table(db, t, fill, e);
	for (size_t i = 0; !rc && i < t->index_count; i++)
		rc = db->engine->add_index(db, t, &t->indexes[i], e);
	return rc;
}

enum err_code
schema_add_column(struct db *db, const struct table *t, const struct column *column, struct err *e)
{
	stmt_cache_empty(&db->idle);
	return db->engine->add_column(db, t, column, e);
}

enum err_code
schema_add_index(struct db *db, const struct table *t, const struct index *index, struct err *e)
{
	return db->engine->add_index(db, t, index, e);
}

enum err_code
schema_check_table(struct db *db, const struct table *t, struct err *e)
{
	return db->engine->check_table(db, t, e);
}

enum err_code
schema_check_guards(struct db *db, const struct table *t, struct err *e)
{
	return db->engine->check_guards(db, t, e);
}
