#include "http/head.h"

#include "base/buf.h"
#include "test.h"

#include <string.h>

/* A head as the library leaves it: a NUL for each byte where it cut, written here as '|'. The names
 * and values are those that it would give. */
static const char *
fault_of(const char *text, size_t count, int *ret_status)
{
	static char bytes[65536];
	struct head h = {
		.block = {bytes, strlen(text)},
			.count = count
	      };
	char *at = bytes;

	memcpy(bytes, text, strlen(text) + 1);
	for (size_t i = 0; i < h.block.len; i++) {
		if (bytes[i] == '|')
			bytes[i] = '\0';
	}
	at += strlen(at) + 1;
	h.target = str_of(at);
	at += strlen(at) + 1;
	h.version = str_of(at);
	at += strlen(at) + 2;
	for (size_t i = 0; i < count && i < LIMIT_HTTP_HEADERS; i++) {
		h.headers[i].name = str_of(at);
		at += strlen(at) + 1;
		at += strspn(at, " \t");
		h.headers[i].value = str_of(at);
		at += strlen(at) + 2;
	}
	return head_fault(&h, ret_status);
}

static bool
holds(const char *text, size_t count)
{
	int status = 0;

	return !fault_of(text, count, &status);
}

TEST(http_head_holds_the_librarys_reading_against_the_bytes)
{
	CHECK(holds("GET|/|HTTP/1.1||||", 0));
	CHECK(holds("GET|/x?y|HTTP/1.1||Host|x||||", 1));
	CHECK(holds("GET|/|HTTP/1.1||Host| \t x||Accept|*/*||||", 2));
	CHECK(holds("GET|/|HTTP/1.1||Empty|||Host| x||||", 2));
}

TEST(http_head_refuses_lines_that_another_would_read_differently)
{
	/* Line ends of a bare LF: one NUL only. */
	CHECK(!holds("GET|/|HTTP/1.1|Host|x||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1||Host|x|Accept|y||||", 2));
	CHECK(!holds("GET|/|HTTP/1.1||Host|x|||", 1));
	/* A NUL in a value, behind which more is hidden; and headers that were not told of. */
	CHECK(!holds("GET|/|HTTP/1.1||Host|x|hidden: y||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1||Host|x||Other|y||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1||||More|x||||", 0));
	/* A blank before the colon, or no name at all. */
	CHECK(!holds("GET|/|HTTP/1.1||Host |x||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1|||x||||", 1));
	CHECK(!holds("G T|/|HTTP/1.1||||", 0));
	/* A bare CR, or another control character, in a value. */
	CHECK(!holds("GET|/|HTTP/1.1||Host|x\ry||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1||Host|x\x7f||||", 1));
	CHECK(!holds("GET|/|HTTP/1.1||Ho\x01st|x||||", 1));
}

TEST(http_head_refuses_a_second_one_of_what_matters)
{
	CHECK(!holds("GET|/|HTTP/1.1||Host|x||hOST|y||||", 2));
	CHECK(!holds("GET|/|HTTP/1.1||Content-Length|1||Content-Length|1||||", 2));
	CHECK(!holds("GET|/|HTTP/1.1||Authorization|a||Authorization|a||||", 2));
	CHECK(holds("GET|/|HTTP/1.1||Accept|a||Accept|b||||", 2));
}

TEST(http_head_has_its_limits)
{
	struct buf text = {.limit = 65536};
	int status = 0;

	buf_addf(&text, "GET|/|HTTP/1.1||");
	for (int i = 0; i < LIMIT_HTTP_HEADERS; i++)
		buf_addf(&text, "X%d|y||", i);
	buf_addf(&text, "||");
	CHECK(holds(text.data, LIMIT_HTTP_HEADERS));
	CHECK(fault_of(text.data, LIMIT_HTTP_HEADERS + 1, &status) && status == 431);
	text.len = 0;
	buf_addf(&text, "GET|/|HTTP/1.1||X|%0*d||||", LIMIT_HTTP_HEADER_BYTES - 22, 0);
	CHECK(text.len == LIMIT_HTTP_HEADER_BYTES && holds(text.data, 1));
	text.len = 0;
	buf_addf(&text, "GET|/|HTTP/1.1||X|%0*d||||", LIMIT_HTTP_HEADER_BYTES - 21, 0);
	CHECK(fault_of(text.data, 1, &status) && status == 431);
	buf_fini(&text);
}
