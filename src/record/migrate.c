#include "record/migrate.h"

#include "base/limits.h"
#include "codec/json.h"
#include "ledger/ledger.h"
#include "model/bind.h"
#include "model/sql.h"
#include "record/writer.h"

#include <string.h>

static const char *const type_words[] = {
	[FIELD_TEXT] = "text", [FIELD_INT] = "int",	[FIELD_DECIMAL] = "decimal",
	[FIELD_BOOL] = "bool", [FIELD_DATE] = "date",	[FIELD_DATETIME] = "datetime",
	[FIELD_ENUM] = "enum", [FIELD_WORDS] = "words", [FIELD_REF] = "ref",
	[FIELD_REFS] = "refs", [FIELD_LIST] = "list",	[FIELD_FILE] = "file",
};

static void
words_shape(struct json_writer *w, const struct words *words)
{
	jw_array(w);
	for (size_t i = 0; i < words->count; i++)
		jw_text(w, str_of(words->words[i]));
	jw_end_array(w);
}

static void
fields_shape(struct json_writer *w, const struct field *fields, size_t count)
{
	jw_object(w);
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];

		jw_key(w, f->name);
		jw_object(w);
		jw_key(w, "type");
		jw_text(w, str_of(type_words[f->type]));
		if (f->own_words) {
			jw_key(w, "values");
			words_shape(w, &f->words);
		}
		if (f->type == FIELD_LIST) {
			jw_key(w, "fields");
			fields_shape(w, f->fields, f->field_count);
		}
		jw_end_object(w);
	}
	jw_end_object(w);
}

/* What must not change under existing records. */
static void
shape_write(const struct reg *r, struct buf *out)
{
	struct json_writer w;

	jw_begin(&w, out, false);
	jw_object(&w);
	jw_key(&w, "code");
	jw_int(&w, r->code);
	jw_key(&w, "restricted");
	jw_bool(&w, r->restricted);
	jw_key(&w, "fields");
	fields_shape(&w, r->fields, r->field_count);
	jw_key(&w, "states");
	words_shape(&w, &r->states);
	jw_end_object(&w);
}

static enum err_code
shape_store(struct db *db, const struct reg *r, struct err *e)
{
	CLEANUP(buf_fini) struct buf shape = {.limit = LIMIT_PLAN_FILE_BYTES};
	DB_STMT *s = NULL;
	enum err_code rc;

	shape_write(r, &shape);
	rc = db_prepare(db,
			"insert into register_shape (name, shape) values (:name, :shape) "
			"on conflict (name) do update set shape = excluded.shape",
			&s, e);
	if (rc)
		return rc;
	db_bind_text(s, 1, str_of(r->name));
	db_bind_text(s, 2, (struct str){shape.data, shape.len});
	return db_run(s, e);
}

static enum err_code
register_create(struct db *db, const struct reg *r, struct workspace_report *report, struct err *e)
{
	enum err_code rc = schema_create(db, r->table, e);

	if (!rc)
		rc = schema_create(db, r->history, e);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (field_has_column(f))
			continue;
		rc = schema_create(db, f->table, e);
		if (!rc)
			rc = schema_create(db, f->history_table, e);
	}
	report->tables_added++;
	return rc;
}

static const struct column *
table_column(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	}
	return NULL;
}

static enum err_code
column_add(struct db *db, const struct table *t, const struct table *history, const char *name,
	   struct err *e)
{
	enum err_code rc = schema_add_column(db, t, table_column(t, name), e);

	if (!rc)
		rc = schema_add_column(db, history, table_column(history, name), e);
	return rc;
}

static enum err_code
field_add(struct db *db, const struct reg *r, const struct field *f,
	  struct workspace_report *report, struct err *e)
{
	enum err_code rc;

	buf_addf(&report->changes, "register %s: new field %s\n", r->name, f->name);
	report->columns_added++;
	if (!field_has_column(f)) {
		rc = schema_create(db, f->table, e);
		return rc ? rc : schema_create(db, f->history_table, e);
	}
	rc = column_add(db, r->table, r->history, f->name, e);
	return rc;
}

/* The first of the stored words that is gone, or NULL. */
static const char *
word_lost(const json_t *stored, const struct words *words)
{
	for (size_t i = 0; i < json_array_size(stored); i++) {
		const char *old = json_string_value(json_array_get(stored, i));

		if (old && !words_have(words, str_of(old)))
			return old;
	}
	return NULL;
}

/* Every stored field must still be there with its type and its values. */
static enum err_code
fields_keep(const struct reg *r, const json_t *stored, const struct field *fields, size_t count,
	    struct err *e)
{
	const char *name;
	json_t *old;

