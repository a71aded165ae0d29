#include "identity/identity_priv.h"

#include "base/text.h"

enum { NAMES_MAX = 256 };

static int64_t
number_at(const struct db_stmt *row, int column)
{
	return db_is_null(row, column) ? 0 : db_int(row, column);
}

struct login
login_read(const struct db_stmt *row, struct arena *a)
{
	struct login l = {.id = db_int(row, 0),
			  .name = str_dup(a, db_text(row, 1)),
			  .person = number_at(row, 2),
			  .organisation = number_at(row, 3),
			  .has_password = db_int(row, 5) != 0,
			  .enabled = db_int(row, 6) != 0,
			  .administrator = db_int(row, 7) != 0,
			  .second_factor = db_int(row, 8) != 0,
			  .made_at = db_int(row, 9),
			  .renamed = db_int(row, 10) != 0};

	if (!db_is_null(row, 4))
		l.external_id = str_dup(a, db_text(row, 4));
	return l;
}

enum err_code
login_list(struct ctx *ctx, struct login **ret_logins, size_t *ret_count)
{
	DB_STMT *s = NULL;
	struct login *logins = NULL;
	size_t count = 0, cap = 0;
	enum err_code rc = db_prepare(ctx->db, "select " LOGIN_COLUMNS LOGIN_FROM "order by l.name",
				      &s, &ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		logins = arena_room(ctx->arena, logins, count, &cap, sizeof(*logins));
		logins[count++] = login_read(s, ctx->arena);
	}
	if (rc)
		return rc;
	*ret_logins = logins;
	*ret_count = count;
	return ERR_NONE;
}

static enum err_code
one_row(const struct from *f, struct db_stmt *s, struct login *ret_login, bool *ret_found)
{
	bool row;
	enum err_code rc = db_step(s, &row, f->e);

	if (rc)
		return rc;
	*ret_found = row;
	if (row)
		*ret_login = login_read(s, f->arena);
	return ERR_NONE;
}

enum err_code
login_row(const struct from *f, struct str name, struct login *ret_login, bool *ret_found)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		f->db, "select " LOGIN_COLUMNS LOGIN_FROM "where l.name = :name", &s, f->e);

	if (rc)
		return rc;
	db_bind_text(s, 1, name);
	return one_row(f, s, ret_login, ret_found);
}

enum err_code
login_of_id(const struct from *f, int64_t id, struct login *ret_login, bool *ret_found)
{
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(f->db, "select " LOGIN_COLUMNS LOGIN_FROM "where l.id = :id", &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	return one_row(f, s, ret_login, ret_found);
}

enum err_code
login_kept(const struct from *f, int64_t id, struct str *ret_kept)
{
	DB_STMT *s = NULL;
	bool row;
	enum err_code rc = db_prepare(f->db, "select password from login where id = :id", &s, f->e);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, &row, f->e);
	if (!rc)
		*ret_kept = row && !db_is_null(s, 0) ? str_dup(f->arena, db_text(s, 0))
						     : (struct str){0};
	return rc;
}

enum err_code
login_keep(struct writer *w, int64_t id, struct str kept)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, "update login set password = :kept where id = :id",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, kept);
	db_bind_int(s, 2, id);
	return db_run(s, &ctx->err);
}

static enum err_code
login_missing(const struct from *f, struct str name)
{
	DB_STMT *s = NULL;
	const char *names[NAMES_MAX];
	const char *near;
	size_t n = 0;
	enum err_code rc = db_prepare(f->db, "select name from login order by name", &s, f->e);
	bool row;

	while (!rc && n < NAMES_MAX && !(rc = db_step(s, &row, f->e)) && row)
		names[n++] = str_z(f->arena, db_text(s, 0));
	if (rc)
		return rc;
	near = text_nearest(name, names, n);
	return err_set(f->e, ERR_MISSING, "name", "there is no login '%.*s'%s%s%s",
		       name.len < 80 ? (int)name.len : 80, name.ptr,
		       near ? "; did you mean '" : "; 'holdfast user list' shows all",
		       near ? near : "", near ? "'?" : "");
}

enum err_code
login_named(const struct from *f, struct str name, struct login *ret_login)
{
	bool found = false;
	enum err_code rc = login_row(f, name, ret_login, &found);

	return rc || found ? rc : login_missing(f, name);
}

enum err_code
login_find(struct ctx *ctx, struct str name, struct login *ret_login)
{
	struct from f = {.db = ctx->db, .e = &ctx->err, .arena = ctx->arena, .ctx = ctx};

	return login_named(&f, name, ret_login);
}
