#include "base/limits.h"
#include "base/text.h"
#include "record/value.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static const char *colours[] = {"blue", "green", "red"};

static const struct field lines_fields[] = {
	{.name = "subject",  .type = FIELD_REF },
	{.name = "decision", .type = FIELD_ENUM, .words = {colours, 3}},
	{.name = "units",		  .type = FIELD_INT			   },
};

static const struct field text_field = {.name = "text", .type = FIELD_TEXT};
static const struct field int_field = {.name = "int", .type = FIELD_INT};
static const struct field decimal_field = {.name = "decimal", .type = FIELD_DECIMAL};
static const struct field bool_field = {.name = "bool", .type = FIELD_BOOL};
static const struct field date_field = {.name = "date", .type = FIELD_DATE};
static const struct field datetime_field = {.name = "datetime", .type = FIELD_DATETIME};
static const struct field enum_field = {
	.name = "enum", .type = FIELD_ENUM, .words = {colours, 3}
};
static const struct field set_field = {
	.name = "set", .type = FIELD_WORDS, .words = {colours, 3}
};
static const struct field words_field = {.name = "words", .type = FIELD_WORDS};
static const struct field ref_field = {.name = "ref", .type = FIELD_REF};
static const struct field refs_field = {.name = "refs", .type = FIELD_REFS};
static const struct field file_field = {.name = "file", .type = FIELD_FILE};
static const struct field list_field = {
	.name = "lines", .type = FIELD_LIST, .fields = lines_fields, .field_count = 3};

static const struct field *const all_fields[] = {
	&text_field,	 &int_field,  &decimal_field, &bool_field,  &date_field,
	&datetime_field, &enum_field, &set_field,     &words_field, &ref_field,
	&refs_field,	 &file_field, &list_field,
};

/* The arena lives as long as the test's process. */
static struct arena *
memory(void)
{
	static struct arena a;

	if (a.limit == 0)
		arena_init(&a, 64 << 20);
	return &a;
}

static struct value
parsed(const struct field *f, const char *text)
{
	struct value v = {.kind = VALUE_ITEMS, .number = -1};
	struct err e = {0};

	if (value_parse(f, str_of(text), memory(), &v, &e) != ERR_NONE) {
		fprintf(stderr, "%s '%s': %s\n", f->name, text, e.message);
		abort();
	}
	return v;
}

static void
refused(const struct field *f, const char *text, enum err_code code)
{
	struct value v = {.number = 77};
	struct err e = {0};
	enum err_code rc = value_parse(f, str_of(text), memory(), &v, &e);

	if (rc != code || strcmp(e.field, f->name) != 0 || !e.message[0] || v.number != 77) {
		fprintf(stderr, "%s '%.80s' gives %s\n", f->name, text, err_name(rc));
		abort();
	}
}

static bool
is_int(struct value v, int64_t number)
{
	return v.kind == VALUE_INT && v.number == number;
}

static bool
is_text(struct value v, const char *text)
{
	return v.kind == VALUE_TEXT && str_is(v.text, text);
}

static char *
repeated(const char *piece, size_t times)
{
	char *text = arena_alloc(memory(), strlen(piece) * times + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * strlen(piece), piece, strlen(piece));
	return text;
}

TEST(value_nothing_is_null_for_every_type)
{
	for (size_t i = 0; i < COUNT_OF(all_fields); i++) {
		CHECK(parsed(all_fields[i], "").kind == VALUE_NULL);
		if (all_fields[i]->type != FIELD_TEXT)
			CHECK(parsed(all_fields[i], " \t ").kind == VALUE_NULL);
	}
	/* Blanks are text. */
	CHECK(is_text(parsed(&text_field, "  a "), "  a "));
	CHECK(is_text(parsed(&file_field, "  a "), "a"));
}

TEST(value_no_type_takes_more_bytes_than_a_field_has)
{
	char *text = repeated("x", LIMIT_FIELD_BYTES + 1);

	for (size_t i = 0; i < COUNT_OF(all_fields); i++)
		refused(all_fields[i], text, ERR_TOO_BIG);
	text[LIMIT_FIELD_BYTES] = '\0';
	CHECK(parsed(&text_field, text).text.len == LIMIT_FIELD_BYTES);
	CHECK(parsed(&file_field, text).text.len == LIMIT_FIELD_BYTES);
}