	json_object_foreach((json_t *)(uintptr_t)stored, name, old)
	{
		const char *type = json_string_value(json_object_get(old, "type"));
		const char *lost;
		size_t i = 0;

		while (i < count && strcmp(fields[i].name, name) != 0)
			i++;
		if (i == count)
			return err_set(e, ERR_CONFLICT, name,
				       "register '%s' lost its field '%s': recorded history needs "
				       "it; put it "
				       "back (a field that is no longer used may stay empty)",
				       r->name, name);
		if (type && strcmp(type, type_words[fields[i].type]) != 0)
			return err_set(e, ERR_CONFLICT, name,
				       "field '%s' of register '%s' was %s and is now %s: keep the "
				       "old one "
				       "and add a new field with another name",
				       name, r->name, type, type_words[fields[i].type]);
		lost = word_lost(json_object_get(old, "values"), &fields[i].words);
		if (lost)
			return err_set(e, ERR_CONFLICT, name,
				       "field '%s' of register '%s' lost its value '%s': records "
				       "may hold it; put it back",
				       name, r->name, lost);
	}
	return ERR_NONE;
}

static enum err_code
states_keep(const struct reg *r, const json_t *stored, struct workspace_report *report,
	    struct err *e)
{
	const json_t *states = json_object_get(stored, "states");
	const char *lost = word_lost(states, &r->states);
	size_t added;

	if (lost)
		return err_set(e, ERR_CONFLICT, "states",
			       "register '%s' lost its state '%s': records may stand in it; put it "
			       "back",
			       r->name, lost);
	added = r->states.count - json_array_size(states);
	if (added > 0)
		buf_addf(&report->changes, "register %s: %zu new state%s\n", r->name, added,
			 added > 1 ? "s" : "");
	return ERR_NONE;
}

/* A list field as it was stored, and as it is now. */
struct list_change {
	const struct field *field;
	const json_t *stored;
};

static enum err_code
list_fit(struct db *db, const struct reg *r, const struct list_change *l,
	 struct workspace_report *report, struct err *e)
{
	const struct field *f = l->field;
	const json_t *stored = json_object_get(l->stored, "fields");
	enum err_code rc = fields_keep(r, stored, f->fields, f->field_count, e);

	for (size_t i = 0; !rc && i < f->field_count; i++) {
		if (json_object_get(stored, f->fields[i].name))
			continue;
		buf_addf(&report->changes, "register %s: new field %s of list %s\n", r->name,
			 f->fields[i].name, f->name);
		report->columns_added++;
		rc = column_add(db, f->table, f->history_table, f->fields[i].name, e);
	}
	return rc;
}

static enum err_code
register_fit(struct db *db, const struct reg *r, const json_t *stored,
	     struct workspace_report *report, struct err *e)
{
	const json_t *fields = json_object_get(stored, "fields");
	enum err_code rc;

	if (json_integer_value(json_object_get(stored, "code")) != r->code)
		return err_set(
			e, ERR_CONFLICT, "code",
			"register '%s' had code %lld: numbers of records contain it; put it back",
			r->name, (long long)json_integer_value(json_object_get(stored, "code")));
	if (json_is_true(json_object_get(stored, "restricted")) != r->restricted)
		return err_set(
			e, ERR_CONFLICT, "restricted",
			"register '%s' cannot become or cease to be restricted: its ledger entries "
			"are made",
			r->name);
	rc = fields_keep(r, fields, r->fields, r->field_count, e);
	if (!rc)
		rc = states_keep(r, stored, report, e);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		const json_t *old = json_object_get(fields, r->fields[i].name);

		if (!old)
			rc = field_add(db, r, &r->fields[i], report, e);
		else if (r->fields[i].type == FIELD_LIST)
			rc = list_fit(db, r, &(struct list_change){&r->fields[i], old}, report, e);
	}
	/* A field may have come to be indexed. */
	for (size_t i = 0; !rc && i < r->table->index_count; i++)
		rc = schema_add_index(db, r->table, &r->table->indexes[i], e);
	return rc;
}

static enum err_code
register_migrate(struct db *db, struct db_stmt *find, const struct reg *r,
		 struct workspace_report *report, struct err *e)
{
	json_t *stored = NULL;
	enum err_code rc;
	bool row;

	db_bind_text(find, 1, str_of(r->name));
	rc = db_step(find, &row, e);
	if (rc)
		return rc;
	if (row) {
		rc = json_read(db_text(find, 0), &stored, e);
		db_reset(find);
		if (!rc)
			rc = register_fit(db, r, stored, report, e);
		json_decref(stored);
	} else {
		buf_addf(&report->changes, "register %s: new\n", r->name);
		rc = register_create(db, r, report, e);
	}
	return rc ? rc : shape_store(db, r, e);
}

/* A register whose file is gone still has its tables. */
static enum err_code
registers_keep(struct db *db, const struct model *m, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(db, "select name from register_shape order by name", &s, e);
	bool row;

	while (!rc && !(rc = db_step(s, &row, e)) && row) {
		if (!model_reg(m, db_text(s, 0)))
			return err_set(e, ERR_CONFLICT, "",
				       "register '%.*s' is gone from the content: recorded history "
				       "needs it; "
				       "put its file back",
				       STR_ARG(db_text(s, 0)));
	}
	return rc;
}

