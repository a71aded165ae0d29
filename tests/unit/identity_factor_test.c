#include "identity/factor.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "ledger/note.h"
#include "test.h"

#include <string.h>

enum { SECOND = 1000, STEP = 30 * SECOND };

static enum err_code
give(struct desk_fixture *f, const struct signed_in *at, const char *code, struct signed_in *ret_in)
{
	struct who who = desk_who(f, at);

	return identity_second_factor(&f->v, &who, str_of(code), ret_in);
}

TEST(an_enrolled_factor_is_asked_for_and_turns_the_token)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in, done;
	struct enrolled enrolled;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	enrolled = desk_enrol(&f, &in, secret);
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	CHECK(!identity_session(&f.v, str_of(enrolled.token), &who));
	CHECK(who.second_factor && !who.second_factor_due);

	desk_wait(&f, STEP);
	in = desk_sign_in(&f, "ann");
	CHECK(in.second_factor_due && !in.enrolment_due);
	who = desk_who(&f, &in);
	CHECK(who.second_factor_due && !who.second_factor && !identity_is_proven(&f.v, &who));
	CHECK(desk_events(&f, "password_accepted") == 1);
	CHECK(!give(&f, &in, desk_code(&f, secret), &done));
	CHECK(!done.second_factor_due && done.session == in.session);
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	who = desk_who(&f, &done);
	CHECK(who.second_factor && !who.second_factor_due && identity_is_proven(&f.v, &who));
	CHECK(strstr(desk_event(&f, "signed_in").ptr, "\"how\":\"totp\""));
}

TEST(a_code_counts_once)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in, done, other;
	const char *code;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	(void)desk_enrol(&f, &in, secret);
	/* That of the enrolment does not count again. */
	in = desk_sign_in(&f, "ann");
	CHECK(give(&f, &in, desk_code(&f, secret), &done) == ERR_DENIED);
	desk_wait(&f, STEP);
	code = desk_code(&f, secret);
	CHECK(!give(&f, &in, code, &done));
	other = desk_sign_in(&f, "ann");
	CHECK(give(&f, &other, code, &done) == ERR_DENIED);
	desk_wait(&f, STEP);
	CHECK(give(&f, &other, code, &done) == ERR_DENIED);
	CHECK(!give(&f, &other, desk_code(&f, secret), &done));
}

TEST(a_second_factor_is_waited_for_ten_minutes)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in, late, done;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	(void)desk_enrol(&f, &in, secret);
	in = desk_sign_in(&f, "ann");
	late = desk_sign_in(&f, "ann");
	desk_wait(&f, (int64_t)LIMIT_SECOND_FACTOR_SECONDS * SECOND - 1);
	CHECK(!give(&f, &in, desk_code(&f, secret), &done));
	desk_wait(&f, 1);
	CHECK(identity_session(&f.v, str_of(late.token), &who) == ERR_DENIED);
	CHECK(!identity_session(&f.v, str_of(done.token), &who));
}

TEST(knowing_the_password_gives_no_more_tries_at_the_code)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in, done;

	desk_open(&f);
	f.v.address = str_of("");
	in = desk_sign_in(&f, "ann");
	(void)desk_enrol(&f, &in, secret);
	for (int i = 0; i < LIMIT_ACCOUNT_FAILURES; i++) {
		in = desk_sign_in(&f, "ann");
		CHECK(give(&f, &in, "000000", &done) == ERR_DENIED);
	}
	desk_wait(&f, STEP / 4);
	CHECK(give(&f, &in, desk_code(&f, secret), &done) == ERR_TOO_OFTEN);
	CHECK(done.retry_after_seconds > 0);
	CHECK(desk_try(&f, "ann", PASSWORD, &done) == ERR_TOO_OFTEN);
	desk_wait(&f, STEP);
	CHECK(!give(&f, &in, desk_code(&f, secret), &done));
}

TEST(a_recovery_code_counts_once_however_it_is_written)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE], plain[RECOVERY_TEXT_SIZE] = "";
	struct signed_in in, done;
	struct enrolled enrolled;
	size_t len = 0;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	enrolled = desk_enrol(&f, &in, secret);
	in = desk_sign_in(&f, "ann");
	CHECK(!give(&f, &in, enrolled.recovery.codes[0], &done));
	CHECK(strstr(desk_event(&f, "signed_in").ptr, "\"how\":\"recovery_code\",\"left\":9"));
	in = desk_sign_in(&f, "ann");
	CHECK(give(&f, &in, enrolled.recovery.codes[0], &done) == ERR_DENIED);
	for (const char *c = enrolled.recovery.codes[1]; *c != '\0'; c++) {
		if (*c != '-')
			plain[len++] = (char)(*c >= 'a' ? *c - 'a' + 'A' : *c);
	}
	CHECK(!give(&f, &in, plain, &done));
	CHECK(store_count(&f.store, "select count(*) from login_code") == RECOVERY_CODES - 2);
}

TEST(recovery_codes_are_made_anew_and_the_old_ones_end)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in, done;
	struct enrolled enrolled;
	struct recovery fresh;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	enrolled = desk_enrol(&f, &in, secret);
	CHECK(!identity_session(&f.v, str_of(enrolled.token), &who));
	desk_wait(&f, (int64_t)LIMIT_STEP_UP_SECONDS * SECOND);
	CHECK(identity_recovery_renew(&f.v, &who, &fresh) == ERR_DENIED);
	CHECK(strcmp(f.v.ctx->err.field, "proof") == 0);
	CHECK(!identity_second_factor(&f.v, &who, str_of(desk_code(&f, secret)), &done));
	who = desk_who(&f, &done);
	CHECK(!identity_recovery_renew(&f.v, &who, &fresh));
	in = desk_sign_in(&f, "ann");
	CHECK(give(&f, &in, enrolled.recovery.codes[3], &done) == ERR_DENIED);
	CHECK(!give(&f, &in, fresh.codes[9], &done));
}

