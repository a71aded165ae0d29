#include "http/coding.h"
#include "http/server_priv.h"
#include "http/tag.h"

#include <string.h>

static const char *const method_names[HTTP_METHODS] = {
	[HTTP_GET] = "GET",	    [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",	    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
	[HTTP_OPTIONS] = "OPTIONS",
};

const char *
http_method_name(enum http_method method)
{
	return method < HTTP_METHODS ? method_names[method] : "";
}

struct str
http_parameter(const struct http_request *r, const char *name)
{
	struct str rest = str_of(r->route->pattern + 1);
	size_t n = 0;

	while (rest.ptr) {
		struct str part = str_cut(&rest, '/');

		if (part.len == 0 || part.ptr[0] != '{')
			continue;
		if (str_is((struct str){part.ptr + 1, part.len - 2}, name))
			return r->parameters[n];
		n++;
	}
	return (struct str){0};
}

struct str
http_query(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->query_count; i++) {
		if (str_is(r->query[i].name, name))
			return r->query[i].value;
	}
	return (struct str){0};
}

struct str
http_header(const struct http_request *r, const char *name)
{
	return head_find(&r->call->head, name);
}

bool
http_unchanged(const struct http_request *r, struct http_reply *reply, struct str tag)
{
	bool gets = r->method == HTTP_GET || r->method == HTTP_HEAD;
	struct str known = gets ? tag_find(http_header(r, "If-None-Match"), tag) : (struct str){0};

	http_reply_header(reply, "ETag", known.ptr ? known : tag);
	if (known.ptr)
		reply->status = 304;
	return known.ptr != NULL;
}

struct str
http_match(const struct http_request *r)
{
	struct str tag = http_header(r, "If-Match");

	return str_begins(tag, "\"") ? coding_unmarked(tag) : (struct str){0};
}