TEST(value_whole_numbers_stop_at_two_to_the_53)
{
	static const char *const bad[] = {
		"9007199254740993",
		"-9007199254740993",
		"9223372036854775808",
		"1.0",
		"1e3",
		"+1",
		"--1",
		"-",
		"0x10",
		"1 2",
		"1,000",
		"\xd9\xa1",
		"one",
		"99999999999999999999999",
	};

	CHECK(is_int(parsed(&int_field, "0"), 0));
	CHECK(is_int(parsed(&int_field, "-0"), 0));
	CHECK(is_int(parsed(&int_field, " -12 "), -12));
	CHECK(is_int(parsed(&int_field, "007"), 7));
	CHECK(is_int(parsed(&int_field, "9007199254740991"), 9007199254740991));
	CHECK(is_int(parsed(&int_field, "9007199254740992"), 9007199254740992));
	CHECK(is_int(parsed(&int_field, "-9007199254740992"), -9007199254740992));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		refused(&int_field, bad[i], ERR_INVALID);
}

TEST(value_decimals_are_thousandths_with_a_sign)
{
	static const char *const bad[] = {
		".5",
		"5.",
		"1.2345",
		"1.-5",
		"1.+5",
		"1..5",
		"-",
		"-.5",
		"1,5",
		"1e3",
		"1.5.5",
		"1. 5",
		"0x1.8",
		"infinity",
		"9007199254740.993",
		"-9007199254740.993",
		"9007199254741",
		"9223372036854775807",
	};

	CHECK(is_int(parsed(&decimal_field, "12.345"), 12345));
	CHECK(is_int(parsed(&decimal_field, "12"), 12000));
	CHECK(is_int(parsed(&decimal_field, "12.3"), 12300));
	CHECK(is_int(parsed(&decimal_field, "12.03"), 12030));
	CHECK(is_int(parsed(&decimal_field, "0.001"), 1));
	CHECK(is_int(parsed(&decimal_field, "-0.5"), -500));
	CHECK(is_int(parsed(&decimal_field, "-0.0"), 0));
	CHECK(is_int(parsed(&decimal_field, "-1.001"), -1001));
	CHECK(is_int(parsed(&decimal_field, "9007199254740.991"), 9007199254740991));
	CHECK(is_int(parsed(&decimal_field, "9007199254740.992"), 9007199254740992));
	CHECK(is_int(parsed(&decimal_field, "-9007199254740.992"), -9007199254740992));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		refused(&decimal_field, bad[i], ERR_INVALID);
}

static void
decimal_round_trip(int64_t thousandths, const char *expected)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 64};

	decimal_text(thousandths, &out);
	CHECK(strcmp(out.data, expected) == 0);
	CHECK(is_int(parsed(&decimal_field, out.data), thousandths));
}

TEST(value_decimals_are_written_as_they_are_read)
{
	decimal_round_trip(0, "0");
	decimal_round_trip(1, "0.001");
	decimal_round_trip(-1, "-0.001");
	decimal_round_trip(-500, "-0.5");
	decimal_round_trip(-1500, "-1.5");
	decimal_round_trip(12340, "12.34");
	decimal_round_trip(12345, "12.345");
	decimal_round_trip(12000, "12");
	decimal_round_trip(12005, "12.005");
	decimal_round_trip((int64_t)1 << 53, "9007199254740.992");
	decimal_round_trip(-((int64_t)1 << 53), "-9007199254740.992");
}

TEST(value_booleans_have_few_spellings)
{
	static const char *const yes[] = {"true", "yes", "1",	"TRUE",
					  "True", "Yes", "YES", " yes "};
	static const char *const no[] = {"false", "no", "0", "FALSE", "False", "No", "NO", "no "};
	static const char *const bad[] = {"y", "n", "2", "01", "on", "tRue", "wahr", "-1"};

	for (size_t i = 0; i < COUNT_OF(yes); i++) {
		CHECK(is_int(parsed(&bool_field, yes[i]), 1));
		CHECK(is_int(parsed(&bool_field, no[i]), 0));
		refused(&bool_field, bad[i], ERR_INVALID);
	}
}

