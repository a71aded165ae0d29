#include "identity/session.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

enum { SECOND = 1000 };

static bool
is_in(struct desk_fixture *f, const struct signed_in *in)
{
	struct who who;
	enum err_code rc = identity_session(&f->v, str_of(in->token), &who);

	CHECK(!rc || rc == ERR_DENIED);
	return !rc;
}

TEST(a_session_ends_when_it_is_not_used)
{
	DESK f;
	struct signed_in in;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	desk_wait(&f, (int64_t)LIMIT_SESSION_IDLE_SECONDS * SECOND - 1);
	CHECK(is_in(&f, &in));
	desk_wait(&f, (int64_t)LIMIT_SESSION_IDLE_SECONDS * SECOND - 1);
	CHECK(is_in(&f, &in));
	desk_wait(&f, (int64_t)LIMIT_SESSION_IDLE_SECONDS * SECOND);
	CHECK(!is_in(&f, &in));
}

TEST(a_session_that_is_used_ends_after_twelve_hours)
{
	DESK f;
	struct signed_in in;
	int64_t begin;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	begin = f.now;
	while (f.now - begin < ((int64_t)LIMIT_SESSION_SECONDS - 1000) * SECOND) {
		desk_wait(&f, 1000 * SECOND);
		CHECK(is_in(&f, &in));
	}
	desk_wait(&f, begin + (int64_t)LIMIT_SESSION_SECONDS * SECOND - 1 - f.now);
	CHECK(is_in(&f, &in));
	desk_wait(&f, 1);
	CHECK(!is_in(&f, &in));
	/* The next sign-in tidies up, and says so. */
	(void)desk_sign_in(&f, "ann");
	CHECK(desk_events(&f, "session_expired") == 1);
	CHECK(store_count(&f.store, "select count(*) from login_session") == 1);
}

TEST(use_is_noted_once_a_minute)
{
	DESK f;
	struct signed_in in;
	int64_t made;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	made = f.now;
	desk_wait(&f, 60 * SECOND - 1);
	CHECK(is_in(&f, &in));
	CHECK(store_count(&f.store, "select seen_at from login_session") == made);
	desk_wait(&f, 1);
	CHECK(is_in(&f, &in));
	CHECK(store_count(&f.store, "select seen_at from login_session") == made + 60 * SECOND);
}

TEST(a_token_that_is_altered_or_none_is_no_session)
{
	DESK f;
	static const char *const none[] = {"", "hfs_", "hft_", "hfs_00", "' or 1=1 --"};
	struct signed_in in;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	for (size_t i = 0; i < COUNT_OF(none); i++)
		CHECK(identity_session(&f.v, str_of(none[i]), &who) == ERR_DENIED);
	CHECK(identity_session(&f.v, (struct str){in.token, 67}, &who) == ERR_DENIED);
	in.token[67] = in.token[67] == '0' ? '1' : '0';
	CHECK(!is_in(&f, &in));
}

TEST(sessions_are_listed_and_ended_one_by_one_or_all)
{
	DESK f;
	struct signed_in here, there, elsewhere, bobs;
	struct session *list;
	struct who who, bob;
	size_t count;
	int64_t ended;

	desk_open(&f);
	(void)desk_person(&f, "bob");
	there = desk_sign_in(&f, "ann");
	f.v.agent = str_of("another browser");
	elsewhere = desk_sign_in(&f, "ann");
	here = desk_sign_in(&f, "ann");
	bobs = desk_sign_in(&f, "bob");
	who = desk_who(&f, &here);
	bob = desk_who(&f, &bobs);
	CHECK(!session_list(&f.v, &who, &list, &count) && count == 3);
	for (size_t i = 0; i < count; i++) {
		CHECK(list[i].own == (list[i].id == here.session));
		CHECK(str_is(list[i].address, "192.0.2.1"));
		CHECK(str_is(list[i].agent,
			     list[i].id == there.session ? "a browser" : "another browser"));
	}
	/* Somebody else's is none. */
	CHECK(identity_end(&f.v, &bob, there.session) == ERR_MISSING);
	CHECK(!identity_end(&f.v, &who, there.session) && !is_in(&f, &there));
	CHECK(identity_end(&f.v, &who, there.session) == ERR_MISSING);
	CHECK(!identity_end_all(&f.v, &who, true, &ended) && ended == 1);
	CHECK(!is_in(&f, &elsewhere) && is_in(&f, &here));
	CHECK(!identity_end(&f.v, &who, 0) && !is_in(&f, &here));
	CHECK(is_in(&f, &bobs));
	CHECK(desk_events(&f, "session_ended") == 3);
	CHECK(!identity_end_all(&f.v, &bob, false, &ended) && ended == 1 && !is_in(&f, &bobs));
}

TEST(a_login_has_so_many_sessions_and_the_oldest_goes)
{
	DESK f;
	struct signed_in first, second;

	desk_open(&f);
	first = desk_sign_in(&f, "ann");
	desk_wait(&f, SECOND);
	second = desk_sign_in(&f, "ann");
	for (int i = 2; i < LIMIT_SESSIONS; i++) {
		desk_wait(&f, SECOND);
		(void)desk_sign_in(&f, "ann");
	}
	CHECK(is_in(&f, &first));
	desk_wait(&f, SECOND);
	(void)desk_sign_in(&f, "ann");
	CHECK(!is_in(&f, &first) && is_in(&f, &second));
	CHECK(store_count(&f.store, "select count(*) from login_session") == LIMIT_SESSIONS);
}

TEST(what_a_client_calls_itself_is_cut_and_never_breaks_anything)
{
	DESK f;
	struct signed_in in;
	struct session *list;
	struct who who;
	char agent[300];
	size_t count;

	desk_open(&f);
	memset(agent, 'x', sizeof(agent));
	memcpy(agent + LIMIT_AGENT_BYTES - 1, "\xc3\xa9", 2);
	f.v.agent = (struct str){agent, sizeof(agent)};
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(!session_list(&f.v, &who, &list, &count) && count == 1);
	CHECK(list[0].agent.len == LIMIT_AGENT_BYTES - 1);
	f.v.agent = str_of("\xff'\"\\");
	in = desk_sign_in(&f, "ann");
}
