#include "model/model_priv.h"
#include "model/sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct column system_columns[SYSTEM_COLUMNS] = {
	[COLUMN_ID] = {"id",	     COLUMN_INT,	 true },
	[COLUMN_ROW_VERSION] = {"row_version",   COLUMN_INT,  true },
	[COLUMN_ORGANISATION] = {"organisation",	 COLUMN_INT,  true },
	[COLUMN_FEED] = {"feed",		 COLUMN_TEXT, true },
	[COLUMN_KEY] = {"key",	       COLUMN_TEXT, true },
	[COLUMN_STATE] = {"state",	   COLUMN_TEXT, false},
	[COLUMN_RECORDED_FROM] = {"recorded_from", COLUMN_INT,  true },
	[COLUMN_RECORDED_BY] = {"recorded_by",   COLUMN_INT,  true },
	[COLUMN_DELIVERED] = {"delivered",	   COLUMN_INT,  true },
	[COLUMN_SALT] = {"salt",		 COLUMN_BLOB, false},
	[COLUMN_LEAF] = {"leaf",		 COLUMN_INT,  true },
};

static const char *name_of(struct arena *a, const char *format, ...) PRINTF(2, 3);

static const char *
name_of(struct arena *a, const char *format, ...)
{
	char name[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	return str_z(a, str_of(name));
}

static enum column_type
column_type(const struct field *f)
{
	switch (f->type) {
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_BOOL:
	case FIELD_REF:
		return COLUMN_INT;
	case FIELD_TEXT:
	case FIELD_DATE:
	case FIELD_DATETIME:
	case FIELD_ENUM:
	case FIELD_WORDS:
	case FIELD_FILE:
	case FIELD_REFS:
	case FIELD_LIST:
		return COLUMN_TEXT;
	}
	return COLUMN_TEXT;
}

static bool
has_column(const struct field *f)
{
	return f->type != FIELD_REFS && f->type != FIELD_LIST;
}

/* Columns of a child table: record, [row_version,] pos, then value or the sub-fields. */
static const struct table *
child_table(struct arena *a, const struct reg *r, const struct field *f, bool history)
{
	struct table *t = arena_alloc(a, sizeof(*t));
	struct column *c = arena_alloc(a, (f->field_count + 4) * sizeof(*c));
	struct index *ix = arena_alloc(a, (f->field_count + 1) * sizeof(*ix));

	t->name = name_of(a, "%s_%s%s", r->name, f->name, history ? "_history" : "");
	t->columns = c;
	t->indexes = ix;
	t->clustered = true;
	t->guard = history ? GUARD_APPEND_ONLY : GUARD_NONE;
	t->primary_key = history ? "record, row_version, pos" : "record, pos";
	t->held_by = history ? name_of(a, "%s_history", r->name) : r->name;
	t->held_by_version = history;
	c[t->column_count++] = (struct column){"record", COLUMN_INT, true};
	if (history)
		c[t->column_count++] = (struct column){"row_version", COLUMN_INT, true};
	c[t->column_count++] = (struct column){"pos", COLUMN_INT, true};
	if (f->type == FIELD_REFS)
		c[t->column_count++] = (struct column){"value", COLUMN_INT, true};
	for (size_t i = 0; i < f->field_count; i++) {
		const struct field *s = &f->fields[i];

		c[t->column_count++] = (struct column){s->name, column_type(s), false};
		if (s->type == FIELD_REF && !history)
			ix[t->index_count++] = (struct index){
				.name = name_of(a, "%s_%s", t->name, s->name), .columns = s->name};
	}
	if (f->type == FIELD_REFS && !history)
		ix[t->index_count++] =
			(struct index){.name = name_of(a, "%s_value", t->name), .columns = "value"};
	return t;
}

static struct table *
register_table(struct arena *a, const struct reg *r, bool history)
{
	struct table *t = arena_alloc(a, sizeof(*t));
	struct column *c = arena_alloc(a, (SYSTEM_COLUMNS + 2 + r->field_count) * sizeof(*c));
	struct index *ix = arena_alloc(a, (r->field_count + 4) * sizeof(*ix));

	t->name = history ? name_of(a, "%s_history", r->name) : r->name;
	t->columns = c;
	t->indexes = ix;
	t->guard = history ? GUARD_APPEND_ONLY : GUARD_VERSIONED;
	t->primary_key = history ? "id, row_version" : "id";
	t->held = true;
	memcpy(c, system_columns, sizeof(system_columns));
	t->column_count = SYSTEM_COLUMNS;
	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (has_column(f))
			c[t->column_count++] = (struct column){f->name, column_type(f), false};
		if (f->indexed && has_column(f) && !history)
			ix[t->index_count++] =
				(struct index){.name = name_of(a, "%s_%s_index", r->name, f->name),
					       .columns = f->name,
					       .where = name_of(a, "%s is not null", f->name)};
	}
	return t;
}

void
tables_plan(struct builder *b, struct reg *r)
{
	struct arena *a = b->bind.arena;
	struct table *current = register_table(a, r, false);
	struct table *history = register_table(a, r, true);
	struct column *c = (struct column *)(uintptr_t)history->columns;
	struct index *ix = (struct index *)(uintptr_t)current->indexes;

	ix[current->index_count++] = (struct index){.name = name_of(a, "%s_key_index", r->name),
						    .columns = "key, organisation, feed",
						    .unique = true};
	/* Whose a record is decides who sees it, and what is asked of an organisation is asked
	 * often, mostly in the order of the keys. */
	ix[current->index_count++] = (struct index){.name = name_of(a, "%s_holder_index", r->name),
						    .columns = "organisation, key"};
	/* Those in another state than most are what people look for; of most, it would be dear to
	 * keep and good for nothing. */
	if (r->usual)
		ix[current->index_count++] =
			(struct index){.name = name_of(a, "%s_not_%s_index", r->name, r->usual),
				       .columns = "state",
				       .where = name_of(a, STATE_UNUSUAL, "", r->usual)};
	c[history->column_count++] = (struct column){"recorded_to", COLUMN_INT, true};
	c[history->column_count++] = (struct column){"retired", COLUMN_INT, true};
	ix = (struct index *)(uintptr_t)history->indexes;
	ix[history->index_count++] =
		(struct index){.name = name_of(a, "%s_history_retired_index", r->name),
			       .columns = "key, organisation, feed",
			       .where = "retired = 1"};
	r->table = current;
	r->history = history;
	for (size_t i = 0; i < r->field_count; i++) {
		struct field *f = (struct field *)(uintptr_t)&r->fields[i];

		if (has_column(f))
			continue;
		f->table = child_table(a, r, f, false);
		f->history_table = child_table(a, r, f, true);
	}
}
