#include "demo/assets.h"

#include "demo/accounts.h"
#include "demo/documents.h"
#include "demo/people.h"

#include <stdio.h>
#include <string.h>

enum { ROLL_CLASS = 1400, ROLL_REPLACED, ROLL_SEEN, ROLL_SYSTEM, ROLL_STATE };

/* What each system stands on: its information, and the devices that process it. */
static const struct fixture {
	const char *suffix;
	const char *kind;
	bool first_system_only;
} fixtures[] = {
	{"INF",	"information",    false},
	       {"REPO", "repository",     true },
	{"SRV1", "server",	   false},
	       {"SRV2", "server",	  false},
	{"SRV3", "server",	   false},
	       {"NET",  "network_device", false},
	{"FW",   "firewall",	   true },
	       {"STO",  "storage",	  true },
};
enum {
	FIXTURES = COUNT_OF(fixtures),
	DESKS = 2,	      /* devices of one seat; a core seat has one */
	REPLACEMENTS = 2,     /* a device and the one that replaced it */
	REPLACED_WITHIN = 50, /* months */
	IMPACT_CYCLE = 11,
	VERIFY_CYCLE = 6,
	VACANT_CORE = 20, /* of a hundred seats that have no device */
};

static const char *const system_names[SYSTEMS] = {"Counter service", "Order handling",
						  "Shared infrastructure", "Service tooling"};

static int64_t
count_systems(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : SYSTEMS;
}

static bool
make_system(const struct scene *v, int64_t index, struct row *r)
{
	const struct party *p = &demo_parties[v->org];

	row_format(r, "key", "%s-SYS-%lld", p->code, (long long)index);
	row_format(r, "name", "%s of %s", system_names[index], p->name);
	row_text(r, "kind", index == 2 ? "infrastructure" : "application");
	row_text(r, "environment", "production");
	row_text(r, "provider", p->key);
	row_text(r, "in_scope", "in");
	/* One tool of the integrator serves its other customers as well. */
	row_bool(r, "part_of_service", v->org != ORG_INTEGRATOR || index != SYSTEMS - 1);
	row_bool(r, "critical", index < 2);
	row_bool(r, "holds_client_data", true);
	row_int(r, "impact_level", 2 + index % 3);
	row_text(r, "lifecycle_stage", "live");
	row_date(r, "go_live", world_day(v->w->first - 20, 12));
	return true;
}

const struct kind system_kind = {
	.reg = "system",
	.columns = {"key", "name", "kind", "environment", "provider", "in_scope", "part_of_service",
		    "critical", "holds_client_data", "impact_level", "lifecycle_stage", "go_live"},
	.count = count_systems,
	.make = make_system,
};

/* One asset, worked out. */
struct thing {
	char key[DEMO_KEY_SIZE];
	int64_t id;
	const char *kind;
	int64_t system;
	int64_t seat;	  /* whose it is; 0 for what belongs to a system */
	int64_t disposed; /* day, or NEVER */
	bool device;
};

void
firewall_key(int org, char out[DEMO_KEY_SIZE])
{
	(void)snprintf(out, DEMO_KEY_SIZE, "%s-SYS-0-FW", demo_parties[org].code);
}

static bool
fixture_take(const struct scene *v, int64_t index, struct thing *t)
{
	const struct fixture *f = &fixtures[index % FIXTURES];

	t->system = index / FIXTURES;
	if (f->first_system_only && t->system > 0)
		return false;
	(void)snprintf(t->key, sizeof(t->key), "%s-SYS-%lld-%s", demo_parties[v->org].code,
		       (long long)t->system, f->suffix);
	t->kind = f->kind;
	t->id = -1 - (index * DEMO_ORGS + v->org);
	t->device = index % FIXTURES > 1;
	return true;
}

