#include "identity/sign_in.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "sys/clock.h"
#include "test.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum { SECOND = 1000 };

TEST(the_right_password_signs_in_and_the_ledger_says_who_and_whence)
{
	DESK f;
	struct signed_in in;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	CHECK(!in.second_factor_due && in.session > 0 && strlen(in.token) == 68);
	who = desk_who(&f, &in);
	CHECK(who.person == f.ann && who.organisation == f.store.home && who.writes);
	CHECK(str_is(who.actor, "user:ann") && who.session == in.session);
	CHECK(strstr(
		desk_event(&f, "signed_in").ptr,
		"{\"address\":\"192.0.2.1\",\"how\":\"password\",\"login\":\"ann\",\"session\":"));
	CHECK(store_count(&f.store, "select count(*) from event e join actor a on a.id = e.actor "
				    "where e.kind = 'signed_in' and a.name = 'user:ann'") == 1);
}

TEST(nothing_that_was_given_out_stands_in_the_store)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	CHECK(store_count(&f.store, "select count(*) from login_session") == 1);
	CHECK(store_count(&f.store, "select count(*) from login_session where hash like 'hfs%'") ==
	      0);
	CHECK(!strstr(desk_event(&f, "signed_in").ptr, in.token + 4));
}

TEST(a_wrong_password_and_a_wrong_name_are_told_alike)
{
	DESK f;
	static const char *const names[] = {"ann", "eve", "ann'", "Ann", "", "' or 1=1 --", "änne"};
	char said[sizeof(f.v.ctx->err.message)] = "";
	struct signed_in in;
	bool changed;

	desk_open(&f);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		CHECK(desk_try(&f, names[i], "not the right words", &in) == ERR_DENIED);
		CHECK(in.token[0] == '\0');
		if (i == 0)
			memcpy(said, f.v.ctx->err.message, sizeof(said));
		CHECK(strcmp(said, f.v.ctx->err.message) == 0);
	}
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed));
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	CHECK(strcmp(said, f.v.ctx->err.message) == 0);
	CHECK(desk_events(&f, "sign_in_failed") == COUNT_OF(names) + 1);
	/* What is no login's name may be a password that slipped: it is not told. */
	CHECK(store_count(&f.store, "select count(*) from event where detail like '%eve%'") == 0);
	CHECK(store_count(&f.store, "select count(*) from event where kind = 'sign_in_failed' and "
				    "detail like '%\"login\":\"ann\"%'") == 2);
}

TEST(bytes_that_are_no_text_are_a_wrong_name)
{
	DESK f;
	struct credentials c = {
		.name = {"\xff\xfe\0x", 4},
		    .password = str_of(PASSWORD)
	};
	struct signed_in in;

	desk_open(&f);
	CHECK(identity_sign_in(&f.v, &c, &in) == ERR_DENIED);
	c.name = (struct str){"ann\0", 4};
	CHECK(identity_sign_in(&f.v, &c, &in) == ERR_DENIED);
	c = (struct credentials){
		.name = str_of("ann"), .password = {"\xff\0", 2}
	};
	CHECK(identity_sign_in(&f.v, &c, &in) == ERR_DENIED);
}

TEST(what_is_too_long_is_refused_and_counted_for_nobody)
{
	DESK f;
	struct credentials c = {.name = str_of("ann")};
	size_t size = 10 * 1024 * 1024;
	char *text = malloc(size);
	struct signed_in in;

	desk_open(&f);
	CHECK(text);
	memset(text, 'a', size);
	c.password = (struct str){text, size};
	CHECK(identity_sign_in(&f.v, &c, &in) == ERR_TOO_BIG);
	c = (struct credentials){
		.name = {text, size},
		      .password = str_of(PASSWORD)
	  };
	CHECK(identity_sign_in(&f.v, &c, &in) == ERR_TOO_BIG);
	CHECK(desk_events(&f, "sign_in_failed") == 0);
	free(text);
}

