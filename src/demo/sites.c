#include "demo/sites.h"

#include "demo/accounts.h"
#include "demo/assets.h"
#include "demo/people.h"

#include <string.h>

enum { ROLL_VISIT = 1600, ROLL_SESSION, ROLL_SUPPORT };

static const struct {
	const char *name;
	const char *kind;
} integrator_sites[INTEGRATOR_SITES] = {
	{"Harrowmere House",	     "corporate"	},
	{"Data centre Fennick",	"data_centre" },
	{"Data centre Oakhollow",	  "data_centre" },
	{"Secure store Wharf Lane", "secure_store"},
};

static int64_t
count_sites(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? INTEGRATOR_SITES : 1;
}

static bool
make_site(const struct scene *v, int64_t index, struct row *r)
{
	const struct party *p = &demo_parties[v->org];
	const char *kind = v->org == ORG_CLIENT ? "client_premises" : "member";

	row_format(r, "key", "%s-SITE-%lld", p->code, (long long)index + 1);
	if (v->org == ORG_INTEGRATOR) {
		row_text(r, "name", integrator_sites[index].name);
		kind = integrator_sites[index].kind;
	} else {
		row_format(r, "name", "Main site of %s", p->name);
	}
	row_text(r, "kind", kind);
	row_text(r, "access_managed_by", p->key);
	row_text(r, "country", "GB");
	row_bool(r, "processes_client_data", true);
	row_list(r, "areas");
	row_item(r, "{\"name\":\"Offices\",\"kind\":\"general\",\"clearance\":\"none\"}");
	if (strcmp(kind, "data_centre") == 0)
		row_item(r, "{\"name\":\"Computer room "
			    "1\",\"kind\":\"computer_room\",\"clearance\":\"sc\","
			    "\"holds_client_equipment\":true}");
	row_list_end(r);
	row_text(r, "state", "open");
	return true;
}

const struct kind site_kind = {
	.reg = "site",
	.columns = {"key", "name", "kind", "access_managed_by", "country", "processes_client_data",
		    "areas", "state"},
	.count = count_sites,
	.make = make_site,
};

static const struct {
	const char *key;
	const char *name;
	const char *kind;
	const char *purpose;
	const char *justification;
} lines[CONNECTIONS] = {
	{"CON-DC",	   "Fennick to Oakhollow",			   "inter_site",	 "replication",	""},
	{"CON-HQ",	   "Harrowmere House to Fennick",		  "inter_site",	"service management", ""},
	{"CON-REMOTE",  "Remote access of the integrator's staff", "remote_access",	   "remote access",
	 ""												    },
	{"CON-LANTERN", "Line to Lantern Counters",		    "external",		"counter traffic",
	 "The service itself runs over it."								    },
	{"CON-VENDOR",  "Line of a vendor of appliances",		 "external",	     "vendor telemetry",	 ""},
	{"CON-DIAG",    "Diagnostic port of the core switch",	   "diagnostic_point", "fault finding",
	 "The switch cannot be diagnosed otherwise."							   },
};

const char *
connection_key(int64_t index)
{
	return lines[index].key;
}

bool
connection_external(int64_t index)
{
	return index >= 2 && index <= 4;
}

static int64_t
count_connections(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? CONNECTIONS : 0;
}

static bool
make_connection(const struct scene *v, int64_t index, struct row *r)
{
	(void)v;
	row_text(r, "key", lines[index].key);
	row_text(r, "name", lines[index].name);
	row_text(r, "kind", lines[index].kind);
	row_text(r, "from_end", "site:HM-SITE-2");
	row_text(r, "to_end", index == 3 ? "organisation:lantern" : "site:HM-SITE-3");
	row_text(r, "purpose", lines[index].purpose);
	row_text(r, "justification", lines[index].justification);
	row_bool(r, "encrypted", true);
	row_text(r, "protocol", "ipsec_vpn");
	row_bool(r, "additional", index == 3);
	row_text(r, "state", "live");
	return true;
}

const struct kind connection_kind = {
	.reg = "connection",
	.columns = {"key", "name", "kind", "from_end", "to_end", "purpose", "justification",
		    "encrypted", "protocol", "additional", "state"},
	.count = count_connections,
	.make = make_connection,
};

enum { RULES = 2 };

static int64_t
count_rules(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : v->org == ORG_INTEGRATOR ? RULES + RULES_EXTERNAL : RULES;
}

static bool
make_rule(const struct scene *v, int64_t index, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	firewall_key(v->org, key);
	row_format(r, "key", "%s-RULE-%lld", demo_parties[v->org].code, (long long)index);
	row_text(r, "firewall", key);
	if (index >= RULES)
		row_text(r, "connection", lines[2 + (index - RULES) % 3].key);
	row_text(r, "source", "counter network");
	row_format(r, "destination", "segment %lld", (long long)index + 1);
	row_text(r, "service", index % 2 ? "tcp/443" : "udp/500");
	row_text(r, "effect", "allow");
	row_text(r, "reason", "Traffic of the service");
	row_bool(r, "observed", true);
	row_text(r, "state", "active");
	return true;
}

