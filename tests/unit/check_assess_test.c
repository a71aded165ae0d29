#include "base/limits.h"
#include "check/run.h"
#include "check_fixture.h"
#include "test.h"

#include <string.h>

/* A good duty on each side of a bad one, whose scope and check are given. */
#define AROUND(scope, check)                                                                       \
	DUTY HEAD("1-b", "monthly",                                                                \
		  "computed") "    applies_to: account\n    example: {}\n" BINDS_ALL               \
			      "    scope: " scope "\n    check: " check                            \
			      "\n" HEAD("1-c", "monthly", "computed") CHECK_ENABLED BINDS_ALL
#define ALL "select a.id as record from account a"
#define FAILING "select a.id as record, 'x' as reason from account a where a.enabled = 1"

/* The bad one's cells are check_error, and it says why; the others are decided. */
static void
only_that_fails(const char *duties, const char *why)
{
	PLAN f;
	size_t errors = 0;

	check_open(&f, duties);
	(void)check_account(&f, "a", true);
	(void)check_account(&f, "b", false);
	(void)check_assess(&f);
	for (size_t i = 0; i < f.last.time_count; i++) {
		const struct check_time *t = &f.last.times[i];

		errors += t->error != NULL;
		if (t->error && !strstr(t->error, why))
			(void)fprintf(stderr, "%s: %s\n", t->obligation->id, t->error);
		CHECK(!t->error ||
		      (strcmp(t->obligation->id, "1-b") == 0 && strstr(t->error, why)));
	}
	CHECK(errors == 1 && f.last.time_count == 3);
	CHECK(check_cell(&f, "1-a", f.home, "failing - 2 1"));
	CHECK(check_cell(&f, "1-b", f.home, "unproven check_error 0 0"));
	CHECK(check_cell(&f, "1-b", f.away, "unproven check_error 0 0"));
	CHECK(check_cell(&f, "1-c", f.home, "failing - 2 1"));
	CHECK(f.ctx->err.code == ERR_NONE);
	CHECK(check_settled(&f));
}

TEST(a_check_that_gives_more_than_its_scope_spoils_only_its_own_cells)
{
	only_that_fails(AROUND(ALL " where a.enabled = 0", FAILING), "outside its scope");
}

TEST(a_check_without_a_reason_spoils_only_its_own_cells)
{
	only_that_fails(AROUND(ALL, "select a.id as record, ' ' as reason from account a"),
			"no reason");
	only_that_fails(AROUND(ALL, "select a.id as record, null as reason from account a"),
			"no reason");
}

TEST(a_check_of_other_records_spoils_only_its_own_cells)
{
	only_that_fails(AROUND("select o.id as record from organisation o", FAILING),
			"which is no record");
	only_that_fails(AROUND("select null as record from account a", FAILING), "");
	only_that_fails(AROUND("select a.login as record from account a", FAILING), "");
	only_that_fails(AROUND("select 26388279066999 as record from account a", FAILING), "");
	only_that_fails(AROUND("select -1 as record from account a", FAILING), "");
}

TEST(a_check_that_dates_a_failure_by_nonsense_spoils_only_its_own_cells)
{
	only_that_fails(AROUND(ALL, "select a.id as record, 'x' as reason, 'May' as since "
				    "from account a"),
			"'May'");
}

TEST(a_check_that_does_not_end_spoils_only_its_own_cells)
{
	only_that_fails(AROUND(ALL,
			       "with recursive n(i) as (select 1 union all select i + 1 from n) "
			       "select a.id as record, 'x' as reason from account a, n "
			       "where n.i < 0"),
			"");
}

TEST(a_scope_that_does_not_end_spoils_only_its_own_cells)
{
	only_that_fails(AROUND("with recursive n(i) as (select 1 union all select i + 1 from n) "
			       "select a.id as record from account a, n where n.i < 0",
			       FAILING),
			"");
}

TEST(a_check_that_the_engine_refuses_spoils_only_its_own_cells)
{
	only_that_fails(AROUND(ALL, "select b.id as record, 'x' as reason from nowhere b"),
			"nowhere");
	only_that_fails(AROUND(ALL, "select a.id as record, 'x' as reason from account a where "
				    "a.enabled = :nothing"),
			":nothing");
	only_that_fails(AROUND(ALL, "select a.id as record from account a"), "reason");
}

