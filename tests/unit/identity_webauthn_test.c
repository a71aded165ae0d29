#include "identity/webauthn.h"

#include "authenticator.h"
#include "identity/cose.h"
#include "test.h"

#include <string.h>

#define CHALLENGE "dGhlIGNoYWxsZW5nZSBvZiB0aGlzIHZlcnkgdGVzdCE"

struct bench {
	struct arena arena;
	struct hasher *hasher;
	struct authenticator a;
	struct webauthn_site site;
	struct webauthn_question q;
	struct err e;
};

static void
bench_open(struct bench *b, enum authenticator_kind kind)
{
	*b = (struct bench){
		.site = {.id = str_of("holdfast.example.org"),
			 .origin = str_of("https://holdfast.example.org")}
	  };
	arena_init(&b->arena, 1 << 24);
	CHECK(!hasher_new(&b->hasher, &b->e));
	authenticator_make(&b->a, kind, &b->arena, b->hasher);
	b->q = (struct webauthn_question){
		.site = &b->site, .challenge = str_of(CHALLENGE), .hasher = b->hasher};
}

static void
bench_close(struct bench *b)
{
	authenticator_free(&b->a);
	hasher_free(b->hasher);
	arena_fini(&b->arena);
}
#define BENCH CLEANUP(bench_close) struct bench

static struct webauthn_key
registered(struct bench *b)
{
	struct webauthn_answer answer = authenticator_register(&b->a, CHALLENGE);
	struct webauthn_key key;

	CHECK(!webauthn_register(&b->q, &answer, &key, &b->e));
	return key;
}

static bool
registers(struct bench *b)
{
	struct webauthn_answer answer = authenticator_register(&b->a, CHALLENGE);
	struct webauthn_key key;

	return !webauthn_register(&b->q, &answer, &key, &b->e);
}

static bool
asserts(struct bench *b, struct webauthn_key *key)
{
	struct webauthn_answer answer = authenticator_assert(&b->a, CHALLENGE);

	return !webauthn_assert(&b->q, &answer, key, &key->count, &b->e);
}

/* The examples of Web Authentication Level 3: section 16.2, ES256 with no attestation, and 16.11,
 * Ed25519 with one. */
static const struct {
	const char *created, *got;
	const char *attestation, *data, *signature; /* hexadecimal */
	const char *create_challenge, *get_challenge;
} vectors[] = {
	{
		.created =
			"{\"type\":\"webauthn.create\",\"challenge\":\"AMMPt4UxxGTStncdq417YDwBFi"
			"8vpIa-pw8oOuVW4TA\",\"origin\":\"https://example.org\",\"crossOrigin\":f"
			"alse,\"extraData\":\"clientDataJSON may be extended with additional fiel"
			"ds in the future, such as this: BkQeDjdcTBrXBiAwJTLE5Q\"}", .got = "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYB"
		       "P9tZchXyav01Ag\",\"origin\":\"https://example.org\",\"crossOrigin\":fals"
		       "e}", .attestation = "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37"
			       "432958b06"
			       "3360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9a"
			       "b1db37475"
			       "0b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad9"
			       "4ff3ec330"
			       "084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db908560"
			       "62eb249c3"
			       "3a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed7329"
			       "0af2e2664"
			       "796b9220", .data = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5190000000"
			"0", .signature = "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218def"
			     "fcd3802"
			     "21008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87", .create_challenge = "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA",
		.get_challenge = "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag",
	 },
	{
		.created =
			"{\"type\":\"webauthn.create\",\"challenge\":\"qKv52r3GsN9jRms5vanoo0o04Y"
			"UzelnxxXmZBnbTs70\",\"origin\":\"https://example.org\",\"crossOrigin\":f"
			"alse,\"extraData\":\"clientDataJSON may be extended with additional fiel"
			"ds in the future, such as this: B_DT5g7ZD_-9OTLYX5IvEQ\"}",									  .got = "{\"type\":\"webauthn.get\",\"challenge\":\"iVlX4BxjOmmDSKLYoxpUt9sn6MHEO"
		       "yCA15riGQJnv9I\",\"origin\":\"https://example.org\",\"crossOrigin\":fals"
		       "e}",														.attestation = "a363666d74667061636b65646761747453746d74a363616c6726637369675848304"
			       "6022100d8"
			       "3f60bd80269537583218858aefb03ac57d45fa06e42feaae332d187f62da9f02210"
			       "0a02bd3cb"
			       "6f7e1d283c93bad1f3f4b5a4c0494463da7fdbf256949116754d1f1763783563815"
			       "902273082"
			       "0223308201c8a003020102021100b2cfc9ea33c8643b0e1a760463eaf164300a060"
			       "82a8648ce"
			       "3d0403023062311e301c06035504030c15576562417574686e20746573742076656"
			       "3746f7273"
			       "310c300a060355040a0c0357334331253023060355040b0c1c41757468656e74696"
			       "361746f72"
			       "204174746573746174696f6e204341310b30090603550406130241413020170d323"
			       "430313031"
			       "3030303030305a180f33303234303130313030303030305a305f311e301c0603550"
			       "4030c1557"
			       "6562417574686e207465737420766563746f7273310c300a060355040a0c0357334"
			       "331223020"
			       "060355040b0c1941757468656e74696361746f72204174746573746174696f6e310"
			       "b30090603"
			       "550406130241413059301306072a8648ce3d020106082a8648ce3d0301070342000"
			       "4dd2b7a56"
			       "4b73b8c0b81c4c62e521925c4d1198ec9f583dbf1eebe364b65cd9c29a9bdf346aa"
			       "a81fb6b95"
			       "07e5249a52fdaf8e39e26b0b7dc45992a7e233b70f70a360305e300c0603551d130"
			       "101ff0402"
			       "3000300e0603551d0f0101ff040403020780301d0603551d0e041604140ae27546b"
			       "c7eccb1b4"
			       "b597bd354f0c0b1f1f8f8e301f0603551d2304183016801445aff715b0dd786741f"
			       "ee996ebc1"
			       "6547a3931b1e300a06082a8648ce3d0403020349003046022100a0d434ecb5fc3bf"
			       "d7da5f419"
			       "04517ad2836249f561bd834ba7a438a8ab7a4ce8022100fac845bb7a02513b58e9f"
			       "319654dbe"
			       "49b0f02b95835bac568c71f8a18cdde9ab6861757468446174615881bfabc374329"
			       "58b063360"
			       "d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54100000000d5aa33581e8ca"
			       "478e20fe7"
			       "13f5d32ff20020ce9f840ed96599580cd140fbc7bb3230633f50f61041aff73308a"
			       "e71caa8a2"
			       "bda401010327200621582044e06ddd331c36a8dc667bab52bcae63486c916aa5e33"
			       "9e6acebaa"
			       "84934bf832",								       .data = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5010000000"
			"0",								       .signature = "f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48"
			     "f85393b"
			     "c0d40b011f0d6fecb097d6607525713223a0dc0d453993dae00b",															       .create_challenge = "qKv52r3GsN9jRms5vanoo0o04YUzelnxxXmZBnbTs70",
		.get_challenge = "iVlX4BxjOmmDSKLYoxpUt9sn6MHEOyCA15riGQJnv9I",
	 },
};

