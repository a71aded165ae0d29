#include "demo/cases.h"

#include "demo/assurance.h"

#include <stdio.h>
#include <string.h>

enum { ROLL_CASE = 1700, ROLL_WHO };
enum { MARROWDALE = 4, NIMBUSFORTH = 7 };
enum {
	OPENED_AFTER = 3,
	CLOSED_AFTER = 35,
	STAGE_DAYS = 60,
	SINCE = 2, /* months before the history that are told of as well */
	BREACH_OF_100 = 50,
	GAP_OF_100 = 70,
	INVESTIGATION_OF_100 = 88,
};

enum sort { NOTHING, BREACH, GAP, INVESTIGATION };

/* What came up in month `index` of the story, counted from a little before the history. */
struct matter {
	enum sort sort;
	int64_t day;
	bool neglected; /* nobody followed it up as the plan wants */
	char finding[DEMO_KEY_SIZE];
	char who[DEMO_KEY_SIZE];
};

static int64_t
count_matters(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? v->w->months + SINCE : 0;
}

static bool
matter_at(const struct scene *v, int64_t index, struct matter *m)
{
	int64_t abs = v->w->first - SINCE + index;
	uint64_t roll = world_roll(v->w, ROLL_CASE, abs, 0);
	int64_t seat = (int64_t)(world_roll(v->w, ROLL_WHO, abs, 0) %
				 (uint64_t)v->w->core[ORG_INTEGRATOR]);
	struct person p;

	m->day = world_day(abs, 4 + (int)(roll / 100 % 16));
	m->sort = roll % 100 < BREACH_OF_100	      ? BREACH
		  : roll % 100 < GAP_OF_100	      ? GAP
		  : roll % 100 < INVESTIGATION_OF_100 ? INVESTIGATION
						      : NOTHING;
	/* Something of each before the history begins, so that no month is without. */
	if (index < SINCE)
		m->sort = index == 0 ? GAP : BREACH;
	m->neglected = world_event_flawed(v, CASE_LATE, abs, 0);
	(void)snprintf(m->finding, sizeof(m->finding), "FND-%lld", (long long)abs);
	if (world_person(v, ORG_INTEGRATOR, seat, 0, &p))
		person_key(&p, m->who);
	else
		seat_key(ORG_INTEGRATOR, 0, m->who);
	return m->sort != NOTHING && m->day <= v->asof;
}

static void
put_role(const struct scene *v, const char *column, const char *role, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	(void)v;
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, role), key);
	row_text(r, column, key);
}

static bool
make_finding(const struct scene *v, int64_t index, struct row *r)
{
	struct matter m;

	if (!matter_at(v, index, &m) || m.sort == INVESTIGATION)
		return false;
	row_text(r, "key", m.finding);
	row_text(r, "kind", m.sort == BREACH ? "breach" : "hr_gap");
	if (m.sort == BREACH)
		row_format(r, "subject", "person:%s", m.who);
	row_text(r, "severity", m.sort == BREACH ? "medium" : "low");
	row_date(r, "raised_on", m.day);
	row_date(r, "due_on", m.day + STAGE_DAYS);
	put_role(v, "owner", m.sort == BREACH ? "line_manager" : "hr", r);
	row_bool(r, "disciplinary", m.sort == BREACH);
	if (m.sort == BREACH)
		row_text(r, "documents", "SMP-06");
	row_text(r, "state", "open");
	return true;
}

const struct kind finding_kind = {
	.reg = "finding",
	.columns = {"key", "kind", "subject", "severity", "raised_on", "due_on", "owner",
		    "disciplinary", "documents", "state"},
	.count = count_matters,
	.make = make_finding,
};

static int64_t
count_members(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? DEMO_ORGS : 0;
}

static bool
make_validation_finding(const struct scene *v, int64_t index, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	if (index != MARROWDALE || !validation_key(v, (int)index, key))
		return false;
	row_format(r, "key", "FND-%s", key);
	row_text(r, "kind", "training_gap");
	row_format(r, "source", "review:%s", key);
	row_format(r, "subject", "organisation:%s", demo_parties[index].key);
	row_text(r, "severity", "high");
	put_role(v, "owner", "security_operations_manager", r);
	row_text(r, "state", "open");
	return true;
}

const struct kind validation_finding_kind = {
	.reg = "finding",
	.columns = {"key", "kind", "source", "subject", "severity", "owner", "state"},
	.count = count_members,
	.make = make_validation_finding,
};

/* Marrowdale's failed briefings were taken to its directors; Nimbusforth's were let lie. */
static bool
make_escalation(const struct scene *v, int64_t index, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	if (index != MARROWDALE || !validation_key(v, (int)index, key))
		return false;
	row_format(r, "key", "ESC-%s", key);
	row_text(r, "kind", "escalation");
	row_format(r, "about", "review:%s", key);
	put_role(v, "sender", "security_operations_manager", r);
	row_text(r, "to_organisations", demo_parties[index].key);
	row_at(r, "sent_at", world_at(v->w, validation_day(v, (int)index) + 1, 9, 0));
	row_text(r, "state", "sent");
	return true;
}

