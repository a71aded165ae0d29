#include "record/login.h"

#include "record/password.h"
#include "record_fixture.h"
#include "test.h"

#include <string.h>

TEST(a_login_belongs_to_the_person_with_that_key_or_number)
{
	STORE f;
	struct record ann, first, second;
	struct login login;

	store_open(&f);
	ann = store_record(&f, "person", "ann");
	store_set(&f, &ann, "name", "Ann");
	(void)store_put(&f, &ann);
	first = store_record(&f, "person", "twice");
	store_set(&f, &first, "name", "One");
	(void)store_put(&f, &first);
	second = store_record(&f, "person", "twice");
	store_set(&f, &second, "name", "Another");
	second.organisation = f.away;
	(void)store_put(&f, &second);

	CHECK(!login_add(f.ctx, str_of("ann"), "ann"));
	CHECK(!login_find(f.ctx, str_of("ann"), &login));
	CHECK(login.person == ann.id && login.enabled && !login.has_password);
	CHECK(!login_add(f.ctx, str_of("by.number"), "PER-3"));
	CHECK(!login_find(f.ctx, str_of("by.number"), &login));
	CHECK(login.person == second.id);
	CHECK(login_add(f.ctx, str_of("which"), "twice") == ERR_CONFLICT);
	CHECK(login_add(f.ctx, str_of("which"), "nobody") == ERR_MISSING);
	CHECK(login_add(f.ctx, str_of("which"), "PER-9") == ERR_MISSING);
	CHECK(login_add(f.ctx, str_of("which"), "ORG-1") == ERR_MISSING);
	CHECK(store_count(&f, "select count(*) from login") == 2);
	CHECK(store_count(&f, "select count(*) from event where kind = 'login_added'") == 2);
}

TEST(a_refused_change_of_a_login_leaves_no_event)
{
	STORE f;
	bool changed = true;

	store_open(&f);
	CHECK(!login_add(f.ctx, str_of("ann"), NULL));
	CHECK(login_add(f.ctx, str_of("ann"), NULL) == ERR_CONFLICT);
	CHECK(!login_enable(f.ctx, str_of("ann"), true, &changed) && !changed);
	CHECK(login_enable(f.ctx, str_of("eve"), true, &changed) == ERR_MISSING);
	CHECK(login_set_password(f.ctx, str_of("eve"), str_of("four unlikely words")) ==
	      ERR_MISSING);
	CHECK(store_count(&f, "select count(*) from event") == 1);
}

TEST(what_is_kept_of_a_password_fits_that_password_only)
{
	CLEANUP(buf_fini) struct buf kept = {.limit = 1024};
	CLEANUP(buf_fini) struct buf other = {.limit = 1024};
	struct str password = str_of("four unlikely words");
	struct str text;
	struct err e;

	CHECK(!password_hash(password, &kept, &e));
	CHECK(!password_hash(password, &other, &e));
	text = (struct str){kept.data, kept.len};
	CHECK(strcmp(kept.data, other.data) != 0);
	CHECK(password_fits(password, text));
	CHECK(!password_fits(str_of("four unlikely word"), text));
	CHECK(!password_fits(str_of(""), text));
	CHECK(!password_fits(password, (struct str){0}));
	CHECK(!password_fits(password, str_of("$argon2id$broken")));
}
