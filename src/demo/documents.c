#include "demo/documents.h"

#include <string.h>

const char *const docs_acknowledged[DOCS_ACKNOWLEDGED] = {"SMP-01", "SMP-02", "SMP-05", "SMP-06",
							  "SMP-07", "SMP-15", "SMP-16", "TERMS"};
const char *const docs_builds[BUILDS] = {"BUILD-SERVER", "BUILD-WORKSTATION", "BUILD-LAPTOP",
					 "BUILD-NETWORK"};

enum {
	ISSUED_BEFORE = 9, /* months before the history that ordinary documents were issued */
	REQUESTED_BEFORE = 2,
	REVIEW_CYCLE = 12,
	STORY_MONTHS = 6, /* a shorter history has no room for documents that arrive in it */
};
enum { HELD = -1, STILL_REQUESTED = -2 };

/* Where the plan's own list does not say what the demo must know of a document. */
static const struct listed {
	const char *number;
	bool client;
	int received; /* month of the history in which it arrives, HELD or STILL_REQUESTED */
	const char *kind;
	const char *reference; /* as the text cites it, where the list misprints it */
	const char *url;       /* in the HR portal */
	bool handling;	       /* has rules for the client's classifications */
} listed[] = {
#define LISTED(...) {__VA_ARGS__},
#include "demo/listed.def"
#undef LISTED
};

static const struct listed ordinary = {.received = HELD};

static const char awareness_topics[] =
	"challenge;email;printed_output;removable_media;security_operating_policy";
static const char laptop_topics[] =
	"care of the device;forbidden stored information;laptop;other user risks;"
	"shoulder surfing";
static const char year_plan[] =
	"COURSE-AWARENESS;COURSE-LAPTOP;COURSE-PRIVILEGED;COURSE-ROLES;POL-AWARENESS;"
	"SMP-12";
static const char security_roles[] =
	"global_security_team;security_architect;security_operations_manager;"
	"site_security_advisor;vetting_team";
static const char service_roles[] =
	"asset_manager;change_board;change_management_team;facilities_management;"
	"guard_force;hr;integrator;line_manager;network_team;quality_manager;"
	"service_desk;service_desk_manager;service_director;service_manager;"
	"support_team";

/* Documents of the chain that the plan's list does not name. */
static const struct own {
	const char *key;
	const char *reference;
	const char *title;
	const char *kind;
	const char *topics;
	const char *audience;
	const char *covers;
	bool client;
} own[] = {
#define DOCUMENT(...) {__VA_ARGS__},
#include "demo/documents.def"
#undef DOCUMENT
};

static const struct listed *
listed_of(const char *number)
{
	for (size_t i = 0; i < COUNT_OF(listed); i++) {
		if (strcmp(listed[i].number, number) == 0)
			return &listed[i];
	}
	return &ordinary;
}

static int64_t
in_force_from(const struct world *w, const struct listed *l)
{
	if (l->received == STILL_REQUESTED)
		return NEVER;
	if (l->received == HELD || w->months <= STORY_MONTHS)
		return world_day(w->first - ISSUED_BEFORE, 12);
	return l->received < w->months ? world_day(w->first + l->received, 9) : NEVER;
}

int64_t
documents_in_force(const struct world *w, const char *key)
{
	if (strncmp(key, "SMP-", 4) != 0)
		return world_day(w->first - ISSUED_BEFORE, 12);
	return in_force_from(w, listed_of(key[4] == '0' ? key + 5 : key + 4));
}

static int64_t
count_documents(const struct scene *v)
{
	return v->org > ORG_CLIENT ? 0 : (int64_t)(v->w->plan->document_count + COUNT_OF(own));
}

static void
put_version(const struct scene *v, int64_t index, int64_t issued, struct row *r)
{
	int64_t reviewed = world_last(v, index, REVIEW_CYCLE, 9);

	row_text(r, "version", "1.0");
	row_date(r, "issued_on", issued);
	row_date(r, "review_due",
		 civil_add_months(reviewed > issued ? reviewed : issued, REVIEW_CYCLE));
}

