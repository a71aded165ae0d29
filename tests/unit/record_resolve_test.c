#include "record/resolve.h"

#include "record_fixture.h"
#include "test.h"

#include <string.h>

#define RESOLVER CLEANUP(resolver_freep) struct resolver

static int64_t
person(struct store_fixture *f, const char *key, int64_t organisation, const char *feed)
{
	struct record r = store_record(f, "person", key);

	store_set(f, &r, "name", key);
	r.organisation = organisation;
	r.feed = str_of(feed);
	return store_put(f, &r);
}

/* What the key means as the holder of an account of `home` from the feed "test"; 0 when it is
 * refused. */
static int64_t
holder(struct store_fixture *f, struct resolver *rs, const char *key)
{
	struct record r = store_record(f, "account", "a");
	int64_t id = 0;

	store_set(f, &r, "person", key);
	if (resolve_record(rs, &r)) {
		CHECK(f->ctx->err.code == ERR_INVALID && !strcmp(f->ctx->err.field, "person"));
		return 0;
	}
	for (size_t i = 0; i < r.reg->field_count; i++)
		id = r.values[i].kind == VALUE_INT ? r.values[i].number : id;
	return id;
}

static bool
says(const struct store_fixture *f, const char *text)
{
	return strstr(f->ctx->err.message, text) != NULL;
}

TEST(a_key_means_the_record_of_the_same_feed_then_organisation_then_the_only_one)
{
	STORE f;
	RESOLVER *rs = NULL;
	int64_t away, home, same;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	away = person(&f, "ann", f.away, "hr");
	CHECK(holder(&f, rs, "ann") == away);
	home = person(&f, "ann", f.home, "hr");
	resolver_forget(rs);
	CHECK(holder(&f, rs, "ann") == home);
	same = person(&f, "ann", f.home, "test");
	CHECK(holder(&f, rs, "ann") == home);
	resolver_forget(rs);
	CHECK(holder(&f, rs, "ann") == same);
	CHECK(holder(&f, rs, "away/ann") == away);
	CHECK(holder(&f, rs, "home/ann") == same);
	CHECK(holder(&f, rs, "person:away/ann") == away);
}

TEST(a_key_that_suits_two_records_alike_is_refused)
{
	STORE f;
	RESOLVER *rs = NULL;
	int64_t one;
	char name[RECORD_NAME_SIZE];

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	one = person(&f, "ann", f.home, "hr");
	(void)person(&f, "ann", f.home, "payroll");
	CHECK(holder(&f, rs, "ann") == 0 && says(&f, "several records of 'person'"));
	CHECK(holder(&f, rs, "home/ann") == 0);
	record_name(f.model, one, name);
	CHECK(holder(&f, rs, name) == one);
}

TEST(a_key_without_a_current_record_is_refused_with_the_nearest)
{
	STORE f;
	RESOLVER *rs = NULL;
	int64_t id;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	id = person(&f, "annabel", f.home, "hr");
	CHECK(holder(&f, rs, "anabel") == 0 && says(&f, "did you mean 'annabel'?"));
	CHECK(holder(&f, rs, "zoe") == 0 && says(&f, "there is no person 'zoe' now"));
	CHECK(holder(&f, rs, "account:annabel") == 0);
	CHECK(holder(&f, rs, "ORG-1") == 0);
	store_retire(&f, "person", id);
	CHECK(holder(&f, rs, "annabel") == 0);
}

TEST(a_key_may_hold_the_signs_of_the_longer_forms)
{
	STORE f;
	RESOLVER *rs = NULL;
	int64_t slash, colon, own;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	slash = person(&f, "away/ann", f.home, "hr");
	colon = person(&f, "person:ann", f.home, "hr");
	CHECK(holder(&f, rs, "away/ann") == slash);
	CHECK(holder(&f, rs, "person:ann") == colon);
	own = person(&f, "ann", f.away, "hr");
	resolver_forget(rs);
	CHECK(holder(&f, rs, "away/ann") == own);
	CHECK(holder(&f, rs, "home/away/ann") == slash);
	CHECK(holder(&f, rs, "person:ann") == own);
	CHECK(holder(&f, rs, "person:person:ann") == colon);
}

