/* http_fuzz.c -- what comes from the network. The first byte of an input chooses: 't' a target, 'h'
 * a head as it came, 'x' a list of X-Forwarded-For. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/text.h"
#include "http/address.h"
#include "http/head.h"
#include "http/target.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY = 1 << 24 };

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static void
clean(struct str s)
{
	demand(text_utf8_fault(s) < 0);
	for (size_t i = 0; i < s.len; i++)
		demand((unsigned char)s.ptr[i] >= ' ' && s.ptr[i] != 0x7f);
}

/* What is taken is clean, and its parts written again say the same. */
static void
target(struct str raw, struct arena *a)
{
	struct buf again = {.limit = MEMORY};
	struct http_target t = {0};
	struct http_target same = {0};

	if (target_parse(raw, a, &t) || t.asterisk)
		return;
	demand(t.part_count > 0 && t.part_count <= LIMIT_HTTP_SEGMENTS);
	for (size_t i = 0; i < t.part_count; i++) {
		clean(t.parts[i]);
		demand(!str_is(t.parts[i], "..") && !str_is(t.parts[i], "."));
		demand(!t.parts[i].len || !memchr(t.parts[i].ptr, '/', t.parts[i].len));
		buf_addf(&again, "/");
		for (size_t n = 0; n < t.parts[i].len; n++)
			buf_addf(&again, "%%%02x", (unsigned char)t.parts[i].ptr[n]);
	}
	for (size_t i = 0; i < t.query_count; i++) {
		clean(t.query[i].name);
		clean(t.query[i].value);
		for (size_t n = 0; n < i; n++)
			demand(!str_eq(t.query[i].name, t.query[n].name));
	}
	demand(!target_parse((struct str){again.data, again.len}, a, &same));
	demand(same.part_count == t.part_count);
	for (size_t i = 0; i < t.part_count; i++)
		demand(str_eq(same.parts[i], t.parts[i]));
	buf_fini(&again);
}

/* A reader as forgiving as one can be: it cuts where a line or a colon might be, as the library
 * does, and believes what it finds. */
static char *
line_cut(char **at, char *end)
{
	char *line = *at;
	char *newline = memchr(line, '\n', (size_t)(end - line));

	if (!newline)
		return NULL;
	*at = newline + 1;
	*newline = '\0';
	if (newline > line && newline[-1] == '\r')
		newline[-1] = '\0';
	return line;
}

static bool
head_cut(char *bytes, size_t len, struct head *h)
{
	char *end = bytes + len;
	char *at = bytes;
	char *line = line_cut(&at, end);
	char *blank = line ? strchr(line, ' ') : NULL;

	if (!blank)
		return false;
	*blank++ = '\0';
	h->target.ptr = blank;
	blank = strrchr(blank, ' ');
	if (!blank)
		return false;
	*blank++ = '\0';
	h->target.len = strlen(h->target.ptr);
	h->version = str_of(blank);
	while ((line = line_cut(&at, end)) && line[0]) {
		char *colon = strchr(line, ':');

		if (!colon)
			return false;
		*colon++ = '\0';
		colon += strspn(colon, " \t");
		if (h->count < LIMIT_HTTP_HEADERS)
			h->headers[h->count] = (struct http_pair){str_of(line), str_of(colon)};
		h->count++;
	}
	h->block = (struct str){bytes, (size_t)(at - bytes)};
	return line != NULL;
}

/* A CRLF, or what looks the same once it is cut, as an LF with a NUL beside it does. */
static void
line_end(const char **at)
{
	demand(strchr("\r\n", (*at)[0]) && strchr("\r\n", (*at)[1]));
	*at += 2;
}

/* What is taken was written as the standard asks, byte for byte. */
static void
head(struct str raw)
{
	struct buf strict = {.limit = MEMORY};
	char *bytes = malloc(raw.len + 1);
	struct head h = {0};
	const char *at = raw.ptr;
	int status = 0;

	demand(bytes);
	if (raw.len > 0)
		memcpy(bytes, raw.ptr, raw.len);
	bytes[raw.len] = '\0';
	if (head_cut(bytes, raw.len, &h) && !head_fault(&h, &status)) {
		buf_addf(&strict, "%s %.*s %.*s", bytes, STR_ARG(h.target), STR_ARG(h.version));
		demand(strncmp(at, strict.data, strict.len) == 0);
		at += strict.len;
		line_end(&at);
		for (size_t i = 0; i < h.count; i++) {
			struct str name = h.headers[i].name;
			struct str value = h.headers[i].value;

			demand(memcmp(at, name.ptr, name.len) == 0 && at[name.len] == ':');
			at += name.len + 1;
			while (*at == ' ' || *at == '\t')
				at++;
			demand(memcmp(at, value.ptr, value.len) == 0);
			at += value.len;
			line_end(&at);
		}
		line_end(&at);
		demand((size_t)(at - raw.ptr) == h.block.len);
	}
	buf_fini(&strict);
	free(bytes);
}

static void
forwarded(struct str list, struct arena *a)
{
	const struct http_proxies *p = NULL;
	struct address peer = {.is_local = true};
	struct address client;
	char text[HTTP_ADDRESS_SIZE];
	struct err e;

	demand(!proxies_parse("unix,10.0.0.0/8,2001:db8::/32", "", a, &p, &e));
	proxies_client(p, &peer, list, &client);
	address_text(&client, text, sizeof(text));
	demand(client.is_local || address_parse(str_of(text), &peer));
	(void)proxies_parse(str_z(a, list), "", a, &p, &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data + 1, size - 1};
	struct arena a;

	if (size == 0)
		return 0;
	arena_init(&a, MEMORY);
	if (data[0] == 't')
		target(rest, &a);
	else if (data[0] == 'h')
		head(rest);
	else if (data[0] == 'x')
		forwarded(rest, &a);
	arena_fini(&a);
	return 0;
}
