#include "demo/assurance.h"

#include "demo/accounts.h"
#include "demo/assets.h"
#include "demo/documents.h"
#include "demo/sites.h"

#include <stdio.h>
#include <string.h>

enum {
	ASSESS_CYCLE = 11,
	PASSWORD_CYCLE = 3,
	FIREWALL_CYCLE = 5,
	HANDLING_CYCLE = 2,
	VALIDATE_CYCLE = 11
};
/* Members of the story, as in story.c. */
enum { MARROWDALE = 4, NIMBUSFORTH = 7 };

static const char *
role_holder(int org, const char *role, char key[DEMO_KEY_SIZE])
{
	seat_key(org, world_role_seat(org, role), key);
	return key;
}

static int64_t
only_integrator(const struct scene *v, int64_t count)
{
	return v->org == ORG_INTEGRATOR ? count : 0;
}

static const struct {
	const char *key;
	const char *source;
	const char *subject;
	const char *statement;
} requirements[] = {
	{"REQ-NET", "SMP-03",     "connection", "Traffic between networks is filtered and recorded."	},
	{"REQ-PHY", DOC_PHYSICAL, "site",	  "Access to the site follows the physical access policy."},
	{"REQ-PWC", DOC_ACCESS,	"system",	  "Passwords meet the client's rules."		      },
	{"REQ-PWI", DOC_PASSWORD, "system",	    "Passwords meet the integrator's rules."		    },
};

static int64_t
count_requirements(const struct scene *v)
{
	return only_integrator(v, COUNT_OF(requirements));
}

static bool
make_requirement(const struct scene *v, int64_t index, struct row *r)
{
	(void)v;
	row_text(r, "key", requirements[index].key);
	row_text(r, "source", requirements[index].source);
	row_text(r, "statement", requirements[index].statement);
	row_text(r, "kind", "policy");
	row_text(r, "subject_kind", requirements[index].subject);
	row_text(r, "applicability", "applicable");
	row_text(r, "state", "agreed");
	return true;
}

const struct kind requirement_kind = {
	.reg = "requirement",
	.columns = {"key", "source", "statement", "kind", "subject_kind", "applicability", "state"},
	.count = count_requirements,
	.make = make_requirement,
};

enum {
	SYSTEM_ASSESSMENTS = SYSTEMS * 2,
	CONNECTION_ASSESSMENTS = SYSTEM_ASSESSMENTS + CONNECTIONS * 2,
	ASSESSMENTS = CONNECTION_ASSESSMENTS + INTEGRATOR_SITES,
	VENDOR_LINE = 4,
};

static int64_t
count_assessments(const struct scene *v)
{
	return v->org == ORG_CLIENT	  ? 0
	       : v->org == ORG_INTEGRATOR ? ASSESSMENTS
					  : SYSTEM_ASSESSMENTS;
}

/* What it is about; false when that is not assessed. */
static bool
put_subject(const struct scene *v, int64_t index, bool *ret_partial, struct row *r)
{
	const char *code = demo_parties[v->org].code;

	*ret_partial = false;
	if (index < SYSTEM_ASSESSMENTS) {
		row_text(r, "requirement", index % 2 ? "REQ-PWC" : "REQ-PWI");
		row_text(r, "control_family", "password");
		row_format(r, "subject", "system:%s-SYS-%lld", code, (long long)(index / 2));
		*ret_partial = world_flawed(v, SYSTEM_ASSESSED, index * DEMO_ORGS + v->org);
	} else if (index < CONNECTION_ASSESSMENTS) {
		int64_t line = (index - SYSTEM_ASSESSMENTS) / 2;
		bool firewall = index % 2 == 1;

		if (firewall && !connection_external(line))
			return false;
		if (!firewall)
			row_text(r, "requirement", "REQ-NET");
		row_text(r, "control_family", firewall ? "firewall" : "other");
		row_format(r, "subject", "connection:%s", connection_key(line));
		*ret_partial = line == VENDOR_LINE;
	} else {
		row_text(r, "requirement", "REQ-PHY");
		row_text(r, "control_family", "physical");
		row_format(r, "subject", "site:%s-SITE-%lld", code,
			   (long long)(index - CONNECTION_ASSESSMENTS + 1));
	}
	return true;
}

static bool
make_assessment(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day = world_last(v, index * DEMO_ORGS + v->org, ASSESS_CYCLE, 12);
	char key[DEMO_KEY_SIZE];
	bool partial;

	/* The secure store was forgotten. */
	if (index == ASSESSMENTS - 1)
		day = world_day(v->w->first - 3, 12);
	if (!put_subject(v, index, &partial, r))
		return false;
	row_format(r, "key", "%s-ASM-%lld-%lld", demo_parties[v->org].code, (long long)index,
		   (long long)day);
	row_text(r, "result", partial ? "partial" : "pass");
	row_date(r, "assessed_on", day);
	row_text(r, "assessor", role_holder(ORG_INTEGRATOR, "security_architect", key));
	row_text(r, "state", "confirmed");
	return true;
}

