#include "http/coding.h"

#include "test.h"

static bool
takes(const char *accepted, enum http_coding coding)
{
	return coding_is_taken(str_of(accepted), coding);
}

TEST(coding_is_taken_by_its_name_with_a_weight_above_nothing)
{
	CHECK(takes("gzip", HTTP_GZIP) && !takes("gzip", HTTP_BROTLI));
	CHECK(takes("br, GZip;q=0.001 ,deflate", HTTP_GZIP) && takes("gzip\t;\tq=1", HTTP_GZIP));
	CHECK(takes("gzip, deflate, br, zstd", HTTP_BROTLI));
	CHECK(!takes("gzip;q=0", HTTP_GZIP) && !takes("gzip; Q=0.000", HTTP_GZIP));
	CHECK(!takes("gzip;q=0, br", HTTP_GZIP) && takes("gzip;q=0, br", HTTP_BROTLI));
	CHECK(!takes("", HTTP_GZIP) && !coding_is_taken((struct str){0}, HTTP_GZIP));
	CHECK(!takes("identity", HTTP_GZIP) && !takes(",;,", HTTP_GZIP));
	CHECK(!takes("gzips, xgzip, gz ip", HTTP_GZIP));
}

TEST(coding_is_taken_by_a_star_where_it_is_not_named)
{
	CHECK(takes("*", HTTP_GZIP) && takes("br, *;q=0.1", HTTP_GZIP));
	CHECK(!takes("*;q=0", HTTP_GZIP) && takes("*;q=0, gzip", HTTP_GZIP));
	CHECK(!takes("*, gzip;q=0", HTTP_GZIP) && !takes("gzip;q=0, *", HTTP_GZIP));
	CHECK(takes("gzip;q=0, *", HTTP_BROTLI) && takes("identity;q=0, *", HTTP_GZIP));
}

TEST(coding_of_the_bytes_is_a_mark_on_a_strong_tag)
{
	struct arena a;

	arena_init(&a, 1 << 20);
	CHECK(str_is(coding_mark(str_of("\"5\""), HTTP_GZIP, &a), "\"5-gzip\""));
	CHECK(str_is(coding_mark(str_of("\"\""), HTTP_BROTLI, &a), "\"-br\""));
	CHECK(str_is(coding_mark(str_of("W/\"5\""), HTTP_GZIP, &a), "W/\"5\""));
	CHECK(str_is(coding_unmarked(str_of("\"5-gzip\"")), "5"));
	CHECK(str_is(coding_unmarked(str_of("W/\"5-br\"")), "5"));
	CHECK(str_is(coding_unmarked(str_of("\"5\"")), "5"));
	CHECK(str_is(coding_unmarked(str_of("\"gzip\"")), "gzip"));
	CHECK(str_is(coding_unmarked(str_of("\"5-zip\"")), "5-zip"));
	CHECK(str_is(coding_unmarked(str_of("\"-gzip-gzip\"")), "-gzip"));
	CHECK(!coding_unmarked(str_of("5-gzip")).ptr && !coding_unmarked(str_of("\"")).ptr);
	CHECK(!coding_unmarked((struct str){0}).ptr);
	arena_fini(&a);
}
