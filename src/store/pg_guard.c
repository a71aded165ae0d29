#include "store/pg_priv.h"

#include <string.h>

enum { STATEMENT_LIMIT = 262144 };

/* A plan is judged by one judge, whichever engine serves it: SQLite prepares the statement over
 * the same tables, empty, and tells what it would read and call. So both engines take the same
 * plans, and PostgreSQL needs no second list of what is allowed. */

static enum err_code
table_write(struct pg_db *d, struct buf *sql, struct err *e)
{
	enum err_code rc;

	buf_addf(sql, ")");
	rc = sql->failed ? err_set(e, ERR_INTERNAL, "", "a table has too many columns")
			 : db_exec(d->shadow, sql->data, e);
	sql->len = 0;
	return rc;
}

static enum err_code
shadow_fill(struct pg_db *d, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	DB_STMT *s = NULL;
	char table[PG_NAME_SIZE + 1] = "";
	bool row;
	enum err_code rc = db_prepare(
		&d->base,
		"select c.relname, a.attname, format_type(a.atttypid, null) "
		"from pg_class c join pg_attribute a on a.attrelid = c.oid "
		"where c.relnamespace in (current_schema()::regnamespace, pg_my_temp_schema()) "
		"and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped "
		"and c.relname <> 'wall_secret' "
		"and not exists (select from pg_class t where t.relname = c.relname "
		"and t.relnamespace = pg_my_temp_schema() and t.oid <> c.oid) "
		"order by c.relname, c.relnamespace, a.attnum",
		&s, e);

	while (!rc && !(rc = db_step(s, &row, e)) && row) {
		struct str name = db_text(s, 0);
		bool same = str_is(name, table);

		if (!same && sql.len > 0)
			rc = table_write(d, &sql, e);
		if (!same) {
			(void)snprintf(table, sizeof(table), "%.*s", STR_ARG(name));
			buf_addf(&sql, "create table if not exists \"%s\" (", table);
		}
		buf_addf(&sql, "%s\"%.*s\" %s", same ? ", " : "", STR_ARG(db_text(s, 1)),
			 str_is(db_text(s, 2), "bigint") ? "integer" : "text");
	}
	return rc || sql.len == 0 ? rc : table_write(d, &sql, e);
}

static enum err_code
shadow_make(struct pg_db *d, struct err *e)
{
	enum err_code rc;

	pg_judge_forget(d);
	rc = sqlite_engine.open(":memory:", DB_SCRATCH, &d->shadow, e);
	if (!rc)
		rc = shadow_fill(d, e);
	if (rc)
		pg_judge_forget(d);
	return rc;
}

void
pg_judge_forget(struct pg_db *d)
{
	db_close(d->shadow);
	d->shadow = NULL;
}

enum err_code
pg_judge(struct pg_db *d, const char *sql, struct db_guard *guard, struct err *e)
{
	DB_STMT *s = NULL;
	bool fresh = !d->shadow;
	enum err_code rc = fresh ? shadow_make(d, e) : ERR_NONE;

	if (!rc)
		rc = db_prepare_guarded(d->shadow, sql, guard, &s, e);
	/* Perhaps the table is newer than its shadow. */
	if (rc == ERR_INVALID && !fresh && !guard->denied) {
		rc = shadow_make(d, e);
		if (!rc)
			rc = db_prepare_guarded(d->shadow, sql, guard, &s, e);
	}
	return rc;
}
