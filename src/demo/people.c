#include "demo/people.h"

#include "demo/documents.h"

#include <string.h>

enum { ROLL_NAME = 1100, ROLL_ACCOUNT, ROLL_LAPTOP, ROLL_TEAM, ROLL_PRIVILEGED, ROLL_CLEARANCE };

enum {
	TRAINING_INDUCTION,
	TRAINING_ROLE,
	TRAINING_LAPTOP,
	TRAINING_PRIVILEGED,
	TRAININGS,
	TRAINING_CYCLE = 12,
	BULK_LAPTOPS = 50,
};

static const char *const teams[] = {"Service operations", "Networks",	  "Field services",
				    "Applications",	  "Service desk", "Transition"};

bool
person_on_account(const struct scene *v, const struct person *p)
{
	return p->org != ORG_INTEGRATOR || strcmp(p->role, "integrator") != 0 ||
	       world_roll(v->w, ROLL_ACCOUNT, p->id, 0) % 100 < 85;
}

bool
person_has_privileges(const struct scene *v, const struct person *p)
{
	if (strcmp(p->role, "support_team") == 0 || strcmp(p->role, "network_team") == 0)
		return true;
	return p->org == ORG_INTEGRATOR && strcmp(p->role, "integrator") == 0 &&
	       person_on_account(v, p) && world_roll(v->w, ROLL_PRIVILEGED, p->id, 0) % 100 < 12;
}

bool
seat_has_laptop(const struct scene *v, int org, int64_t seat)
{
	return world_roll(v->w, ROLL_LAPTOP, seat, org) % 100 <
	       (seat < v->w->core[org] ? 62 : BULK_LAPTOPS);
}

int64_t
manager_seat(int org)
{
	return world_role_seat(org, org == ORG_CLIENT ? "client" : "line_manager");
}

static int64_t
per_person(const struct scene *v)
{
	return world_people(v);
}

static bool
make_person(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];
	uint64_t roll;

	if (!world_person_at(v, index, &p))
		return false;
	roll = world_roll(v->w, ROLL_NAME, p.id, 0);
	person_key(&p, key);
	row_text(r, "key", key);
	row_format(r, "name", "%s %s", name_given(roll), name_family(roll >> 20));
	row_text(r, "worker_type",
		 p.org == ORG_CLIENT ? "client_user"
		 : p.permanent	     ? "permanent"
				     : "contractor");
	row_bool(r, "on_account", person_on_account(v, &p));
	row_text(r, "team", teams[world_roll(v->w, ROLL_TEAM, p.seat, p.org) % COUNT_OF(teams)]);
	if (p.seat != manager_seat(p.org)) {
		seat_key(p.org, manager_seat(p.org), key);
		row_text(r, "line_manager", key);
	}
	row_format(r, "site", "%s-SITE-1", demo_parties[p.org].code);
	row_date(r, "start_date", p.start);
	if (p.org != ORG_CLIENT)
		row_date(r, "engaged_on", p.start);
	/* Notice is given some weeks before. */
	if (p.leave <= v->asof + 21)
		row_date(r, "leave_date", p.leave);
	row_text(r, "state", p.left ? "left" : p.leave <= v->asof + 21 ? "leaving" : "engaged");
	return true;
}

const struct kind person_kind = {
	.reg = "person",
	.columns = {"key", "name", "worker_type", "on_account", "team", "line_manager", "site",
		    "start_date", "engaged_on", "leave_date", "state"},
	.count = per_person,
	.make = make_person,
};

static bool
make_role(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];

	if (!world_person_at(v, index, &p))
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-ROLE", key);
	row_text(r, "person", key);
	row_text(r, "role", p.role);
	/* Those who hold a key role have always done so. */
	if (!p.pinned)
		row_date(r, "valid_from", p.start);
	if (p.left)
		row_date(r, "valid_to", p.leave);
	row_text(r, "duties",
		 "[\"approve\",\"configure\",\"read\",\"report\",\"support\",\"write\"]");
	row_text(r, "state", p.left ? "ended" : "current");
	return true;
}

const struct kind role_kind = {
	.reg = "role_assignment",
	.columns = {"key", "person", "role", "valid_from", "valid_to", "duties", "state"},
	.count = per_person,
	.make = make_role,
};

/* Topics in which the role wants its holder trained; NULL when none. */
static const char *
role_topics(const char *role)
{
	static const struct {
		const char *role;
		const char *topics;
	} table[] = {
		{"facilities_management",	  "tamper"			  },
		{"guard_force",			"tamper"			},
		{"line_manager",		 "security_operating_policy"    },
		{"network_team",		 "privileged_user_syops;tamper" },
		{"security_architect",	       "security_operating_policy"	  },
		{"security_operations_manager", "security_operating_policy"	   },
		{"service_desk",		 "malware"			  },
		{"service_desk_manager",	 "malware"			  },
		{"service_manager",		    "security_operating_policy"    },
		{"site_security_advisor",	  "tamper"			  },
		{"support_team",		 "malware;privileged_user_syops"},
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (strcmp(table[i].role, role) == 0)
			return table[i].topics;
	}
	return NULL;
}

static int64_t
count_trainings(const struct scene *v)
{
	return world_people(v) * TRAININGS;
}

