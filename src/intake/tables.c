#include "intake/import_priv.h"

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

/* Records that the delivery brings and that are not current yet, by key. */
static const struct column pending_columns[] = {
	{"code",	 COLUMN_INT,  true},
	    {"key",	    COLUMN_TEXT, true},
	 {"id",		COLUMN_INT,  true},
	{"organisation", COLUMN_INT,  true},
	    {"feed",	     COLUMN_TEXT, true},
};
/* Their numbers, where a number alone does not tell. */
static const struct column id_columns[] = {
	{"id", COLUMN_INT, true}
};
/* Records whose rows were found wanting once all numbers were given. */
static const struct column dropped_columns[] = {
	{"place",  COLUMN_INT,  true},
	      {"id",     COLUMN_INT,	 true},
	     {"fresh",  COLUMN_INT,  true},
	{"field",  COLUMN_TEXT, true},
	      {"reason", COLUMN_TEXT, true},
};
static const struct index dropped_indexes[] = {
	{.name = "intake_dropped_index", .columns = "id", .unique = true}
};
/* That one row of the delivery refers to another that is not current yet. */
static const struct column edge_columns[] = {
	{"target", COLUMN_INT,  true},
	{"source", COLUMN_INT,  true},
	{"fresh",  COLUMN_INT,  true},
	{"field",  COLUMN_TEXT, true},
};
/* What is to stand above a record in the trees of its register. */
static const struct column parent_columns[] = {
	{"field", COLUMN_INT, true },
	{"id",    COLUMN_INT, true },
	{"above", COLUMN_INT, false},
};

static const struct table tables[] = {
	{.name = "intake_pending",
	 COLUMNS(pending_columns),
	 .primary_key = "code, key, id",
	 .clustered = true									  },
	{.name = "intake_revived", COLUMNS(id_columns), .primary_key = "id"},
	{.name = "intake_seen",	COLUMNS(id_columns), .primary_key = "id"			},
	{.name = "intake_dropped",
	 COLUMNS(dropped_columns),
	 .primary_key = "place",
	 .indexes = dropped_indexes,
	 .index_count = COUNT_OF(dropped_indexes)},
	{.name = "intake_edge",
	 COLUMNS(edge_columns),
	 .primary_key = "target, source",
	 .clustered = true},
	{.name = "intake_parent",
	 COLUMNS(parent_columns),
	 .primary_key = "field, id",
	 .clustered = true						 },
};

static const char *const texts[STATEMENTS] = {
	[PENDING_ADD] = "insert into intake_pending (code, key, id, organisation, feed) "
			"values (:code, :key, :id, :organisation, :feed)",
	[PENDING_FIND] = "select id, organisation, feed from intake_pending "
			 "where code = :code and key = :key",
	[REVIVED_ADD] = "insert into intake_revived (id) values (:id) on conflict do nothing",
	[REVIVED_FIND] = "select id from intake_revived where id = :id",
	[SEEN_ADD] = "insert into intake_seen (id) values (:id) on conflict do nothing",
	[SEEN_FIND] = "select id from intake_seen where id = :id",
	[DROPPED_ADD] = "insert into intake_dropped (place, id, fresh, field, reason) "
			"values (:place, :id, :fresh, :field, :reason) on conflict do nothing",
	[DROPPED_FIND] = "select field, reason from intake_dropped where id = :id",
	[DROPPED_AT] = "select id, fresh from intake_dropped where place = :place",
	[EDGE_ADD] = "insert into intake_edge (target, source, fresh, field) "
		     "values (:target, :source, :fresh, :field) on conflict do nothing",
	[EDGES_OF] = "select source, fresh, field from intake_edge where target = :target",
	[PARENT_ADD] = "insert into intake_parent (field, id, above) values (:field, :id, :above) "
		       "on conflict (field, id) do update set above = excluded.above",
	[PARENT_FIND] = "select above from intake_parent where field = :field and id = :id",
};

static enum err_code
notes_open(struct import *im)
{
	struct err *e = &im->ctx->err;
	enum err_code rc = db_open("", DB_SCRATCH, &im->notes, e);

	if (!rc)
		rc = db_begin(im->notes, &im->notes_txn, e);
	for (size_t i = 0; !rc && i < COUNT_OF(tables); i++)
		rc = schema_create(im->notes, &tables[i], e);
	return rc;
}

enum err_code
tables_statement(struct import *im, enum statement which, struct db_stmt **ret_stmt)
{
	struct db_stmt **s = &im->statements[which];
	enum err_code rc = im->notes ? ERR_NONE : notes_open(im);

	if (!rc && !*s)
		rc = db_prepare(im->notes, texts[which], s, &im->ctx->err);
	if (!rc)
		*ret_stmt = *s;
	return rc;
}

void
tables_close(struct import *im)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		db_stmt_free(im->statements[i]);
	db_txn_end(&im->notes_txn);
	db_close(im->notes);
}
