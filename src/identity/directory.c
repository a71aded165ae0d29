#include "identity/directory.h"

#include "base/limits.h"
#include "base/text.h"
#include "identity/identity_priv.h"
#include "store/find.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_TRIED = 1000, NUMBER_ROOM = 8 };

struct str
login_fold(struct arena *a, struct str text)
{
	char *folded = arena_alloc(a, text.len + 1);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		folded[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	folded[text.len] = '\0';
	return (struct str){folded, text.len};
}

/* A name to sign in with that is near to what a directory calls somebody. */
static struct str
name_near(struct arena *a, struct str user_name)
{
	struct str folded = login_fold(a, user_name);
	size_t most = LIMIT_LOGIN_NAME_BYTES - NUMBER_ROOM;
	char *name = arena_alloc(a, folded.len + 3);
	size_t n = 0;

	if (folded.len == 0 || folded.ptr[0] < 'a' || folded.ptr[0] > 'z') {
		name[n++] = 'u';
		name[n++] = '-';
	}
	for (size_t i = 0; i < folded.len && n < most; i++) {
		char c = folded.ptr[i];
		char two[2] = {'a', c};

		/* Of a longer character its first byte alone gives a mark. */
		if (((unsigned char)c & 0xc0) != 0x80)
			name[n++] = login_name_fits((struct str){two, 2}) ? c : '-';
	}
	return (struct str){name, n};
}

/* Names that others have, or once had, are not given again: what they did stays theirs. */
static enum err_code
name_is_free(struct ctx *ctx, struct str name, int64_t login, bool *ret_free)
{
	const struct db_find f = {
		"select l.id from login l where l.name = :name and l.id <> :id union all "
		"select p.login from login_past_name p where p.name = :name and p.login "
		"<> :id",
		{db_of_text(name), db_of_int(login)}
	    };
	bool taken = false;
	enum err_code rc = db_find_any(ctx->db, &f, &taken, &ctx->err);

	*ret_free = !taken;
	return rc;
}

static enum err_code
name_find(const struct visit *v, struct writer *w, struct str user_name, int64_t login,
	  struct str *ret_name)
{
	struct str near = name_near(v->ctx->arena, user_name);
	char *name = arena_alloc(v->ctx->arena, near.len + NUMBER_ROOM);
	bool free = false;
	enum err_code rc = ERR_NONE;

	for (int i = 1; !rc && !free && i <= NAMES_TRIED; i++) {
		(void)snprintf(name, near.len + NUMBER_ROOM, i == 1 ? "%.*s" : "%.*s.%d",
			       STR_ARG(near), i);
		rc = name_is_free(writer_ctx(w), str_of(name), login, &free);
	}
	if (!rc && !free)
		rc = err_set(&writer_ctx(w)->err, ERR_CONFLICT, "userName",
			     "there are too many logins with a name like that");
	if (!rc)
		*ret_name = str_of(name);
	return rc;
}

/* Whether another login of the directory has that. */
static enum err_code
taken_check(struct writer *w, const struct directory_question *q, int64_t login, const char *what)
{
	struct ctx *ctx = writer_ctx(w);
	struct directory_login *list = NULL;
	size_t count = 0;
	enum err_code rc = directory_read(ctx, q, &list, &count);

	for (size_t i = 0; !rc && i < count; i++) {
		if (list[i].login.id != login)
			return err_set(&ctx->err, ERR_CONFLICT, what,
				       "another user has this %s already", what);
	}
	return rc;
}

static enum err_code
entry_check(struct writer *w, const struct directory_entry *n, int64_t login)
{
	struct err *e = &writer_ctx(w)->err;
	struct directory_question q = {
		.whose = n->whose, .by = DIRECTORY_USER_NAME, .text = n->user_name, .limit = 2};
	enum err_code rc;

	if (n->user_name.len == 0 || n->user_name.len > LIMIT_USER_NAME_BYTES)
		return err_set(e, ERR_INVALID, "userName", "a userName has 1 to %d bytes",
			       LIMIT_USER_NAME_BYTES);
	if (n->external_id.len > LIMIT_EXTERNAL_ID_BYTES)
		return err_set(e, ERR_INVALID, "externalId",
			       "an externalId is at most %d bytes long", LIMIT_EXTERNAL_ID_BYTES);
	rc = taken_check(w, &q, login, "userName");
	if (rc || n->external_id.len == 0)
		return rc;
	q.by = DIRECTORY_EXTERNAL_ID;
	q.text = n->external_id;
	return taken_check(w, &q, login, "externalId");
}

static enum err_code
described(struct writer *w, const struct directory_entry *n, struct str name)
{
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"insert into login_directory (login, user_name, folded, profile, changed_at, "
		"withdrawn_at) values (:login, :user_name, :folded, :profile, :now, null) on "
		"conflict (login) do update set user_name = :user_name, folded = :folded, profile "
		"= :profile, changed_at = :now",
		&s, &ctx->err);

	if (rc)
		return rc;
	db_bind_int(s, db_param(s, "login"), n->login);
	db_bind_text(s, db_param(s, "user_name"), n->user_name);
	db_bind_text(s, db_param(s, "folded"), login_fold(ctx->arena, n->user_name));
	db_bind_text(s, db_param(s, "profile"), n->profile);
	db_bind_int(s, db_param(s, "now"), writer_now(w));
	rc = db_run(s, &ctx->err);
	return rc ? rc : happened(w, "login_described", &(struct happening){.login = name});
}

