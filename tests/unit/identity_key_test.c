#include "identity/key.h"

#include "authenticator.h"
#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

enum { SECOND = 1000 };

static const struct webauthn_site site = {
	.id = {"holdfast.example.org",	       20},
	.origin = {"https://holdfast.example.org", 28},
};

static struct str
id_of(struct desk_fixture *f, const struct authenticator *a)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1024};

	base64url_encode(&text, a->id, sizeof(a->id));
	return str_dup(&f->store.arena, (struct str){text.data, text.len});
}

static enum err_code
add(struct desk_fixture *f, const struct who *who, struct authenticator *a,
    struct enrolled *ret_done, bool *ret_recovery)
{
	struct key_new n = {.site = &site, .name = str_of("a key on a ring")};
	struct key_question q;
	enum err_code rc = identity_key_offer(&f->v, who, &q);

	if (rc)
		return rc;
	n.answer = authenticator_register(a, q.challenge);
	return identity_key_add(&f->v, who, &n, ret_done, ret_recovery);
}

static enum err_code
answer(struct desk_fixture *f, const struct who *who, struct authenticator *a,
       struct signed_in *ret_in)
{
	struct key_answer k = {.site = &site, .key = id_of(f, a)};
	struct key_question q;
	enum err_code rc = identity_key_ask(&f->v, who, &q);

	if (rc)
		return rc;
	k.answer = authenticator_assert(a, q.challenge);
	return identity_key_answer(&f->v, who, &k, ret_in);
}

static struct who
signed_in(struct desk_fixture *f, const char *name)
{
	struct signed_in in = desk_sign_in(f, name);

	return desk_who(f, &in);
}

TEST(a_security_key_is_a_second_factor_with_recovery_codes)
{
	DESK f;
	struct authenticator a;
	struct enrolled done;
	struct signed_in in, next;
	struct who who;
	struct key *list;
	size_t count;
	bool recovery = false;

	desk_open(&f);
	authenticator_make(&a, SOFT_ES256, &f.store.arena, f.v.ctx->hasher);
	who = signed_in(&f, "ann");
	CHECK(!add(&f, &who, &a, &done, &recovery) && recovery);
	CHECK(!identity_session(&f.v, str_of(done.token), &who));
	CHECK(who.second_factor && !who.second_factor_due);
	CHECK(!key_list(&f.v, &who, &list, &count) && count == 1);
	CHECK(str_is(list[0].name, "a key on a ring") && list[0].used_at == 0);

	desk_wait(&f, SECOND);
	in = desk_sign_in(&f, "ann");
	CHECK(in.second_factor_due && !in.enrolment_due);
	who = desk_who(&f, &in);
	CHECK(!answer(&f, &who, &a, &next));
	who = desk_who(&f, &next);
	CHECK(who.second_factor && !who.second_factor_due);
	CHECK(strstr(desk_event(&f, "signed_in").ptr, "\"how\":\"webauthn\""));
	CHECK(!key_list(&f.v, &who, &list, &count) && list[0].used_at == f.now);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(!identity_second_factor(&f.v, &who, str_of(done.recovery.codes[0]), &next));
	authenticator_free(&a);
}

TEST(an_answer_counts_once_and_for_five_minutes)
{
	DESK f;
	struct authenticator a;
	struct key_answer k = {.site = &site};
	struct key_question q;
	struct enrolled done;
	struct signed_in next;
	struct who who;
	bool recovery;

	desk_open(&f);
	f.v.address = str_of("");
	authenticator_make(&a, SOFT_EDDSA, &f.store.arena, f.v.ctx->hasher);
	who = signed_in(&f, "ann");
	CHECK(!add(&f, &who, &a, &done, &recovery));
	k.key = id_of(&f, &a);
	who = signed_in(&f, "ann");
	CHECK(!identity_key_ask(&f.v, &who, &q) && q.key_count == 1 && str_eq(q.keys[0], k.key));
	k.answer = authenticator_assert(&a, q.challenge);
	CHECK(!identity_key_answer(&f.v, &who, &k, &next));
	/* The same again, and to another question. */
	CHECK(identity_key_answer(&f.v, &who, &k, &next) == ERR_DENIED);
	CHECK(!identity_key_ask(&f.v, &who, &q));
	CHECK(identity_key_answer(&f.v, &who, &k, &next) == ERR_DENIED);
	CHECK(desk_events(&f, "sign_in_failed") == 1);
	/* A wrong answer is the end of its question. */
	k.answer = authenticator_assert(&a, q.challenge);
	CHECK(identity_key_answer(&f.v, &who, &k, &next) == ERR_DENIED);
	CHECK(!identity_key_ask(&f.v, &who, &q));
	k.answer = authenticator_assert(&a, q.challenge);
	desk_wait(&f, (int64_t)LIMIT_CHALLENGE_SECONDS * SECOND);
	CHECK(identity_key_answer(&f.v, &who, &k, &next) == ERR_DENIED);
	CHECK(!identity_key_ask(&f.v, &who, &q));
	k.answer = authenticator_assert(&a, q.challenge);
	desk_wait(&f, (int64_t)LIMIT_CHALLENGE_SECONDS * SECOND - 1);
	CHECK(!identity_key_answer(&f.v, &who, &k, &next));
	authenticator_free(&a);
}

