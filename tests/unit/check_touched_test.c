#include "check_fixture.h"
#include "record/writer.h"
#include "test.h"

#include <string.h>

/* Assesses, and says whether so many duties and records had to be decided, and not all. */
static bool
decides(struct check_fixture *f, size_t duties, int64_t records)
{
	const struct assess_report *r = check_assess(f);

	if (!r->full && r->decided == duties && r->records == records)
		return true;
	(void)fprintf(stderr, "full %d, %zu duties, %lld records\n", r->full, r->decided,
		      (long long)r->records);
	return false;
}

#define BASE "login=a|enabled=yes|created_at=2026-06-01T00:00:00Z"

TEST(a_change_of_what_no_check_asks_for_decides_nothing)
{
	PLAN f;
	int64_t id;

	check_open(&f, DUTY);
	id = check_put(&f, "account", "a", f.home, BASE);
	(void)check_assess(&f);
	(void)check_put(&f, "account", "a", f.home, BASE "|last_used_at=2026-06-09T00:00:00Z");
	CHECK(decides(&f, 0, 0));
	(void)check_put(&f, "account", "a", f.home,
			"login=b|enabled=yes|created_at=2026-06-01T00:00:00Z");
	CHECK(decides(&f, 1, 1));
	CHECK(check_is(&f, "select reason from failure where fixed_at is null", "b"));
	check_move(&f, id, f.away);
	CHECK(decides(&f, 1, 1));
	CHECK(check_cell(&f, "1-a", f.away, "failing - 1 1"));
	check_retire(&f, id);
	CHECK(decides(&f, 1, 1));
	CHECK(check_is(&f, "select count(*) from failure where fixed_at is null", "0"));
}

TEST(of_many_changes_those_are_decided_that_a_check_asks_for)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "account", "a", f.home, BASE);
	(void)check_put(&f, "account", "b", f.home, BASE);
	(void)check_assess(&f);
	(void)check_put(&f, "account", "a", f.home, BASE "|last_used_at=2026-06-09T00:00:00Z");
	(void)check_put(&f, "account", "b", f.home, "login=b|enabled=no");
	(void)check_put(&f, "account", "c", f.home, BASE);
	CHECK(decides(&f, 1, 2));
	CHECK(check_cell(&f, "1-a", f.home, "failing - 3 2"));
}

#define LINES                                                                                      \
	HEAD("1-a", "monthly", "computed")                                                         \
	"    applies_to: review\n"                                                                 \
	"    example: {}\n"                                                                        \
	"    scope: select r.id as record from review r\n"                                         \
	"    check: select r.id as record, 'revoked' as reason from review r join review_lines l " \
	"on l.record = r.id where l.decision = 'revoke'\n" BINDS_ALL

/* The review's only line says so. */
static void
line_put(struct check_fixture *f, int64_t id, const char *decision)
{
	const struct reg *reg = model_reg(f->model, str_of("review"));
	const struct field *lines = reg_field(reg, str_of("lines"));
	struct value *items = arena_alloc(&f->arena, lines->field_count * sizeof(*items));
	struct record r;
	enum written written;
	WRITER *w = NULL;

	for (size_t i = 0; i < lines->field_count; i++) {
		if (strcmp(lines->fields[i].name, "decision") == 0)
			items[i] = (struct value){.kind = VALUE_TEXT, .text = str_of(decision)};
	}
	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_load(w, reg, id, &f->arena, &r));
	r.values[lines - reg->fields] = (struct value){.kind = VALUE_ITEMS,
						       .number = (int64_t)lines->field_count,
						       .items = items,
						       .count = 1};
	CHECK(!writer_put(w, &r, &written));
	CHECK(!writer_commit(w));
}

TEST(a_change_of_a_list_is_seen_by_a_check_that_reads_the_list)
{
	PLAN f;
	int64_t id;

	check_open(&f, LINES);
	id = check_put(&f, "review", "r", f.home, "kind=account");
	(void)check_assess(&f);
	line_put(&f, id, "keep");
	CHECK(decides(&f, 1, 1));
	line_put(&f, id, "revoke");
	CHECK(decides(&f, 1, 1));
	CHECK(check_cell(&f, "1-a", f.home, "failing - 1 1"));
	(void)check_put(&f, "review", "r", f.home, "outcome=done");
	CHECK(decides(&f, 1, 1));
	(void)check_put(&f, "review", "r", f.home, "outcome=done|kind=account");
	CHECK(decides(&f, 0, 0));
}
