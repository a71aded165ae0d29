#include "store/sqlite_priv.h"

#include "base/buf.h"

#include <string.h>

enum { STATEMENT_LIMIT = 65536 };

static const char *
type_name(enum column_type type)
{
	switch (type) {
	case COLUMN_INT:
		return "integer";
	case COLUMN_TEXT:
		return "text";
	case COLUMN_BLOB:
		return "blob";
	}
	return "blob";
}

static enum err_code
run(struct db *db, struct buf *sql, struct err *e)
{
	if (sql->failed)
		return err_set(e, ERR_INTERNAL, "", "a schema statement is too long");
	return db_exec(db, sql->data, e);
}

/* `data` may gain bytes at its end; no other column may change. */
static void
growing_text(const struct table *t, struct buf *sql)
{
	buf_addf(sql, "when length(new.data) < length(old.data) or "
		      "substr(new.data, 1, length(old.data)) <> old.data");
	for (size_t i = 0; i < t->column_count; i++) {
		const char *column = t->columns[i].name;

		if (strcmp(column, "data") != 0)
			buf_addf(sql, " or new.\"%s\" is not old.\"%s\"", column, column);
	}
	buf_addf(sql, " begin select raise(abort, '%s only grows'); end", t->name);
}

/* Guards are written once here, so that check_guards can compare what stands with what should. */
static void
guard_text(const struct table *t, bool on_delete, struct buf *sql)
{
	const char *n = t->name;
	const char *event = on_delete ? "delete" : "update";

	buf_addf(sql, "create trigger \"%s_guard_%s\" before %s on \"%s\" ", n, event, event, n);
	if (t->guard == GUARD_VERSIONED)
		buf_addf(sql,
			 "when not exists (select 1 from \"%s_history\" h where h.id = old.id and "
			 "h.row_version = "
			 "old.row_version)%s begin select raise(abort, '%s: a version is "
			 "superseded only "
			 "after it stands in the history'); end",
			 n,
			 on_delete ? ""
				   : " or new.id <> old.id or new.row_version <= old.row_version",
			 n);
	else if (t->guard == GUARD_GROWING && !on_delete)
		growing_text(t, sql);
	else
		buf_addf(sql, "begin select raise(abort, '%s is append-only'); end", n);
}

enum err_code
sqlite_create_table(struct db *db, const struct table *t, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc;

	buf_addf(&sql, "create %stable %s\"%s\" (", t->temporary ? "temp " : "",
		 t->if_missing ? "if not exists " : "", t->name);
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];
		bool rowid = strcmp(t->primary_key, c->name) == 0 && !t->clustered;

		buf_addf(&sql, "%s\"%s\" %s%s%s", i ? ", " : "", c->name, type_name(c->type),
			 c->not_null ? " not null" : "", rowid ? " primary key" : "");
	}
	if (t->clustered || strchr(t->primary_key, ','))
		buf_addf(&sql, ", primary key (%s)", t->primary_key);
	buf_addf(&sql, ") strict%s", t->clustered ? ", without rowid" : "");
	rc = run(db, &sql, e);
	for (int on_delete = 0; !rc && t->guard != GUARD_NONE && on_delete < 2; on_delete++) {
		CLEANUP(buf_fini) struct buf trigger = {.limit = STATEMENT_LIMIT};

		guard_text(t, on_delete, &trigger);
		rc = run(db, &trigger, e);
	}
	return rc;
}

enum err_code
sqlite_drop_table(struct db *db, const struct table *t, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "drop table temp.\"%s\"", t->name);
	return run(db, &sql, e);
}

static void
columns_text(const struct table *t, const struct schema_fill *fill, struct buf *sql)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const char *name = t->columns[i].name;

		if (fill && strcmp(fill->column, name) == 0)
			buf_addf(sql, "%s%s", i ? ", " : "", fill->value);
		else
			buf_addf(sql, "%s\"%s\"", i ? ", " : "", name);
	}
}

/* Renamed in the old way, in which what hangs on other tables goes on naming the table that is to
 * come. */
static enum err_code
put_away(struct db *db, const char *name, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc = db_exec(db, "pragma legacy_alter_table = on", e);
	enum err_code renamed;
	struct err none;

	buf_addf(&sql,
		 "drop trigger if exists \"%s_guard_update\"; "
		 "drop trigger if exists \"%s_guard_delete\"; "
		 "alter table \"%s\" rename to \"%s_before\"",
		 name, name, name, name);
	renamed = rc ? rc : run(db, &sql, e);
	rc = db_exec(db, "pragma legacy_alter_table = off", renamed ? &none : e);
	return renamed ? renamed : rc;
}

enum err_code
sqlite_rebuild_table(struct db *db, const struct table *t, const struct schema_fill *fill,
		     struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc = put_away(db, t->name, e);

	if (!rc)
		rc = sqlite_create_table(db, t, e);
	buf_addf(&sql, "insert into \"%s\" (", t->name);
	columns_text(t, NULL, &sql);
	buf_addf(&sql, ") select ");
	columns_text(t, fill, &sql);
	buf_addf(&sql, " from \"%s_before\" t order by %s; drop table \"%s_before\"", t->name,
		 t->primary_key, t->name);
	return rc ? rc : run(db, &sql, e);
}

