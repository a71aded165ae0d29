#include "identity/sign_in.h"

#include "base/limits.h"
#include "identity/identity_priv.h"
#include "identity/password.h"

#include <string.h>

enum { KEPT_LIMIT = 1024 };

/* One try, with what was found out before the transaction. */
struct attempt {
	const struct visit *v;
	const struct who *who; /* of whom is signed in already */
	struct str name;
	struct str code;
	const struct key_answer *key; /* instead of a code */
	struct str kept;	      /* what the password was compared with */
	struct str fresh;	      /* what is to be kept instead, or {NULL, 0} */
	struct str old;		      /* kept of the session that ends, or {NULL, 0} */
	struct str token;	      /* kept of the one that begins */
	int64_t now;
	int64_t session;
	bool fits;

	bool good;
	int64_t until; /* when it may be tried again */
	bool due;
	bool enrolment_due;
};

static struct failing
failing_of(const struct attempt *a, int64_t login)
{
	return (struct failing){.v = a->v, .login = login, .name = a->name, .now = a->now};
}

/* The login as it is now, and whether it must wait. */
static enum err_code
look(struct attempt *a, const struct from *f, struct login *ret_login, bool *ret_found)
{
	struct failing failing;
	enum err_code rc = ERR_NONE;

	*ret_found = false;
	if (login_name_fits(a->name))
		rc = login_row(f, a->name, ret_login, ret_found);
	failing = failing_of(a, *ret_found ? ret_login->id : 0);
	return rc ? rc : failing_until(&failing, f, &a->until);
}

static enum err_code
answer(const struct attempt *a, struct signed_in *ret_in, const char *wrong)
{
	struct failing failing = failing_of(a, 0);
	struct err *e = &a->v->ctx->err;

	ret_in->retry_after_seconds = 0;
	if (a->until) {
		ret_in->retry_after_seconds = (a->until - a->now + MS_A_SECOND - 1) / MS_A_SECOND;
		return failing_refuse(&failing, a->until, e);
	}
	if (!a->good)
		return err_set(e, ERR_DENIED, "", "%s", wrong);
	ret_in->session = a->session;
	ret_in->second_factor_due = a->due;
	ret_in->enrolment_due = a->enrolment_due;
	return ERR_NONE;
}

enum err_code
session_open(struct writer *w, const struct beginning *b)
{
	const char *accepted = b->issuer.ptr ? "provider_accepted" : "password_accepted";
	const struct session_row *s = b->session;
	const struct failing failing = {.v = b->v, .login = s->login.id, .now = s->made_at};
	const struct happening h = {.address = b->v->address,
				    .login = s->login.name,
				    .session = s->id,
				    .how = b->how,
				    .issuer = b->issuer};
	enum err_code rc = sessions_tidy(w, &s->login, s->made_at);

	if (!rc && b->old.ptr)
		rc = session_drop(b->v, w, b->old);
	/* Whoever has the first factor alone gets no more tries at the second factor for it. */
	if (!rc && !b->due)
		rc = failing_clear(&failing, w);
	if (!rc)
		rc = session_add(b->v, w, s, b->kept);
	return rc ? rc : happened(w, b->due ? accepted : "signed_in", &h);
}

static enum err_code
password_begin(const struct attempt *a, struct writer *w, const struct login *login)
{
	const struct session_row s = {.login = *login,
				      .id = a->session,
				      .made_at = a->now,
				      .seen_at = a->now,
				      .proven_at = a->now};
	const struct beginning b = {.v = a->v,
				    .session = &s,
				    .kept = a->token,
				    .old = a->old,
				    .how = "password",
				    .due = a->due};
	enum err_code rc = a->fresh.ptr ? login_keep(w, login->id, a->fresh) : ERR_NONE;

	return rc ? rc : session_open(w, &b);
}

