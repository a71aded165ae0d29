/* world.h -- the made-up chain as a function: who exists, and what is true of them, in any month.
 *
 * Nothing is kept. Each fact follows from the seed, the entity's number and the month through a
 * hash, so that a row of any month can be made at any time, in any order, without memory.
 *
 * Every organisation has seats. The people who sit on a seat follow one another: its generations.
 * The first `core` seats live through all months; the others (a large demo's bulk) are taken in
 * during the last one. The lowest seats are pinned: they hold the roles that others depend on, and
 * nobody leaves them.
 */
#ifndef DEMO_WORLD_H
#define DEMO_WORLD_H

#include "base/civil.h"
#include "model/model.h"
#include "sys/zone.h"

enum { DEMO_ORGS = 8, DEMO_GENERATIONS = 4, DEMO_MONTHS_MAX = 120 };
enum { ORG_INTEGRATOR, ORG_CLIENT, ORG_MEMBER };

/* What can be wrong with an entity; flaws.def says how often. */
enum flaw {
#define FLAW(name, per_mille) name,
#include "demo/flaws.def"
#undef FLAW
	FLAWS
};

struct party {
	const char *key;
	const char *code; /* begins the keys of all that it delivers */
	const char *kind;
	const char *name;
	int weight;	 /* share of the members' people */
	int bulk_weight; /* share of what a large demo adds; 0: none */
};
extern const struct party demo_parties[DEMO_ORGS];

struct world {
	uint64_t seed;
	const struct zone *zone;
	const struct plan *plan;
	int months;
	int64_t first; /* month of the first deliveries: year * 12 + month - 1 */
	int64_t now_ms;
	int64_t core[DEMO_ORGS]; /* seats */
	int64_t bulk[DEMO_ORGS];
};

/* The world as one month's deliveries tell it. */
struct scene {
	const struct world *w;
	int org;
	int month;	/* from 0 */
	int64_t abs;	/* year * 12 + month - 1 */
	int64_t end_ms; /* when the month is assessed */
	int64_t today;	/* civil date of that, days since 1970-01-01 */
	int64_t asof;	/* what is delivered was true on this day: the one before */
};

/* `w` comes with seed, zone, plan, months and now_ms; the rest is worked out. */
void world_init(struct world *w, int64_t records);
struct scene world_scene(const struct world *w, int org, int month);

/* A number for the entity that stays the same, or changes with `salt`. `what` tells one use from
 * another. */
uint64_t world_roll(const struct world *w, int what, int64_t entity, int64_t salt);
/* Whether the entity has the flaw in the view's month: flaws come, last for one to six months and
 * go. */
bool world_flawed(const struct scene *v, enum flaw flaw, int64_t entity);
/* Whether a trait of the organisation's (story.c) holds in the month; a duty that it neglects. */
bool world_neglects(const struct scene *v, enum flaw flaw);
/* The same for one event, which is good or bad for ever. */
bool world_event_flawed(const struct scene *v, enum flaw flaw, int64_t entity, int64_t abs);

/* The flaw's frequency for the organisation in a month, per mille (story.c). */
int story_per_mille(const struct world *w, enum flaw flaw, int org, int64_t abs);
/* Whether the organisation delivers from the source in that month (story.c). */
bool story_delivers(const struct world *w, int org, const char *source, int month);

/* A weekday of the month, near that day of it. */
int64_t world_day(int64_t abs, int day);
/* The instant of a wall clock in the plan's zone. */
int64_t world_at(const struct world *w, int64_t day, int hour, int minute);
/* The last time up to the view's day of something that the entity does every `cycle` months, on day
 * `day` of the month. */
int64_t world_last(const struct scene *v, int64_t entity, int cycle, int day);

enum { NEVER = 1 << 30 };

struct person {
	int org;
	int64_t seat;
	int generation;
	int64_t id; /* number for world_roll, unique */
	int64_t start;
	int64_t leave; /* last working day, or NEVER */
	bool left;
	bool pinned;
	const char *role;
	bool needs_sc;
	bool permanent;
};

int64_t world_seats(const struct scene *v, int org);
/* False when nobody of that seat and generation has begun yet. */
bool world_person(const struct scene *v, int org, int64_t seat, int generation,
		  struct person *ret_p);
/* By index, 0 to world_people(). */
int64_t world_people(const struct scene *v);
bool world_person_at(const struct scene *v, int64_t index, struct person *ret_p);
/* Who works on the seat now; false when it is vacant. */
bool world_occupant(const struct scene *v, int org, int64_t seat, struct person *ret_p);
/* The seat that is pinned for a role. */
int64_t world_role_seat(int org, const char *role);

enum { DEMO_KEY_SIZE = 48 };
void person_key(const struct person *p, char out[DEMO_KEY_SIZE]);
/* The key of whoever holds a pinned seat. */
void seat_key(int org, int64_t seat, char out[DEMO_KEY_SIZE]);

/* names.c */
const char *name_given(uint64_t roll);
const char *name_family(uint64_t roll);

#endif
