#include "identity/first.h"

#include "base/limits.h"
#include "identity/identity_priv.h"
#include "identity/password.h"
#include "store/find.h"

enum { KEPT_LIMIT = 1024 };

static enum err_code
closed(const struct from *f, bool *ret_closed)
{
	const struct db_find find = {
		"select id from login where enabled = 1 and password is not null limit 1", {{0}}};
	bool open = false;
	enum err_code rc = db_find_any(f->db, &find, &open, f->e);

	*ret_closed = !open;
	return rc;
}

enum err_code
identity_is_closed(struct ctx *ctx, bool *ret_closed)
{
	struct from f = {.db = ctx->db, .e = &ctx->err, .arena = ctx->arena, .ctx = ctx};

	return closed(&f, ret_closed);
}

struct opening {
	const struct visit *v;
	const struct first *first;
	struct str link; /* kept of it */
	struct str password;
	int64_t now;
};

static enum err_code
links_remove(const struct from *f)
{
	return db_exec(f->db, "delete from login_link", f->e);
}

static enum err_code
open_check(const struct from *f)
{
	bool is_closed = false;
	enum err_code rc = closed(f, &is_closed);

	if (rc || is_closed)
		return rc;
	return err_set(f->e, ERR_CONFLICT, "",
		       "somebody can sign in already; an administrator, or 'holdfast user', makes "
		       "further logins");
}

static enum err_code
link_write(void *object, struct writer *w)
{
	const struct opening *o = object;
	struct from f = from_writer(o->v, w);
	DB_STMT *s = NULL;
	enum err_code rc = open_check(&f);

	if (!rc)
		rc = links_remove(&f);
	if (!rc)
		rc = db_prepare(f.db,
				"insert into login_link (hash, made_at, expires_at) values (:hash, "
				":made_at, :expires_at)",
				&s, f.e);
	if (rc)
		return rc;
	db_bind_text(s, 1, o->link);
	db_bind_int(s, 2, o->now);
	db_bind_int(s, 3, o->now + (int64_t)LIMIT_FIRST_LINK_SECONDS * MS_A_SECOND);
	rc = db_run(s, f.e);
	return rc ? rc : happened(w, "first_link_made", &(struct happening){0});
}

enum err_code
identity_first_link(const struct visit *v, char text[SECRET_TEXT_SIZE])
{
	struct opening o = {.v = v, .now = clock_now(&v->ctx->clock)};
	char made[SECRET_TEXT_SIZE], kept[HASH_HEX_LEN + 1];
	enum err_code rc;

	secret_text(LINK_LETTERS, made);
	secret_kept(v->ctx->hasher, str_of(made), kept);
	o.link = str_of(kept);
	rc = visit_write(v, v->ctx->actor, link_write, &o);
	for (size_t i = 0; !rc && i < SECRET_TEXT_SIZE; i++)
		text[i] = made[i];
	return rc;
}

static enum err_code
link_check(const struct opening *o, const struct from *f)
{
	const struct db_find find = {
		"select hash from login_link where hash = :hash and expires_at > :now",
		{db_of_text(o->link), db_of_int(o->now)}
	};
	bool found = false;
	enum err_code rc = db_find_any(f->db, &find, &found, f->e);

	if (!rc && !found)
		rc = err_set(f->e, ERR_DENIED, "link",
			     "this link was used, is too old, or another was made since; "
			     "'holdfast user first-link' makes a new one");
	return rc;
}

static enum err_code
first_write(void *object, struct writer *w)
{
	const struct opening *o = object;
	struct from f = from_writer(o->v, w);
	const struct login_new n = {.name = o->first->name, .administrator = true};
	struct login login;
	bool found = false;
	enum err_code rc = link_check(o, &f);

	if (!rc)
		rc = open_check(&f);
	if (!rc)
		rc = login_row(&f, o->first->name, &login, &found);
	if (!rc)
		rc = links_remove(&f);
	if (!rc)
		rc = writer_act_as(w, login_actor(f.arena, o->first->name));
	if (!rc && found)
		rc = login_open(w, &login);
	if (!rc && !found) {
		rc = login_make(o->v, w, &n);
		if (!rc)
			rc = login_row(&f, o->first->name, &login, &found);
	}
	if (!rc)
		rc = login_keep(w, login.id, o->password);
	if (!rc)
		rc = happened(w, "first_link_used",
			      &(struct happening){.address = o->v->address, .login = login.name});
	return rc;
}

enum err_code
identity_first(const struct visit *v, const struct first *first)
{
	CLEANUP(buf_fini) struct buf password = {.limit = KEPT_LIMIT};
	struct opening o = {.v = v, .first = first, .now = clock_now(&v->ctx->clock)};
	struct from f = from_visit(v);
	char kept[HASH_HEX_LEN + 1];
	enum err_code rc;

	secret_kept(v->ctx->hasher, secret_is(first->link, LINK_LETTERS) ? first->link : str_of(""),
		    kept);
	o.link = str_of(kept);
	/* Before the password is weighed: whoever has no link shall not make it work. */
	rc = link_check(&o, &f);
	if (!rc)
		rc = login_name_check(first->name, f.e);
	if (!rc)
		rc = password_check(first->name, first->password, f.e);
	if (!rc)
		rc = visit_hash(v, first->password, &password);
	o.password = (struct str){password.data, password.len};
	return rc ? rc : visit_write(v, str_of(ACTOR_ANYONE), first_write, &o);
}
