#include "record/login.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/sql.h"
#include "record/password.h"
#include "record/writer.h"

#include <string.h>

enum { DETAIL_LIMIT = 1024, NAMES_MAX = 256, KEPT_LIMIT = 1024 };

static enum err_code
name_check(struct str name, struct err *e)
{
	bool good = name.len > 0 && name.ptr[0] >= 'a' && name.ptr[0] <= 'z';

	for (size_t i = 0; good && i < name.len; i++) {
		char c = name.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		       (i > 0 && c != '\0' && strchr("._-@", c));
	}
	if (!good)
		return err_set(e, ERR_INVALID, "name",
			       "'%.*s' is no name for a login: begin with a letter a to z, then "
			       "such letters, digits and . _ - @",
			       name.len < 80 ? (int)name.len : 80, name.ptr);
	if (name.len > LIMIT_LOGIN_NAME_BYTES)
		return err_set(e, ERR_TOO_BIG, "name",
			       "the name of a login is at most %d characters long",
			       LIMIT_LOGIN_NAME_BYTES);
	return ERR_NONE;
}

static enum err_code
event(struct writer *w, struct ctx *ctx, const char *kind, struct str name, int64_t person)
{
	CLEANUP(buf_fini) struct buf detail = {.limit = DETAIL_LIMIT};
	char record[RECORD_NAME_SIZE];

	buf_addf(&detail, "{\"login\":");
	json_escape(&detail, name);
	if (person) {
		record_name(ctx->model, person, record);
		buf_addf(&detail, ",\"person\":\"%s\"", record);
	}
	buf_addf(&detail, "}");
	if (detail.failed)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for an event");
	return writer_event(w, kind, (struct str){detail.data, detail.len});
}

static struct login
login_of(const struct db_stmt *row, struct arena *a)
{
	return (struct login){.name = str_dup(a, db_text(row, 0)),
			      .person = db_is_null(row, 1) ? 0 : db_int(row, 1),
			      .has_password = db_int(row, 2) != 0,
			      .enabled = db_int(row, 3) != 0,
			      .made_at = db_int(row, 4)};
}

enum err_code
login_list(struct ctx *ctx, struct login **ret_logins, size_t *ret_count)
{
	DB_STMT *s = NULL;
	struct login *logins = NULL;
	size_t count = 0, cap = 0;
	enum err_code rc = db_prepare(ctx->db,
				      "select name, person, password is not null, enabled, made_at "
				      "from login order by name",
				      &s, &ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		if (count == cap) {
			struct login *more =
				arena_alloc(ctx->arena, (cap * 2 + 16) * sizeof(*more));

			if (count)
				memcpy(more, logins, count * sizeof(*more));
			logins = more;
			cap = cap * 2 + 16;
		}
		logins[count++] = login_of(s, ctx->arena);
	}
	if (rc)
		return rc;
	*ret_logins = logins;
	*ret_count = count;
	return ERR_NONE;
}

static enum err_code
login_missing(struct ctx *ctx, struct str name)
{
	const char *names[NAMES_MAX];
	struct login *logins;
	const char *near;
	size_t count, n = 0;
	enum err_code rc = login_list(ctx, &logins, &count);

	if (rc)
		return rc;
	while (n < count && n < NAMES_MAX) {
		names[n] = str_z(ctx->arena, logins[n].name);
		n++;
	}
	near = text_nearest(name, names, n);
	return err_set(&ctx->err, ERR_MISSING, "name", "there is no login '%.*s'%s%s%s",
		       name.len < 80 ? (int)name.len : 80, name.ptr,
		       near ? "; did you mean '" : "; 'holdfast user list' shows all",
		       near ? near : "", near ? "'?" : "");
}

enum err_code
login_find(struct ctx *ctx, struct str name, struct login *ret_login)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "select name, person, password is not null, enabled, made_at "
				      "from login where name = :name",
				      &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	db_bind_text(s, 1, name);
	rc = db_step(s, &row, &ctx->err);
	if (rc)
		return rc;
	if (!row)
		return login_missing(ctx, name);
	*ret_login = login_of(s, ctx->arena);
	return ERR_NONE;
}

