#include "identity/password.h"

#include "identity/common.h"
#include "test.h"

#include <sodium.h>
#include <string.h>

enum { LONG = 10 * 1024 * 1024 };

static struct gate *
gate(void)
{
	struct gate *g;
	struct err e;

	CHECK(sodium_init() >= 0);
	CHECK(!gate_new(4, 4, &g, &e));
	return g;
}

static bool
fits(struct gate *g, const char *password, struct str kept)
{
	struct err e;
	bool fit;

	CHECK(!password_try(g, str_of(password), kept, &fit, &e));
	return fit;
}

TEST(what_is_kept_of_a_password_fits_that_password_only)
{
	CLEANUP(buf_fini) struct buf kept = {.limit = 1024};
	CLEANUP(buf_fini) struct buf other = {.limit = 1024};
	struct gate *g = gate();
	struct str text;
	struct err e;

	CHECK(!password_hash(g, str_of("four unlikely words"), &kept, &e));
	CHECK(!password_hash(g, str_of("four unlikely words"), &other, &e));
	text = (struct str){kept.data, kept.len};
	CHECK(strcmp(kept.data, other.data) != 0);
	CHECK(fits(g, "four unlikely words", text));
	CHECK(!fits(g, "four unlikely word", text));
	CHECK(!fits(g, "", text));
	CHECK(!fits(g, "four unlikely words", (struct str){0}));
	CHECK(!fits(g, "four unlikely words", str_of("$argon2id$broken")));
	CHECK(!password_is_stale(text));
	gate_free(g);
}

TEST(what_was_kept_with_less_is_stale)
{
	char text[crypto_pwhash_STRBYTES];
	struct gate *g = gate();

	CHECK(crypto_pwhash_str_alg(text, "four unlikely words", 19, 2, 64 * 1024 * 1024,
				    crypto_pwhash_ALG_ARGON2ID13) == 0);
	CHECK(password_is_stale(str_of(text)));
	CHECK(fits(g, "four unlikely words", str_of(text)));
	CHECK(crypto_pwhash_str_alg(text, "four unlikely words", 19, 3, 32 * 1024 * 1024,
				    crypto_pwhash_ALG_ARGON2ID13) == 0);
	CHECK(password_is_stale(str_of(text)));
	CHECK(password_is_stale((struct str){0}));
	gate_free(g);
}

static enum err_code
checked(const char *name, const char *password)
{
	struct err e;

	return password_check(str_of(name), str_of(password), &e);
}

TEST(a_password_has_12_to_128_characters)
{
	char text[1200];
	struct err e;

	CHECK(checked("ann", "elevenchars") == ERR_INVALID);
	CHECK(checked("ann", "twelve chars") == ERR_NONE);
	memset(text, 'x', sizeof(text));
	memcpy(text, "yz", 2);
	CHECK(!password_check(str_of("ann"), (struct str){text, 128}, &e));
	CHECK(password_check(str_of("ann"), (struct str){text, 129}, &e) == ERR_TOO_BIG);
	CHECK(password_check(str_of("ann"), (struct str){text, 1025}, &e) == ERR_TOO_BIG);
	/* Characters of four bytes: 128 of them are 512 bytes. */
	for (size_t i = 2; i + 4 <= sizeof(text); i += 4)
		memcpy(text + i, "\xf0\x9f\x94\x91", 4);
	CHECK(!password_check(str_of("ann"), (struct str){text, 2 + 126 * 4}, &e));
	CHECK(password_check(str_of("ann"), (struct str){text, 2 + 127 * 4}, &e) == ERR_TOO_BIG);
}

TEST(ten_megabytes_are_refused_without_work)
{
	struct gate *g = gate();
	char *text = malloc(LONG);
	struct err e;
	bool fit;

	CHECK(text);
	memset(text, 'x', LONG);
	CHECK(password_check(str_of("ann"), (struct str){text, LONG}, &e) == ERR_TOO_BIG);
	CHECK(password_try(g, (struct str){text, LONG}, (struct str){0}, &fit, &e) == ERR_TOO_BIG);
	free(text);
	gate_free(g);
}

TEST(two_spellings_of_a_letter_are_two_passwords)
{
	CLEANUP(buf_fini) struct buf kept = {.limit = 1024};
	struct gate *g = gate();
	struct err e;

	CHECK(!password_hash(g, str_of("caf\xc3\xa9 au lait noir"), &kept, &e));
	CHECK(fits(g, "caf\xc3\xa9 au lait noir", (struct str){kept.data, kept.len}));
	CHECK(!fits(g, "cafe\xcc\x81 au lait noir", (struct str){kept.data, kept.len}));
	gate_free(g);
}

TEST(what_everybody_tries_first_is_refused)
{
	static const char *const first[] = {"password1234",	 "Password1234!",
					    "P@ssw0rd2026",	 "passwordpassword",
					    "123456789012",	 "qwertyuiop12",
					    "1qaz2wsx3edc",	 "correcthorsebatterystaple",
					    "Welcome2026!",	 "Administrator1",
					    "!!liverpool!!2024", "iloveyouforever",
					    "ILOVEYOUFOREVER",	 "abcdefghijklm",
					    "holdfastholdfast",	 "trustno1trustno1",
					    "!QAZ2wsx3edc",	 "2026-adm1nadmin-1",
					    "zxcvbnmasdfghjkl"};
	static const char *const fine[] = {
		"four unlikely words",	      "staple battery horse right",
		"liverpool rains on tuesday", "pass the word, please!",
		"qwerty is no good choice",   "47 grey herons, one pike"};

	for (size_t i = 0; i < COUNT_OF(first); i++)
		CHECK(checked("ann", first[i]) == ERR_INVALID);
	for (size_t i = 0; i < COUNT_OF(fine); i++)
		CHECK(!checked("ann", fine[i]));
	/* Its comment is no word of the list. */
	CHECK(!password_is_common(str_of("# written for holdfast")));
	CHECK(!password_is_common(str_of("")));
}
