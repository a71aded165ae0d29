#include "http/head.h"

#include <string.h>
#include <strings.h>

const char *const http_unique[] = {
	"Authorization",
	"Content-Length",
	"Content-Type",
	"Cookie",
	"Expect",
	"Host",
	"Idempotency-Key",
	"If-Match",
	"If-Modified-Since",
	"If-None-Match",
	"Last-Event-ID",
	"Origin",
	"Sec-Fetch-Site",
	"Transfer-Encoding",
	NULL,
};

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return s.len > 0;
}

static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* Where the library cut a CRLF off, there are two NULs now. */
static bool
takes_line_end(const char **at, const char *end)
{
	if (end - *at < 2 || (*at)[0] != '\0' || (*at)[1] != '\0')
		return false;
	*at += 2;
	return true;
}

static const char *
first_line_fault(const struct head *h, const char **at, const char *end)
{
	size_t method = strnlen(h->block.ptr, h->block.len);

	*at = h->block.ptr + method + 1;
	if (!is_token((struct str){h->block.ptr, method}) || h->target.ptr != *at)
		return "its first line is not METHOD TARGET VERSION, with one blank between";
	*at += h->target.len + 1;
	if (h->version.ptr != *at || h->version.len > (size_t)(end - *at))
		return "its first line is not METHOD TARGET VERSION, with one blank between";
	*at += h->version.len;
	return takes_line_end(at, end) ? NULL : "its first line does not end in CRLF";
}

static const char *
header_fault(const struct http_pair *p, const char **at, const char *end)
{
	if (p->name.ptr != *at || !is_token(p->name) || p->name.len >= (size_t)(end - *at))
		return "a header is not NAME: VALUE on a line of its own";
	*at += p->name.len;
	if (**at != '\0')
		return "a header is not NAME: VALUE on a line of its own";
	(*at)++;
	while (*at < end && (**at == ' ' || **at == '\t'))
		(*at)++;
	if (p->value.ptr != *at || p->value.len > (size_t)(end - *at))
		return "a header goes on over the end of its line";
	if (!is_value(p->value))
		return "a header has a control character in it";
	*at += p->value.len;
	return takes_line_end(at, end) ? NULL : "a header's line does not end in CRLF";
}

bool
head_is(const struct http_pair *header, const char *name)
{
	return header->name.len == strlen(name) &&
	       strncasecmp(header->name.ptr, name, header->name.len) == 0;
}

static const char *
repeated_fault(const struct head *h)
{
	for (size_t u = 0; http_unique[u]; u++) {
		size_t n = 0;

		for (size_t i = 0; i < h->count; i++)
			n += head_is(&h->headers[i], http_unique[u]);
		if (n > 1)
			return "a header that may come only once comes twice";
	}
	return NULL;
}

const char *
head_fault(const struct head *h, int *ret_status)
{
	const char *end = h->block.ptr + h->block.len;
	const char *at = NULL;
	const char *fault;

	*ret_status = 431;
	if (h->count > LIMIT_HTTP_HEADERS)
		return "it has too many headers";
	if (h->block.len > LIMIT_HTTP_HEADER_BYTES)
		return "its headers are too long";
	*ret_status = 400;
	fault = first_line_fault(h, &at, end);
	for (size_t i = 0; !fault && i < h->count; i++)
		fault = header_fault(&h->headers[i], &at, end);
	if (!fault && (!takes_line_end(&at, end) || at != end))
		fault = "its headers do not end in an empty line";
	return fault ? fault : repeated_fault(h);
}

struct str
head_find(const struct head *h, const char *name)
{
	for (size_t i = 0; i < h->count && i < LIMIT_HTTP_HEADERS; i++) {
		if (head_is(&h->headers[i], name))
			return str_trim(h->headers[i].value);
	}
	return (struct str){0};
}