TEST(value_a_date_must_exist)
{
	static const char *const bad[] = {
		"2026-02-31",	"2026-02-29",  "2100-02-29", "2026-13-01",
		"2026-00-10",	"2026-04-31",  "0000-01-01", "2026-01-00",
		"2026-1-1",	"26-01-01",    "01/03/2026", "2026-03-01T00:00:00Z",
		"2026-03-01 x", "10000-01-01", "-001-01-01", "today",
	};

	CHECK(is_text(parsed(&date_field, "2026-03-01"), "2026-03-01"));
	CHECK(is_text(parsed(&date_field, " 2024-02-29 "), "2024-02-29"));
	CHECK(is_text(parsed(&date_field, "0001-01-01"), "0001-01-01"));
	CHECK(is_text(parsed(&date_field, "9999-12-31"), "9999-12-31"));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		refused(&date_field, bad[i], ERR_INVALID);
}

TEST(value_an_instant_is_kept_in_utc)
{
	static const struct {
		const char *given;
		const char *kept;
	} good[] = {
		{"2026-03-01T12:00:00Z",	 "2026-03-01T12:00:00Z"},
		{"2026-03-01T12:00:00",	"2026-03-01T12:00:00Z"},
		{"2026-03-01 12:00:00",	"2026-03-01T12:00:00Z"},
		{"2026-03-01 12:00:00Z",	 "2026-03-01T12:00:00Z"},
		{"2026-03-01T12:00",	     "2026-03-01T12:00:00Z"},
		{"2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00Z"},
		{"2026-03-01T12:00:00-0530",  "2026-03-01T17:30:00Z"},
		{"2026-03-01T00:30:00+01",	   "2026-02-28T23:30:00Z"},
		{"2026-03-01T12:00:00.999Z",  "2026-03-01T12:00:00Z"},
		{"2016-12-31T23:59:60Z",	 "2016-12-31T23:59:59Z"},
		{"0001-01-01T00:00:00Z",	 "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z",	 "9999-12-31T23:59:59Z"},
	};
	static const char *const bad[] = {
		"2026-03-01",
		"2026-03-01T24:00:00Z",
		"2026-03-01T12:60:00Z",
		"2026-03-01T12:00:61Z",
		"2026-02-30T12:00:00Z",
		"2026-03-01T12:00:00X",
		"2026-03-01T12:00:00+25:00",
		"12:00",
		"0001-01-01T00:00:00+01:00",
		"9999-12-31T23:59:59-01:00",
		"2026-03-01T1:00:00Z",
		"2026-03-01T12:00:00 Z Z",
		"now",
	};

	for (size_t i = 0; i < COUNT_OF(good); i++)
		CHECK(is_text(parsed(&datetime_field, good[i].given), good[i].kept));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		refused(&datetime_field, bad[i], ERR_INVALID);
}

TEST(value_a_word_must_be_one_of_the_fields)
{
	struct value v;
	struct err e = {0};

	CHECK(is_text(parsed(&enum_field, "red"), "red"));
	CHECK(is_text(parsed(&enum_field, " red "), "red"));
	refused(&enum_field, "Red", ERR_INVALID);
	refused(&enum_field, "re", ERR_INVALID);
	CHECK(value_parse(&enum_field, str_of("gren"), memory(), &v, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "'green'") != NULL);
	CHECK(value_parse(&enum_field, str_of("something else"), memory(), &v, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "blue") != NULL);
}

