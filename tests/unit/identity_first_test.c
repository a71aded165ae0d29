#include "identity/first.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

static enum err_code
use(struct desk_fixture *f, const char *link, const char *name)
{
	const struct first first = {
		.link = str_of(link), .name = str_of(name), .password = str_of(PASSWORD)};

	return identity_first(&f->v, &first);
}

/* Nobody can sign in: ann is disabled. */
static void
shut(struct desk_fixture *f)
{
	bool changed;

	desk_open(f);
	CHECK(!login_enable(&f->v, str_of("ann"), false, &changed));
}

TEST(the_first_link_makes_an_administrator_once)
{
	DESK f;
	char link[SECRET_TEXT_SIZE];
	struct signed_in in;
	struct who who;
	bool closed = false;

	shut(&f);
	CHECK(!identity_is_closed(f.store.ctx, &closed) && closed);
	CHECK(!identity_first_link(&f.v, link));
	CHECK(use(&f, "hfl_0000000000000000000000000000000000000000000000000000000000000000",
		  "root") == ERR_DENIED);
	CHECK(use(&f, "", "root") == ERR_DENIED);
	CHECK(!use(&f, link, "root"));
	in = desk_sign_in(&f, "root");
	who = desk_who(&f, &in);
	CHECK(who.administrator && who.enrolment_due);
	CHECK(!identity_is_closed(f.store.ctx, &closed) && !closed);
	CHECK(use(&f, link, "other") == ERR_DENIED);
	CHECK(identity_first_link(&f.v, link) == ERR_CONFLICT);
	CHECK(desk_events(&f, "first_link_used") == 1);
}

TEST(the_first_link_is_good_for_a_day)
{
	DESK f;
	char link[SECRET_TEXT_SIZE];

	shut(&f);
	CHECK(!identity_first_link(&f.v, link));
	desk_wait(&f, (int64_t)LIMIT_FIRST_LINK_SECONDS * 1000);
	CHECK(use(&f, link, "root") == ERR_DENIED);
	CHECK(!identity_first_link(&f.v, link));
	desk_wait(&f, (int64_t)LIMIT_FIRST_LINK_SECONDS * 1000 - 1);
	CHECK(!use(&f, link, "root"));
}

TEST(a_new_first_link_ends_the_one_before)
{
	DESK f;
	char old[SECRET_TEXT_SIZE], link[SECRET_TEXT_SIZE];

	shut(&f);
	CHECK(!identity_first_link(&f.v, old));
	CHECK(!identity_first_link(&f.v, link));
	CHECK(use(&f, old, "root") == ERR_DENIED);
	CHECK(!use(&f, link, "root"));
}

TEST(a_first_link_that_was_refused_is_good_still)
{
	DESK f;
	char link[SECRET_TEXT_SIZE];
	struct first bad = {.name = str_of("root"), .password = str_of("password1234")};
	bool changed;

	shut(&f);
	CHECK(!identity_first_link(&f.v, link));
	bad.link = str_of(link);
	CHECK(identity_first(&f.v, &bad) == ERR_INVALID);
	CHECK(use(&f, link, "No Name") == ERR_INVALID);
	/* Somebody can sign in again meanwhile: it opens nothing then. */
	CHECK(!login_enable(&f.v, str_of("ann"), true, &changed));
	CHECK(use(&f, link, "root") == ERR_CONFLICT);
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed));
	/* One that is there is opened. */
	CHECK(!use(&f, link, "ann"));
	CHECK(store_count(&f.store, "select count(*) from login") == 1);
	CHECK(desk_events(&f, "login_promoted") == 1);
}
