#include "base/diag.h"
#include "base/limits.h"
#include "base/text.h"
#include "test.h"

#include <string.h>

TEST(err_codes_have_the_promised_statuses)
{
	static const struct {
		enum err_code code;
		const char *name;
		int exit_status;
	} rows[] = {
		{ERR_NONE,	   "ok",		 0},
		{ERR_FAILED,   "check_failed", 1},
		{ERR_USAGE,    "usage",	     2},
		{ERR_INVALID,  "invalid",	 3},
		{ERR_MISSING,  "not_found",	   3},
		{ERR_CONFLICT, "conflict",	   3},
		{ERR_TOO_BIG,  "too_big",	 3},
		{ERR_DENIED,   "denied",       4},
		{ERR_BUSY,	   "busy",	   4},
		{ERR_FULL,	   "disk_full",	5},
		{ERR_IO,	 "io",	       5},
		{ERR_INTERNAL, "internal",	   5},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK(strcmp(err_name(rows[i].code), rows[i].name) == 0);
		CHECK(err_exit_status(rows[i].code) == rows[i].exit_status);
		CHECK(err_http_status(rows[i].code) >= 200 && err_http_status(rows[i].code) < 600);
		CHECK((err_http_status(rows[i].code) < 400) == (rows[i].code == ERR_NONE));
	}
}

TEST(err_set_forgets_the_last_place_and_err_at_keeps_the_first)
{
	struct err e = {0};

	CHECK(err_set(&e, ERR_INVALID, "name", "'%s' is wrong", "x") == ERR_INVALID);
	CHECK(e.code == ERR_INVALID && strcmp(e.field, "name") == 0);
	CHECK(strcmp(e.message, "'x' is wrong") == 0 && e.where[0] == '\0');
	err_at(&e, "a.csv", 3, 7);
	err_at(&e, "b.csv", 1, 1);
	CHECK(strcmp(e.where, "a.csv:3:7") == 0);
	CHECK(err_set(&e, ERR_IO, "", "again") == ERR_IO);
	CHECK(e.where[0] == '\0' && e.field[0] == '\0');
	err_at(&e, "a.csv", 3, 0);
	CHECK(strcmp(e.where, "a.csv:3") == 0);
	(void)err_set(&e, ERR_IO, "", "again");
	err_at(&e, "a.csv", 0, 9);
	CHECK(strcmp(e.where, "a.csv") == 0);
}

TEST(err_long_texts_are_cut_between_characters)
{
	struct err e;

	for (size_t shift = 0; shift < 4; shift++) {
		char text[1000] = "abcd";

		text[shift] = '\0';
		while (strlen(text) + 4 < sizeof(text))
			(void)strcat(text, "\xf0\x9f\x94\x92");
		(void)err_set(&e, ERR_INVALID, text, "%s", text);
		CHECK(strlen(e.message) > sizeof(e.message) - 5);
		CHECK(text_utf8_fault(str_of(e.message)) == -1);
	}
}

TEST(err_text_of_exactly_the_size_is_whole)
{
	struct err e;
	char text[sizeof(e.message)] = "";

	memset(text, 'a', sizeof(text) - 3);
	(void)strcat(text, "\xc3\xa9");
	(void)err_set(&e, ERR_INVALID, "", "%s", text);
	CHECK(strcmp(e.message, text) == 0);
}

TEST(diag_the_first_error_is_the_one_told)
{
	struct arena a;
	struct diags d;
	struct err e = {0};

	arena_init(&a, 1 << 20);
	diag_init(&d, &a);
	CHECK(diag_err(&d, &e) == ERR_NONE);
	diag_add(&d, DIAG_WARNING, (struct place){"w.yaml", 1, 1}, "a warning");
	diag_add(&d, DIAG_NOTE, (struct place){NULL, 0, 0}, "a note");
	CHECK(diag_err(&d, &e) == ERR_NONE);
	diag_add(&d, DIAG_ERROR, (struct place){"a.yaml", 4, 2}, "wrong %d", 1);
	diag_add(&d, DIAG_ERROR, (struct place){"b.yaml", 5, 0}, "wrong %d", 2);
	CHECK(diag_err(&d, &e) == ERR_INVALID);
	CHECK(strcmp(e.where, "a.yaml:4:2") == 0 && strcmp(e.message, "wrong 1") == 0);
	CHECK(d.errors == 2 && d.warnings == 1 && d.notes == 1);
	CHECK(strcmp(d.first->message, "a warning") == 0 && strcmp(d.first->next->file, "") == 0);
	arena_fini(&a);
}

TEST(diag_past_the_limit_only_counts)
{
	struct arena a;
	struct diags d;
	size_t kept = 0;

	arena_init(&a, 64 << 20);
	diag_init(&d, &a);
	for (int i = 0; i < LIMIT_DIAGNOSTICS + 5; i++)
		diag_add(&d, DIAG_NOTE, (struct place){0}, "note %d", i);
	diag_add(&d, DIAG_ERROR, (struct place){0}, "an error is kept still");
	for (const struct diag *g = d.first; g; g = g->next)
		kept++;
	CHECK(d.notes == LIMIT_DIAGNOSTICS + 5 && kept == LIMIT_DIAGNOSTICS + 1);
	arena_fini(&a);
}