static bool
desk_take(const struct scene *v, int64_t index, struct thing *t)
{
	int64_t which = index / REPLACEMENTS % DESKS;
	bool second = index % REPLACEMENTS == 1;
	bool bulk;
	int64_t desk;
	uint64_t roll;

	t->seat = index / REPLACEMENTS / DESKS;
	bulk = t->seat >= v->w->core[v->org];
	desk = (t->seat * DESKS + which) * DEMO_ORGS + v->org;
	roll = world_roll(v->w, ROLL_REPLACED, desk, 0);
	if (!bulk && (which > 0 || (t->seat > 8 && roll / REPLACED_WITHIN % 100 < VACANT_CORE)))
		return false;
	t->disposed = world_day(v->w->first + (int64_t)(roll % REPLACED_WITHIN), 6);
	if (bulk)
		t->disposed = NEVER;
	if (second && t->disposed > v->asof)
		return false;
	if (second)
		t->disposed = NEVER;
	t->kind = which == 0 && seat_has_laptop(v, v->org, t->seat) ? "laptop" : "workstation";
	(void)snprintf(t->key, sizeof(t->key), "%s-%c%05lld%s", demo_parties[v->org].code,
		       t->kind[0] == 'l' ? 'L' : 'W', (long long)(t->seat * DESKS + which),
		       second ? "B" : "");
	t->id = desk * REPLACEMENTS + second;
	t->system = (int64_t)(world_roll(v->w, ROLL_SYSTEM, desk, 0) % SYSTEMS);
	t->device = true;
	return true;
}

static bool
thing_at(const struct scene *v, int64_t index, struct thing *t)
{
	*t = (struct thing){.disposed = NEVER};
	return index < FIXTURES * SYSTEMS ? fixture_take(v, index, t)
					  : desk_take(v, index - FIXTURES * SYSTEMS, t);
}

static int64_t
count_things(const struct scene *v)
{
	if (v->org == ORG_CLIENT)
		return 0;
	return FIXTURES * SYSTEMS + world_seats(v, v->org) * DESKS * REPLACEMENTS;
}

static void
put_owner(const struct scene *v, const struct thing *t, struct row *r)
{
	char key[DEMO_KEY_SIZE];
	struct person p;

	if (world_flawed(v, ASSET_OWNER, t->id)) {
		/* Nobody, or still the one who sat there before. */
		if (t->seat == 0 || !world_person(v, v->org, t->seat, 0, &p) || !p.left)
			return;
	} else if (t->seat == 0 || !world_occupant(v, v->org, t->seat, &p)) {
		seat_key(v->org, manager_seat(v->org), key);
		row_text(r, "owner", key);
		return;
	}
	person_key(&p, key);
	row_text(r, "owner", key);
}

static void
put_classes(const struct scene *v, const struct thing *t, struct row *r)
{
	static const char *const classes[] = {"public", "internal", "confidential",
					      "strictly_confidential"};
	uint64_t roll = world_roll(v->w, ROLL_CLASS, t->id, 0);
	size_t class = roll % 100 < 4 ? 0 : roll % 100 < 62 ? 1 : roll % 100 < 94 ? 2 : 3;
	bool low = class > 0 && world_flawed(v, ASSET_BASELINE, t->id);
	int64_t assessed = world_last(v, t->id, IMPACT_CYCLE, 9);

	if (!world_flawed(v, ASSET_CLASS, t->id))
		row_text(r, "classification", classes[class]);
	if (class < 2 || !world_flawed(v, ASSET_RATING, t->id))
		row_int(r, "impact_level", (int64_t) class + 1);
	row_text(r, "business_impact",
		 roll / 100 % 10 < 6   ? "low"
		 : roll / 100 % 10 < 9 ? "medium"
				       : "high");
	if (world_flawed(v, ASSET_IMPACT_OLD, t->id))
		assessed = civil_add_months(assessed, -IMPACT_CYCLE - 3);
	row_date(r, "bia_on", assessed);
	if (class >= 2 && !world_flawed(v, ASSET_PROCESS, t->id))
		row_text(r, "governing_process", DOC_CLASSIFICATION);
	row_text(r, "baseline", classes[low ? class - 1 : class]);
}

