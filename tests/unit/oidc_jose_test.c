#include "oidc/jose.h"

#include "base/limits.h"
#include "oidc/claims.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
	struct arena arena;
	struct jwks keys;
	struct jws jws;
	struct err e;
};

static void
bench_open(struct bench *b, const char *keys)
{
	*b = (struct bench){0};
	arena_init(&b->arena, 1 << 24);
	CHECK(!jwks_read(str_of(keys), &b->keys, &b->e));
}

static void
bench_close(struct bench *b)
{
	jwks_free(&b->keys);
	arena_fini(&b->arena);
}
#define BENCH CLEANUP(bench_close) struct bench

/* Whether a token is one, of a key that is known, and holds. */
static bool
holds(struct bench *b, const char *token)
{
	const struct jwk *key;

	if (jws_read(str_of(token), &b->arena, &b->jws, &b->e))
		return false;
	key = jws_key(&b->jws, &b->keys);
	return key && jws_holds(&b->jws, key);
}

/* RFC 7515 appendix A.2 */
#define RSA_N                                                                                      \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt" \
	"0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX" \
	"ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
	"IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define RSA_KEY "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}"
#define JWT_PAYLOAD                                                                                \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0" \
	"cnVlfQ"
#define RSA_SIGNATURE                                                                              \
	"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W" \
	"2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS" \
	"jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv" \
	"Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define RSA_TOKEN "eyJhbGciOiJSUzI1NiJ9." JWT_PAYLOAD "." RSA_SIGNATURE

TEST(a_token_of_rfc_7515_signed_with_rs256_holds)
{
	BENCH b;

	bench_open(&b, "{\"keys\":[" RSA_KEY "]}");
	CHECK(holds(&b, RSA_TOKEN));
	CHECK(b.jws.algorithm == JWS_RS256 && !b.jws.kid.ptr && b.jws.payload.len == 70);
	/* Whatever else is signed by it is not. */
	CHECK(!holds(&b, "eyJhbGciOiJSUzI1NiJ9." JWT_PAYLOAD "." JWT_PAYLOAD));
	CHECK(!holds(&b, "eyJhbGciOiJSUzI1NiJ9.e30." RSA_SIGNATURE));
	/* The same with {"alg":"PS256"}. */
	CHECK(!holds(&b, "eyJhbGciOiJQUzI1NiJ9." JWT_PAYLOAD "." RSA_SIGNATURE));
}

/* RFC 7515 appendix A.3 */
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_KEY                                                                                     \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X                                          \
	"\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define EC_TOKEN                                                                                   \
	"eyJhbGciOiJFUzI1NiJ9." JWT_PAYLOAD                                                        \
	".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

TEST(a_token_of_rfc_7515_signed_with_es256_holds)
{
	BENCH b;

	bench_open(&b, "{\"keys\":[" EC_KEY "," RSA_KEY "]}");
	CHECK(holds(&b, EC_TOKEN));
	CHECK(b.jws.algorithm == JWS_ES256);
	CHECK(holds(&b, RSA_TOKEN));
}

/* RFC 8037 appendices A.2 and A.4; its payload is no JSON. */
#define ED_KEY                                                                                     \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" \
	"\"}"
#define ED_TOKEN                                                                                   \
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."                                \
	"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

TEST(a_token_of_rfc_8037_signed_with_eddsa_holds)
{
	BENCH b;

	bench_open(&b, "{\"keys\":[" ED_KEY "]}");
	CHECK(holds(&b, ED_TOKEN));
	CHECK(b.jws.algorithm == JWS_EDDSA);
	CHECK(b.jws.payload.len == 26 &&
	      !memcmp(b.jws.payload.ptr, "Example of Ed25519 signing", 26));
	/* A bit of the signature, which a base64 that is not strict would not see, either. */
	CHECK(!holds(&b,
		     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
		     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVv"
		     "pAr_MuM0KAh"));
}

/* RFC 7515 appendices A.1 and A.5 */
TEST(tokens_with_a_shared_secret_or_none_are_not_taken)
{
	static const char *const tokens[] = {"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JWT_PAYLOAD
					     ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
					     "eyJhbGciOiJub25lIn0." JWT_PAYLOAD "."};
	BENCH b;

	bench_open(&b, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
		       "EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}," RSA_KEY "]}");
	CHECK(b.keys.count == 1);
	for (size_t i = 0; i < COUNT_OF(tokens); i++) {
		CHECK(jws_read(str_of(tokens[i]), &b.arena, &b.jws, &b.e) == ERR_DENIED);
		CHECK(strstr(b.e.message, "not signed with"));
	}
}

