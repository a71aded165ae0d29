#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static enum err_code
reads(const char *text, size_t len, struct err *e)
{
	json_t *json = NULL;
	char *exact = malloc(len ? len : 1);
	enum err_code rc;

	CHECK(exact != NULL);
	memcpy(exact, text, len);
	rc = json_read((struct str){exact, len}, &json, e);
	CHECK((rc == ERR_NONE) == (json != NULL));
	json_decref(json);
	free(exact);
	return rc;
}

static void
refused(const char *text, size_t len, const char *place)
{
	struct err e = {0};

	if (reads(text, len, &e) != ERR_INVALID || !strstr(e.message, place)) {
		fprintf(stderr, "%.60s: %s\n", text, e.message);
		abort();
	}
}

#define REFUSED(text, place) refused(text, sizeof(text) - 1, place)

TEST(json_one_whole_text_is_read)
{
	static const char *const good[] = {"null",
					   "true",
					   "1",
					   "-0.5e3",
					   "\"\"",
					   "[]",
					   "{}",
					   " [ 1 , 2 ] \r\n\t",
					   "{\"a\":{\"b\":[null]}}",
					   "\"\\u00e9\\ud83d\\ude00\"",
					   "9223372036854775807"};
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(good); i++)
		CHECK(reads(good[i], strlen(good[i]), &e) == ERR_NONE);
}

TEST(json_faults_say_where)
{
	struct err e = {0};
	json_t *json = NULL;

	REFUSED("", "line 1, column 0");
	REFUSED("[1,]", "line 1, column 4");
	REFUSED("{\n  \"a\": 1,\n  \"a\": 2\n}", "line 3");
	REFUSED("{\"a\":1,\"\\u0061\":2}", "duplicate");
	REFUSED("[1] 2", "line 1, column 5");
	REFUSED("{a:1}", "line 1");
	REFUSED("'a'", "line 1");
	REFUSED("[01]", "line 1");
	REFUSED("[.5]", "line 1");
	REFUSED("[+1]", "line 1");
	REFUSED("[1.]", "line 1");
	REFUSED("[NaN]", "line 1");
	REFUSED("[Infinity]", "line 1");
	REFUSED("[1e400]", "overflow");
	REFUSED("[9223372036854775808]", "big");
	REFUSED("\"\xff\"", "line 1");
	REFUSED("\"\xc0\xaf\"", "line 1");
	REFUSED("\"\xed\xa0\x80\"", "line 1");
	REFUSED("\"\xf4\x90\x80\x80\"", "line 1");
	REFUSED("\"\xe2\x82", "line 1");
	REFUSED("\"\\ud800\"", "line 1");
	REFUSED("\"\\udc00\"", "line 1");
	REFUSED("\"a\\u0000b\"", "line 1");
	REFUSED("\"a\0b\"", "line 1");
	REFUSED("\"a\nb\"", "line 1");
	REFUSED("[1]\0", "line 1");
	REFUSED("// a\n1", "line 1");
	REFUSED("\xef\xbb\xbf[]", "line 1");
	CHECK(json_read((struct str){0}, &json, &e) == ERR_INVALID && json == NULL);
}

TEST(json_faults_are_told_in_whole_characters)
{
	static const char *const texts[] = {"\"\\ud\xd4\xa4[]\"", "[\"\\x\xe2\x82\xac\"]",
					    "\"\xe2\x82\"", "\xf0\x9f\x94\x92"};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct err e = {0};

		CHECK(reads(texts[i], strlen(texts[i]), &e) == ERR_INVALID);
		CHECK(text_utf8_fault(str_of(e.message)) < 0);
	}
}

TEST(json_nesting_ends_at_its_limit)
{
	for (int over = 0; over < 2; over++) {
		for (int object = 0; object < 2; object++) {
			struct buf text = {.limit = 4096};
			struct err e = {0};
			int levels = LIMIT_JSON_DEPTH + over;

			for (int i = 0; i < levels; i++)
				buf_addf(&text, "%s", object ? "{\"a\":" : "[");
			buf_addf(&text, "1");
			for (int i = 0; i < levels; i++)
				buf_addf(&text, "%s", object ? "}" : "]");
			CHECK(reads(text.data, text.len, &e) == (over ? ERR_INVALID : ERR_NONE));
			if (over)
				CHECK(strstr(e.message, "more than 32 levels") != NULL);
			buf_fini(&text);
		}
	}
	/* Brackets in a text are text, and those that were closed are over. */
	for (int i = 0; i < 2; i++) {
		struct buf text = {.limit = 8192};
		struct err e = {0};

		for (int k = 0; k < 1000; k++)
			buf_addf(&text, "%s%s", k ? "," : "[", i ? "\"[\\\"[\"" : "[]");
		buf_addf(&text, "]");
		CHECK(reads(text.data, text.len, &e) == ERR_NONE);
		buf_fini(&text);
	}
}

