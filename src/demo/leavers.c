#include "demo/people.h"

#include <string.h>

enum { ROLL_RETURN = 1500, NOTICE_DAYS = 6, CASE_DAYS = 9, APPRAISAL_CYCLE = 11 };

static int64_t
month_of(int64_t day)
{
	struct civil c = civil_from_days(day);

	return (int64_t)c.year * 12 + c.month - 1;
}

/* Somebody whose leaving is known. */
static bool
leaver_at(const struct scene *v, int64_t index, struct person *p)
{
	return world_person_at(v, index, p) && p->leave - CASE_DAYS <= v->asof;
}

static void
put_facilitator(const struct scene *v, const char *column, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	seat_key(v->org,
		 v->org == ORG_INTEGRATOR ? world_role_seat(v->org, "hr") : manager_seat(v->org),
		 key);
	row_text(r, column, key);
}

/* An item of the case that is done on the last day, or not yet. */
static void
put_item(const struct scene *v, const char *name, int64_t day, struct row *r)
{
	char done[CIVIL_INSTANT_LEN + 1];

	if (day > v->asof) {
		row_item(r, "{\"name\":\"%s\"}", name);
		return;
	}
	civil_format_instant(world_at(v->w, day, 16, 0), done);
	row_item(r, "{\"name\":\"%s\",\"done_at\":\"%s\"}", name, done);
}

static bool
make_leaver_case(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];
	bool bad;

	if (!leaver_at(v, index, &p))
		return false;
	bad = world_event_flawed(v, LEAVER_CASE, p.id, month_of(p.leave));
	person_key(&p, key);
	row_format(r, "key", "%s-LEAVE", key);
	row_text(r, "kind", "leaver");
	row_text(r, "person", key);
	row_date(r, "opened_on", p.leave - CASE_DAYS);
	row_date(r, "effective_date", p.leave);
	put_facilitator(v, "facilitator", r);
	row_list(r, "items");
	put_item(v, "Accounts closed", p.leave, r);
	put_item(v, "Card and passes returned", p.leave, r);
	put_item(v, "Equipment returned", bad ? p.leave + 60 : p.leave, r);
	row_list_end(r);
	row_text(r, "state", p.left && !bad ? "closed" : "in_progress");
	return true;
}

const struct kind leaver_case_kind = {
	.reg = "personnel_case",
	.columns = {"key", "kind", "person", "opened_on", "effective_date", "facilitator", "items",
		    "state"},
	.count = world_people,
	.make = make_leaver_case,
};

static bool
make_leaver_checklist(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];
	bool bad;

	if (!leaver_at(v, index, &p) || !p.left)
		return false;
	bad = world_event_flawed(v, LEAVER_CASE, p.id, month_of(p.leave)) && p.leave + 60 > v->asof;
	person_key(&p, key);
	row_format(r, "key", "%s-LEAVE-CHECK", key);
	row_format(r, "subject", "person:%s", key);
	row_text(r, "occasion", "Last working day");
	row_date(r, "done_on", p.leave);
	put_facilitator(v, "done_by", r);
	row_list(r, "answers");
	row_item(r, "{\"item\":\"Knowledge handed over\",\"topic\":\"leaver\",\"answer\":\"yes\"}");
	row_item(r, "{\"item\":\"Equipment returned\",\"topic\":\"leaver\",\"answer\":\"%s\"}",
		 bad ? "no" : "yes");
	row_list_end(r);
	row_text(r, "state", "done");
	return true;
}

const struct kind leaver_checklist_kind = {
	.reg = "checklist_run",
	.columns = {"key", "subject", "occasion", "done_on", "done_by", "answers", "state"},
	.count = world_people,
	.make = make_leaver_checklist,
};

/* The Security Operations Manager tells those concerned, of leavers of every organisation. */
static int64_t
count_notices(const struct scene *v)
{
	int64_t n = 0;

	for (int o = 0; o < DEMO_ORGS; o++)
		n += world_seats(v, o) * DEMO_GENERATIONS;
	return n;
}