TEST(a_security_key_is_of_one_login_and_a_question_of_one_session)
{
	DESK f;
	struct authenticator a, b;
	struct key_answer k = {.site = &site};
	struct key_question q;
	struct enrolled done;
	struct signed_in next;
	struct who ann, bob, second;
	bool recovery;

	desk_open(&f);
	(void)desk_person(&f, "bob");
	authenticator_make(&a, SOFT_EDDSA, &f.store.arena, f.v.ctx->hasher);
	authenticator_make(&b, SOFT_ES256, &f.store.arena, f.v.ctx->hasher);
	ann = signed_in(&f, "ann");
	bob = signed_in(&f, "bob");
	CHECK(!add(&f, &ann, &a, &done, &recovery));
	CHECK(add(&f, &bob, &a, &done, &recovery) == ERR_CONFLICT);
	CHECK(identity_key_ask(&f.v, &bob, &q) == ERR_MISSING);
	CHECK(!add(&f, &bob, &b, &done, &recovery));
	bob = signed_in(&f, "bob");
	CHECK(answer(&f, &bob, &a, &next) == ERR_DENIED);
	CHECK(!answer(&f, &bob, &b, &next));
	/* Asked in one session, answered in another. */
	ann = signed_in(&f, "ann");
	second = signed_in(&f, "ann");
	CHECK(!identity_key_ask(&f.v, &ann, &q));
	k.key = id_of(&f, &a);
	k.answer = authenticator_assert(&a, q.challenge);
	CHECK(identity_key_answer(&f.v, &second, &k, &next) == ERR_DENIED);
	k.key = str_of("' or 1=1 --");
	CHECK(identity_key_answer(&f.v, &ann, &k, &next) == ERR_DENIED);
	authenticator_free(&a);
	authenticator_free(&b);
}

TEST(who_has_only_the_password_adds_no_security_key)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct authenticator a;
	struct enrolled done;
	struct signed_in in, next;
	struct who who, stale;
	bool recovery = true;

	desk_open(&f);
	authenticator_make(&a, SOFT_RS256, &f.store.arena, f.v.ctx->hasher);
	in = desk_sign_in(&f, "ann");
	stale = desk_who(&f, &in);
	(void)desk_enrol(&f, &in, secret);
	who = signed_in(&f, "ann");
	CHECK(add(&f, &who, &a, &done, &recovery) == ERR_DENIED);
	stale.session = who.session;
	CHECK(add(&f, &stale, &a, &done, &recovery) == ERR_DENIED);
	desk_wait(&f, 30 * SECOND);
	CHECK(!identity_second_factor(&f.v, &who, str_of(desk_code(&f, secret)), &next));
	who = desk_who(&f, &next);
	/* The recovery codes are those that there are. */
	CHECK(!add(&f, &who, &a, &done, &recovery) && !recovery && !done.recovery.codes[0][0]);
	CHECK(store_count(&f.store, "select count(*) from login_code") == RECOVERY_CODES);
	authenticator_free(&a);
}

TEST(with_the_last_security_key_go_the_recovery_codes)
{
	DESK f;
	struct authenticator a, b;
	struct enrolled done;
	struct who who;
	struct signed_in in;
	bool recovery;

	desk_open(&f);
	authenticator_make(&a, SOFT_EDDSA, &f.store.arena, f.v.ctx->hasher);
	authenticator_make(&b, SOFT_ES256, &f.store.arena, f.v.ctx->hasher);
	who = signed_in(&f, "ann");
	CHECK(!add(&f, &who, &a, &done, &recovery) && recovery);
	CHECK(!identity_session(&f.v, str_of(done.token), &who));
	CHECK(!add(&f, &who, &b, &done, &recovery) && !recovery);
	CHECK(!identity_session(&f.v, str_of(done.token), &who));
	CHECK(!identity_key_remove(&f.v, &who, id_of(&f, &a)));
	CHECK(identity_key_remove(&f.v, &who, id_of(&f, &a)) == ERR_MISSING);
	CHECK(store_count(&f.store, "select count(*) from login_code") == RECOVERY_CODES);
	CHECK(!identity_key_remove(&f.v, &who, id_of(&f, &b)));
	CHECK(store_count(&f.store, "select count(*) from login_code") == 0);
	in = desk_sign_in(&f, "ann");
	CHECK(!in.second_factor_due);
	CHECK(desk_events(&f, "second_factor_removed") == 2);
	authenticator_free(&a);
	authenticator_free(&b);
}
