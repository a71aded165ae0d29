#include "identity/factor.h"

#include "base/limits.h"
#include "identity/identity_priv.h"
#include "identity/totp.h"
#include "sys/random.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	OWNER_SIZE = 8,
	PLAIN_SIZE = OWNER_SIZE + TOTP_SECRET_SIZE,
	SEALED_SIZE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + PLAIN_SIZE,
	URI_LIMIT = 1024,
};

static void
owner_write(int64_t login, uint8_t out[OWNER_SIZE])
{
	for (int i = 0; i < OWNER_SIZE; i++)
		out[i] = (uint8_t)((uint64_t)login >> (8 * i));
}

static enum err_code
seal(const struct visit *v, int64_t login, const uint8_t secret[TOTP_SECRET_SIZE],
     uint8_t out[SEALED_SIZE])
{
	uint8_t plain[PLAIN_SIZE];

	if (!v->identity->has_seal)
		return err_set(&v->ctx->err, ERR_DENIED, "",
			       "the workspace's secret key is not at hand, so no second factor can "
			       "be kept");
	owner_write(login, plain);
	memcpy(plain + OWNER_SIZE, secret, TOTP_SECRET_SIZE);
	random_bytes(out, crypto_secretbox_NONCEBYTES);
	(void)crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, plain, sizeof(plain), out,
				    v->identity->seal);
	sodium_memzero(plain, sizeof(plain));
	return ERR_NONE;
}

static enum err_code
unseal(const struct visit *v, const struct login *login, struct str sealed,
       uint8_t secret[TOTP_SECRET_SIZE])
{
	const uint8_t *bytes = (const uint8_t *)sealed.ptr;
	uint8_t plain[PLAIN_SIZE], owner[OWNER_SIZE];
	bool good = v->identity->has_seal && sealed.len == SEALED_SIZE &&
		    crypto_secretbox_open_easy(plain, bytes + crypto_secretbox_NONCEBYTES,
					       SEALED_SIZE - crypto_secretbox_NONCEBYTES, bytes,
					       v->identity->seal) == 0;

	owner_write(login->id, owner);
	good = good && memcmp(plain, owner, OWNER_SIZE) == 0;
	if (good)
		memcpy(secret, plain + OWNER_SIZE, TOTP_SECRET_SIZE);
	sodium_memzero(plain, sizeof(plain));
	return good ? ERR_NONE : ERR_FAILED;
}

static enum err_code
sealed_wrong(struct err *e, const struct login *login)
{
	return err_set(e, ERR_INTERNAL, "second_factor",
		       "the second factor of '%.*s' was sealed under another workspace's key, or "
		       "altered; put the right ledger.key back, use a recovery code, or have it "
		       "reset with 'holdfast user reset-factor'",
		       STR_ARG(login->name));
}

struct totp_row {
	struct str secret;
	struct str pending;
	int64_t step;
};

static enum err_code
totp_read(const struct from *f, int64_t login, struct totp_row *ret_row)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(
		f->db, "select secret, pending, step from login_totp where login = :login", &s,
		f->e);

	*ret_row = (struct totp_row){0};
	if (rc)
		return rc;
	db_bind_int(s, 1, login);
	rc = db_step(s, &row, f->e);
	if (rc || !row)
		return rc;
	if (!db_is_null(s, 0))
		ret_row->secret = str_dup(f->arena, db_text(s, 0));
	if (!db_is_null(s, 1))
		ret_row->pending = str_dup(f->arena, db_text(s, 1));
	ret_row->step = db_int(s, 2);
	return ERR_NONE;
}

static enum err_code
totp_use(const struct visit *v, struct writer *w, const struct login *login, struct str code)
{
	struct from f = from_writer(v, w);
	uint8_t secret[TOTP_SECRET_SIZE];
	struct totp_row row;
	DB_STMT *s = NULL;
	int64_t step;
	enum err_code rc = totp_read(&f, login->id, &row);

	if (rc)
		return rc;
	if (!row.secret.ptr)
		return ERR_FAILED;
	if (unseal(v, login, row.secret, secret))
		return sealed_wrong(f.e, login);
	step = totp_step(secret, code, clock_now(&v->ctx->clock), row.step);
	sodium_memzero(secret, sizeof(secret));
	if (step < 0)
		return ERR_FAILED;
	rc = db_prepare(f.db, "update login_totp set step = :step where login = :login", &s, f.e);
	if (rc)
		return rc;
	db_bind_int(s, 1, step);
	db_bind_int(s, 2, login->id);
	return db_run(s, f.e);
}

