#include "identity/identity_priv.h"

static void
bind_number(struct db_stmt *s, int index, int64_t number)
{
	if (number)
		db_bind_int(s, index, number);
	else
		db_bind_null(s, index);
}

/* The number tells nobody how many others there are. */
enum err_code
login_row_add(struct writer *w, const struct login *l, int64_t *ret_id)
{
	struct ctx *ctx = writer_ctx(w);
	int64_t id = secret_number();
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into login (id, name, person, enabled, made_at, organisation, "
		"administrator, external_id) values (:id, :name, :person, :enabled, :made_at, "
		":organisation, :administrator, :external_id)",
		&s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, l->name);
	bind_number(s, 3, l->person);
	db_bind_int(s, 4, l->enabled);
	db_bind_int(s, 5, writer_now(w));
	bind_number(s, 6, l->organisation);
	db_bind_int(s, 7, l->administrator);
	db_bind_text(s, 8, l->external_id);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = happened(
			w, "login_added",
			&(struct happening){.login = l->name,
					    .person = l->person,
					    .how = l->administrator ? "administrator" : NULL});
	if (!rc)
		*ret_id = id;
	return rc;
}

/* Sets a column that says yes or no. `sql` is a literal with :on and :id. */
static enum err_code
switch_set(struct writer *w, const char *sql, bool on, int64_t id)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, 1, on);
	db_bind_int(s, 2, id);
	return db_run(s, &ctx->err);
}

enum err_code
login_switch(struct writer *w, const struct login *login, bool enabled)
{
	int64_t ended;
	enum err_code rc =
		switch_set(w, "update login set enabled = :on where id = :id", enabled, login->id);

	if (!rc)
		rc = happened(w, enabled ? "login_enabled" : "login_disabled",
			      &(struct happening){.login = login->name});
	return rc || enabled ? rc : sessions_end(w, login, &ended);
}

enum err_code
login_set_administrator(struct writer *w, const struct login *login, bool on)
{
	enum err_code rc =
		switch_set(w, "update login set administrator = :on where id = :id", on, login->id);

	if (!rc)
		rc = happened(w, on ? "login_promoted" : "login_demoted",
			      &(struct happening){.login = login->name});
	return rc;
}

/* `sql` is a literal with :name and :id. */
static enum err_code
name_set(struct writer *w, const char *sql, struct str name, int64_t id)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, sql, &s, &ctx->err);

	if (rc)
		return rc;
	db_bind_text(s, db_param(s, "name"), name);
	db_bind_int(s, db_param(s, "id"), id);
	return db_run(s, &ctx->err);
}

enum err_code
login_rename(struct writer *w, const struct login *login, struct str name)
{
	enum err_code rc =
		name_set(w, "insert into login_past_name (name, login) values (:name, :id)",
			 login->name, login->id);

	/* It may have had it before. */
	if (!rc)
		rc = name_set(w, "delete from login_past_name where name = :name and login = :id",
			      name, login->id);
	if (!rc)
		rc = name_set(w, "update login set name = :name, renamed = 1 where id = :id", name,
			      login->id);
	if (!rc)
		rc = happened(w, "login_renamed",
			      &(struct happening){.login = name, .was = login->name});
	return rc;
}

enum err_code
login_move(struct writer *w, const struct login *login)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"update login set person = :person, organisation = :organisation where id = :id",
		&s, &ctx->err);

	if (rc)
		return rc;
	bind_number(s, 1, login->person);
	bind_number(s, 2, login->organisation);
	db_bind_int(s, 3, login->id);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = happened(w, "login_moved",
			      &(struct happening){.login = login->name,
						  .person = login->person,
						  .organisation = login->organisation});
	return rc;
}

enum err_code
login_number(struct writer *w, const struct login *login, struct str external_id)
{
	enum err_code rc = name_set(w, "update login set external_id = :name where id = :id",
				    external_id, login->id);

	if (!rc)
		rc = happened(w, "login_numbered", &(struct happening){.login = login->name});
	return rc;
}
