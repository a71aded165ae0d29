#include "intake/import_priv.h"

#define COLUMNS(list)                                                                              \
	.columns = (list), .column_count = COUNT_OF(list), .temporary = true, .passing = true

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

enum table_number {
	TABLE_PENDING,
	TABLE_REVIVED,
	TABLE_SEEN,
	TABLE_DROPPED,
	TABLE_EDGE,
	TABLE_PARENT,
	TABLES,
};

static const struct table tables[TABLES] = {
	[TABLE_PENDING] = {.name = "intake_pending",
			   COLUMNS(pending_columns),
			   .primary_key = "code, key, id",
			   .clustered = true									  },
	[TABLE_REVIVED] = {.name = "intake_revived", COLUMNS(id_columns), .primary_key = "id"},
	[TABLE_SEEN] = {.name = "intake_seen",     COLUMNS(id_columns), .primary_key = "id"		       },
	[TABLE_DROPPED] = {.name = "intake_dropped",
			   COLUMNS(dropped_columns),
			   .primary_key = "place",
			   .indexes = dropped_indexes,
			   .index_count = COUNT_OF(dropped_indexes)},
	[TABLE_EDGE] = {.name = "intake_edge",
			   COLUMNS(edge_columns),
			   .primary_key = "target, source",
			   .clustered = true},
	[TABLE_PARENT] = {.name = "intake_parent",
			   COLUMNS(parent_columns),
			   .primary_key = "field, id",
			   .clustered = true						 },
};

static const struct {
	enum table_number table;
	const char *text;
} statements[STATEMENTS] = {
	[PENDING_ADD] = {TABLE_PENDING,
			 "insert into intake_pending (code, key, id, organisation, feed) "
			 "values (:code, :key, :id, :organisation, :feed)"					  },
	[PENDING_FIND] = {TABLE_PENDING, "select id, organisation, feed from intake_pending "
					 "where code = :code and key = :key"},
	[REVIVED_ADD] = {TABLE_REVIVED,
			 "insert into intake_revived (id) values (:id) on conflict do nothing"		      },
	[REVIVED_FIND] = {TABLE_REVIVED, "select id from intake_revived where id = :id"			       },
	[SEEN_ADD] = {TABLE_SEEN,
			 "insert into intake_seen (id) values (:id) on conflict do nothing"			},
	[DROPPED_ADD] = {TABLE_DROPPED,
			 "insert into intake_dropped (place, id, fresh, field, reason) "
			 "values (:place, :id, :fresh, :field, :reason) on conflict do nothing"		       },
	[DROPPED_FIND] = {TABLE_DROPPED, "select field, reason from intake_dropped where id = :id"		  },
	[DROPPED_AT] = {TABLE_DROPPED, "select id, fresh from intake_dropped where place = :place"		  },
	[EDGE_ADD] = {TABLE_EDGE,
			 "insert into intake_edge (target, source, fresh, field) "
		      "values (:target, :source, :fresh, :field) on conflict do nothing"				},
	[EDGES_OF] = {TABLE_EDGE,
			 "select source, fresh, field from intake_edge where target = :target"			   },
	[PARENT_ADD] = {TABLE_PARENT,
			 "insert into intake_parent (field, id, above) values (:field, :id, :above) "
			"on conflict (field, id) do update set above = excluded.above"			      },
	[PARENT_FIND] = {TABLE_PARENT,
			 "select above from intake_parent where field = :field and id = :id"			    },
};

enum err_code
tables_statement(struct import *im, enum statement which, struct db_stmt **ret_stmt)
{
	struct ctx *ctx = im->ctx;
	const struct table *t = &tables[statements[which].table];
	enum err_code rc = ERR_NONE;
	bool *made;

	if (im->statements[which]) {
		*ret_stmt = im->statements[which];
		return ERR_NONE;
	}
	if (!im->tables_made)
		im->tables_made = arena_alloc(ctx->arena, TABLES * sizeof(*im->tables_made));
	made = &im->tables_made[statements[which].table];
	if (!*made)
		rc = schema_create(ctx->db, t, &ctx->err);
	*made = *made || !rc;
	if (!rc)
		rc = db_prepare(ctx->db, statements[which].text, &im->statements[which], &ctx->err);
	if (!rc)
		*ret_stmt = im->statements[which];
	return rc;
}

void
tables_close(struct import *im)
{
	for (size_t i = 0; i < STATEMENTS; i++) {
		db_stmt_free(im->statements[i]);
		im->statements[i] = NULL;
	}
}

enum err_code
tables_drop(struct import *im)
{
	enum err_code rc = ERR_NONE;

	tables_close(im);
	for (size_t i = 0; !rc && im->tables_made && i < TABLES; i++) {
		if (im->tables_made[i])
			rc = schema_drop(im->ctx->db, &tables[i], &im->ctx->err);
	}
	return rc;
}