TEST(keys_that_are_weak_or_for_something_else_are_passed_over)
{
	static const char *const sets[] = {
		"{\"keys\":[]}",
		"{\"keys\":[7,null,\"x\",[],{}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQ\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N "=\",\"e\":\"AQAB\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"use\":\"enc\"}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"use\":7}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N
		"\",\"e\":\"AQAB\",\"key_ops\":[\"sign\"]}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"kid\":7}]}",
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RSA_N
		"\",\"e\":\"AQAB\",\"alg\":\"PS256\"}]}",
		/* A point that does not lie on the curve, and another curve. */
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_X
		"\"}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X "\",\"y\":\"" EC_X
		"\"}]}",
		"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" EC_X "\"}]}",
	};

	for (size_t i = 0; i < COUNT_OF(sets); i++) {
		BENCH b;

		bench_open(&b, sets[i]);
		CHECK(!holds(&b, RSA_TOKEN));
	}
}

TEST(a_key_is_the_one_of_that_name_and_without_a_name_the_only_one)
{
	BENCH two;
	BENCH named;

	bench_open(&two, "{\"keys\":[" RSA_KEY "," RSA_KEY "]}");
	CHECK(!holds(&two, RSA_TOKEN));
	bench_open(&named, "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"n\":\"" RSA_N
			   "\",\"e\":\"AQAB\"}]}");
	CHECK(holds(&named, RSA_TOKEN));
	/* {"alg":"RS256","kid":"2"} */
	CHECK(!jws_read(str_of("eyJhbGciOiJSUzI1NiIsImtpZCI6IjIifQ.e30.e30"), &named.arena,
			&named.jws, &named.e));
	CHECK(!jws_key(&named.jws, &named.keys));
}

TEST(sets_of_keys_have_a_limit_and_must_be_sets)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1 << 20};
	struct jwks keys;
	struct err e;

	buf_addf(&text, "{\"keys\":[{}");
	for (int i = 0; i < LIMIT_OIDC_KEYS; i++)
		buf_addf(&text, ",{}");
	buf_addf(&text, "]}");
	CHECK(jwks_read((struct str){text.data, text.len}, &keys, &e) == ERR_TOO_BIG);
	CHECK(jwks_read(str_of("{}"), &keys, &e) == ERR_INVALID);
	CHECK(jwks_read(str_of("[]"), &keys, &e) == ERR_INVALID);
	CHECK(jwks_read(str_of("{\"keys\":{}}"), &keys, &e) == ERR_INVALID);
	CHECK(jwks_read(str_of("{\"keys\":"), &keys, &e) == ERR_INVALID);
}

TEST(a_token_has_a_limit)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1 << 20};
	BENCH b;

	bench_open(&b, "{\"keys\":[]}");
	buf_addf(&text, "eyJhbGciOiJSUzI1NiJ9.");
	while (text.len <= LIMIT_OIDC_TOKEN_BYTES)
		buf_addf(&text, "AAAA");
	CHECK(jws_read((struct str){text.data, text.len}, &b.arena, &b.jws, &b.e) == ERR_DENIED);
	CHECK(strstr(b.e.message, "too long"));
}

/* What OpenID Connect Core 1.0 has as an example of at_hash (appendix A.3), with RS256. */
#define ACCESS_TOKEN "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
#define AT_HASH "77QmUPtjPfzWtF2AnpK9RQ"

static enum err_code
claims_of(const char *payload, const char *access_token, struct claims *ret_claims, struct err *e)
{
	const struct words none = {0};
	const struct claims_wanted wanted = {.issuer = "https://server.example.com",
					     .client = "s6BhdRkqt3",
					     .subject = "sub",
					     .nonce = str_of("n-0S6_WzA2Mj"),
					     .access_token = str_of(access_token),
					     .acr = &none,
					     .amr = &none,
					     .now = INT64_C(1311280971000)};
	const struct jws j = {.algorithm = JWS_RS256, .payload = str_of(payload)};
	static struct arena a;
	enum err_code rc;

	arena_init(&a, 1 << 20);
	rc = claims_read(&j, &wanted, &a, ret_claims, e);
	if (!rc)
		CHECK(str_is(ret_claims->subject, "248289761001"));
	ret_claims->subject = (struct str){0};
	arena_fini(&a);
	return rc;
}

#define EXAMPLE                                                                                    \
	"{\"iss\":\"https://server.example.com\",\"sub\":\"248289761001\",\"aud\":\"s6BhdRkqt3\"," \
	"\"nonce\":\"n-0S6_WzA2Mj\",\"exp\":1311281970,\"iat\":1311280970,\"at_hash\":\"" AT_HASH  \
	"\"}"

TEST(the_example_of_openid_connect_core_is_good_and_for_its_access_token_alone)
{
	struct claims c;
	struct err e;

	CHECK(!claims_of(EXAMPLE, ACCESS_TOKEN, &c, &e));
	CHECK(!c.email.ptr && !c.proven_at && !c.second_factor);
	CHECK(claims_of(EXAMPLE, "x" ACCESS_TOKEN, &c, &e) == ERR_DENIED);
	CHECK(!strcmp(e.field, "at_hash"));
	CHECK(claims_of("[]", ACCESS_TOKEN, &c, &e) == ERR_DENIED);
	CHECK(claims_of("", ACCESS_TOKEN, &c, &e) == ERR_DENIED);
}
