#include "demo/requests.h"

#include "demo/accounts.h"
#include "demo/people.h"

#include <string.h>

enum { ROLL_CHANNEL = 1300 };
enum {
	REQUEST_DAYS = 3, /* between a request and its account */
	REQUESTS = 2,	  /* of a person: one for the ordinary accounts, one for the privileged */
	SERVICE_REVIEW_CYCLE = 2,
	MONTH_SLOTS = DEMO_MONTHS_MAX + 1,
};

static const char *const channels[] = {"encrypted_email", "in_person", "vault"};
static const char *const bad_channels[] = {"email", "chat", "sms"};

static const char *
service_manager(int org, char key[DEMO_KEY_SIZE])
{
	seat_key(org, world_role_seat(org, org == ORG_CLIENT ? "client" : "service_manager"), key);
	return key;
}

static int64_t
system_accounts(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : SYSTEMS * SYSTEM_ACCOUNTS;
}

static int64_t
count_account_tickets(const struct scene *v)
{
	return system_accounts(v) + world_people(v) * REQUESTS;
}

static void
put_request(const struct scene *v, int64_t created, struct row *r)
{
	row_text(r, "kind", "account_request");
	row_text(r, "priority", "p3");
	row_at(r, "reported_at", world_at(v->w, created - REQUEST_DAYS, 10, 5));
	row_at(r, "first_response_at", world_at(v->w, created - REQUEST_DAYS, 11, 40));
	row_at(r, "resumed_at", world_at(v->w, created, 9, 30));
	row_text(r, "state", "closed");
}

static bool
make_account_ticket(const struct scene *v, int64_t index, struct row *r)
{
	int64_t systems = system_accounts(v);
	char key[DEMO_KEY_SIZE];
	bool privileged, careless;
	struct account a;
	struct person p;
	uint64_t roll;

	if (index < systems) {
		if (!account_at(v, index, &a))
			return false;
		row_format(r, "key", "%s-REQ", a.key);
		row_text(r, "requester", service_manager(v->org, key));
		row_text(r, "delivery_channel", "vault");
		put_request(v, a.created, r);
		return true;
	}
	index -= systems;
	privileged = index % REQUESTS == 1;
	if (!world_person_at(v, index / REQUESTS, &p) ||
	    (privileged && (p.org == ORG_CLIENT || !person_has_privileges(v, &p))))
		return false;
	person_key(&p, key);
	row_format(r, "key", "%s-REQ%s", key, privileged ? "P" : "");
	if (!privileged || !world_event_flawed(v, ACCOUNT_REQUESTER, p.id, 0))
		service_manager(v->org, key);
	row_text(r, "requester", key);
	careless = privileged && world_event_flawed(v, ACCOUNT_CHANNEL, p.id, v->abs - v->month);
	roll = world_roll(v->w, ROLL_CHANNEL, p.id, privileged);
	row_text(r, "delivery_channel", careless ? bad_channels[roll % 3] : channels[roll % 3]);
	put_request(v, p.start - 1, r);
	return true;
}

const struct kind account_ticket_kind = {
	.reg = "ticket",
	.columns = {"key", "requester", "delivery_channel", "kind", "priority", "reported_at",
		    "first_response_at", "resumed_at", "state"},
	.count = count_account_tickets,
	.make = make_account_ticket,
};

/* A new password after a forced reset. */
static bool
make_delivery_ticket(const struct scene *v, int64_t index, struct row *r)
{
	struct account a;
	int64_t day;
	uint64_t roll;

	if (!account_at(v, index, &a) || (day = account_deviation_day(v, &a)) == NEVER)
		return false;
	if (world_event_flawed(v, ACCOUNT_RESET, a.id, day))
		return false;
	roll = world_roll(v->w, ROLL_CHANNEL, a.id, day);
	row_format(r, "key", "%s-DLV-%lld", a.key, (long long)day);
	row_text(r, "kind", "credential_delivery");
	row_text(r, "priority", "p3");
	row_at(r, "reported_at", world_at(v->w, day, 16, 30));
	row_text(r, "delivery_channel", channels[roll % 3]);
	row_format(r, "source_event", "account:%s", a.key);
	row_text(r, "state", "closed");
	return true;
}

