#include "base/diag.h"
#include "base/limits.h"
#include "test.h"

#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

TEST(diag_findings_stay_in_order_and_are_counted)
{
	struct arena arena;
	struct diags d;
	struct err e = {0};
	char file[] = "a.yaml";

	arena_init(&arena, MEMORY);
	diag_init(&d, &arena);
	CHECK(diag_err(&d, &e) == ERR_NONE);
	diag_add(&d, DIAG_NOTE, (struct place){file, 1, 2}, "a note");
	/* Findings outlive what they are about. */
	file[0] = 'z';
	CHECK(strcmp(d.first->file, "a.yaml") == 0);
	diag_add(&d, DIAG_WARNING, (struct place){NULL, 0, 0}, "a warning");
	CHECK(diag_err(&d, &e) == ERR_NONE);
	diag_add(&d, DIAG_ERROR, (struct place){"b.yaml", 3, 4}, "first of %d", 2);
	diag_add(&d, DIAG_ERROR, (struct place){"c.yaml", 5, 6}, "second");
	CHECK(d.notes == 1 && d.warnings == 1 && d.errors == 2);
	CHECK(strcmp(d.first->message, "a note") == 0 && d.first->column == 2);
	CHECK(strcmp(d.first->next->file, "") == 0);
	CHECK(diag_err(&d, &e) == ERR_INVALID);
	CHECK(strcmp(e.message, "first of 2") == 0 && strcmp(e.where, "b.yaml:3:4") == 0);
	arena_fini(&arena);
}

TEST(diag_findings_past_the_limit_are_only_counted)
{
	struct arena arena;
	struct diags d;
	size_t kept = 0;

	arena_init(&arena, MEMORY);
	diag_init(&d, &arena);
	for (int i = 0; i < LIMIT_DIAGNOSTICS + 5; i++)
		diag_add(&d, DIAG_WARNING, (struct place){"a.yaml", 1, 1}, "again");
	/* Each kind has its own room. */
	diag_add(&d, DIAG_ERROR, (struct place){"a.yaml", 1, 1}, "wrong");
	for (const struct diag *g = d.first; g; g = g->next)
		kept++;
	CHECK(d.warnings == LIMIT_DIAGNOSTICS + 5 && d.errors == 1);
	CHECK(kept == LIMIT_DIAGNOSTICS + 1 && d.last->level == DIAG_ERROR);
	arena_fini(&arena);
}

TEST(diag_findings_of_others_are_added_as_they_are)
{
	struct arena arena;
	struct diags all, more;

	arena_init(&arena, MEMORY);
	diag_init(&all, &arena);
	diag_init(&more, &arena);
	diag_add(&all, DIAG_NOTE, (struct place){"a.yaml", 1, 1}, "own");
	diag_add(&more, DIAG_ERROR, (struct place){"b.yaml", 2, 3}, "%s", "100%s of it");
	for (int i = 0; i < LIMIT_DIAGNOSTICS + 5; i++)
		diag_add(&more, DIAG_WARNING, (struct place){"b.yaml", 1, 1}, "again");
	diag_join(&all, &more);
	CHECK(all.notes == 1 && all.errors == 1 && all.warnings == LIMIT_DIAGNOSTICS + 5);
	CHECK(strcmp(all.first->next->message, "100%s of it") == 0);
	CHECK(all.first->next->line == 2 && all.first->next->column == 3);
	arena_fini(&arena);
}