const struct kind firewall_rule_kind = {
	.reg = "firewall_rule",
	.columns = {"key", "firewall", "connection", "source", "destination", "service", "effect",
		    "reason", "observed", "state"},
	.count = count_rules,
	.make = make_rule,
};

enum { VISITS = 8, SESSIONS = 14, SUPPORTED = 6 };

static int64_t
count_visits(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? (int64_t)v->w->months * VISITS : 0;
}

/* Day of the visit, session or ticket `index` of `n` a month; false when it is yet to come. */
static bool
event_day(const struct scene *v, int what, int64_t index, int n, int64_t *ret_day)
{
	uint64_t roll = world_roll(v->w, what, index, v->w->first);

	*ret_day = world_day(v->w->first + index / n, 1 + (int)(roll % 24));
	return *ret_day <= v->asof;
}

/* Somebody of a member. */
static void
visitor_key(int64_t index, char out[DEMO_KEY_SIZE])
{
	seat_key(ORG_MEMBER + (int)(index / 2 % (DEMO_ORGS - ORG_MEMBER)), 1, out);
}

/* Odd ones are visitors, who come with a change and an escort; the others hold a pass. */
static bool
make_visit_change(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day;
	char key[DEMO_KEY_SIZE];

	if (index % 2 == 0 || !event_day(v, ROLL_VISIT, index, VISITS, &day))
		return false;
	row_format(r, "key", "CHG-VISIT-%lld", (long long)(v->w->first * VISITS + index));
	row_text(r, "kind", "area_entry");
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "facilities_management"), key);
	row_text(r, "requester", key);
	visitor_key(index, key);
	row_text(r, "people", key);
	row_text(r, "site", "HM-SITE-2");
	row_at(r, "window_from", world_at(v->w, day, 8, 0));
	row_at(r, "window_to", world_at(v->w, day, 18, 0));
	row_text(r, "state",
		 world_event_flawed(v, VISIT_CHANGE, index, day) ? "submitted" : "closed");
	return true;
}

const struct kind visit_change_kind = {
	.reg = "change",
	.columns = {"key", "kind", "requester", "people", "site", "window_from", "window_to",
		    "state"},
	.count = count_visits,
	.make = make_visit_change,
};

static bool
make_visit(const struct scene *v, int64_t index, struct row *r)
{
	bool visitor = index % 2 == 1;
	int64_t day, entered, left;
	char key[DEMO_KEY_SIZE];

	if (!event_day(v, ROLL_VISIT, index, VISITS, &day))
		return false;
	entered = world_at(v->w, day, 10, 15);
	left = world_at(v->w, day, 12, 40);
	row_format(r, "key", "VISIT-%lld", (long long)(v->w->first * VISITS + index));
	if (visitor)
		visitor_key(index, key);
	else
		seat_key(ORG_INTEGRATOR,
			 world_role_seat(ORG_INTEGRATOR,
					 index % 4 ? "network_team" : "support_team"),
			 key);
	row_text(r, "person", key);
	row_text(r, "site", "HM-SITE-2");
	row_text(r, "area", "Computer room 1");
	if (visitor)
		row_format(r, "change", "CHG-VISIT-%lld",
			   (long long)(v->w->first * VISITS + index));
	row_at(r, "entered_at", entered);
	row_at(r, "left_at", left);
	if (visitor && !world_event_flawed(v, VISIT_ESCORT, index, day)) {
		seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "facilities_management"),
			 key);
		row_text(r, "escort", key);
		row_at(r, "escort_from", entered);
		row_at(r, "escort_to", left);
	}
	row_text(r, "state", "left");
	return true;
}

const struct kind visit_kind = {
	.reg = "visit",
	.columns = {"key", "person", "site", "area", "change", "entered_at", "left_at", "escort",
		    "escort_from", "escort_to", "state"},
	.count = count_visits,
	.make = make_visit,
};

static int64_t
count_sessions(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : (int64_t)v->w->months * SESSIONS;
}

/* One maintenance session a month everywhere; the integrator's people also work from afar. */
static const char *
session_sort(const struct scene *v, int64_t index)
{
	if (index % SESSIONS == 0)
		return "maintenance";
	if (v->org != ORG_INTEGRATOR)
		return index % SESSIONS < 3 ? "privileged" : NULL;
	return index % SESSIONS < 5 ? "remote_support" : "remote_access";
}

static bool
make_session_change(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day;
	char key[DEMO_KEY_SIZE];

	if (v->org == ORG_CLIENT || !event_day(v, ROLL_SESSION, index * SESSIONS, SESSIONS, &day))
		return false;
	row_format(r, "key", "%s-CHG-MNT-%lld", demo_parties[v->org].code,
		   (long long)(v->w->first + index));
	row_text(r, "kind", "maintenance");
	seat_key(v->org, world_role_seat(v->org, "service_manager"), key);
	row_text(r, "requester", key);
	row_at(r, "window_from", world_at(v->w, day, 19, 0));
	row_at(r, "window_to", world_at(v->w, day, 23, 0));
	row_text(r, "state", "closed");
	return true;
}

