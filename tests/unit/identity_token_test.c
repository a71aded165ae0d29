#include "identity/token.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

static const int64_t day = (int64_t)86400 * 1000;

static struct who
signed_in(struct desk_fixture *f, const char *name)
{
	struct signed_in in = desk_sign_in(f, name);

	return desk_who(f, &in);
}

static struct token_made
make(struct desk_fixture *f, const struct who *who)
{
	const struct token_new n = {
		.name = str_of("a job"), .writes = true, .all_registers = true, .days = 30};
	struct token_made made;

	CHECK(!identity_token_make(&f->v, who, &n, &made));
	return made;
}

TEST(a_token_acts_for_its_login_within_its_scope)
{
	DESK f;
	static const char *const held[] = {"account", "asset"};
	struct token_new n = {.name = str_of("o'job"), .days = 1};
	struct token_made made;
	struct who who, program;

	desk_open(&f);
	who = signed_in(&f, "ann");
	n.registers = (struct words){(const char **)(uintptr_t)held, 2};
	CHECK(!identity_token_make(&f.v, &who, &n, &made));
	CHECK(strncmp(made.text, "hft_", 4) == 0 && strlen(made.text) == 68);
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(program.token == made.id && program.session == 0 && program.login == who.login);
	CHECK(!program.writes && !program.all_registers);
	CHECK(who_reaches(&program, str_of("account")) && who_reaches(&program, str_of("asset")));
	CHECK(!who_reaches(&program, str_of("person")));
	CHECK(strncmp(program.actor.ptr, "user:ann/token:", 15) == 0);
	CHECK(who_reaches(&who, str_of("person")));
	CHECK(store_count(&f.store, "select count(*) from login_token where hash like 'hft%'") ==
	      0);
	CHECK(!strstr(desk_event(&f, "token_made").ptr, made.text + 4));
}

TEST(what_is_no_scope_is_refused)
{
	DESK f;
	static const char *const none[] = {"no_such_register"};
	const struct token_new fine = {.name = str_of("x"), .all_registers = true, .days = 1};
	struct token_new n = fine;
	struct token_made made;
	struct who who;
	char name[200];

	desk_open(&f);
	who = signed_in(&f, "ann");
	n.days = 0;
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n.days = LIMIT_TOKEN_DAYS + 1;
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n = fine;
	n.all_registers = false;
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n.registers = (struct words){(const char **)(uintptr_t)none, 1};
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n = fine;
	n.name = str_of("");
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	memset(name, 'x', sizeof(name));
	n.name = (struct str){name, LIMIT_TOKEN_NAME_BYTES + 1};
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n.name.len = LIMIT_TOKEN_NAME_BYTES;
	n.days = LIMIT_TOKEN_DAYS;
	CHECK(!identity_token_make(&f.v, &who, &n, &made));
}

TEST(a_token_ends_at_its_day)
{
	DESK f;
	struct token_made made;
	struct who who;

	desk_open(&f);
	who = signed_in(&f, "ann");
	made = make(&f, &who);
	desk_wait(&f, 30 * day - 1);
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	desk_wait(&f, 1);
	CHECK(identity_token(&f.v, str_of(made.text), &who) == ERR_DENIED);
	CHECK(strstr(desk_event(&f, "token_refused").ptr, "\"how\":\"expired\""));
}

TEST(a_revoked_token_is_refused_and_its_use_is_told)
{
	DESK f;
	struct token_made made;
	struct token *list;
	struct who who, bob, program;
	size_t count;

	desk_open(&f);
	(void)desk_person(&f, "bob");
	who = signed_in(&f, "ann");
	bob = signed_in(&f, "bob");
	made = make(&f, &who);
	CHECK(identity_token_revoke(&f.v, &bob, made.id) == ERR_MISSING);
	CHECK(!token_list(&f.v, &bob, &list, &count) && count == 0);
	CHECK(!identity_token_revoke(&f.v, &who, made.id));
	CHECK(!identity_token_revoke(&f.v, &who, made.id));
	CHECK(desk_events(&f, "token_revoked") == 1);
	CHECK(!token_list(&f.v, &who, &list, &count) && count == 1 && list[0].revoked_at == f.now);
	CHECK(identity_token(&f.v, str_of(made.text), &program) == ERR_DENIED);
	CHECK(identity_token(&f.v, str_of(made.text), &program) == ERR_DENIED);
	/* Once in ten minutes. */
	CHECK(desk_events(&f, "token_refused") == 1);
	desk_wait(&f, 600 * 1000);
	CHECK(identity_token(&f.v, str_of(made.text), &program) == ERR_DENIED);
	CHECK(desk_events(&f, "token_refused") == 2);
}

