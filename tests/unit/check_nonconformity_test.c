#include "check_fixture.h"
#include "test.h"

#define FINDINGS "select n.key, n.state, n.summary from finding n order by n.id"

static int64_t
finding(struct check_fixture *f)
{
	return strtoll(check_ask(f, "select n.id from finding n"), NULL, 10);
}

TEST(what_fails_opens_one_nonconformity_for_each_organisation)
{
	PLAN f;

	check_open(&f, DUTY HEAD("1-b", "monthly", "computed") CHECK_ENABLED BINDS_ALL);
	(void)check_account(&f, "a", true);
	(void)check_account(&f, "b", true);
	(void)check_put(&f, "account", "a", f.away, "login=a|enabled=yes");
	(void)check_assess(&f);
	CHECK(check_is(&f, FINDINGS,
		       "NC/1-a/home open Duty 1-a: 2 records failing since 2026-06-10; "
		       "NC/1-a/away open Duty 1-a: 1 record failing since 2026-06-10; "
		       "NC/1-b/home open Duty 1-b: 2 records failing since 2026-06-10; "
		       "NC/1-b/away open Duty 1-b: 1 record failing since 2026-06-10"));
	CHECK(check_is(&f,
		       "select distinct n.kind, n.severity, n.raised_on, n.owner from finding n",
		       "nonconformity high 2026-06-10 -"));
	CHECK(check_is(&f,
		       "select count(*) from finding n join cell c on c.id = n.source "
		       "and c.obligation = n.obligation and c.organisation = n.organisation "
		       "join organisation o on o.id = n.subject and o.id = n.organisation",
		       "4"));
	CHECK(check_settled(&f));
}

TEST(what_is_not_proven_is_no_nonconformity_before_the_period_ends)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_assess(&f);
	CHECK(check_is(&f, FINDINGS, ""));
	check_at(&f, "2026-07-01T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select count(*), min(n.state), min(n.summary) from finding n",
		       "2 open Duty 1-a: not proven in a period that has ended"));
	CHECK(check_settled(&f));
}

TEST(a_gap_opens_a_nonconformity_at_once)
{
	PLAN f;

	check_open(&f,
		   HEAD("1-a", "monthly", "evidence") CHECK_ENABLED "    binds: [integrator]\n");
	(void)check_assess(&f);
	check_at(&f, "2026-09-01T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, FINDINGS,
		       "NC/1-a/home open Duty 1-a: not proven in a period that has ended"));
	CHECK(check_settled(&f));
}

TEST(a_nonconformity_is_done_when_it_is_put_right_and_opens_again)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_assess(&f);
	CHECK(check_is(&f, FINDINGS, "NC/1-a/home done Duty 1-a: no record fails any more"));
	CHECK(check_settled(&f));
	check_at(&f, "2026-06-12T12:00:00Z");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, FINDINGS,
		       "NC/1-a/home open Duty 1-a: 1 record failing since 2026-06-12"));
	CHECK(check_is(&f, "select n.raised_on, n.row_version from finding n", "2026-06-10 3"));
}

TEST(the_work_of_people_on_a_nonconformity_is_kept)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_retire(&f, finding(&f));
	(void)check_assess(&f);
	/* Retired while it stands, it comes back under the same number. */
	CHECK(check_is(&f, "select n.key, n.state, n.row_version from finding n",
		       "NC/1-a/home open 3"));
	CHECK(check_settled(&f));
}

