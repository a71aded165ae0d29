#include "store/pg_priv.h"

#include <string.h>

enum {
	STATEMENT_LIMIT = 65536,
	NAME_MAX_BYTES = 63, /* the server cuts longer names, and then two may be one */
};

/* Text compares by its bytes, as in SQLite, whatever the database's own order is. */
static const char *
type_name(enum column_type type)
{
	switch (type) {
	case COLUMN_INT:
		return "bigint";
	case COLUMN_TEXT:
		return "text collate pg_catalog.\"C\"";
	case COLUMN_BLOB:
		return "bytea";
	}
	return "bytea";
}

static enum err_code
run(struct db *db, struct buf *sql, struct err *e)
{
	if (sql->failed)
		return err_set(e, ERR_INTERNAL, "", "a schema statement is too long");
	return db_exec(db, sql->data, e);
}

static enum err_code
name_fits(const char *name, const char *suffix, struct err *e)
{
	if (strlen(name) + strlen(suffix) <= NAME_MAX_BYTES)
		return ERR_NONE;
	return err_set(e, ERR_INVALID, name,
		       "the name '%s' is too long for a database server: %zu characters are the "
		       "most here",
		       name, NAME_MAX_BYTES - strlen(suffix));
}

/* What a guard's function does. Written once here, so that check_guards can compare what stands
 * with what should. Names of tables are the model's: letters, digits and underscores. */

static void
append_only_body(struct buf *sql)
{
	buf_addf(sql, " begin raise exception '%% is append-only', tg_table_name "
		      "using errcode = 'restrict_violation'; end ");
}

/* `data` may gain bytes at its end; no other column may change. */
static void
growing_body(const struct table *t, struct buf *sql)
{
	buf_addf(sql,
		 " begin if tg_op <> 'UPDATE' then raise exception '%s is append-only' using "
		 "errcode = 'restrict_violation'; end if; "
		 "if pg_catalog.length(new.data) < pg_catalog.length(old.data) or "
		 "pg_catalog.substr(new.data, 1, pg_catalog.length(old.data)) <> old.data",
		 t->name);
	for (size_t i = 0; i < t->column_count; i++) {
		const char *column = t->columns[i].name;

		if (strcmp(column, "data") != 0)
			buf_addf(sql, " or new.\"%s\" is distinct from old.\"%s\"", column, column);
	}
	buf_addf(sql,
		 " then raise exception '%s only grows' using errcode = 'restrict_violation'; "
		 "end if; return new; end ",
		 t->name);
}

/* The history is named with its schema, as a temporary table or view of its name stands before it.
 */
static void
versioned_body(const struct pg_db *d, const struct table *t, struct buf *sql)
{
	buf_addf(
		sql,
		" begin if tg_op <> 'TRUNCATE' then "
		"if exists (select from \"%s\".\"%s_history\" h where h.id = old.id and "
		"h.row_version = old.row_version) then "
		"if tg_op = 'DELETE' then return old; end if; "
		"if new.id = old.id and new.row_version > old.row_version then return new; end if; "
		"end if; end if; "
		"raise exception '%s: a version is superseded only after it stands in the "
		"history' using errcode = 'restrict_violation'; end ",
		d->schema, t->name, t->name);
}

static void
guard_body(const struct pg_db *d, const struct table *t, struct buf *sql)
{
	switch (t->guard) {
	case GUARD_NONE:
		break;
	case GUARD_APPEND_ONLY:
		append_only_body(sql);
		break;
	case GUARD_VERSIONED:
		versioned_body(d, t, sql);
		break;
	case GUARD_GROWING:
		growing_body(t, sql);
		break;
	}
}

/* All append-only tables share one function. */
static void
guard_function(const struct table *t, struct buf *sql)
{
	if (t->guard == GUARD_APPEND_ONLY)
		buf_addf(sql, "guard_append_only");
	else
		buf_addf(sql, "%s_guard", t->name);
}

enum err_code
pg_add_guards(struct db *db, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "create or replace function guard_append_only() returns trigger "
		       "language plpgsql as $guard$");
	append_only_body(&sql);
	buf_addf(&sql, "$guard$");
	return run(db, &sql, e);
}

static void
guard_text(const struct pg_db *d, const struct table *t, struct buf *sql)
{
	CLEANUP(buf_fini) struct buf function = {.limit = STATEMENT_LIMIT};

	guard_function(t, &function);
	if (t->guard != GUARD_APPEND_ONLY) {
		buf_addf(sql,
			 "; create or replace function \"%s\"() returns trigger "
			 "language plpgsql as $guard$",
			 function.data);
		guard_body(d, t, sql);
		buf_addf(sql, "$guard$");
	}
	buf_addf(sql,
		 "; create trigger guard_rows before update or delete on \"%s\" "
		 "for each row execute function \"%s\"(); "
		 "create trigger guard_whole before truncate on \"%s\" "
		 "for each statement execute function \"%s\"()",
		 t->name, function.data, t->name, function.data);
	sql->failed = sql->failed || function.failed;
}