static struct str
bytes_of(struct arena *a, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char *out = arena_alloc(a, len);

	for (size_t i = 0; i < len; i++) {
		unsigned byte = 0;

		CHECK(sscanf(hex + 2 * i, "%2x", &byte) == 1);
		out[i] = (char)byte;
	}
	return (struct str){out, len};
}

TEST(answers_are_those_of_the_standards_examples)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		BENCH b;
		struct webauthn_answer made, got;
		struct webauthn_key key;
		int64_t count = 1;

		bench_open(&b, SOFT_EDDSA);
		b.site = (struct webauthn_site){.id = str_of("example.org"),
						.origin = str_of("https://example.org")};
		made = (struct webauthn_answer){.client_data = str_of(vectors[i].created),
						.authenticator =
							bytes_of(&b.arena, vectors[i].attestation)};
		got = (struct webauthn_answer){.client_data = str_of(vectors[i].got),
					       .authenticator = bytes_of(&b.arena, vectors[i].data),
					       .signature =
						       bytes_of(&b.arena, vectors[i].signature)};
		b.q.challenge = str_of(vectors[i].create_challenge);
		CHECK(!webauthn_register(&b.q, &made, &key, &b.e));
		CHECK(key.id.len == 32 && key.count == 0);
		b.q.challenge = str_of(vectors[i].get_challenge);
		CHECK(!webauthn_assert(&b.q, &got, &key, &count, &b.e) && count == 0);
		b.q.challenge = str_of(vectors[i].create_challenge);
		CHECK(webauthn_assert(&b.q, &got, &key, &count, &b.e) == ERR_DENIED);
	}
}

TEST(an_authenticator_of_each_kind_registers_and_signs)
{
	for (int kind = SOFT_ES256; kind <= SOFT_RS256; kind++) {
		BENCH b;
		struct webauthn_key key;

		bench_open(&b, (enum authenticator_kind)kind);
		key = registered(&b);
		CHECK(key.id.len == sizeof(b.a.id) && key.count == 1);
		CHECK(memcmp(key.id.ptr, b.a.id, key.id.len) == 0);
		CHECK(str_eq(key.public, authenticator_cose(&b.a)));
		CHECK(asserts(&b, &key) && key.count == 2);
		CHECK(asserts(&b, &key) && key.count == 3);
	}
}

