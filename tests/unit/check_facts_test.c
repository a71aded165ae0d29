#include "check_fixture.h"
#include "test.h"

static const char *
name_of(struct check_fixture *f, int64_t id)
{
	char name[RECORD_NAME_SIZE];

	record_name(f->model, id, name);
	return str_z(&f->arena, str_of(name));
}

static const char *
person(struct check_fixture *f, const char *key)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 256};

	buf_addf(&fields, "name=%s", key);
	return name_of(f, check_put(f, "person", key, f->home, fields.data));
}

static void
role(struct check_fixture *f, const char *who, const char *role, const char *more)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 256};

	buf_addf(&fields, "person=%s|role=%s|%s", who, role, more);
	(void)check_put(f, "role_assignment", role, f->home, fields.data);
}

/* Two enabled accounts, a person `asks` and one who decides with the role `judge`. */
struct waiving {
	struct check_fixture f;
	const char *asks;
	const char *decides;
	const char *account;
};

static void
waiving_open(struct waiving *w)
{
	check_open(&w->f, DUTY);
	w->account = name_of(&w->f, check_account(&w->f, "a", true));
	(void)check_account(&w->f, "b", false);
	w->asks = person(&w->f, "asks");
	w->decides = person(&w->f, "decides");
	role(&w->f, w->decides, "judge", "state=current|valid_from=2026-01-01");
}

static void
waiving_close(struct waiving *w)
{
	check_close(&w->f);
}
#define WAIVING CLEANUP(waiving_close) struct waiving

/* The cell once there is such a waiver, and nothing else. */
static bool
waived(struct waiving *w, const char *more, const char *expected)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 1024};

	buf_addf(&fields, "obligation=1-a|requested_by=%s|decided_by=%s|decided_role=judge|%s",
		 w->asks, w->decides, more);
	(void)check_put(&w->f, "waiver", "w", w->f.home, fields.data);
	(void)check_assess(&w->f);
	return check_cell(&w->f, "1-a", w->f.home, expected) && check_settled(&w->f);
}

#define GRANTED "kind=waived|state=granted|"

TEST(a_waiver_tolerates_what_fails_while_it_is_in_force)
{
	WAIVING w;

	waiving_open(&w);
	CHECK(waived(&w, GRANTED "valid_to=2026-06-10", "waived WVR-1 until 2026-06-10 2 0"));
	CHECK(check_is(&w.f, "select count(f.waiver), count(f.fixed_at) from failure f", "1 0"));
	CHECK(w.f.last.failures_open == 0);
	CHECK(waived(&w, GRANTED "valid_to=2026-06-09", "failing - 2 1"));
	CHECK(check_is(&w.f, "select n.state from finding n", "open"));
	CHECK(waived(&w, GRANTED "valid_to=2026-06-30", "waived WVR-1 until 2026-06-30 2 0"));
	CHECK(check_is(&w.f, "select n.state, n.summary from finding n",
		       "done Duty 1-a: tolerated by a decision"));
	CHECK(waived(&w, GRANTED "valid_from=2026-06-10|valid_to=2026-12-31",
		     "waived WVR-1 until 2026-12-31 2 0"));
	CHECK(waived(&w, GRANTED "valid_from=2026-06-11|valid_to=2026-12-31", "failing - 2 1"));
	/* What is waived is waived for a time. */
	CHECK(waived(&w, GRANTED, "failing - 2 1"));
	CHECK(waived(&w, "kind=waived|state=requested|valid_to=2026-12-31", "failing - 2 1"));
	CHECK(waived(&w, "kind=waived|state=refused|valid_to=2026-12-31", "failing - 2 1"));
	CHECK(waived(&w, "kind=waived|state=revoked|valid_to=2026-12-31", "failing - 2 1"));
	CHECK(waived(&w, "kind=waived|valid_to=2026-12-31", "failing - 2 1"));
}

TEST(what_does_not_apply_needs_no_end)
{
	WAIVING w;

	waiving_open(&w);
	CHECK(waived(&w, "kind=not_applicable|state=granted", "not_applicable WVR-1 2 0"));
	CHECK(waived(&w, "kind=not_applicable|state=granted|valid_to=2026-06-09", "failing - 2 1"));
}

TEST(a_waiver_is_given_by_somebody_else_in_a_role_that_may)
{
	static const char to[] = "|valid_to=2026-12-31";
	CLEANUP(buf_fini) struct buf own = {.limit = 256};
	CLEANUP(buf_fini) struct buf nobody = {.limit = 256};
	WAIVING w;

	waiving_open(&w);
	role(&w.f, w.decides, "owner", "state=current");
	buf_addf(&own, GRANTED "requested_by=%s%s", w.decides, to);
	CHECK(waived(&w, own.data, "failing - 2 1"));
	CHECK(waived(&w, GRANTED "decided_role=owner|valid_to=2026-12-31", "failing - 2 1"));
	buf_addf(&nobody,
		 "obligation=1-a|kind=waived|state=granted|decided_by=%s|decided_role=judge%s",
		 w.decides, to);
	(void)check_put(&w.f, "waiver", "w", w.f.home, nobody.data);
	(void)check_assess(&w.f);
	CHECK(check_cell(&w.f, "1-a", w.f.home, "failing - 2 1"));
}