TEST(a_check_that_gives_too_many_rows_is_stopped)
{
	PLAN f;
	CLEANUP(check_freep) struct check *c = NULL;
	struct check_result result = {0};
	struct check_moment m;
	struct roster roster;

	check_open(&f, AROUND(ALL, "with recursive n(i) as (select 1 union all select i + 1 from n "
				   "where i <= 5000000) "
				   "select a.id as record, 'x' as reason from account a, n"));
	(void)check_account(&f, "a", true);
	CHECK(!check_new(f.ctx, model_obligation(f.model, str_of("1-b")), &c));
	CHECK(!roster_load(f.ctx, model_reg(f.model, str_of("account")), &roster));
	m = check_moment_at(f.ctx, f.ctx->clock.fixed_ms, CADENCE_MONTHLY);
	CHECK(check_run(c, &roster, &m, &f.arena, &result) == ERR_TOO_BIG);
	CHECK(strstr(f.ctx->err.message, "rows") && LIMIT_CHECK_ROWS == 5000000);
	roster_fini(&roster);
}

TEST(a_check_that_fails_for_once_keeps_its_failures_as_they_are)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		   "    check: select a.id as record, nullif(a.login, 'none') as reason "
		   "from account a where a.enabled = 1\n");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	(void)check_account(&f, "a", false);
	(void)check_account(&f, "none", true);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select reason, first_failed_at, fixed_at, row_version from failure",
		       "a 2026-06-10T12:00:00Z - 1"));
	(void)check_account(&f, "none", false);
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select reason, first_failed_at, fixed_at from failure",
		       "a 2026-06-10T12:00:00Z 2026-06-12T12:00:00Z"));
}

TEST(a_check_that_could_not_decide_at_the_end_of_a_period_leaves_it_missed)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "monthly", "evidence") SCOPE_ENABLED
		   "    binds: [integrator]\n"
		   "    check: select a.id as record, nullif(a.login, 'none') as reason "
		   "from account a where a.enabled = 1\n");
	(void)check_put(&f, "person", "ann", f.home, "name=Ann");
	(void)check_put(&f, "person", "bob", f.home, "name=Bob");
	(void)check_put(
		&f, "evidence", "e", f.home,
		"obligation=1-a|statement=Done|given_by=PER-1|state=accepted|accepted_by=PER-2|"
		"accepted_at=2026-06-09T12:00:00Z|period_from=2026-06-01|period_to=2026-07-31");
	(void)check_account(&f, "none", true);
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select period, result, reason, proven_late_at from cell order by period",
		       "2026-06 missed check_error -; 2026-07 unproven check_error -"));
	(void)check_account(&f, "none", false);
	(void)check_assess(&f);
	CHECK(check_is(&f,
		       "select period, result, reason, proven_late_at from cell order by period",
		       "2026-06 missed check_error 2026-07-02T12:00:00Z; 2026-07 proven - -"));
}

TEST(what_each_check_reads_is_known_afterwards)
{
	PLAN f;

	check_open(&f, AROUND(ALL, "select a.id as record, nullif(p.name, 'none') as reason "
				   "from account a join person p on p.id = a.person"));
	(void)check_put(&f, "person", "p", f.home, "name=none");
	(void)check_put(&f, "account", "a", f.home, "login=a|person=PER-1");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-b", f.home, "unproven check_error 0 0"));
	CHECK(check_is(&f, "select obligation, name from check_table order by obligation, name",
		       "1-a account; 1-b account; 1-b person; 1-c account"));
}

TEST(an_assessment_is_an_event_of_its_own)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select substr(e.detail, 1, 46) from event e where e.kind = 'assessed'",
		       "{\"failing\":1,\"failures_fixed\":0,\"failures_open"));
	CHECK(check_settled(&f));
	CHECK(check_is(&f, "select count(*) from event e where e.kind = 'assessed'", "2"));
}

TEST(a_plan_with_fewer_duties_leaves_the_cells_of_the_others_as_they_were)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "cell", "9-z/home/2026-06", f.home,
			"obligation=9-z|period=2026-06|period_from=2026-06-01|period_to=2026-06-30|"
			"result=failing");
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select result, row_version from cell where obligation = '9-z'",
		       "failing 1"));
}

TEST(a_reason_that_is_too_long_is_cut_between_characters)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 100000};
	PLAN f;

	check_open(&f, DUTY);
	buf_addf(&fields, "enabled=yes|login=x");
	while (fields.len < 65000)
		buf_addf(&fields, "\xc3\xa4");
	(void)check_put(&f, "account", "a", f.home, fields.data);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select length(f.reason), substr(f.reason, 500, 9) from failure f",
		       "500 \xc3\xa4"));
	CHECK(check_settled(&f));
}
