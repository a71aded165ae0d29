#include "identity/directory.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "record/edit.h"
#include "test.h"

#include <string.h>

/* What a change is about, within a transaction of its own. */
struct put {
	struct desk_fixture *f;
	struct directory_entry entry;
	const struct directory_login *now;
	bool withdraw;
};

static enum err_code
put(struct put *p)
{
	struct ctx *ctx = p->f->store.ctx;
	WRITER *w = NULL;
	enum err_code rc = writer_begin(ctx, &w);

	if (!rc)
		rc = p->withdraw ? directory_withdraw(&p->f->v, w, p->now)
				 : directory_put(&p->f->v, w, &p->entry, p->now);
	return rc ? rc : writer_commit(w);
}

static struct put
entry_of(struct desk_fixture *f, int64_t organisation, const char *name)
{
	return (struct put){
		.f = f,
		.entry = {.whose = {.organisation = organisation},
			  .organisation = organisation,
			  .user_name = str_of(name),
			  .profile = str_of("{}"),
			  .enabled = true}
	  };
}

static size_t
find(struct desk_fixture *f, const struct directory_question *q, struct directory_login *ret_login)
{
	struct directory_question limited = *q;
	struct directory_login *list = NULL;
	size_t count = 0;

	limited.limit = q->limit ? q->limit : 10;
	CHECK(!directory_read(f->store.ctx, &limited, &list, &count));
	if (count > 0)
		*ret_login = list[0];
	return count;
}

static size_t
named(struct desk_fixture *f, int64_t organisation, const char *name, struct directory_login *ret)
{
	const struct directory_question q = {.whose = {.organisation = organisation},
					     .by = DIRECTORY_USER_NAME,
					     .text = str_of(name)};

	return find(f, &q, ret);
}

TEST(a_directory_sees_the_logins_of_its_organisation_alone)
{
	DESK f;
	struct directory_login l;
	struct directory_question q = {.whose = {.all = true}};
	struct put p;
	int64_t count;

	desk_open(&f);
	p = entry_of(&f, f.store.away, "Bob");
	p.entry.external_id = str_of("x-1");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.away, "BOB", &l) == 1 && str_is(l.user_name, "Bob"));
	CHECK(str_is(l.login.name, "bob") && l.organisation == f.store.away && l.kept);
	CHECK(named(&f, f.store.home, "bob", &l) == 0);
	/* One that no directory brought is of whose record the person is. */
	CHECK(named(&f, f.store.home, "ann", &l) == 1 && !l.kept && l.login.person == f.ann);
	CHECK(named(&f, f.store.away, "ann", &l) == 0);
	CHECK(find(&f, &q, &l) == 2);
	CHECK(!directory_count(f.store.ctx, &q.whose, &count) && count == 2);
	q.whose = (struct directory){.organisation = f.store.home};
	CHECK(!directory_count(f.store.ctx, &q.whose, &count) && count == 1);
	q.by = DIRECTORY_EXTERNAL_ID;
	q.text = str_of("x-1");
	CHECK(find(&f, &q, &l) == 0);
	q.whose.organisation = f.store.away;
	CHECK(find(&f, &q, &l) == 1);
	q.by = DIRECTORY_NUMBER;
	q.number = l.login.id;
	CHECK(find(&f, &q, &l) == 1);
	q.whose.organisation = f.store.home;
	CHECK(find(&f, &q, &l) == 0);
	/* A program's is in none. */
	CHECK(!login_add(&f.v, &(struct login_new){.name = str_of("job"), .organisation = "home"}));
	CHECK(named(&f, f.store.home, "job", &l) == 0);
}

TEST(what_is_taken_elsewhere_is_free_here)
{
	DESK f;
	struct directory_login l;
	struct put p;

	desk_open(&f);
	p = entry_of(&f, f.store.home, "Bob@Example.com");
	p.entry.external_id = str_of("7");
	CHECK(!put(&p));
	p.entry.login = 0;
	CHECK(put(&p) == ERR_CONFLICT && strcmp(f.store.ctx->err.field, "userName") == 0);
	p.entry.user_name = str_of("bob@EXAMPLE.com");
	CHECK(put(&p) == ERR_CONFLICT);
	p.entry.user_name = str_of("other");
	CHECK(put(&p) == ERR_CONFLICT && strcmp(f.store.ctx->err.field, "externalId") == 0);
	p = entry_of(&f, f.store.away, "bob@example.com");
	p.entry.external_id = str_of("7");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.away, "bob@example.com", &l) == 1);
	CHECK(str_is(l.login.name, "bob@example.com.2") && str_is(l.user_name, "bob@example.com"));
	/* Names that are none to sign in with become such. */
	p = entry_of(&f, f.store.home, "1 J\xc3\xb6rg#EXT#'s");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "1 j\xc3\xb6rg#ext#'S", &l) == 1);
	CHECK(str_is(l.login.name, "u-1-j-rg-ext-'s"));
	p = entry_of(&f, f.store.home, "");
	CHECK(put(&p) == ERR_INVALID);
}

