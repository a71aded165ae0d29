#include "record/record.h"

#include "base/limits.h"
#include "base/text.h"
#include "record_fixture.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* The entry, which must be canonical JSON already. */
static char *
entry_of(struct store_fixture *f, const struct record *r)
{
	struct buf out = {.limit = 1 << 20};
	struct buf again = {.limit = 1 << 20};
	json_t *json = NULL;
	struct err e = {0};

	CHECK(record_entry(f->ctx, r, str_of("ann@shell"), &out) == ERR_NONE);
	CHECK(json_read((struct str){out.data, out.len}, &json, &e) == ERR_NONE);
	CHECK(json_canonical(json, &again, &e) == ERR_NONE);
	if (out.len != again.len || memcmp(out.data, again.data, out.len) != 0) {
		fprintf(stderr, "%s\nis not canonical:\n%s\n", out.data, again.data);
		abort();
	}
	json_decref(json);
	buf_fini(&again);
	return buf_take(&out);
}

static struct record
example(struct store_fixture *f, const char *reg)
{
	struct record r = store_record(f, reg, "k1");

	r.id = r.reg->code << ID_CODE_SHIFT | 7;
	r.version = 3;
	r.organisation = 5;
	r.recorded_from = 1781524800123;
	return r;
}

TEST(entry_holds_every_column_that_has_a_value)
{
	char expected[512];
	struct record r;
	char *got;
	STORE f;

	store_open(&f);
	r = example(&f, "organisation");
	store_set(&f, &r, "name", "A \"name\"\nof caf\xc3\xa9");
	store_set(&f, &r, "in_isms_scope", "yes");
	store_set(&f, &r, "reaches", "software;data");
	r.state = str_of("onboarding");
	(void)snprintf(expected, sizeof(expected),
		       "{\"by\":\"ann@shell\",\"feed\":\"test\",\"fields\":{\"in_isms_scope\":1,"
		       "\"name\":\"A \\\"name\\\"\\nof caf\xc3\xa9\",\"reaches\":"
		       "\"[\\\"data\\\",\\\"software\\\"]\"},\"id\":%lld,\"key\":\"k1\","
		       "\"organisation\":5,\"recorded_from\":1781524800123,"
		       "\"register\":\"organisation\",\"row_version\":3,\"state\":\"onboarding\"}",
		       (long long)r.id);
	got = entry_of(&f, &r);
	if (strcmp(got, expected) != 0) {
		fprintf(stderr, "%s\n%s\n", got, expected);
		abort();
	}
	free(got);
	r.delivered = -9007199254740991;
	r.retired = true;
	r.state = (struct str){0};
	got = entry_of(&f, &r);
	CHECK(strstr(got, "\"delivered\":-9007199254740991,") && strstr(got, "\"retired\":true,"));
	CHECK(!strstr(got, "\"state\""));
	free(got);
}

TEST(entry_of_a_restricted_register_shows_hashes_of_salt_and_value)
{
	struct record r;
	char *first;
	char *second;
	char *third;
	STORE f;

	store_open(&f);
	r = example(&f, "personnel_case");
	CHECK(r.reg->restricted);
	store_set(&f, &r, "kind", "joiner");
	r.salt = (struct str){"0123456789abcdef", 16};
	first = entry_of(&f, &r);
	CHECK(!strstr(first, "joiner") && strstr(first, "\"kind\":\"sha256:"));
	r.salt = (struct str){"0123456789abcdeF", 16};
	second = entry_of(&f, &r);
	CHECK(strcmp(first, second) != 0);
	r.salt = (struct str){"0123456789abcdef", 16};
	store_set(&f, &r, "kind", "leaver");
	third = entry_of(&f, &r);
	CHECK(strcmp(first, third) != 0);
	free(first);
	free(second);
	free(third);
}

TEST(entry_ends_at_its_limit)
{
	struct buf out = {.limit = 1 << 20};
	struct record r;
	char *text;
	char *fits;
	STORE f;

	store_open(&f);
	r = example(&f, "organisation");
	text = arena_alloc(&f.arena, LIMIT_FIELD_BYTES + 1);
	memset(text, 'x', LIMIT_FIELD_BYTES);
	store_set(&f, &r, "name", text);
	CHECK(record_entry(f.ctx, &r, str_of("ann@shell"), &out) == ERR_TOO_BIG);
	text[0] = '\0';
	store_set(&f, &r, "name", "x");
	fits = entry_of(&f, &r);
	memset(text, 'x', LIMIT_FIELD_BYTES);
	text[LIMIT_ENTRY_BYTES - strlen(fits) + 1] = '\0';
	free(fits);
	store_set(&f, &r, "name", text);
	fits = entry_of(&f, &r);
	CHECK(strlen(fits) == LIMIT_ENTRY_BYTES);
	free(fits);
	text[strlen(text)] = 'x';
	store_set(&f, &r, "name", text);
	buf_fini(&out);
	out.limit = 1 << 20;
	CHECK(record_entry(f.ctx, &r, str_of("ann@shell"), &out) == ERR_TOO_BIG);
	CHECK(strstr(f.ctx->err.message, "shorten") != NULL);
	buf_fini(&out);
}

TEST(entry_of_an_event_is_canonical)
{
	static const struct event ev = {
		.id = 42,
		.at = 1781524800123,
		.kind = {"plan_taken_in",  13},
		.actor = {"o\"neill@shell", 13},
		.detail = {"{\"a\":1}",	7 }
	  };
	CLEANUP(buf_fini) struct buf out = {.limit = 4096};
	CLEANUP(buf_fini) struct buf again = {.limit = 4096};
	json_t *json = NULL;
	struct err e = {0};

	event_entry(&ev, &out);
	CHECK(strcmp(out.data,
		     "{\"at\":1781524800123,\"by\":\"o\\\"neill@shell\",\"detail\":{\"a\":1},"
		     "\"event\":\"plan_taken_in\",\"id\":42}") == 0);
	CHECK(json_read((struct str){out.data, out.len}, &json, &e) == ERR_NONE);
	CHECK(json_canonical(json, &again, &e) == ERR_NONE);
	CHECK(strcmp(out.data, again.data) == 0);
	json_decref(json);
}
