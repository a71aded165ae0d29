#include "store/pg_priv.h"

#include "store/past_priv.h"

/* What the tables of a store held then is copied into temporary tables of a reader, with the
 * indexes that questions need: the history has none of them, so a join of views over it would read
 * all of it again and again. All of it is sent ahead, so that the readers' servers work at the same
 * time. */

/* Pages of these tables are not shared, so each reader keeps some by itself; and a few hundred rows
 * tell enough of a table. */
static const char before[] =
	"set local temp_buffers = '64MB'; set local default_statistics_target = 10";

/* A table comes to be with its rows, and its indexes after them; as one statement, which can be
 * sent ahead. */
static enum err_code
table_put_aside(struct db *db, const struct past *p, const struct past_table *past, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = 2 * PAST_SQL_LIMIT};
	struct pg_call c = {0};
	const struct table *t = past->table;

	buf_addf(&sql, "do $aside$ begin create temporary table \"%s\" as ", t->name);
	past_rows(p, past, db->engine->real_tables(db), &sql);
	buf_addf(&sql, "; alter table pg_temp.\"%s\" add primary key (%s); ", t->name,
		 t->primary_key);
	for (size_t i = 0; i < t->index_count; i++) {
		pg_index_text(t, &t->indexes[i], &sql);
		buf_addf(&sql, "; ");
	}
	buf_addf(&sql, "analyze pg_temp.\"%s\"; end $aside$", t->name);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "a statement of the past is too long");
	c.sql = sql.data;
	return pg_send_ahead(pg_of(db), &c, e);
}

enum err_code
pg_put_aside_own(struct db *db, const struct past *p, struct err *e)
{
	const struct pg_call read_only = {.sql = "set transaction read only"};
	enum err_code rc = pg_exec(db, before, e);

	for (size_t i = 0; !rc && i < p->table_count; i++) {
		if (p->tables[i].asked)
			rc = table_put_aside(db, p, &p->tables[i], e);
	}
	return rc ? rc : pg_send_ahead(pg_of(db), &read_only, e);
}
