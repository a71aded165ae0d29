#include "model/sql.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN_BITS = 62 };

uint64_t
column_bit(size_t column)
{
	return (uint64_t)1 << (column < COLUMN_BITS ? column : COLUMN_BITS - 1);
}

bool
field_has_column(const struct field *f)
{
	return f->type != FIELD_REFS && f->type != FIELD_LIST;
}

static bool
is_name_part(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void
name(const char *word, struct buf *out)
{
	buf_adds(out, "\"");
	buf_adds(out, word);
	buf_adds(out, "\"");
}

static void
columns(const struct table *t, const char *alias, size_t from, struct buf *out)
{
	for (size_t i = from; i < t->column_count; i++) {
		buf_adds(out, i > from ? ", " : "");
		buf_adds(out, alias);
		name(t->columns[i].name, out);
	}
}

void
sql_select(const struct table *t, const char *tail, struct buf *out)
{
	buf_addf(out, "select ");
	columns(t, "t.", 0, out);
	buf_addf(out, " from \"%s\" t %s", t->name, tail);
}

void
sql_select_many(const struct table *t, size_t count, struct buf *out)
{
	sql_select(t, "where t.id in (", out);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s:p%zu", i ? ", " : "", i + 1);
	buf_addf(out, ")");
}

void
sql_sight(const struct reg *r, const struct sight *s, const char *alias, struct buf *out)
{
	if (s->all)
		return;
	buf_addf(out, s->count ? " and %s.organisation in (" : " and 1 = 0", alias);
	for (size_t i = 0; i < s->count; i++)
		buf_addf(out, "%s:v%zu_%zu", i ? ", " : "", r->index, i);
	buf_addf(out, s->count ? ") " : " ");
}

void
sql_sight_bind(const struct reg *r, const struct sight *s, struct db_stmt *stmt)
{
	char name[48];

	for (size_t i = 0; !s->all && i < s->count; i++) {
		int index;

		(void)snprintf(name, sizeof(name), "v%zu_%zu", r->index, i);
		index = db_param(stmt, name);
		if (index)
			db_bind_int(stmt, index, s->organisations[i]);
	}
}

void
sql_select_seen(const struct reg *r, const struct sight *s, const char *tail, struct buf *out)
{
	sql_select(r->table, "where 1 = 1", out);
	sql_sight(r, s, "t", out);
	buf_addf(out, " %s", tail);
}

void
sql_select_items(const struct field *f, bool history, struct buf *out)
{
	const struct table *t = history ? f->history_table : f->table;

	buf_addf(out, "select ");
	columns(t, "", history ? 3 : 2, out);
	buf_addf(out, " from \"%s\" where record = :record%s order by pos", t->name,
		 history ? " and row_version = :version" : "");
}

void
sql_scan_items(const struct field *f, bool history, struct buf *out)
{
	const struct table *t = history ? f->history_table : f->table;

	buf_addf(out, "select ");
	columns(t, "", 0, out);
	buf_addf(out, " from \"%s\" order by %s", t->name, t->primary_key);
}

void
sql_scan(const struct table *t, struct buf *out)
{
	buf_addf(out, "select ");
	columns(t, "", 0, out);
	buf_addf(out, " from \"%s\" order by %s", t->name, t->primary_key);
}

void
sql_scan_leaves(const struct table *t, struct buf *out)
{
	buf_addf(out, "select ");
	columns(t, "t.", 0, out);
	buf_addf(out,
		 ", l.subject, l.version from \"%s\" t left join ledger_leaf l on l.idx = t.leaf "
		 "order by %s",
		 t->name, t->primary_key);
}

void
sql_count(const struct table *t, struct buf *out)
{
	buf_addf(out, "select count(*) from \"%s\"", t->name);
}

/* The columns of an index, and of its condition, are words of their text. */
static bool
index_has(const struct index *index, const char *column)
{
	const char *const texts[] = {index->columns, index->where};
	size_t len = strlen(column);

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		for (const char *at = texts[i] ? strstr(texts[i], column) : NULL; at;
		     at = strstr(at + 1, column)) {
			if ((at == texts[i] || !is_name_part(at[-1])) && !is_name_part(at[len]))
				return true;
		}
	}
	return false;
}

bool
sql_is_indexed(const struct table *t, size_t column)
{
	for (size_t i = 0; i < t->index_count; i++) {
		if (index_has(&t->indexes[i], t->columns[column].name))
			return true;
	}
	return false;
}

void
sql_delete(const struct table *t, const char *column, struct buf *out)
{
	buf_addf(out, "delete from \"%s\" where \"%s\" = :id", t->name, column);
}