TEST(json_a_hundred_thousand_brackets_are_refused_at_once)
{
	char *text = malloc(100000);
	struct err e = {0};

	CHECK(text != NULL);
	memset(text, '[', 100000);
	CHECK(reads(text, 100000, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "line 1, column 33") != NULL);
	free(text);
}

TEST(json_the_writer_sets_commas_and_indents)
{
	static const char pretty[] =
		"{\n  \"a\": 1,\n  \"list\": [\n    true,\n    null,\n    {}\n  "
		"],\n  \"none\": [],\n  \"text\": \"x\\\"\\\\\\n\\u0001\"\n}";
	static const char plain[] =
		"{\"a\":1,\"list\":[true,null,{}],\"none\":[],\"text\":\"x\\\"\\\\\\n\\u0001\"}";

	for (int i = 0; i < 2; i++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 4096};
		struct json_writer w;

		jw_begin(&w, &out, i == 0);
		jw_object(&w);
		jw_key(&w, "a");
		jw_int(&w, 1);
		jw_key(&w, "list");
		jw_array(&w);
		jw_bool(&w, true);
		jw_text(&w, (struct str){0});
		jw_object(&w);
		jw_end_object(&w);
		jw_end_array(&w);
		jw_key(&w, "none");
		jw_array(&w);
		jw_end_array(&w);
		jw_key(&w, "text");
		jw_text(&w, str_of("x\"\\\n\x01"));
		jw_end_object(&w);
		CHECK(strcmp(out.data, i == 0 ? pretty : plain) == 0);
	}
}

TEST(json_escape_writes_what_reads_back)
{
	for (int c = 1; c < 256; c++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 64};
		char text[3] = {(char)c, 0, 0};
		json_t *json = NULL;
		struct err e = {0};

		if (c >= 0x80) {
			text[0] = (char)(0xc0 | c >> 6);
			text[1] = (char)(0x80 | (c & 0x3f));
		}
		json_escape(&out, str_of(text));
		CHECK(json_read((struct str){out.data, out.len}, &json, &e) == ERR_NONE);
		CHECK(strcmp(json_string_value(json), text) == 0);
		json_decref(json);
	}
}

/* Eight bytes at a time are looked at, and then the rest: what must be escaped is found in every
 * place, and what stands beside it is none of it. */
TEST(json_escape_finds_what_must_be_escaped_wherever_it_stands)
{
	for (int c = 1; c < 256; c++) {
		for (size_t place = 0; place < 19; place++) {
			CLEANUP(buf_fini) struct buf out = {.limit = 64};
			char text[] = "!#[] ~\x7f abcdefghij";
			bool plain = c >= 0x20 && c != '"' && c != '\\';

			text[place % (sizeof(text) - 1)] = (char)c;
			json_escape(&out, str_of(text));
			CHECK((out.len == sizeof(text) + 1) == plain);
			CHECK(out.data[0] == '"' && out.data[out.len - 1] == '"');
			CHECK(!plain || memcmp(out.data + 1, text, sizeof(text) - 1) == 0);
		}
	}
}

TEST(json_plain_texts_are_told_from_what_is_none)
{
	static const char *const plain[] = {"[]", "[\"\"]", "[\"a\",\"b c\"]",
					    "[\"a\",\"\",\"[,]\"]"};
	static const char *const others[] = {
		"",	      "[",	    "]",	 "[\"",		 "[\"a",
		"[\"a\"",     "[\"a\",",    "[\"a\",]",	 "[\"a\"]]",	 "[\"a\" ]",
		"[\"a\\n\"]", "[\"a\nb\"]", "[1]",	 "[\"a\",1]",	 "[[\"a\"]]",
		"\"a\"",      "a",	    "[\"a\"b]",	 "[\"a\"\"b\"]", "[\"a\",,\"b\"]",
		"[\"a\"]x",   " [\"a\"]",   "[\"a\\\"]", "{\"a\"}",
	};

	for (size_t i = 0; i < COUNT_OF(plain); i++)
		CHECK(json_is_plain_texts(str_of(plain[i])));
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		/* Without a NUL behind it, so that nothing reads on. */
		char *bytes = malloc(strlen(others[i]) + 1);

		CHECK(bytes != NULL);
		memcpy(bytes, others[i], strlen(others[i]));
		CHECK(!json_is_plain_texts((struct str){bytes, strlen(others[i])}));
		free(bytes);
	}
}