enum err_code
sqlite_add_column(struct db *db, const struct table *t, const struct column *c, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "alter table \"%s\" add column \"%s\" %s", t->name, c->name,
		 type_name(c->type));
	return run(db, &sql, e);
}

enum err_code
sqlite_add_index(struct db *db, const struct table *t, const struct index *i, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "create %sindex if not exists \"%s\" on \"%s\" (%s)%s%s",
		 i->unique ? "unique " : "", i->name, t->name, i->columns,
		 i->where ? " where " : "", i->where ? i->where : "");
	return run(db, &sql, e);
}

/* One number about the table named `name`. */
static enum err_code
ask(struct db *db, const char *sql, const char *name, int64_t *ret_number, struct err *e)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(db, sql, &s, e);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(name));
	rc = db_step(s, &row, e);
	if (!rc)
		*ret_number = row ? db_int(s, 0) : -1;
	return rc;
}

static bool
column_fits(const struct table *t, struct str name, struct str type)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (str_is(name, t->columns[i].name))
			return type.len == strlen(type_name(t->columns[i].type)) &&
			       sqlite3_strnicmp(type.ptr, type_name(t->columns[i].type),
						(int)type.len) == 0;
	}
	return false;
}

static enum err_code
columns_fit(struct db *db, const struct table *t, bool *ret_fit, struct err *e)
{
	DB_STMT *s = NULL;
	size_t count = 0;
	bool row;
	enum err_code rc =
		db_prepare(db, "select name, type from pragma_table_xinfo(:name)", &s, e);

	*ret_fit = true;
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(t->name));
	while (!(rc = db_step(s, &row, e)) && row) {
		count++;
		*ret_fit = *ret_fit && column_fits(t, db_text(s, 0), db_text(s, 1));
	}
	*ret_fit = *ret_fit && count == t->column_count;
	return rc;
}

enum err_code
sqlite_check_table(struct db *db, const struct table *t, struct err *e)
{
	int64_t kind, strays = 0;
	bool fit = true;
	enum err_code rc = ask(db,
			       "select strict + 2 * wr from pragma_table_list(:name) "
			       "where schema = 'main' and type = 'table'",
			       t->name, &kind, e);

	if (!rc && kind < 0)
		return err_set(e, ERR_MISSING, t->name, "table '%s' is missing", t->name);
	if (!rc)
		rc = columns_fit(db, t, &fit, e);
	if (!rc && (!fit || kind != (t->clustered ? 3 : 1)))
		return err_set(e, ERR_FAILED, t->name,
			       "table '%s' is not as it was made: its columns or their types were "
			       "altered",
			       t->name);
	if (!rc)
		rc = ask(db,
			 "select count(*) from sqlite_master where type = 'trigger' and "
			 "tbl_name = :name and name <> :name || '_guard_update' and "
			 "name <> :name || '_guard_delete'",
			 t->name, &strays, e);
	if (!rc && strays > 0)
		return err_set(e, ERR_FAILED, t->name,
			       "a trigger that does not belong there hangs on table '%s'", t->name);
	return rc;
}

static enum err_code
check_one(struct db_stmt *s, const struct table *t, bool on_delete, struct err *e)
{
	CLEANUP(buf_fini) struct buf trigger = {.limit = STATEMENT_LIMIT};
	CLEANUP(buf_fini) struct buf name = {.limit = STATEMENT_LIMIT};
	enum err_code rc;
	bool row;
	bool same;

	guard_text(t, on_delete, &trigger);
	buf_addf(&name, "%s_guard_%s", t->name, on_delete ? "delete" : "update");
	if (trigger.failed || name.failed)
		return err_set(e, ERR_INTERNAL, "", "a schema statement is too long");
	db_bind_text(s, 1, str_of(name.data));
	rc = db_step(s, &row, e);
	if (rc)
		return rc;
	/* SQLite keeps the text as it was given, but for the case of its first two words. */
	same = row && db_text(s, 0).len == trigger.len &&
	       memcmp(db_text(s, 0).ptr + 14, trigger.data + 14, trigger.len - 14) == 0;
	db_reset(s);
	if (!same)
		return err_set(
			e, ERR_FAILED, t->name,
			"the guard against silent change of table '%s' on %s is missing or altered",
			t->name, on_delete ? "delete" : "update");
	return ERR_NONE;
}

enum err_code
sqlite_check_guards(struct db *db, const struct table *t, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc;

	if (t->guard == GUARD_NONE)
		return ERR_NONE;
	rc = db_prepare(db, "select sql from sqlite_master where type = 'trigger' and name = :name",
			&s, e);
	for (int on_delete = 0; !rc && on_delete < 2; on_delete++)
		rc = check_one(s, t, on_delete, e);
	return rc;
}
