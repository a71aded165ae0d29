#include "demo/world.h"

#include "sys/random.h"

#include <stdio.h>
#include <string.h>

enum {
	DAY_MS = 86400000,
	CORE_RECORDS_MAX = 12000,
	FIXED_RECORDS = 1000,	/* documents, systems, reviews ... of the smallest chain */
	MONTH_RECORDS = 18,	/* and what each month adds to them */
	SEAT_RECORDS = 10,	/* about what one seat brings, and some more with the months */
	INTEGRATOR_OF_100 = 20, /* seats; its people have the most duties */
	BULK_RECORDS =
		10, /* of one person: role, ticket, three accounts, two assets and their status */
	LEAVE_PER_10000 = 130,
	ID_GENERATIONS = 16,
	LEAST_UNPINNED = 4,
};

/* What the hashes of this file are about; flaws use their own numbers. */
enum {
	ROLL_START = 1000,
	ROLL_LEAVE,
	ROLL_LEAVE_DAY,
	ROLL_JOIN_DAY,
	ROLL_ROLE,
	ROLL_TYPE,
	ROLL_PHASE
};

static const char *const integrator_seats[] = {
	"service_director",
	"security_operations_manager",
	"service_manager",
	"security_architect",
	"hr",
	"facilities_management",
	"vetting_team",
	"change_management_team",
	"change_board",
	"line_manager",
	"site_security_advisor",
	"service_desk_manager",
	"asset_manager",
	"global_security_team",
	"network_team",
	"support_team",
	"quality_manager",
	"capacity_planning_team",
	"guard_force",
	"service_desk",
};
static const char *const client_seats[] = {"siro", "accreditor", "isag", "client"};
static const char *const member_seats[] = {
	"member_security_contact",
	"service_manager",
	"member_incident_contact",
	"support_team",
	"service_desk",
	"line_manager",
	"member_vetting_contact",
};

static const struct seats {
	const char *const *roles;
	int count;
} pinned[] = {
	{integrator_seats, COUNT_OF(integrator_seats)},
	{client_seats,     COUNT_OF(client_seats)    },
	{member_seats,     COUNT_OF(member_seats)    },
};

static const struct seats *
seats_of(int org)
{
	return &pinned[org < ORG_MEMBER ? org : ORG_MEMBER];
}

static int64_t
at_least(int64_t value, int64_t least)
{
	return value > least ? value : least;
}

static int64_t
month_of_instant(const struct zone *zone, int64_t ms)
{
	struct civil c = civil_from_days(zone_date(zone, ms));

	return (int64_t)c.year * 12 + c.month - 1;
}

void
world_init(struct world *w, int64_t records)
{
	int64_t core = records < CORE_RECORDS_MAX ? records : CORE_RECORDS_MAX;
	int64_t fixed = FIXED_RECORDS + (int64_t)w->months * MONTH_RECORDS;
	int64_t seat_records = SEAT_RECORDS + (w->months < 24 ? w->months : 24) / 8;
	int64_t seats = at_least(core - fixed, 0) / seat_records;
	int64_t weights = 0;
	int64_t bulk_weights = 0;

	w->first = month_of_instant(w->zone, w->now_ms) - w->months + 1;
	for (int o = 0; o < DEMO_ORGS; o++) {
		weights += demo_parties[o].weight;
		bulk_weights += demo_parties[o].bulk_weight;
	}
	for (int o = 0; o < DEMO_ORGS; o++) {
		int64_t share =
			seats * (100 - INTEGRATOR_OF_100) / 100 * demo_parties[o].weight / weights;

		if (o == ORG_INTEGRATOR)
			share = seats * INTEGRATOR_OF_100 / 100;
		w->core[o] = at_least(share, seats_of(o)->count + LEAST_UNPINNED);
		w->bulk[o] = (records - core) / BULK_RECORDS * demo_parties[o].bulk_weight /
			     bulk_weights;
	}
}

struct scene
world_scene(const struct world *w, int org, int month)
{
	struct scene v = {.w = w, .org = org, .month = month, .abs = w->first + month};
	int64_t next =
		civil_days((struct civil){(int)((v.abs + 1) / 12), (int)((v.abs + 1) % 12) + 1, 1});

	v.end_ms = world_at(w, next - 1, 23, 0);
	if (month == w->months - 1 || v.end_ms > w->now_ms)
		v.end_ms = w->now_ms;
	v.today = zone_date(w->zone, v.end_ms);
	v.asof = v.today - 1;
	return v;
}

uint64_t
world_roll(const struct world *w, int what, int64_t entity, int64_t salt)
{
	return random_mix(random_mix(random_mix(w->seed, (uint64_t)what), (uint64_t)entity),
			  (uint64_t)salt);
}

bool
world_flawed(const struct scene *v, enum flaw flaw, int64_t entity)
{
	int64_t at = v->abs + (int64_t)(world_roll(v->w, (int)flaw, entity, -1) % 6);
	uint64_t roll = world_roll(v->w, (int)flaw, entity, at / 6);

	if (story_per_mille(v->w, flaw, v->org, v->abs) <= (int)(roll % 1000))
		return false;
	return at % 6 <= (int64_t)(roll / 1000 % 6);
}

bool
world_event_flawed(const struct scene *v, enum flaw flaw, int64_t entity, int64_t abs)
{
	return (int)(world_roll(v->w, (int)flaw, entity, abs) % 1000) <
	       story_per_mille(v->w, flaw, v->org, abs);
}