const struct kind assessment_kind = {
	.reg = "assessment",
	.columns = {"key", "requirement", "control_family", "subject", "result", "assessed_on",
		    "assessor", "state"},
	.count = count_assessments,
	.make = make_assessment,
};

enum { APPROVALS_OF_LINES = 3, APPROVALS = BUILDS + RULES_EXTERNAL + APPROVALS_OF_LINES };

static int64_t
count_approvals(const struct scene *v)
{
	return only_integrator(v, APPROVALS);
}

static bool
make_approval(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day = world_day(v->w->first - 6, 9);
	const char *role = "accreditor";
	char key[DEMO_KEY_SIZE];
	int org = ORG_CLIENT;

	row_format(r, "key", "APR-%lld", (long long)index);
	if (index < BUILDS) {
		row_text(r, "kind", "integrator_build");
		row_format(r, "subject", "document:%s", docs_builds[index]);
		role = "security_architect";
		org = ORG_INTEGRATOR;
	} else if (index < BUILDS + RULES_EXTERNAL) {
		int64_t rule = index - BUILDS;

		/* Nobody asked ISAG about the second rule of the vendor's line. */
		if (rule == RULES_EXTERNAL - 1)
			return false;
		row_text(r, "kind", "isag_rule");
		row_format(r, "subject", "firewall_rule:HM-RULE-%lld", (long long)(2 + rule));
		role = "isag";
	} else {
		int64_t line = 2 + (index - BUILDS - RULES_EXTERNAL);

		if (line == VENDOR_LINE)
			return false;
		row_text(r, "kind", "accreditor");
		row_format(r, "subject", "connection:%s", connection_key(line));
	}
	row_text(r, "decided_by", role_holder(org, role, key));
	row_text(r, "decided_role", role);
	row_text(r, "decision", "granted");
	row_at(r, "decided_at", world_at(v->w, day, 14, 0));
	row_date(r, "valid_from", day);
	row_text(r, "state", "granted");
	return true;
}

const struct kind approval_kind = {
	.reg = "approval",
	.columns = {"key", "kind", "subject", "decided_by", "decided_role", "decision",
		    "decided_at", "valid_from", "state"},
	.count = count_approvals,
	.make = make_approval,
};

enum { REVIEW_OF_PASSWORDS, REVIEW_OF_FIREWALL, REVIEW_OF_HANDLING, REVIEWS };

static int64_t
count_reviews(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : REVIEWS;
}

static void
put_review_lines(const struct scene *v, int64_t which, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	row_list(r, "lines");
	if (which == REVIEW_OF_FIREWALL) {
		firewall_key(v->org, key);
		row_item(r, "{\"subject\":\"asset:%s\",\"decision\":\"keep\"}", key);
	} else if (which == REVIEW_OF_HANDLING) {
		row_item(r, "{\"decision\":\"pass\",\"note\":\"Desks clear, bins locked\"}");
	} else {
		for (int i = 0; i < SYSTEMS; i++)
			row_item(r, "{\"subject\":\"system:%s-SYS-%d\",\"decision\":\"pass\"}",
				 demo_parties[v->org].code, i);
	}
	row_list_end(r);
}

static bool
make_review(const struct scene *v, int64_t index, struct row *r)
{
	static const struct {
		const char *kind;
		enum flaw flaw;
		int cycle;
	} table[REVIEWS] = {
		{"password", REVIEW_PASSWORD, PASSWORD_CYCLE},
		{"firewall", REVIEW_FIREWALL, FIREWALL_CYCLE},
		{"handling", REVIEW_HANDLING, HANDLING_CYCLE}
	     };
	int64_t day = world_last(v, index * DEMO_ORGS + v->org, table[index].cycle, 10);
	char key[DEMO_KEY_SIZE];

	if (world_neglects(v, table[index].flaw) ||
	    (index == REVIEW_OF_HANDLING && v->org != ORG_INTEGRATOR))
		return false;
	row_format(r, "key", "%s-REV-%s-%lld", demo_parties[v->org].code, table[index].kind,
		   (long long)day);
	row_text(r, "kind", table[index].kind);
	row_date(r, "planned_on", day);
	row_date(r, "completed_on", day);
	row_text(r, "reviewer", role_holder(v->org, "service_manager", key));
	put_review_lines(v, index, r);
	row_text(r, "state", "completed");
	return true;
}