const struct kind delivery_ticket_kind = {
	.reg = "ticket",
	.columns = {"key", "kind", "priority", "reported_at", "delivery_channel", "source_event",
		    "state"},
	.count = accounts_count,
	.make = make_delivery_ticket,
};

static void
put_window(const struct scene *v, int64_t from, int64_t to, struct row *r)
{
	char key[DEMO_KEY_SIZE];

	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "change_management_team"), key);
	row_text(r, "requester",
		 service_manager(v->org == ORG_CLIENT ? ORG_INTEGRATOR : v->org, key));
	row_at(r, "window_from", world_at(v->w, from, 19, 0));
	row_at(r, "window_to", world_at(v->w, to, 23, 0));
}

static bool
make_service_change(const struct scene *v, int64_t index, struct row *r)
{
	struct account a;
	int64_t day;

	if (!account_at(v, index, &a) || strcmp(a.kind, "service") != 0)
		return false;
	day = service_change_day(v, &a);
	row_format(r, "key", "%s-CHG", a.key);
	row_text(r, "kind", "account");
	put_window(v, day, day, r);
	row_text(r, "rollback_plan", "Set the old secret again from the vault.");
	row_at(r, "implemented_at", world_at(v->w, day, 21, 20));
	row_text(r, "state", "closed");
	return true;
}

const struct kind service_change_kind = {
	.reg = "change",
	.columns = {"key", "kind", "requester", "window_from", "window_to", "rollback_plan",
		    "implemented_at", "state"},
	.count = system_accounts,
	.make = make_service_change,
};

static int64_t
count_one(const struct scene *v)
{
	return v->org == ORG_CLIENT ? 0 : 1;
}

/* Accounts of the service desk's own tool come under one change. */
static bool
make_desk_change(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day = world_day(v->w->first - 24, 10) + index;

	row_format(r, "key", "%s-CHG-DESK", demo_parties[v->org].code);
	row_text(r, "kind", "account");
	put_window(v, day, day + 4, r);
	row_at(r, "implemented_at", world_at(v->w, day + 3, 21, 20));
	row_text(r, "state", "closed");
	return true;
}

const struct kind desk_change_kind = {
	.reg = "change",
	.columns = {"key", "kind", "requester", "window_from", "window_to", "implemented_at",
		    "state"},
	.count = count_one,
	.make = make_desk_change,
};

static int64_t
count_removals(const struct scene *v)
{
	return account_blocks(v) * MONTH_SLOTS;
}

static void
put_removed(const struct scene *v, int64_t block, int64_t from, int64_t to, struct row *r)
{
	int64_t seats = world_seats(v, v->org);

	for (int64_t seat = block * BLOCK_SEATS; seat < (block + 1) * BLOCK_SEATS && seat < seats;
	     seat++) {
		for (int n = 0; n < DEMO_GENERATIONS * ACCOUNT_SLOTS; n++) {
			struct account a;

			if (!account_at(
				    v, account_index(v, seat, n / ACCOUNT_SLOTS, n % ACCOUNT_SLOTS),
				    &a))
				continue;
			if (a.deleted >= from && a.deleted <= to)
				row_item(r, "\"account:%s\"", a.key);
		}
	}
}

/* What was removed in a month. An old month's change was delivered long ago, so only the last two
 * are worked out. */
static bool
make_removal_change(const struct scene *v, int64_t index, struct row *r)
{
	int64_t month = index % MONTH_SLOTS;
	int64_t block = index / MONTH_SLOTS;
	int64_t abs = v->w->first + month;
	int64_t from = civil_days((struct civil){(int)(abs / 12), (int)(abs % 12) + 1, 1});
	int64_t to = civil_add_months(from, 1) - 1;
	size_t empty;

	if (month > v->month || month < v->month - 1)
		return false;
	if (to > v->asof)
		to = v->asof;
	row_list(r, "items");
	empty = r->text.len;
	put_removed(v, block, from, to, r);
	if (r->text.len == empty)
		return false;
	row_list_end(r);
	row_format(r, "key", "%s-CHG-REMOVE-%lld-%lld", demo_parties[v->org].code, (long long)abs,
		   (long long)block);
	row_text(r, "kind", "account");
	put_window(v, from - 1, to, r);
	row_at(r, "implemented_at", world_at(v->w, to, 18, 0));
	row_text(r, "state", "implemented");
	return true;
}

