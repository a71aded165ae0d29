#include "model/sql.h"

#include "test.h"

#include <string.h>

static const struct column columns[] = {
	{"id",      COLUMN_INT,  true },
	     {"kind",    COLUMN_TEXT, false},
	   {"kind_of", COLUMN_TEXT, false},
	{"state",	  COLUMN_INT,  true },
	     {"owner",   COLUMN_INT,  false},
};
static const struct index indexes[] = {
	{.name = "thing_owner_index", .columns = "state, kind_of", .where = "owner is not null"},
};
static const struct table thing = {.name = "thing",
				   .columns = columns,
				   .column_count = COUNT_OF(columns),
				   .primary_key = "id",
				   .indexes = indexes,
				   .index_count = COUNT_OF(indexes)};

TEST(a_column_is_indexed_when_an_index_or_its_condition_names_it)
{
	/* A part of a name is no name. */
	CHECK(!sql_is_indexed(&thing, 1));
	CHECK(sql_is_indexed(&thing, 2) && sql_is_indexed(&thing, 3) && sql_is_indexed(&thing, 4));
}