TEST(value_lists_of_words_are_sorted_and_without_doubles)
{
	CHECK(is_text(parsed(&set_field, "red;blue"), "[\"blue\",\"red\"]"));
	CHECK(is_text(parsed(&set_field, " red ; blue ;; red "), "[\"blue\",\"red\"]"));
	CHECK(is_text(parsed(&set_field, "[\"red\",\"blue\",\"red\"]"), "[\"blue\",\"red\"]"));
	CHECK(is_text(parsed(&set_field, "[]"), "[]"));
	CHECK(is_text(parsed(&words_field, "[\"a;b\",\"say \\\"no\\\"\"]"),
		      "[\"a;b\",\"say \\\"no\\\"\"]"));
	CHECK(is_text(parsed(&words_field, "z\xc3\xa9;Z;a"), "[\"Z\",\"a\",\"z\xc3\xa9\"]"));
	CHECK(is_text(parsed(&words_field, "[\"\",\"~ \"]"), "[\"\",\"~ \"]"));
	CHECK(is_text(parsed(&words_field, " [ \"b\" , \"a\" ] "), "[\"a\",\"b\"]"));
	CHECK(is_text(parsed(&words_field, "[\"z\xc3\xa9\",\"\\u0041\"]"),
		      "[\"A\",\"z\xc3\xa9\"]"));
	refused(&words_field, "[\"a\",]", ERR_INVALID);
	refused(&words_field, "[\"a\"", ERR_INVALID);
	refused(&words_field, "[\"a", ERR_INVALID);
	refused(&words_field, "[\"", ERR_INVALID);
	refused(&words_field, "[", ERR_INVALID);
	refused(&words_field, "[\"a\"]]", ERR_INVALID);
	refused(&words_field, "[\"a\tb\"]", ERR_INVALID);
	refused(&set_field, "red;pink", ERR_INVALID);
	refused(&set_field, "[\"red\"", ERR_INVALID);
	refused(&set_field, "[\"red\",1]", ERR_INVALID);
	refused(&set_field, "[[\"red\"]]", ERR_INVALID);
	refused(&set_field, "[\"red\"] x", ERR_INVALID);
	refused(&words_field, "[\"a\\u0000b\"]", ERR_INVALID);
}

TEST(value_a_list_ends_at_its_limit)
{
	CHECK(parsed(&refs_field, repeated("k;", LIMIT_LIST_ITEMS)).count == LIMIT_LIST_ITEMS);
	refused(&refs_field, repeated("k;", LIMIT_LIST_ITEMS + 1), ERR_TOO_BIG);
	refused(&words_field, repeated("k;", LIMIT_LIST_ITEMS + 1), ERR_TOO_BIG);
	for (int over = 0; over < 2; over++) {
		struct buf words = {.limit = 1 << 20};
		struct buf lines = {.limit = 1 << 20};

		for (int i = 0; i < LIMIT_LIST_ITEMS + over; i++) {
			buf_addf(&words, "%c\"w%d\"", i ? ',' : '[', i);
			buf_addf(&lines, "%c{\"units\":%d}", i ? ',' : '[', i);
		}
		buf_addf(&words, "]");
		buf_addf(&lines, "]");
		if (over) {
			refused(&words_field, words.data, ERR_TOO_BIG);
			refused(&refs_field, words.data, ERR_TOO_BIG);
			refused(&list_field, lines.data, ERR_TOO_BIG);
		} else {
			CHECK(parsed(&words_field, words.data).kind == VALUE_TEXT);
			CHECK(parsed(&refs_field, words.data).count == LIMIT_LIST_ITEMS);
			CHECK(parsed(&list_field, lines.data).count == LIMIT_LIST_ITEMS);
		}
		buf_fini(&words);
		buf_fini(&lines);
	}
}

TEST(value_words_that_grow_past_the_limit_when_escaped_are_refused)
{
	/* Each of these bytes takes two as JSON. */
	char *text = repeated("\"", LIMIT_FIELD_BYTES / 2);

	refused(&words_field, text, ERR_TOO_BIG);
	text[LIMIT_FIELD_BYTES / 2 - 2] = '\0';
	CHECK(parsed(&words_field, text).text.len == LIMIT_FIELD_BYTES - 1);
}