static bool
make_asset(const struct scene *v, int64_t index, struct row *r)
{
	struct thing t;
	bool gone;

	if (!thing_at(v, index, &t))
		return false;
	gone = t.disposed <= v->asof;
	row_text(r, "key", t.key);
	row_format(r, "label_no", "P%06lld", (long long)(index * DEMO_ORGS + v->org));
	row_text(r, "kind", t.kind);
	put_owner(v, &t, r);
	if (!world_flawed(v, ASSET_SYSTEM, t.id) || index < FIXTURES * SYSTEMS)
		row_format(r, "system", "%s-SYS-%lld", demo_parties[v->org].code,
			   (long long)t.system);
	row_format(r, "site", "%s-SITE-1", demo_parties[v->org].code);
	row_bool(r, "portable", t.kind[0] == 'l');
	put_classes(v, &t, r);
	if (t.device && !world_flawed(v, ASSET_BUILD, t.id))
		row_text(r, "build",
			 docs_builds[strcmp(t.kind, "workstation") == 0 ? 1
				     : t.kind[0] == 'l'			? 2
				     : strcmp(t.kind, "network_device") == 0 || t.kind[0] == 'f'
					     ? 3
					     : 0]);
	if (strcmp(t.kind, "network_device") == 0 || strcmp(t.kind, "firewall") == 0)
		row_format(r, "network_document", "NET-%s", demo_parties[v->org].code);
	row_date(r, "last_verified_on", world_last(v, t.id + 1, VERIFY_CYCLE, 16));
	row_text(r, "purpose", "operation");
	row_bool(r, "contains_client_data", true);
	row_text(r, "state",
		 gone ? "disposed"
		 : t.device && world_roll(v->w, ROLL_STATE, t.id, 0) % 100 < 3 && t.seat > 8
			 ? "stored"
			 : "in_service");
	return true;
}

const struct kind asset_kind = {
	.reg = "asset",
	.columns = {"key", "label_no", "kind", "owner", "system", "site", "portable",
		    "classification", "impact_level", "business_impact", "bia_on",
		    "governing_process", "baseline", "build", "network_document",
		    "last_verified_on", "purpose", "contains_client_data", "state"},
	.count = count_things,
	.make = make_asset,
};

static bool
make_endpoint(const struct scene *v, int64_t index, struct row *r)
{
	struct thing t;
	struct scene then;
	int64_t seen;
	bool clear;

	if (!thing_at(v, index, &t) || !t.device || t.disposed <= v->asof)
		return false;
	/* Every device reports in the night before; some have been out of sight for weeks. */
	seen = v->asof - (world_flawed(v, ASSET_UNSEEN, t.id) ? 41 : 0);
	then = *v;
	/* What was bought last has the trouble; stored ones stay as they are. */
	clear = t.kind[0] == 'l' && world_flawed(&then, DISK_CLEAR, t.id);
	row_format(r, "key", "%s-EPS", t.key);
	row_text(r, "asset", t.key);
	row_at(r, "reported_at",
	       world_at(v->w, seen, 20, (int)(world_roll(v->w, ROLL_SEEN, t.id, v->abs) % 60)));
	row_bool(r, "malware_running", true);
	row_text(r, "engine_version", "7.4.1");
	row_at(r, "definitions_at", world_at(v->w, seen, 6, 0));
	row_bool(r, "disk_encrypted", t.kind[0] == 'l' && !clear);
	if (t.kind[0] == 'l' && !clear)
		row_text(r, "encryption_product", "SW-DISKLOCK");
	row_bool(r, "login_enforced", true);
	row_int(r, "clock_offset_ms",
		(int64_t)(world_roll(v->w, ROLL_SEEN, t.id, v->abs) % 180) - 90);
	row_text(r, "time_source", "psn");
	row_bool(r, "logging_on", true);
	return true;
}