TEST(who_decided_a_waiver_held_the_role_when_it_began)
{
	static const char waiver[] = GRANTED "valid_from=2026-03-01|valid_to=2026-12-31";
	WAIVING w;

	waiving_open(&w);
	CHECK(waived(&w, waiver, "waived WVR-1 until 2026-12-31 2 0"));
	role(&w.f, w.decides, "judge", "state=ended|valid_from=2026-01-01|valid_to=2026-03-01");
	CHECK(waived(&w, waiver, "waived WVR-1 until 2026-12-31 2 0"));
	role(&w.f, w.decides, "judge", "state=ended|valid_from=2026-01-01|valid_to=2026-02-28");
	CHECK(waived(&w, waiver, "failing - 2 1"));
	role(&w.f, w.decides, "judge", "state=current|valid_from=2026-03-02");
	CHECK(waived(&w, waiver, "failing - 2 1"));
	role(&w.f, w.decides, "judge", "state=proposed|valid_from=2026-01-01");
	CHECK(waived(&w, waiver, "failing - 2 1"));
	/* That it ended on an unknown day does not say that it lasted until then. */
	role(&w.f, w.decides, "judge", "state=ended|valid_from=2026-01-01");
	CHECK(waived(&w, waiver, "failing - 2 1"));
}

TEST(a_waiver_for_one_record_leaves_the_others_to_fail)
{
	CLEANUP(buf_fini) struct buf one = {.limit = 256};
	WAIVING w;

	waiving_open(&w);
	buf_addf(&one, GRANTED "valid_to=2026-12-31|subject=%s", w.account);
	CHECK(waived(&w, one.data, "waived WVR-1 until 2026-12-31 2 0"));
	CHECK(w.f.last.failures_open == 0);
	CHECK(check_is(&w.f, "select count(*), count(fixed_at), count(waiver) from failure",
		       "1 0 1"));
	(void)check_account(&w.f, "b", true);
	(void)check_assess(&w.f);
	CHECK(check_cell(&w.f, "1-a", w.f.home, "failing - 2 1"));
	CHECK(w.f.last.failures_open == 1);
	/* The waiver ends, and the failure is the old one. */
	check_at(&w.f, "2027-01-01T00:00:00Z");
	(void)check_assess(&w.f);
	CHECK(check_cell(&w.f, "1-a", w.f.home, "failing - 2 2"));
	CHECK(check_is(&w.f,
		       "select min(first_failed_at), count(waiver), count(fixed_at) from failure",
		       "2026-06-10T12:00:00Z 0 0"));
}

TEST(that_one_record_is_no_matter_of_the_duty_does_not_lift_the_duty)
{
	CLEANUP(buf_fini) struct buf one = {.limit = 256};
	WAIVING w;

	waiving_open(&w);
	buf_addf(&one, "kind=not_applicable|state=granted|subject=%s", w.account);
	CHECK(waived(&w, one.data, "waived WVR-1 2 0"));
}

TEST(a_waiver_of_another_organisation_or_duty_counts_for_nothing)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 1024};
	WAIVING w;

	waiving_open(&w);
	buf_addf(&fields,
		 "obligation=1-a|requested_by=%s|decided_by=%s|decided_role=judge|" GRANTED
		 "valid_to=2026-12-31",
		 w.asks, w.decides);
	(void)check_put(&w.f, "waiver", "w", w.f.away, fields.data);
	CHECK(waived(&w, GRANTED "obligation=1-aa|valid_to=2026-12-31", "failing - 2 1"));
	CHECK(check_cell(&w.f, "1-a", w.f.away, "waived WVR-1 until 2026-12-31 0 0"));
}

#define PROVE ATTEST("1-e", "monthly", "evidence")

struct proving {
	struct check_fixture f;
	const char *ann;
	const char *bob;
};

static void
proving_open(struct proving *p, const char *duties)
{
	check_open(&p->f, duties);
	p->ann = person(&p->f, "ann");
	p->bob = person(&p->f, "bob");
}

static void
proving_close(struct proving *p)
{
	check_close(&p->f);
}
#define PROVING CLEANUP(proving_close) struct proving

/* A statement of ann's about those days; `state` and who accepted it. */
static void
evidence(struct proving *p, const char *key, const char *days, const char *accepted)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 1024};

	buf_addf(&fields, "obligation=1-e|kind=statement|statement=Done|given_by=%s|%s|%s", p->ann,
		 days, accepted);
	(void)check_put(&p->f, "evidence", key, p->f.home, fields.data);
}