TEST(value_references_stay_keys_until_they_are_resolved)
{
	struct value v = parsed(&ref_field, " account:ann ");

	CHECK(v.kind == VALUE_KEY && str_is(v.text, "account:ann"));
	v = parsed(&refs_field, "a; member/b;account:c");
	CHECK(v.kind == VALUE_ITEMS && v.count == 3 && v.number == 1);
	CHECK(v.items[1].kind == VALUE_KEY && str_is(v.items[1].text, "member/b"));
	v = parsed(&refs_field, "[\"a;b\"]");
	CHECK(v.count == 1 && str_is(v.items[0].text, "a;b"));
	CHECK(parsed(&ref_field, repeated("k", 2 * LIMIT_KEY_BYTES)).kind == VALUE_KEY);
	refused(&ref_field, repeated("k", 2 * LIMIT_KEY_BYTES + 1), ERR_TOO_BIG);
	refused(&refs_field, repeated("k", 2 * LIMIT_KEY_BYTES + 1), ERR_TOO_BIG);
}

TEST(value_a_list_field_has_rows_of_its_sub_fields)
{
	struct value v =
		parsed(&list_field, "[{\"subject\":\"a1\",\"decision\":\"red\",\"units\":3},{},"
				    "{\"units\":\"4\",\"subject\":null}]");

	CHECK(v.kind == VALUE_ITEMS && v.count == 3 && v.number == 3);
	CHECK(v.items[0].kind == VALUE_KEY && str_is(v.items[0].text, "a1"));
	CHECK(is_text(v.items[1], "red") && is_int(v.items[2], 3));
	CHECK(v.items[3].kind == VALUE_NULL && v.items[5].kind == VALUE_NULL);
	CHECK(v.items[6].kind == VALUE_NULL && is_int(v.items[8], 4));
	CHECK(parsed(&list_field, "[]").count == 0);
	refused(&list_field, "{}", ERR_INVALID);
	refused(&list_field, "a;b", ERR_INVALID);
	refused(&list_field, "[1]", ERR_INVALID);
	refused(&list_field, "[null]", ERR_INVALID);
	refused(&list_field, "[{\"unit\":3}]", ERR_INVALID);
	refused(&list_field, "[{\"units\":3,\"units\":3}]", ERR_INVALID);
}

TEST(value_a_fault_in_a_list_names_the_sub_field)
{
	struct value v;
	struct err e = {0};

	CHECK(value_parse(&list_field, str_of("[{\"units\":\"x\"}]"), memory(), &v, &e) ==
	      ERR_INVALID);
	CHECK(strcmp(e.field, "units") == 0);
	CHECK(value_parse(&list_field, str_of("[{\"decision\":\"pink\"}]"), memory(), &v, &e) ==
	      ERR_INVALID);
	CHECK(strcmp(e.field, "decision") == 0);
}

static enum err_code
from_json(const struct field *f, const char *text, struct value *v)
{
	json_t *json = NULL;
	struct err e = {0};
	enum err_code rc;

	CHECK(json_read(str_of(text), &json, &e) == ERR_NONE);
	rc = value_from_json(f, json, memory(), v, &e);
	CHECK(rc == ERR_NONE || (e.field[0] && e.message[0]));
	json_decref(json);
	return rc;
}

