#include "base/civil.h"
#include "model/changes.h"
#include "record/plans.h"
#include "record/workspace.h"
#include "sys/zone.h"
#include "test.h"

#include "engine_fixture.h"
#include "model_fixture.h"

#include <string.h>

/* A store with the fixture's plan taken in. */
struct plans {
	struct content_fixture content;
	struct workspace *ws;
	struct db *db;
};

static void
plans_open(struct plans *p)
{
	struct err e = {0};

	content_open(&p->content);
	CHECK(content_load(&p->content));
	CHECK(!workspace_scratch(engine_store(), p->content.model, 1, &p->ws, &e));
	p->db = workspace_ctx(p->ws)->db;
}

static void
plans_close(struct plans *p)
{
	workspace_close(p->ws);
	content_close(&p->content);
}

static void
keep(struct plans *p, const struct model *m)
{
	DB_TXN txn = {0};
	struct err e = {0};

	CHECK(!db_begin(p->db, &txn, &e));
	CHECK(!plan_keep(p->db, m, 5, &e));
	CHECK(!plan_keep(p->db, m, 6, &e));
	CHECK(!db_commit(&txn, &e));
}

TEST(a_kept_plan_loads_as_what_it_was)
{
	CLEANUP(plans_close) struct plans p = {0};
	const struct model *then;
	const struct model *old;
	char hex[HASH_HEX_LEN + 1];
	struct err e = {0};

	plans_open(&p);
	old = p.content.model;
	keep(&p, old);
	hash_hex(&old->hash, hex);
	/* What the folder says later is another plan. */
	content_put_obligation(&p.content, "    severity: low\n");
	CHECK(!plan_load(p.db, str_of(hex), &p.content.arena, &then, &e));
	CHECK(hash_eq(&then->hash, &old->hash));
	CHECK(then->reg_count == old->reg_count && then->files.count == old->files.count);
	CHECK(then->plan.obligation_count == old->plan.obligation_count);
	CHECK(str_is(str_of(then->plan.name), old->plan.name));
}

TEST(a_plan_that_was_not_kept_or_was_altered_is_refused)
{
	CLEANUP(plans_close) struct plans p = {0};
	const struct model *then = NULL;
	char hex[HASH_HEX_LEN + 1];
	struct err e = {0};

	plans_open(&p);
	hash_hex(&p.content.model->hash, hex);
	CHECK(plan_load(p.db, str_of(hex), &p.content.arena, &then, &e) == ERR_MISSING);
	keep(&p, p.content.model);
	CHECK(db_exec(p.db, "update plan_file set bytes = null", &e) == ERR_CONFLICT);
	engine_unguard(p.db, "plan_file");
	engine_does(p.db, engine_is_server()
				  ? "update plan_file set bytes = convert_to(replace("
				    "convert_from(bytes, 'UTF8'), 'title', 'Title'), 'UTF8')"
				  : "update plan_file set bytes = "
				    "cast(replace(cast(bytes as text), 'title', 'Title') as blob)");
	e = (struct err){0};
	CHECK(plan_load(p.db, str_of(hex), &p.content.arena, &then, &e) == ERR_INVALID);
	CHECK(strstr(e.message, "altered") != NULL && !then);
}

TEST(too_many_changes_are_counted_in_the_event)
{
	CLEANUP(plans_close) struct plans p = {0};
	CLEANUP(buf_fini) struct buf detail = {.limit = 1 << 20};
	json_t *changes;
	json_t *added = json_array();
	struct err e = {0};

	plans_open(&p);
	changes = plan_changes(p.content.model, p.content.model);
	for (int i = 0; i < 9000; i++)
		CHECK(!json_array_append_new(added, json_string("1.2.3-x")));
	CHECK(!json_object_set_new(json_object_get(changes, "views"), "added", added));
	CHECK(!plan_taken_detail(p.content.model, changes, &detail, &e));
	CHECK(strstr(detail.data, "\"views\":{\"added\":9000,\"changed\":0,\"removed\":0}"));
	json_decref(changes);
}

TEST(a_day_of_the_past_ends_in_its_zone_and_today_is_what_there_is_of_it)
{
	enum { HOUR = 60 * 60 * 1000 };
	static const struct {
		const char *text;
		int64_t kept_hour; /* of 2026-07-01 in UTC, as `now` and what is wanted */
		int64_t now_hour;
		int64_t wanted_hour;
		int64_t less_ms;
	} cases[] = {
	/* London's day ends an hour before that of UTC. */
		{"2026-07-01",	       0,  100, 23, 1   },
		{"2026-07-01",	       5,  100, 5,  0   },
		{"2026-07-01",	       -2, 100, 23, 1   },
		{"2026-07-01",	       0,  20,  20, 0   },
		{"2026-07-01T10:00:00Z", 5,  20,	10, -999},
		{"2026-07-03",	       0,  20,  71, 1   },
	};
	CLEANUP(arena_fini) struct arena arena = {0};
	const struct zone *zone;
	struct err e = {0};
	int64_t midnight;
	int64_t at = 0;

	arena_init(&arena, 1 << 20);
	CHECK(!zone_load("Europe/London", &arena, &zone, &e));
	CHECK(civil_parse_instant(str_of("2026-07-01T00:00:00Z"), &midnight));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t kept = cases[i].kept_hour ? midnight + cases[i].kept_hour * HOUR : 0;

		CHECK(past_moment(zone, str_of(cases[i].text), kept,
				  midnight + cases[i].now_hour * HOUR, &at));
		CHECK(at == midnight + cases[i].wanted_hour * HOUR - cases[i].less_ms);
	}
	CHECK(!past_moment(zone, str_of("yesterday"), 0, midnight, &at));
}