const struct kind escalation_kind = {
	.reg = "communication",
	.columns = {"key", "kind", "about", "sender", "to_organisations", "sent_at", "state"},
	.count = count_members,
	.make = make_escalation,
};

static void
put_steps(const struct scene *v, const struct matter *m, bool closed, struct row *r)
{
	char done[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(world_at(v->w, m->day + CLOSED_AFTER - 3, 11, 0), done);
	row_list(r, "items");
	if (closed)
		row_item(r, "{\"name\":\"Heard the employee\",\"done_at\":\"%s\"}", done);
	else
		row_item(r, "{\"name\":\"Heard the employee\"}");
	row_list_end(r);
}

static bool
make_case(const struct scene *v, int64_t index, struct row *r)
{
	struct matter m;
	int64_t opened;
	bool closed;

	if (!matter_at(v, index, &m) || m.sort == GAP || (m.sort == BREACH && m.neglected))
		return false;
	opened = m.day + OPENED_AFTER;
	closed = m.day + CLOSED_AFTER <= v->asof;
	if (opened > v->asof)
		opened = v->asof;
	row_format(r, "key", "CASE-%s", m.finding);
	row_text(r, "kind", m.sort == BREACH ? "disciplinary" : "usage_investigation");
	row_format(r, "person", "%s", m.who);
	row_date(r, "opened_on", opened);
	row_date(r, "due_on", opened + STAGE_DAYS);
	put_role(v, "facilitator", "line_manager", r);
	if (m.sort == BREACH)
		row_format(r, "source", "finding:%s", m.finding);
	put_steps(v, &m, closed, r);
	row_text(r, "stage", closed ? "decided" : "hearing");
	if (closed)
		row_text(r, "outcome", "Talked through and put on file");
	row_text(r, "state", closed ? "closed" : "in_progress");
	return true;
}

const struct kind case_kind = {
	.reg = "personnel_case",
	.columns = {"key", "kind", "person", "opened_on", "due_on", "facilitator", "source",
		    "items", "stage", "outcome", "state"},
	.count = count_matters,
	.make = make_case,
};

static void
put_granted(const struct scene *v, int64_t day, struct row *r)
{
	row_text(r, "decision", "granted");
	row_at(r, "decided_at", world_at(v->w, day, 9, 0));
	row_date(r, "valid_from", day);
	row_text(r, "state", "granted");
}

/* HR allows an investigation of somebody's use before it begins. */
static bool
make_case_approval(const struct scene *v, int64_t index, struct row *r)
{
	struct matter m;

	if (!matter_at(v, index, &m) || m.sort != INVESTIGATION || m.neglected)
		return false;
	row_format(r, "key", "APR-CASE-%s", m.finding);
	row_text(r, "kind", "hr_investigation");
	row_format(r, "subject", "personnel_case:CASE-%s", m.finding);
	put_role(v, "decided_by", "hr", r);
	row_text(r, "decided_role", "hr");
	put_granted(v, m.day - 1, r);
	return true;
}

const struct kind case_approval_kind = {
	.reg = "approval",
	.columns = {"key", "kind", "subject", "decided_by", "decided_role", "decision",
		    "decided_at", "valid_from", "state"},
	.count = count_matters,
	.make = make_case_approval,
};

static bool
make_action(const struct scene *v, int64_t index, struct row *r)
{
	struct matter m;

	if (!matter_at(v, index, &m) || m.sort != GAP)
		return false;
	row_format(r, "key", "ACT-%s", m.finding);
	row_text(r, "kind", "remediation");
	row_format(r, "source", "finding:%s", m.finding);
	put_role(v, "owner", "service_manager", r);
	row_date(r, "due_on", m.day + STAGE_DAYS);
	row_text(r, "state", "in_progress");
	return true;
}

const struct kind action_kind = {
	.reg = "action",
	.columns = {"key", "kind", "source", "owner", "due_on", "state"},
	.count = count_matters,
	.make = make_action,
};

/* The client agrees to the control that closes the gap. */
static bool
make_agreement(const struct scene *v, int64_t index, struct row *r)
{
	struct matter m;
	char key[DEMO_KEY_SIZE];

	if (!matter_at(v, index, &m) || m.sort != GAP || m.neglected ||
	    m.day + CLOSED_AFTER > v->asof)
		return false;
	row_format(r, "key", "APR-%s", m.finding);
	row_text(r, "kind", "client_agreement");
	row_format(r, "subject", "action:ACT-%s", m.finding);
	seat_key(ORG_CLIENT, world_role_seat(ORG_CLIENT, "isag"), key);
	row_text(r, "decided_by", key);
	row_text(r, "decided_role", "isag");
	put_granted(v, m.day + CLOSED_AFTER, r);
	return true;
}

const struct kind agreement_kind = {
	.reg = "approval",
	.columns = {"key", "kind", "subject", "decided_by", "decided_role", "decision",
		    "decided_at", "valid_from", "state"},
	.count = count_matters,
	.make = make_agreement,
};