static struct str
without_spaces(struct arena *a, struct str code)
{
	char *text = arena_alloc(a, code.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < code.len; i++) {
		if (code.ptr[i] != ' ')
			text[len++] = code.ptr[i];
	}
	return (struct str){text, len};
}

enum err_code
factor_use(const struct visit *v, struct writer *w, const struct login *login, struct str code,
	   struct factor_try *ret_try)
{
	struct str plain = without_spaces(v->ctx->arena, code);
	bool short_one = plain.len == TOTP_DIGITS;
	enum err_code rc = short_one ? totp_use(v, w, login, plain) : recovery_use(w, login, plain);

	*ret_try = (struct factor_try){0};
	if (rc == ERR_FAILED)
		return ERR_NONE;
	if (!rc && !short_one)
		rc = recovery_left(writer_ctx(w), login->id, &ret_try->left);
	if (rc)
		return rc;
	ret_try->left += !short_one;
	ret_try->how = short_one ? "totp" : "recovery_code";
	return ERR_NONE;
}

enum err_code
factor_remove(struct writer *w, int64_t login)
{
	enum err_code rc = for_login(w, "delete from login_totp where login = :login", login);

	if (!rc)
		rc = for_login(w, "delete from login_key where login = :login", login);
	return rc ? rc : for_login(w, "delete from login_code where login = :login", login);
}

enum err_code
factor_may_change(const struct visit *v, const struct who *who)
{
	int64_t now = clock_now(&v->ctx->clock);
	struct err *e = &v->ctx->err;

	if (!who->session)
		return err_set(e, ERR_DENIED, "session",
			       "a second factor is changed by whoever signs in, not with a token");
	if (who->second_factor_due && !who->enrolment_due)
		return err_set(e, ERR_DENIED, "second_factor",
			       "give your present second factor first");
	/* A browser that was left open is not enough. */
	if (now - who->proven_at >= (int64_t)LIMIT_STEP_UP_SECONDS * MS_A_SECOND)
		return err_set(e, ERR_DENIED, "proof", "prove once more who you are first");
	return ERR_NONE;
}

/* One who enrols. */
struct enrolling {
	const struct visit *v;
	const struct who *who;
	uint8_t sealed[SEALED_SIZE];
	struct str code;
	struct recovery *recovery;
	struct str token_kept;
	bool wrong;
};

enum err_code
factor_session(const struct visit *v, const struct who *who, struct writer *w,
	       struct session_row *ret_session)
{
	struct from f = from_writer(v, w);
	enum err_code rc = session_of(&f, who->session, clock_now(&v->ctx->clock), ret_session);

	if (!rc && ret_session->login.second_factor && !ret_session->factor_at)
		rc = err_set(f.e, ERR_DENIED, "second_factor",
			     "give your present second factor first");
	return rc;
}

static enum err_code
enrol_write(void *object, struct writer *w)
{
	struct enrolling *n = object;
	struct ctx *ctx = writer_ctx(w);
	struct session_row session;
	DB_STMT *s = NULL;
	enum err_code rc = factor_session(n->v, n->who, w, &session);

	if (!rc)
		rc = db_prepare(ctx->db,
				"insert into login_totp (login, pending, step) values (:login, "
				":pending, 0) on conflict (login) do update set pending = "
				"excluded.pending",
				&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, n->who->login);
	db_bind_blob(s, 2, n->sealed, sizeof(n->sealed));
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = happened(w, "second_factor_offered",
			      &(struct happening){.address = n->v->address,
						  .login = n->who->name,
						  .how = "totp"});
	return rc;
}