enum err_code
pg_create_table(struct db *db, const struct table *t, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc = name_fits(t->name, t->guard == GUARD_NONE ? "" : "_guard", e);

	if (rc)
		return rc;
	buf_addf(&sql, "create %stable %s\"%s\" (", t->temporary ? "temporary " : "",
		 t->if_missing ? "if not exists " : "", t->name);
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];

		buf_addf(&sql, "%s\"%s\" %s%s", i ? ", " : "", c->name, type_name(c->type),
			 c->not_null ? " not null" : "");
	}
	if (t->primary_key[0])
		buf_addf(&sql, ", primary key (%s)", t->primary_key);
	buf_addf(&sql, ")");
	if (t->guard != GUARD_NONE)
		guard_text(pg_of(db), t, &sql);
	pg_wall_text(t, &sql);
	return run(db, &sql, e);
}

enum err_code
pg_drop_table(struct db *db, const struct table *t, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "drop table pg_temp.\"%s\"", t->name);
	return run(db, &sql, e);
}

/* Rows have no order here. A new one in place of the old would be another to what depends on that:
 * the walls of other tables. So the column is filled where it is, past the guards. */
static void
fill_text(const struct table *t, const struct schema_fill *fill, struct buf *sql)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];

		if (strcmp(c->name, fill->column) != 0)
			continue;
		buf_addf(sql,
			 "alter table \"%s\" disable trigger user, "
			 "add column if not exists \"%s\" %s; "
			 "update \"%s\" t set \"%s\" = %s; alter table \"%s\" enable trigger user",
			 t->name, c->name, type_name(c->type), t->name, c->name, fill->value,
			 t->name);
		if (c->not_null)
			buf_addf(sql, ", alter column \"%s\" set not null", c->name);
	}
}

enum err_code
pg_rebuild_table(struct db *db, const struct table *t, const struct schema_fill *fill,
		 struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	if (fill)
		fill_text(t, fill, &sql);
	else
		buf_addf(&sql,
			 "alter table \"%s\" drop constraint \"%s_pkey\", add primary key (%s)",
			 t->name, t->name, t->primary_key);
	return run(db, &sql, e);
}

enum err_code
pg_add_column(struct db *db, const struct table *t, const struct column *c, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "alter table \"%s\" add column \"%s\" %s", t->name, c->name,
		 type_name(c->type));
	return run(db, &sql, e);
}

void
pg_index_text(const struct table *t, const struct index *i, struct buf *sql)
{
	/* Equals are in the order of their numbers, as they are in SQLite by themselves: lists are
	 * read so (model/page.h). */
	bool numbered = !i->unique && !t->clustered && strcmp(t->primary_key, "id") == 0;

	buf_addf(sql, "create %sindex if not exists \"%s\" on \"%s\" (%s%s)%s%s",
		 i->unique ? "unique " : "", i->name, t->name, i->columns, numbered ? ", id" : "",
		 i->where ? " where " : "", i->where ? i->where : "");
}

enum err_code
pg_add_index(struct db *db, const struct table *t, const struct index *i, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc = name_fits(i->name, "", e);

	if (rc)
		return rc;
	pg_index_text(t, i, &sql);
	return run(db, &sql, e);
}

/* One number about the table, or -1 where there is no row. */
static enum err_code
ask(struct db *db, const char *sql, const struct table *t, int64_t *ret_number, struct err *e)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(db, sql, &s, e);

	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(t->name));
	rc = db_step(s, &row, e);
	if (!rc)
		*ret_number = row ? db_int(s, 0) : -1;
	return rc;
}

/* As catalogue_columns tells of it: the type as the server prints it, and its collation's oid. */
static bool
column_fits(const struct column *c, struct str type, bool by_bytes)
{
	switch (c->type) {
	case COLUMN_INT:
		return str_is(type, "bigint");
	case COLUMN_TEXT:
		return str_is(type, "text") && by_bytes;
	case COLUMN_BLOB:
		return str_is(type, "bytea");
	}
	return false;
}

#define THIS_TABLE                                                                                 \
	"from pg_class c where c.relname = cast(:name as text) and "                               \
	"c.relnamespace = (select n.oid from pg_namespace n where n.nspname = current_schema()) "

static const char catalogue_columns[] =
	"select a.attname, format_type(a.atttypid, a.atttypmod), "
	"cast(a.attnotnull as int), cast(a.atthasdef as int), "
	"(select count(*) from pg_collation o where o.oid = a.attcollation and o.collname = 'C') "
	"from pg_attribute a where a.attnum > 0 and not a.attisdropped and "
	"a.attrelid = (select c.oid " THIS_TABLE ")";