const struct kind review_kind = {
	.reg = "review",
	.columns = {"key", "kind", "planned_on", "completed_on", "reviewer", "lines", "state"},
	.count = count_reviews,
	.make = make_review,
};

int64_t
validation_day(const struct scene *v, int member)
{
	return world_last(v, member, VALIDATE_CYCLE, 9);
}

bool
validation_key(const struct scene *v, int member, char out[DEMO_KEY_SIZE])
{
	(void)snprintf(out, DEMO_KEY_SIZE, "VALIDATION-%s-%lld", demo_parties[member].code,
		       (long long)validation_day(v, member));
	return member == MARROWDALE || member == NIMBUSFORTH;
}

static int64_t
count_validations(const struct scene *v)
{
	return only_integrator(v, DEMO_ORGS - ORG_MEMBER);
}

static bool
make_validation(const struct scene *v, int64_t index, struct row *r)
{
	int member = ORG_MEMBER + (int)index;
	char key[DEMO_KEY_SIZE];
	bool failed = validation_key(v, member, key);

	row_text(r, "key", key);
	row_text(r, "kind", "training_validation");
	row_format(r, "subject", "organisation:%s", demo_parties[member].key);
	row_date(r, "planned_on", validation_day(v, member));
	row_date(r, "completed_on", validation_day(v, member));
	row_text(r, "reviewer", role_holder(ORG_INTEGRATOR, "security_operations_manager", key));
	row_text(r, "outcome", failed ? "failed" : "passed");
	row_text(r, "state", "completed");
	return true;
}

const struct kind validation_kind = {
	.reg = "review",
	.columns = {"key", "kind", "subject", "planned_on", "completed_on", "reviewer", "outcome",
		    "state"},
	.count = count_validations,
	.make = make_validation,
};

enum { AUDIT_MONTHS = 3, AUDITS_OF_A_CYCLE = 5 };

static int64_t
count_audits(const struct scene *v)
{
	return only_integrator(v, v->w->months / AUDIT_MONTHS + 1);
}

static bool
make_audit(const struct scene *v, int64_t index, struct row *r)
{
	int64_t planned = world_day(v->w->first - 1 + index * AUDIT_MONTHS, 17);
	/* Now and then one comes late. */
	int64_t held = planned + (index % AUDITS_OF_A_CYCLE == AUDITS_OF_A_CYCLE - 1 ? 50 : 0);
	char key[DEMO_KEY_SIZE];

	if (planned - 30 > v->asof)
		return false;
	row_format(r, "key", "AUDIT-ACC-%lld", (long long)planned);
	row_text(r, "kind", "account");
	row_date(r, "planned_on", planned);
	if (held <= v->asof)
		row_date(r, "held_on", held);
	row_text(r, "lead", role_holder(ORG_INTEGRATOR, "quality_manager", key));
	row_text(r, "state", held <= v->asof ? "reported" : "planned");
	return true;
}

const struct kind audit_kind = {
	.reg = "audit",
	.columns = {"key", "kind", "planned_on", "held_on", "lead", "state"},
	.count = count_audits,
	.make = make_audit,
};

enum { REPORTS = 2, REPORT_DUE_DAYS = 8 };

static int64_t
count_reports(const struct scene *v)
{
	return only_integrator(v, (int64_t)v->w->months * REPORTS);
}

/* Each month the report of the month before, and beside it the one on maintenance passwords. */
static bool
make_report(const struct scene *v, int64_t index, struct row *r)
{
	int64_t abs = v->w->first - 1 + index / REPORTS;
	int64_t from = civil_days((struct civil){(int)(abs / 12), (int)(abs % 12) + 1, 1});
	int64_t next = civil_add_months(from, 1);
	bool maintenance = index % REPORTS == 1;

	if (next + 4 > v->asof || (maintenance && world_event_flawed(v, REPORT_MISSING, abs, 0)))
		return false;
	row_format(r, "key", "%s-%lld-%02lld", maintenance ? "REP-MNT" : "REP-GOV",
		   (long long)(abs / 12), (long long)(abs % 12 + 1));
	row_text(r, "kind", maintenance ? "maintenance_accounts" : "monthly_governance");
	row_date(r, "period_from", from);
	row_date(r, "period_to", next - 1);
	row_date(r, "due_on", next + REPORT_DUE_DAYS);
	row_at(r, "delivered_at", world_at(v->w, next + 4, 15, 0));
	row_text(r, "state", "delivered");
	return true;
}

const struct kind report_kind = {
	.reg = "report",
	.columns = {"key", "kind", "period_from", "period_to", "due_on", "delivered_at", "state"},
	.count = count_reports,
	.make = make_report,
};
