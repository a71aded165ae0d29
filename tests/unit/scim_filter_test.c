#include "scim/filter.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

static const char ann[] =
	"{\"id\":\"7\",\"userName\":\"Ann@Example.com\",\"active\":true,\"externalId\":\"Xy\","
	"\"name\":{\"familyName\":\"M\xc3\xbcller\"},\"displayName\":\"a \\\"b\\\"\",\"emails\":[{"
	"\"value\":\"a@work.example\",\"type\":\"work\"},{\"value\":\"a@home.example\",\"type\":"
	"\"home\",\"primary\":true}],\"meta\":{\"created\":\"2026-06-15T12:00:00.000Z\"},"
	"\"" SCIM_ENTERPRISE "\":{\"employeeNumber\":\"12\",\"manager\":{\"value\":\"8\"}}}";

/* 1 when it fits, 0 when it does not, -1 when it is none. */
static int
asks(const struct scim_kind *k, const char *text, const char *resource)
{
	const struct scim_filter *f = NULL;
	json_t *json = NULL;
	struct arena arena;
	struct err e = {0};
	enum err_code rc;
	int fits = -1;

	arena_init(&arena, 1 << 20);
	CHECK(!json_read(str_of(resource), &json, &e));
	rc = scim_filter_read(k, str_of(text), &arena, &f, &e);
	if (!rc)
		fits = scim_filter_fits(f, json);
	else
		CHECK(rc == ERR_USAGE && strcmp(e.field, "invalidFilter") == 0 && e.message[0]);
	json_decref(json);
	arena_fini(&arena);
	return fits;
}

static int
user(const char *text)
{
	return asks(&scim_users, text, ann);
}

TEST(a_filter_compares_as_the_schema_says)
{
	CHECK(user("userName eq \"ANN@example.COM\"") == 1);
	CHECK(user("USERNAME Eq \"ann@example.com\"") == 1);
	CHECK(user("userName eq \"ann\"") == 0 && user("userName ne \"ann\"") == 1);
	CHECK(user("externalId eq \"Xy\"") == 1 && user("externalId eq \"xy\"") == 0);
	CHECK(user("userName sw \"ann\" and userName ew \".com\" and userName co \"@EX\"") == 1);
	CHECK(user("userName co \"\"") == 1 && user("userName ew \"xann@example.com\"") == 0);
	CHECK(user("userName gt \"ann\"") == 1 && user("userName le \"ann\"") == 0);
	CHECK(user("userName lt \"b\"") == 1 && user("userName ge \"b\"") == 0);
	CHECK(user("active eq true") == 1 && user("active eq \"False\"") == 0);
	CHECK(user("active ne false") == 1);
	CHECK(user("displayName eq \"a \\\"b\\\"\"") == 1);
	CHECK(user("name.familyName eq \"M\\u00fcller\"") == 1);
	CHECK(user("name.givenName pr") == 0 && user("name.familyName pr") == 1);
	CHECK(user("name.givenName eq null") == 1 && user("name.givenName ne \"x\"") == 1);
	CHECK(user("meta.created ge \"2026-06-15T13:00:00+01:00\"") == 1);
	CHECK(user("meta.created gt \"2026-06-15T12:00:00Z\"") == 0);
}

TEST(of_several_values_one_must_fit_and_none_may_be_what_it_must_not)
{
	CHECK(user("emails.value eq \"a@home.example\"") == 1);
	CHECK(user("emails eq \"a@home.example\"") == 1);
	CHECK(user("emails.value ne \"a@home.example\"") == 0);
	CHECK(user("emails[type eq \"work\" and value co \"home\"]") == 0);
	CHECK(user("emails[type eq \"home\" and primary eq true]") == 1);
	CHECK(user("emails.type eq \"work\" and emails.value co \"home\"") == 1);
	CHECK(user(SCIM_ENTERPRISE ":employeeNumber eq \"12\"") == 1);
	CHECK(user(SCIM_ENTERPRISE ":manager eq \"8\"") == 1);
	CHECK(user(SCIM_ENTERPRISE ":manager.value eq \"9\"") == 0);
	CHECK(user(SCIM_USER ":userName pr") == 1);
	CHECK(asks(&scim_groups, "members eq \"7\"", "{\"members\":[{\"value\":\"7\"}]}") == 1);
	CHECK(asks(&scim_groups, "members pr", "{\"members\":[]}") == 0);
}

