#include "http/route.h"

#include "test.h"

#include <string.h>

static enum err_code
nothing(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	(void)r;
	(void)reply;
	(void)e;
	return ERR_NONE;
}

static const struct http_route rows[] = {
	{.method = HTTP_GET,  .pattern = "/",		     .answer = nothing		      },
	{.method = HTTP_GET,  .pattern = "/api/{register}", .answer = nothing		    },
	{.method = HTTP_POST, .pattern = "/api/{register}", .answer = nothing,		       .body_max = 10},
	{.method = HTTP_GET,		     .pattern = "/api/{register}/{id}",				.answer = nothing		 },
	{.method = HTTP_DELETE,			.pattern = "/api/{register}/{id}",			   .answer = nothing},
	{.method = HTTP_GET,		     .pattern = "/api/ledger/checkpoint",				  .answer = nothing	   },
	{.method = HTTP_GET,		     .pattern = "/api/{register}/{id}/history",				.answer = nothing},
	{.method = HTTP_PUT,		     .pattern = "/api/ledger/{size}/history/{x}",				  .answer = nothing	   },
};

static struct route_match
find_among(const struct http_route *table, size_t count, enum http_method method, const char *path)
{
	struct str parts[LIMIT_HTTP_SEGMENTS];
	const struct route_tree *t = NULL;
	struct route_match m = {0};
	struct str rest = str_of(path + 1);
	struct arena a;
	struct err e;
	size_t n = 0;

	arena_init(&a, 1 << 20);
	CHECK(route_tree_new(table, count, &a, &t, &e) == ERR_NONE);
	while (rest.ptr)
		parts[n++] = str_cut(&rest, '/');
	route_find(t, method, parts, n, &m);
	arena_fini(&a);
	return m;
}

static struct route_match
find(enum http_method method, const char *path)
{
	return find_among(rows, COUNT_OF(rows), method, path);
}

TEST(http_route_takes_all_the_rest_of_what_begins_like_no_other)
{
	static const struct http_route some[] = {
		{.method = HTTP_GET, .pattern = "/{page...}",	      .answer = nothing},
		{.method = HTTP_GET, .pattern = "/api/{register}",	   .answer = nothing},
		{.method = HTTP_GET, .pattern = "/{who}/card",	       .answer = nothing},
		{.method = HTTP_GET, .pattern = "/api/files/{name...}", .answer = nothing},
	};
	static const char *const pages[] = {"/",     "/a", "/a/",	"/a/b/c.d",
					    "/apix", "//", "/ann/cards"};

	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct route_match m = find_among(some, COUNT_OF(some), HTTP_HEAD, pages[i]);

		CHECK(m.route == &some[0] && m.parameter_count == 0);
		m = find_among(some, COUNT_OF(some), HTTP_POST, pages[i]);
		CHECK(!m.route && m.methods == 1u << HTTP_GET);
	}
	CHECK(find_among(some, COUNT_OF(some), HTTP_GET, "/ann/card").route == &some[2]);
	CHECK(find_among(some, COUNT_OF(some), HTTP_GET, "/api/files/a/b").route == &some[3]);
	CHECK(find_among(some, COUNT_OF(some), HTTP_GET, "/api/files").route == &some[1]);
	CHECK(find_among(some, COUNT_OF(some), HTTP_GET, "/api").methods == 0);
	CHECK(find_among(some, COUNT_OF(some), HTTP_GET, "/api/a/b").methods == 0);
}

TEST(http_route_finds_text_before_names_and_hides_none)
{
	struct route_match m = find(HTTP_GET, "/");

	CHECK(m.route == &rows[0] && m.parameter_count == 0);
	m = find(HTTP_GET, "/api/account");
	CHECK(m.route == &rows[1] && m.parameter_count == 1 && str_is(m.parameters[0], "account"));
	CHECK(find(HTTP_POST, "/api/account").route == &rows[2]);
	CHECK(find(HTTP_HEAD, "/api/account").route == &rows[1]);
	m = find(HTTP_GET, "/api/ledger/checkpoint");
	CHECK(m.route == &rows[5] && m.parameter_count == 0);
	m = find(HTTP_GET, "/api/ledger/7");
	CHECK(m.route == &rows[3] && m.parameter_count == 2 && str_is(m.parameters[0], "ledger"));
	m = find(HTTP_GET, "/api/ledger/7/history");
	CHECK(m.route == &rows[6] && str_is(m.parameters[1], "7") && m.parameter_count == 2);
	m = find(HTTP_DELETE, "/api/ledger/checkpoint");
	CHECK(m.route == &rows[4] && str_is(m.parameters[1], "checkpoint"));
	m = find(HTTP_PUT, "/api/ledger/7/history/9");
	CHECK(m.route == &rows[7] && str_is(m.parameters[0], "7") && str_is(m.parameters[1], "9"));
}

TEST(http_route_tells_no_path_from_no_method)
{
	struct route_match m = find(HTTP_GET, "/nowhere");

	CHECK(!m.route && m.methods == 0);
	m = find(HTTP_GET, "/api/");
	CHECK(!m.route && m.methods == 0);
	m = find(HTTP_GET, "/api/account/1/");
	CHECK(!m.route && m.methods == 0);
	m = find(HTTP_PATCH, "/api/account");
	CHECK(!m.route && m.methods == (1u << HTTP_GET | 1u << HTTP_POST));
	m = find(HTTP_PUT, "/api/ledger/checkpoint");
	CHECK(!m.route && m.methods == (1u << HTTP_GET | 1u << HTTP_DELETE));
	CHECK(find(HTTP_OPTIONS, "/").methods == 1u << HTTP_GET);
}

static bool
is_refused(const struct http_route *table, size_t count)
{
	const struct route_tree *t = NULL;
	struct arena a;
	struct err e;
	bool refused;

	arena_init(&a, 1 << 20);
	refused = route_tree_new(table, count, &a, &t, &e) == ERR_INVALID;
	CHECK(refused == !t);
	CHECK(!refused || strstr(e.message, table[count - 1].pattern));
	arena_fini(&a);
	return refused;
}

TEST(http_route_refuses_a_table_with_a_fault)
{
	static const struct http_route bad[] = {
		{.method = HTTP_GET,		     .pattern = "x",    .answer = nothing},
		{.method = HTTP_GET,		     .pattern = "/x"  },
		{.method = HTTP_HEAD,		      .pattern = "/x", .answer = nothing			},
		{.method = HTTP_GET,		     .pattern = "/{X}", .answer = nothing},
		{.method = HTTP_GET,		     .pattern = "/a b", .answer = nothing		 },
		{.method = HTTP_GET,			     .pattern = "/x", .answer = nothing, .body_max = 1},
		{.method = HTTP_POST,		      .pattern = "/x",   .answer = nothing,	  .types = "text/csv"},
		{.method = HTTP_POST,
		 .pattern = "/x",
		 .answer = nothing,
		 .body_max = LIMIT_HTTP_BODY_BYTES + 1},
		{.method = HTTP_GET,
		 .pattern = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
		 .answer = nothing							    },
	};
	static const struct http_route twice[] = {
		{.method = HTTP_GET, .pattern = "/{a}/x", .answer = nothing},
		{.method = HTTP_GET, .pattern = "/{b}/x", .answer = nothing},
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(is_refused(&bad[i], 1));
	CHECK(is_refused(twice, COUNT_OF(twice)) && !is_refused(twice, 1));
}
