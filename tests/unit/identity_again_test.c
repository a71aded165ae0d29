#include "identity/again.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

static struct who
signed_in(struct desk_fixture *f)
{
	struct signed_in in = desk_sign_in(f, "ann");

	return desk_who(f, &in);
}

TEST(somebody_is_known_again_as_long_as_the_session_lasts)
{
	DESK f;
	struct who who, now;
	struct again again;

	desk_open(&f);
	who = signed_in(&f);
	again = again_of(&who);
	CHECK(!identity_again(&f.v, &again, &now) && now.login == who.login && now.writes);
	/* To be asked again is no use of it. */
	for (int i = 0; i < 3; i++) {
		desk_wait(&f, (int64_t)LIMIT_SESSION_IDLE_SECONDS * 1000 / 3);
		CHECK(!identity_again(&f.v, &again, &now) == (i < 2));
	}
	again.session = 0;
	CHECK(!identity_again(&f.v, &again, &now) && str_eq(now.actor, who.actor));
	again = again_of(&who);
	who = signed_in(&f);
	again = again_of(&who);
	CHECK(!identity_end(&f.v, &who, 0));
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
}

TEST(a_token_is_known_again_until_it_is_revoked_and_within_its_scope)
{
	DESK f;
	static const char *const held[] = {"account"};
	struct token_new n = {.name = str_of("job"), .days = 1};
	struct token_made made;
	struct who who, program, now;
	struct again again;

	desk_open(&f);
	who = signed_in(&f);
	n.registers = (struct words){(const char **)(uintptr_t)held, 1};
	CHECK(!identity_token_make(&f.v, &who, &n, &made));
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	again = again_of(&program);
	CHECK(!identity_again(&f.v, &again, &now) && str_eq(now.actor, program.actor));
	CHECK(!now.writes && !who_reaches(&now, str_of("site")));
	CHECK(!identity_token_revoke(&f.v, &who, made.id));
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
	CHECK(desk_events(&f, "token_refused") == 0);
	again.token = 4711;
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
}

TEST(nobody_is_known_again_whose_login_is_disabled_or_needs_a_second_factor_now)
{
	DESK f;
	struct who who, now;
	struct again again;
	bool changed;

	desk_open(&f);
	who = signed_in(&f);
	again = again_of(&who);
	again.session = 0;
	CHECK(!login_promote(&f.v, str_of("ann"), true, &changed));
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
	CHECK(!login_promote(&f.v, str_of("ann"), false, &changed));
	CHECK(!identity_again(&f.v, &again, &now));
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed));
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
	again.login = 4711;
	CHECK(identity_again(&f.v, &again, &now) == ERR_DENIED);
}
