#include "base/limits.h"
#include "codec/json.h"
#include "sys/file.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *
canonical(struct str text)
{
	struct buf out = {.limit = 1 << 20};
	json_t *json = NULL;
	struct err e = {0};

	if (json_read(text, &json, &e) || json_canonical(json, &out, &e)) {
		fprintf(stderr, "%.*s: %s\n", STR_ARG(text), e.message);
		abort();
	}
	json_decref(json);
	return buf_take(&out);
}

static void
gives(const char *text, const char *expected)
{
	char *got = canonical(str_of(text));

	if (strcmp(got, expected) != 0) {
		fprintf(stderr, "%s gives %s instead of %s\n", text, got, expected);
		abort();
	}
	free(got);
}

TEST(jcs_the_vectors_of_the_standard_hold)
{
	struct file_names names;
	struct arena a;
	struct err e = {0};

	arena_init(&a, 1 << 20);
	CHECK(file_list("tests/golden/jcs/input", ".json", &a, &names, &e) == ERR_NONE);
	CHECK(names.count >= 6);
	for (size_t i = 0; i < names.count; i++) {
		struct str input;
		struct str output;
		char *got;

		CHECK(file_load(file_join(&a, "tests/golden/jcs/input", names.names[i]), 1 << 20,
				&a, &input, &e) == ERR_NONE);
		CHECK(file_load(file_join(&a, "tests/golden/jcs/output", names.names[i]), 1 << 20,
				&a, &output, &e) == ERR_NONE);
		got = canonical(input);
		if (!str_is(output, got)) {
			fprintf(stderr, "%s: %s\n", names.names[i], got);
			abort();
		}
		free(got);
	}
	arena_fini(&a);
}

static double
of_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* RFC 8785 Appendix B. */
TEST(jcs_numbers_are_written_as_in_appendix_b)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} rows[] = {
		{0x0000000000000000, "0"			},
		{0x8000000000000000, "0"			},
		{0x0000000000000001, "5e-324"		     },
		{0x8000000000000001, "-5e-324"		      },
		{0x7fefffffffffffff, "1.7976931348623157e+308"  },
		{0xffefffffffffffff, "-1.7976931348623157e+308" },
		{0x4340000000000000, "9007199254740992"	       },
		{0xc340000000000000, "-9007199254740992"	},
		{0x4430000000000000, "295147905179352830000"    },
		{0x44b52d02c7e14af5, "9.999999999999997e+22"    },
		{0x44b52d02c7e14af6, "1e+23"		    },
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"   },
		{0x444b1ae4d6e2ef4e, "999999999999999700000"    },
		{0x444b1ae4d6e2ef4f, "999999999999999900000"    },
		{0x444b1ae4d6e2ef50, "1e+21"		    },
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"	   },
		{0x3eb0c6f7a0b5ed8d, "0.000001"		       },
		{0x41b3de4355555553, "333333333.3333332"	},
		{0x41b3de4355555554, "333333333.33333325"	 },
		{0x41b3de4355555555, "333333333.3333333"	},
		{0x41b3de4355555556, "333333333.3333334"	},
		{0x41b3de4355555557, "333333333.33333343"	 },
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"	 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 64};
		json_t *json = json_real(of_bits(rows[i].bits));
		struct err e = {0};

		CHECK(json_canonical(json, &out, &e) == ERR_NONE);
		if (strcmp(out.data, rows[i].text) != 0) {
			fprintf(stderr, "%s instead of %s\n", out.data, rows[i].text);
			abort();
		}
		json_decref(json);
	}
}

TEST(jcs_what_is_no_finite_number_is_refused)
{
	static const uint64_t bits[] = {0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000};

	for (size_t i = 0; i < COUNT_OF(bits); i++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 64};
		json_t *json = json_real(0);
		struct err e = {0};

		/* jansson makes no such number, and then there is nothing to refuse. */
		if (json_real_set(json, of_bits(bits[i])) == 0)
			CHECK(json_canonical(json, &out, &e) == ERR_INVALID);
		json_decref(json);
		CHECK(json_real(of_bits(bits[i])) == NULL);
	}
}