static bool
make_listed(const struct scene *v, int64_t index, struct row *r)
{
	const struct plan_document *d = &v->w->plan->documents[index];
	const struct listed *l = listed_of(d->number);
	int64_t from = in_force_from(v->w, l);
	bool held = from <= v->asof;

	if (l->client != (v->org == ORG_CLIENT))
		return false;
	row_format(r, "key", "SMP-%s%s", d->number[1] ? "" : "0", d->number);
	row_text(r, "reference", l->reference ? l->reference : d->reference);
	row_text(r, "title", d->title);
	row_text(r, "kind", l->kind ? l->kind : "policy");
	row_text(r, "owner_org", demo_parties[v->org].key);
	if (held)
		put_version(v, index, from, r);
	if (l->handling)
		/* One of them forgets the highest class. */
		row_text(r, "classes_covered",
			 strcmp(d->number, "32") == 0
				 ? "public;internal;confidential"
				 : "public;internal;confidential;strictly_confidential");
	row_text(r, "portal", l->url ? "hr" : "isms");
	if (l->url && l->url[0])
		row_text(r, "url", l->url);
	if (l->received != HELD)
		row_date(r, "requested_on", world_day(v->w->first - REQUESTED_BEFORE, 4));
	row_text(r, "state", held ? "in_force" : "requested");
	return true;
}

static bool
make_own(const struct scene *v, int64_t index, struct row *r)
{
	const struct own *d = &own[index - (int64_t)v->w->plan->document_count];
	int64_t issued = documents_in_force(v->w, d->key);
	char key[DEMO_KEY_SIZE];

	if (d->client != (v->org == ORG_CLIENT))
		return false;
	row_text(r, "key", d->key);
	row_text(r, "reference", d->reference);
	row_text(r, "title", d->title);
	row_text(r, "kind", d->kind);
	row_text(r, "owner_org", demo_parties[v->org].key);
	if (strcmp(d->kind, "network_document") == 0) {
		/* One is still in the name of somebody of the network team. */
		seat_key(ORG_INTEGRATOR,
			 world_role_seat(ORG_INTEGRATOR, strcmp(d->key, "NET-NF") == 0
								 ? "network_team"
								 : "security_architect"),
			 key);
		row_text(r, "owner", key);
	}
	if (strcmp(d->kind, "plan") == 0 || strcmp(d->kind, "course") == 0)
		issued = world_last(v, 0, REVIEW_CYCLE, 8);
	put_version(v, index, issued, r);
	if (d->topics)
		row_text(r, "topics", d->topics);
	if (d->audience)
		row_text(r, "audience_roles", d->audience);
	if (d->covers)
		row_text(r, "covers", d->covers);
	row_text(r, "portal", "isms");
	row_text(r, "state", "in_force");
	return true;
}

static bool
make_document(const struct scene *v, int64_t index, struct row *r)
{
	return index < (int64_t)v->w->plan->document_count ? make_listed(v, index, r)
							   : make_own(v, index, r);
}

const struct kind document_kind = {
	.reg = "document",
	.columns = {"key", "reference", "title", "kind", "owner_org", "owner", "version",
		    "issued_on", "review_due", "classes_covered", "topics", "audience_roles",
		    "covers", "portal", "url", "requested_on", "state"},
	.count = count_documents,
	.make = make_document,
};

static int64_t
count_builds(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? BUILDS : 0;
}

static bool
make_build_checklist(const struct scene *v, int64_t index, struct row *r)
{
	char key[DEMO_KEY_SIZE];
	bool network = index == BUILDS - 1;

	row_format(r, "key", "CHECK-%s", docs_builds[index]);
	row_format(r, "subject", "document:%s", docs_builds[index]);
	row_text(r, "occasion", "Sign-off of the build");
	row_date(r, "done_on", world_day(v->w->first - ISSUED_BEFORE, 14));
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "security_architect"), key);
	row_text(r, "done_by", key);
	row_list(r, "answers");
	row_item(r,
		 "{\"item\":\"Unused services are off\",\"topic\":\"build\",\"answer\":\"yes\"}");
	row_item(r,
		 "{\"item\":\"Default passwords are "
		 "changed\",\"topic\":\"build\",\"answer\":\"%s\"}",
		 network ? "no" : "yes");
	row_item(r, "{\"item\":\"Events are logged\",\"topic\":\"build\",\"answer\":\"yes\"}");
	row_list_end(r);
	row_text(r, "state", "done");
	return true;
}

const struct kind build_checklist_kind = {
	.reg = "checklist_run",
	.columns = {"key", "subject", "occasion", "done_on", "done_by", "answers", "state"},
	.count = count_builds,
	.make = make_build_checklist,
};
