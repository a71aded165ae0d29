#include "query/narrow.h"
#include "test.h"

#include <string.h>

static const char query[] = "with seen as (select id from account)\n"
			    "select a.id as record, 'x' as reason from account a where a.kind = "
			    "'p' or a.id in (select id from seen)\n"
			    "union select s.account, 'y' from access_session s -- all of them";

static struct buf
held(const char *composed, bool lateral)
{
	struct buf text = {.limit = NARROW_LIMIT};

	narrow_query(composed, lateral, &text);
	CHECK(!text.failed);
	return text;
}

TEST(a_query_is_held_to_records_in_each_part_of_it)
{
	CLEANUP(buf_fini) struct buf text = held(query, false);

	CHECK(strstr(text.data, "and ( a.id ) in (select held.record from assess_affected held)"));
	CHECK(strstr(text.data,
		     "where ( s.account) in (select held.record from assess_affected held)"));
	CHECK(!strstr(text.data, "lateral"));
}

TEST(a_query_asks_for_one_record_after_another_where_the_engine_can)
{
	CLEANUP(buf_fini) struct buf text = held(query, true);
	const char *each = strstr(text.data, "from assess_affected cross join lateral (");

	CHECK(each && each > strstr(text.data, "with seen"));
	CHECK(strstr(each, "and ( a.id ) = assess_affected.record"));
	CHECK(strstr(each, "where ( s.account) = assess_affected.record"));
	/* What ends the query is no part of its comment. */
	CHECK(strstr(each, "\noffset 0) held_to"));
}

TEST(a_query_that_cannot_be_cut_or_names_the_table_itself_is_held_as_a_whole)
{
	static const char *const whole[] = {
		"select a.id as record from account a order by a.id",
		"select count(*) as record from account a",
		"select assess_affected.record as record from review_lines assess_affected",
	};

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		CLEANUP(buf_fini) struct buf text = held(whole[i], true);

		CHECK(strncmp(text.data, "select * from (\n", 16) == 0);
		CHECK(strstr(text.data, "held_to.record in (select held.record"));
	}
}

TEST(a_query_reads_the_rows_that_stand_beside_instead_of_a_table)
{
	CLEANUP(buf_fini) struct buf named = {.limit = NARROW_LIMIT};
	CLEANUP(buf_fini) struct buf bare = {.limit = NARROW_LIMIT};

	narrow_to_rows(query, "account", "beside", &named);
	narrow_to_rows("-- all\nselect a.id as record from account a", "account", "beside", &bare);
	CHECK(strstr(named.data, "with \"account\" as not materialized (select * from \"beside\"), "
				 "seen as (") == named.data);
	CHECK(strstr(bare.data, "from \"beside\")\n-- all\nselect a.id as record from account a"));
}
