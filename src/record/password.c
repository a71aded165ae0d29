#include "record/password.h"

#include "base/limits.h"
#include "base/text.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { PASSES = 3, MEMORY_BYTES = 64 * 1024 * 1024 };

/* Those of the well-known lists that are long enough to be allowed otherwise. */
static const char *const common[] = {
	"administrator", "changemenow12",  "changeme1234",	  "correcthorsebatterystaple",
	"football1234",	 "iloveyou1234",   "letmeinletmein",	  "letmeinplease",
	"password1234",	 "password12345",  "password123456",	  "passwordpassword",
	"princess1234",	 "qwerty123456",   "qwertyqwerty",	  "qwertyuiop12",
	"qwertyuiop123", "qwertyuiopas",   "qwertyuiopasdfghjkl", "1q2w3e4r5t6y",
	"1qaz2wsx3edc",	 "abcd12345678",   "abc123abc123",	  "trustno1trustno1",
	"welcome12345",	 "welcome123456",  "zaq12wsxcde3",	  "123456789012",
	"1234567890123", "12345678901234", "123123123123",	  "111122223333",
	"abcdefghijkl",	 "abcdefghijklm",  "holdfastholdfast",	  "password!234",
	"p@ssw0rd1234",	 "p@ssword1234",   "passw0rd1234",
};

static bool
is_common(struct str password)
{
	for (size_t i = 0; i < COUNT_OF(common); i++) {
		if (password.len == strlen(common[i]) &&
		    strncasecmp(password.ptr, common[i], password.len) == 0)
			return true;
	}
	return false;
}

/* The name, or any short piece, over and over. */
static bool
repeats(struct str password, size_t piece)
{
	for (size_t i = piece; i < password.len; i++) {
		if (tolower((unsigned char)password.ptr[i]) !=
		    tolower((unsigned char)password.ptr[i - piece]))
			return false;
	}
	return true;
}

static bool
is_name(struct str name, struct str password)
{
	return name.len > 0 && password.len >= name.len &&
	       strncasecmp(password.ptr, name.ptr, name.len) == 0 && repeats(password, name.len);
}

/* Characters, not bytes: what is allowed must not depend on the alphabet. */
static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}

enum err_code
password_check(struct str name, struct str password, struct err *e)
{
	if (password.len > LIMIT_PASSWORD_BYTES)
		return err_set(e, ERR_TOO_BIG, "password",
			       "the password is longer than %d bytes; take a shorter one",
			       LIMIT_PASSWORD_BYTES);
	if (text_utf8_fault(password) >= 0)
		return err_set(e, ERR_INVALID, "password",
			       "the password is no text in UTF-8; look at the terminal's "
			       "character set");
	for (size_t i = 0; i < password.len; i++) {
		if ((unsigned char)password.ptr[i] < ' ' || password.ptr[i] == 0x7f)
			return err_set(e, ERR_INVALID, "password",
				       "the password has a control character, which nobody can "
				       "type again; leave it out");
	}
	if (characters(password) < LIMIT_PASSWORD_CHARACTERS_LEAST)
		return err_set(e, ERR_INVALID, "password",
			       "the password is too short: at least %d characters, such as four "
			       "words that have nothing to do with each other",
			       LIMIT_PASSWORD_CHARACTERS_LEAST);
	if (is_name(name, password))
		return err_set(e, ERR_INVALID, "password",
			       "the password is the login's own name; take another");
	if (is_common(password) || repeats(password, 1) || repeats(password, 2) ||
	    repeats(password, 3))
		return err_set(e, ERR_INVALID, "password",
			       "the password is among those that are tried first; take another");
	return ERR_NONE;
}

enum err_code
password_hash(struct str password, struct buf *out, struct err *e)
{
	char text[crypto_pwhash_STRBYTES];

	if (sodium_init() < 0)
		return err_set(e, ERR_INTERNAL, "",
			       "libsodium cannot start, so no password can be kept");
	if (crypto_pwhash_str_alg(text, password.ptr, password.len, PASSES, MEMORY_BYTES,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, ERR_INTERNAL, "",
			       "not enough memory to keep a password: it takes 64 MiB");
	buf_add(out, text, strlen(text));
	return out->failed ? err_set(e, ERR_INTERNAL, "", "no memory for a password") : ERR_NONE;
}

bool
password_fits(struct str password, struct str kept)
{
	char text[crypto_pwhash_STRBYTES] = {0};

	if (!kept.ptr || kept.len >= sizeof(text) || sodium_init() < 0)
		return false;
	memcpy(text, kept.ptr, kept.len);
	return crypto_pwhash_str_verify(text, password.ptr, password.len) == 0;
}
