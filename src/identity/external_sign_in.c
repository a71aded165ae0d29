#include "identity/external_priv.h"

#include <string.h>

static enum err_code
used_note(struct writer *w, int64_t id, int64_t now)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db, "update login_identity set used_at = :now where id = :id", &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, now);
	db_bind_int(s, 2, id);
	return db_run(s, &ctx->err);
}

/* One who comes from a provider. */
struct arrival {
	const struct visit *v;
	const struct external *x;
	struct str kept; /* of the session that begins */
	struct str old;	 /* of the one that ends, or {NULL, 0} */
	int64_t session;
	int64_t now;

	bool good;
	int64_t until; /* when it may be tried again */
	bool due;
	bool enrolment_due;
};

static struct failing
failing_of(const struct visit *v, int64_t now)
{
	return (struct failing){.v = v, .now = now};
}

/* The login with the name of a verified address, when it has no link to the issuer yet. */
static enum err_code
email_find(const struct arrival *a, const struct from *f, struct login *ret_login, bool *ret_found)
{
	/* It has no capitals, and an address is told as somebody once typed it. */
	struct str name = login_fold(f->arena, a->x->email);
	bool has = false;
	enum err_code rc = ERR_NONE;

	if (!login_name_fits(name))
		return ERR_NONE;
	rc = login_row(f, name, ret_login, ret_found);
	if (!rc && *ret_found)
		rc = link_is_there(f, ret_login->id, a->x->issuer, &has);
	if (has)
		*ret_found = false;
	return rc;
}

/* Whose it is; *ret_link 0 when the link is still to be made. */
static enum err_code
login_of(const struct arrival *a, const struct from *f, struct login *ret_login, int64_t *ret_link,
	 bool *ret_found)
{
	struct link_row row = {0};
	enum err_code rc = link_find(f, a->x, &row, ret_found);

	*ret_link = row.id;
	if (!rc && *ret_found)
		return login_of_id(f, row.login, ret_login, ret_found);
	if (!rc && a->x->email.ptr)
		rc = email_find(a, f, ret_login, ret_found);
	return rc;
}

static enum err_code
arrival_begin(const struct arrival *a, struct writer *w, const struct login *login)
{
	const struct session_row s = {.login = *login,
				      .id = a->session,
				      .made_at = a->now,
				      .seen_at = a->now,
				      .proven_at = a->x->proven_at,
				      .factor_at = a->x->second_factor ? a->now : 0};
	const struct beginning b = {.v = a->v,
				    .session = &s,
				    .kept = a->kept,
				    .old = a->old,
				    .how = "oidc",
				    .issuer = a->x->issuer,
				    .due = a->due};

	return session_open(w, &b);
}

static enum err_code
arrival_write(void *object, struct writer *w)
{
	struct arrival *a = object;
	struct from f = from_writer(a->v, w);
	struct failing failing = failing_of(a->v, a->now);
	struct linking l = {.v = a->v, .x = a->x};
	struct login login = {0};
	struct who who = {0};
	bool found = false, out = false;
	enum err_code rc = failing_until(&failing, &f, &a->until);

	if (rc || a->until)
		return rc;
	rc = login_of(a, &f, &login, &l.id, &found);
	a->good = found && login.enabled;
	if (!rc && a->good)
		rc = who_load(&f, &login, a->now, &who, &out);
	if (rc)
		return rc;
	a->good = a->good && !out;
	if (!a->good)
		return failing_add(&failing, w, login.name, "oidc");
	a->due = who.second_factor_due && !a->x->second_factor;
	a->enrolment_due = who.enrolment_due && a->due;
	rc = writer_act_as(w, who.actor);
	if (!rc && !l.id)
		rc = link_make(w, &l, &login, "email");
	if (!rc)
		rc = used_note(w, l.id, a->now);
	return rc ? rc : arrival_begin(a, w, &login);
}

static int64_t
seconds_until(int64_t until, int64_t now)
{
	return (until - now + MS_A_SECOND - 1) / MS_A_SECOND;
}

enum err_code
external_sign_in(const struct visit *v, const struct external *x, struct str old,
		 struct signed_in *ret_in)
{
	struct arrival a = {.v = v, .x = x, .now = clock_now(&v->ctx->clock)};
	struct failing failing = failing_of(v, a.now);
	char kept[HASH_HEX_LEN + 1], kept_old[HASH_HEX_LEN + 1];
	char token[SECRET_TEXT_SIZE];
	enum err_code rc;

	secret_text(SESSION_LETTERS, token);
	secret_kept(v->ctx->hasher, str_of(token), kept);
	if (old.ptr)
		secret_kept(v->ctx->hasher, old, kept_old);
	a.kept = str_of(kept);
	a.old = old.ptr ? str_of(kept_old) : (struct str){0};
	a.session = secret_number();
	rc = visit_write(v, str_of(ACTOR_ANYONE), arrival_write, &a);
	*ret_in = (struct signed_in){
		.session = a.session, .second_factor_due = a.due, .enrolment_due = a.enrolment_due};
	if (!rc && a.until) {
		ret_in->retry_after_seconds = seconds_until(a.until, a.now);
		rc = failing_refuse(&failing, a.until, &v->ctx->err);
	} else if (!rc && !a.good) {
		rc = err_set(&v->ctx->err, ERR_DENIED, "",
			     "no login that may sign in is linked to your account there; whoever "
			     "looks after logins can link one, or its owner once signed in");
	}
	if (!rc)
		memcpy(ret_in->token, token, sizeof(token));
	return rc;
}

enum err_code
external_may_try(const struct visit *v, int64_t *ret_retry_after_seconds)
{
	struct from f = from_visit(v);
	struct failing failing = failing_of(v, clock_now(&v->ctx->clock));
	int64_t until = 0;
	enum err_code rc = failing_until(&failing, &f, &until);

	if (rc || !until)
		return rc;
	*ret_retry_after_seconds = seconds_until(until, failing.now);
	return failing_refuse(&failing, until, f.e);
}

static enum err_code
failed_write(void *object, struct writer *w)
{
	const struct visit *v = object;
	struct failing failing = failing_of(v, clock_now(&v->ctx->clock));

	return failing_add(&failing, w, (struct str){0}, "oidc");
}

enum err_code
external_failed(const struct visit *v)
{
	struct visit own = *v;

	return visit_write(v, str_of(ACTOR_ANYONE), failed_write, &own);
}