TEST(names_and_numbers_have_limits)
{
	DESK f;
	char name[LIMIT_USER_NAME_BYTES + 2];
	char number[LIMIT_EXTERNAL_ID_BYTES + 2];
	struct directory_login l;
	struct put p;

	desk_open(&f);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	memset(number, '7', sizeof(number));
	number[sizeof(number) - 1] = '\0';
	p = entry_of(&f, f.store.home, name);
	CHECK(put(&p) == ERR_INVALID);
	p.entry.user_name.len--;
	p.entry.external_id = str_of(number);
	CHECK(put(&p) == ERR_INVALID);
	p.entry.external_id.len--;
	CHECK(!put(&p));
	name[LIMIT_USER_NAME_BYTES] = '\0';
	CHECK(named(&f, f.store.home, name, &l) == 1);
	CHECK(l.login.name.len <= LIMIT_LOGIN_NAME_BYTES);
}

TEST(a_renamed_login_keeps_the_names_that_it_had)
{
	DESK f;
	struct directory_login l;
	struct put p;

	desk_open(&f);
	p = entry_of(&f, f.store.home, "bob");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "bob", &l) == 1);
	p.now = &l;
	p.entry.user_name = str_of("rob");
	CHECK(!put(&p));
	CHECK(strstr(desk_event(&f, "login_renamed").ptr, "\"login\":\"rob\",\"was\":\"bob\""));
	CHECK(login_add(&f.v, &(struct login_new){.name = str_of("bob")}) == ERR_CONFLICT);
	p = entry_of(&f, f.store.home, "bob");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "bob", &l) == 1 && str_is(l.login.name, "bob.2"));
	/* Back to what it was called before. */
	CHECK(named(&f, f.store.home, "rob", &l) == 1);
	p = entry_of(&f, f.store.home, "rob");
	p.now = &l;
	p.entry.user_name = str_of("Robert");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "robert", &l) == 1);
	p.entry.user_name = str_of("rob");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "rob", &l) == 1 && str_is(l.login.name, "rob"));
	CHECK(store_count(&f.store, "select count(*) from login_past_name") == 2);
}

TEST(a_leaver_is_shut_out_at_once)
{
	DESK f;
	struct directory_login l;
	struct signed_in in;
	struct token_made made;
	struct who who;
	struct put p;

	desk_open(&f);
	in = desk_sign_in(&f, "ann");
	who = desk_who(&f, &in);
	CHECK(!identity_token_make(
		&f.v, &who,
		&(struct token_new){.name = str_of("hers"), .all_registers = true, .days = 1},
		&made));
	CHECK(named(&f, f.store.home, "ann", &l) == 1);
	p = entry_of(&f, f.store.home, "ann");
	p.entry.person = l.login.person;
	p.entry.enabled = false;
	p.now = &l;
	CHECK(!put(&p));
	CHECK(identity_session(&f.v, str_of(in.token), &who) == ERR_DENIED);
	CHECK(identity_token(&f.v, str_of(made.text), &who) == ERR_DENIED);
	CHECK(desk_try(&f, "ann", PASSWORD, &in) == ERR_DENIED);
	CHECK(desk_events(&f, "login_disabled") == 1 && desk_events(&f, "session_ended") == 1);
	/* Nothing is deleted; the directory's name is free again, the one to sign in with is not.
	 */
	CHECK(named(&f, f.store.home, "ann", &l) == 1);
	p = (struct put){.f = &f, .withdraw = true, .now = &l};
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "ann", &l) == 0);
	CHECK(store_count(&f.store, "select count(*) from login where name = 'ann'") == 1);
	p = entry_of(&f, f.store.home, "ann");
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "ann", &l) == 1 && str_is(l.login.name, "ann.2"));
	CHECK(desk_events(&f, "login_withdrawn") == 1);
}

TEST(an_administrator_is_only_disabled_by_a_directory)
{
	DESK f;
	struct directory_login l;
	struct put p;
	bool changed;

	desk_open(&f);
	CHECK(!login_promote(&f.v, str_of("ann"), true, &changed) && changed);
	CHECK(named(&f, f.store.home, "ann", &l) == 1);
	p = entry_of(&f, f.store.home, "eve");
	p.entry.person = f.ann;
	p.now = &l;
	CHECK(put(&p) == ERR_DENIED);
	p.entry.user_name = str_of("ann");
	p.entry.external_id = str_of("x");
	CHECK(put(&p) == ERR_DENIED);
	p.entry.external_id = (struct str){0};
	p.entry.person = 0;
	CHECK(put(&p) == ERR_DENIED);
	p.entry.person = f.ann;
	p.entry.profile = str_of("{\"displayName\":\"A\"}");
	CHECK(!put(&p));
	p.entry.enabled = false;
	CHECK(!put(&p));
	CHECK(named(&f, f.store.home, "ann", &l) == 1 && !l.login.enabled);
	p.entry.enabled = true;
	CHECK(put(&p) == ERR_DENIED);
}

