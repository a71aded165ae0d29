#include "identity/password.h"

#include "base/limits.h"
#include "base/text.h"
#include "identity/common.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { PASSES = 3, MEMORY_BYTES = 64 * 1024 * 1024 };

/* A password of nobody's, which takes as long to compare as another. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$Eribr9PScMHkwMPQ/"
			     "7vAvw$B8slSag5qlAlT9hzTsee0oMzeJ+KKdkii8fEKrOfxdw";

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
	if (characters(password) > LIMIT_PASSWORD_CHARACTERS_MOST)
		return err_set(e, ERR_TOO_BIG, "password",
			       "the password is too long: at most %d characters",
			       LIMIT_PASSWORD_CHARACTERS_MOST);
	if (is_name(name, password))
		return err_set(e, ERR_INVALID, "password",
			       "the password is the login's own name; take another");
	if (password_is_common(password) || repeats(password, 1) || repeats(password, 2) ||
	    repeats(password, 3))
		return err_set(e, ERR_INVALID, "password",
			       "the password is among those that are tried first; take another");
	return ERR_NONE;
}

static enum err_code
enter(struct gate *gate, struct err *e)
{
	if (gate_enter(gate, LIMIT_PASSWORD_WAIT_SECONDS * 1000))
		return ERR_NONE;
	return err_set(e, ERR_BUSY, "",
		       "too many people sign in at this moment; try again in a few seconds");
}

static enum err_code
no_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, "",
		       "not enough memory to work on a password: it takes 64 MiB");
}

enum err_code
password_hash(struct gate *gate, struct str password, struct buf *out, struct err *e)
{
	char text[crypto_pwhash_STRBYTES];
	enum err_code rc = enter(gate, e);
	int failed;

	if (rc)
		return rc;
	failed = crypto_pwhash_str_alg(text, password.ptr, password.len, PASSES, MEMORY_BYTES,
				       crypto_pwhash_ALG_ARGON2ID13);
	gate_leave(gate);
	if (failed)
		return no_memory(e);
	buf_add(out, text, strlen(text));
	return out->failed ? err_set(e, ERR_INTERNAL, "", "no memory for a password") : ERR_NONE;
}

enum err_code
password_try(struct gate *gate, struct str password, struct str kept, bool *ret_fits, struct err *e)
{
	char text[crypto_pwhash_STRBYTES] = {0};
	bool somebodys = kept.ptr && kept.len < sizeof(text);
	bool fits, failed;
	enum err_code rc;

	if (password.len > LIMIT_PASSWORD_BYTES)
		return err_set(e, ERR_TOO_BIG, "password", "the password is longer than %d bytes",
			       LIMIT_PASSWORD_BYTES);
	if (!somebodys)
		kept = str_of(nobody);
	memcpy(text, kept.ptr, kept.len);
	rc = enter(gate, e);
	if (rc)
		return rc;
	errno = 0;
	fits = crypto_pwhash_str_verify(text, password.ptr, password.len) == 0;
	failed = !fits && errno == ENOMEM;
	gate_leave(gate);
	if (failed)
		return no_memory(e);
	*ret_fits = fits && somebodys;
	return ERR_NONE;
}

bool
password_is_stale(struct str kept)
{
	char text[crypto_pwhash_STRBYTES] = {0};

	if (!kept.ptr || kept.len >= sizeof(text))
		return true;
	memcpy(text, kept.ptr, kept.len);
	return crypto_pwhash_str_needs_rehash(text, PASSES, MEMORY_BYTES) != 0;
}
