#include "demo/accounts.h"

#include "demo/people.h"

#include <stdio.h>
#include <string.h>

enum { ROLL_SLOT = 1200, ROLL_SHELVED, ROLL_DELAY, ROLL_DEVIATION, ROLL_NEAR };
enum {
	REVIEW_CYCLE = 2,
	REVIEW_DAY = 15,
	USE_CYCLE = 2,
	PASSWORD_CYCLE = 2,
	SERVICE_PASSWORD_CYCLE = 10,
	MONTHS_BEHIND = 4, /* of what was neglected */
	KEPT_DAYS = 100,   /* an account stays disabled, or in the directory's list when deleted */
	SYSTEM_AGE = 20,   /* months before the history that the systems' accounts were made */
	PASSWORD_LIMIT = 90,
};

static bool
is_bulk(const struct scene *v, const struct person *p)
{
	return p->seat >= v->w->core[p->org];
}

/* NULL when the person has no account in the slot. */
static const char *
slot_kind(const struct scene *v, const struct person *p, int slot)
{
	bool bulk = is_bulk(v, p);
	uint64_t roll = world_roll(v->w, ROLL_SLOT, p->id, slot) % 100;

	if (slot == 0)
		return strcmp(p->role, "service_desk") == 0 ? "service_desk" : "user";
	if (p->org == ORG_CLIENT)
		return NULL;
	if (slot == 2 && person_has_privileges(v, p))
		return "privileged";
	if (slot == 2 || (!bulk && roll >= 45))
		return bulk ? "user" : NULL;
	return p->org == ORG_INTEGRATOR && person_on_account(v, p) && roll < 25 ? "remote_access"
										: "user";
}

/* What becomes of an account when its holder leaves: closed the same day, late, or never. */
static void
close_for_leaver(const struct scene *v, struct account *a)
{
	struct civil c = civil_from_days(a->person.leave);
	int64_t abs = (int64_t)c.year * 12 + c.month - 1;
	int64_t late = 20 + (int64_t)(world_roll(v->w, ROLL_DELAY, a->id, 0) % 70);

	if (world_event_flawed(v, LEAVER_NEVER, a->id, abs))
		return;
	a->disabled = a->person.leave + (world_event_flawed(v, LEAVER_LATE, a->id, abs) ? late : 0);
	a->deleted = a->disabled;
}

/* Some second accounts turn out to be needed no more. */
static void
close_for_review(const struct scene *v, struct account *a)
{
	struct scene then = *v;
	uint64_t roll = world_roll(v->w, ROLL_SHELVED, a->id, 0);

	if (a->slot != 1 || roll % 100 >= 9 || a->person.seat >= v->w->core[a->person.org])
		return;
	then.abs = v->w->first - 2 + (int64_t)(roll / 100 % (uint64_t)(v->w->months + 2));
	then.asof = world_day(then.abs, 28);
	a->unneeded = account_review_day(&then, a->person.seat / BLOCK_SEATS);
	if (a->unneeded < a->created || a->unneeded > a->disabled) {
		a->unneeded = NEVER;
		return;
	}
	if (world_event_flawed(v, ACCOUNT_KEPT, a->id, 1))
		return;
	if (a->unneeded + 1 < a->disabled)
		a->disabled = a->unneeded + 1;
	if (!world_event_flawed(v, ACCOUNT_KEPT, a->id, 2) && a->disabled + KEPT_DAYS < a->deleted)
		a->deleted = a->disabled + KEPT_DAYS;
}

static bool
account_of_person(const struct scene *v, int64_t index, struct account *a)
{
	char key[DEMO_KEY_SIZE];

	a->held = true;
	a->slot = (int)(index % ACCOUNT_SLOTS);
	if (!world_person_at(v, index / ACCOUNT_SLOTS, &a->person))
		return false;
	a->kind = slot_kind(v, &a->person, a->slot);
	if (!a->kind)
		return false;
	person_key(&a->person, key);
	(void)snprintf(a->key, sizeof(a->key), "%.40s-A%d", key, a->slot);
	a->id = a->person.id * ACCOUNT_SLOTS + a->slot;
	a->system = (int)(world_roll(v->w, ROLL_SLOT, a->id, 1) % SYSTEMS);
	/* The last of the integrator's systems is no part of the service: no place for privileges.
	 */
	if (strcmp(a->kind, "privileged") == 0 && a->system == SYSTEMS - 1 &&
	    !world_event_flawed(v, ACCOUNT_PLACE, a->id, 0))
		a->system = 0;
	a->created = a->person.start - 1;
	if (a->person.leave != NEVER)
		close_for_leaver(v, a);
	close_for_review(v, a);
	return a->deleted == NEVER || a->deleted + KEPT_DAYS > v->asof;
}