TEST(a_planned_nonconformity_stays_planned_and_an_accepted_one_accepted)
{
	static const struct {
		const char *set, *failing, *right;
	} states[] = {
		{"open",	 "open",	 "done"     },
		      {"planned",	  "planned",  "done"	   },
		{"done",	 "open",	 "done"     },
		      {"validated", "open",	    "validated"},
		{"closed",	   "open",	   "closed"   },
		      {"accepted",  "accepted", "accepted" }
	  };

	for (size_t i = 0; i < COUNT_OF(states); i++) {
		PLAN f;

		check_open(&f, DUTY);
		(void)check_account(&f, "a", true);
		(void)check_assess(&f);
		check_state(&f, finding(&f), states[i].set);
		(void)check_assess(&f);
		CHECK(check_is(&f, "select n.state from finding n", states[i].failing));
		check_state(&f, finding(&f), states[i].set);
		check_at(&f, "2026-06-11T12:00:00Z");
		(void)check_account(&f, "a", false);
		(void)check_assess(&f);
		CHECK(check_is(&f, "select n.state from finding n", states[i].right));
		CHECK(check_settled(&f));
	}
}

TEST(a_nonconformity_that_was_put_right_is_left_alone_in_later_periods)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	check_at(&f, "2026-06-28T12:00:00Z");
	(void)check_account(&f, "a", false);
	(void)check_put(&f, "account", "a", f.away, "login=a|enabled=no");
	(void)check_assess(&f);
	check_at(&f, "2026-07-02T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select n.state, n.row_version from finding n", "done 2"));
}

TEST(the_owner_is_the_one_who_holds_the_role)
{
	static const struct {
		const char *who, *owner;
	} cases[] = {
		{"person=PER-1|role=owner|state=current",			  "PER"},
		{"person=PER-1|role=owner|state=current|valid_to=2026-06-10",   "PER"},
		{"person=PER-1|role=owner|state=current|valid_to=2026-06-09",   "-"	 },
		{"person=PER-1|role=owner|state=current|valid_from=2026-06-11", "-"  },
		{"person=PER-1|role=owner|state=proposed",			   "-"  },
		{"person=PER-1|role=owner|state=ended",				"-"  },
		{"person=PER-1|role=judge|state=current",			  "-"  },
		{"role=owner|state=current",				     "-"	}
	 };

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		PLAN f;

		check_open(&f, DUTY);
		(void)check_put(&f, "person", "ann", f.home, "name=Ann");
		(void)check_put(&f, "role_assignment", "r", f.home, cases[i].who);
		(void)check_account(&f, "a", true);
		(void)check_assess(&f);
		CHECK(check_is(&f,
			       "select case when n.owner is null then '-' else 'PER' end "
			       "from finding n",
			       cases[i].owner));
	}
}

TEST(of_two_holders_of_the_role_none_is_the_owner)
{
	PLAN f;

	check_open(&f, DUTY);
	(void)check_put(&f, "person", "ann", f.home, "name=Ann");
	(void)check_put(&f, "person", "bob", f.home, "name=Bob");
	(void)check_put(&f, "role_assignment", "r", f.home, "person=PER-1|role=owner");
	(void)check_put(&f, "role_assignment", "s", f.home, "person=PER-1|role=owner");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	CHECK(check_is(&f, "select count(n.owner) from finding n", "1"));
	(void)check_put(&f, "role_assignment", "s", f.away, "person=PER-2|role=owner");
	(void)check_put(&f, "role_assignment", "t", f.away, "person=PER-1|role=owner");
	(void)check_put(&f, "account", "a", f.away, "login=a|enabled=yes");
	(void)check_assess(&f);
	CHECK(check_is(&f, "select count(n.owner) from finding n", "1"));
}

TEST(a_check_that_cannot_decide_puts_nothing_right)
{
	PLAN f;

	check_open(&f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		   "    check: select a.id as record, nullif(a.login, 'none') as reason "
		   "from account a where a.enabled = 1\n");
	(void)check_account(&f, "a", true);
	(void)check_assess(&f);
	(void)check_account(&f, "none", true);
	check_at(&f, "2026-06-11T12:00:00Z");
	(void)check_assess(&f);
	CHECK(check_cell(&f, "1-a", f.home, "unproven check_error 0 1"));
	CHECK(check_is(&f, FINDINGS,
		       "NC/1-a/home open Duty 1-a: 1 record failing since 2026-06-10"));
	CHECK(f.last.failures_open == 1 && f.last.failures_fixed == 0);
}
