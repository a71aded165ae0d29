#include "identity/external.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

#define ISSUER "https://id.example.org"

static struct external
account(const char *subject)
{
	return (struct external){.issuer = str_of(ISSUER), .subject = str_of(subject)};
}

static enum err_code
arrives(struct desk_fixture *f, const struct external *x, struct signed_in *ret_in)
{
	return external_sign_in(&f->v, x, (struct str){0}, ret_in);
}

TEST(who_comes_from_a_provider_gets_the_login_that_is_linked_and_no_other)
{
	DESK f;
	struct external x = account("user-1"), other = account("USER-1");
	struct external elsewhere = {.issuer = str_of(ISSUER "/"), .subject = str_of("user-1")};
	struct external_link *list;
	struct signed_in in;
	struct who who;
	size_t count;

	desk_open(&f);
	f.v.address = str_of("192.0.2.1");
	CHECK(arrives(&f, &x, &in) == ERR_DENIED && in.token[0] == '\0');
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	x.proven_at = f.now - 1000;
	CHECK(!arrives(&f, &x, &in));
	who = desk_who(&f, &in);
	CHECK(str_is(who.name, "ann") && who.proven_at == f.now - 1000 && !who.second_factor);
	CHECK(arrives(&f, &other, &in) == ERR_DENIED && arrives(&f, &elsewhere, &in) == ERR_DENIED);
	CHECK(!external_list(&f.v, str_of("ann"), &list, &count));
	CHECK(count == 1 && str_is(list[0].issuer, ISSUER) && list[0].used_at);
	CHECK(desk_events(&f, "identity_linked") == 1 && desk_events(&f, "signed_in") == 1);
	CHECK(!external_unlink(&f.v, str_of("ann"), list[0].id));
	CHECK(external_unlink(&f.v, str_of("ann"), list[0].id) == ERR_MISSING);
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	CHECK(arrives(&f, &x, &in) == ERR_DENIED);
}

TEST(a_link_is_one_login_s_and_a_login_has_one_for_each_issuer)
{
	DESK f;
	struct external x = account("user-1"), other = account("user-2");

	desk_open(&f);
	(void)desk_person(&f, "bob");
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	CHECK(desk_events(&f, "identity_linked") == 1);
	CHECK(external_link(&f.v, str_of("bob"), &x) == ERR_CONFLICT);
	CHECK(external_link(&f.v, str_of("ann"), &other) == ERR_CONFLICT);
	other.issuer = str_of(ISSUER "/other");
	CHECK(!external_link(&f.v, str_of("ann"), &other));
	CHECK(external_link(&f.v, str_of("nobody"), &other) == ERR_MISSING);
}

TEST(what_a_provider_calls_its_user_has_limits)
{
	char longest[LIMIT_ISSUER_BYTES + 1];
	DESK f;
	struct external x = account("");

	desk_open(&f);
	memset(longest, 'x', sizeof(longest));
	CHECK(external_link(&f.v, str_of("ann"), &x) == ERR_INVALID);
	x.subject = (struct str){longest, LIMIT_SUBJECT_BYTES + 1};
	CHECK(external_link(&f.v, str_of("ann"), &x) == ERR_INVALID);
	x.subject.len--;
	x.issuer = (struct str){longest, LIMIT_ISSUER_BYTES + 1};
	CHECK(external_link(&f.v, str_of("ann"), &x) == ERR_INVALID);
	x.issuer.len--;
	CHECK(!external_link(&f.v, str_of("ann"), &x));
}

TEST(a_verified_address_links_the_login_of_that_name_once)
{
	DESK f;
	struct external x = account("user-1"), again = account("user-2");
	struct signed_in in;

	desk_open(&f);
	x.email = str_of("Ann");
	again.email = str_of("ann");
	CHECK(!arrives(&f, &x, &in));
	CHECK(strstr(str_z(f.v.ctx->arena, desk_event(&f, "identity_linked")), "\"email\""));
	CHECK(arrives(&f, &again, &in) == ERR_DENIED);
	again.email = str_of("no name at all");
	CHECK(arrives(&f, &again, &in) == ERR_DENIED);
	CHECK(desk_events(&f, "identity_linked") == 1);
}

TEST(a_provider_s_second_factor_counts_and_without_it_the_own_one_is_due)
{
	DESK f;
	struct external x = account("user-1");
	struct signed_in in, own;
	char secret[TOTP_TEXT_SIZE];
	struct who who;

	desk_open(&f);
	own = desk_sign_in(&f, "ann");
	(void)desk_enrol(&f, &own, secret);
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	CHECK(!arrives(&f, &x, &in) && in.second_factor_due && !in.enrolment_due);
	CHECK(desk_events(&f, "provider_accepted") == 1);
	who = desk_who(&f, &in);
	CHECK(who.second_factor_due && !identity_is_proven(&f.v, &who));
	x.second_factor = true;
	CHECK(!arrives(&f, &x, &in) && !in.second_factor_due);
	who = desk_who(&f, &in);
	CHECK(who.second_factor && !identity_is_proven(&f.v, &who));
	x.proven_at = f.now;
	CHECK(!arrives(&f, &x, &in));
	who = desk_who(&f, &in);
	CHECK(identity_is_proven(&f.v, &who));
}

TEST(a_disabled_login_is_not_let_in_by_a_provider)
{
	DESK f;
	struct external x = account("user-1");
	struct signed_in in;
	bool changed;

	desk_open(&f);
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed));
	CHECK(arrives(&f, &x, &in) == ERR_DENIED);
	CHECK(desk_events(&f, "sign_in_failed") == 1);
}

TEST(an_owner_links_from_a_session_that_is_good_still)
{
	DESK f;
	struct external x = account("user-1");
	struct signed_in in;
	struct who who;
	struct external_link *list;
	size_t count;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(external_link_own(&f.v, who.session + 1, &x) == ERR_DENIED);
	CHECK(!external_link_own(&f.v, who.session, &x));
	CHECK(!external_list(&f.v, str_of("ann"), &list, &count) && count == 1);
	CHECK(external_unlink_own(&f.v, &who, list[0].id + 1) == ERR_MISSING);
	CHECK(!external_unlink_own(&f.v, &who, list[0].id));
	CHECK(desk_events(&f, "identity_unlinked") == 1);
	CHECK(!identity_end(&f.v, &who, 0));
	CHECK(external_link_own(&f.v, who.session, &x) == ERR_DENIED);
}

TEST(an_address_from_which_a_provider_s_word_fails_too_often_waits)
{
	DESK f;
	struct external x = account("user-1");
	struct signed_in in;
	int64_t seconds = 0;

	desk_open(&f);
	CHECK(!external_link(&f.v, str_of("ann"), &x));
	f.v.address = str_of("192.0.2.1");
	for (int i = 0; i < LIMIT_ADDRESS_FAILURES; i++) {
		CHECK(!external_may_try(&f.v, &seconds));
		CHECK(!external_failed(&f.v));
	}
	CHECK(external_may_try(&f.v, &seconds) == ERR_TOO_OFTEN && seconds > 0);
	CHECK(arrives(&f, &x, &in) == ERR_TOO_OFTEN && in.retry_after_seconds == seconds);
	/* Nobody else does, whoever he is. */
	f.v.address = str_of("192.0.2.2");
	CHECK(!arrives(&f, &x, &in));
}