TEST(of_several_registers_a_key_needs_its_own_only_when_two_have_it)
{
	STORE f;
	RESOLVER *rs = NULL;
	struct record system, pass;
	const struct field any = {.name = "items", .type = FIELD_REFS};
	struct record r;
	int64_t ann, id = 0;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	ann = person(&f, "ann", f.home, "hr");
	r = store_record(&f, "review", "r1");
	CHECK(!resolve_key(rs, &r, &any, str_of("ann"), &id) && id == ann);
	system = store_record(&f, "system", "ann");
	store_set(&f, &system, "name", "Annual reports");
	(void)store_put(&f, &system);
	resolver_forget(rs);
	CHECK(resolve_key(rs, &r, &any, str_of("ann"), &id) && says(&f, "write person:KEY"));
	CHECK(!resolve_key(rs, &r, &any, str_of("person:ann"), &id) && id == ann);
	CHECK(!resolve_key(rs, &r, &any, str_of("system:ann"), &id) && id == system.id);
	pass = store_record(&f, "account", "x");
	CHECK(resolve_key(rs, &pass, &any, str_of("pass:ann"), &id));
}

TEST(every_item_of_a_list_is_resolved)
{
	STORE f;
	RESOLVER *rs = NULL;
	struct record change, review;
	const struct value *items;
	int64_t ann, bob;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	ann = person(&f, "ann", f.home, "hr");
	bob = person(&f, "bob", f.away, "hr");
	change = store_record(&f, "change", "c1");
	store_set(&f, &change, "items", "[\"person:bob\",\"ann\"]");
	CHECK(!resolve_record(rs, &change));
	items = change.values[reg_field(change.reg, str_of("items")) - change.reg->fields].items;
	CHECK(items[0].kind == VALUE_INT && items[0].number == bob);
	CHECK(items[1].kind == VALUE_INT && items[1].number == ann);
	store_set(&f, &change, "items", "ann;nobody");
	CHECK(resolve_record(rs, &change) == ERR_INVALID);
	CHECK(!strcmp(f.ctx->err.field, "items"));
	review = store_record(&f, "review", "r1");
	store_set(&f, &review, "lines", "[{\"decision\":\"keep\"},{\"subject\":\"person:bob\"}]");
	CHECK(!resolve_record(rs, &review));
	items = review.values[reg_field(review.reg, str_of("lines")) - review.reg->fields].items;
	CHECK(items[0].kind == VALUE_NULL && items[1].kind == VALUE_TEXT);
	CHECK(items[3].kind == VALUE_INT && items[3].number == bob);
}

static enum err_code
offer_two(void *object, const struct reg *target, struct str key, struct resolve_found *found)
{
	struct store_fixture *f = object;

	if (strcmp(target->name, "person") == 0 && str_is(key, "ann")) {
		resolve_offer(found, 41, f->away, str_of("test"));
		resolve_offer(found, 42, f->home, str_of("hr"));
	}
	return ERR_NONE;
}

TEST(what_is_not_written_yet_is_weighed_with_what_is)
{
	STORE f;
	struct resolve_pending pending = {.each = offer_two, .object = &f};
	RESOLVER *rs = NULL;
	int64_t same;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, &pending, &rs));
	CHECK(holder(&f, rs, "ann") == 42);
	CHECK(holder(&f, rs, "away/ann") == 41);
	same = person(&f, "ann", f.home, "test");
	resolver_forget(rs);
	CHECK(holder(&f, rs, "ann") == same);
	CHECK(holder(&f, rs, "bob") == 0);
}

TEST(of_a_restricted_register_no_value_is_told)
{
	STORE f;
	RESOLVER *rs = NULL;
	struct record r;

	store_open(&f);
	CHECK(!resolver_new(f.ctx, NULL, &rs));
	(void)person(&f, "annabel", f.home, "hr");
	r = store_record(&f, "personnel_case", "c1");
	CHECK(r.reg->restricted);
	store_set(&f, &r, "person", "anabel");
	CHECK(resolve_record(rs, &r) == ERR_INVALID);
	CHECK(says(&f, "there is no such person") && !says(&f, "nabel"));
}
