#include "http/tag.h"

#include "test.h"

static bool
has(const char *list, const char *tag)
{
	return tag_is_listed(str_of(list), str_of(tag));
}

TEST(tag_is_found_anywhere_in_a_list_be_it_weak_or_not)
{
	CHECK(has("\"5\"", "\"5\"") && has("W/\"5\"", "\"5\""));
	CHECK(has("\"5\"", "W/\"5\"") && has("W/\"5\"", "W/\"5\""));
	CHECK(has("\"4\", \"5\"", "\"5\"") && has("\"5\",\"4\"", "\"5\""));
	CHECK(has(" ,\t, \"4\" ,W/\"5\"\t, ", "\"5\"") && has("\"\"", "\"\""));
	CHECK(has("\"a,b\", \"5\"", "\"5\"") && has("\"a,b\"", "\"a,b\""));
	CHECK(has("*", "\"5\"") && has("*", "W/\"5\""));
}

TEST(tag_is_not_found_in_others_nor_in_what_is_no_list_of_tags)
{
	CHECK(!tag_is_listed((struct str){0}, str_of("\"5\"")) && !has("", "\"5\""));
	CHECK(!has("\"55\"", "\"5\"") && !has("\"4\", \"6\"", "\"5\"") && !has("\"\"", "\"5\""));
	/* A comma within a tag parts none. */
	CHECK(!has("\"4,\"5\",6\"", "\"5\"") && !has("\"a,b\"", "\"b\""));
	CHECK(!has("5", "\"5\"") && !has("\"5", "\"5\"") && !has("5\"", "\"5\""));
	CHECK(!has("w/\"5\"", "\"5\"") && !has("W/5", "\"5\"") && !has("W/", "\"5\""));
	CHECK(!has("\"4\" \"5\"", "\"5\"") && !has("\"4\"\"5\"", "\"5\""));
	CHECK(!has("x, \"5\"", "\"5\"") && !has("*, \"5\"x", "\"6\""));
}
