#include "http/target.h"

#include "base/buf.h"
#include "test.h"

#include <string.h>

static const char *
fault_of(const char *text)
{
	struct http_target t = {0};
	const char *fault;
	struct arena a;

	arena_init(&a, 1 << 20);
	fault = target_parse(str_of(text), &a, &t);
	arena_fini(&a);
	return fault;
}

TEST(http_target_takes_paths_apart_and_decodes_each_part_once)
{
	struct http_target t = {0};
	struct arena a;

	arena_init(&a, 1 << 20);
	CHECK(!target_parse(str_of("/api/v1/a%20b/%C3%A9/%252e"), &a, &t));
	CHECK(t.part_count == 5 && !t.query_count && !t.asterisk);
	CHECK(str_is(t.parts[0], "api") && str_is(t.parts[2], "a b"));
	CHECK(str_is(t.parts[3], "\xc3\xa9") && str_is(t.parts[4], "%2e"));
	CHECK(str_is(t.path, "/api/v1/a%20b/%C3%A9/%252e"));
	CHECK(!target_parse(str_of("/"), &a, &t) && t.part_count == 1 && t.parts[0].len == 0);
	CHECK(!target_parse(str_of("/a/"), &a, &t) && t.part_count == 2 && t.parts[1].len == 0);
	CHECK(!target_parse(str_of("/a+b"), &a, &t) && str_is(t.parts[0], "a+b"));
	CHECK(!target_parse(str_of("*"), &a, &t) && t.asterisk);
	arena_fini(&a);
}

TEST(http_target_takes_queries_apart)
{
	struct http_target t = {0};
	struct arena a;

	arena_init(&a, 1 << 20);
	CHECK(!target_parse(str_of("/x?filter=a%3D1+b&&sort=-name&flag&empty=&a=b=c"), &a, &t));
	CHECK(t.query_count == 5);
	CHECK(str_is(t.query[0].name, "filter") && str_is(t.query[0].value, "a=1 b"));
	CHECK(str_is(t.query[2].name, "flag") && str_is(t.query[2].value, ""));
	CHECK(str_is(t.query[3].value, "") && str_is(t.query[4].value, "b=c"));
	CHECK(!target_parse(str_of("/x?"), &a, &t) && t.query_count == 0);
	CHECK(!target_parse(str_of("/x?a[]={|}/?"), &a, &t) && t.query_count == 1);
	arena_fini(&a);
}

TEST(http_target_ends_what_it_decodes_with_a_zero)
{
	struct http_target t = {0};
	struct arena a;

	arena_init(&a, 1 << 20);
	CHECK(!target_parse(str_of("/records/ACC-1/history?record=ACC-2&limit=5"), &a, &t));
	CHECK(strcmp(t.parts[1].ptr, "ACC-1") == 0);
	CHECK(strcmp(t.query[0].name.ptr, "record") == 0);
	CHECK(strcmp(t.query[0].value.ptr, "ACC-2") == 0);
	arena_fini(&a);
}

TEST(http_target_refuses_what_means_one_thing_here_and_another_there)
{
	static const char *const bad[] = {
		"",
		"x",
		"http://h/",
		"/.",
		"/..",
		"/a/../b",
		"/%2e%2E",
		"/a/%2e",
		"/a%2fb",
		"/a%5Cb",
		"/a\\b",
		"/%",
		"/%2",
		"/%zz",
		"/%C0%AF",
		"/%ff",
		"/%ED%A0%80",
		"/a%00b",
		"/a%0ab",
		"/%7f",
		"/%C2%85",
		"/\xc3\xa9",
		"/a b",
		"/a?b%",
		"/a?b=%0d",
		"/a?b=%80",
		"/a?b=\xc3\xa9",
		"/a?a=1&a=2",
		"/a?%61=1&a=2",
		"/a#b",
		"/a?b#c",
		"/a?b=\"",
		"/<",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (!fault_of(bad[i]))
			fprintf(stderr, "taken: %s\n", bad[i]);
		CHECK(fault_of(bad[i]));
	}
	CHECK(!fault_of("/...") && !fault_of("/.a") && !fault_of("/a..") && !fault_of("/a?b=/.."));
}

TEST(http_target_has_its_limits)
{
	struct buf text = {.limit = 100000};

	for (int i = 0; i < LIMIT_HTTP_SEGMENTS; i++)
		buf_addf(&text, "/%d", i);
	CHECK(!fault_of(text.data));
	buf_addf(&text, "/more");
	CHECK(fault_of(text.data));
	text.len = 0;
	buf_addf(&text, "/x?");
	for (int i = 0; i < LIMIT_HTTP_PARAMETERS; i++)
		buf_addf(&text, "&p%d=%d", i, i);
	CHECK(!fault_of(text.data));
	buf_addf(&text, "&more");
	CHECK(fault_of(text.data));
	buf_fini(&text);
}