static const char *
accepted_by(struct proving *p, const char *who, const char *at)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 256};

	buf_addf(&fields, "state=accepted|accepted_by=%s|accepted_at=%s", who, at);
	return str_z(&p->f.arena, str_of(fields.data));
}

static bool
proves(struct proving *p, const char *expected)
{
	(void)check_assess(&p->f);
	return check_cell(&p->f, "1-e", p->f.home, expected) && check_settled(&p->f);
}

#define JUNE "period_from=2026-06-01|period_to=2026-06-30"

TEST(evidence_proves_once_somebody_else_has_accepted_it)
{
	PROVING p;

	proving_open(&p, PROVE);
	CHECK(proves(&p, "unproven no_evidence 0 0"));
	evidence(&p, "e", JUNE, "state=submitted");
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
	evidence(&p, "e", JUNE, accepted_by(&p, p.ann, "2026-06-09T12:00:00Z"));
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
	evidence(&p, "e", JUNE, "state=accepted|accepted_at=2026-06-09T12:00:00Z");
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
	evidence(&p, "e", JUNE, accepted_by(&p, p.bob, "2026-06-10T12:00:01Z"));
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
	evidence(&p, "e", JUNE, accepted_by(&p, p.bob, "2026-06-10T12:00:00Z"));
	CHECK(proves(&p, "proven - 0 0"));
	CHECK(check_cell(&p.f, "1-e", p.f.away, "unproven no_evidence 0 0"));
	evidence(&p, "e", JUNE, "state=rejected");
	CHECK(proves(&p, "unproven no_evidence 0 0"));
}

TEST(evidence_without_a_file_or_statement_is_none)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = 1024};
	PROVING p;

	proving_open(&p, PROVE);
	buf_addf(&fields, "obligation=1-e|kind=file|given_by=%s|" JUNE "|%s", p.ann,
		 accepted_by(&p, p.bob, "2026-06-09T12:00:00Z"));
	(void)check_put(&p.f, "evidence", "e", p.f.home, fields.data);
	CHECK(proves(&p, "unproven no_evidence 0 0"));
}

TEST(evidence_must_cover_each_day_of_the_period)
{
	PROVING p;
	const char *yes;

	proving_open(&p, PROVE);
	yes = accepted_by(&p, p.bob, "2026-06-09T12:00:00Z");
	evidence(&p, "one", "period_from=2026-06-02|period_to=2026-06-30", yes);
	CHECK(proves(&p, "unproven no_evidence 0 0"));
	evidence(&p, "one", "period_from=2026-06-01|period_to=2026-06-29", yes);
	CHECK(proves(&p, "unproven no_evidence 0 0"));
	evidence(&p, "one", "period_from=2026-01-01|period_to=2026-06-14", yes);
	evidence(&p, "two", "period_from=2026-06-16|period_to=2026-12-31", yes);
	CHECK(proves(&p, "unproven no_evidence 0 0"));
	evidence(&p, "two", "period_from=2026-06-15|period_to=2026-12-31", yes);
	CHECK(proves(&p, "proven - 0 0"));
	evidence(&p, "two", "period_from=2026-06-03|period_to=2026-06-30", yes);
	CHECK(proves(&p, "proven - 0 0"));
	evidence(&p, "two", "period_from=2026-06-15|period_to=2026-06-30", "state=submitted");
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
}

TEST(what_is_done_once_is_proven_by_any_accepted_evidence)
{
	PROVING p;

	proving_open(&p, ATTEST("1-e", "once", "attested"));
	CHECK(proves(&p, "unproven no_evidence 0 0"));
	evidence(&p, "one", "period_from=2026-05-02|period_to=2026-05-02", "state=submitted");
	CHECK(proves(&p, "unproven awaiting_review 0 0"));
	evidence(&p, "one", "period_from=2026-05-02|period_to=2026-05-02",
		 accepted_by(&p, p.bob, "2026-06-09T12:00:00Z"));
	CHECK(proves(&p, "proven - 0 0"));
	check_at(&p.f, "2030-01-01T12:00:00Z");
	CHECK(proves(&p, "proven - 0 0"));
	CHECK(check_is(&p.f, "select distinct period from cell", "once"));
}

TEST(a_check_beside_evidence_can_only_fail_it)
{
	PROVING p;

	proving_open(&p, HEAD("1-e", "monthly", "evidence") CHECK_ENABLED BINDS_ALL);
	(void)check_account(&p.f, "a", false);
	CHECK(proves(&p, "unproven no_evidence 1 0"));
	evidence(&p, "e", JUNE, accepted_by(&p, p.bob, "2026-06-09T12:00:00Z"));
	CHECK(proves(&p, "proven - 1 0"));
	(void)check_account(&p.f, "a", true);
	CHECK(proves(&p, "failing - 1 1"));
}
