#include "base/civil.h"
#include "check/late.h"
#include "check_fixture.h"
#include "engine_fixture.h"
#include "model/past.h"
#include "record/writer.h"
#include "test.h"

#include <string.h>

/* A check that the clock alone can change, and one whose feed must be fresh. */
#define AGED                                                                                       \
	HEAD("1-b", "monthly", "computed")                                                         \
	"    applies_to: account\n    example: {}\n" BINDS_ALL                                     \
	"    scope: select a.id as record from account a\n"                                        \
	"    check: select a.id as record, 'old' as reason from account a "                        \
	"where days_between(a.created_at, :now) > 20\n"

/* From now on the fixture reads what was recorded by then. The last second of it counts whole. */
static void
go_back(struct check_fixture *f, const char *instant)
{
	const struct past *p;
	struct err e = {0};
	size_t event = 0;

	check_at(f, instant);
	f->ctx->as_of = f->ctx->clock.fixed_ms += 999;
	writer_forget(f->ctx);
	while (strcmp(kernel_tables[event].name, "event") != 0)
		event++;
	p = model_past(f->model, &kernel_tables[event], f->ctx->as_of, true, &f->arena);
	CHECK(!db_as_of(f->ctx->db, p, &e));
}

/* The only difference. */
static const struct assess_difference *
one_difference(struct check_fixture *f)
{
	const struct assess_again *a = &check_assess(f)->again;

	for (size_t i = 0; i < a->difference_count && a->difference_count != 1; i++)
		(void)fprintf(
			stderr, "%s %.*s: '%.*s', not '%.*s'\n", a->differences[i].obligation->id,
			STR_ARG(a->differences[i].organisation_key),
			STR_ARG(a->differences[i].decided), STR_ARG(a->differences[i].recorded));
	CHECK(a->is && a->difference_count == 1);
	return &a->differences[0];
}

TEST(again_what_was_decided_is_decided_again_whatever_came_later)
{
	PLAN f;
	const struct assess_again *a;
	int64_t b;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	b = check_account(&f, "b", false);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_account(&f, "c", true);
	check_retire(&f, b);
	(void)check_assess(&f);
	check_at(&f, "2026-08-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select result, tested, failing from cell where period = '2026-06'",
		       "missed 2 1; missed 0 0"));
	go_back(&f, "2026-06-10T12:00:00Z");
	a = &check_assess(&f)->again;
	CHECK(a->is && a->difference_count == 0 && a->cells_same == 2);
	CHECK(a->cells.count == 2 && a->failure_count == 1);
	CHECK(str_is(a->failures[0].reason, "a") && a->failures[0].fixed_at.ptr == NULL);
	for (size_t i = 0; i < a->cells.count; i++) {
		const struct posture_cell *c = &a->cells.cells[i];

		if (str_is(c->organisation_key, "home"))
			CHECK(c->state == CELL_FAILING && c->tested == 2 && c->failing == 1);
		else
			CHECK(c->state == CELL_UNPROVEN && str_is(c->reason, "empty_scope"));
	}
	CHECK(f.last.failures_open == 1 && f.last.totals.failing == 1);
}

TEST(again_nothing_is_written)
{
	PLAN f;
	const char *before;
	static const char counts[] = "select (select count(*) from ledger_leaf), "
				     "(select count(*) from cell_history)";

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	before = check_ask(&f, counts);
	go_back(&f, "2026-06-11T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, counts, before));
}

TEST(again_records_that_came_after_the_assessment_are_the_reason)
{
	PLAN f;
	const struct assess_difference *d;

	check_open(&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		   "    check: select a.id as record, a.login as reason from account a "
		   "where a.enabled = 5\n");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "b", true);
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_assess(&f);
	go_back(&f, "2026-06-11T13:00:00Z");
	d = one_difference(&f);
	CHECK(d->cause == CAUSE_FACTS && d->changed);
	CHECK(strcmp(d->changed->name, "account") == 0 && d->record == 0);
	CHECK(str_is(d->recorded, "proven 0/1") && str_is(d->decided, "proven 0/2"));
	CHECK(str_is(d->period, "2026-06") && str_is(d->organisation_key, "home"));
}

TEST(again_the_time_that_passed_is_the_reason)
{
	PLAN f;
	const struct assess_again *a;
	size_t cells = 0;

	check_open(&f, AGED);
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-05-25T12:00:00Z");
	(void)check_assess(&f);
	go_back(&f, "2026-06-20T12:00:00Z");
	a = &check_assess(&f)->again;
	/* The cell and the failure of its record. */
	CHECK(a->difference_count == 2);
	for (size_t i = 0; i < 2; i++) {
		CHECK(a->differences[i].cause == CAUSE_TIME && !a->differences[i].changed);
		cells += a->differences[i].record == 0;
	}
	CHECK(cells == 1);
}