TEST(an_answer_for_another_site_origin_question_or_page_does_not_hold)
{
	static const struct {
		const char *site, *origin, *type, *extra;
	} wrong[] = {{.site = "example.org"},
		     {.site = "holdfast.example.org.evil.org"},
		     {.origin = "http://holdfast.example.org"},
		     {.origin = "https://holdfast.example.org:8443"},
		     {.origin = "https://holdfast.example.org.evil.org"},
		     {.type = "webauthn.other"},
		     {.extra = ",\"crossOrigin\":true"},
		     {.extra = ",\"crossOrigin\":0"},
		     {.extra = ",\"origin\":\"https://holdfast.example.org\""},
		     {.extra = "} x"}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		BENCH b;
		struct webauthn_key key;

		bench_open(&b, SOFT_EDDSA);
		key = registered(&b);
		b.a.site = wrong[i].site ? wrong[i].site : b.a.site;
		b.a.origin = wrong[i].origin ? wrong[i].origin : b.a.origin;
		b.a.type = wrong[i].type;
		b.a.extra = wrong[i].extra ? wrong[i].extra : "";
		CHECK(!registers(&b) && b.e.code == ERR_DENIED);
		CHECK(!asserts(&b, &key) && b.e.code == ERR_DENIED);
	}
}

TEST(an_answer_to_a_registration_is_none_to_a_sign_in)
{
	BENCH b;
	struct webauthn_key key;

	bench_open(&b, SOFT_ES256);
	key = registered(&b);
	b.a.type = "webauthn.create";
	CHECK(!asserts(&b, &key));
	b.a.type = "webauthn.get";
	CHECK(!registers(&b));
	b.a.type = NULL;
	b.q.challenge = str_of("b3RoZXI");
	CHECK(!registers(&b) && !asserts(&b, &key));
	b.q.challenge = str_of(CHALLENGE);
	b.a.extra = ",\"crossOrigin\":false,\"topOrigin\":\"x\"";
	CHECK(registers(&b) && asserts(&b, &key));
}

TEST(an_answer_that_nobody_touched_or_that_goes_on_does_not_hold)
{
	BENCH b;
	struct webauthn_key key;

	bench_open(&b, SOFT_EDDSA);
	key = registered(&b);
	b.a.flags = 0x04;
	CHECK(!registers(&b) && !asserts(&b, &key));
	b.a.flags = 0x01;
	b.a.after = "\xa0";
	b.a.after_len = 1;
	CHECK(!registers(&b) && !asserts(&b, &key));
	/* Extensions that it announces. */
	b.a.flags = 0x81;
	CHECK(registers(&b) && asserts(&b, &key));
	b.a.after = "\x01";
	CHECK(!registers(&b) && !asserts(&b, &key));
	b.a.after_len = 0;
	CHECK(!registers(&b) && !asserts(&b, &key));
	b.a.flags = 0x41;
	CHECK(!asserts(&b, &key));
}

TEST(a_counter_that_goes_back_tells_of_a_copy)
{
	BENCH b;
	struct webauthn_key key;

	bench_open(&b, SOFT_EDDSA);
	key = registered(&b);
	key.count = 10;
	b.a.count = 9;
	CHECK(!asserts(&b, &key));
	CHECK(!asserts(&b, &key));
	CHECK(asserts(&b, &key) && key.count == 11);
	b.a.count = 0;
	CHECK(!asserts(&b, &key));
	/* One that does not count at all. */
	key.count = 0;
	CHECK(asserts(&b, &key) && asserts(&b, &key) && key.count == 0);
	b.a.count = 0xffffffff;
	CHECK(asserts(&b, &key) && key.count == 0xffffffff);
}

TEST(a_signature_with_any_byte_changed_does_not_hold)
{
	for (int kind = SOFT_ES256; kind <= SOFT_RS256; kind++) {
		BENCH b;
		struct webauthn_key key;
		struct webauthn_answer answer;
		int64_t count;

		bench_open(&b, (enum authenticator_kind)kind);
		key = registered(&b);
		answer = authenticator_assert(&b.a, CHALLENGE);
		for (size_t i = 0; i < answer.signature.len; i += 7) {
			char *at = (char *)(uintptr_t)answer.signature.ptr + i;

			*at = (char)(*at ^ 1);
			CHECK(webauthn_assert(&b.q, &answer, &key, &count, &b.e) == ERR_DENIED);
			*at = (char)(*at ^ 1);
		}
		for (size_t i = 0; i < answer.authenticator.len; i++) {
			char *at = (char *)(uintptr_t)answer.authenticator.ptr + i;

			*at = (char)(*at ^ 2);
			CHECK(webauthn_assert(&b.q, &answer, &key, &count, &b.e) == ERR_DENIED);
			*at = (char)(*at ^ 2);
		}
		CHECK(!webauthn_assert(&b.q, &answer, &key, &count, &b.e));
		answer.signature.len--;
		CHECK(webauthn_assert(&b.q, &answer, &key, &count, &b.e) == ERR_DENIED);
		answer.signature.len = 0;
		CHECK(webauthn_assert(&b.q, &answer, &key, &count, &b.e) == ERR_DENIED);
	}
}