TEST(jcs_integers_past_doubles_are_refused_not_rounded)
{
	static const char *const good[][2] = {
		{"9007199254740992",     "9007199254740992"    },
		{"-9007199254740993",    NULL		  },
		{"9007199254740993",     NULL			 },
		{"9007199254740994",     "9007199254740994"    },
		{"9223372036854775807",	NULL		    },
		{"-9223372036854775808", "-9223372036854775808"},
		{"4611686018427387904",	"4611686018427387904" },
	};

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 64};
		json_t *json = NULL;
		struct err e = {0};
		enum err_code rc;

		CHECK(json_read(str_of(good[i][0]), &json, &e) == ERR_NONE);
		rc = json_canonical(json, &out, &e);
		CHECK(rc == (good[i][1] ? ERR_NONE : ERR_INVALID));
		/* The digits may differ past the seventeenth: what counts is the double. */
		if (good[i][1])
			CHECK(strtod(out.data, NULL) == strtod(good[i][1], NULL));
		json_decref(json);
	}
}

/* A generator of doubles of every size, the same in each run. */
TEST(jcs_random_doubles_read_back_and_have_no_shorter_form)
{
	uint64_t state = 88172645463325252u;

	for (int i = 0; i < 20000; i++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 64};
		struct err e = {0};
		double value;
		json_t *json;
		size_t digits = 0;
		char shorter[64];

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		value = of_bits(state);
		if (!isfinite(value))
			continue;
		json = json_real(value);
		CHECK(json_canonical(json, &out, &e) == ERR_NONE);
		json_decref(json);
		CHECK(strtod(out.data, NULL) == value);
		for (const char *p = out.data; *p && *p != 'e'; p++)
			digits += *p >= '0' && *p <= '9';
		if (digits > 1 && digits <= 17 && strchr(out.data, 'e')) {
			(void)snprintf(shorter, sizeof(shorter), "%.*e", (int)digits - 2, value);
			CHECK(strtod(shorter, NULL) != value);
		}
	}
}

TEST(jcs_keys_are_sorted_by_utf16_units)
{
	gives("{\"b\":1,\"a\":2,\"\":3,\"aa\":4,\"B\":5}",
	      "{\"\":3,\"B\":5,\"a\":2,\"aa\":4,\"b\":1}");
	/* U+FB33 is after U+1F600 in UTF-16, before it in UTF-8. */
	gives("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\ud7ff\":3,\"\\ue000\":4}",
	      "{\"\xed\x9f\xbf\":3,\"\xf0\x9f\x98\x80\":2,\"\xee\x80\x80\":4,\"\xef\xac\xb3\":1}");
	CHECK(json_key_order(str_of("\xf4\x8f\xbf\xbf"), str_of("\xee\x80\x80")) < 0);
	CHECK(json_key_order(str_of("\xef\xbf\xbf"), str_of("\xf0\x90\x80\x80")) > 0);
	CHECK(json_key_order(str_of("a"), str_of("a")) == 0);
	CHECK(json_key_order(str_of("a"), str_of("ab")) < 0);
	CHECK(json_key_order(str_of("\xc3\xa9"), str_of("z")) > 0);
}

TEST(jcs_text_is_escaped_as_little_as_possible)
{
	gives("\"\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u001f\\u007f\\/\\\"\\\\\\u00e9\"",
	      "\"\\b\\t\\n\\u000b\\f\\r\\u001f\x7f/\\\"\\\\\xc3\xa9\"");
	gives("\"\\u2028\"", "\"\xe2\x80\xa8\"");
}

TEST(jcs_white_space_goes_and_order_in_lists_stays)
{
	gives(" { \"b\" : [ 3 , 1 , { } ] , \"a\" : null } ", "{\"a\":null,\"b\":[3,1,{}]}");
	gives("[1.0,1e2,-0.0,0.1,1E-7,100e-2]", "[1,100,0,0.1,1e-7,1]");
}

TEST(jcs_nesting_past_the_limit_is_refused)
{
	for (int over = 0; over < 2; over++) {
		CLEANUP(buf_fini) struct buf out = {.limit = 4096};
		json_t *json = json_array();
		struct err e = {0};

		for (int i = 1; i < LIMIT_JSON_DEPTH + over; i++) {
			json_t *outer = json_array();

			CHECK(json_array_append_new(outer, json) == 0);
			json = outer;
		}
		CHECK(json_canonical(json, &out, &e) == (over ? ERR_INVALID : ERR_NONE));
		json_decref(json);
	}
}
