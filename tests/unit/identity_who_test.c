#include "access/who.h"

#include "identity_fixture.h"
#include "test.h"

#include <string.h>

/* The fixture's day is 2026-06-15, in London an hour ahead of UTC. */
enum { HOUR = 3600 * 1000 };

static struct who
who_of(struct desk_fixture *f, const char *name)
{
	struct signed_in in = desk_sign_in(f, name);

	return desk_who(f, &in);
}

static void
assign(struct desk_fixture *f, const char *role, const char *from, const char *to)
{
	desk_assign(f, &(struct desk_role){.person = f->ann,
					   .organisation = f->store.home,
					   .role = role,
					   .from = from,
					   .to = to});
}

TEST(roles_count_from_their_first_day_to_their_last)
{
	DESK f;
	struct who who;

	desk_open(&f);
	assign(&f, "service_manager", "2026-06-15", NULL);
	assign(&f, "line_manager", "2026-06-16", NULL);
	assign(&f, "service_desk", NULL, "2026-06-15");
	assign(&f, "integrator", NULL, "2026-06-14");
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = f.store.home,
					    .role = "all_staff",
					    .state = "ended"});
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = f.store.home,
					    .role = "guard_force",
					    .state = "proposed"});
	who = who_of(&f, "ann");
	CHECK(who.role_count == 2);
	CHECK(who_holds(&who, str_of("service_manager"), f.store.home));
	CHECK(!who_holds(&who, str_of("service_manager"), f.store.away));
	CHECK(who_holds(&who, str_of("service_desk"), f.store.home));
	CHECK(!who_holds(&who, str_of("line_manager"), f.store.home));
	CHECK(who_may(&who, str_of("give_evidence"), f.store.home));
	CHECK(!who_may(&who, str_of("waive"), f.store.home));
}

TEST(a_day_is_one_of_the_plans_time_zone)
{
	DESK f;
	struct signed_in in;
	struct who who;

	desk_open(&f);
	assign(&f, "line_manager", "2026-06-16", NULL);
	/* 22:59:59.999 UTC is a minute before midnight in London; then the day begins there. */
	desk_wait(&f, 11 * HOUR - 1);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(who.role_count == 0);
	desk_wait(&f, 1);
	who = desk_who(&f, &in);
	CHECK(who.role_count == 1);
}

static int64_t
organisation_put(struct desk_fixture *f, const char *key, const char *feed, int64_t engaged_by)
{
	struct record r = store_record(&f->store, "organisation", key);

	store_set(&f->store, &r, "name", key);
	store_set(&f->store, &r, "kind", engaged_by ? "subcontractor" : "integrator");
	r.feed = str_of(feed);
	if (engaged_by)
		record_set_int(&r, "engaged_by", engaged_by);
	r.organisation = 0;
	return store_put(&f->store, &r);
}

TEST(an_assurer_of_the_plans_integrator_holds_everywhere_unless_it_is_limited)
{
	DESK f;
	struct who who;
	char away[RECORD_NAME_SIZE], site[RECORD_NAME_SIZE];
	int64_t integrator;
	struct record r;

	desk_open(&f);
	integrator = organisation_put(&f, "integrator", "plan", 0);
	record_name(f.store.model, f.store.away, away);
	r = store_record(&f.store, "site", "depot");
	store_set(&f.store, &r, "name", "Depot");
	r.organisation = f.store.away;
	record_name(f.store.model, store_put(&f.store, &r), site);
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = integrator,
					    .role = "auditor",
					    .scope = away});
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = integrator,
					    .role = "siro",
					    .scope = site});
	who = who_of(&f, "ann");
	CHECK(who.role_count == 2 && who_holds(&who, str_of("auditor"), f.store.away));
	CHECK(!who_holds(&who, str_of("auditor"), f.store.home));
	CHECK(who.roles[0].limit == 0 && who.roles[0].organisation == f.store.away);
	CHECK(who.roles[1].limit == r.id && who.roles[1].organisation == f.store.away);
	CHECK(who.organisation_count == 2);
	CHECK(who_sees(&who, f.store.home) && who_sees(&who, f.store.away));
	desk_assign(&f, &(struct desk_role){
				.person = f.ann, .organisation = integrator, .role = "isag"});
	/* One that works there is no assurer; and an integrator that came later is not the plan's.
	 */
	desk_assign(&f,
		    &(struct desk_role){.person = f.ann, .organisation = integrator, .role = "hr"});
	desk_assign(&f,
		    &(struct desk_role){.person = f.ann,
					.organisation = organisation_put(&f, "other", "manual", 0),
					.role = "qsa"});
	who = who_of(&f, "ann");
	CHECK(who_holds(&who, str_of("isag"), f.store.away) && who.roles[2].organisation == 0);
	CHECK(who_holds(&who, str_of("hr"), integrator));
	CHECK(!who_holds(&who, str_of("hr"), f.store.away));
	CHECK(!who_holds(&who, str_of("qsa"), f.store.away));
}