static bool
make_leaver_notice(const struct scene *v, int64_t index, struct row *r)
{
	struct scene theirs = *v;
	struct person p;
	char key[DEMO_KEY_SIZE];
	int64_t sent;

	theirs.org = 0;
	while (index >= world_people(&theirs)) {
		index -= world_people(&theirs);
		theirs.org++;
	}
	if (!leaver_at(&theirs, index, &p))
		return false;
	sent = p.leave - NOTICE_DAYS;
	if (world_event_flawed(&theirs, LEAVER_NOTICE, p.id, month_of(p.leave)))
		sent = p.leave + 3;
	if (sent > v->asof)
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-NOTICE", key);
	row_text(r, "kind", "notice");
	row_format(r, "about", "person:%s", key);
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "security_operations_manager"),
		 key);
	row_text(r, "sender", key);
	row_at(r, "sent_at", world_at(v->w, sent, 9, 45));
	row_text(r, "state", "sent");
	return true;
}

const struct kind leaver_notice_kind = {
	.reg = "communication",
	.columns = {"key", "kind", "about", "sender", "sent_at", "state"},
	.count = count_notices,
	.make = make_leaver_notice,
};

static int64_t
count_appraisals(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? world_people(v) : 0;
}

/* The yearly talk about performance, for those who have been there a year. */
static bool
make_appraisal(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];
	int64_t held;

	if (!world_person_at(v, index, &p) || p.left)
		return false;
	held = world_last(v, p.id, APPRAISAL_CYCLE, 10);
	if (world_flawed(v, APPRAISAL_MISSED, p.id))
		held = civil_add_months(held, -APPRAISAL_CYCLE - 2);
	if (held < p.start + 60)
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-PERF", key);
	row_text(r, "kind", "performance");
	row_text(r, "person", key);
	row_date(r, "opened_on", held - 14);
	row_date(r, "effective_date", held);
	put_facilitator(v, "facilitator", r);
	row_text(r, "decision", "Goals agreed");
	row_text(r, "state", "closed");
	return true;
}

const struct kind appraisal_kind = {
	.reg = "personnel_case",
	.columns = {"key", "kind", "person", "opened_on", "effective_date", "facilitator",
		    "decision", "state"},
	.count = count_appraisals,
	.make = make_appraisal,
};

enum { CARD, ROOM_PASS, PASSES, ROOM_NEED_CYCLE = 11 };

static int64_t
count_passes(const struct scene *v)
{
	return v->w->core[v->org] * DEMO_GENERATIONS * PASSES;
}

static bool
make_pass(const struct scene *v, int64_t index, struct row *r)
{
	int which = (int)(index % PASSES);
	struct person p;
	char key[DEMO_KEY_SIZE];
	int64_t confirmed, returned;
	bool kept;

	if (!world_person_at(v, index / PASSES, &p) || (which == ROOM_PASS && !p.needs_sc) ||
	    (which == CARD && !p.left && world_flawed(v, CARD_MISSING, p.id)))
		return false;
	kept = p.leave != NEVER && world_event_flawed(v, PASS_KEPT, p.id, month_of(p.leave));
	returned =
		p.leave + (kept ? 45 + (int64_t)(world_roll(v->w, ROLL_RETURN, p.id, 0) % 200) : 0);
	person_key(&p, key);
	row_format(r, "key", "%s-%s", key, which == CARD ? "CARD" : "ROOM");
	row_format(r, "number", "%05lld",
		   (long long)(20000 + p.seat * 16 + p.generation * 2 + which));
	row_text(r, "kind", which == CARD ? "identity_card" : "data_centre_pass");
	row_text(r, "holder", key);
	row_text(r, "site", "HM-SITE-2");
	if (which == ROOM_PASS) {
		row_text(r, "areas", "Computer room 1");
		row_text(r, "need", "Support of the equipment in the room");
		confirmed = world_last(v, p.id, ROOM_NEED_CYCLE, 14);
		if (world_flawed(v, PASS_NEED, p.id))
			confirmed = civil_add_months(confirmed, -ROOM_NEED_CYCLE - 2);
		row_date(r, "need_confirmed_on", confirmed);
	}
	row_at(r, "issued_at", world_at(v->w, p.start, 10, 30));
	row_bool(r, "signed", true);
	if (returned <= v->asof)
		row_at(r, "returned_at", world_at(v->w, returned, 17, 0));
	row_text(r, "state", returned <= v->asof ? "returned" : "issued");
	return true;
}

const struct kind pass_kind = {
	.reg = "pass",
	.columns = {"key", "number", "kind", "holder", "site", "areas", "need", "need_confirmed_on",
		    "issued_at", "signed", "returned_at", "state"},
	.count = count_passes,
	.make = make_pass,
};