const struct kind removal_change_kind = {
	.reg = "change",
	.columns = {"key", "kind", "requester", "window_from", "window_to", "implemented_at",
		    "state", "items"},
	.count = count_removals,
	.make = make_removal_change,
};

/* The accounts of a block, each with what was decided about it. */
static bool
put_lines(const struct scene *v, int64_t block, int64_t day, struct row *r)
{
	int64_t seats = world_seats(v, v->org);
	bool any = false;

	row_list(r, "lines");
	for (int64_t seat = block * BLOCK_SEATS; seat < (block + 1) * BLOCK_SEATS && seat < seats;
	     seat++) {
		for (int n = 0; n < DEMO_GENERATIONS * ACCOUNT_SLOTS; n++) {
			struct account a;

			if (!account_at(
				    v, account_index(v, seat, n / ACCOUNT_SLOTS, n % ACCOUNT_SLOTS),
				    &a) ||
			    a.created > day || a.disabled < day)
				continue;
			row_item(r, "{\"subject\":\"account:%s\",\"decision\":\"%s\"}", a.key,
				 a.unneeded == day ? "revoke" : "keep");
			any = true;
		}
	}
	row_list_end(r);
	return any;
}

static bool
make_account_review(const struct scene *v, int64_t index, struct row *r)
{
	int64_t day = account_review_day(v, index);
	char key[DEMO_KEY_SIZE];

	/* Who neglects the reviews skips those of every second block. */
	if (world_neglects(v, REVIEW_ACCOUNT) && index % 2 == 1)
		return false;
	row_format(r, "key", "%s-ACR-%lld-%lld", demo_parties[v->org].code, (long long)index,
		   (long long)day);
	row_text(r, "kind", "account");
	row_date(r, "planned_on", day);
	row_date(r, "completed_on", day);
	row_text(r, "reviewer", service_manager(v->org, key));
	row_text(r, "state", "completed");
	return put_lines(v, index, day, r);
}

const struct kind account_review_kind = {
	.reg = "review",
	.columns = {"key", "kind", "planned_on", "completed_on", "reviewer", "state", "lines"},
	.count = account_blocks,
	.make = make_account_review,
};

static int64_t
count_service_reviews(const struct scene *v)
{
	return v->org == ORG_INTEGRATOR ? DEMO_ORGS : 0;
}

/* The Change Board reviews the service accounts of everybody. */
static bool
make_service_review(const struct scene *v, int64_t index, struct row *r)
{
	struct scene theirs = *v;
	int64_t day = world_last(v, index, SERVICE_REVIEW_CYCLE, 13);
	char key[DEMO_KEY_SIZE];

	if (index == ORG_CLIENT)
		return false;
	theirs.org = (int)index;
	row_format(r, "key", "SVCR-%s-%lld", demo_parties[index].code, (long long)day);
	row_text(r, "kind", "service_account");
	row_date(r, "planned_on", day);
	row_date(r, "completed_on", day);
	seat_key(ORG_INTEGRATOR, world_role_seat(ORG_INTEGRATOR, "change_board"), key);
	row_text(r, "reviewer", key);
	row_text(r, "state", "completed");
	row_list(r, "lines");
	for (int64_t n = 0; n < SYSTEMS * SYSTEM_ACCOUNTS; n++) {
		struct account a;

		if (account_at(&theirs, n, &a) && strcmp(a.kind, "service") == 0)
			row_item(r, "{\"subject\":\"account:%s\",\"decision\":\"keep\"}", a.key);
	}
	row_list_end(r);
	return true;
}

const struct kind service_review_kind = {
	.reg = "review",
	.columns = {"key", "kind", "planned_on", "completed_on", "reviewer", "state", "lines"},
	.count = count_service_reviews,
	.make = make_service_review,
};