TEST(another_key_does_not_sign_for_this_one)
{
	BENCH b;
	BENCH other;
	struct webauthn_key key, strange;

	bench_open(&b, SOFT_ES256);
	bench_open(&other, SOFT_ES256);
	key = registered(&b);
	strange = registered(&other);
	CHECK(!asserts(&other, &key));
	CHECK(!asserts(&b, &strange));
}

/* Every cut and every changed byte of an attestation is refused or is another, whole one; never is
 * it read past its end. */
TEST(an_attestation_that_is_cut_or_changed_breaks_nothing)
{
	BENCH b;
	struct webauthn_answer whole, answer;
	struct webauthn_key key;

	bench_open(&b, SOFT_ES256);
	whole = authenticator_register(&b.a, CHALLENGE);
	answer = whole;
	for (size_t len = 0; len < whole.authenticator.len; len++) {
		char *cut = malloc(len + 1);

		CHECK(cut);
		memcpy(cut, whole.authenticator.ptr, len);
		answer.authenticator = (struct str){cut, len};
		CHECK(webauthn_register(&b.q, &answer, &key, &b.e));
		free(cut);
	}
	for (size_t i = 0; i < whole.authenticator.len; i++) {
		char *at = (char *)(uintptr_t)whole.authenticator.ptr + i;

		for (int bit = 0; bit < 8; bit++) {
			*at = (char)(*at ^ 1 << bit);
			if (!webauthn_register(&b.q, &whole, &key, &b.e))
				CHECK(key.id.ptr >= whole.authenticator.ptr &&
				      key.public.ptr + key.public.len <=
					      whole.authenticator.ptr + whole.authenticator.len);
			*at = (char)(*at ^ 1 << bit);
		}
	}
}

static bool
is_key(const char *bytes, size_t len)
{
	struct cose_key key;
	struct err e;
	bool good = !cose_read((struct str){bytes, len}, &key, &e);

	if (good)
		cose_free(&key);
	return good;
}

TEST(a_key_that_is_no_point_too_short_or_twice_itself_is_refused)
{
	BENCH b;
	struct str cose;
	char bytes[512];

	bench_open(&b, SOFT_ES256);
	cose = authenticator_cose(&b.a);
	memcpy(bytes, cose.ptr, cose.len);
	CHECK(is_key(bytes, cose.len));
	CHECK(!is_key(bytes, cose.len - 1));
	bytes[cose.len] = 0;
	CHECK(!is_key(bytes, cose.len + 1));
	bytes[cose.len - 1] = (char)(bytes[cose.len - 1] ^ 1);
	CHECK(!is_key(bytes, cose.len));
	bytes[cose.len - 1] = (char)(bytes[cose.len - 1] ^ 1);
	/* ES256 said, another curve meant; the kind twice. */
	bytes[4] = 0x27;
	CHECK(!is_key(bytes, cose.len));
	bytes[4] = 0x26;
	bytes[3] = 0x01;
	CHECK(!is_key(bytes, cose.len));
	CHECK(!is_key("", 0) && !is_key("\xa0", 1) && !is_key("\x80", 1));
	/* RSA with one bit, and with an even exponent. */
	CHECK(!is_key("\xa4\x01\x03\x03\x39\x01\x00\x20\x41\x03\x21\x43\x01\x00\x01", 15));
}

TEST(a_site_is_where_a_browser_may_use_a_key)
{
	static const char *const good[] = {"https://holdfast.example.org",
					   "https://holdfast.example.org:8443", "http://localhost",
					   "http://localhost:8700"};
	static const char *const bad[] = {"",
					  "https://",
					  "holdfast.example.org",
					  "http://holdfast.example.org",
					  "https://192.0.2.7",
					  "https://[2001:db8::1]",
					  "https://Holdfast.example.org",
					  "https://holdfast.example.org/",
					  "https://holdfast.example.org:",
					  "https://a:65536",
					  "https://a:-1",
					  "https://a:8443:1",
					  "https://a b",
					  "ftp://localhost",
					  "http://localhost.example.org"};
	struct webauthn_site site;
	struct err e;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		CHECK(!webauthn_site_read(str_of(good[i]), &site, &e));
		CHECK(str_is(site.origin, good[i]));
		CHECK(str_is(site.id, i < 2 ? "holdfast.example.org" : "localhost"));
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(webauthn_site_read(str_of(bad[i]), &site, &e) == ERR_USAGE);
}
