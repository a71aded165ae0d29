#include "http/tag.h"

#include "test.h"

static bool
has(const char *list, const char *tag)
{
	return tag_find(str_of(list), str_of(tag)).ptr != NULL;
}

static bool
finds(const char *list, const char *tag, const char *found)
{
	return str_is(tag_find(str_of(list), str_of(tag)), found);
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

TEST(tag_of_packed_bytes_is_found_as_it_was_given)
{
	CHECK(finds("\"4\", \"5-gzip\"", "\"5\"", "\"5-gzip\""));
	CHECK(finds("W/\"5-br\"", "\"5\"", "\"5-br\"") && finds("W/\"5\"", "\"5\"", "\"5\""));
	CHECK(finds("\"5\"", "W/\"5\"", "W/\"5\"") && finds("*", "\"5\"", "\"5\""));
	CHECK(!has("\"5-zip\"", "\"5\"") && !has("\"-gzip\"", "\"5\""));
}

TEST(tag_is_not_found_in_others_nor_in_what_is_no_list_of_tags)
{
	CHECK(!tag_find((struct str){0}, str_of("\"5\"")).ptr && !has("", "\"5\""));
	CHECK(!has("\"55\"", "\"5\"") && !has("\"4\", \"6\"", "\"5\"") && !has("\"\"", "\"5\""));
	/* A comma within a tag parts none. */
	CHECK(!has("\"4,\"5\",6\"", "\"5\"") && !has("\"a,b\"", "\"b\""));
	CHECK(!has("5", "\"5\"") && !has("\"5", "\"5\"") && !has("5\"", "\"5\""));
	CHECK(!has("w/\"5\"", "\"5\"") && !has("W/5", "\"5\"") && !has("W/", "\"5\""));
	CHECK(!has("\"4\" \"5\"", "\"5\"") && !has("\"4\"\"5\"", "\"5\""));
	CHECK(!has("x, \"5\"", "\"5\"") && !has("*, \"5\"x", "\"6\""));
}