/* Held again every year; one who lapsed did not come the last time. */
static bool
make_refresher(const struct scene *v, const struct person *p, int which, struct row *r)
{
	int64_t done = world_last(v, p->id * TRAININGS + which, TRAINING_CYCLE, 11);

	if (world_flawed(v, TRAINING_LAPSED, p->id * TRAININGS + which))
		done = civil_add_months(done, -TRAINING_CYCLE);
	if (done < p->start)
		done = p->start;
	row_date(r, "completed_on", done);
	row_date(r, "valid_to", civil_add_months(done, TRAINING_CYCLE));
	return true;
}

static bool
make_training(const struct scene *v, int64_t index, struct row *r)
{
	static const char *const courses[TRAININGS] = {DOC_AWARENESS, DOC_ROLE_COURSE,
						       DOC_LAPTOP_COURSE, DOC_PRIVILEGED_COURSE};
	static const char *const suffixes[TRAININGS] = {"IND", "ROLE", "LAP", "PRIV"};
	int which = (int)(index % TRAININGS);
	const char *topics = NULL;
	struct person p;
	char key[DEMO_KEY_SIZE];

	if (!world_person_at(v, index / TRAININGS, &p) || p.org == ORG_CLIENT)
		return false;
	if (which == TRAINING_ROLE)
		topics = role_topics(p.role);
	else if (which == TRAINING_PRIVILEGED)
		topics = person_has_privileges(v, &p) ? "privileged_user_syops" : NULL;
	else if (p.org == ORG_INTEGRATOR)
		topics = which == TRAINING_INDUCTION ? "challenge;email;printed_output;removable_"
						       "media;security_operating_policy"
						     : "laptop";
	if (!topics || (which == TRAINING_LAPTOP && !seat_has_laptop(v, p.org, p.seat)))
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-%s", key, suffixes[which]);
	row_text(r, "person", key);
	row_text(r, "course", courses[which]);
	row_text(r, "kind", which == TRAINING_INDUCTION ? "awareness" : "specific");
	row_text(r, "topics", topics);
	row_text(r, "state", "completed");
	if (which != TRAINING_INDUCTION)
		return make_refresher(v, &p, which, r);
	row_date(r, "completed_on",
		 world_event_flawed(v, TRAINING_LATE, p.id, 0) ? p.start + 9 : p.start - 1);
	return true;
}

const struct kind training_kind = {
	.reg = "training_record",
	.columns = {"key", "person", "course", "kind", "topics", "state", "completed_on",
		    "valid_to"},
	.count = count_trainings,
	.make = make_training,
};

static int64_t
count_clearances(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : v->w->core[v->org] * DEMO_GENERATIONS;
}

/* The integrator has all its people vetted, members those who enter its rooms. */
static bool
make_clearance(const struct scene *v, int64_t index, struct row *r)
{
	struct person p;
	char key[DEMO_KEY_SIZE];
	int64_t granted;

	if (!world_person_at(v, index, &p) || (p.org != ORG_INTEGRATOR && !p.needs_sc))
		return false;
	granted = p.start - 15 - (int64_t)(world_roll(v->w, ROLL_CLEARANCE, p.id, 0) % 40);
	if (world_event_flawed(v, CLEARANCE_LATE, p.id, 0))
		granted = p.start + 6;
	if (granted > v->asof)
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-CLR", key);
	row_text(r, "person", key);
	row_text(r, "level", p.needs_sc ? "sc" : "baseline");
	row_date(r, "granted_on", granted);
	row_date(r, "expires_on",
		 world_event_flawed(v, CLEARANCE_RUN_OUT, p.id, 0) && v->asof - granted > 400
			 ? world_day(v->w->first + v->w->months - 2, 12)
			 : civil_add_months(granted, 120));
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "vetting_team"), key);
	row_text(r, "verified_by", key);
	row_date(r, "verified_on", granted + 2);
	row_text(r, "state", "granted");
	return true;
}

const struct kind clearance_kind = {
	.reg = "clearance",
	.columns = {"key", "person", "level", "granted_on", "expires_on", "verified_by",
		    "verified_on", "state"},
	.count = count_clearances,
	.make = make_clearance,
};

static int64_t
count_acknowledgements(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? world_people(v) * DOCS_ACKNOWLEDGED : 0;
}

static bool
make_acknowledgement(const struct scene *v, int64_t index, struct row *r)
{
	int which = (int)(index % DOCS_ACKNOWLEDGED);
	bool terms = which == DOCS_ACKNOWLEDGED - 1;
	struct person p;
	char key[DEMO_KEY_SIZE];
	int64_t given;

	if (!world_person_at(v, index / DOCS_ACKNOWLEDGED, &p))
		return false;
	given = documents_in_force(v->w, docs_acknowledged[which]) + 3;
	if (given < p.start + 1)
		given = terms ? p.start - 5 : p.start + 1;
	if (world_event_flawed(v, terms ? TERMS_MISSING : ACK_MISSING, p.id, which))
		given += 240;
	if (given > v->asof)
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-ACK-%s", key, docs_acknowledged[which]);
	row_text(r, "document", docs_acknowledged[which]);
	row_text(r, "person", key);
	row_text(r, "kind", terms ? "terms_signed" : "understood");
	row_at(r, "given_at", world_at(v->w, given, 11, 20));
	return true;
}

const struct kind acknowledgement_kind = {
	.reg = "acknowledgement",
	.columns = {"key", "document", "person", "kind", "given_at"},
	.count = count_acknowledgements,
	.make = make_acknowledgement,
};