static bool
account_of_system(const struct scene *v, int64_t index, struct account *a)
{
	bool service = index % SYSTEM_ACCOUNTS != 0;

	a->kind = service ? "service" : "maintenance";
	a->system = (int)(index / SYSTEM_ACCOUNTS);
	(void)snprintf(a->key, sizeof(a->key), "%s-%s-%d", demo_parties[v->org].code,
		       service ? "SVC" : "MNT", (int)index);
	a->id = -1 - (index * DEMO_ORGS + v->org);
	a->created = world_day(v->w->first - SYSTEM_AGE, 10);
	if (!service && !world_flawed(v, MAINTENANCE_OPEN, a->id))
		a->disabled = a->created + 2;
	return true;
}

int64_t
accounts_count(const struct scene *v)
{
	return (v->org == ORG_CLIENT ? 0 : SYSTEMS * SYSTEM_ACCOUNTS) +
	       world_people(v) * ACCOUNT_SLOTS;
}

bool
account_at(const struct scene *v, int64_t index, struct account *ret_a)
{
	int64_t systems = v->org == ORG_CLIENT ? 0 : SYSTEMS * SYSTEM_ACCOUNTS;

	*ret_a = (struct account){.unneeded = NEVER, .disabled = NEVER, .deleted = NEVER};
	return index < systems ? account_of_system(v, index, ret_a)
			       : account_of_person(v, index - systems, ret_a);
}

int64_t
account_index(const struct scene *v, int64_t seat, int generation, int slot)
{
	return (v->org == ORG_CLIENT ? 0 : SYSTEMS * SYSTEM_ACCOUNTS) +
	       (seat * DEMO_GENERATIONS + generation) * ACCOUNT_SLOTS + slot;
}

bool
account_active(const struct scene *v, const struct account *a)
{
	return a->disabled > v->asof && a->deleted > v->asof;
}

int64_t
account_blocks(const struct scene *v)
{
	return (world_seats(v, v->org) + BLOCK_SEATS - 1) / BLOCK_SEATS;
}

int64_t
account_review_day(const struct scene *v, int64_t block)
{
	return world_last(v, block * DEMO_ORGS + v->org, REVIEW_CYCLE, REVIEW_DAY);
}

int64_t
service_change_day(const struct scene *v, const struct account *a)
{
	int64_t day = world_last(v, a->id, SERVICE_PASSWORD_CYCLE, 12);

	return day > a->created ? day : a->created;
}