TEST(again_a_period_that_nobody_assessed_is_the_reason)
{
	PLAN f;
	const struct assess_again *a;
	size_t not_assessed = 0;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	go_back(&f, "2026-07-02T12:00:00Z");
	a = &check_assess(&f)->again;
	for (size_t i = 0; i < a->difference_count; i++)
		not_assessed += a->differences[i].cause == CAUSE_NOT_ASSESSED &&
				str_is(a->differences[i].period, "2026-07");
	CHECK(not_assessed == 2);
	/* Those of June are missed by then. */
	CHECK(a->difference_count == 4);
}

TEST(again_before_any_assessment_all_is_not_assessed)
{
	PLAN f;
	const struct assess_again *a;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	go_back(&f, "2026-06-10T12:00:00Z");
	a = &check_assess(&f)->again;
	CHECK(a->assessed_at == 0 && a->cells_same == 0 && a->difference_count == 3);
	for (size_t i = 0; i < a->difference_count; i++)
		CHECK(a->differences[i].cause == CAUSE_NOT_ASSESSED);
}

TEST(again_records_that_were_altered_leave_a_difference_unexplained)
{
	PLAN f;
	const struct assess_again *a;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	/* Who owns the database can do that. */
	engine_unguard(f.ctx->db, "account_history");
	engine_does(f.ctx->db, "update account_history set enabled = 0");
	go_back(&f, "2026-06-10T12:00:00Z");
	a = &check_assess(&f)->again;
	CHECK(a->difference_count == 2);
	CHECK(a->differences[0].cause == CAUSE_UNEXPLAINED);
	CHECK(a->differences[1].cause == CAUSE_UNEXPLAINED);
}

static void
late_take(void *object, const struct late_fact *l)
{
	struct buf *out = object;

	buf_addf(out, "%.*s %.*s %.*s %.*s%s; ", STR_ARG(l->obligation_id),
		 STR_ARG(l->organisation_key), STR_ARG(l->reason), STR_ARG(l->true_from),
		 l->evidence ? " evidence" : "");
}

TEST(late_facts_are_those_that_were_true_then_and_recorded_after)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 4096};
	PLAN f;
	int64_t then;

	check_open(&f, DUTY);
	/* Known by then. */
	(void)check_put(&f, "account", "a", f.home,
			"login=a|enabled=yes|created_at=2026-06-01T12:00:00Z");
	(void)check_assess(&f);
	then = f.ctx->clock.fixed_ms + 999;
	check_at(&f, "2026-06-20T12:00:00Z");
	/* True by then, delivered later; and true later. */
	(void)check_put(&f, "account", "b", f.home,
			"login=b|enabled=yes|created_at=2026-06-02T12:00:00Z");
	(void)check_put(&f, "account", "c", f.home,
			"login=c|enabled=yes|created_at=2026-06-15T12:00:00Z");
	(void)check_put(&f, "person", "ann", f.home, "name=Ann");
	(void)check_put(&f, "evidence", "e", f.away,
			"obligation=1-a|kind=statement|statement=Done|given_by=PER-1|"
			"state=accepted|accepted_by=PER-1|accepted_at=2026-06-09T12:00:00Z|"
			"period_from=2026-06-01|period_to=2026-06-30");
	(void)check_put(&f, "evidence", "g", f.away,
			"obligation=1-a|kind=statement|statement=Done|given_by=PER-1|"
			"state=accepted|accepted_by=PER-1|accepted_at=2026-06-19T12:00:00Z|"
			"period_from=2026-06-01|period_to=2026-06-30");
	(void)check_assess(&f);
	CHECK(!late_facts(f.ctx, then, late_take, &out));
	CHECK(strcmp(out.data, "1-a home b 2026-06-02T12:00:00Z; "
			       "1-a away evidence accepted 2026-06-09T12:00:00Z evidence; ") == 0);
	/* Put right since: it was so then all the same. */
	check_at(&f, "2026-06-21T12:00:00Z");
	(void)check_account(&f, "b", false);
	(void)check_assess(&f);
	out.len = 0;
	CHECK(!late_facts(f.ctx, then, late_take, &out));
	CHECK(strstr(out.data, "1-a home b") != NULL);
}
