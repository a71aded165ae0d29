#include "identity/login.h"

#include "identity_fixture.h"
#include "test.h"

#include <string.h>

static enum err_code
add(struct desk_fixture *f, const char *name, const char *person)
{
	return login_add(&f->v, &(struct login_new){.name = str_of(name), .person = person});
}

TEST(a_login_belongs_to_the_person_with_that_key_or_number)
{
	DESK f;
	struct record first, second;
	struct login login;

	desk_open(&f);
	first = store_record(&f.store, "person", "twice");
	store_set(&f.store, &first, "name", "One");
	(void)store_put(&f.store, &first);
	second = store_record(&f.store, "person", "twice");
	store_set(&f.store, &second, "name", "Another");
	second.organisation = f.store.away;
	(void)store_put(&f.store, &second);

	CHECK(!add(&f, "by.key", "ann"));
	CHECK(!login_find(f.store.ctx, str_of("by.key"), &login));
	CHECK(login.person == f.ann && login.enabled && !login.has_password);
	CHECK(!login.administrator && !login.second_factor && login.id > 0);
	CHECK(!add(&f, "by.number", "PER-3"));
	CHECK(!login_find(f.store.ctx, str_of("by.number"), &login));
	CHECK(login.person == second.id);
	CHECK(add(&f, "which", "twice") == ERR_CONFLICT);
	CHECK(add(&f, "which", "nobody") == ERR_MISSING);
	CHECK(add(&f, "which", "PER-9") == ERR_MISSING);
	CHECK(add(&f, "which", "ORG-1") == ERR_MISSING);
	CHECK(add(&f, "o'brien+test@example.org", NULL) == ERR_NONE);
	CHECK(store_count(&f.store, "select count(*) from login") == 4);
	CHECK(desk_events(&f, "login_added") == 4);
}

TEST(a_refused_change_of_a_login_leaves_no_event)
{
	DESK f;
	bool changed = true;
	int64_t before;

	desk_open(&f);
	before = store_count(&f.store, "select count(*) from event");
	CHECK(add(&f, "ann", NULL) == ERR_CONFLICT);
	CHECK(!login_enable(&f.v, str_of("ann"), true, &changed) && !changed);
	CHECK(!login_promote(&f.v, str_of("ann"), false, &changed) && !changed);
	CHECK(!login_reset_factor(&f.v, str_of("ann"), &changed) && !changed);
	CHECK(login_enable(&f.v, str_of("eve"), true, &changed) == ERR_MISSING);
	CHECK(login_set_password(&f.v, str_of("eve"), str_of(PASSWORD)) == ERR_MISSING);
	CHECK(store_count(&f.store, "select count(*) from event") == before);
}

TEST(an_external_id_is_one_logins)
{
	DESK f;
	struct login_new n = {.name = str_of("bob"), .external_id = str_of("7f3a")};
	struct login login;

	desk_open(&f);
	CHECK(!login_add(&f.v, &n));
	CHECK(!login_find(f.store.ctx, str_of("bob"), &login));
	CHECK(str_is(login.external_id, "7f3a"));
	n.name = str_of("eve");
	CHECK(login_add(&f.v, &n) == ERR_CONFLICT);
	CHECK(strstr(f.store.ctx->err.message, "external id"));
	n.external_id = (struct str){0};
	CHECK(!login_add(&f.v, &n));
	n.name = str_of("zoe");
	CHECK(!login_add(&f.v, &n));
}

TEST(a_login_without_a_person_is_of_its_organisation)
{
	DESK f;
	struct login_new n = {.name = str_of("robot"), .organisation = "away"};
	struct signed_in in;
	struct who who;

	desk_open(&f);
	CHECK(!login_add(&f.v, &n));
	CHECK(!login_set_password(&f.v, n.name, str_of(PASSWORD)));
	in = desk_sign_in(&f, "robot");
	who = desk_who(&f, &in);
	CHECK(who.organisation == f.store.away && who.person == 0 && who.role_count == 0);
	CHECK(who_sees(&who, f.store.away) && !who_sees(&who, f.store.home));
	n = (struct login_new){.name = str_of("other"), .organisation = "nowhere"};
	CHECK(login_add(&f.v, &n) == ERR_MISSING);
}

TEST(a_disabled_login_is_signed_out)
{
	DESK f;
	struct signed_in in;
	struct who who;
	bool changed;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed) && changed);
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	CHECK(desk_events(&f, "session_ended") == 1);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	CHECK(!login_enable(&f.v, str_of("ann"), true, &changed) && changed);
	in = desk_sign_in(&f, "ann");
	CHECK(!login_set_password(&f.v, str_of("ann"), str_of("other unlikely words")));
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
}

TEST(a_name_with_an_apostrophe_signs_in_and_enrols)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct login_new n = {.name = str_of("o'brien+x@example.org")};
	struct signed_in in;
	struct enrolment offered;
	struct who who;

	desk_open(&f);
	CHECK(!login_add(&f.v, &n));
	CHECK(!login_set_password(&f.v, n.name, str_of(PASSWORD)));
	in = desk_sign_in(&f, "o'brien+x@example.org");
	who = desk_who(&f, &in);
	CHECK(!identity_enrol(&f.v, &who, &offered));
	CHECK(strstr(offered.uri.ptr, "/Holdfast:o%27brien%2Bx%40example.org?"));
	(void)desk_enrol(&f, &in, secret);
	CHECK(strstr(desk_event(&f, "second_factor_enrolled").ptr,
		     "\"login\":\"o'brien+x@example.org\""));
}