/* A record's name, or a key that only one person has. */
static enum err_code
person_find(struct ctx *ctx, const char *person, int64_t *ret_id)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct reg *r = model_reg(ctx->model, str_of("person"));
	int64_t id = record_id_of_name(ctx->model, str_of(person));
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	if (!r)
		return err_set(&ctx->err, ERR_INVALID, "person",
			       "the plan has no register 'person'");
	sql_from(r, "t.id", "where t.id = :id or t.key = :key order by t.id = :id desc limit 3",
		 &sql);
	rc = db_prepare(ctx->db, sql.data, &s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, str_of(person));
	rc = db_step(s, &row, &ctx->err);
	if (rc)
		return rc;
	if (!row)
		return err_set(&ctx->err, ERR_MISSING, "person",
			       "there is no person '%.80s'; give a key or a number such as %s-12 "
			       "of the register 'person'",
			       person, r->prefix);
	*ret_id = db_int(s, 0);
	if (*ret_id == id)
		return ERR_NONE;
	rc = db_step(s, &row, &ctx->err);
	if (!rc && row)
		return err_set(&ctx->err, ERR_CONFLICT, "person",
			       "several people have the key '%.80s'; give the number, such as "
			       "%s-12",
			       person, r->prefix);
	return rc;
}

static enum err_code
row_add(struct writer *w, struct ctx *ctx, struct str name, int64_t person)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db,
				      "insert into login (name, person, enabled, made_at) "
				      "values (:name, :person, 1, :made_at)",
				      &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, 1, name);
	if (person)
		db_bind_int(s, 2, person);
	else
		db_bind_null(s, 2);
	db_bind_int(s, 3, writer_now(w));
	rc = db_run(s, &ctx->err);
	if (rc == ERR_CONFLICT)
		return err_set(&ctx->err, ERR_CONFLICT, "name", "there is a login '%.*s' already",
			       STR_ARG(name));
	return rc;
}

enum err_code
login_add(struct ctx *ctx, struct str name, const char *person)
{
	WRITER *w = NULL;
	int64_t id = 0;
	enum err_code rc = name_check(name, &ctx->err);

	if (!rc)
		rc = writer_begin(ctx, &w);
	if (!rc && person)
		rc = person_find(ctx, person, &id);
	if (!rc)
		rc = row_add(w, ctx, name, id);
	if (!rc)
		rc = event(w, ctx, "login_added", name, id);
	return rc ? rc : writer_commit(w);
}

enum err_code
login_enable(struct ctx *ctx, struct str name, bool enabled, bool *ret_changed)
{
	WRITER *w = NULL;
	DB_STMT *s = NULL;
	struct login login;
	enum err_code rc = writer_begin(ctx, &w);

	if (!rc)
		rc = login_find(ctx, name, &login);
	if (rc)
		return rc;
	*ret_changed = login.enabled != enabled;
	if (!*ret_changed)
		return ERR_NONE;
	rc = db_prepare(ctx->db, "update login set enabled = :enabled where name = :name", &s,
			&ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, enabled);
	db_bind_text(s, 2, name);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = event(w, ctx, enabled ? "login_enabled" : "login_disabled", name, 0);
	return rc ? rc : writer_commit(w);
}

enum err_code
login_set_password(struct ctx *ctx, struct str name, struct str password)
{
	CLEANUP(buf_fini) struct buf kept = {.limit = KEPT_LIMIT};
	WRITER *w = NULL;
	DB_STMT *s = NULL;
	struct login login;
	enum err_code rc = password_check(name, password, &ctx->err);

	/* Before the transaction: it takes long, and others wait meanwhile. */
	if (!rc)
		rc = password_hash(password, &kept, &ctx->err);
	if (!rc)
		rc = writer_begin(ctx, &w);
	if (!rc)
		rc = login_find(ctx, name, &login);
	if (!rc)
		rc = db_prepare(ctx->db, "update login set password = :password where name = :name",
				&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_text(s, 1, (struct str){kept.data, kept.len});
	db_bind_text(s, 2, name);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = event(w, ctx, "login_password_set", name, 0);
	return rc ? rc : writer_commit(w);
}
