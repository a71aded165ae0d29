#include "model/sql.h"
#include "query/columns.h"
#include "test.h"

static const struct column columns[] = {
	{"id",      COLUMN_INT,  true },
	{"kind",	 COLUMN_TEXT, false},
	{"enabled", COLUMN_INT,	false},
};

static uint64_t
named(const char *composed)
{
	return columns_named(composed, columns, sizeof(columns) / sizeof(*columns));
}

TEST(a_query_can_tell_apart_the_columns_that_it_names)
{
	CHECK(named("select a.id as record from account a where a.kind = 'enabled' -- enabled") ==
	      (column_bit(0) | column_bit(1)));
	CHECK(named("with live as not materialized (select a.* from account a)\n"
		    "select l.id as record from live l where exists (select * from account x "
		    "where x.id = l.id) union select count(*) from (select * from account) y") ==
	      column_bit(0));
	CHECK(named("select a.id * 2 as record from account a where a.kind = :enabled") ==
	      (column_bit(0) | column_bit(1)));
}

TEST(a_query_that_passes_columns_on_without_their_names_can_tell_all_apart)
{
	static const char *const queries[] = {
		"select distinct * from account a",
		"with v as (select a.* from account a union select b.* from account b) select id "
		"from v",
		"with v as (select 1 as x, id from y union all select * from account) select x "
		"from v",
		"with v(a, b, c) as (select * from account) select a as record from v",
		"with v(a, b, c) as not materialized (select * from account) select a from v",
		"select x.id as record from x where (x.a, x.b, x.c) in (select * from account)",
		"select a.id as record from account a natural join person p",
		"select a.id as record from account a where \"enabled\" = 1",
		"select a.id as record from account a where a.Enabled = 1",
		"select a.id as record from account a where a.[enabled] = 1",
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		CHECK(named(queries[i]) == COLUMN_BITS_ALL);
		if (named(queries[i]) != COLUMN_BITS_ALL)
			(void)fprintf(stderr, "%s\n", queries[i]);
	}
}

TEST(columns_past_the_last_bit_share_it)
{
	CHECK(column_bit(0) == 1 && column_bit(60) == (uint64_t)1 << 60);
	CHECK(column_bit(61) == column_bit(62) && column_bit(61) == column_bit(500));
	CHECK((int64_t)column_bit(500) > 0);
}
