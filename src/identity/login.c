#include "identity/login.h"

#include "base/limits.h"
#include "identity/identity_priv.h"
#include "identity/password.h"
#include "model/sql.h"
#include "record/parties.h"
#include "store/find.h"

#include <stdio.h>
#include <string.h>

enum { KEPT_LIMIT = 1024 };

static bool
spelt_well(struct str name)
{
	bool good = name.len > 0 && name.ptr[0] >= 'a' && name.ptr[0] <= 'z';

	for (size_t i = 0; good && i < name.len; i++) {
		char c = name.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		       (i > 0 && c != '\0' && strchr("._-@'+", c));
	}
	return good;
}

bool
login_name_fits(struct str name)
{
	return name.len <= LIMIT_LOGIN_NAME_BYTES && spelt_well(name);
}

enum err_code
login_name_check(struct str name, struct err *e)
{
	if (!spelt_well(name))
		return err_set(e, ERR_INVALID, "name",
			       "'%.*s' is no name for a login: begin with a letter a to z, then "
			       "such letters, digits and . _ - @ ' +",
			       name.len < 80 ? (int)name.len : 80, name.ptr);
	if (name.len > LIMIT_LOGIN_NAME_BYTES)
		return err_set(e, ERR_TOO_BIG, "name",
			       "the name of a login is at most %d characters long",
			       LIMIT_LOGIN_NAME_BYTES);
	return ERR_NONE;
}

struct str
login_actor(struct arena *a, struct str name)
{
	char *text = arena_alloc(a, sizeof("user:") + name.len);

	(void)snprintf(text, sizeof("user:") + name.len, "user:%.*s", STR_ARG(name));
	return str_of(text);
}

/* A record's name, or a key that only one person has. */
static enum err_code
person_find(const struct from *f, const char *person, int64_t *ret_id)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(f->ctx->model, str_of("person"));
	int64_t id = record_id_of_name(f->ctx->model, str_of(person));
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!r)
		return err_set(f->e, ERR_INVALID, "person", "the plan has no register 'person'");
	sql_from(r, "t.id", "where t.id = :id or t.key = :key order by t.id = :id desc limit 3",
		 &sql);
	rc = db_prepare(f->db, sql.data, &s, f->e);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, str_of(person));
	rc = db_step(s, &row, f->e);
	if (rc)
		return rc;
	if (!row)
		return err_set(f->e, ERR_MISSING, "person",
			       "there is no person '%.80s'; give a key or a number such as %s-12 "
			       "of the register 'person'",
			       person, r->prefix);
	*ret_id = db_int(s, 0);
	if (*ret_id == id)
		return ERR_NONE;
	rc = db_step(s, &row, f->e);
	if (!rc && row)
		return err_set(f->e, ERR_CONFLICT, "person",
			       "several people have the key '%.80s'; give the number, such as "
			       "%s-12",
			       person, r->prefix);
	return rc;
}

/* A change by whoever looks after logins. */
struct care {
	const struct visit *v;
	struct str name;
	const struct login_new *n;
	struct str kept;
	bool on;
	bool changed;
	int64_t ended;
};

/* A name is given once, whoever had it; a number is one organisation's. */
static enum err_code
taken_check(const struct from *f, const struct login_new *n, int64_t organisation)
{
	const struct db_find find = {
		"select 1 from login where name = :name union all select 1 from login_past_name "
		"where name = :name union all select 2 from login where external_id = :external "
		"and coalesce(organisation, 0) = :organisation",
		{db_of_text(n->name), db_of_text(n->external_id), db_of_int(organisation)}
	  };
	int64_t taken = 0;
	enum err_code rc = db_find_int(f->db, &find, &taken, NULL, f->e);

	if (rc || !taken)
		return rc;
	if (taken == 1)
		return err_set(f->e, ERR_CONFLICT, "name",
			       "there is a login '%.*s' already, or was: names are given once",
			       STR_ARG(n->name));
	return err_set(f->e, ERR_CONFLICT, "external_id",
		       "another login has the external id '%.*s' already", STR_ARG(n->external_id));
}

enum err_code
login_make(const struct visit *v, struct writer *w, const struct login_new *n)
{
	struct from f = from_writer(v, w);
	struct login l = {.name = n->name,
			  .external_id = n->external_id,
			  .enabled = true,
			  .administrator = n->administrator};
	enum err_code rc = ERR_NONE;

	if (n->organisation)
		rc = organisation_find(writer_ctx(w), n->organisation, &l.organisation);
	if (!rc)
		rc = taken_check(&f, n, l.organisation);
	if (!rc && n->person)
		rc = person_find(&f, n->person, &l.person);
	return rc ? rc : login_row_add(w, &l, &l.id);
}