/* Format 4 numbers logins, and knows more of them. With format 7 each organisation's directory has
 * numbers of its own for them. */
enum { LOGIN_FIRST_COLUMNS = 5, LOGIN_NUMBERED_SINCE = 4, DIRECTORY_SINCE = 7 };

static enum err_code
directory_fit(struct db *db, const struct table *t, struct err *e)
{
	enum err_code rc = schema_add_column(db, t, &t->columns[t->column_count - 1], e);

	if (!rc)
		rc = db_exec(db, "drop index login_external_index", e);
	for (size_t i = 0; !rc && i < t->index_count; i++)
		rc = schema_add_index(db, t, &t->indexes[i], e);
	return rc;
}

/* The scope of tokens: the last two columns, of which format 11 has the last. */
enum { SCOPES = 2, CALENDAR_SINCE = 11 };

static enum err_code
token_fit(struct db *db, int version, const struct table *t, struct err *e)
{
	size_t i = t->column_count - (version < DIRECTORY_SINCE ? SCOPES : 1);
	enum err_code rc = ERR_NONE;

	if (version < LOGIN_NUMBERED_SINCE || version >= CALENDAR_SINCE)
		return ERR_NONE;
	for (; !rc && i < t->column_count; i++)
		rc = schema_add_column(db, t, &t->columns[i], e);
	return rc;
}

static enum err_code
login_fit(struct db *db, int version, const struct table *t, struct err *e)
{
	enum err_code rc = ERR_NONE;

	if (version == 0 || version >= DIRECTORY_SINCE)
		return ERR_NONE;
	if (version >= LOGIN_NUMBERED_SINCE)
		return directory_fit(db, t, e);
	for (size_t i = LOGIN_FIRST_COLUMNS; !rc && i < t->column_count; i++)
		rc = schema_add_column(db, t, &t->columns[i], e);
	if (!rc)
		rc = db_exec(db,
			     "update login set id = (select count(*) from login l where l.made_at "
			     "< login.made_at or (l.made_at = login.made_at and l.name <= "
			     "login.name))",
			     e);
	for (size_t i = 0; !rc && i < t->index_count; i++)
		rc = schema_add_index(db, t, &t->indexes[i], e);
	return rc;
}

/* From format 11 on each version says which leaf it is, and the ledger keeps its leaves in their
 * own order alone. The history of records is in the order in which it was written since format 10.
 */
enum { LEAF_IN_ROW_SINCE = 11 };

static enum err_code
leaves_move(struct db *db, const struct model *m, struct err *e)
{
	static const struct schema_fill version = {
		"leaf", "coalesce((select l.idx from ledger_leaf l where l.subject = t.id and "
			"l.version = t.row_version), -1)"};
	static const struct schema_fill event = {
		"leaf", "coalesce((select l.idx from ledger_leaf l where l.subject = t.id and "
			"l.version = 1), -1)"};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < m->reg_count; i++) {
		rc = schema_rebuild(db, m->regs[i]->table, &version, e);
		if (!rc)
			rc = schema_rebuild(db, m->regs[i]->history, &version, e);
	}
	for (size_t i = 0; !rc && i < kernel_table_count; i++) {
		if (strcmp(kernel_tables[i].name, "event") == 0)
			rc = schema_rebuild(db, &kernel_tables[i], &event, e);
	}
	if (!rc)
		rc = db_exec(db, "drop index if exists ledger_leaf_idx_index", e);
	return rc ? rc : schema_rebuild(db, &ledger_tables[LEDGER_LEAVES], NULL, e);
}

static enum err_code
ledger_fit(struct db *db, const struct model *m, int version, struct err *e)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && version == 0 && i < ledger_table_count; i++)
		rc = schema_create(db, &ledger_tables[i], e);
	if (!rc && version > 0 && version < LEAF_IN_ROW_SINCE)
		rc = leaves_move(db, m, e);
	return rc;
}

enum err_code
migrate(struct db *db, const struct model *m, int version, struct workspace_report *report,
	struct err *e)
{
	DB_STMT *find = NULL;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < kernel_table_count; i++) {
		if (kernel_table_since(&kernel_tables[i]) > version)
			rc = schema_create(db, &kernel_tables[i], e);
		if (!rc && strcmp(kernel_tables[i].name, "login") == 0)
			rc = login_fit(db, version, &kernel_tables[i], e);
		if (!rc && strcmp(kernel_tables[i].name, "login_token") == 0)
			rc = token_fit(db, version, &kernel_tables[i], e);
	}
	if (!rc)
		rc = registers_keep(db, m, e);
	if (!rc)
		rc = db_prepare(db, "select shape from register_shape where name = :name", &find,
				e);
	for (size_t i = 0; !rc && i < m->reg_count; i++)
		rc = register_migrate(db, find, m->regs[i], report, e);
	return rc ? rc : ledger_fit(db, m, version, e);
}
