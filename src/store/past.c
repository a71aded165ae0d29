#include "store/past_priv.h"

#include "store/engine_priv.h"

static void
columns(const struct table *t, const char *alias, struct buf *sql)
{
	for (size_t i = 0; i < t->column_count; i++)
		buf_addf(sql, "%s%s.\"%s\"", i ? ", " : "", alias, t->columns[i].name);
}

/* Now and superseded since: both were there then. A retired version was never a present one. */
static void
versions_rows(const struct past *p, const struct past_table *t, const char *from, struct buf *sql)
{
	long long at = (long long)p->instant;

	buf_addf(sql, "select ");
	columns(t->table, "t", sql);
	buf_addf(sql, " from %s\"%s\" t where t.recorded_from <= %lld union all select ", from,
		 t->table->name, at);
	columns(t->table, "t", sql);
	buf_addf(sql,
		 " from %s\"%s\" t where t.recorded_from <= %lld and t.recorded_to > %lld "
		 "and t.retired = 0",
		 from, t->history->name, at, at);
}

static void
items_rows(const struct past *p, const struct past_table *t, const char *from, struct buf *sql)
{
	long long at = (long long)p->instant;

	buf_addf(sql, "select ");
	columns(t->table, "t", sql);
	buf_addf(sql,
		 " from %s\"%s\" t join %s\"%s\" v on v.id = t.record where v.recorded_from <= "
		 "%lld union all select ",
		 from, t->table->name, from, t->versions->name, at);
	columns(t->table, "t", sql);
	buf_addf(sql,
		 " from %s\"%s\" t join %s\"%s\" v on v.id = t.record and v.row_version = "
		 "t.row_version where v.recorded_from <= %lld and v.recorded_to > %lld and "
		 "v.retired = 0",
		 from, t->history->name, from, t->versions_history->name, at, at);
}

void
past_rows(const struct past *p, const struct past_table *t, const char *from, struct buf *sql)
{
	switch (t->kind) {
	case PAST_VERSIONS:
		versions_rows(p, t, from, sql);
		break;
	case PAST_ITEMS:
		items_rows(p, t, from, sql);
		break;
	case PAST_LOG:
		buf_addf(sql, "select ");
		columns(t->table, "t", sql);
		buf_addf(sql, " from %s\"%s\" t where t.at <= %lld", from, t->table->name,
			 (long long)p->instant);
		break;
	}
}

void
past_history_rows(const struct past *p, const struct past_table *t, const char *from,
		  struct buf *sql)
{
	buf_addf(sql, "select ");
	columns(t->history, "t", sql);
	buf_addf(sql, " from %s\"%s\" t", from, t->history->name);
	if (t->kind == PAST_ITEMS)
		buf_addf(sql,
			 " join %s\"%s\" v on v.id = t.record and v.row_version = t.row_version "
			 "where v.recorded_to <= %lld",
			 from, t->versions_history->name, (long long)p->instant);
	else
		buf_addf(sql, " where t.recorded_to <= %lld", (long long)p->instant);
}

static void
view_make(const struct past *p, const struct past_table *t, bool history, const char *from,
	  struct buf *sql)
{
	buf_addf(sql, "create temporary view \"%s\" as ",
		 history ? t->history->name : t->table->name);
	if (history)
		past_history_rows(p, t, from, sql);
	else
		past_rows(p, t, from, sql);
	buf_addf(sql, "; ");
}

/* All at once: a server's answers are long on their way. */
enum err_code
past_views(struct db *db, const struct past *p, enum past_aside aside, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = PAST_VIEWS_LIMIT};
	const char *from = db->engine->real_tables(db);

	for (size_t i = 0; i < p->table_count; i++) {
		const struct past_table *t = &p->tables[i];

		if (aside == PAST_NONE_ASIDE || (aside == PAST_ASKED_ASIDE && !t->asked))
			view_make(p, t, false, from, &sql);
		if (t->history)
			view_make(p, t, true, from, &sql);
	}
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "the statements of the past are too long");
	return sql.data ? db_exec(db, sql.data, e) : ERR_NONE;
}

enum err_code
past_reader(struct db *db, const struct past *p, bool much, struct err *e)
{
	bool own = much && p->many && db->engine->put_aside_own;
	enum err_code rc = past_views(db, p, own ? PAST_ASKED_ASIDE : PAST_NONE_ASIDE, e);

	if (rc)
		return rc;
	return own ? db->engine->put_aside_own(db, p, e) : db->engine->only_read(db, e);
}

enum err_code
db_as_of(struct db *db, const struct past *p, struct err *e)
{
	bool put_aside = false;
	enum err_code rc = ERR_NONE;

	if (db->past || db->in_txn)
		return err_set(e, ERR_INTERNAL, "", "the past is asked for too late");
	stmt_cache_empty(&db->idle);
	if (p->many && db->engine->put_aside)
		rc = db->engine->put_aside(db, p, &put_aside, e);
	if (!rc && !put_aside)
		rc = past_views(db, p, PAST_NONE_ASIDE, e);
	if (!rc)
		rc = db->engine->only_read(db, e);
	if (rc)
		return rc;
	db->past = p;
	db->past_aside = put_aside;
	return ERR_NONE;
}