const struct kind endpoint_kind = {
	.reg = "endpoint_status",
	.columns = {"key", "asset", "reported_at", "malware_running", "engine_version",
		    "definitions_at", "disk_encrypted", "encryption_product", "login_enforced",
		    "clock_offset_ms", "time_source", "logging_on"},
	.count = count_things,
	.make = make_endpoint,
};

static bool
make_disposal(const struct scene *v, int64_t index, struct row *r)
{
	char key[DEMO_KEY_SIZE];
	struct thing t;

	if (!thing_at(v, index, &t) || t.disposed > v->asof)
		return false;
	row_format(r, "key", "%s-DSP", t.key);
	row_format(r, "subject", "asset:%s", t.key);
	row_text(r, "kind", "destroy");
	row_text(r, "method", "overwrite");
	row_date(r, "done_on", t.disposed);
	seat_key(v->org, manager_seat(v->org), key);
	row_text(r, "done_by", key);
	row_text(r, "state", "verified");
	return true;
}

const struct kind disposal_kind = {
	.reg = "disposal",
	.columns = {"key", "subject", "kind", "method", "done_on", "done_by", "state"},
	.count = count_things,
	.make = make_disposal,
};

static const struct {
	const char *key;
	const char *name;
	const char *category;
	bool approved; /* for encryption */
	const char *state;
} products[] = {
	{"SW-DISKLOCK",	"Disklock",	    "encryption",	  true,	"authorised"},
	{"SW-HELPINGHAND", "Helping Hand",   "remote_support",     false, "authorised"},
	{"SW-PEEK",	    "Peek Viewer",	   "remote_support",     false, "proposed"  },
	{"SW-MALGUARD",	"Malguard",	    "malware_protection", false, "authorised"},
	{"SW-COUNTER",     "Counter client", "application",	false, "authorised"},
	{"SW-LEDGERLINE",  "Ledgerline",	"application",	       false, "authorised"},
	{"SW-TUNNEL",      "Tunnelwright",   "encryption",	    true,  "authorised"},
};

static int64_t
count_products(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? (int64_t)COUNT_OF(products) : 0;
}

static bool
make_software(const struct scene *v, int64_t index, struct row *r)
{
	(void)v;
	row_text(r, "key", products[index].key);
	row_text(r, "name", products[index].name);
	row_text(r, "category", products[index].category);
	row_text(r, "origin", "commercial");
	if (strcmp(products[index].category, "encryption") == 0)
		row_bool(r, "cesg_approved", products[index].approved);
	row_text(r, "state", products[index].state);
	return true;
}

const struct kind software_kind = {
	.reg = "software",
	.columns = {"key", "name", "category", "origin", "cesg_approved", "state"},
	.count = count_products,
	.make = make_software,
};

static int64_t
count_installations(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : SYSTEMS * 3;
}

/* What runs on the servers. */
static bool
make_installation(const struct scene *v, int64_t index, struct row *r)
{
	static const char *const what[] = {"SW-MALGUARD", "SW-COUNTER", "SW-LEDGERLINE"};
	const char *code = demo_parties[v->org].code;

	row_format(r, "key", "%s-INS-%lld", code, (long long)index);
	row_text(r, "software", what[index % 3]);
	row_format(r, "version", "3.%lld", (long long)(v->abs / 6 % 10));
	row_format(r, "asset", "%s-SYS-%lld-SRV%lld", code, (long long)(index / 3),
		   (long long)(index % 3 + 1));
	row_at(r, "installed_at", world_at(v->w, world_day(v->w->first - 12, 14), 22, 0));
	row_text(r, "state", "installed");
	return true;
}

const struct kind installation_kind = {
	.reg = "installation",
	.columns = {"key", "software", "version", "asset", "installed_at", "state"},
	.count = count_installations,
	.make = make_installation,
};
