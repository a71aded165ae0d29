#include "base/limits.h"

#include "identity/factor.h"
#include "identity/identity_priv.h"
#include "identity/totp.h"
#include "store/find.h"
#include "sys/random.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { RECOVERY_SIZE = 10, RECOVERY_LETTERS = 16, GROUP_LETTERS = 4 };

/* As it was shown, with or without dashes and spaces, in capitals or not; false for no such text.
 */
static bool
recovery_plain(struct str code, char out[RECOVERY_LETTERS + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < code.len && code.len <= LIMIT_LOGIN_NAME_BYTES; i++) {
		char c = code.ptr[i];

		if (c == '-' || c == ' ')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '\0' || !strchr(BASE32_SMALL, c) || len == RECOVERY_LETTERS)
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	return len == RECOVERY_LETTERS;
}

/* Bound to its login, so that equal codes of two would not show. */
static void
recovery_kept(struct hasher *h, int64_t login, const char *plain, char out[HASH_HEX_LEN + 1])
{
	char text[RECOVERY_LETTERS + 32];
	int len = snprintf(text, sizeof(text), "%lld %s", (long long)login, plain);

	secret_kept(h, (struct str){text, (size_t)len}, out);
	sodium_memzero(text, sizeof(text));
}

enum err_code
recovery_left(struct ctx *ctx, int64_t login, int64_t *ret_left)
{
	const struct db_find f = {"select count(*) from login_code where login = :login",
				  {db_of_int(login)}};

	return db_find_int(ctx->db, &f, ret_left, NULL, &ctx->err);
}

enum err_code
recovery_use(struct writer *w, const struct login *login, struct str code)
{
	struct ctx *ctx = writer_ctx(w);
	char plain[RECOVERY_LETTERS + 1], kept[HASH_HEX_LEN + 1];
	DB_STMT *s = NULL;
	int64_t gone = 0;
	enum err_code rc;

	if (!recovery_plain(code, plain))
		return ERR_FAILED;
	recovery_kept(ctx->hasher, login->id, plain, kept);
	rc = db_prepare(ctx->db, "delete from login_code where login = :login and hash = :hash", &s,
			&ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, login->id);
	db_bind_text(s, 2, str_of(kept));
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = db_changes(ctx->db, &gone, &ctx->err);
	return rc || gone == 1 ? rc : ERR_FAILED;
}

enum err_code
for_login(struct writer *w, const char *sql, int64_t login)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, login);
	return db_run(s, &ctx->err);
}

void
recovery_make(struct recovery *r)
{
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		char text[RECOVERY_LETTERS + 1];
		uint8_t bytes[RECOVERY_SIZE];

		random_bytes(bytes, sizeof(bytes));
		base32_encode(bytes, sizeof(bytes), BASE32_SMALL, text);
		(void)snprintf(r->codes[i], RECOVERY_TEXT_SIZE, "%.4s-%.4s-%.4s-%.4s", text,
			       text + GROUP_LETTERS, text + 2 * GROUP_LETTERS,
			       text + 3 * GROUP_LETTERS);
		sodium_memzero(text, sizeof(text));
		sodium_memzero(bytes, sizeof(bytes));
	}
}

enum err_code
recovery_write(struct writer *w, int64_t login, const struct recovery *r)
{
	struct ctx *ctx = writer_ctx(w);
	char kept[HASH_HEX_LEN + 1], plain[RECOVERY_LETTERS + 1];
	DB_STMT *s = NULL;
	enum err_code rc = for_login(w, "delete from login_code where login = :login", login);

	if (!rc)
		rc = db_prepare(ctx->db,
				"insert into login_code (login, hash) values (:login, :hash)", &s,
				&ctx->err);
	for (size_t i = 0; !rc && i < RECOVERY_CODES; i++) {
		if (!recovery_plain(str_of(r->codes[i]), plain))
			return err_set(&ctx->err, ERR_INTERNAL, "", "a recovery code is damaged");
		recovery_kept(ctx->hasher, login, plain, kept);
		db_bind_int(s, 1, login);
		db_bind_text(s, 2, str_of(kept));
		rc = db_run(s, &ctx->err);
	}
	return rc;
}

/* One who has the codes made anew. */
struct renewal {
	const struct visit *v;
	const struct who *who;
	const struct recovery *recovery;
};

static enum err_code
renew_write(void *object, struct writer *w)
{
	const struct renewal *n = object;
	struct session_row session;
	enum err_code rc = factor_session(n->v, n->who, w, &session);

	if (!rc)
		rc = recovery_write(w, n->who->login, n->recovery);
	if (!rc)
		rc = happened(w, "recovery_codes_made",
			      &(struct happening){.address = n->v->address, .login = n->who->name});
	return rc;
}

enum err_code
identity_recovery_renew(const struct visit *v, const struct who *who, struct recovery *ret_recovery)
{
	struct recovery fresh;
	struct renewal n = {.v = v, .who = who, .recovery = &fresh};
	enum err_code rc = factor_may_change(v, who);

	if (!rc && !who->second_factor)
		rc = err_set(&v->ctx->err, ERR_DENIED, "second_factor",
			     "you have no second factor yet; enrol one first");
	if (rc)
		return rc;
	recovery_make(&fresh);
	rc = visit_write(v, who->actor, renew_write, &n);
	if (!rc)
		*ret_recovery = fresh;
	sodium_memzero(&fresh, sizeof(fresh));
	return rc;
}