static int64_t
count_months(const struct scene *v)
{
	return v->w->months;
}

const struct kind session_change_kind = {
	.reg = "change",
	.columns = {"key", "kind", "requester", "window_from", "window_to", "state"},
	.count = count_months,
	.make = make_session_change,
};

/* The account that the session uses: of the kind that suits, among the first seats. */
static bool
session_account(const struct scene *v, int64_t index, const char *sort, struct account *a)
{
	uint64_t roll = world_roll(v->w, ROLL_SESSION, index, v->org);
	const char *kind = strcmp(sort, "remote_support") == 0 ? "user" : sort;

	if (strcmp(sort, "maintenance") == 0)
		return account_at(v, (int64_t)(roll % SYSTEMS) * SYSTEM_ACCOUNTS, a);
	for (int64_t n = 0; n < v->w->core[v->org] * ACCOUNT_SLOTS; n++) {
		int64_t at = (int64_t)(roll % 997) + n;

		at %= v->w->core[v->org] * ACCOUNT_SLOTS;
		if (account_at(v,
			       account_index(v, at / ACCOUNT_SLOTS, 0, (int)(at % ACCOUNT_SLOTS)),
			       a) &&
		    strcmp(a->kind, kind) == 0 && a->disabled == NEVER)
			return true;
	}
	return false;
}

static bool
make_session(const struct scene *v, int64_t index, struct row *r)
{
	const char *sort = session_sort(v, index);
	struct account a;
	int64_t day;
	bool remote;

	/* Older ones were delivered when they were new. */
	if (!sort || index / SESSIONS < v->month - 1 ||
	    !event_day(v, ROLL_SESSION, index, SESSIONS, &day) ||
	    !session_account(v, index, sort, &a))
		return false;
	remote = strncmp(sort, "remote", 6) == 0;
	row_format(r, "key", "%s-SES-%lld", demo_parties[v->org].code,
		   (long long)(v->w->first * SESSIONS + index));
	row_text(r, "kind", sort);
	row_text(r, "account", a.key);
	row_at(r, "started_at", world_at(v->w, day, 20, 5));
	row_at(r, "ended_at", world_at(v->w, day, 21, 50));
	row_bool(r, "second_factor", true);
	row_text(r, "protocol", remote ? "ipsec_vpn" : "other");
	if (strcmp(sort, "maintenance") == 0 && !world_event_flawed(v, SESSION_CHANGE, index, day))
		row_format(r, "change", "%s-CHG-MNT-%lld", demo_parties[v->org].code,
			   (long long)(v->w->first + index / SESSIONS));
	if (strcmp(sort, "remote_support") == 0) {
		row_text(r, "tool",
			 world_event_flawed(v, SESSION_TICKET, index, day) ? "SW-PEEK"
									   : "SW-HELPINGHAND");
		row_format(r, "ticket", "TKT-SUP-%lld",
			   (long long)((v->w->first + index / SESSIONS) * SUPPORTED));
	}
	row_text(r, "state", "closed");
	return true;
}

const struct kind session_kind = {
	.reg = "access_session",
	.columns = {"key", "kind", "account", "started_at", "ended_at", "second_factor", "protocol",
		    "tool", "ticket", "change", "state"},
	.count = count_sessions,
	.make = make_session,
};

static int64_t
count_support(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? (int64_t)v->w->months * SUPPORTED : 0;
}

static bool
make_support_ticket(const struct scene *v, int64_t index, struct row *r)
{
	static const char *const kinds[] = {"assistance", "hardware_fault", "software_fault",
					    "security",	  "other_fault",    "problem"};
	char key[DEMO_KEY_SIZE];
	int64_t day;

	if (!event_day(v, ROLL_SUPPORT, index, SUPPORTED, &day) && index % SUPPORTED != 0)
		return false;
	if (day > v->asof)
		day = v->asof;
	row_format(r, "key", "TKT-SUP-%lld", (long long)(v->w->first * SUPPORTED + index));
	row_text(r, "kind", kinds[index % SUPPORTED]);
	row_text(r, "priority", index % 5 == 0 ? "p2" : "p3");
	seat_key(ORG_INTEGRATOR, manager_seat(ORG_INTEGRATOR), key);
	row_text(r, "requester", key);
	row_at(r, "reported_at", world_at(v->w, day, 9, 50));
	row_at(r, "first_response_at", world_at(v->w, day, 10, 35));
	row_text(r, "state", "closed");
	return true;
}

const struct kind support_ticket_kind = {
	.reg = "ticket",
	.columns = {"key", "kind", "priority", "requester", "reported_at", "first_response_at",
		    "state"},
	.count = count_support,
	.make = make_support_ticket,
};