int64_t
account_deviation_day(const struct scene *v, const struct account *a)
{
	int64_t day = world_last(v, a->id, 6, 7);

	if (!a->held || world_roll(v->w, ROLL_DEVIATION, a->id, 0) % 1000 >= 25 ||
	    day <= a->created)
		return NEVER;
	return day;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
put_use(const struct scene *v, const struct account *a, struct row *r)
{
	int64_t used = world_last(v, a->id, USE_CYCLE, 3 + (int)((uint64_t)a->id % 15));

	if (world_flawed(v, ACCOUNT_DORMANT, a->id))
		used = civil_add_months(used, -MONTHS_BEHIND);
	/* Who has an account to disable, or is new, used it at least once. */
	row_at(r, "last_used_at",
	       world_at(v->w, sooner(later(used, a->created + 1), sooner(a->disabled, v->asof)), 8,
			40));
}

static void
put_password(const struct scene *v, const struct account *a, struct row *r)
{
	int64_t changed = world_last(v, a->id + 1, PASSWORD_CYCLE, 4 + (int)((uint64_t)a->id % 12));
	int64_t deviation = account_deviation_day(v, a);

	if (!a->held) {
		changed = service_change_day(v, a);
		/* Done by somebody who did not wait for the window. */
		if (world_flawed(v, SERVICE_CHANGE, a->id))
			changed -= 7;
	} else if (world_flawed(v, ACCOUNT_PASSWORD, a->id)) {
		changed = civil_add_months(changed, -MONTHS_BEHIND);
	} else if (world_roll(v->w, ROLL_NEAR, a->id, 0) % 200 == 0) {
		changed = v->today - PASSWORD_LIMIT;
	}
	if (deviation != NEVER) {
		row_at(r, "password_deviation_at", world_at(v->w, deviation, 9, 0));
		if (!world_event_flawed(v, ACCOUNT_RESET, a->id, deviation)) {
			row_at(r, "forced_reset_at", world_at(v->w, deviation, 15, 30));
			changed = later(changed, deviation);
		}
	}
	row_at(r, "password_changed_at", world_at(v->w, later(changed, a->created), 21, 15));
}

static void
put_permissions(const struct scene *v, const struct account *a, struct row *r)
{
	const char *base = "\"read\",\"write\"";
	const char *extra = "";
	const char *drift = "";

	if (strcmp(a->kind, "privileged") == 0)
		base = "\"configure\",\"read\",\"write\"";
	else if (strcmp(a->kind, "service_desk") == 0)
		base = "\"read\",\"support\",\"write\"";
	else if (strcmp(a->kind, "remote_access") == 0)
		base = "\"read\"";
	if (a->held && world_flawed(v, ACCOUNT_EXTRA, a->id))
		extra = ",\"delete\"";
	if (world_flawed(v, ACCOUNT_DRIFT, a->id))
		drift = ",\"export\"";
	row_format(r, "permissions", "[%s%s]", base, extra);
	if (account_active(v, a))
		row_format(r, "observed_permissions", "[%s%s%s]", base, extra, drift);
	else
		row_text(r, "observed_permissions", "[]");
}

static void
put_holder(const struct scene *v, const struct account *a, struct row *r)
{
	char key[DEMO_KEY_SIZE];
	int64_t owner = world_role_seat(v->org, v->org == ORG_INTEGRATOR ? "service_manager"
									 : "support_team");

	if (a->held) {
		person_key(&a->person, key);
		row_text(r, "person", key);
		row_text(r, "role_profile", a->person.role);
		return;
	}
	seat_key(v->org, owner, key);
	if (strcmp(a->kind, "service") != 0 || !world_flawed(v, SERVICE_OWNER, a->id))
		row_text(r, "owner", key);
}

static bool
make_account(const struct scene *v, int64_t index, struct row *r)
{
	struct account a;
	bool privileged, active;

	if (!account_at(v, index, &a))
		return false;
	privileged = strcmp(a.kind, "privileged") == 0;
	active = account_active(v, &a);
	row_text(r, "key", a.key);
	row_format(r, "login", "%s%s", privileged ? "adm-" : a.held ? "u-" : "", a.key);
	row_text(r, "kind", a.kind);
	if (v->org != ORG_CLIENT)
		row_format(r, "system", "%s-SYS-%d", demo_parties[v->org].code, a.system);
	put_holder(v, &a, r);
	if (!a.held || !world_flawed(v, ACCOUNT_TICKET, a.person.id))
		row_format(r, "ticket", "%.*s-REQ%s",
			   a.held ? (int)strlen(a.key) - 3 : (int)sizeof(a.key), a.key,
			   privileged ? "P" : "");
	if (strcmp(a.kind, "service") == 0)
		row_format(r, "change", "%s-CHG", a.key);
	if (strcmp(a.kind, "service_desk") == 0)
		row_format(r, "change", "%s-CHG-DESK", demo_parties[v->org].code);
	row_at(r, "created_at", world_at(v->w, a.created, 9, 10));
	put_permissions(v, &a, r);
	if (!world_flawed(v, ACCOUNT_POLICY, a.id))
		row_text(r, "policy_profile", "SMP-34");
	row_bool(r, "shared", privileged && world_flawed(v, ACCOUNT_SHARED, a.id));
	row_bool(r, "second_factor",
		 privileged || (strcmp(a.kind, "remote_access") == 0 &&
				!world_flawed(v, REMOTE_FACTOR, a.id)));
	row_bool(r, "enabled", active);
	put_use(v, &a, r);
	put_password(v, &a, r);
	if (privileged && !world_flawed(v, ACCOUNT_VAULT, a.id))
		row_format(r, "vault_ref", "vault/%s", a.key);
	if (a.disabled <= v->asof)
		row_at(r, "disabled_at", world_at(v->w, a.disabled, 17, 30));
	if (a.deleted <= v->asof)
		row_at(r, "deleted_at", world_at(v->w, a.deleted, 17, 45));
	row_text(r, "state", a.deleted <= v->asof ? "deleted" : active ? "active" : "disabled");
	return true;
}

const struct kind account_kind = {
	.reg = "account",
	.columns = {"key",
		    "login", "kind",
		    "system", "person",
		    "owner", "ticket",
		    "change", "created_at",
		    "permissions", "observed_permissions",
		    "role_profile", "policy_profile",
		    "shared", "second_factor",
		    "enabled", "last_used_at",
		    "password_changed_at", "password_deviation_at",
		    "forced_reset_at", "vault_ref",
		    "disabled_at", "deleted_at",
		    "state"},
	.count = accounts_count,
	.make = make_account,
};
