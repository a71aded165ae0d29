#include "fuzz.h"

#include "oidc/claims.h"
#include "oidc/flow.h"
#include "oidc/url.h"

#include <stdlib.h>
#include <string.h>

/* Input: a provider's token, or its set of keys, or what it says of itself, or what a browser
 * brings back; each is tried as all of them. */

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static void
claims(const struct jws *j, struct arena *a)
{
	static const char *const strong[] = {"otp"};
	const struct words words = {.words = (const char **)(uintptr_t)strong, .count = 1};
	struct claims_wanted wanted = {.issuer = "https://id.example.org",
				       .client = "holdfast",
				       .subject = "sub",
				       .nonce = str_of("n"),
				       .access_token = str_of("a"),
				       .acr = &words,
				       .amr = &words,
				       .now = INT64_C(1700000000000)};
	struct claims c;
	struct err e = {0};

	if (claims_read(j, &wanted, a, &c, &e))
		demand(e.code == ERR_DENIED && e.message[0] != '\0');
	else
		demand(c.subject.len > 0 && c.proven_at <= wanted.now);
}

/* What follows a line with a set of keys is tried with them. */
static void
token(struct str input, struct arena *a)
{
	struct str rest = input;
	struct str set = str_cut(&rest, '\n');
	struct jwks keys;
	struct jws j;
	struct err e = {0};
	const struct jwk *key;

	if (jwks_read(set, &keys, &e))
		keys = (struct jwks){0};
	if (jws_read(rest.ptr ? rest : input, a, &j, &e)) {
		demand(e.code == ERR_DENIED && e.message[0] != '\0');
	} else {
		key = jws_key(&j, &keys);
		demand(!key || key < keys.keys + keys.count);
		if (key)
			(void)jws_holds(&j, key);
		claims(&j, a);
	}
	if (keys.keys)
		jwks_free(&keys);
}

static void
kept(struct str input, struct arena *a)
{
	static const uint8_t key[FLOW_KEY_SIZE];
	const struct flow_lock lock = {key, 0};
	struct flow f = {0};
	struct err e = {0};

	if (flow_open(input, &lock, a, &f, &e))
		demand(e.code == ERR_DENIED);
	if (flow_is_path(input))
		demand(input.ptr[0] == '/' && (input.len < 2 || input.ptr[1] != '/') &&
		       !memchr(input.ptr, '\\', input.len) && !memchr(input.ptr, '\n', input.len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = {(const char *)data, size};
	struct jws j = {.payload = input};
	struct arena a;
	struct err e = {0};

	arena_init(&a, 1 << 24);
	token(input, &a);
	claims(&j, &a);
	kept(input, &a);
	if (url_check(str_z(&a, input), "url", &e) == ERR_NONE)
		demand(memcmp(data, "h", 1) == 0 || memcmp(data, "H", 1) == 0);
	arena_fini(&a);
	return 0;
}