/* What a default or an expression puts into a column was said by nobody. */
static enum err_code
columns_fit(struct db *db, const struct table *t, bool *ret_fit, struct err *e)
{
	DB_STMT *s = NULL;
	size_t count = 0;
	bool row;
	enum err_code rc = db_prepare(db, catalogue_columns, &s, e);

	*ret_fit = true;
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(t->name));
	while (!(rc = db_step(s, &row, e)) && row) {
		const struct column *c = NULL;

		for (size_t i = 0; !c && i < t->column_count; i++) {
			if (str_is(db_text(s, 0), t->columns[i].name))
				c = &t->columns[i];
		}
		*ret_fit = *ret_fit && c && column_fits(c, db_text(s, 1), db_int(s, 4) != 0) &&
			   db_int(s, 2) == c->not_null && db_int(s, 3) == 0;
		count++;
	}
	*ret_fit = *ret_fit && count == t->column_count;
	return rc;
}

/* 1 for a table as we make them: it has its key, survives a crash, and no other table adds rows to
 * it. */
static const char catalogue_kind[] =
	"select case when c.relkind = 'r' and c.relpersistence = 'p' and not c.relispartition and "
	"exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and "
	"i.indisvalid) and not exists (select from pg_inherits h where c.oid in (h.inhparent, "
	"h.inhrelid)) then 1 else 0 end " THIS_TABLE;

/* Triggers that are no guards, and rules, which rewrite statements. */
static const char catalogue_strays[] =
	"select (select count(*) from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal "
	"and g.tgname not in ('guard_rows', 'guard_whole')) + "
	"(select count(*) from pg_rewrite r where r.ev_class = c.oid) " THIS_TABLE;

enum err_code
pg_check_table(struct db *db, const struct table *t, struct err *e)
{
	int64_t kind = 0;
	int64_t strays = 0;
	bool fit = false;
	enum err_code rc = ask(db, catalogue_kind, t, &kind, e);

	if (!rc && kind < 0)
		return err_set(e, ERR_MISSING, t->name, "table '%s' is missing", t->name);
	if (!rc)
		rc = columns_fit(db, t, &fit, e);
	if (!rc && (!fit || kind != 1))
		return err_set(e, ERR_FAILED, t->name,
			       "table '%s' is not as it was made: its columns or their types were "
			       "altered",
			       t->name);
	if (!rc)
		rc = ask(db, catalogue_strays, t, &strays, e);
	if (!rc && strays > 0)
		return err_set(e, ERR_FAILED, t->name,
			       "a trigger or rule that does not belong there hangs on table '%s'",
			       t->name);
	return rc;
}

/* The two triggers with the kinds of their events (tgtype: row 1, before 2, delete 8, update 16,
 * truncate 32), switched on, unconditional, and of a function with the text that we gave. */
static const char catalogue_guards[] =
	"select g.tgname from pg_trigger g join pg_proc p on p.oid = g.tgfoid "
	"join pg_language l on l.oid = p.prolang "
	"where g.tgrelid = (select c.oid " THIS_TABLE ") and "
	"((g.tgname = 'guard_rows' and g.tgtype = 27) or "
	"(g.tgname = 'guard_whole' and g.tgtype = 34)) and g.tgenabled in ('O', 'A') and "
	"g.tgqual is null and g.tgnargs = 0 and g.tgattr = '' and not g.tgdeferrable and "
	"p.prosrc = cast(:body as text) and l.lanname = 'plpgsql' and p.proconfig is null and "
	"not p.prosecdef";

enum err_code
pg_check_guards(struct db *db, const struct table *t, struct err *e)
{
	CLEANUP(buf_fini) struct buf body = {.limit = STATEMENT_LIMIT};
	DB_STMT *s = NULL;
	bool rows = false;
	bool whole = false;
	bool row;
	enum err_code rc;

	if (t->guard == GUARD_NONE)
		return ERR_NONE;
	guard_body(pg_of(db), t, &body);
	if (body.failed)
		return err_set(e, ERR_INTERNAL, "", "a schema statement is too long");
	rc = db_prepare(db, catalogue_guards, &s, e);
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(t->name));
	db_bind_text(s, 2, (struct str){body.data, body.len});
	while (!(rc = db_step(s, &row, e)) && row) {
		rows = rows || str_is(db_text(s, 0), "guard_rows");
		whole = whole || str_is(db_text(s, 0), "guard_whole");
	}
	if (!rc && !(rows && whole))
		return err_set(
			e, ERR_FAILED, t->name,
			"the guard against silent change of table '%s' on %s is missing or altered",
			t->name, rows ? "truncate" : "update or delete");
	return rc;
}