TEST(five_failures_make_a_login_wait_and_each_more_doubles_it)
{
	DESK f;
	struct signed_in in;
	int64_t wait = LIMIT_FAILURE_WAIT_SECONDS;

	desk_open(&f);
	f.v.address = str_of("");
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES; i++)
		CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	for (int i = 0; i < 8; i++) {
		CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_TOO_OFTEN);
		CHECK(in.retry_after_seconds == wait);
		desk_wait(&f, wait * SECOND - 1);
		CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_TOO_OFTEN);
		CHECK(in.retry_after_seconds == 1);
		desk_wait(&f, 1);
		CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
		wait = wait * 2 < LIMIT_FAILURE_WAIT_SECONDS_MOST ? wait * 2
								  : LIMIT_FAILURE_WAIT_SECONDS_MOST;
	}
	CHECK(wait == LIMIT_FAILURE_WAIT_SECONDS_MOST);
	CHECK(desk_events(&f, "sign_in_blocked") == 9);
	/* It is never shut for ever, and success forgets. */
	desk_wait(&f, wait * SECOND);
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES - 1; i++)
		CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
}

TEST(a_name_that_is_none_waits_as_one_that_is)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	f.v.address = str_of("");
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES; i++)
		CHECK(desk_try(&f, "eve", PASSWORD, &in) == ERR_DENIED);
	CHECK(desk_try(&f, "eve", PASSWORD, &in) == ERR_TOO_OFTEN);
	CHECK(in.retry_after_seconds == LIMIT_FAILURE_WAIT_SECONDS);
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
}

TEST(failures_are_forgotten_after_a_day_and_not_before)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	f.v.address = str_of("");
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES - 1; i++)
		CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	desk_wait(&f, (int64_t)LIMIT_FAILURE_MEMORY_SECONDS * SECOND - 1);
	CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_TOO_OFTEN);
	desk_wait(&f, (int64_t)LIMIT_FAILURE_MEMORY_SECONDS * SECOND);
	CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	CHECK(store_count(&f.store, "select count(*) from login_failure where count = 1") == 1);
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
}

static void
fail_from(struct desk_fixture *f, const char *address, int times)
{
	struct signed_in in;

	f->v.address = str_of(address);
	for (int i = 0; i < times; i++) {
		char name[24];

		(void)snprintf(name, sizeof(name), "nobody%d", i / 2);
		CHECK(desk_try(f, name, PASSWORD, &in) == ERR_DENIED);
	}
}

TEST(an_address_waits_after_twenty_failures_whatever_the_names)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	fail_from(&f, "2001:db8:1:2::1", LIMIT_ADDRESS_FAILURES - 1);
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
	/* Another host of the same network; who signs in does not wash the address. */
	f.v.address = str_of("2001:db8:1:2:ffff::9");
	CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_TOO_OFTEN);
	CHECK(strstr(desk_event(&f, "sign_in_blocked").ptr, "\"how\":\"address\""));
	f.v.address = str_of("2001:db8:1:3::1");
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
}

TEST(an_address_is_one_however_it_is_written)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	fail_from(&f, "::ffff:192.0.2.7", LIMIT_ADDRESS_FAILURES);
	f.v.address = str_of("192.0.2.7");
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_TOO_OFTEN);
	f.v.address = str_of("192.0.2.8");
	CHECK(!desk_try(&f, "ann", PASSWORD, &in));
}

TEST(a_sign_in_ends_the_session_that_came_with_it)
{
	DESK f;
	struct signed_in old, in;
	struct credentials c = {.name = str_of("ann"), .password = str_of(PASSWORD)};
	struct who who;

	desk_open(&f);
	old = desk_sign_in(&f, "ann");
	c.old = str_of(old.token);
	CHECK(!identity_sign_in(&f.v, &c, &in));
	CHECK(strcmp(old.token, in.token) != 0);
	CHECK(identity_session(&f.v, str_of(old.token), &who) == ERR_DENIED);
	CHECK(desk_events(&f, "session_ended") == 1);
	/* One that a stranger made up is no session then either. */
	c.old = str_of("hfs_0000000000000000000000000000000000000000000000000000000000000000");
	CHECK(!identity_sign_in(&f.v, &c, &in));
	CHECK(identity_session(&f.v, c.old, &who) == ERR_DENIED);
}

