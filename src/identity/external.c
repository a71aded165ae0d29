#include "identity/external_priv.h"

#include "base/limits.h"
#include "base/text.h"
#include "store/find.h"

enum err_code
link_find(const struct from *f, const struct external *x, struct link_row *ret_row, bool *ret_found)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(f->db,
				      "select id, login from login_identity where issuer = :issuer "
				      "and subject = :subject",
				      &s, f->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, x->issuer);
	db_bind_text(s, 2, x->subject);
	rc = db_step(s, ret_found, f->e);
	if (!rc && *ret_found)
		*ret_row = (struct link_row){.id = db_int(s, 0), .login = db_int(s, 1)};
	return rc;
}

enum err_code
link_is_there(const struct from *f, int64_t login, struct str issuer, bool *ret_has)
{
	const struct db_find find = {
		"select id from login_identity where login = :login and issuer = :issuer",
		{db_of_int(login), db_of_text(issuer)}
	      };

	return db_find_any(f->db, &find, ret_has, f->e);
}

static enum err_code
link_told(struct writer *w, const struct linking *l, const struct login *login, const char *kind,
	  const char *how)
{
	return happened(w, kind,
			&(struct happening){.address = l->v->address,
					    .how = how,
					    .issuer = l->x->issuer,
					    .login = login->name,
					    .session = l->session,
					    .subject = l->x->subject});
}

static enum err_code
row_add(struct writer *w, const struct linking *l, const struct login *login)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "insert into login_identity (issuer, subject, id, login, "
				      "made_at) values (:issuer, :subject, :id, :login, :made_at)",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, l->x->issuer);
	db_bind_text(s, 2, l->x->subject);
	db_bind_int(s, 3, l->id);
	db_bind_int(s, 4, login->id);
	db_bind_int(s, 5, writer_now(w));
	return db_run(s, &ctx->err);
}

enum err_code
link_make(struct writer *w, struct linking *l, const struct login *login, const char *how)
{
	struct from f = from_writer(l->v, w);
	struct link_row row;
	bool found = false, has = false;
	enum err_code rc = link_find(&f, l->x, &row, &found);

	if (!rc && found && row.login == login->id) {
		l->id = row.id;
		return ERR_NONE;
	}
	if (!rc && found)
		rc = err_set(f.e, ERR_CONFLICT, "subject",
			     "another login is linked to this account of the provider");
	if (!rc)
		rc = link_is_there(&f, login->id, l->x->issuer, &has);
	if (!rc && has)
		rc = err_set(f.e, ERR_CONFLICT, "provider",
			     "the login is linked to another account of this provider; end that "
			     "link first");
	if (rc)
		return rc;
	l->id = secret_number();
	rc = row_add(w, l, login);
	return rc ? rc : link_told(w, l, login, "identity_linked", how);
}