TEST(and_binds_more_than_or)
{
	CHECK(user("active eq true or active eq true and active eq false") == 1);
	CHECK(user("(active eq true or active eq true) and active eq false") == 0);
	CHECK(user("active eq false and active eq true or active eq true") == 1);
	CHECK(user("not (active eq true)") == 0 && user("not(active eq false)and active pr") == 1);
	CHECK(user("not (active eq false) and not (userName eq \"x\" or id eq \"8\")") == 1);
}

TEST(what_is_no_filter_is_refused)
{
	static const char *const bad[] = {
		"",
		" ",
		"userName",
		"userName eq",
		"userName eq ",
		"userName eq ann",
		"userName eq \"ann",
		"userName eq \"ann\\",
		"userName eq \"\\ud800\"",
		"userName eq \"a\" b",
		"userName is \"a\"",
		"userName eq true",
		"userName gt true",
		"active gt \"true\"",
		"active eq \"maybe\"",
		"active eq 1",
		"name eq \"a\"",
		"no eq \"a\"",
		"emails[type eq \"a\"",
		"emails[]",
		"emails[no eq \"a\"]",
		"emails[emails[type eq \"a\"]]",
		"userName[value eq \"a\"]",
		"name[familyName eq \"a\"]",
		"not active eq true",
		"()",
		")",
		"(active pr",
		"active pr and",
		"and active pr",
		"meta.created gt \"yesterday\"",
		"password eq \"a\"",
		"urn:x:userName eq \"a\"",
		SCIM_ENTERPRISE " pr",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (user(bad[i]) != -1)
			fprintf(stderr, "taken: %s\n", bad[i]);
		CHECK(user(bad[i]) == -1);
	}
}

static int
deep(const char *open, const char *close, int levels)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1 << 16};

	for (int i = 0; i < levels; i++)
		buf_addf(&text, "%s", open);
	buf_addf(&text, "active pr");
	for (int i = 0; i < levels; i++)
		buf_addf(&text, "%s", close);
	return user(text.data);
}

TEST(a_filter_has_limits)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1 << 16};

	CHECK(deep("(", ")", LIMIT_SCIM_FILTER_DEPTH - 1) == 1);
	CHECK(deep("(", ")", LIMIT_SCIM_FILTER_DEPTH) == -1);
	CHECK(deep("not (", ")", 100) == -1);
	for (int i = 1; i < LIMIT_SCIM_FILTER_TERMS; i++)
		buf_addf(&text, "active pr or ");
	buf_addf(&text, "active pr");
	CHECK(user(text.data) == 1);
	buf_addf(&text, " or active pr");
	CHECK(user(text.data) == -1);
	text.len = 0;
	buf_addf(&text, "userName eq \"%*s\"", LIMIT_SCIM_FILTER_BYTES - 14, "");
	CHECK(text.len == LIMIT_SCIM_FILTER_BYTES && user(text.data) == 0);
	buf_addf(&text, " ");
	CHECK(user(text.data) == -1);
}

TEST(what_a_filter_needs_is_known_before_it_is_asked)
{
	const struct scim_filter *f = NULL;
	struct arena arena;
	struct err e = {0};

	arena_init(&arena, 1 << 20);
	CHECK(!scim_filter_read(&scim_users,
				str_of("active eq true and (userName eq \"Ann\" and groups pr)"),
				&arena, &f, &e));
	CHECK(str_is(scim_filter_equal(f, "userName"), "Ann"));
	CHECK(scim_filter_asks(f, "groups") && !scim_filter_asks(f, "emails"));
	CHECK(!scim_filter_equal(f, "externalId").ptr);
	CHECK(!scim_filter_read(&scim_users, str_of("userName eq \"Ann\" or active pr"), &arena, &f,
				&e));
	CHECK(!scim_filter_equal(f, "userName").ptr);
	CHECK(!scim_filter_read(&scim_users, str_of("not (userName eq \"Ann\")"), &arena, &f, &e));
	CHECK(!scim_filter_equal(f, "userName").ptr);
	arena_fini(&arena);
}