bool
world_neglects(const struct scene *v, enum flaw flaw)
{
	return story_per_mille(v->w, flaw, v->org, v->abs) >= 1000;
}

int64_t
world_day(int64_t abs, int day)
{
	int64_t d = civil_days((struct civil){(int)(abs / 12), (int)(abs % 12) + 1, day});

	return civil_weekday(d) >= 5 ? d + 2 : d;
}

int64_t
world_at(const struct world *w, int64_t day, int hour, int minute)
{
	return zone_day_start(w->zone, day) + ((int64_t)hour * 60 + minute) * 60000;
}

int64_t
world_last(const struct scene *v, int64_t entity, int cycle, int day)
{
	int64_t phase = (int64_t)(world_roll(v->w, ROLL_PHASE, entity, cycle) % (uint64_t)cycle);
	int64_t abs = v->abs - (v->abs + phase) % cycle;
	int64_t last = world_day(abs, day);

	return last <= v->asof ? last : world_day(abs - cycle, day);
}

int64_t
world_seats(const struct scene *v, int org)
{
	return v->w->core[org] + (v->month == v->w->months - 1 ? v->w->bulk[org] : 0);
}

static int64_t
entity_of(int org, int64_t seat, int generation)
{
	return ((int64_t)org << 40 | seat) * ID_GENERATIONS + generation;
}

/* What somebody on the seat does, and whether it calls for clearance SC. */
static void
role_take(const struct scene *v, struct person *p)
{
	const struct seats *s = seats_of(p->org);
	uint64_t roll = world_roll(v->w, ROLL_ROLE, entity_of(p->org, p->seat, 0), 0) % 100;

	if (p->seat < s->count)
		p->role = s->roles[p->seat];
	else if (p->org == ORG_INTEGRATOR)
		p->role = roll < 22   ? "support_team"
			  : roll < 36 ? "service_desk"
			  : roll < 44 ? "network_team"
				      : "integrator";
	else if (p->org == ORG_CLIENT)
		p->role = "client";
	else
		p->role = roll < 6    ? "support_team"
			  : roll < 10 ? "service_desk"
				      : "supply_chain_member";
	p->needs_sc = strcmp(p->role, "support_team") == 0 ||
		      strcmp(p->role, "network_team") == 0 ||
		      strcmp(p->role, "facilities_management") == 0 ||
		      strcmp(p->role, "site_security_advisor") == 0;
	p->pinned = p->seat < s->count;
	p->permanent = p->pinned ||
		       world_roll(v->w, ROLL_TYPE, entity_of(p->org, p->seat, 0), 0) % 100 < 82;
}

bool
world_person(const struct scene *v, int org, int64_t seat, int generation, struct person *ret_p)
{
	const struct world *w = v->w;
	int64_t id = entity_of(org, seat, 0);
	int64_t last = w->first + w->months - 1;
	int64_t from = seat < w->core[org] ? w->first : at_least(last - 1, w->first);
	struct person p = {.org = org, .seat = seat, .leave = NEVER};
	uint64_t roll = world_roll(w, ROLL_START, id, 0);

	p.start = world_day(w->first - 1 - (int64_t)(roll % 66), 1 + (int)(roll / 66 % 20));
	for (int64_t abs = from; seat >= seats_of(org)->count && abs <= last; abs++) {
		if (world_roll(w, ROLL_LEAVE, id, abs) % 10000 >= LEAVE_PER_10000)
			continue;
		p.leave = world_day(abs, 3 + (int)(world_roll(w, ROLL_LEAVE_DAY, id, abs) % 15));
		if (p.generation == generation || generation == DEMO_GENERATIONS - 1)
			break;
		p.generation++;
		p.start = world_day(abs + 1, 2 + (int)(world_roll(w, ROLL_JOIN_DAY, id, abs) % 12));
		p.leave = NEVER;
		abs += 2;
	}
	if (p.generation != generation || p.start > v->asof)
		return false;
	p.left = p.leave <= v->asof;
	p.id = entity_of(org, seat, generation);
	role_take(v, &p);
	*ret_p = p;
	return true;
}

int64_t
world_people(const struct scene *v)
{
	return world_seats(v, v->org) * DEMO_GENERATIONS;
}

bool
world_person_at(const struct scene *v, int64_t index, struct person *ret_p)
{
	return world_person(v, v->org, index / DEMO_GENERATIONS, (int)(index % DEMO_GENERATIONS),
			    ret_p);
}

bool
world_occupant(const struct scene *v, int org, int64_t seat, struct person *ret_p)
{
	for (int g = 0; g < DEMO_GENERATIONS; g++) {
		struct person p;

		if (!world_person(v, org, seat, g, &p))
			return false;
		if (!p.left) {
			*ret_p = p;
			return true;
		}
	}
	return false;
}

int64_t
world_role_seat(int org, const char *role)
{
	const struct seats *s = seats_of(org);

	for (int i = 0; i < s->count; i++) {
		if (strcmp(s->roles[i], role) == 0)
			return i;
	}
	return 0;
}

void
person_key(const struct person *p, char out[DEMO_KEY_SIZE])
{
	(void)snprintf(out, DEMO_KEY_SIZE, "%s-%05lld", demo_parties[p->org].code,
		       (long long)(10000 + p->seat * DEMO_GENERATIONS + p->generation));
}

void
seat_key(int org, int64_t seat, char out[DEMO_KEY_SIZE])
{
	struct person p = {.org = org, .seat = seat};

	person_key(&p, out);
}
