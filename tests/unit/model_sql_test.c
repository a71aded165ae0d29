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

TEST(an_update_names_the_columns_of_indexes_only_when_it_shall)
{
	CLEANUP(buf_fini) struct buf whole = {.limit = SQL_LIMIT};
	CLEANUP(buf_fini) struct buf plain = {.limit = SQL_LIMIT};

	sql_update(&thing, true, &whole);
	CHECK(strcmp(whole.data, "update \"thing\" set \"kind\" = :p1, \"kind_of\" = :p2, "
				 "\"state\" = :p3, \"owner\" = :p4 where \"id\" = :id") == 0);
	sql_update(&thing, false, &plain);
	CHECK(strcmp(plain.data, "update \"thing\" set \"kind\" = :p1 where \"id\" = :id") == 0);
	/* A part of a name is no name. */
	CHECK(!sql_is_indexed(&thing, 1));
	CHECK(sql_is_indexed(&thing, 2) && sql_is_indexed(&thing, 3) && sql_is_indexed(&thing, 4));
}
