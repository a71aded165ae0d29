#include "identity/known.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "ledger/ledger.h"
#include "test.h"

#include <string.h>

static const int64_t minute = 60000;

/* Whether it is known who comes with the secret, and since when. */
static bool
known_at(struct desk_fixture *f, const char *secret, int64_t *ret_size, struct who *ret_who)
{
	return identity_known(&f->v, str_of(secret), ret_who, ret_size);
}

static int64_t
leaves(struct desk_fixture *f)
{
	int64_t size = 0;

	CHECK(!ledger_length(f->v.ctx->ledger, &size, &f->v.ctx->err));
	return size;
}

static struct token_made
token_of(struct desk_fixture *f, const struct who *who)
{
	static const char *const held[] = {"account", "asset"};
	const struct token_new n = {
		.name = str_of("a job"),
		.registers = {(const char **)(uintptr_t)held, 2},
		.days = 1
	 };
	struct token_made made;

	CHECK(!identity_token_make(&f->v, who, &n, &made));
	return made;
}

TEST(a_caller_is_known_as_he_was_looked_up)
{
	DESK f;
	struct who who, program, again;
	struct signed_in in;
	struct token_made made;
	int64_t size = 0;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	CHECK(!known_at(&f, in.token, &size, &again));
	who = desk_who(&f, &in);
	CHECK(known_at(&f, in.token, &size, &again));
	CHECK(size == leaves(&f) && again.session == who.session && again.token == 0);
	CHECK(again.login == who.login && again.person == f.ann && again.all_registers);
	made = token_of(&f, &who);
	CHECK(!known_at(&f, made.text, &size, &again));
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(known_at(&f, made.text, &size, &again));
	CHECK(again.token == made.id && !again.writes && !again.all_registers);
	CHECK(who_reaches(&again, str_of("asset")) && !who_reaches(&again, str_of("person")));
	CHECK(str_eq(again.actor, program.actor) && again.actor.ptr != program.actor.ptr);
	CHECK(again.role_count == program.role_count);
	made.text[10] = made.text[10] == '0' ? '1' : '0';
	CHECK(!known_at(&f, made.text, &size, &again));
	CHECK(!known_at(&f, "", &size, &again));
}

/* A session is seen each minute, a token used each ten; days begin, and sessions end. */
TEST(nobody_is_known_past_what_the_clock_alone_moves)
{
	DESK f;
	struct who who, program, again;
	struct signed_in in;
	struct token_made made;
	int64_t size = 0;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	made = token_of(&f, &who);
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	desk_wait(&f, minute - 1);
	CHECK(known_at(&f, in.token, &size, &again));
	desk_wait(&f, 1);
	CHECK(!known_at(&f, in.token, &size, &again));
	CHECK(known_at(&f, made.text, &size, &again));
	desk_wait(&f, 9 * minute);
	CHECK(!known_at(&f, made.text, &size, &again));
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(known_at(&f, made.text, &size, &again));
	/* It is not believed that time goes back. */
	desk_wait(&f, -1);
	CHECK(!known_at(&f, made.text, &size, &again));
	desk_wait(&f, (int64_t)24 * 60 * minute - 20 * minute);
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(program.until <= made.expires_at);
	CHECK(program.until <= f.now + 10 * minute);
}

/* Each leaves the ledger longer than it was, so that nobody is believed to be who he was. */
TEST(what_changes_a_caller_stands_in_the_ledger)
{
	DESK f;
	struct who who;
	struct signed_in in;
	struct token_made made;
	char secret[TOTP_TEXT_SIZE];
	bool changed;
	int64_t before, ended;

	desk_open(&f);
	(void)desk_person(&f, "bob");
	in = desk_sign_in(&f, "bob");
	who = desk_who(&f, &in);
	made = token_of(&f, &who);
	before = leaves(&f);
	CHECK(!identity_token_revoke(&f.v, &who, made.id));
	CHECK(leaves(&f) > before);
	before = leaves(&f);
	desk_assign(&f, &(struct desk_role){.person = who.person,
					    .organisation = who.organisation,
					    .role = "service_desk"});
	CHECK(leaves(&f) > before);
	before = leaves(&f);
	CHECK(!login_promote(&f.v, str_of("bob"), true, &changed) && changed);
	CHECK(leaves(&f) > before);
	(void)desk_enrol(&f, &in, secret);
	before = leaves(&f);
	CHECK(!login_reset_factor(&f.v, str_of("bob"), &changed) && changed);
	CHECK(leaves(&f) > before);
	in = desk_sign_in(&f, "bob");
	before = leaves(&f);
	CHECK(!login_end_sessions(&f.v, str_of("bob"), &ended) && ended > 0);
	CHECK(leaves(&f) > before);
	before = leaves(&f);
	CHECK(!login_set_password(&f.v, str_of("bob"), str_of("quite another phrase")));
	CHECK(leaves(&f) > before);
	before = leaves(&f);
	CHECK(!login_enable(&f.v, str_of("bob"), false, &changed) && changed);
	CHECK(leaves(&f) > before);
}

/* There are more secrets than places; whoever has another's place is looked up. */
TEST(a_secret_is_only_its_own)
{
	DESK f;
	struct known *k = NULL;
	struct who who = {.name = str_of("x"), .actor = str_of("user:x"), .until = INT64_MAX};
	struct who found;
	int64_t size = 0;
	size_t known = 0;

	desk_open(&f);
	CHECK(!known_new(&k, &f.v.ctx->err));
	who.model = f.v.ctx->model;
	for (int i = 0; i < 4 * LIMIT_KNOWN_CALLERS; i++) {
		char kept[65];

		(void)snprintf(kept, sizeof(kept), "%064d", i);
		memcpy(kept, kept + 56, 8);
		who.login = i;
		known_keep(k, f.v.ctx, str_of(kept), &who, 7);
	}
	for (int i = 0; i < 4 * LIMIT_KNOWN_CALLERS; i++) {
		char kept[65];

		(void)snprintf(kept, sizeof(kept), "%064d", i);
		memcpy(kept, kept + 56, 8);
		if (!known_find(k, f.v.ctx, str_of(kept), &found, &size))
			continue;
		CHECK(found.login == i && size == 7);
		known++;
	}
	CHECK(known > 0 && known <= LIMIT_KNOWN_CALLERS);
	known_free(k);
}