TEST(a_token_ends_with_its_login_and_comes_back_with_it)
{
	DESK f;
	struct token_made made;
	struct who who;
	bool changed;

	desk_open(&f);
	who = signed_in(&f, "ann");
	made = make(&f, &who);
	CHECK(!login_enable(&f.v, str_of("ann"), false, &changed));
	CHECK(identity_token(&f.v, str_of(made.text), &who) == ERR_DENIED);
	CHECK(strstr(desk_event(&f, "token_refused").ptr, "\"how\":\"disabled\""));
	CHECK(!login_enable(&f.v, str_of("ann"), true, &changed));
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
}

TEST(use_of_a_token_is_noted_every_ten_minutes)
{
	DESK f;
	struct token_made made;
	struct who who;
	int64_t used;

	desk_open(&f);
	who = signed_in(&f, "ann");
	made = make(&f, &who);
	used = f.now;
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	desk_wait(&f, 599999);
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	CHECK(store_count(&f.store, "select used_at from login_token") == used);
	desk_wait(&f, 1);
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	CHECK(store_count(&f.store, "select used_at from login_token") == used + 600000);
}

TEST(a_token_is_made_by_who_has_just_proven_itself_and_never_by_a_token)
{
	DESK f;
	const struct token_new n = {.name = str_of("x"), .all_registers = true, .days = 1};
	struct token_made made;
	struct who who, program;

	desk_open(&f);
	who = signed_in(&f, "ann");
	made = make(&f, &who);
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(identity_token_make(&f.v, &program, &n, &made) == ERR_DENIED);
	desk_wait(&f, (int64_t)LIMIT_STEP_UP_SECONDS * 1000);
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_DENIED);
	CHECK(strcmp(f.v.ctx->err.field, "proof") == 0);
}

TEST(a_token_made_without_a_second_factor_is_no_way_round_it)
{
	DESK f;
	char secret[TOTP_TEXT_SIZE];
	struct token_made weak, strong;
	struct signed_in in;
	struct enrolled enrolled;
	struct who who;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	weak = make(&f, &who);
	desk_assign(&f, &(struct desk_role){
				.person = f.ann, .organisation = f.store.home, .role = "siro"});
	CHECK(identity_token(&f.v, str_of(weak.text), &who) == ERR_DENIED);
	CHECK(strstr(desk_event(&f, "token_refused").ptr, "\"how\":\"second_factor\""));
	enrolled = desk_enrol(&f, &in, secret);
	CHECK(!identity_session(&f.v, str_of(enrolled.token), &who));
	strong = make(&f, &who);
	CHECK(!identity_token(&f.v, str_of(strong.text), &who));
	CHECK(who.second_factor && !who.second_factor_due);
	CHECK(identity_token(&f.v, str_of(weak.text), &who) == ERR_DENIED);
}

TEST(what_is_no_token_is_refused_without_a_word_in_the_ledger)
{
	DESK f;
	static const char *const none[] = {"", "hft_", "Bearer", "hft_' or 1=1 --"};
	struct token_made made;
	struct who who;
	int64_t events;

	desk_open(&f);
	who = signed_in(&f, "ann");
	made = make(&f, &who);
	events = store_count(&f.store, "select count(*) from event");
	for (size_t i = 0; i < COUNT_OF(none); i++)
		CHECK(identity_token(&f.v, str_of(none[i]), &who) == ERR_DENIED);
	made.text[67] = made.text[67] == '0' ? '1' : '0';
	CHECK(identity_token(&f.v, str_of(made.text), &who) == ERR_DENIED);
	CHECK(store_count(&f.store, "select count(*) from event") == events);
}

TEST(a_token_for_a_calendar_says_what_it_is_and_only_reads)
{
	DESK f;
	struct token_new n = {
		.name = str_of("phone"), .all_registers = true, .days = 366, .calendar = true};
	struct token_made made;
	struct token *list;
	size_t count;
	struct who who, program;
	struct signed_in in;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(!identity_token_make(&f.v, &who, &n, &made));
	CHECK(strncmp(made.text, "hfc_", 4) == 0);
	CHECK(strstr(desk_event(&f, "token_made").ptr, "\"how\":\"calendar\""));
	CHECK(!identity_token(&f.v, str_of(made.text), &program));
	CHECK(program.calendar && !program.writes && program.token == made.id);
	CHECK(!token_list(&f.v, &who, &list, &count) && count == 1 && list[0].calendar);
	/* The same secret as that of another token is none. */
	memcpy(made.text, "hft_", 4);
	CHECK(identity_token(&f.v, str_of(made.text), &program) == ERR_DENIED);
	n.writes = true;
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
	n.writes = false;
	n.all_registers = false;
	CHECK(identity_token_make(&f.v, &who, &n, &made) == ERR_INVALID);
}