void
sql_supersede_items(const struct field *f, struct buf *out)
{
	buf_addf(out, "insert into \"%s\" (record, row_version, ", f->history_table->name);
	columns(f->table, "", 1, out);
	buf_addf(out, ") select record, :version, ");
	columns(f->table, "", 1, out);
	buf_addf(out, " from \"%s\" where record = :record", f->table->name);
}

void
sql_from(const struct reg *r, const char *what, const char *tail, struct buf *out)
{
	buf_addf(out, "select %s from \"%s\" t %s", what, r->name, tail);
}

void
sql_column(const struct reg *r, const struct field *f, struct buf *out)
{
	buf_addf(out, "select t.\"%s\" from \"%s\" t where t.id = :id", f->name, r->name);
}

void
sql_empty(const struct table *t, struct buf *out)
{
	buf_addf(out, "delete from \"%s\"", t->name);
}

static void
copy(const struct table *to, const struct table *from, const char *changed, struct buf *out)
{
	buf_addf(out, "insert into \"%s\" (", to->name);
	columns(to, "", 0, out);
	buf_addf(out, ") select ");
	columns(to, "t.", 0, out);
	/* The engine is told the order: what changed is little. */
	buf_addf(out, " from \"%s\" c cross join \"%s\" t where t.\"%s\" = c.record", changed,
		 from->name, from->columns[0].name);
}

#define BOUNDS " and c.record >= :low and c.record < :high"

void
sql_copy(const struct table *to, const struct table *from, const char *changed, struct buf *out)
{
	copy(to, from, changed, out);
	buf_addf(out, BOUNDS);
}

void
sql_copy_version(const struct table *to, const struct table *history, const char *changed,
		 struct buf *out)
{
	copy(to, history, changed, out);
	buf_addf(out, " and t.row_version = c.version" BOUNDS);
	/* Of a register; items are those of the record. */
	if (strcmp(history->columns[0].name, "id") == 0)
		buf_addf(out, " and t.retired = 0");
}

void
sql_sample(const struct table *to, const struct table *from, struct buf *out)
{
	buf_addf(out, "insert into \"%s\" (", to->name);
	columns(to, "", 0, out);
	buf_addf(out, ") select ");
	columns(to, "t.", 0, out);
	buf_addf(out, " from \"%s\" t limit 1", from->name);
}

void
sql_analyze(const struct table *t, struct buf *out)
{
	buf_addf(out, "analyze \"%s\"", t->name);
}

void
sql_differences(const struct reg *r, const char *to, const char *changed, struct buf *out)
{
	buf_addf(out,
		 "insert into \"%s\" (record, organisation, columns) select c.record, "
		 "coalesce(o.organisation, 0), case when o.id is null or n.id is null then -1 else "
		 "0",
		 to);
	for (size_t i = 0; i < r->table->column_count; i++) {
		const char *column = r->table->columns[i].name;

		buf_addf(out,
			 " | case when n.\"%s\" is distinct from o.\"%s\" then %lld else 0 end",
			 column, column, (long long)column_bit(i));
	}
	buf_addf(out,
		 " end from \"%s\" c left join \"%s\" o "
		 "on o.id = c.record and o.row_version = c.version and o.retired = 0 "
		 "left join \"%s\" n on n.id = c.record "
		 "where c.record >= :low and c.record < :high",
		 changed, r->history->name, r->table->name);
}

void
sql_differences_items(const struct table *items, const char *to, struct buf *out)
{
	buf_addf(out,
		 "update \"%s\" set columns = columns | :bit where record in ("
		 "select t.record from \"%s\" t group by ",
		 to, items->name);
	columns(items, "t.", 0, out);
	buf_addf(out, " having count(*) <> 2)");
}

void
sql_owners(const struct reg *r, const char *records, struct buf *out)
{
	buf_addf(out,
		 "select c.record, t.organisation from \"%s\" c left join \"%s\" t "
		 "on t.id = c.record order by c.record",
		 records, r->name);
}

void
sql_least_from(const struct table *t, const char *prefix, const char *column, struct buf *out)
{
	buf_addf(out, "select min(t.\"%s\") from \"%s%s\" t where t.\"%s\" >= :from", column,
		 prefix, t->name, column);
}

void
sql_parties(const struct reg *r, struct buf *out)
{
	bool kinds = reg_field(r, str_of("kind")) != NULL;

	buf_addf(out,
		 "select t.id, %s, case coalesce(v.feed, t.feed) when :feed then %s end "
		 "from \"%s\" t left join \"%s\" v on v.id = t.id and v.row_version = 1 "
		 "order by t.id",
		 reg_field(r, str_of("engaged_by")) ? "t.engaged_by" : "null",
		 kinds ? "coalesce(v.kind, t.kind)" : "null", r->table->name, r->history->name);
}