enum err_code
external_list(const struct visit *v, struct str name, struct external_link **ret_list,
	      size_t *ret_count)
{
	struct from f = from_visit(v);
	struct external_link *list = NULL;
	size_t count = 0, cap = 0;
	struct login login;
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = login_named(&f, name, &login);

	if (!rc)
		rc = db_prepare(f.db,
				"select id, issuer, subject, made_at, coalesce(used_at, 0) from "
				"login_identity where login = :login order by issuer",
				&s, f.e);
	if (rc)
		return rc;
	db_bind_int(s, 1, login.id);
	while (!(rc = db_step(s, &row, f.e)) && row) {
		list = arena_room(f.arena, list, count, &cap, sizeof(*list));
		list[count++] = (struct external_link){.id = db_int(s, 0),
						       .issuer = str_dup(f.arena, db_text(s, 1)),
						       .subject = str_dup(f.arena, db_text(s, 2)),
						       .made_at = db_int(s, 3),
						       .used_at = db_int(s, 4)};
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

static enum err_code
link_write(void *object, struct writer *w)
{
	struct linking *l = object;
	struct from f = from_writer(l->v, w);
	struct login login;
	enum err_code rc = login_named(&f, l->name, &login);

	return rc ? rc : link_make(w, l, &login, "administrator");
}

enum err_code
external_link(const struct visit *v, struct str name, const struct external *x)
{
	struct linking l = {.v = v, .x = x, .name = name};
	enum err_code rc = ERR_NONE;

	if (!text_is_printable(x->issuer, LIMIT_ISSUER_BYTES))
		rc = err_set(&v->ctx->err, ERR_INVALID, "issuer",
			     "an issuer is an address of at most %d characters",
			     LIMIT_ISSUER_BYTES);
	else if (!text_is_printable(x->subject, LIMIT_SUBJECT_BYTES))
		rc = err_set(&v->ctx->err, ERR_INVALID, "subject",
			     "a subject is 1 to %d letters, digits and signs of ASCII, without "
			     "blanks",
			     LIMIT_SUBJECT_BYTES);
	return rc ? rc : visit_write(v, v->ctx->actor, link_write, &l);
}

/* The session may have ended, and roles may ask for more, since. */
static enum err_code
link_own_write(void *object, struct writer *w)
{
	struct linking *l = object;
	struct from f = from_writer(l->v, w);
	int64_t now = clock_now(&l->v->ctx->clock);
	struct session_row session;
	struct who who = {0};
	enum err_code rc = session_of(&f, l->session, now, &session);

	if (!rc)
		rc = session_who(&f, &session, now, &who);
	if (!rc && who.second_factor_due)
		rc = err_set(f.e, ERR_DENIED, "session", "you are not signed in, or not any more");
	if (!rc)
		rc = writer_act_as(w, who.actor);
	return rc ? rc : link_make(w, l, &session.login, "owner");
}

enum err_code
external_link_own(const struct visit *v, int64_t session, const struct external *x)
{
	struct linking l = {.v = v, .x = x, .session = session};

	return visit_write(v, str_of(ACTOR_ANYONE), link_own_write, &l);
}

/* Issuer and subject of a link of the login, for its event. */
static enum err_code
link_of(const struct from *f, int64_t login, int64_t id, struct external *ret_x)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(f->db,
				      "select issuer, subject from login_identity where id = :id "
				      "and login = :login",
				      &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, login);
	rc = db_step(s, &row, f->e);
	if (rc)
		return rc;
	if (!row)
		return err_set(f->e, ERR_MISSING, "identity", "the login has no such link");
	*ret_x = (struct external){.issuer = str_dup(f->arena, db_text(s, 0)),
				   .subject = str_dup(f->arena, db_text(s, 1))};
	return ERR_NONE;
}

static enum err_code
link_end(struct writer *w, struct linking *l, const struct login *login, const char *how)
{
	struct from f = from_writer(l->v, w);
	struct external x;
	DB_STMT *s = NULL;
	enum err_code rc = link_of(&f, login->id, l->id, &x);

	if (!rc)
		rc = db_prepare(f.db, "delete from login_identity where id = :id", &s, f.e);
	if (rc)
		return rc;
	db_bind_int(s, 1, l->id);
	rc = db_run(s, f.e);
	l->x = &x;
	if (!rc)
		rc = link_told(w, l, login, "identity_unlinked", how);
	l->x = NULL;
	return rc;
}

static enum err_code
unlink_write(void *object, struct writer *w)
{
	struct linking *l = object;
	struct from f = from_writer(l->v, w);
	struct login login;
	int64_t ended;
	enum err_code rc = login_named(&f, l->name, &login);

	if (!rc)
		rc = link_end(w, l, &login, "administrator");
	return rc ? rc : sessions_end(w, &login, &ended);
}

enum err_code
external_unlink(const struct visit *v, struct str name, int64_t id)
{
	struct linking l = {.v = v, .name = name, .id = id};

	return visit_write(v, v->ctx->actor, unlink_write, &l);
}

static enum err_code
unlink_own_write(void *object, struct writer *w)
{
	struct linking *l = object;
	struct session_row session;
	int64_t ended;
	enum err_code rc = factor_session(l->v, l->who, w, &session);

	if (!rc)
		rc = link_end(w, l, &session.login, "owner");
	return rc ? rc : sessions_end_others(w, &session.login, session.id, &ended);
}

enum err_code
external_unlink_own(const struct visit *v, const struct who *who, int64_t id)
{
	struct linking l = {.v = v, .who = who, .session = who->session, .id = id};
	enum err_code rc = factor_may_change(v, who);

	return rc ? rc : visit_write(v, who->actor, unlink_own_write, &l);
}