static enum err_code
add_write(void *object, struct writer *w)
{
	const struct care *c = object;

	return login_make(c->v, w, c->n);
}

enum err_code
login_add(const struct visit *v, const struct login_new *n)
{
	struct care c = {.v = v, .n = n};
	enum err_code rc = login_name_check(n->name, &v->ctx->err);

	if (!rc && n->external_id.len > LIMIT_EXTERNAL_ID_BYTES)
		rc = err_set(&v->ctx->err, ERR_TOO_BIG, "external_id",
			     "an external id is at most %d bytes long", LIMIT_EXTERNAL_ID_BYTES);
	return rc ? rc : visit_write(v, v->ctx->actor, add_write, &c);
}

static enum err_code
enable_write(void *object, struct writer *w)
{
	struct care *c = object;
	struct from f = from_writer(c->v, w);
	struct login login;
	enum err_code rc = login_named(&f, c->name, &login);

	c->changed = !rc && login.enabled != c->on;
	if (!c->changed)
		return rc;
	return login_switch(w, &login, c->on);
}

/* What may be so already. */
static enum err_code
care_change(struct care *c, enum err_code (*write)(void *object, struct writer *w),
	    bool *ret_changed)
{
	enum err_code rc = visit_write(c->v, c->v->ctx->actor, write, c);

	if (!rc)
		*ret_changed = c->changed;
	return rc;
}

enum err_code
login_enable(const struct visit *v, struct str name, bool enabled, bool *ret_changed)
{
	struct care c = {.v = v, .name = name, .on = enabled};

	return care_change(&c, enable_write, ret_changed);
}

enum err_code
login_open(struct writer *w, const struct login *login)
{
	enum err_code rc = login->enabled ? ERR_NONE : login_switch(w, login, true);

	return rc || login->administrator ? rc : login_set_administrator(w, login, true);
}

static enum err_code
promote_write(void *object, struct writer *w)
{
	struct care *c = object;
	struct from f = from_writer(c->v, w);
	struct login login;
	enum err_code rc = login_named(&f, c->name, &login);

	c->changed = !rc && login.administrator != c->on;
	if (!c->changed)
		return rc;
	return login_set_administrator(w, &login, c->on);
}

enum err_code
login_promote(const struct visit *v, struct str name, bool administrator, bool *ret_changed)
{
	struct care c = {.v = v, .name = name, .on = administrator};

	return care_change(&c, promote_write, ret_changed);
}

static enum err_code
password_write(void *object, struct writer *w)
{
	struct care *c = object;
	struct from f = from_writer(c->v, w);
	struct login login;
	enum err_code rc = login_named(&f, c->name, &login);

	if (!rc)
		rc = login_keep(w, login.id, c->kept);
	if (!rc)
		rc = happened(w, "login_password_set", &(struct happening){.login = login.name});
	return rc ? rc : sessions_end(w, &login, &c->ended);
}

enum err_code
login_set_password(const struct visit *v, struct str name, struct str password)
{
	CLEANUP(buf_fini) struct buf kept = {.limit = KEPT_LIMIT};
	struct care c = {.v = v, .name = name};
	enum err_code rc = password_check(name, password, &v->ctx->err);

	/* Before the transaction: it takes long, and others wait meanwhile. */
	if (!rc)
		rc = visit_hash(v, password, &kept);
	c.kept = (struct str){kept.data, kept.len};
	return rc ? rc : visit_write(v, v->ctx->actor, password_write, &c);
}

static enum err_code
factor_write(void *object, struct writer *w)
{
	struct care *c = object;
	struct from f = from_writer(c->v, w);
	struct login login;
	enum err_code rc = login_named(&f, c->name, &login);

	c->changed = !rc && login.second_factor;
	if (!c->changed)
		return rc;
	rc = factor_remove(w, login.id);
	if (!rc)
		rc = happened(w, "second_factor_reset", &(struct happening){.login = login.name});
	return rc ? rc : sessions_end(w, &login, &c->ended);
}

enum err_code
login_reset_factor(const struct visit *v, struct str name, bool *ret_changed)
{
	struct care c = {.v = v, .name = name};

	return care_change(&c, factor_write, ret_changed);
}

static enum err_code
end_write(void *object, struct writer *w)
{
	struct care *c = object;
	struct from f = from_writer(c->v, w);
	struct login login;
	enum err_code rc = login_named(&f, c->name, &login);

	return rc ? rc : sessions_end(w, &login, &c->ended);
}

enum err_code
login_end_sessions(const struct visit *v, struct str name, int64_t *ret_ended)
{
	struct care c = {.v = v, .name = name};
	enum err_code rc = visit_write(v, v->ctx->actor, end_write, &c);

	if (!rc)
		*ret_ended = c.ended;
	return rc;
}