static enum err_code
sign_in_write(void *object, struct writer *w)
{
	struct attempt *a = object;
	struct from f = from_writer(a->v, w);
	struct login login = {0};
	struct failing failing;
	struct str kept = {0};
	struct who who;
	bool found = false, out = false;
	enum err_code rc = look(a, &f, &login, &found);

	/* Others may have failed since it was asked. */
	if (rc || a->until)
		return rc;
	if (found)
		rc = login_kept(&f, login.id, &kept);
	a->good = a->fits && found && login.enabled && str_eq(kept, a->kept);
	if (!rc && a->good)
		rc = who_load(&f, &login, a->now, &who, &out);
	if (rc)
		return rc;
	a->good = a->good && !out;
	if (!a->good) {
		failing = failing_of(a, login.id);
		return failing_add(&failing, w, login.name, "password");
	}
	a->due = who.second_factor_due;
	a->enrolment_due = who.enrolment_due;
	rc = writer_act_as(w, who.actor);
	return rc ? rc : password_begin(a, w, &login);
}

static enum err_code
password_weigh(struct attempt *a, struct str password, struct buf *fresh)
{
	enum err_code rc = visit_try(a->v, password, a->kept, &a->fits);

	if (rc || !a->fits || !password_is_stale(a->kept))
		return rc;
	rc = visit_hash(a->v, password, fresh);
	a->fresh = (struct str){fresh->data, fresh->len};
	return rc;
}

enum err_code
identity_sign_in(const struct visit *v, const struct credentials *c, struct signed_in *ret_in)
{
	CLEANUP(buf_fini) struct buf fresh = {.limit = KEPT_LIMIT};
	struct from f = from_visit(v);
	struct attempt a = {.v = v, .name = c->name, .now = clock_now(&v->ctx->clock)};
	char kept[HASH_HEX_LEN + 1], old[HASH_HEX_LEN + 1];
	struct login login = {0};
	bool found;
	enum err_code rc;

	if (c->name.len > LIMIT_LOGIN_NAME_BYTES || c->password.len > LIMIT_PASSWORD_BYTES)
		return err_set(f.e, ERR_TOO_BIG, "",
			       "a name has at most %d bytes, a password at most %d",
			       LIMIT_LOGIN_NAME_BYTES, LIMIT_PASSWORD_BYTES);
	rc = look(&a, &f, &login, &found);
	if (!rc && a.until)
		return answer(&a, ret_in, "");
	if (!rc && found)
		rc = login_kept(&f, login.id, &a.kept);
	if (!rc)
		rc = password_weigh(&a, c->password, &fresh);
	if (rc)
		return rc;
	secret_text(SESSION_LETTERS, ret_in->token);
	secret_kept(v->ctx->hasher, str_of(ret_in->token), kept);
	if (c->old.ptr)
		secret_kept(v->ctx->hasher, c->old, old);
	a.token = str_of(kept);
	a.old = c->old.ptr ? str_of(old) : (struct str){0};
	a.session = secret_number();
	rc = visit_write(v, str_of(ACTOR_ANYONE), sign_in_write, &a);
	if (!rc)
		rc = answer(&a, ret_in, "the name or the password is not right");
	if (rc)
		ret_in->token[0] = '\0';
	return rc;
}

/* The session of one who is signed in, as it is now. */
static enum err_code
own_session(struct attempt *a, struct writer *w, struct session_row *ret_session)
{
	struct from f = from_writer(a->v, w);
	struct failing failing = failing_of(a, a->who->login);
	enum err_code rc = session_of(&f, a->who->session, a->now, ret_session);

	return rc ? rc : failing_until(&failing, &f, &a->until);
}

static enum err_code
session_proven(struct attempt *a, struct writer *w, struct session_row *s, struct happening *h)
{
	struct failing failing = failing_of(a, s->login.id);
	bool first = !s->factor_at && s->login.second_factor;
	enum err_code rc = failing_clear(&failing, w);

	a->good = true;
	s->seen_at = s->proven_at = a->now;
	if (s->login.second_factor)
		s->factor_at = a->now;
	h->address = a->v->address;
	h->login = s->login.name;
	h->session = s->id;
	if (!rc)
		rc = session_turn(w, s, a->token);
	return rc ? rc : happened(w, first ? "signed_in" : "proven_again", h);
}