TEST(value_json_gives_what_text_gives)
{
	struct value v;

	CHECK(from_json(&text_field, "\"a\"", &v) == ERR_NONE && is_text(v, "a"));
	CHECK(from_json(&text_field, "null", &v) == ERR_NONE && v.kind == VALUE_NULL);
	CHECK(from_json(&text_field, "\"\"", &v) == ERR_NONE && v.kind == VALUE_NULL);
	CHECK(from_json(&int_field, "-12", &v) == ERR_NONE && is_int(v, -12));
	CHECK(from_json(&int_field, "\"-12\"", &v) == ERR_NONE && is_int(v, -12));
	CHECK(from_json(&int_field, "1.0", &v) == ERR_INVALID);
	CHECK(from_json(&int_field, "9007199254740993", &v) == ERR_INVALID);
	CHECK(from_json(&bool_field, "true", &v) == ERR_NONE && is_int(v, 1));
	CHECK(from_json(&bool_field, "false", &v) == ERR_NONE && is_int(v, 0));
	CHECK(from_json(&bool_field, "1", &v) == ERR_NONE && is_int(v, 1));
	CHECK(from_json(&bool_field, "{}", &v) == ERR_INVALID);
	CHECK(from_json(&date_field, "\"2026-02-30\"", &v) == ERR_INVALID);
	CHECK(from_json(&date_field, "20260301", &v) == ERR_INVALID);
	CHECK(from_json(&enum_field, "\"red\"", &v) == ERR_NONE && is_text(v, "red"));
	CHECK(from_json(&set_field, "[\"red\",\"blue\"]", &v) == ERR_NONE &&
	      is_text(v, "[\"blue\",\"red\"]"));
	CHECK(from_json(&set_field, "\"red;blue\"", &v) == ERR_NONE &&
	      is_text(v, "[\"blue\",\"red\"]"));
	CHECK(from_json(&refs_field, "[\"a\",\"b\"]", &v) == ERR_NONE && v.count == 2);
	CHECK(from_json(&refs_field, "[\"a\",1]", &v) == ERR_INVALID);
	CHECK(from_json(&text_field, "[\"a\"]", &v) == ERR_INVALID);
	CHECK(from_json(&list_field, "[{\"units\":3}]", &v) == ERR_NONE && v.count == 1);
	CHECK(from_json(&list_field, "{\"units\":3}", &v) == ERR_INVALID);
}

TEST(value_json_takes_references_as_records_give_them)
{
	struct value v;

	CHECK(from_json(&ref_field, "{\"id\":\"PER-1\",\"register\":\"person\",\"key\":null}",
			&v) == ERR_NONE &&
	      str_is(v.text, "PER-1"));
	CHECK(from_json(&ref_field, "{}", &v) == ERR_INVALID);
	CHECK(from_json(&ref_field, "{\"id\":{}}", &v) == ERR_INVALID);
	CHECK(from_json(&refs_field, "[{\"id\":\"PER-1\"},\"a\"]", &v) == ERR_NONE && v.count == 2);
	CHECK(from_json(&refs_field, "[{}]", &v) == ERR_INVALID);
	CHECK(from_json(&refs_field, "[null]", &v) == ERR_INVALID);
	CHECK(from_json(&refs_field, "[{\"id\":[\"a\"]}]", &v) == ERR_INVALID);
	CHECK(from_json(&text_field, "{\"id\":\"a\"}", &v) == ERR_INVALID);
}

TEST(value_json_numbers_are_decimals_where_a_double_is_exact_enough)
{
	struct value v;

	CHECK(from_json(&decimal_field, "12.345", &v) == ERR_NONE && is_int(v, 12345));
	CHECK(from_json(&decimal_field, "-0.1", &v) == ERR_NONE && is_int(v, -100));
	CHECK(from_json(&decimal_field, "12", &v) == ERR_NONE && is_int(v, 12000));
	CHECK(from_json(&decimal_field, "1.5e2", &v) == ERR_NONE && is_int(v, 150000));
	CHECK(from_json(&decimal_field, "99999999.999", &v) == ERR_NONE && is_int(v, 99999999999));
	CHECK(from_json(&decimal_field, "100000000.001", &v) == ERR_INVALID);
	CHECK(from_json(&decimal_field, "\"100000000.001\"", &v) == ERR_NONE);
	CHECK(from_json(&decimal_field, "0.0001", &v) == ERR_INVALID);
}

