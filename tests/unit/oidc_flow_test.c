#include "oidc/flow.h"

#include "base/limits.h"
#include "oidc/url.h"
#include "test.h"

#include <string.h>

enum { MOMENT = 1000000 };

static const uint8_t key[FLOW_KEY_SIZE] = {1, 2, 3};

static enum err_code
opens(struct str sealed, const uint8_t with[FLOW_KEY_SIZE], int64_t now, struct arena *a,
      struct flow *ret_flow)
{
	const struct flow_lock lock = {with, now};
	struct err e;

	return flow_open(sealed, &lock, a, ret_flow, &e);
}

static struct flow
example(struct arena *a)
{
	struct flow f = {.provider = str_of("test"),
			 .return_to = str_of("/records/ACC-1?tab=\"history\""),
			 .session = 77,
			 .fresh = true,
			 .begun_at = MOMENT};

	flow_words(&f, a);
	return f;
}

TEST(what_a_browser_keeps_of_a_sign_in_comes_back_as_it_was)
{
	struct arena a;
	struct flow f, back;
	struct str sealed;

	arena_init(&a, 1 << 20);
	f = example(&a);
	CHECK(f.state.len == FLOW_WORD_SIZE - 1 && f.verifier.len >= 43);
	CHECK(!str_eq(f.state, f.nonce) && !str_eq(f.nonce, f.verifier));
	sealed = flow_seal(&f, key, &a);
	CHECK(!opens(sealed, key, MOMENT, &a, &back));
	CHECK(str_eq(back.provider, f.provider) && str_eq(back.return_to, f.return_to));
	CHECK(str_eq(back.state, f.state) && str_eq(back.nonce, f.nonce));
	CHECK(str_eq(back.verifier, f.verifier));
	CHECK(back.session == 77 && back.fresh && back.begun_at == MOMENT);
	arena_fini(&a);
}

TEST(a_sign_in_that_was_altered_is_old_or_of_another_workspace_is_none)
{
	const int64_t most = (int64_t)LIMIT_OIDC_FLOW_SECONDS * 1000;
	const uint8_t other[FLOW_KEY_SIZE] = {1, 2, 4};
	struct arena a;
	struct flow f, back;
	struct str sealed;
	char *altered;

	arena_init(&a, 1 << 24);
	f = example(&a);
	sealed = flow_seal(&f, key, &a);
	CHECK(!opens(sealed, key, MOMENT + most - 1, &a, &back));
	CHECK(opens(sealed, key, MOMENT + most, &a, &back) == ERR_DENIED);
	CHECK(opens(sealed, other, MOMENT, &a, &back) == ERR_DENIED);
	CHECK(opens((struct str){0}, key, MOMENT, &a, &back) == ERR_DENIED);
	altered = str_z(&a, sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		char was = altered[i];

		altered[i] = was == 'A' ? 'B' : 'A';
		CHECK(opens(str_of(altered), key, MOMENT, &a, &back) == ERR_DENIED);
		altered[i] = was;
		CHECK(opens((struct str){altered, i}, key, MOMENT, &a, &back) == ERR_DENIED);
	}
	arena_fini(&a);
}

TEST(a_browser_is_sent_to_paths_of_this_site_alone)
{
	static const char *const good[] = {"/", "/a", "/a/b?c=d&e=f%20g", "/a.b/c", "/?a=1:2"};
	static const char *const bad[] = {"",	  "a",		 "//a",	     "/\\a",   "/a//b",
					  "/./a", "/../a",	 "http://a", "/a b",   "/a\nb",
					  "/a#b", "/a\"b",	 "/a<b",     "/a'b",   "/\xc3\xa4",
					  "\\a",  "javascript:", "/a\\b",    "/a\x7f", "/.//a"};
	char longest[LIMIT_RETURN_TO_BYTES + 2];

	for (size_t i = 0; i < COUNT_OF(good); i++)
		CHECK(flow_is_path(str_of(good[i])));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(!flow_is_path(str_of(bad[i])));
	CHECK(!flow_is_path((struct str){"/a\0b", 4}));
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	CHECK(flow_is_path((struct str){longest, LIMIT_RETURN_TO_BYTES}));
	CHECK(!flow_is_path((struct str){longest, LIMIT_RETURN_TO_BYTES + 1}));
}

TEST(providers_are_asked_over_https_or_on_this_machine)
{
	static const char *const good[] = {
		"https://id.example.org", "https://id.example.org:8443/a?b",
		"http://127.0.0.1:80/x", "http://127.9.9.9", "http://[::1]:1/"};
	static const char *const bad[] = {"",
					  "id.example.org",
					  "http://id.example.org",
					  "http://localhost",
					  "http://128.0.0.1",
					  "http://127.0.0.1.example.org",
					  "http://[::2]",
					  "http://[::ffff:127.0.0.1]",
					  "file:///etc/passwd",
					  "ftp://127.0.0.1",
					  "https://user@id.example.org",
					  "http://127.0.0.1:pass@id.example.org",
					  "https://id.example.org/#a",
					  "https://id.example.org:99999",
					  "https://"};
	struct err e;

	for (size_t i = 0; i < COUNT_OF(good); i++)
		CHECK(!url_check(good[i], "url", &e));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(url_check(bad[i], "url", &e) == ERR_INVALID && e.message[0]);
	CHECK(url_is_local(good[2]) && !url_is_local(good[0]));
	CHECK(url_has_query(good[1]) && !url_has_query(good[0]));
}
