#include "http/coding.h"

#include "base/buf.h"

#include <string.h>
#include <strings.h>
#define ZLIB_CONST
#include <zlib.h>

enum {
	LEAST = 1024,	  /* bytes that are worth it: less goes into one packet anyway */
	LEVEL = 1,	  /* a third of the time of the usual one, for a quarter more bytes */
	GZIP_FORMAT = 16, /* as zlib asks for it, beside the bits of its window */
	MEMORY_LEVEL = 8, /* zlib's own default */
	TAG_LIMIT = 512,
};

static const char *const names[HTTP_CODINGS] = {[HTTP_GZIP] = "gzip", [HTTP_BROTLI] = "br"};

/* "q=0", "q=0.00" say that it is not wanted. */
static bool
is_weighed(struct str weight)
{
	if (!str_begins(weight, "q=") && !str_begins(weight, "Q="))
		return true;
	for (size_t i = 2; i < weight.len; i++) {
		if (weight.ptr[i] >= '1' && weight.ptr[i] <= '9')
			return true;
	}
	return false;
}

bool
coding_is_taken(struct str accepted, enum http_coding coding)
{
	struct str wanted = str_of(names[coding]);
	bool others = false;

	while (accepted.ptr) {
		struct str weight = str_cut(&accepted, ',');
		struct str name = str_trim(str_cut(&weight, ';'));

		if (name.len == wanted.len && strncasecmp(name.ptr, wanted.ptr, wanted.len) == 0)
			return is_weighed(str_trim(weight));
		if (str_is(name, "*"))
			others = is_weighed(str_trim(weight));
	}
	return others;
}

bool
http_takes(const struct http_request *r, enum http_coding coding)
{
	return coding_is_taken(http_header(r, "Accept-Encoding"), coding);
}

static bool
is_quoted(struct str tag)
{
	return tag.len > 1 && tag.ptr[0] == '"' && tag.ptr[tag.len - 1] == '"';
}

struct str
coding_mark(struct str tag, enum http_coding coding, struct arena *a)
{
	CLEANUP(buf_fini) struct buf marked = {.limit = TAG_LIMIT};

	if (!is_quoted(tag))
		return tag;
	buf_addf(&marked, "%.*s-%s\"", (int)tag.len - 1, tag.ptr, names[coding]);
	return str_dup(a, (struct str){marked.data, marked.len});
}

struct str
coding_unmarked(struct str tag)
{
	struct str text = str_begins(tag, "W/") ? (struct str){tag.ptr + 2, tag.len - 2} : tag;

	if (!is_quoted(text))
		return (struct str){0};
	text = (struct str){text.ptr + 1, text.len - 2};
	for (int i = HTTP_GZIP; i < HTTP_CODINGS; i++) {
		size_t len = strlen(names[i]);

		if (text.len > len && text.ptr[text.len - len - 1] == '-' &&
		    memcmp(text.ptr + text.len - len, names[i], len) == 0)
			return (struct str){text.ptr, text.len - len - 1};
	}
	return text;
}

void
http_coded(const struct http_request *r, struct http_reply *reply, enum http_coding coding)
{
	struct str *tag = http_reply_value(reply, "ETag");

	http_reply_header(reply, "Content-Encoding", str_of(names[coding]));
	if (tag)
		*tag = coding_mark(*tag, coding, r->arena);
}

/* {NULL, 0}: it would be no shorter. */
static struct str
packed(struct str plain, struct arena *a)
{
	z_stream z = {.next_in = (const Bytef *)plain.ptr, .avail_in = (uInt)plain.len};
	Bytef *bytes;
	int rc;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP_FORMAT, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return (struct str){0};
	bytes = arena_alloc(a, plain.len);
	z.next_out = bytes;
	z.avail_out = (uInt)plain.len;
	rc = deflate(&z, Z_FINISH);
	(void)deflateEnd(&z);
	return rc == Z_STREAM_END ? (struct str){(const char *)bytes, z.total_out}
				  : (struct str){0};
}

void
coding_pack(const struct http_request *r, struct http_reply *reply)
{
	struct str shorter = {0};

	if (reply->source.pull)
		return;
	http_reply_header(reply, "Vary", str_of("Accept-Encoding"));
	if (reply->body.len >= LEAST && http_takes(r, HTTP_GZIP))
		shorter = packed(reply->body, r->arena);
	if (!shorter.ptr)
		return;
	http_coded(r, reply, HTTP_GZIP);
	reply->body = shorter;
}