TEST(who_has_only_the_password_cannot_put_another_factor_in_place)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in;
	struct enrolment n;
	struct enrolled done;
	struct who who, stale;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	stale = desk_who(&f, &in);
	(void)desk_enrol(&f, &in, secret);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(identity_enrol(&f.v, &who, &n) == ERR_DENIED);
	CHECK(identity_enrol_confirm(&f.v, &who, str_of("123456"), &done) == ERR_DENIED);
	/* Nor with what was known of it before there was a factor. */
	stale.session = who.session;
	CHECK(identity_enrol(&f.v, &stale, &n) == ERR_DENIED);
}

TEST(a_factor_that_was_not_confirmed_counts_for_nothing)
{
	DESK f;
	struct signed_in in;
	struct enrolment n;
	struct enrolled done;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(identity_enrol_confirm(&f.v, &who, str_of("123456"), &done) == ERR_DENIED);
	CHECK(!identity_enrol(&f.v, &who, &n));
	CHECK(strstr(n.uri.ptr, "otpauth://totp/Holdfast:ann?secret="));
	CHECK(strstr(n.uri.ptr, n.secret));
	CHECK(identity_enrol_confirm(&f.v, &who, str_of("12345"), &done) == ERR_DENIED);
	in = desk_sign_in(&f, "ann");
	CHECK(!in.second_factor_due);
	/* The session that was offered it goes on. */
	CHECK(!identity_enrol_confirm(&f.v, &who, str_of(desk_code(&f, n.secret)), &done));
}

TEST(a_reset_factor_is_gone_with_its_codes)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in in;
	struct who who;
	struct enrolled enrolled;
	bool changed;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	enrolled = desk_enrol(&f, &in, secret);
	CHECK(!login_reset_factor(&f.v, str_of("ann"), &changed) && changed);
	CHECK(identity_session(&f.v, str_of(enrolled.token), &who) == ERR_DENIED);
	CHECK(store_count(&f.store, "select count(*) from login_code") == 0);
	in = desk_sign_in(&f, "ann");
	CHECK(!in.second_factor_due);
	CHECK(desk_events(&f, "second_factor_reset") == 1);
}

TEST(a_secret_is_of_no_use_to_another_login_or_under_another_key)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE], other[TOTP_TEXT_SIZE];
	struct identity *own;
	struct note_key key;
	struct signed_in in, done;
	struct enrolled enrolled;
	struct err e;

	desk_open(&f);
	(void)desk_person(&f, "bob");
	in = desk_sign_in(&f, "ann");
	enrolled = desk_enrol(&f, &in, secret);
	in = desk_sign_in(&f, "bob");
	(void)desk_enrol(&f, &in, other);
	/* Somebody with the database's own shell copies bob's row to ann. */
	CHECK(!db_exec(
		f.store.ctx->db,
		"update login_totp set secret = (select t.secret from login_totp t where "
		"t.login = (select id from login where name = 'bob')), step = 0 where login = "
		"(select id from login where name = 'ann')",
		&e));
	in = desk_sign_in(&f, "ann");
	CHECK(give(&f, &in, desk_code(&f, other), &done) == ERR_INTERNAL);
	CHECK(strstr(f.v.ctx->err.message, "ledger.key"));
	CHECK(!give(&f, &in, enrolled.recovery.codes[0], &done));

	CHECK(!note_key_make("holdfast/other", &key, &e));
	own = f.identity;
	CHECK(!identity_new(&key, NULL, &f.identity, &e));
	f.v.identity = f.identity;
	in = desk_sign_in(&f, "bob");
	desk_wait(&f, STEP);
	CHECK(give(&f, &in, desk_code(&f, other), &done) == ERR_INTERNAL);
	identity_free(f.identity);
	f.identity = own;
	f.v.identity = own;
	CHECK(!give(&f, &in, desk_code(&f, other), &done));
}

TEST(a_role_asks_for_a_factor_and_who_has_none_may_only_enrol)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct signed_in before, in;
	struct enrolled enrolled;
	struct who who;

	desk_open(&f);
	before = desk_sign_in(&f, "ann");
	CHECK(!before.second_factor_due);
	desk_assign(&f, &(struct desk_role){.person = f.ann,
					    .organisation = f.store.home,
					    .role = "security_operations_manager"});
	/* It holds for sessions that are there, too. */
	who = desk_who(&f, &before);
	CHECK(who.second_factor_due && who.enrolment_due);
	in = desk_sign_in(&f, "ann");
	CHECK(in.second_factor_due && in.enrolment_due);
	who = desk_who(&f, &in);
	CHECK(who.second_factor_due && who.enrolment_due);
	CHECK(identity_second_factor(&f.v, &who, str_of("123456"), &in) == ERR_DENIED);
	enrolled = desk_enrol(&f, &before, secret);
	CHECK(!identity_session(&f.v, str_of(enrolled.token), &who));
	CHECK(who.second_factor && !who.second_factor_due && !who.enrolment_due);
}

TEST(a_browser_that_was_left_open_enrols_no_factor)
{
	DESK f;
	struct signed_in in;
	struct enrolment n;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	desk_wait(&f, (int64_t)LIMIT_STEP_UP_SECONDS * SECOND - 1);
	CHECK(!identity_enrol(&f.v, &who, &n));
	desk_wait(&f, 1);
	CHECK(identity_enrol(&f.v, &who, &n) == ERR_DENIED);
	CHECK(!identity_prove(&f.v, &who, str_of(PASSWORD), &in));
	who = desk_who(&f, &in);
	CHECK(!identity_enrol(&f.v, &who, &n));
}