/* Only letters and digits, and what a login's name has beside them, written as a URI asks. */
static struct str
uri_make(const struct visit *v, const struct who *who, const char *secret)
{
	CLEANUP(buf_fini) struct buf uri = {.limit = URI_LIMIT};

	buf_addf(&uri, "otpauth://totp/Holdfast:");
	for (size_t i = 0; i < who->name.len; i++) {
		char c = who->name.ptr[i];

		if (strchr("@'+", c))
			buf_addf(&uri, "%%%02X", (unsigned)c);
		else
			buf_add(&uri, &c, 1);
	}
	buf_addf(&uri, "?secret=%s&issuer=Holdfast&algorithm=SHA1&digits=%d&period=%d", secret,
		 TOTP_DIGITS, TOTP_STEP_SECONDS);
	return str_dup(v->ctx->arena, (struct str){uri.data, uri.len});
}

enum err_code
identity_enrol(const struct visit *v, const struct who *who, struct enrolment *ret_enrolment)
{
	struct enrolling n = {.v = v, .who = who};
	uint8_t secret[TOTP_SECRET_SIZE];
	enum err_code rc = factor_may_change(v, who);

	if (rc)
		return rc;
	random_bytes(secret, sizeof(secret));
	rc = seal(v, who->login, secret, n.sealed);
	if (!rc)
		rc = visit_write(v, who->actor, enrol_write, &n);
	if (!rc) {
		base32_encode(secret, sizeof(secret), BASE32_CAPITALS, ret_enrolment->secret);
		ret_enrolment->uri = uri_make(v, who, ret_enrolment->secret);
	}
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

static enum err_code
totp_confirm(const struct enrolling *n, struct writer *w, struct str pending, int64_t step)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(ctx->db,
			   "update login_totp set secret = :secret, pending = null, step "
			   "= :step where login = :login",
			   &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_blob(s, 1, pending.ptr, pending.len);
	db_bind_int(s, 2, step);
	db_bind_int(s, 3, n->who->login);
	return db_run(s, &ctx->err);
}

static enum err_code
confirm_write(void *object, struct writer *w)
{
	struct enrolling *n = object;
	struct from f = from_writer(n->v, w);
	int64_t now = clock_now(&n->v->ctx->clock);
	uint8_t secret[TOTP_SECRET_SIZE];
	struct session_row session;
	struct totp_row row = {0};
	int64_t step;
	enum err_code rc = factor_session(n->v, n->who, w, &session);

	if (!rc)
		rc = totp_read(&f, n->who->login, &row);
	if (rc)
		return rc;
	if (!row.pending.ptr)
		return err_set(f.e, ERR_DENIED, "second_factor",
			       "no second factor waits to be confirmed; begin anew");
	if (unseal(n->v, &session.login, row.pending, secret))
		return sealed_wrong(f.e, &session.login);
	step = totp_step(secret, without_spaces(f.arena, n->code), now, -1);
	sodium_memzero(secret, sizeof(secret));
	n->wrong = step < 0;
	if (n->wrong)
		return ERR_NONE;
	session.factor_at = session.proven_at = session.seen_at = now;
	rc = totp_confirm(n, w, row.pending, step);
	if (!rc)
		rc = recovery_write(w, n->who->login, n->recovery);
	if (!rc)
		rc = session_turn(w, &session, n->token_kept);
	if (!rc)
		rc = happened(w, "second_factor_enrolled",
			      &(struct happening){.address = n->v->address,
						  .login = n->who->name,
						  .session = session.id,
						  .how = "totp"});
	return rc;
}

enum err_code
identity_enrol_confirm(const struct visit *v, const struct who *who, struct str code,
		       struct enrolled *ret_enrolled)
{
	struct enrolling n = {.v = v, .who = who, .code = code};
	char kept[HASH_HEX_LEN + 1];
	struct enrolled in;
	enum err_code rc = factor_may_change(v, who);

	if (rc)
		return rc;
	recovery_make(&in.recovery);
	secret_text(SESSION_LETTERS, in.token);
	secret_kept(v->ctx->hasher, str_of(in.token), kept);
	n.recovery = &in.recovery;
	n.token_kept = str_of(kept);
	rc = visit_write(v, who->actor, confirm_write, &n);
	if (!rc && n.wrong)
		rc = err_set(&v->ctx->err, ERR_DENIED, "code",
			     "that is not the code of this moment; look at the clock of the "
			     "device, and try the next one");
	if (!rc)
		*ret_enrolled = in;
	sodium_memzero(&in, sizeof(in));
	return rc;
}