static enum err_code
add(const struct visit *v, struct writer *w, struct directory_entry *n)
{
	struct login l = {.person = n->person,
			  .organisation = n->organisation,
			  .external_id = n->external_id,
			  .enabled = n->enabled};
	enum err_code rc = name_find(v, w, n->user_name, 0, &l.name);

	if (!rc)
		rc = login_row_add(w, &l, &n->login);
	return rc ? rc : described(w, n, l.name);
}

/* What may give somebody the rights of an administrator, or give them back. */
static enum err_code
administrator_check(struct writer *w, const struct directory_entry *n,
		    const struct directory_login *now)
{
	const struct login *l = &now->login;

	if (!l->administrator ||
	    (str_eq(n->user_name, now->user_name) && str_eq(n->external_id, l->external_id) &&
	     n->person == l->person && n->organisation == now->organisation &&
	     (l->enabled || !n->enabled)))
		return ERR_NONE;
	return err_set(&writer_ctx(w)->err, ERR_DENIED, "",
		       "this login looks after logins: an administrator changes who it is, a "
		       "directory only disables it");
}

static enum err_code
change(const struct visit *v, struct writer *w, struct directory_entry *n,
       const struct directory_login *now)
{
	struct login to = now->login;
	bool new_name = !str_eq(n->user_name, now->user_name);
	enum err_code rc = administrator_check(w, n, now);

	n->login = to.id;
	if (!rc && new_name)
		rc = name_find(v, w, n->user_name, to.id, &to.name);
	if (!rc && !str_eq(to.name, now->login.name))
		rc = login_rename(w, &now->login, to.name);
	to.person = n->person;
	to.organisation = n->organisation;
	if (!rc && (n->person != now->login.person || n->organisation != now->organisation))
		rc = login_move(w, &to);
	if (!rc && !str_eq(n->external_id, now->login.external_id))
		rc = login_number(w, &to, n->external_id);
	if (!rc && (new_name || !str_eq(n->profile, now->profile)))
		rc = described(w, n, to.name);
	if (!rc && n->enabled != now->login.enabled)
		rc = login_switch(w, &to, n->enabled);
	return rc;
}

enum err_code
directory_put(const struct visit *v, struct writer *w, struct directory_entry *entry,
	      const struct directory_login *now)
{
	enum err_code rc = entry_check(w, entry, now ? now->login.id : 0);

	if (rc)
		return rc;
	return now ? change(v, w, entry, now) : add(v, w, entry);
}

enum err_code
directory_withdraw(const struct visit *v, struct writer *w, const struct directory_login *now)
{
	struct directory_entry n = {.user_name = now->user_name, .login = now->login.id};
	struct ctx *ctx = writer_ctx(w);
	DB_STMT *s = NULL;
	enum err_code rc = now->login.enabled ? login_switch(w, &now->login, false) : ERR_NONE;

	(void)v;
	if (!rc && now->login.external_id.len > 0)
		rc = login_number(w, &now->login, (struct str){0});
	/* What it said of the person is gone with it. */
	if (!rc)
		rc = described(w, &n, now->login.name);
	if (!rc)
		rc = db_prepare(ctx->db,
				"update login_directory set withdrawn_at = :now where login = :id",
				&s, &ctx->err);
	if (rc)
		return rc;
	db_bind_int(s, 1, writer_now(w));
	db_bind_int(s, 2, now->login.id);
	rc = db_run(s, &ctx->err);
	if (!rc)
		rc = happened(w, "login_withdrawn", &(struct happening){.login = now->login.name});
	return rc;
}
