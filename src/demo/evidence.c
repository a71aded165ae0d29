#include "demo/assurance.h"

#include <string.h>

/* What is proven by word or file. Once a year for the whole of it, or month by month. */
static const struct proof_given {
	const char *obligation;
	bool yearly;
	bool members; /* owed by each member too */
	const char *statement;
} given[] = {
	{"5.2-a",	  true,	false,
	 "Spot checks of desks and mail show information handled by its class."		       },
	{"5.2-b",	  false, false, "Handling was checked on two floors."			     },
	{"6-a",	true,  false, "HR follows the control guidelines; list of controls attached."},
	{"6-b",	true,  false, "The guidelines for line managers cover all the areas listed." },
	{"6.4-a",	  false, false, "Skills plans reviewed with the team leads."		    },
	{"6.4-b",	  true,	false, "Every team has time set aside for learning."		    },
	{"6.6-e",	  true,	false, "Walk-round of the sites against the physical access policy."  },
	{"9.3.2-a", true,  true,	"Generator settings of each system, printed."		     },
	{"9.3.4-b", false, false, "The Service Manager confirms the state of password changes."  },
	{"9.4.1-c", true,  false, "Methods of conformance written down and reviewed."	    },
};
/* Members of the story, as in story.c. */
enum { OSPREYVALE = 5, KESTRELBY, NIMBUSFORTH };
enum { PERIODS = DEMO_MONTHS_MAX + 1, GIVEN_DAY = 3, ACCEPTED_DAYS = 3 };

static int64_t
count_evidence(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : (int64_t)COUNT_OF(given) * PERIODS;
}

/* The period's first day and last day; false when it has not begun. */
static bool
period_take(const struct scene *v, const struct proof_given *g, int64_t n, int64_t *from,
	    int64_t *to)
{
	int64_t abs = v->w->first + n;

	if (g->yearly)
		abs = (v->w->first / 12 + n) * 12;
	*from = civil_days((struct civil){(int)(abs / 12), (int)(abs % 12) + 1, 1});
	*to = civil_add_months(*from, g->yearly ? 12 : 1) - 1;
	return *from + GIVEN_DAY <= v->asof;
}

static bool
make_evidence(const struct scene *v, int64_t index, struct row *r)
{
	const struct proof_given *g = &given[index / PERIODS];
	bool member = v->org != ORG_INTEGRATOR;
	char key[DEMO_KEY_SIZE];
	int64_t from, to, accepted;

	if ((member && !g->members) || v->org == NIMBUSFORTH ||
	    !period_take(v, g, index % PERIODS, &from, &to))
		return false;
	accepted = world_day((int64_t)civil_from_days(from).year * 12 +
				     civil_from_days(from).month - 1,
			     GIVEN_DAY + 1 + ACCEPTED_DAYS);
	/* This one still waits for somebody to look at it. */
	if (v->org == OSPREYVALE || (strcmp(g->obligation, "9.3.4-b") == 0 && to >= v->asof))
		accepted = NEVER;
	row_format(r, "key", "%s-EVD-%s-%lld", demo_parties[v->org].code, g->obligation,
		   (long long)from);
	row_text(r, "obligation", g->obligation);
	row_date(r, "period_from", from);
	row_date(r, "period_to", to);
	row_text(r, "kind", "statement");
	row_text(r, "statement", g->statement);
	row_date(r, "effective_on", from + GIVEN_DAY);
	seat_key(v->org, world_role_seat(v->org, "service_manager"), key);
	row_text(r, "given_by", key);
	row_at(r, "given_at", world_at(v->w, from + GIVEN_DAY, 12, 0));
	if (accepted <= v->asof) {
		seat_key(ORG_INTEGRATOR,
			 world_role_seat(ORG_INTEGRATOR, "security_operations_manager"), key);
		row_text(r, "accepted_by", key);
		row_at(r, "accepted_at", world_at(v->w, accepted, 16, 0));
	}
	row_text(r, "state", accepted <= v->asof ? "accepted" : "submitted");
	return true;
}

const struct kind evidence_kind = {
	.reg = "evidence",
	.columns = {"key", "obligation", "period_from", "period_to", "kind", "statement",
		    "effective_on", "given_by", "given_at", "accepted_by", "accepted_at", "state"},
	.count = count_evidence,
	.make = make_evidence,
};

static int64_t
count_waivers(const struct scene *v)
{
	return v->org == KESTRELBY || v->org == NIMBUSFORTH ? 1 : 0;
}

/* One in force, and one that ran out three weeks ago. */
static bool
make_waiver(const struct scene *v, int64_t index, struct row *r)
{
	bool valid = v->org == KESTRELBY;
	int64_t last = v->w->first + v->w->months - 1;
	int64_t from = world_day(last - (valid ? 4 : 8), 3);
	int64_t to = valid ? world_day(last + 2, 20) : zone_date(v->w->zone, v->w->now_ms) - 21;
	char key[DEMO_KEY_SIZE];

	if (from > v->asof)
		return false;
	row_format(r, "key", "%s-WAIVER-%lld", demo_parties[v->org].code, (long long)index + 1);
	row_text(r, "obligation", valid ? "9.4.2-c" : "9.3.3-c");
	row_text(r, "kind", "waived");
	seat_key(v->org, 0, key);
	row_text(r, "requested_by", key);
	seat_key(ORG_CLIENT, world_role_seat(ORG_CLIENT, "siro"), key);
	row_text(r, "decided_by", key);
	row_text(r, "decided_role", "siro");
	row_text(r, "reason",
		 valid ? "The firewalls are replaced next quarter; the review follows then."
		       : "The vault is being moved; secrets stay in a sealed safe until it is "
			 "done.");
	row_date(r, "valid_from", from);
	row_date(r, "valid_to", to);
	row_text(r, "state", "granted");
	return true;
}

const struct kind waiver_kind = {
	.reg = "waiver",
	.columns = {"key", "obligation", "kind", "requested_by", "decided_by", "decided_role",
		    "reason", "valid_from", "valid_to", "state"},
	.count = count_waivers,
	.make = make_waiver,
};