static enum err_code
factor_write(void *object, struct writer *w)
{
	struct attempt *a = object;
	struct failing failing = failing_of(a, a->who->login);
	struct happening h = {0};
	struct session_row s;
	struct factor_try tried = {0};
	enum err_code rc = own_session(a, w, &s);

	if (rc || a->until)
		return rc;
	if (a->key)
		rc = key_use(a->v, w, &s, a->key, &tried.how);
	else
		rc = factor_use(a->v, w, &s.login, a->code, &tried);
	a->good = tried.how != NULL;
	if (rc)
		return rc;
	if (!a->good)
		return failing_add(&failing, w, s.login.name, "second_factor");
	h.how = tried.how;
	h.left = tried.left;
	return session_proven(a, w, &s, &h);
}

static enum err_code
is_signed_in(const struct visit *v, const struct who *who)
{
	if (who->session)
		return ERR_NONE;
	return err_set(&v->ctx->err, ERR_DENIED, "session",
		       "this is done by whoever is signed in, not with a token");
}

/* Writes with a new token for the session, and answers. */
static enum err_code
prove(struct attempt *a, enum err_code (*write)(void *object, struct writer *w), const char *wrong,
      struct signed_in *ret_in)
{
	char kept[HASH_HEX_LEN + 1];
	enum err_code rc;

	secret_text(SESSION_LETTERS, ret_in->token);
	secret_kept(a->v->ctx->hasher, str_of(ret_in->token), kept);
	a->token = str_of(kept);
	a->session = a->who->session;
	rc = visit_write(a->v, a->who->actor, write, a);
	if (!rc)
		rc = answer(a, ret_in, wrong);
	if (rc)
		ret_in->token[0] = '\0';
	return rc;
}

static enum err_code
has_factor(const struct visit *v, const struct who *who)
{
	enum err_code rc = is_signed_in(v, who);

	if (!rc && who->enrolment_due)
		rc = err_set(&v->ctx->err, ERR_DENIED, "second_factor",
			     "you have no second factor yet; enrol one first");
	return rc;
}

enum err_code
identity_second_factor(const struct visit *v, const struct who *who, struct str code,
		       struct signed_in *ret_in)
{
	struct attempt a = {.v = v,
			    .who = who,
			    .name = who->name,
			    .code = code,
			    .now = clock_now(&v->ctx->clock)};
	enum err_code rc = has_factor(v, who);

	if (!rc && code.len > LIMIT_LOGIN_NAME_BYTES)
		rc = err_set(&v->ctx->err, ERR_TOO_BIG, "code", "a code has at most %d bytes",
			     LIMIT_LOGIN_NAME_BYTES);
	if (rc)
		return rc;
	return prove(&a, factor_write, "the code is not right, or was used already", ret_in);
}

enum err_code
identity_key_answer(const struct visit *v, const struct who *who, const struct key_answer *answer,
		    struct signed_in *ret_in)
{
	struct attempt a = {.v = v,
			    .who = who,
			    .name = who->name,
			    .key = answer,
			    .now = clock_now(&v->ctx->clock)};
	enum err_code rc = has_factor(v, who);

	if (rc)
		return rc;
	return prove(&a, factor_write, "the security key's answer does not hold", ret_in);
}

bool
identity_is_proven(const struct visit *v, const struct who *who)
{
	int64_t now = clock_now(&v->ctx->clock);

	return who->session && !who->second_factor_due && who->proven_at &&
	       now - who->proven_at < (int64_t)LIMIT_STEP_UP_SECONDS * MS_A_SECOND;
}