TEST(what_was_kept_with_less_is_kept_anew_at_the_next_sign_in)
{
	DESK f;
	char text[crypto_pwhash_STRBYTES];
	DB_STMT *s = NULL;
	struct signed_in in;

	desk_open(&f);
	CHECK(crypto_pwhash_str_alg(text, PASSWORD, strlen(PASSWORD), 1, 8 * 1024 * 1024,
				    crypto_pwhash_ALG_ARGON2ID13) == 0);
	CHECK(!db_prepare(f.store.ctx->db, "update login set password = :kept", &s,
			  &f.store.ctx->err));
	db_bind_text(s, 1, str_of(text));
	CHECK(!db_run(s, &f.store.ctx->err));
	CHECK(desk_try(&f, "ann", "not the right words", &in) == ERR_DENIED);
	CHECK(store_count(&f.store, "select count(*) from login where password like '%m=8192%'") ==
	      1);
	in = desk_sign_in(&f, "ann");
	CHECK(store_count(&f.store,
			  "select count(*) from login where password like '%m=65536,t=3%'") == 1);
	in = desk_sign_in(&f, "ann");
}

/* Of the processor, so that whatever else runs on the machine does not count. */
static int64_t
work_of(struct desk_fixture *f, const char *name)
{
	struct timespec begin, end;
	struct signed_in in;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	CHECK(desk_try(f, name, "not the right words", &in) == ERR_DENIED);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (end.tv_sec - begin.tv_sec) * 1000 * (int64_t)NS_A_MS + end.tv_nsec - begin.tv_nsec;
}

TEST(a_name_that_is_none_takes_as_long_as_one_that_is)
{
	DESK f;
	int64_t known = INT64_MAX, unknown = INT64_MAX;

	desk_open(&f);
	for (int i = 0; i < 4; i++) {
		int64_t one = work_of(&f, "ann");
		int64_t other = work_of(&f, "eve");

		known = one < known ? one : known;
		unknown = other < unknown ? other : unknown;
	}
	CHECK(known < unknown * 3 / 2 && unknown < known * 3 / 2);
}

TEST(who_changes_the_password_proves_the_old_one_and_ends_the_other_sessions)
{
	DESK f;
	struct new_password p = {.old = str_of("not the right words"),
				 .wanted = str_of("some other words of mine")};
	struct signed_in here, there;
	struct who who, other;
	int64_t wait = -1;

	desk_open(&f);
	there = desk_sign_in(&f, "ann");
	here = desk_sign_in(&f, "ann");
	who = desk_who(&f, &here);
	CHECK(identity_change_password(&f.v, &who, &p, &wait) == ERR_DENIED && wait == 0);
	CHECK(desk_events(&f, "sign_in_failed") == 1);
	p.old = str_of(PASSWORD);
	p.wanted = str_of("password1234");
	CHECK(identity_change_password(&f.v, &who, &p, &wait) == ERR_INVALID);
	p.wanted = str_of("some other words of mine");
	CHECK(!identity_change_password(&f.v, &who, &p, &wait));
	CHECK(!identity_session(&f.v, str_of(here.token), &other));
	CHECK(identity_session(&f.v, str_of(there.token), &other) == ERR_DENIED);
	CHECK(desk_try(&f, "ann", PASSWORD, &here) == ERR_DENIED);
	CHECK(!desk_try(&f, "ann", "some other words of mine", &here));
	who = desk_who(&f, &here);
	p.old = str_of("not the right words");
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES; i++)
		CHECK(identity_change_password(&f.v, &who, &p, &wait) == ERR_DENIED);
	CHECK(identity_change_password(&f.v, &who, &p, &wait) == ERR_TOO_OFTEN && wait > 0);
}

TEST(a_proof_counts_for_ten_minutes)
{
	DESK f;
	struct signed_in in, again;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(identity_is_proven(&f.v, &who));
	desk_wait(&f, (int64_t)LIMIT_STEP_UP_SECONDS * SECOND - 1);
	CHECK(identity_is_proven(&f.v, &who));
	desk_wait(&f, 1);
	CHECK(!identity_is_proven(&f.v, &who));
	CHECK(identity_prove(&f.v, &who, str_of("not the right words"), &again) == ERR_DENIED);
	CHECK(!identity_prove(&f.v, &who, str_of(PASSWORD), &again));
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	who = desk_who(&f, &again);
	CHECK(identity_is_proven(&f.v, &who));
	CHECK(desk_events(&f, "proven_again") == 1);
}