TEST(a_members_roles_hold_with_its_sub_contractors)
{
	DESK f;
	int64_t sub, under;
	struct record r;
	struct who who;

	desk_open(&f);
	sub = organisation_put(&f, "sub", "manual", f.store.away);
	under = organisation_put(&f, "under", "manual", sub);
	desk_assign(&f, &(struct desk_role){
				.person = f.ann, .organisation = f.store.away, .role = "siro"});
	desk_assign(&f, &(struct desk_role){.person = f.ann, .organisation = sub, .role = "hr"});
	who = who_of(&f, "ann");
	CHECK(who_holds(&who, str_of("siro"), f.store.away));
	CHECK(who_holds(&who, str_of("siro"), sub) && who_holds(&who, str_of("siro"), under));
	CHECK(!who_holds(&who, str_of("siro"), f.store.home));
	CHECK(who_holds(&who, str_of("hr"), under));
	CHECK(!who_holds(&who, str_of("hr"), f.store.away));
	/* What goes round in a circle ends. */
	r = store_record(&f.store, "organisation", "away");
	r.id = r.organisation = f.store.away;
	store_set(&f.store, &r, "name", "away");
	store_set(&f.store, &r, "kind", "member");
	record_set_int(&r, "engaged_by", under);
	(void)store_put(&f.store, &r);
	who = who_of(&f, "ann");
	CHECK(who.role_count == 6 && who_holds(&who, str_of("hr"), f.store.away));
}

TEST(a_member_gives_no_power_over_others_rows)
{
	DESK f;
	struct who who;
	char home[RECORD_NAME_SIZE];

	desk_open(&f);
	record_name(f.store.model, f.store.home, home);
	desk_assign(&f, &(struct desk_role){
				.person = f.ann, .organisation = f.store.away, .role = "siro"});
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = f.store.away,
					    .role = "accreditor",
					    .scope = home});
	who = who_of(&f, "ann");
	CHECK(who_may(&who, str_of("waive"), f.store.away));
	CHECK(!who_may(&who, str_of("waive"), f.store.home));
	CHECK(!who_holds(&who, str_of("accreditor"), f.store.home));
}

static void
person_set(struct desk_fixture *f, const char *field, const char *text)
{
	struct record r = store_record(&f->store, "person", "ann");

	r.id = f->ann;
	store_set(&f->store, &r, "name", "ann");
	store_set(&f->store, &r, "leave_date", "2026-06-14");
	if (strcmp(field, "state") == 0)
		r.state = str_of(text);
	else
		store_set(&f->store, &r, field, text);
	(void)store_put(&f->store, &r);
}

TEST(who_has_left_is_not_let_in_and_who_came_back_is)
{
	DESK f;
	struct signed_in before, in;
	struct who who;

	desk_open(&f);
	before = desk_sign_in(&f, "ann");
	/* The last working day itself still counts. */
	person_set(&f, "leave_date", "2026-06-15");
	CHECK(!identity_session(&f.v, str_of(before.token), &who));
	person_set(&f, "leave_date", "2026-06-14");
	CHECK(identity_session(&f.v, str_of(before.token), &who) == ERR_DENIED);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	person_set(&f, "start_date", "2026-06-16");
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	person_set(&f, "start_date", "2026-06-15");
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
	person_set(&f, "state", "left");
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	store_retire(&f.store, "person", f.ann);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
}

TEST(an_administrator_is_asked_for_a_second_factor)
{
	DESK f;
	struct who who;
	bool changed;

	desk_open(&f);
	CHECK(!login_promote(&f.v, str_of("ann"), true, &changed) && changed);
	who = who_of(&f, "ann");
	CHECK(who.administrator && who.second_factor_due && who.enrolment_due);
	CHECK(!login_promote(&f.v, str_of("ann"), false, &changed) && changed);
	who = who_of(&f, "ann");
	CHECK(!who.administrator && !who.second_factor_due);
}