TEST(value_packed_rows_come_back)
{
	struct value values[] = {
		parsed(&text_field, "caf\xc3\xa9"),
		parsed(&int_field, "-5"),
		{0},
		parsed(&ref_field, "k"),
		parsed(&refs_field, "a;b"),
		parsed(&list_field, "[{\"units\":1},{\"subject\":\"s\",\"decision\":\"red\"}]"),
		parsed(&list_field, "[]"),
	};
	struct value back[COUNT_OF(values)];
	CLEANUP(buf_fini) struct buf out = {.limit = 4096};
	struct err e = {0};

	values_pack(values, COUNT_OF(values), &out);
	CHECK(values_unpack((struct str){out.data, out.len}, memory(), back, COUNT_OF(back), &e) ==
	      ERR_NONE);
	CHECK(is_text(back[0], "caf\xc3\xa9") && is_int(back[1], -5));
	CHECK(back[2].kind == VALUE_NULL && back[3].kind == VALUE_KEY);
	CHECK(back[4].count == 2 && str_is(back[4].items[1].text, "b"));
	CHECK(back[5].count == 2 && back[5].number == 3 && is_int(back[5].items[2], 1));
	CHECK(is_text(back[5].items[4], "red") && back[6].count == 0);
}

TEST(value_damaged_bytes_are_refused_and_never_followed)
{
	struct value values[] = {parsed(&text_field, "text"), parsed(&int_field, "7"),
				 parsed(&list_field, "[{\"units\":1,\"decision\":\"red\"}]")};
	struct value back[COUNT_OF(values)];
	CLEANUP(buf_fini) struct buf out = {.limit = 4096};
	struct err e = {0};
	char *copy;

	values_pack(values, COUNT_OF(values), &out);
	/* Cut off at any byte, and with one too many. */
	for (size_t len = 0; len < out.len; len++) {
		copy = malloc(len ? len : 1);
		CHECK(copy != NULL);
		memcpy(copy, out.data, len);
		CHECK(values_unpack((struct str){copy, len}, memory(), back, COUNT_OF(back), &e) ==
		      ERR_INTERNAL);
		free(copy);
	}
	CHECK(values_unpack((struct str){out.data, out.len + 1}, memory(), back, COUNT_OF(back),
			    &e) == ERR_INTERNAL);
	/* With any byte changed it may be a row still, but reads nothing past its end. */
	for (size_t i = 0; i < out.len * 256; i++) {
		copy = malloc(out.len);
		CHECK(copy != NULL);
		memcpy(copy, out.data, out.len);
		copy[i / 256] = (char)(i % 256);
		(void)!values_unpack((struct str){copy, out.len}, memory(), back, COUNT_OF(back),
				     &e);
		free(copy);
	}
	CHECK(!arena_over(memory()));
}

TEST(value_damaged_lists_take_no_memory_and_do_not_nest)
{
	static const char wide[] = {VALUE_ITEMS, 1, 0, 0, 0, '\xff', '\xff', '\xff', '\xff'};
	static const char nested[] = {VALUE_ITEMS, 1, 0, 0, 0, 1, 0, 0, 0,	   VALUE_ITEMS,
				      1,	   0, 0, 0, 1, 0, 0, 0, VALUE_NULL};
	static const char unknown[] = {VALUE_ITEMS + 1};
	struct value back;
	struct err e = {0};

	CHECK(values_unpack((struct str){wide, sizeof(wide)}, memory(), &back, 1, &e) ==
	      ERR_INTERNAL);
	CHECK(values_unpack((struct str){nested, sizeof(nested)}, memory(), &back, 1, &e) ==
	      ERR_INTERNAL);
	CHECK(values_unpack((struct str){unknown, sizeof(unknown)}, memory(), &back, 1, &e) ==
	      ERR_INTERNAL);
}

TEST(value_messages_never_cut_a_character_in_two)
{
	for (size_t shift = 0; shift < 4; shift++) {
		struct buf text = {.limit = 4096};
		struct value v;
		struct err e = {0};

		buf_add(&text, "abcd", shift);
		for (int i = 0; i < 200; i++)
			buf_addf(&text, "%s", i % 2 ? "\xe2\x82\xac" : "\xf0\x9f\x94\x92");
		CHECK(value_parse(&int_field, str_of(text.data), memory(), &v, &e) == ERR_INVALID);
		CHECK(text_utf8_fault(str_of(e.message)) == -1);
		CHECK(value_parse(&enum_field, str_of(text.data), memory(), &v, &e) == ERR_INVALID);
		CHECK(text_utf8_fault(str_of(e.message)) == -1);
		buf_fini(&text);
	}
}