TEST(a_token_for_scim_is_a_programs_and_holds_the_role_for_it)
{
	DESK f;
	struct token_new n = {.name = str_of("scim"),
			      .writes = true,
			      .all_registers = true,
			      .scim = true,
			      .days = 30,
			      .login = str_of("ann")};
	struct token_made made;
	struct who who;
	bool changed;

	desk_open(&f);
	CHECK(identity_token_make(&f.v, NULL, &n, &made) == ERR_INVALID);
	CHECK(!login_add(&f.v, &(struct login_new){.name = str_of("dir"), .organisation = "away"}));
	CHECK(!login_add(&f.v, &(struct login_new){.name = str_of("every")}));
	n.login = str_of("no-such");
	CHECK(identity_token_make(&f.v, NULL, &n, &made) == ERR_MISSING);
	n.login = str_of("dir");
	CHECK(!identity_token_make(&f.v, NULL, &n, &made));
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	CHECK(who.scim && who.writes && !who.administrator && who.person == 0);
	CHECK(who.role_count == 1 && who.roles[0].organisation == f.store.away);
	CHECK(who.organisation_count == 1 && who.organisations[0] == f.store.away);
	CHECK(strcmp(who.roles[0].role->name, "directory") == 0);
	CHECK(directory_of(&who).organisation == f.store.away && !directory_of(&who).all);
	CHECK(strstr(desk_event(&f, "token_made").ptr, "\"how\":\"scim\",\"login\":\"dir\""));
	n.login = str_of("every");
	CHECK(!identity_token_make(&f.v, NULL, &n, &made));
	CHECK(!identity_token(&f.v, str_of(made.text), &who));
	CHECK(who.roles[0].organisation == 0 && who.organisation_count == 2);
	CHECK(directory_of(&who).all);
	CHECK(!login_enable(&f.v, str_of("every"), false, &changed));
	CHECK(identity_token(&f.v, str_of(made.text), &who) == ERR_DENIED);
	/* Nobody at all sees nothing. */
	CHECK(!directory_of(&(struct who){0}).all);
}

static enum err_code
role_edit(struct desk_fixture *f, const char *actor, const struct who *who, struct edit *ed)
{
	struct ctx *ctx = f->store.ctx;
	WRITER *w = NULL;
	enum err_code rc;

	ctx->actor = str_of(actor);
	ctx->actor_id = 0;
	ctx->who = who;
	rc = writer_begin(ctx, &w);
	if (!rc)
		rc = edit_write(ed, w);
	if (!rc)
		rc = writer_commit(w);
	ctx->who = NULL;
	return rc;
}

TEST(whoever_was_renamed_is_still_the_one_who_proposed)
{
	DESK f;
	int64_t bob;
	char name[RECORD_NAME_SIZE];
	struct who_role held;
	struct who who, renamed;
	struct signed_in in;
	struct directory_login l;
	struct put p;
	struct edit ed = {.kind = EDIT_MAKE};

	desk_open(&f);
	bob = desk_person(&f, "bob");
	record_name(f.store.model, bob, name);
	held = (struct who_role){
		.role = model_role(f.store.model, str_of("security_operations_manager"))};
	who = (struct who){.model = f.store.model,
			   .person = f.ann,
			   .organisation = f.store.home,
			   .roles = &held,
			   .role_count = 1,
			   .writes = true,
			   .all_registers = true};
	ed.reg = store_reg(&f.store, "role_assignment");
	ed.organisation = f.store.home;
	ed.values = json_pack("{s:s,s:s}", "person", name, "role", "hr");
	CHECK(!role_edit(&f, "user:ann", &who, &ed));
	json_decref((json_t *)(uintptr_t)ed.values);
	CHECK(named(&f, f.store.home, "ann", &l) == 1);
	p = entry_of(&f, f.store.home, "anne");
	p.entry.person = f.ann;
	p.now = &l;
	CHECK(!put(&p));
	in = desk_sign_in(&f, "anne");
	renamed = desk_who(&f, &in);
	CHECK(renamed.former_count == 1 && str_is(renamed.former[0], "ann"));
	who.former = renamed.former;
	who.former_count = renamed.former_count;
	ed.kind = EDIT_CHANGE;
	ed.values = json_pack("{s:s}", "state", "current");
	CHECK(role_edit(&f, "user:anne", &who, &ed) == ERR_DENIED);
	CHECK(role_edit(&f, "user:anne/token:7", &who, &ed) == ERR_DENIED);
	who.former_count = 0;
	CHECK(!role_edit(&f, "user:bob", &who, &ed));
	json_decref((json_t *)(uintptr_t)ed.values);
}