/* The password of one who is signed in, weighed outside of any transaction. */
static enum err_code
own_password(struct attempt *a, struct str password, struct buf *fresh)
{
	struct from f = from_visit(a->v);
	struct failing failing = failing_of(a, a->who->login);
	enum err_code rc = is_signed_in(a->v, a->who);

	if (!rc && a->who->second_factor_due)
		rc = err_set(f.e, ERR_DENIED, "second_factor", "give your second factor first");
	if (!rc)
		rc = failing_until(&failing, &f, &a->until);
	if (rc || a->until)
		return rc;
	rc = login_kept(&f, a->who->login, &a->kept);
	return rc ? rc : password_weigh(a, password, fresh);
}

/* Counts it when it is not right. */
static enum err_code
own_password_write(struct attempt *a, struct writer *w, struct session_row *ret_session)
{
	struct from f = from_writer(a->v, w);
	struct failing failing = failing_of(a, a->who->login);
	struct str kept = {0};
	enum err_code rc = own_session(a, w, ret_session);

	if (rc || a->until)
		return rc;
	rc = login_kept(&f, a->who->login, &kept);
	if (rc)
		return rc;
	a->good = a->fits && str_eq(kept, a->kept);
	return a->good ? ERR_NONE : failing_add(&failing, w, a->who->name, "password");
}

static enum err_code
prove_write(void *object, struct writer *w)
{
	struct attempt *a = object;
	struct happening h = {.how = "password"};
	struct session_row s;
	enum err_code rc = own_password_write(a, w, &s);

	if (rc || !a->good)
		return rc;
	return session_proven(a, w, &s, &h);
}

enum err_code
identity_prove(const struct visit *v, const struct who *who, struct str password,
	       struct signed_in *ret_in)
{
	CLEANUP(buf_fini) struct buf fresh = {.limit = KEPT_LIMIT};
	struct attempt a = {
		.v = v, .who = who, .name = who->name, .now = clock_now(&v->ctx->clock)};
	enum err_code rc;

	if (who->second_factor)
		return err_set(&v->ctx->err, ERR_DENIED, "second_factor",
			       "give a code of your second factor instead");
	rc = own_password(&a, password, &fresh);
	if (rc)
		return rc;
	if (a.until)
		return answer(&a, ret_in, "");
	return prove(&a, prove_write, "the password is not right", ret_in);
}

static enum err_code
change_write(void *object, struct writer *w)
{
	struct attempt *a = object;
	struct session_row s;
	int64_t ended = 0;
	enum err_code rc = own_password_write(a, w, &s);

	if (rc || !a->good)
		return rc;
	rc = login_keep(w, s.login.id, a->fresh);
	if (!rc)
		rc = happened(w, "login_password_set",
			      &(struct happening){.address = a->v->address,
						  .login = s.login.name,
						  .session = s.id});
	return rc ? rc : sessions_end_others(w, &s.login, s.id, &ended);
}

enum err_code
identity_change_password(const struct visit *v, const struct who *who, const struct new_password *p,
			 int64_t *ret_retry_after_seconds)
{
	CLEANUP(buf_fini) struct buf fresh = {.limit = KEPT_LIMIT};
	CLEANUP(buf_fini) struct buf kept = {.limit = KEPT_LIMIT};
	struct attempt a = {
		.v = v, .who = who, .name = who->name, .now = clock_now(&v->ctx->clock)};
	struct signed_in in = {0};
	enum err_code rc = password_check(who->name, p->wanted, &v->ctx->err);

	if (!rc)
		rc = own_password(&a, p->old, &fresh);
	if (!rc && !a.until)
		rc = visit_hash(v, p->wanted, &kept);
	a.fresh = (struct str){kept.data, kept.len};
	if (!rc && !a.until)
		rc = visit_write(v, who->actor, change_write, &a);
	if (!rc)
		rc = answer(&a, &in, "the present password is not right");
	*ret_retry_after_seconds = in.retry_after_seconds;
	return rc;
}
